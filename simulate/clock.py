"""Time: the true one, by which servers and people go, and what the desk's own clock shows."""

from datetime import UTC, datetime, timedelta

SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
#: ordinary days, and the days before the clocks change in Europe
STARTS = tuple(
    datetime(2026, month, day, hour, tzinfo=UTC)
    for month, day, hour in ((11, 18, 15), (3, 28, 9), (10, 24, 9), (3, 27, 20), (10, 23, 20))
)


class Clock:
    """`now` is true; the call gives what the desk sees, `skew` ahead of it."""

    def __init__(self, start: datetime) -> None:
        self.now = start
        self.skew = timedelta()
        #: true instants at which the desk's clock was set
        self.steps: list[datetime] = []
        #: those at which it was set back, and no look at the desk's clocks could be had right then
        self.unseen: list[datetime] = []

    def __call__(self) -> datetime:
        return self.now + self.skew

    def set(self, skew: timedelta) -> None:
        if skew != self.skew:
            self.steps.append(self.now)
        self.skew = skew

    def set_back_unseen_since(self, instant: datetime) -> bool:
        """Nobody can know then when the mailbox was read."""
        return any(step + self.skew >= instant for step in self.unseen)

    def stepped_since(self, instant: datetime) -> bool:
        """Whether the desk's clock was set since then, or is wrong now."""
        return bool(self.skew) or any(step >= instant for step in self.steps)
