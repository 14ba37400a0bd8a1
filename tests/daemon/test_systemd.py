"""The daemon under a service manager: it says when it is ready, reloads and ends, and feeds the watchdog."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailbot.config.model import Config
from mailbot.daemon.service import Service
from tests.daemon.conftest import Wait
from tests.pipeline.given import PASSWORD

MAILBOT = "from mailbot.cli import main; main()"


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as side:
        side.settimeout(60)
        side.bind(str(tmp_path / "notify"))
        yield side


def heard(side: socket.socket, wanted: str) -> str:
    """The first message that begins so; signs of life, and what it does, come between."""
    while not (said := side.recv(2000).decode()).startswith(wanted):
        assert said.startswith(("WATCHDOG=1", "STATUS="))
    return said


@contextmanager
def running(config: Config, tmp_path: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """`mailbot run` as systemd starts it."""
    environment = {
        **os.environ,
        "MAILBOT_TEST_PASSWORD": PASSWORD,
        "NOTIFY_SOCKET": str(tmp_path / "notify"),
        "WATCHDOG_USEC": "1000000",
        **environment,
    }
    command = [sys.executable, "-c", MAILBOT, "run", "--config", str(config.source)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def source(config: Config, tmp_path: Path) -> str:
    """config.toml with its database beside it."""
    text = config.source.read_text(encoding="utf-8")
    config.source.write_text(f'[service]\ndatabase = "{tmp_path / "desk.sqlite3"}"\n{text}', encoding="utf-8")
    return config.source.read_text(encoding="utf-8")


def test_it_says_when_it_is_ready_reloads_lives_and_ends(
    source: str, config: Config, tmp_path: Path, manager: socket.socket
) -> None:
    with running(config, tmp_path) as process:
        assert "STATUS=Atiende 2 buzones con" in heard(manager, "READY=1")
        assert heard(manager, "WATCHDOG=1")
        process.send_signal(signal.SIGHUP)
        assert heard(manager, "RELOADING=1")
        assert "STATUS=Atiende 2 buzones con" in heard(manager, "READY=1")
        config.source.write_text(f"{source}\n[service", encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        assert heard(manager, "RELOADING=1")
        assert "de antes" in heard(manager, "READY=1")
        process.send_signal(signal.SIGTERM)
        assert heard(manager, "STOPPING=1")
        assert process.wait(30) == 0
    with running(config, tmp_path):
        assert "1 error: se usa la última configuración buena" in heard(manager, "READY=1")


def test_systemctl_status_says_what_is_ill(
    source: str, config: Config, tmp_path: Path, manager: socket.socket
) -> None:
    with running(config, tmp_path, MAILBOT_TEST_PASSWORD="equivocada"):
        heard(manager, "READY=1")
        said = heard(manager, "STATUS=No se puede entrar al buzón «")
        while "y 1 más" not in said:
            said = heard(manager, "STATUS=No se puede")
        assert said.endswith("; y 1 más: «mailbot status»")


def test_every_part_says_when_it_is_heard_of_again_and_none_is_left_at_the_end(
    runs: Callable[[Config], Service], config: Config, until: Wait
) -> None:
    service = runs(config)
    parts = {
        "clock",
        "renewer",
        "health",
        *(thread.name for thread in (*service.readers.values(), *service.senders.values())),
    }
    until(lambda: set(service.promises._until) == parts, 30)
    assert service.promises.broken() == []
    service.stop()
    assert set(service.promises._until) <= {"clock"}
