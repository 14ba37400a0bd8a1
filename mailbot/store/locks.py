"""Who may work: one daemon on a SQLite file; on PostgreSQL several, one of them per mailbox.

All of it only spares work: that nothing is done twice rests on unique keys and compare-and-set (invariant 2).
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, RLock, Thread
from typing import Any

from sqlalchemy import Connection, Engine, TextClause, text
from sqlalchemy.exc import SQLAlchemyError

from mailbot.config.paths import give
from mailbot.store import faults, reach
from mailbot.store.errors import AlreadyRunning, StoreError

#: Seconds between two signs of life; after so many without one we no longer count on our locks; after so many
#: PostgreSQL (14 and later) takes them from us, also if we are stopped and our connection is not; and for so
#: long others look at a name without locks before it counts as gone.
BEAT, FRESH, SILENT, GRACE = 4.0, 15.0, 20, 20.0
SILENCE = text(
    "SELECT set_config('idle_session_timeout', :ms, false)"
    " WHERE current_setting('server_version_num')::int >= 140000"
)
ALIVE = text("SELECT 1")
TRY_LOCK = text("SELECT pg_try_advisory_lock(:key)")
UNLOCK = text("SELECT pg_advisory_unlock(:key)")
#: the keys that somebody holds in this database
HELD = text(
    "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1"
    " AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@contextmanager
def hold_file(database: Path) -> Iterator[None]:
    """A lock on a file beside the database, for one on the database itself would meet SQLite's own."""
    file = _opened(_lock_of(database))
    if not _taken(file):
        holder = _written(file)
        os.close(file)
        raise AlreadyRunning(
            f"Otro mailbot (proceso {holder}) ya trabaja con {database}. "
            "Deténgalo primero, o use PostgreSQL, que admite varios."
        )
    try:
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(file)


def _opened(lock: Path) -> int:
    """Raises `StoreUnavailable`."""
    try:
        file = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        give(lock)
    except OSError as error:
        raise reach.obstacle(lock) or faults.unavailable(f"{lock}: {error.strerror}") from error
    return file


def _lock_of(database: Path) -> Path:
    return database.with_name(f"{database.name}.lock")


def _taken(file: int) -> bool:
    """Tried for a moment: who only asks for the `holder` has it for an instant."""
    for pause in (0.05, 0.1, 0.2, 0.0):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(pause)
        else:
            return True
    return False


def _written(file: int) -> str:
    return os.pread(file, 20, 0).decode(errors="replace").strip() or "?"


def holder(database: Path) -> str | None:
    """The id of the process that works with this SQLite file, "?" where it cannot be told; None: nobody does."""
    try:
        file = os.open(_lock_of(database), os.O_RDONLY)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise reach.obstacle(_lock_of(database), serves=False) or faults.unavailable(
            str(error.strerror)
        ) from error
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _written(file)
    finally:
        os.close(file)
    return None


def working_on(engine: Engine, workers: Iterable[str]) -> set[str]:
    """Those of these daemons that are at work on this PostgreSQL now. Raises `StoreUnavailable`."""
    with faults.translated(), engine.connect() as connection:
        held = set(connection.scalars(HELD))
    return {worker for worker in workers if key(f"worker:{worker}") in held}


@contextmanager
def hold_nothing() -> Iterator[None]:
    yield


class Lease:
    """The right to read a mailbox."""

    @property
    def is_held(self) -> bool:
        return True

    def release(self) -> None:
        """Ends it."""


class Presence:
    """This process among those that work on one database. On a SQLite file it is the only one."""

    @property
    def is_alive(self) -> bool:
        """Whether others see us, and will not take what is ours."""
        return True

    def start(self) -> None:
        """Be seen by others, until `stop()`."""

    def stop(self) -> None:
        """Leave at once: mailboxes and unfinished replies are for others to take."""

    def hold(self, mailbox: str) -> Lease | None:
        """The right to read this mailbox; None while another daemon has it. Raises `StoreUnavailable`."""
        return Lease()

    def gone(self, workers: Iterable[str], stale: Container[str] = ()) -> set[str]:
        """Those of these other processes that certainly do nothing any more. Raises `StoreUnavailable`.

        `stale`: those whose work would be over even if they lived; they need not be missed for a while, which
        `mailbot run --once` is too short for.
        """
        return set(workers)


