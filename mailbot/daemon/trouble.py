"""Something that does not work for a while: told at once, not each time it is tried, and told when it is over."""

import time

import structlog

log = structlog.get_logger("mailbot")

#: seconds after which the same trouble is told again
AGAIN = 300.0
#: and for which a server may ask to be left alone before somebody should look
PATIENT = 600.0


class Trouble:
    """`what` is the part of the daemon: its events are `what.unavailable` and `what.available`."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._told: dict[str, float] = {}
        self._since = 0.0

    def tell(self, said: str, *, unexpected: bool = False, asked: bool = False) -> None:
        """What is wrong now; an `unexpected` one, within its `except`, with its traceback.

        `asked`: the server asks to be left alone for a while, which is no fault unless it goes on and on.
        """
        now = time.monotonic()
        if not self._told:
            self._since = now
        if now - self._told.get(said, -AGAIN) < AGAIN:
            return
        self._told[said] = now
        event = f"{self.what}.{'broken' if unexpected else 'unavailable'}"
        calm = asked and now - self._since < PATIENT
        (log.warning if calm else log.error)(event, said=said, exc_info=unexpected)

    @property
    def is_told(self) -> bool:
        """Something is wrong, and that it is over has not been said."""
        return bool(self._told)

    def over(self) -> None:
        """It works."""
        if self._told:
            log.info(f"{self.what}.available", after_seconds=round(time.monotonic() - self._since))
        self._told = {}
