"""Who writes next: a database takes one writer, and whoever waits for that at a connection keeps it from others."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from mailbot.store.errors import StoreUnavailable

#: seconds, as SQLite's busy_timeout, which is for writers of other processes
PATIENCE = 30.0


class Turns:
    """The threads of this process write one after the other, in the order in which they came.

    By SQLite alone a reply waited up to 0.1 s at a time while mail was read, and whoever came last might be first. On
    PostgreSQL hundreds of mailboxes held all connections while they waited, and some waited for one in vain.
    """

    def __init__(self) -> None:
        self._door = Lock()
        #: of the one that writes and of those that wait: closed until it is their turn
        self._line: deque[Lock] = deque()

    @contextmanager
    def mine(self) -> Iterator[None]:
        """Raises `StoreUnavailable` where another takes too long."""
        turn = Lock()
        turn.acquire()
        with self._door:
            self._line.append(turn)
            if self._line[0] is turn:
                turn.release()
        try:
            if not turn.acquire(timeout=PATIENCE):
                raise StoreUnavailable("La base de datos está ocupada por otra tarea; se intentará de nuevo.")
            yield
        finally:
            self._leave(turn)

    def _leave(self, turn: Lock) -> None:
        with self._door:
            was_first = self._line[0] is turn
            self._line.remove(turn)
            if was_first and self._line:
                self._line[0].release()
