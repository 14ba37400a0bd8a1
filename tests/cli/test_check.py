"""`mailbot check`: every problem at once; with `--connect` the world around, of which nothing is changed."""

import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from mailbot.cli import around, layout
from mailbot.cli.app import app
from mailbot.cli.around import clock
from tests.cli.conftest import Desk, typed
from tests.config.toml import VALID


def edited(desk: Desk, folder: Path, old: str, new: str) -> Path:
    """The desk's config with one change."""
    text = desk.config.read_text("utf-8")
    assert old in text
    config = folder / "config.toml"
    config.write_text(text.replace(old, new), "utf-8")
    return config


def test_a_good_config_is_said_to_be_good(desk: Desk) -> None:
    done = desk.mailbot("check")
    assert (done.exit_code, done.stdout) == (0, f"{desk.config}: está bien.\n")


def test_servers_database_and_clock_are_tried(desk: Desk) -> None:
    done = desk.mailbot("check", "--connect")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "los servidores, la base de datos y el reloj también" in done.stdout


@pytest.mark.parametrize(("free", "code", "level"), [(19_000_000, 1, ""), (21_000_000, 0, "aviso: ")])
def test_a_disk_that_is_full_or_nearly_so_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, free: int, code: int, level: str
) -> None:
    """To open the database needs no room; the next mail does."""
    monkeypatch.setattr(around, "disk_usage", lambda _: SimpleNamespace(free=free))
    done = desk.mailbot("check", "--connect")
    assert done.exit_code == code
    assert f"service.database: {level}al disco de " in done.stdout
    assert f"le quedan {free // 1_000_000} MB → libere espacio" in done.stdout


def test_every_problem_has_its_line_and_its_cure(desk: Desk, tmp_path: Path) -> None:
    config = edited(desk, tmp_path, 'prefix   = "MS"', 'prefijo  = "MS"')
    done = typed("check", "--connect", "--config", config)
    at = next(n for n, line in enumerate(config.read_text("utf-8").split("\n"), 1) if "prefijo" in line)
    assert done.exit_code == 1
    assert f"{config}:{at}:1: service.prefijo: " in done.stdout
    assert '→ ¿quiso decir "prefix"?' in done.stdout
    assert "1 error.\n" in done.stdout
    assert "sigue con la última buena" in done.stdout
    assert "cuando la configuración no tiene errores" in done.stdout


def test_no_config_is_a_problem_that_says_where_it_was_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAILBOT_CONFIG", raising=False)
    done = typed("check")
    assert done.exit_code == 1
    assert "no se encontró config.toml; se buscó en: --config, MAILBOT_CONFIG" in done.stdout


