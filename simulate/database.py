"""The real store on one SQLite file in memory, its statements and commits failing as planned.

The file is replaced by a prepared empty one for each history; the engine stays, because it knows the compiled
statements, which take most of the time.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailbot.store.engine import Store
from simulate.faults import Faults, Killed

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
SAID = {
    "unavailable": (sqlite3.OperationalError, "disk I/O error", sqlite3.SQLITE_IOERR),
    "conflict": (sqlite3.OperationalError, "database is locked", sqlite3.SQLITE_BUSY_SNAPSHOT),
}


class Database:
    """One file, and a store for each of two processes. `faults` is set anew for each history."""

    def __init__(self) -> None:
        where = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
        self._folder = tempfile.TemporaryDirectory(prefix="simulate-", dir=where)
        self.path = Path(self._folder.name) / "mailbot.sqlite3"
        self._empty = self.path.with_name("empty.sqlite3")
        Store.open(self._empty).dispose()
        shutil.copy(self._empty, self.path)
        self.faults = Faults()
        self.stores = (self._open(), self._open())
        #: what the checks read, beside the stores
        self.outside = sqlite3.connect(self.path, isolation_level=None)

    def renew(self, faults: Faults) -> None:
        """Empty, as for a new history."""
        self.outside.close()
        for store in self.stores:
            store.dispose()
        for left in (f"{self.path}-wal", f"{self.path}-shm"):
            Path(left).unlink(missing_ok=True)
        shutil.copy(self._empty, self.path)
        self.faults = faults
        self.outside = sqlite3.connect(self.path, isolation_level=None)
        self.outside.row_factory = sqlite3.Row

    def close(self) -> None:
        self.outside.close()
        for store in self.stores:
            store.dispose()
        self._folder.cleanup()

    def _open(self) -> Store:
        store = Store.open(self.path)
        dialect: Any = store.engine.dialect
        dialect.do_execute = self._execute(dialect.do_execute)
        dialect.do_commit = self._commit(dialect.do_commit)
        return store

    def _execute(self, real: Callable[..., None]) -> Callable[..., None]:
        def do_execute(cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
            if statement.startswith("BEGIN"):
                self._begin()
            _fail(self.faults.strikes("statement"))
            real(cursor, statement, parameters, context)

        return do_execute

    def _begin(self) -> None:
        """Transactions are serial on SQLite: only between two of them another process can step in."""
        faults = self.faults
        if faults.database_down:
            faults.count("database away")
            _fail("unavailable")
        if faults.strikes("begin") and faults.other:
            faults.other()

    def _commit(self, real: Callable[..., None]) -> Callable[..., None]:
        def do_commit(connection: Any) -> None:
            how = self.faults.strikes("commit")
            if how not in ("hidden", "killed_after"):
                _fail(how)
            real(connection)
            _fail({"hidden": "unavailable", "killed_after": "killed"}.get(how, ""))

        return do_commit


def _fail(how: str) -> None:
    """As the driver would say it, so that the store's own translation is tried too."""
    if how == "killed":
        raise Killed
    if how:
        kind, words, code = SAID[how]
        error = kind(words)
        error.sqlite_errorcode = code
        raise error


def time(written: str) -> datetime:
    """A time as SQLite holds it: UTC, and without saying so."""
    return datetime.fromisoformat(written).replace(tzinfo=UTC)
