"""What passes by itself is waited for by `mailbot run`, and systemd is told for what; what does not, ends it."""

import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mailbot.sandbox.servers import Sandbox
from mailbot.store import StoreError, StoreUnavailable, faults
from mailbot.store.engine import Store
from mailbot.store.errors import LoginRefused
from tests.cli.conftest import MAIL, MAILBOT
from tests.cli.test_start import ALONE
from tests.faults.daemon import until
from tests.faults.postgres import Postgres

OURS = "soporte@mesa.example"
ASKS = MAIL.format(name="Ana Ruiz", address="ana@oti.example", subject="Olvidé la clave", body="Ayuda.")
RULE = '[[rule]]\nname = "acceso"\nkeywords = ["clave"]\n'


class Daemon:
    """`mailbot run` on a config of its own, with a service manager that listens."""

    def __init__(self, home: Path, config: str, database: str) -> None:
        (home / "config.toml").write_text(f'[service]\ndatabase = "{database}"\n{config}\n{RULE}', "utf-8")
        (home / "credentials").mkdir()
        (home / "credentials/soporte").write_text("secreto\n")
        (home / "credentials/soporte").chmod(0o600)
        self.log = home / "log"
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.settimeout(60)
        self.manager.bind(str(home / "notify"))
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [str(MAILBOT), "run", "--config", str(home / "config.toml")],
                stderr=log,
                env={**os.environ, "NOTIFY_SOCKET": str(home / "notify")},
            )

    def hears(self, wanted: str) -> str:
        while wanted not in (said := self.manager.recv(4000).decode()):
            pass
        return said

    def events(self, name: str) -> list[dict[str, Any]]:
        lines = [line for line in self.log.read_text("utf-8").splitlines() if line.startswith("{")]
        return [event for event in map(json.loads, lines) if event["event"] == name]

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.manager.close()


Starts = Callable[..., Daemon]


@pytest.fixture
def starts(tmp_path: Path) -> Iterator[Starts]:
    daemons: list[Daemon] = []

    def start(database: str, config: str = ALONE) -> Daemon:
        daemons.append(Daemon(tmp_path, config, database))
        return daemons[-1]

    yield start
    for daemon in daemons:
        daemon.end()


def test_a_database_that_is_away_is_waited_for_and_told_once(starts: Starts) -> None:
    """No storm in the journal; systemd shows what it waits for, and does not give up the start."""
    daemon = starts("postgresql+psycopg://mailbot@127.0.0.1:1/mailbot")
    for _ in range(2):
        told = daemon.hears("STATUS=")
        assert told.startswith("STATUS=Espera a la base de datos. No se puede usar la base de datos: ")
        assert "\nEXTEND_TIMEOUT_USEC=" in told
    assert [event["level"] for event in daemon.events("database.unavailable")] == ["error"]
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.process.wait(30) == 0
    assert "Traceback" not in daemon.log.read_text("utf-8")


