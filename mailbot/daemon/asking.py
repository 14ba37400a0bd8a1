"""A question that may take for ever, as to a database that hangs: another thread asks, and nobody waits long."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
#: seconds between two looks whether there is an answer, or no use for one any more
STEP = 0.2


class Asking(Generic[T]):
    """One thread asks at a time. `answer`: the last one, None before; `at`: when it came, by the monotonic clock."""

    def __init__(self, name: str, ask: Callable[[], T]) -> None:
        self.name, self.ask = name, ask
        self.answer: T | None = None
        self.at = float("-inf")
        self._lock = threading.Lock()
        self._thread = threading.Thread()

    @property
    def goes_on(self) -> bool:
        return self._thread.is_alive()

    def begin(self, fresh: float = 0.0) -> None:
        """Unless it is being asked, or the answer is newer than so many seconds."""
        with self._lock:
            if not self.goes_on and time.monotonic() - self.at >= fresh:
                self._thread = threading.Thread(target=self._ask, name=self.name, daemon=True)
                self._thread.start()

    def wait(self, seconds: float, stopping: threading.Event | None = None) -> bool:
        """Whether nobody is asking by then; `stopping`: nobody wants to know any more."""
        ends = time.monotonic() + seconds
        while self.goes_on and not (stopping and stopping.is_set()) and (left := ends - time.monotonic()) > 0:
            self._thread.join(min(left, STEP))
        return not self.goes_on

    def _ask(self) -> None:
        self.answer = self.ask()
        self.at = time.monotonic()
