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

from mailbot.daemon.alerting import State, merged
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

    def __init__(self, store: Store, database: str, folder: Path, now: Now) -> None:
        self.store, self.now = store, now
        self.path = folder / FILE.format(hashlib.sha256(database.encode()).hexdigest()[:12])
        self.state = State()
        #: what the file holds is not in the database yet
        self.unsaved = False
        with suppress(OSError), self._file() as file:
            self.unsaved = bool(_read(file).strip())
            if not self.unsaved:
                _write(file, "")

    def change(self, work: Work[T]) -> T:
        """Nobody else changes it meanwhile."""
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
        if self.unsaved:
            self.unsaved = False
            with suppress(OSError), self._file() as file:
                _write(file, "")
        self.state = after
        return found

    def _kept(self, s: Transaction, work: Work[T]) -> tuple[State, T]:
        held = load(s)
        after, found = work(merged(self._of_file(), held) if self.unsaved else held)
        if after != held:
            settings.keep(s, NAME, _states().dump_python(after, mode="json"), self.now())
        return after, found

    def _of_file(self) -> State:
        with suppress(OSError), self._file() as file:
            return _both(self.state, _read(file))
        return self.state

    def _in_file(self, work: Work[T]) -> T:
        """A disk that takes nothing leaves what this process remembers."""
        try:
            with self._file() as file:
                self.state, found = work(_both(self.state, _read(file)))
                self.unsaved = True
                _write(file, _states().dump_json(self.state).decode())
        except OSError:
            self.state, found = work(self.state)
        return found

    @contextmanager
    def _file(self) -> Iterator[int]:
        """For us alone."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
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


def _both(state: State, text: str) -> State:
    with suppress(ValidationError):
        return merged(state, _states().validate_json(text)) if text.strip() else state
    return state


def _read(file: int) -> str:
    return os.pread(file, os.fstat(file).st_size, 0).decode("utf-8", "replace")


def _write(file: int, text: str) -> None:
    """Over what was there: what is left of that is blank."""
    data = text.encode().ljust(ROOM)
    os.pwrite(file, data, 0)
    os.ftruncate(file, len(data))
    os.fsync(file)
