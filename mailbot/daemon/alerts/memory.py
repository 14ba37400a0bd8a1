"""What was told survives the process: in the database, and in a small file while that is what is ill."""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from mailbot.daemon.alerts.rhythm import State, merged
from mailbot.store import settings
from mailbot.store.engine import Store
from mailbot.store.errors import StoreError
from mailbot.store.transaction import Transaction
from mailbot.values import Now

T = TypeVar("T")
#: what is to be done with what is remembered: what it is then, and what came of it. May be asked more than once
Work = Callable[[State], tuple[State, T]]

NAME, FILE = "alerts", "alerts-{}.json"
#: octets of the file from its beginning on: it can be written again on a disk that is full by then
ROOM = 16_384


class Memory:
    """Shared by all daemons on one database; one that is cut off from it shares the file with those beside it."""

    def __init__(
        self, store: Store, database: str, folder: Path, now: Now, is_away: Callable[[], bool] = lambda: False
    ) -> None:
        """`is_away`: whether the database is known not to answer; it may hang, and is not asked then."""
        self.is_away = is_away
        self.store, self.now = store, now
        self.path = folder / FILE.format(hashlib.sha256(database.encode()).hexdigest()[:12])
        self.state = State()
        #: what the file holds, and with `unwritten` only this process, is not in the database yet
        self.unsaved, self.unwritten = self._is_unsaved(), False
        self.has_room = self.unsaved

    def change(self, work: Work[T]) -> T:
        """Nobody else changes it meanwhile."""
        if self.is_away():
            return self._in_file(work)
        try:
            return self._in_store(work)
        except StoreError:
            return self._in_file(work)

    def _in_store(self, work: Work[T]) -> T:
        with self.store.reading() as s:
            held = load(s)
        after, found = work(held)
        if self.unsaved or after != held:
            after, found = self.store.run(lambda s: self._kept(s, work))
        self.state = after
        if self.unsaved or not self.has_room:
            self.unsaved, self.unwritten, self.has_room = False, False, True
            with self._file() as file:
                _write(file, b"")
        return found

    def _is_unsaved(self) -> bool:
        try:
            return bool(self.path.read_bytes().strip())
        except OSError:
            return False

    def _kept(self, s: Transaction, work: Work[T]) -> tuple[State, T]:
        held = load(s)
        after, found = work(merged(self._of_file(), held) if self.unsaved else held)
        if after != held:
            settings.keep(s, NAME, _states().dump_python(after, mode="json"), self.now())
        return after, found

    def _of_file(self) -> State:
        with self._file() as file:
            return self._held(file)

    def _in_file(self, work: Work[T]) -> T:
        """A disk that takes nothing leaves what this process remembers."""
        self.unsaved = True
        with self._file() as file:
            self.state, found = work(self._held(file))
            self.unwritten = not _write(file, _states().dump_json(self.state))
        return found

    def _held(self, file: int | None) -> State:
        """Others may have written it since; but not if we could not."""
        if file is not None and not self.unwritten and (data := _read(file)).strip():
            with suppress(ValidationError):
                return _states().validate_json(data)
        return self.state

    @contextmanager
    def _file(self) -> Iterator[int | None]:
        """For us alone; None: it cannot be had."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self.path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError:
            yield None
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)


@cache
def _states() -> TypeAdapter[State]:
    return TypeAdapter(State)


def load(s: Transaction) -> State:
    """What another version wrote may say nothing to us."""
    with suppress(ValidationError):
        return _states().validate_python(settings.get(s, NAME) or {})
    return State()


def _read(file: int) -> bytes:
    return os.pread(file, os.fstat(file).st_size, 0)


def _write(file: int | None, data: bytes) -> bool:
    """Over what was there: what is left of that is blank. False: the disk does not take it."""
    if file is None:
        return False
    data = data.ljust(ROOM)
    try:
        whole = os.pwrite(file, data, 0) == len(data)
        os.ftruncate(file, len(data))
        os.fsync(file)
    except OSError:
        return False
    return whole
