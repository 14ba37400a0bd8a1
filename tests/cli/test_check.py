"""`mailbot check`: every problem at once; with `--connect` the world around, of which nothing is changed."""

import socket
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from mailbot.cli import around
from mailbot.cli.around import clock
from tests.cli.conftest import Desk, typed


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
    assert "Revise username y password" in done.stdout


def test_a_database_that_is_still_to_be_made_is_a_warning_and_stays_unmade(
    desk: Desk, tmp_path: Path
) -> None:
    new = tmp_path / "state" / "new.sqlite3"
    config = edited(desk, tmp_path, str(desk.config.with_name("mailbot.sqlite3")), str(new))
    done = typed("check", "--connect", "--config", config)
    assert done.exit_code == 0
    assert f"service.database: aviso: todavía no existe {new}" in done.stdout
    assert f"{config}: está bien; los servidores y el reloj también.\n" in done.stdout
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
