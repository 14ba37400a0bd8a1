"""The database: opened, upgraded, and its transactions. SQLite by path, PostgreSQL by URL."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine

from mailbot.store import drivers, faults, locks, migrate, reach
from mailbot.store.errors import Conflict, StoreUnavailable
from mailbot.store.transaction import Transaction
from mailbot.store.turns import Turns

T = TypeVar("T")
#: gathered, decided, and somebody else was faster: gather and decide again
TRIES = 5


class Store:
    """One database. Threads may share it; each transaction has a connection of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._check = drivers.in_place(self.path) if self.is_sqlite else drivers.nothing
        self.turns = Turns()

    @classmethod
    def open(
        cls,
        url_or_path: str | Path,
        *,
        upgrade: bool = True,
        meanwhile: migrate.Meanwhile = lambda found, head: nullcontext(),
    ) -> "Store":
        """The database there, created or upgraded where needed; that may take minutes, and `meanwhile` lasts as long.

        Raises `SchemaTooNew`, `SchemaTooOld` (with `upgrade=False`), `StoreUnavailable`, `StoreError`.
        """
        with faults.translated():
            store = cls(drivers.engine(str(url_or_path)))
        try:
            if upgrade:  # whoever may upgrade it will write
                store._must_be_writable(serves=True)
            with faults.translated():
                migrate.prepare(store.engine, upgrade=upgrade, meanwhile=meanwhile)
        except BaseException as error:
            store.dispose()
            if isinstance(error, StoreUnavailable):
                store._must_be_writable(serves=upgrade)  # which says more than SQLite
            raise
        return store

    def _must_be_writable(self, *, serves: bool) -> None:
        if self.is_sqlite and (wrong := reach.obstacle(self.path, serves=serves)):
            raise wrong

    @property
    def path(self) -> Path:
        """The file of a SQLite database."""
        return Path(str(self.engine.url.database))

    def size(self) -> int:
        """Octets of a SQLite database, with its write-ahead log."""
        found = 0
        for file in (self.path, self.path.with_name(f"{self.path.name}-wal")):
            with suppress(OSError):  # the log comes and goes
                found += file.stat().st_size
        return found

    def transaction(self) -> AbstractContextManager[Transaction]:
        """All or nothing: commits at its end, rolls back on any exception.

        BEGIN IMMEDIATE, or SERIALIZABLE on PostgreSQL. Raises `Conflict`, `StoreUnavailable`.
        """
        return self._transaction(drivers.WRITING, self.turns.mine())

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
        return self._transaction(drivers.READING, nullcontext())

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
        self, begin: Mapping[str, str], turn: AbstractContextManager[None]
    ) -> Iterator[Transaction]:
        with turn, faults.translated(), self.engine.connect() as connection, connection.begin():
            self._check()
            with closing(Transaction(connection)) as s:
                s.begin(begin[self.engine.dialect.name])
                yield s
