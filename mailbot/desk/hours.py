"""Deadlines in working time: weekly hours in the service's timezone, less holidays; in and out, UTC."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailbot.desk.case import Snapshot
from mailbot.desk.holidays import holidays_of
from mailbot.desk.settings import Hours, Policy
from mailbot.desk.week import week

#: days; no deadline that `check` lets pass is so far away
FAR = 10 * 366


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the desk is open; `hours` None: always ("24/7")."""

    hours: Hours | None
    timezone: str

    def due(self, start: datetime, length: timedelta) -> datetime:
        """The UTC instant at which `length` of open time has passed since `start`.

        Raises ValueError where that is never, or years away: `check` refuses such a config.
        """
        start, left = start.astimezone(UTC), length
        if self.hours is None:
            return start + length
        for opens, closes in self.openings(start):
            begins = max(opens, start)
            if left <= closes - begins:
                return begins + left
            left -= closes - begins
        raise ValueError(f"{length} of open time since {start} do not end in {FAR} days")

    def reminder(self, start: datetime, after: timedelta | None, within: timedelta) -> datetime | None:
        """When who was asked at `start` to answer `within` so much is reminded; None: not before the deadline.

        After so much open time, when the desk is open: that it waits for the opening takes nothing from the time left.
        """
        if after is None or after >= within:
            return None
        return self.next_open(self.due(start, after))

    def next_open(self, instant: datetime) -> datetime:
        """The instant itself if the desk is open then, else when it opens next."""
        return self.due(instant, timedelta())

    def is_open(self, instant: datetime) -> bool:
        """The minute of closing is outside."""
        return self.next_open(instant) == instant

    def openings(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Every stretch of open time that ends after `since`, in order, as UTC instants (opens, closes).

        Those of the days up to `FAR`; of "24/7", none.
        """
        if self.hours is None:
            return
        opening, zone = week(self.hours.days), ZoneInfo(self.timezone)
        first = since.astimezone(zone).date()
        for n in range(FAR):
            day = first + timedelta(days=n)
            stretches = opening[day.weekday()]
            if stretches and not self.closed_on(day):
                for start, end in stretches:
                    opens, closes = _instant(day, start, zone, max), _instant(day, end, zone, min)
                    if opens < closes and since < closes:
                        yield opens, closes

    def closed_on(self, day: date) -> bool:
        """A holiday, or a day of its own."""
        hours = self.hours
        return hours is not None and (day in hours.extra or day in holidays_of(hours.holidays, day.year))


def calendar_of(snapshot: Snapshot, policy: Policy) -> Calendar:
    """As it was when the case was opened. Of one that is kept nowhere every hour counts: no case hangs on it."""
    return Calendar(snapshot.hours or policy.hours.get(snapshot.calendar), policy.timezone)


def _instant(
    day: date, minute: int, zone: ZoneInfo, pick: Callable[[Iterable[datetime]], datetime]
) -> datetime:
    """A wall clock time as a UTC instant.

    When clocks change, a wall time may exist twice or not at all (PEP 495 `fold`). Of two readings opening takes
    the later and closing the earlier, so that a stretch is never longer than it is written; what the clocks skip
    is the instant at which they do, so that no time is closed that the wall clock calls open.
    """
    wall = datetime.combine(day, time(), zone) + timedelta(minutes=minute)
    first, last = sorted(wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
        return _change(first, last, zone)
    return pick((first, last))


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant, to the second, between these at which the clocks of the zone are put forward."""
    old = before.astimezone(zone).utcoffset()
    seconds = range(int((after - before).total_seconds()))
    changed = bisect_left(
        seconds, True, key=lambda n: (before + timedelta(seconds=n)).astimezone(zone).utcoffset() != old
    )
    return before + timedelta(seconds=changed)
