"""The database: opened, upgraded, and its transactions. SQLite by path, PostgreSQL by URL."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from mailbot.store import faults, locks, migrate
from mailbot.store.errors import Conflict, StoreError, StoreUnavailable
from mailbot.store.text import cleaned, dumps
from mailbot.store.transaction import Transaction
from mailbot.store.turns import Turns

T = TypeVar("T")
#: gathered, decided, and somebody else was faster: gather and decide again
TRIES = 5
#: synchronous=FULL: what the mailbox is told of must outlive a power cut (hazard 61)
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 30000",
)
#: how a transaction that writes begins: one writer at a time on both databases. On PostgreSQL correctness
#: does not need it (SERIALIZABLE sees to that), but half of the work of busy daemons would be done again.
#: LOCK comes before the snapshot is taken, and hinders no reader.
WRITING = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "LOCK TABLE alembic_version IN SHARE ROW EXCLUSIVE MODE",
}
#: psycopg begins by itself
READING = {"sqlite": "BEGIN", "postgresql": ""}
#: the same patience as SQLite's busy_timeout; nobody waits for a daemon that stopped half-way, or is cut off
TIMEOUTS = (
    "-c lock_timeout=30000 -c idle_in_transaction_session_timeout=20000"
    " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2"
)
#: and we wait for no server that is cut off
#: seconds after which a connection is asked before it is used
RESTED = 1.0
KEEPALIVE = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 20_000,
}


class Store:
    """One database. Threads may share it; each transaction has a connection of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._writer = _isolated(engine, "SERIALIZABLE")
        self._reader = _isolated(engine, "REPEATABLE READ", postgresql_readonly=True)
        self._check = _in_place(self.path) if self.is_sqlite else nothing
        self._turn = Turns().mine if self.is_sqlite else nullcontext

    @classmethod
    def open(cls, url_or_path: str | Path, *, upgrade: bool = True) -> "Store":
        """The database there, created or upgraded where needed.

        Raises `SchemaTooNew`, `SchemaTooOld` (with `upgrade=False`), `StoreUnavailable`, `StoreError`.
        """
        url = _url(str(url_or_path))
        with faults.translated():
            store = cls(_sqlite(url) if url.get_backend_name() == "sqlite" else _postgres(url))
            try:
                migrate.prepare(store.engine, upgrade=upgrade)
            except BaseException:
                store.dispose()
                raise
        return store

    @property
    def path(self) -> Path:
        """The file of a SQLite database."""
        return Path(str(self.engine.url.database))

    def transaction(self) -> AbstractContextManager[Transaction]:
        """All or nothing: commits at its end, rolls back on any exception.

        BEGIN IMMEDIATE, or SERIALIZABLE on PostgreSQL. Raises `Conflict`, `StoreUnavailable`.
        """
        return self._transaction(self._writer, WRITING[self.engine.dialect.name], self._turn())

    def run(self, work: Callable[[Transaction], T]) -> T:
        """All of `work` in a transaction; once more from the start if what it read was changed meanwhile.

        Raises `StoreUnavailable`, also where others are faster each time.
        """
        for _ in range(TRIES):
            with suppress(Conflict), self.transaction() as s:
                return work(s)
        raise StoreUnavailable("La base de datos está muy disputada; se intentará de nuevo.")

    def reading(self) -> AbstractContextManager[Transaction]:
        """One view of the database that stays the same while it is read. Raises `StoreUnavailable`."""
        return self._transaction(self._reader, READING[self.engine.dialect.name], nullcontext())

    def hold(self) -> AbstractContextManager[None]:
        """While it lasts no other daemon works on this SQLite file. Raises `AlreadyRunning`.

        On PostgreSQL, where several daemons may run, it does nothing.
        """
        return locks.hold_file(self.path) if self.is_sqlite else locks.hold_nothing()

    def working(self, workers: Iterable[str]) -> set[str]:
        """Those of these daemons that are at work; their names hold the id of their process."""
        if not self.is_sqlite:
            return locks.working_on(self.engine, workers)
        holder = locks.holder(self.path)
        return {worker for worker in workers if holder and worker.split(":")[-2:-1] == [holder]}

    def is_held(self) -> bool:
        """Whether any process, a daemon or a repair, works with this SQLite file alone."""
        return self.is_sqlite and locks.holder(self.path) is not None

    def presence(self, worker: str) -> locks.Presence:
        """How others on this database see that `worker`, a name like no other, is alive; not started yet."""
        return locks.presence(self.engine, worker)

    def dispose(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _transaction(
        self, engine: Engine, begin: str, turn: AbstractContextManager[None]
    ) -> Iterator[Transaction]:
        with turn, faults.translated(), engine.connect() as connection, connection.begin():
            self._check()
            s = Transaction(connection)
            s.begin(begin)
            yield s


def nothing() -> None:
    """What needs no check."""


def _isolated(engine: Engine, level: str, **more: Any) -> Engine:
    """SQLite has but one level, and an engine without options is a faster one."""
    return (
        engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level=level, **more)
    )