class Shared(Presence):
    """On PostgreSQL: one session whose advisory locks are our name and our mailboxes, and which dies with us.

    Who is cut off from the database for `FRESH` seconds must believe to have lost both, before others can get
    them. So a reply is never taken from somebody who is alive and slow, and taken in time from who is not.
    """

    def __init__(self, engine: Engine, worker: str) -> None:
        self.engine, self.worker = engine, worker
        self._session: Connection | None = None
        self._seen = 0.0
        self._missing: dict[str, float] = {}
        self._mutex = RLock()
        self._ended = Event()
        self._heart = Thread(target=self._beat_on, name="presence", daemon=True)

    @property
    def is_alive(self) -> bool:
        return self._session is not None and boot_time() - self._seen < FRESH

    def start(self) -> None:
        self._beat()
        self._heart.start()

    def stop(self) -> None:
        self._ended.set()
        if self._heart.is_alive():
            self._heart.join(1)
        if self._mutex.acquire(timeout=1):  # it may wait for a database that does not answer
            self._leave()
            self._mutex.release()

    def hold(self, mailbox: str) -> Lease | None:
        with self._mutex, faults.translated():
            session, lock = self._joined(), key(mailbox)
            got = self._ask(session, TRY_LOCK, {"key": lock})
            return SharedLease(self, session, lock) if got else None

    def gone(self, workers: Iterable[str], stale: Container[str] = ()) -> set[str]:
        asked, held = set(workers), set[int]()
        if asked:
            with faults.translated(), self.engine.connect() as connection:
                held = set(connection.scalars(HELD))
        missing = {worker for worker in asked if key(f"worker:{worker}") not in held}
        # whoever was seen, or holds nothing, begins anew
        self._missing = {worker: self._missing.get(worker, boot_time()) for worker in missing}
        now = boot_time()
        return {who for who, since in self._missing.items() if who in stale or now - since >= GRACE}

    def _beat_on(self) -> None:
        while not self._ended.wait(BEAT):
            self._beat()

    def _beat(self) -> None:
        """What is wrong with the database others find out too, and say."""
        with self._mutex, suppress(StoreError, SQLAlchemyError), faults.translated():
            session = self._joined()
            began = boot_time()
            self._ask(session, ALIVE, {})
            self._seen = began

    def _ask(self, session: Connection, question: TextClause, values: dict[str, int]) -> Any:
        """A session that fails once is not used again."""
        try:
            return session.scalar(question, values)
        except SQLAlchemyError:
            self._leave()
            raise

    def _joined(self) -> Connection:
        """The session, begun anew if it was lost; without our name in it, it is none."""
        if self._session is not None:
            return self._session
        began = boot_time()
        session = self.engine.connect()
        try:
            session.execute(SILENCE, {"ms": f"{SILENT}s"})
            named = session.scalar(TRY_LOCK, {"key": key(f"worker:{self.worker}")})
        except BaseException:
            end(session)
            raise
        if not named:
            end(session)
            raise faults.unavailable("la sesión anterior de este mailbot aún no ha terminado")
        self._session, self._seen = session, began
        return session

    def _leave(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            end(session)

    def release(self, lease: "SharedLease") -> None:
        with self._mutex, suppress(SQLAlchemyError):
            if self._session is lease.session:
                self._ask(lease.session, UNLOCK, {"key": lease.lock})

    def has(self, lease: "SharedLease") -> bool:
        return self.is_alive and self._session is lease.session


@dataclass
class SharedLease(Lease):
    """Held as long as the session in which it was got lives."""

    presence: Shared
    session: Connection
    lock: int

    @property
    def is_held(self) -> bool:
        return self.presence.has(self)

    def release(self) -> None:
        self.presence.release(self)


def presence(engine: Engine, worker: str) -> Presence:
    return Presence() if engine.dialect.name == "sqlite" else Shared(engine, worker)


def key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"mailbot:{name}".encode()).digest()[:8], signed=True)


def end(session: Connection) -> None:
    """Closing to the pool would keep its locks, so the connection itself is closed."""
    with suppress(SQLAlchemyError):
        session.invalidate()
        session.close()


def boot_time() -> float:
    """Seconds, also those in which the machine slept: whoever sleeps is not there."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
