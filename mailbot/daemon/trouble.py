"""Something that does not work for a while: told at once, not each time it is tried, and told when it is over."""

import time

import structlog

log = structlog.get_logger("mailbot")

#: seconds after which the same trouble is told again
AGAIN = 300.0


class Trouble:
    """`what` is the part of the daemon: its events are `what.unavailable` and `what.available`."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._told: dict[str, float] = {}
        self._since = 0.0

    def tell(self, said: str, *, unexpected: bool = False) -> None:
        """What is wrong now; an `unexpected` one, within its `except`, with its traceback."""
        now = time.monotonic()
        if not self._told:
            self._since = now
        if now - self._told.get(said, -AGAIN) < AGAIN:
            return
        self._told[said] = now
        event = f"{self.what}.{'broken' if unexpected else 'unavailable'}"
        log.error(event, said=said, exc_info=unexpected)

    def over(self) -> None:
        """It works."""
        if self._told:
            log.info(f"{self.what}.available", after_seconds=round(time.monotonic() - self._since))
        self._told = {}
