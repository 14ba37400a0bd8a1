"""What a database driver says, as one of our own errors: who must do what."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, TimeoutError as PoolTimeout

from mailbot.store.errors import Conflict, StoreUnavailable

UNIQUE = ("23505",)  # PostgreSQL: unique_violation
#: serialization_failure, deadlock_detected
LOST_RACE = ("40001", "40P01")
#: connection, resources (disk full), operator's intervention (shutdown), system errors, lock not available,
#: a standby that only reads, a transaction that was idle for too long
NOT_NOW = ("08", "53", "57", "58", "55P03", "25006", "25P03")
SQLITE_UNIQUE = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
#: a snapshot that became too old to write on
SQLITE_LOST_RACE = (sqlite3.SQLITE_BUSY_SNAPSHOT,)


@contextmanager
def translated() -> Iterator[None]:
    """Driver errors as `Conflict` or `StoreUnavailable`; those that mean a bug pass as they are."""
    try:
        yield
    except PoolTimeout as error:
        raise unavailable("todas las conexiones están ocupadas") from error
    except DBAPIError as error:
        if _is_conflict(error):
            raise Conflict(str(error.orig)) from error
        if _is_outage(error):
            raise unavailable(" ".join(str(error.orig).split())) from error
        raise


def unavailable(said: str) -> StoreUnavailable:
    return StoreUnavailable(
        f"No se puede usar la base de datos: {said.rstrip('.')}. Revise que esté en marcha, su dirección, sus permisos "
        "y el espacio en disco; se intentará de nuevo."
    )


def _is_conflict(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(error, IntegrityError):
        return code in UNIQUE or code in SQLITE_UNIQUE
    return code in LOST_RACE or code in SQLITE_LOST_RACE


def _is_outage(error: DBAPIError) -> bool:
    if error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.Error):
        # not OperationalError alone: a damaged or foreign file is a DatabaseError
        return type(error.orig) in (sqlite3.OperationalError, sqlite3.DatabaseError) and _is_sqlite_outage(
            error.orig
        )
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # the server was never reached
        return isinstance(error, OperationalError)
    # whatever its class: psycopg counts what only reads, and what was idle for too long, as internal errors
    return str(state).startswith(NOT_NOW)


def _is_sqlite_outage(error: sqlite3.Error) -> bool:
    """SQLITE_ERROR is a faulty statement, all else the file, the disk or a lock."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) != sqlite3.SQLITE_ERROR