def _url(url_or_path: str) -> URL:
    if "://" not in url_or_path:
        return URL.create("sqlite", database=url_or_path)
    url = make_url(url_or_path)
    if url.get_backend_name() in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite":
        return url.set(drivername="sqlite")
    raise StoreError(
        f"La base de datos «{url.drivername}» no se conoce. Escriba una ruta, sqlite:///… o postgresql+psycopg://…"
    )


def _engine(url: URL, **options: Any) -> Engine:
    engine = create_engine(url, json_serializer=dumps, hide_parameters=True, **options)  # they are mail
    event.listen(engine, "before_cursor_execute", _clean_parameters, retval=True)
    return engine


def _clean_parameters(
    connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
) -> tuple[str, Any]:
    return statement, cleaned(parameters)


def _postgres(url: URL) -> Engine:
    options = {"connect_timeout": 10, "options": TIMEOUTS, **KEEPALIVE}
    engine = _engine(url, connect_args=options)
    _ask_after_a_rest(engine)
    return engine


def _ask_after_a_rest(engine: Engine) -> None:
    """Whether a connection is still there: the server may have been restarted while nobody spoke with it.

    SQLAlchemy would ask before every transaction: one round trip more for each.
    """
    dialect: Any = engine.dialect

    def note_use(connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["used_at"] = time.monotonic()

    def ask(connection: Any, record: ConnectionPoolEntry, proxy: Any) -> None:
        if time.monotonic() - record.info.get("used_at", time.monotonic()) < RESTED:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as gone:
            raise DisconnectionError(str(gone)) from gone

    event.listen(engine, "checkin", note_use)
    event.listen(engine, "checkout", ask)


def _sqlite(url: URL) -> Engine:
    """Python's own transaction handling is off: it begins too late, and updates get lost."""
    _create(Path(str(url.database)))
    engine = _engine(url, connect_args={"isolation_level": None, "timeout": 30})
    event.listen(engine, "connect", _set_pragmas)
    return engine


def _in_place(path: Path) -> Callable[[], None]:
    """No transaction on a file that was deleted, moved or replaced while it was open.

    SQLite would go on in what has no name any more: mail would be moved and answered, and end with the process.
    """
    opened = _inode(path)

    def check() -> None:
        if opened == (found := _inode(path)) or found is None:
            return
        raise StoreUnavailable(
            f"El archivo {path} ya no es el que se abrió: se borró, se movió o se cambió por otro con el servicio en "
            "marcha. Detenga el servicio, devuelva el archivo a su lugar e inícielo de nuevo. Si se perdió, restaure "
            "una copia y, antes de iniciar, use «mailbot reconcile --repair»."
        )

    return check


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
    except FileExistsError:
        return
    except OSError as error:
        raise faults.unavailable(f"{path}: {error.strerror}") from error


def _set_pragmas(connection: sqlite3.Connection, record: Any) -> None:
    for pragma in PRAGMAS:
        connection.execute(pragma).close()
