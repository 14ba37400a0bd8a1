"""A secret is never printed: wherever it was written, rightly or by mistake, and whatever fails then (C14)."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mailbot.config import last_good
from mailbot.config.load import load
from mailbot.store.backup import backup
from mailbot.store.engine import Store
from tests.cli.conftest import typed
from tests.config.toml import VALID

SECRET = "hunter2secreto"
PASSWORD = 'password = { credential = "soporte-password" }'
LEFT = [
    VALID.replace(PASSWORD, f'password = "{SECRET}"'),
    VALID.replace(PASSWORD, f'password = "{SECRET}'),
    VALID.replace(PASSWORD, f"password = {SECRET}"),
    VALID.replace(PASSWORD, f'password = {{ value = "{SECRET}" }}'),
    VALID.replace(PASSWORD, f'password = {{ credential = "x", password = "{SECRET}" }}'),
    VALID.replace(
        PASSWORD, f'oauth2 = {{ provider = "google", client_id = "x", client_secret = "{SECRET}" }}'
    ),
]
DATABASES = [
    f"postgres://u:{SECRET}@127.0.0.1:1/db",
    f"mysql://u:{SECRET}@127.0.0.1:1/db",
    f"postgresql+psycopg://u:{SECRET}@127.0.0.1:1/db",
    f"postgresql+psycopg://u:{SECRET}@127.0.0.1:x/db",
    f"postgresql+psycopg://u:a@{SECRET}@127.0.0.1:1/db",
    f"postgresql+psycopg://u@127.0.0.1:1/db?password={SECRET}",
    f"postgresql+psycopg://u@127.0.0.1:1/db?passwrd={SECRET}",
    f"postgresql+psycopg:/u:{SECRET}@127.0.0.1/db",
    f"postgresql+psycopg//u:{SECRET}@127.0.0.1/db",
    f"u:{SECRET}@127.0.0.1/db",
    f"host=127.0.0.1 password={SECRET}",
]
COMMANDS = [("check",), ("check", "--connect"), ("status",), ("cases",), ("db", "upgrade"), ("run", "--once")]


@pytest.mark.parametrize(
    "config", [*LEFT, *(f'{VALID}[service]\ndatabase = "{url}"\n' for url in DATABASES)], ids=range(17)
)
def test_no_command_prints_a_secret(config: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text(config, "utf-8")
    said = "".join(typed("--config", path, *command).output for command in COMMANDS)
    told = capfd.readouterr()

    assert said
    assert SECRET not in said + told.out + told.err
    assert "Traceback" not in said + told.err
    assert [made.name for made in tmp_path.rglob("*") if SECRET in made.name] == []


def test_a_password_that_parts_its_url_is_told_of_without_it(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'{VALID}[service]\ndatabase = "postgresql+psycopg://u:a@b@host/db"\n', "utf-8")
    assert "%40" in typed("--config", path, "check").output


def test_what_postgresql_says_of_a_row_that_it_refused_shows_no_mail(postgres: Store) -> None:
    """Its DETAIL is the whole row; a log of the error would have it twice."""
    wrong = text("INSERT INTO person (address, name, role) VALUES ('a@b.example', :name, NULL)")
    with pytest.raises(IntegrityError) as refused, postgres.transaction() as s:
        s.connection().execute(wrong, {"name": "Xochimilco"})

    assert "not-null" in str(refused.value)
    assert "Xochimilco" not in str(refused.value) + str(refused.value.orig)


# -- files -----------------------------------------------------------------------------------------------


def test_only_the_service_may_read_what_is_stored(tmp_path: Path) -> None:
    """Whatever the umask: the database with its log, a copy, the last good config, and folders made for them."""
    state, source = tmp_path / "var" / "state", tmp_path / "config.toml"
    source.write_text(VALID, "utf-8")
    last_good.keep(load(source), state)
    store = Store.open(state / "mailbot.sqlite3")
    with store.transaction() as s, store.hold():
        s.connection().execute(text("INSERT INTO person (address, name, role) VALUES ('a', 'b', 'c')"))
        backup(store, state / "copia.sqlite3", datetime.now(UTC))
        made = {path.name: path for path in state.iterdir()}
    store.dispose()

    assert {
        "mailbot.sqlite3-wal",
        "mailbot.sqlite3-shm",
        "mailbot.sqlite3.lock",
        "copia.sqlite3",
    } <= made.keys()
    open_ = {
        name for name, path in made.items() if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077
    }
    assert open_ == set()
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
