"""`mailbot db`, and what every command does about a database that is absent, too new or too old."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot import __version__
from mailbot.config import last_good
from mailbot.config.load import load as config_at
from mailbot.store import migrate
from tests.cli.conftest import EXAMPLE, Desk, executed, on_servers, typed
from tests.store.test_kept import load

READERS = (
    ("cases",),
    ("case", "MS-000001"),
    ("messages",),
    ("explain", "1"),
    ("retry", "1"),
    ("promote", "1", "--rule", "acceso"),
    ("rules", "test", "1"),
    ("db", "check"),
    ("db", "backup", "copy.sqlite3"),
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Of a desk that never ran."""
    path = tmp_path / "config.toml"
    path.write_text(on_servers(EXAMPLE.read_text("utf-8"), tmp_path, 1, 1), "utf-8")
    return path


def schema(database: Path, version: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))


@pytest.mark.parametrize("words", READERS, ids=" ".join)
def test_nobody_who_only_reads_makes_a_database(
    config: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(config.parent)
    done = typed("--config", config, *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Todavía no hay base de datos en {config.parent}/mailbot.sqlite3")
    assert sorted(p.name for p in config.parent.iterdir()) == ["config.toml", "password"]


def test_upgrade_makes_it_once(config: Path) -> None:
    made = typed("--config", config, "db", "upgrade")
    assert (made.exit_code, made.stdout) == (0, f"Base de datos creada: {config.parent}/mailbot.sqlite3\n")
    assert typed("--config", config, "db", "upgrade").stdout == "La base de datos está al día.\n"
    assert typed("--config", config, "cases").stderr == "Todavía no hay casos.\n"


@pytest.mark.parametrize("words", [("cases",), ("db", "upgrade"), ("run", "--once")], ids=" ".join)
def test_a_database_of_a_newer_mailbot_is_refused_by_both_versions_in_one_line(
    config: Path, words: tuple[str, ...]
) -> None:
    typed("--config", config, "db", "upgrade")
    schema(config.parent / "mailbot.sqlite3", "9999")
    done = executed("--config", config, *words)
    assert done.returncode == (65 if words[0] == "run" else 2)  # 65: systemd does not try again
    (line,) = done.stderr.splitlines()
    assert "9999" in line
    assert f"la actualizó mailbot {__version__}" in line
    assert "más nuevo que el de este mailbot" in line


def test_an_older_one_waits_for_whoever_may_upgrade_it(config: Path) -> None:
    (config.parent / "mailbot.sqlite3").touch()
    done = typed("--config", config, "cases")
    assert done.exit_code == 2
    assert "mailbot db upgrade" in done.stderr


def test_what_is_no_database_is_told(config: Path) -> None:
    (config.parent / "mailbot.sqlite3").write_text("esto no es una base de datos, ni lo fue nunca")
    done = typed("--config", config, "cases")
    assert done.exit_code == 2
    assert "No se puede usar la base de datos" in done.stderr


def test_a_server_that_does_not_answer_is_told(config: Path) -> None:
    text = config.read_text("utf-8")
    url = "postgresql+psycopg://nadie@127.0.0.1:1/nada"
    config.write_text(text.replace(f"{config.parent}/mailbot.sqlite3", url), "utf-8")
    done = typed("--config", config, "cases")
    assert done.exit_code == 2
    assert done.stderr.startswith(
        "No se puede usar la base de datos: 127.0.0.1:1 rechaza la conexión, no hay ahí un PostgreSQL en marcha. Revise"
    )


def test_a_socket_that_is_not_there_is_told_without_the_words_of_a_library(config: Path) -> None:
    text = config.read_text("utf-8")
    url = f"postgresql+psycopg://mailbot@/mailbot?host={config.parent}"
    config.write_text(text.replace(f"{config.parent}/mailbot.sqlite3", url), "utf-8")
    done = typed("--config", config, "cases")
    assert done.exit_code == 2
    assert done.stderr.startswith(
        f"No se puede usar la base de datos: no hay un PostgreSQL en marcha en {config.parent}/.s.PGSQL.5432. Revise"
    )


def test_a_broken_config_is_told_whole(config: Path) -> None:
    config.write_text(
        config.read_text("utf-8").replace("prefix ", "prefijo ").replace("language", "idioma"), "utf-8"
    )
    done = typed("--config", config, "cases")
    assert (done.exit_code, done.stdout) == (2, "")
    assert [line.split(": ")[1] for line in done.stderr.splitlines()] == ["service.idioma", "service.prefijo"]


@pytest.mark.parametrize("gone", [False, True])
@pytest.mark.parametrize("words", [("cases",), ("messages",), ("db", "check"), ("db", "upgrade")])
def test_with_a_broken_config_a_command_goes_on_with_the_last_good_one_and_says_so(
    config: Path, words: tuple[str, ...], gone: bool
) -> None:
    """Invariant 7, for whoever looks at the service while somebody edits the file."""
    typed("--config", config, "db", "upgrade")
    last_good.keep(config_at(config), config.parent)
    good = typed("--config", config, *words)
    config.write_text(config.read_text("utf-8").replace("prefix ", "prefijo "), "utf-8")
    if gone:  # then nothing tells where the database was: looked at is the usual folder
        (config.parent / "var").symlink_to(config.parent)
        config.unlink()
    done = typed("--config", config, *words)
    assert (done.exit_code, done.stdout) == (good.exit_code, good.stdout)
    first = done.stderr.splitlines()[0]
    assert first == (
        f"Aviso: {config} tiene un problema, que «mailbot check» muestra; se usa su última copia buena."
    )
    assert done.stderr == f"{first}\n{good.stderr}"


@pytest.mark.parametrize("words", [("check",), ("rules", "test", "contraseña")])
def test_what_is_said_of_the_file_is_said_of_the_file_as_it_stands(
    config: Path, words: tuple[str, ...]
) -> None:
    last_good.keep(config_at(config), config.parent)
    config.write_text(config.read_text("utf-8").replace("prefix ", "prefijo "), "utf-8")
    done = typed("--config", config, *words)
    assert done.exit_code in (1, 2)
    assert "service.prefijo" in done.output


def test_a_backup_is_whole_and_replaces_nothing(desk: Desk, tmp_path: Path) -> None:
    copy = tmp_path / "copia.sqlite3"
    assert desk.mailbot("db", "backup", copy).exit_code == 0
    with closing(sqlite3.connect(copy)) as connection:
        (cases,) = connection.execute('SELECT count(*) FROM "case"').fetchone()
    assert cases == len(desk.json("cases")["cases"])
    again = desk.mailbot("db", "backup", copy)
    assert again.exit_code == 2
    assert "ya existe" in again.stderr


def test_in_a_folder_the_last_copies_stay_and_it_is_told_what_was_done(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([datetime(2026, 11, day, 8, tzinfo=UTC) for day in (21, 22)])
    monkeypatch.setattr("mailbot.cli.database.now", lambda: next(moments))
    typed("--config", config, "db", "upgrade")
    folder = tmp_path / "copias"
    folder.mkdir()
    for day in (21, 22):
        done = typed("--config", config, "db", "backup", "--keep", 1, folder)
        copy = folder / f"mailbot-202611{day}T080000Z.sqlite3"
        assert done.exit_code == 0
        assert re.match(rf"Copia hecha y comprobada: {copy} \(\d+ kB, \d+ s\)\.\n", done.stdout)
    assert done.stdout.endswith("Borré 1 copia anterior.\n")
    assert list(folder.iterdir()) == [copy]


def test_a_copy_of_what_has_faults_is_made_and_ends_with_1(config: Path, tmp_path: Path) -> None:
    """So that cron's mail names them, and not each night's copy."""
    typed("--config", config, "db", "upgrade")
    with closing(sqlite3.connect(config.parent / "mailbot.sqlite3")) as connection, connection:
        connection.execute("INSERT INTO participant (case_id, email) VALUES (77, 'a@b.example')")
    done = typed("--config", config, "db", "backup", tmp_path / "copia.sqlite3")
    assert done.exit_code == 1
    assert "participant" in done.stderr
    assert done.stdout.startswith("Copia hecha")
    assert (tmp_path / "copia.sqlite3").exists()


def test_a_sound_database_is_said_to_be_sound(desk: Desk) -> None:
    done = desk.mailbot("db", "check")
    assert (done.exit_code, done.stdout) == (0, "La base de datos está bien.\n")
    assert desk.json("db", "check") == {"ok": True, "problems": []}


def test_every_byte_is_looked_at_when_asked(config: Path) -> None:
    load(migrate.HEAD, "sqlite", str(config.parent / "mailbot.sqlite3"))
    with closing(sqlite3.connect(config.parent / "mailbot.sqlite3")) as connection, connection:
        connection.execute("UPDATE raw_chunk SET data = x'00' WHERE message_id = 1")
    assert typed("--config", config, "db", "check").exit_code == 0
    done = typed("--config", config, "db", "check", "--deep")
    assert done.exit_code == 1
    assert "Los bytes del mensaje 1 no se pueden leer" in done.stdout


def test_an_upgrade_says_from_where_to_where(config: Path) -> None:
    load(1, "sqlite", str(config.parent / "mailbot.sqlite3"))
    done = typed("--config", config, "db", "upgrade")
    assert done.stderr == f"Actualizando la base de datos del esquema 1 al {migrate.HEAD}…\n"
    assert done.stdout == "La base de datos está al día.\n"


def test_a_fault_in_it_is_found(config: Path) -> None:
    typed("--config", config, "db", "upgrade")
    with closing(sqlite3.connect(config.parent / "mailbot.sqlite3")) as connection, connection:
        connection.execute("INSERT INTO participant (case_id, email) VALUES (77, 'a@b.example')")
    done = typed("--config", config, "db", "check")
    assert done.exit_code == 1
    assert "participant" in done.stdout
    assert done.stdout.endswith("1 problema.\n")