def test_while_it_waits_another_database_may_be_written_into_the_config(
    starts: Starts, tmp_path: Path
) -> None:
    """A mistake in it changes nothing (invariant 7)."""
    daemon = starts("postgresql+psycopg://mailbot@127.0.0.1:1/mailbot")
    daemon.hears("STATUS=Espera")
    config = tmp_path / "config.toml"
    before = config.read_text("utf-8")
    config.write_text("[", "utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    until(lambda: daemon.events("config.refused"))
    daemon.hears("STATUS=Espera")
    here = tmp_path / "here.sqlite3"
    config.write_text(re.sub('postgresql[^"]*', str(here), before), "utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.hears("READY=1")
    assert here.exists()


def test_postgresql_that_is_started_later_is_used_as_soon_as_it_is_there(starts: Starts) -> None:
    """Machines start in any order."""
    server = Postgres()
    daemon = starts(server.url)
    daemon.hears("STATUS=Espera")
    with server:
        daemon.hears("READY=1")
        assert len(daemon.events("database.available")) == 1


def test_what_postgresql_refuses_is_told_with_a_cure_and_ends_it(tmp_path: Path) -> None:
    with Postgres() as server:
        store = Store.open(server.url)
        with store.engine.begin() as connection:
            for statement in (
                "CREATE ROLE nobody_special LOGIN",
                "CREATE DATABASE theirs",
                "CREATE ROLE secret LOGIN PASSWORD 'x'",
            ):
                connection.execute(text(statement))
        store.dispose()
        with (server.home / "data/pg_hba.conf").open("r+") as rules:
            rest = rules.read()
            rules.seek(0)
            rules.write(f"host all secret 127.0.0.1/32 scram-sha-256\n{rest}")
        server.stop()
        server.start()
        for who, base, code, said in (
            ("nobody_at_all", "postgres", 78, 'role "nobody_at_all" does not exist'),
            ("mailbot", "nowhere", 78, 'database "nowhere" does not exist'),
            ("secret:otra", "postgres", 78, "password authentication failed"),
            ("nobody_special", "theirs", 77, "permission denied for schema public"),
        ):
            url = f"postgresql+psycopg://{who}@127.0.0.1:{server.port}/{base}"
            (tmp_path / "config.toml").write_text(f'[service]\ndatabase = "{url}"\n{ALONE}', "utf-8")
            command = [str(MAILBOT), "run", "--config", str(tmp_path / "config.toml")]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == code, done.stderr
            [line] = [line for line in done.stderr.splitlines() if '"level": "info"' not in line]
            assert said in line
            assert "otra" not in done.stderr.replace("otra ruta", "")


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ("FATAL:  la autentificación password falló para el usuario «mailbot»", False),
        ("FATAL:  no existe el rol «mailbot»", False),
        ("FATAL:  no existe la base de datos «mailbot»", False),
        ("FATAL:  no hay una línea en pg_hba.conf para «127.0.0.1», usuario «mailbot»", False),
        ("fe_sendauth: no password supplied", False),
        ("FATAL:  the database system is starting up", True),
        ("FATAL:  el sistema de base de datos está iniciándose", True),
        ("FATAL:  sorry, too many clients already", True),
        ('connection to server on socket "/run/x" failed: No such file or directory', True),
    ],
)
def test_what_a_server_says_in_its_own_language_is_understood(said: str, waits: bool) -> None:
    """Before a connection has come about, libpq tells no code."""
    refused = DBAPIError.instance(
        "", {}, psycopg.OperationalError(f"connection failed: {said}"), psycopg.Error
    )
    with pytest.raises(StoreError) as told, faults.translated():
        raise refused
    assert type(told.value) is (StoreUnavailable if waits else LoginRefused)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


def test_a_disk_that_may_only_be_read_is_told_and_ends_it(small: Path, tmp_path: Path) -> None:
    """Remounted by the kernel after an error, or a folder that the unit does not let it write."""
    subprocess.run(["mount", "-o", "remount,ro", small], check=True)
    (tmp_path / "config.toml").write_text(f'[service]\ndatabase = "{small / "x.sqlite3"}"\n{ALONE}', "utf-8")
    command = [str(MAILBOT), "run", "--config", str(tmp_path / "config.toml")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 77
    [line] = done.stderr.splitlines()
    assert line.startswith(f"{small} está en un disco de solo lectura. Vuelva a montarlo")
    assert line.endswith(f"ReadWritePaths={small}")


def fill(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass


def test_a_full_disk_loses_nothing_and_all_goes_on_when_there_is_room(starts: Starts, small: Path) -> None:
    """Hazard 62, from the first moment on: at the start, and with mail coming in."""
    with Sandbox([OURS]) as servers:
        config = ALONE.replace(
            'imap = { host = "127.0.0.1", port = 1',
            f'imap = {{ host = "127.0.0.1", port = {servers.imap_port}',
        )
        config = config.replace("port = 1,", f"port = {servers.smtp_port},").replace(
            "[mailbox.soporte]", '[mailbox.soporte]\nstart = "all"\nanswer_backlog = true\npoll = "200ms"'
        )
        fill(small)
        daemon = starts(str(small / "mailbot.sqlite3"), config)
        assert "el disco está lleno" in daemon.hears("STATUS=Espera")
        (small / "filler").unlink()
        daemon.hears("READY=1")
        until(lambda: daemon.events("mailbox.connected"))
        mail = ASKS.replace("\n", "\r\n")
        servers.deliver(mail.replace("ana@", "eva@").encode(), OURS)
        until(lambda: servers.sent_to("eva@oti.example"))
        fill(small)
        servers.deliver(mail.encode(), OURS)
        trouble = until(lambda: daemon.events("mailbox.unavailable"))
        assert "el disco está lleno" in trouble[0]["said"]
        assert servers.sent_to("ana@oti.example") == []
        (small / "filler").unlink()
        until(lambda: servers.sent_to("ana@oti.example"))
        until(lambda: daemon.events("mailbox.available"))
        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.process.wait(30) == 0
        assert len(servers.sent_to("ana@oti.example")) == 1
        assert "Traceback" not in daemon.log.read_text("utf-8")
