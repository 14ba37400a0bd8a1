"""What a database driver says, as one of our own errors: who must do what."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, TimeoutError as PoolTimeout

from mailbot.store.errors import BadAddress, Conflict, Damaged, LoginRefused, NotPermitted, StoreUnavailable

UNIQUE = ("23505",)  # PostgreSQL: unique_violation
#: serialization_failure, deadlock_detected
LOST_RACE = ("40001", "40P01")
#: connection, resources (disk full), operator's intervention (shutdown), system errors, lock not available,
#: a standby that only reads, a transaction that was idle for too long
NOT_NOW = ("08", "53", "57", "58", "55P03", "25006", "25P03")
SQLITE_UNIQUE = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
#: a snapshot that became too old to write on
SQLITE_LOST_RACE = (sqlite3.SQLITE_BUSY_SNAPSHOT,)

SQLITE_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
SQLITE_NOT_PERMITTED = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)
#: invalid_authorization_specification, invalid_catalog_name; insufficient_privilege
NOT_LET_IN, NOT_ALLOWED = ("28", "3D"), ("42501",)
#: the same of a connection that did not come about: then libpq tells no code, and the server speaks its own language
NOT_LET_IN_SAID = re.compile(
    r"FATAL: .*(?:authenti[ck]|autenti|pg_hba\.conf|does not exist|no existe|no está permitido)|no password supplied",
    re.IGNORECASE,
)
#: what libpq says of a server that is away, and SQLite of a full disk, as people read it; the rest is told as it came
NOT_UP = r"failed: (?:No such file or directory|Connection refused)(?: Is the server[^?]*\?)?"
FAILED = r"(?:connection (?:is bad|failed): )?connection to server"
AT = r'at "([^"]+)"(?: \([^)]*\))?, port (\d+)'
PLAIN = (
    (re.compile(rf'{FAILED} on socket "([^"]+)" {NOT_UP}'), r"no hay un PostgreSQL en marcha en \1"),
    (
        re.compile(rf"{FAILED} {AT} {NOT_UP}"),
        r"\1:\2 rechaza la conexión, no hay ahí un PostgreSQL en marcha",
    ),
    (re.compile("connection timeout expired"), "PostgreSQL no contestó a tiempo"),
    (re.compile("database or disk is full"), "el disco está lleno"),
)


@contextmanager
def translated() -> Iterator[None]:
    """Driver errors as `Conflict` or `StoreUnavailable`; those that mean a bug pass as they are."""
    try:
        yield
    except PoolTimeout as error:
        raise unavailable("todas las conexiones están ocupadas") from error
    except DBAPIError as error:
        _tell_no_values(error)
        if _is_conflict(error):
            raise Conflict(str(error.orig)) from error
        said = " ".join(str(error.orig).split())
        if permanent := _permanent(error, said):
            raise permanent from error
        if _is_outage(error):
            raise unavailable(_plain(said)) from error
        if "connection option" in said:
            raise BadAddress(f"La dirección de [service] database no sirve: {said}.") from error
        raise


def unavailable(said: str) -> StoreUnavailable:
    return StoreUnavailable(
        f"No se puede usar la base de datos: {said.rstrip('.')}. Revise que esté en marcha, su dirección, sus permisos "
        "y el espacio en disco; se intentará de nuevo."
    )


def _permanent(error: DBAPIError, said: str) -> StoreUnavailable | None:
    """What neither waiting nor a restart cures; while mail is worked on it is an outage like others."""
    state, code = str(getattr(error.orig, "sqlstate", None) or ""), _sqlite_code(error.orig)
    if code in SQLITE_DAMAGED:
        return Damaged(
            f"No se puede usar la base de datos: {said}. El archivo está dañado, o no es una base de datos: detenga el "
            "servicio y restaure una copia."
        )
    if code in SQLITE_NOT_PERMITTED:
        return NotPermitted(
            f"No se puede usar la base de datos: {said}. Revise de quién son el archivo y su carpeta, y que el disco "
            "no sea de solo lectura."
        )
    if state in NOT_ALLOWED:
        return NotPermitted(
            f"No se puede usar la base de datos: {said}. Dele el permiso al usuario de mailbot: ALTER DATABASE … "
            "OWNER TO …"
        )
    if state.startswith(NOT_LET_IN) or (not state and not code and NOT_LET_IN_SAID.search(said)):
        return LoginRefused(
            f"PostgreSQL no deja entrar: {said.rstrip('.')}. Revise en [service] database el usuario, la contraseña y "
            "el nombre de la base, y en el servidor pg_hba.conf."
        )
    return None


def _plain(said: str) -> str:
    for pattern, plain in PLAIN:
        said = pattern.sub(plain, said)
    return said


def _sqlite_code(error: BaseException | None) -> int:
    """The primary code: what is finer stands in the higher bits."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _tell_no_values(error: DBAPIError) -> None:
    """PostgreSQL's DETAIL shows the row that it did not take, which is mail."""
    told = getattr(getattr(error.orig, "diag", None), "message_primary", None)
    if told and error.orig:
        whole = str(error.orig)
        error.orig.args = (told,)
        error.args = tuple(str(part).replace(whole, told) for part in error.args)


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
