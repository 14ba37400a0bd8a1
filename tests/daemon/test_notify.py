"""The service manager hears when the service is ready, what it does, and that it still works (sd_notify(3))."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from mailbot.daemon.notify import Promises, Systemd


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """systemd's side of the line, and how the environment names it."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@mailbot-{uuid4().hex}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as side:
        side.settimeout(30)
        side.bind("\0" + name[1:] if name.startswith("@") else name)
        yield side, name


def test_systemd_hears_of_a_start_a_reload_and_the_end(manager: tuple[socket.socket, str]) -> None:
    side, name = manager
    systemd = Systemd({"NOTIFY_SOCKET": name})

    systemd.ready("Atiende 2 buzones")
    systemd.reloading()
    systemd.ready("Atiende 3 buzones")
    systemd.stopping()

    assert side.recv(500) == b"READY=1\nSTATUS=Atiende 2 buzones"
    reloading, since = side.recv(500).decode().split("\n")
    assert reloading == "RELOADING=1"
    assert (
        0 < int(since.removeprefix("MONOTONIC_USEC=")) <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    )
    assert side.recv(500) == b"READY=1\nSTATUS=Atiende 3 buzones"
    assert side.recv(500) == b"STOPPING=1"


def test_a_status_is_one_line_and_said_once(manager: tuple[socket.socket, str]) -> None:
    side, name = manager
    systemd = Systemd({"NOTIFY_SOCKET": name})

    systemd.status("buzón «soporte»:\nWATCHDOG=trigger")
    systemd.status("buzón «soporte»:\nWATCHDOG=trigger")
    systemd.status("otra cosa")

    assert side.recv(500).decode() == "STATUS=buzón «soporte»: WATCHDOG=trigger"
    assert side.recv(500) == b"STATUS=otra cosa"


def test_signs_of_life_come_no_oftener_than_systemd_waits_for_them(
    manager: tuple[socket.socket, str],
) -> None:
    side, name = manager
    systemd = Systemd({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "180000000", "WATCHDOG_PID": str(os.getpid())})

    systemd.feed()
    systemd.feed()
    systemd.stopping()

    assert systemd.every == 90
    assert [side.recv(500), side.recv(500)] == [b"WATCHDOG=1", b"STOPPING=1"]


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"WATCHDOG_USEC": ""},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "180000000", "WATCHDOG_PID": "1"},  # meant for whoever started us
    ],
)
def test_nobody_waits_for_signs_of_life(environ: dict[str, str]) -> None:
    assert Systemd(environ).every is None


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "/nowhere/at/all"}])
def test_without_systemd_nothing_is_said_and_nothing_fails(environ: dict[str, str]) -> None:
    systemd = Systemd({**environ, "WATCHDOG_USEC": "1"})

    systemd.ready("en marcha")
    systemd.feed()
    systemd.stopping()


def test_a_manager_that_does_not_listen_holds_nobody_up(tmp_path: Path) -> None:
    """Its queue is full: what does not fit is left unsaid."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as side:
        side.bind(str(tmp_path / "notify"))
        systemd = Systemd({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        for n in range(2000):
            systemd.status(f"{n}")


def test_a_part_that_was_to_be_back_by_now_is_named() -> None:
    """Hazard 56: the daemon lives and one mailbox does nothing."""
    promises = Promises()

    promises.back_within("reader-soporte", 0)
    promises.back_within("reader-ventas", 3600)
    promises.back_within("clock", -1)
    time.sleep(0.01)

    assert promises.broken() == ["clock", "reader-soporte"]


def test_a_part_that_was_heard_of_again_or_has_ended_is_not_missed() -> None:
    promises = Promises()
    promises.back_within("reader-soporte", -1)
    promises.back_within("reader-ventas", -1)

    promises.back_within("reader-soporte", 3600)
    promises.over("reader-ventas")
    promises.over("reader-unknown")

    assert promises.broken() == []
