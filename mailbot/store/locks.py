"""Who may work: one daemon on a SQLite file, one daemon per mailbox on PostgreSQL.

Both only spare work: that nothing is done twice rests on unique keys and compare-and-set (invariant 2).
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from mailbot.store.errors import AlreadyRunning


@contextmanager
def hold_file(database: Path) -> Iterator[None]:
    """A lock on a file beside the database, for one on the database itself would meet SQLite's own."""
    path = database.with_name(f"{database.name}.lock")
    file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(file, 20, 0).decode(errors="replace").strip() or "?"
        os.close(file)
        raise AlreadyRunning(
            f"Otro mailbot (proceso {holder}) ya trabaja con {database}. "
            "Deténgalo primero, o use PostgreSQL, que admite varios."
        ) from None
    try:
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(file)


@contextmanager
def hold_nothing() -> Iterator[None]:
    yield


class Lease:
    """The right to read a mailbox, as long as its connection lives."""

    def __init__(self, connection: Connection | None) -> None:
        self._connection = connection

    @property
    def is_held(self) -> bool:
        """False once the connection, and with it the lock, is lost."""
        if self._connection is None:
            return True
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError:
            return False
        return True

    def release(self) -> None:
        """Ends it; closing to the pool would keep the lock, so the connection itself is closed."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()


def hold_mailbox(engine: Engine, name: str) -> Lease | None:
    """An advisory lock on a connection of its own; SQLite has one daemon anyway."""
    if engine.dialect.name == "sqlite":
        return Lease(None)
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    key = int.from_bytes(hashlib.sha256(f"mailbot:{name}".encode()).digest()[:8], signed=True)
    if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}):
        return Lease(connection)
    connection.close()
    return None
