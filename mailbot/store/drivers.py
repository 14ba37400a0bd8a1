"""How each database is opened: SQLite by path, PostgreSQL by URL; and how a transaction on it begins."""

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from mailbot.config.paths import give
from mailbot.store import faults, reach
from mailbot.store.errors import BadAddress, StoreUnavailable
from mailbot.store.text import cleaned, dumps

#: synchronous=FULL: what the mailbox is told of must outlive a power cut (hazard 61)
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 30000",
    # what the WAL became while somebody read for long is given back to the disk
    "PRAGMA journal_size_limit = 16777216",
)
#: no driver begins by itself: SQLite's does so too late, and updates get lost; with psycopg it is one round trip.
#: One writer at a time on both databases. On PostgreSQL correctness does not need it (SERIALIZABLE sees to that),
#: but half of the work of busy daemons would be done again; LOCK comes before the snapshot is taken, and hinders
#: no reader.
WRITING = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "BEGIN ISOLATION LEVEL SERIALIZABLE;"
    " LOCK TABLE alembic_version IN SHARE ROW EXCLUSIVE MODE",
}
READING = {"sqlite": "BEGIN", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}
#: the same patience as SQLite's busy_timeout; nobody waits for a daemon that stopped half-way, or is cut off
TIMEOUTS = (
    "-c lock_timeout=30000 -c idle_in_transaction_session_timeout=20000"
    " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2"
)
#: and we wait for no server that is cut off
KEEPALIVE = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 20_000,
}
WRITTEN = "Escriba una ruta, sqlite:///… o postgresql+psycopg://…"
#: seconds after which a connection is asked before it is used
RESTED = 1.0


def engine(url_or_path: str) -> Engine:
    """Nothing is begun on it but by who uses it. Raises `StoreError`, `StoreUnavailable`."""
    url = _url(url_or_path)
    return _sqlite(url) if url.get_backend_name() == "sqlite" else _postgres(url)


def _url(url_or_path: str) -> URL:
    if "://" not in url_or_path:
        return URL.create("sqlite", database=url_or_path)
    try:
        url = make_url(url_or_path)
    except (ArgumentError, ValueError):  # with a password in it, so it is not shown
        raise BadAddress(f"No se entiende la dirección de la base de datos. {WRITTEN}") from None
    if url.get_backend_name() in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite":
        return url.set(drivername="sqlite")
    raise BadAddress(f"La base de datos «{url.drivername}» no se conoce. {WRITTEN}")


def _engine(url: URL, **options: Any) -> Engine:
    options |= {"json_serializer": dumps, "hide_parameters": True}  # they are mail
    # the connection that wrote last knows what it wrote: SQLite reads everything anew in any other
    opened = create_engine(url, pool_use_lifo=True, **options)
    event.listen(opened, "before_cursor_execute", _clean_parameters, retval=True)
    return opened


def _clean_parameters(
    connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
) -> tuple[str, Any]:
    return statement, cleaned(parameters)


def _postgres(url: URL) -> Engine:
    options = {"connect_timeout": 10, "options": TIMEOUTS, **KEEPALIVE}
    opened = _engine(url, isolation_level="AUTOCOMMIT", connect_args=options)
    _ask_after_a_rest(opened)
    return opened


def _ask_after_a_rest(opened: Engine) -> None:
    """Whether a connection is still there: the server may have been restarted while nobody spoke with it.

    SQLAlchemy would ask before every transaction: one round trip more for each.
    """
    dialect: Any = opened.dialect

    def note_use(connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["used_at"] = time.monotonic()

    def ask(connection: Any, record: ConnectionPoolEntry, proxy: Any) -> None:
        if time.monotonic() - record.info.get("used_at", time.monotonic()) < RESTED:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as gone:
            raise DisconnectionError(str(gone)) from gone

    event.listen(opened, "checkin", note_use)
    event.listen(opened, "checkout", ask)


def _sqlite(url: URL) -> Engine:
    _create(Path(str(url.database)))
    opened = _engine(url, connect_args={"isolation_level": None, "timeout": 30})
    event.listen(opened, "do_connect", _only_what_is_there)
    event.listen(opened, "connect", _set_pragmas)
    return opened


def _only_what_is_there(dialect: Any, record: Any, given: list[Any], named: dict[str, Any]) -> None:
    """SQLite would make an empty file where one is missing for a moment, and keep to it when that is back."""
    path = Path(given[0])
    if _inode(path) == 0:
        raise taken_away(path)
    given[0], named["uri"] = f"{path.absolute().as_uri()}?mode=rw", True


def nothing() -> None:
    """What a database that is no file needs not be asked before each transaction."""


def in_place(path: Path) -> Callable[[], None]:
    """No transaction on a file that was deleted, moved or replaced while it was open.

    SQLite would go on in what has no name any more: mail would be moved and answered, and end with the process.
    """
    opened = _inode(path)

    def check() -> None:
        if opened == (found := _inode(path)) or found is None:
            return
        raise taken_away(path)

    return check


def taken_away(path: Path) -> StoreUnavailable:
    return StoreUnavailable(
        f"El archivo {path} ya no es el que se abrió: se borró, se movió o se cambió por otro con el servicio en "
        "marcha. Detenga el servicio, devuelva el archivo a su lugar e inícielo de nuevo. Si se perdió, restaure "
        "una copia y, antes de iniciar, use «mailbot reconcile --repair»."
    )


def _inode(path: Path) -> int | None:
    """0: it is not there; None: SQLite will say why it cannot be reached."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0
    except OSError:
        return None


def _create(path: Path) -> None:
    """Mail is private: only the user of the service may read the file, or a folder made for it.

    A file that is there is never opened here: closing it would drop the locks that SQLite holds on it for
    other connections of this process (POSIX locks belong to the process).
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        give(path)
    except FileExistsError:
        return
    except OSError as error:
        raise reach.obstacle(path) or faults.unavailable(f"{path}: {error.strerror}") from error


def _set_pragmas(connection: sqlite3.Connection, record: Any) -> None:
    for pragma in PRAGMAS:
        connection.execute(pragma).close()
