"""Something that does not work for a while: told at once, not each time it is tried, and told when it is over."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from mailbot.health import JOURNAL
from mailbot.store.errors import StoreError
from mailbot.transport.errors import TransportError

log = structlog.get_logger("mailbot")

#: seconds after which the same trouble is told again
AGAIN = 300.0
#: and for which a server may ask to be left alone before somebody should look
PATIENT = 600.0
NEXT_SENTENCE = re.compile(r"\. (?=[A-ZÁÉÍÓÚ])")
BROKEN = "mailbot tropezó con algo que no esperaba: {!r}"


@dataclass(frozen=True, slots=True)
class Told:
    """What is wrong now. `since`: by the monotonic clock; the rest as in `health.Complaint`."""

    since: float
    said: str
    cure: str = ""
    permanent: bool = False
    login: bool = False
    asked: bool = False
    database: bool = False


class Trouble:
    """`what` is the part of the daemon: its events are `what.unavailable` and `what.available`.

    One thread tells, others may read `now`; `changed` is called when trouble begins, changes or ends.
    """

    def __init__(self, what: str, changed: Callable[[], None] = lambda: None) -> None:
        self.what, self.changed = what, changed
        self.now: Told | None = None
        self._told: dict[str, float] = {}

    def tell(self, error: Exception) -> None:
        """What is wrong now; what is neither a server's doing nor the database's, with its traceback.

        A server that asks to be left alone for a while is at no fault, unless it goes on and on.
        """
        now, before = time.monotonic(), self.now
        self.now = told = told_of(error, before.since if before else now)
        if told != before:
            self.changed()
        whole = str(error) if isinstance(error, TransportError | StoreError) else repr(error)
        if now - self._told.get(whole, -AGAIN) < AGAIN:
            return
        self._told[whole] = now
        broken = not isinstance(error, TransportError | StoreError)
        calm = told.asked and now - told.since < PATIENT
        event = f"{self.what}.{'broken' if broken else 'unavailable'}"
        (log.warning if calm else log.error)(event, said=whole, exc_info=error if broken else None)

    @property
    def is_told(self) -> bool:
        """Something is wrong, and that it is over has not been said."""
        return self.now is not None

    def over(self) -> None:
        """It works."""
        if self.now is None:
            return
        log.info(f"{self.what}.available", after_seconds=round(time.monotonic() - self.now.since))
        self.now, self._told = None, {}
        self.changed()


def told_of(error: Exception, since: float) -> Told:
    if isinstance(error, TransportError):
        asked, said = error.wait > 0, f"{error.tried}: {error.said}"
        return Told(since, said, error.cure, error.permanent, error.login, asked)
    if isinstance(error, StoreError):
        said, cure = [*NEXT_SENTENCE.split(str(error).rstrip("."), 1), JOURNAL][:2]
        return Told(since, said, cure, database=True)
    return Told(since, BROKEN.format(error), JOURNAL)
