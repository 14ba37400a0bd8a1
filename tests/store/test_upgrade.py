"""An upgrade that is cut, or meets another: what there was stays, and the next start finishes it."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import create_engine, text

from mailbot import __version__
from mailbot.store import check, migrate
from mailbot.store.engine import Store
from mailbot.store.errors import SchemaTooNew
from tests.store.test_kept import dialect, empty, load, read

__all__ = ["dialect", "empty"]

#: everything is done but the commit
CUT = """
import sys, time
from alembic import command
from mailbot.store.engine import Store

whole = command.upgrade
def upgrade(config, to):
    whole(config, to)
    print("upgraded", flush=True)
    time.sleep(600)
command.upgrade = upgrade
Store.open(sys.argv[1])
"""
#: no file may become larger than that
FULL = """
import resource, sys
from mailbot.store.engine import Store

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    Store.open(sys.argv[1])
except Exception as error:
    print(type(error).__name__, error)
"""


def wal(path: str) -> None:
    """As a service leaves it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL").fetchall()


def first(dialect: str, where: str) -> None:
    """A database of the first schema."""
    load(1, dialect, where)
    if dialect == "sqlite":
        wal(where)


def sound(where: str) -> None:
    store = Store.open(where)
    with store.reading() as s:
        assert check.integrity(s) == ()
    with store.engine.connect() as connection:
        assert migrate.version(connection) == migrate.HEAD
    store.dispose()


def test_an_upgrade_that_is_killed_leaves_the_database_as_it_was(dialect: str, empty: str) -> None:
    first(dialect, empty)
    before = read(empty, dialect)
    with subprocess.Popen([sys.executable, "-c", CUT, empty], stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"upgraded\n"
        process.send_signal(signal.SIGKILL)
    assert read(empty, dialect) == before
    sound(empty)


def test_a_full_disk_leaves_the_database_as_it_was_and_is_told(tmp_path: Path) -> None:
    path = str(tmp_path / "mailbot.sqlite3")
    first("sqlite", path)
    before = read(path, "sqlite")
    command = [sys.executable, "-c", FULL, path, str(40 * 1024)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said.startswith("StoreUnavailable No se puede usar la base de datos: ")
    assert "el espacio en disco" in said
    assert read(path, "sqlite") == before
    sound(path)


def at_once(work: Callable[[], None]) -> None:
    """Three times."""
    start = Barrier(3)

    def run() -> None:
        start.wait()
        work()

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(run) for _ in range(3)]:
            done.result()


def test_daemons_that_start_at_once_upgrade_one_after_the_other(dialect: str, empty: str) -> None:
    """Hazard 54: whoever was second finds nothing left to do."""
    first(dialect, empty)
    at_once(lambda: sound(empty))


def test_a_new_database_that_several_make_at_once_is_made_once(empty: str) -> None:
    at_once(lambda: sound(empty))


def test_a_database_of_a_newer_mailbot_tells_both_schemas_and_who_made_it(dialect: str, empty: str) -> None:
    Store.open(empty).dispose()
    change(dialect, empty, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew) as told:
        Store.open(empty)
    said = str(told.value)
    assert f"esquema 9999, más nuevo que el de este mailbot {__version__} ({migrate.HEAD})" in said
    assert f"la actualizó mailbot {__version__}" in said

    change(dialect, empty, "DROP TABLE setting")  # what the future may bring
    with pytest.raises(SchemaTooNew, match="una versión posterior"):
        Store.open(empty)


def change(dialect: str, where: str, statement: str) -> None:
    engine = create_engine(f"sqlite:///{where}" if dialect == "sqlite" else where)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