def test_a_wrong_password_an_absent_folder_and_a_silent_server_are_each_told(
    desk: Desk, tmp_path: Path
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        config = edited(
            desk, tmp_path, f"port     = {desk.stage.servers.smtp_port}", f"port = {unused.getsockname()[1]}"
        )
        text = config.read_text("utf-8").replace('folder   = "INBOX"', 'folder = "Buzon"')
        config.write_text(text, "utf-8")
        done = typed("check", "--connect", "--config", config)
    assert done.exit_code == 1
    assert "mailbox.soporte.imap: Abrir la carpeta Buzon" in done.stdout
    assert "mailbox.soporte.smtp: " in done.stdout
    assert "el servidor rechaza la conexión" in done.stdout
    assert "2 errores.\n" in done.stdout


def test_a_password_that_is_not_there_is_told_for_both_servers(desk: Desk, tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    config = edited(desk, tmp_path, str(desk.config.with_name("password")), str(absent))
    done = typed("check", "--connect", "--config", config)
    assert done.exit_code == 1
    assert done.stdout.count(f"Leer la contraseña: no se pudo leer {absent}") == 2


def test_a_wrong_password_is_told_in_the_servers_words(desk: Desk, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("otra")
    wrong.chmod(0o600)
    config = edited(desk, tmp_path, str(desk.config.with_name("password")), str(wrong))
    done = typed("check", "--connect", "--config", config)
    assert done.exit_code == 1
    assert "Entrar como soporte@mesa.example en el servidor IMAP" in done.stdout
    assert "→ revise username y password" in done.stdout


def test_a_database_that_is_still_to_be_made_is_a_warning_and_stays_unmade(
    desk: Desk, tmp_path: Path
) -> None:
    new = tmp_path / "state" / "new.sqlite3"
    config = edited(desk, tmp_path, str(desk.config.with_name("mailbot.sqlite3")), str(new))
    done = typed("check", "--connect", "--config", config)
    assert done.exit_code == 0
    assert f"service.database: aviso: todavía no existe {new}" in done.stdout
    assert f"{config}: está bien, con un aviso; los servidores y el reloj también.\n" in done.stdout
    assert not new.parent.exists()


@pytest.mark.parametrize(
    ("database", "said"),
    [
        # a file system in which nobody can make a file, whatever its permissions say
        ("/proc/nope/m.sqlite3", "en /proc no se pueden crear archivos"),
        # below a file
        ("{folder}/config.toml/x.db", "config.toml no es una carpeta"),
        # the folder itself
        ("{folder}", "es una carpeta, y la base de datos es un archivo"),
    ],
)
def test_a_database_that_can_never_be_made_is_an_error(
    desk: Desk, tmp_path: Path, database: str, said: str
) -> None:
    path = database.format(folder=tmp_path)
    config = edited(desk, tmp_path, str(desk.config.with_name("mailbot.sqlite3")), path)
    before = sorted(tmp_path.iterdir())
    done = typed("check", "--connect", "--config", config)
    assert done.exit_code == 1
    [line] = done.stdout.splitlines()[:-1]
    assert line.startswith("service.database: ")
    assert said in line
    assert " → " in line
    assert "está bien" not in done.stdout
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(("year", "problems"), [(2025, 1), (2026, 0), (2060, 0), (2106, 1)])
def test_a_clock_that_is_years_off_is_told(year: int, problems: int) -> None:
    assert len(list(clock(datetime(year, 6, 1, tzinfo=UTC)))) == problems


def test_an_empty_database_has_one_cure(desk: Desk, tmp_path: Path) -> None:
    """As PostgreSQL is before the first start."""
    empty = tmp_path / "empty.sqlite3"
    sqlite3.connect(empty).close()
    empty.touch()
    config = edited(desk, tmp_path, str(desk.config.with_name("mailbot.sqlite3")), str(empty))
    done = typed("check", "--connect", "--config", config)
    [line] = [one for one in done.stdout.splitlines() if one.startswith("service.database")]
    assert line == (
        "service.database: aviso: La base de datos está vacía → «mailbot run» la prepara al empezar; "
        "para hacerlo ahora: mailbot db upgrade"
    )


@contextmanager
def hanging_up() -> Iterator[int]:
    """A server that ends each connection at once."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_a_broken_line_is_not_said_to_be_mended_by_itself(desk: Desk, tmp_path: Path) -> None:
    """The daemon connects again; this command does not."""
    with hanging_up() as port:
        config = edited(desk, tmp_path, f"port     = {desk.stage.servers.smtp_port}", f"port = {port}")
        done = typed("check", "--connect", "--config", config)
    [line] = [one for one in done.stdout.splitlines() if one.startswith("mailbox.soporte.smtp")]
    assert "la conexión se cortó → repita la orden" in line
    assert "volverá" not in line


def test_precasos_of_a_mailbox_that_is_gone_are_named_with_their_numbers(desk: Desk, tmp_path: Path) -> None:
    """Nobody reads its answers, and no deadline ends (invariant 3): they wait for the mailbox."""
    number = desk.precaso()
    waiting = [case["number"] for case in desk.json("cases", "--state", "precaso")["cases"]]
    text = desk.config.read_text("utf-8").replace("[mailbox.soporte", "[mailbox.soporte_ti")
    config = tmp_path / "config.toml"
    config.write_text(text, "utf-8")
    done = typed("check", "--config", config)
    [line] = [one for one in done.stdout.splitlines() if one.startswith("mailbox.soporte:")]
    assert done.exit_code == 0
    assert number in waiting
    assert 'aviso: en el buzón "soporte", que ya no está en el archivo, espera' in line
    assert waiting[0] in line
    assert 'si ahora se llama "soporte_ti", devuélvale su nombre' in line


def test_a_credential_that_systemd_may_give_is_told_calmly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typed by hand, `check` sees no credential of the service's."""
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    config = tmp_path / "config.toml"
    config.write_text(VALID, "utf-8")
    done = typed("check", "--config", config)
    assert done.exit_code == 0
    assert "nota: no está la credencial soporte-password" in done.stdout
    assert "se la da LoadCredential" in done.stdout
    assert "sin systemd, guárdela así: install -D -m 600" in done.stdout


def test_on_a_terminal_a_problem_has_its_cure_below_it_and_its_colour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "is_terminal", lambda: True)
    config = tmp_path / "c.toml"
    config.write_text(VALID + "[service]\nprefijo = 'x'\nwatch = 3\n", "utf-8")
    shown = CliRunner().invoke(app, ["check", "--config", str(config)], color=True).stdout
    line = VALID.count("\n") + 2
    assert f"\x1b[31m\x1b[1m{config}:{line}:1: service.prefijo\x1b[0m\n" in shown
    assert '\n  → ¿quiso decir "prefix"?\n' in shown
