"""Before it is ready, the service says what takes so long (sd_notify(3))."""

import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from mailbot.cli import mending
from mailbot.cli.mending import upgrading
from mailbot.daemon.notify import Systemd
from mailbot.store import migrate
from mailbot.store.engine import Store
from tests.store.test_kept import load


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[tuple[socket.socket, Systemd]]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as side:
        side.settimeout(60)
        side.bind(str(tmp_path / "notify"))
        yield side, Systemd({"NOTIFY_SOCKET": str(tmp_path / "notify")})


def heard(side: socket.socket) -> list[str]:
    status, patience = side.recv(500).decode().split("\n")
    assert patience.startswith("EXTEND_TIMEOUT_USEC=")
    return [status]


def test_systemd_hears_that_a_database_is_upgraded(
    manager: tuple[socket.socket, Systemd], tmp_path: Path
) -> None:
    side, systemd = manager
    load(1, "sqlite", str(tmp_path / "old.sqlite3"))
    Store.open(tmp_path / "old.sqlite3", meanwhile=partial(upgrading, systemd)).dispose()
    assert heard(side) == [f"STATUS=Actualiza la base de datos del esquema 1 al {migrate.HEAD}"]


def test_it_hears_it_again_as_long_as_it_lasts(
    manager: tuple[socket.socket, Systemd], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mending, "EVERY", 0.01)
    side, systemd = manager
    with upgrading(systemd, 1, 2):
        assert [*heard(side), *heard(side), *heard(side)] == [
            "STATUS=Actualiza la base de datos del esquema 1 al 2"
        ] * 3


def test_of_a_new_database_and_of_one_that_is_up_to_date_nothing_is_said(
    manager: tuple[socket.socket, Systemd], tmp_path: Path
) -> None:
    side, systemd = manager
    for _ in range(2):
        Store.open(tmp_path / "new.sqlite3", meanwhile=partial(upgrading, systemd)).dispose()
    side.setblocking(False)
    with pytest.raises(BlockingIOError):
        side.recv(500)
