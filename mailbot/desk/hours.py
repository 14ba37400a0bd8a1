"""Deadlines in working time: weekly hours in the service's timezone, less holidays; in and out, UTC."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from mailbot.desk.settings import ALWAYS, Hours

ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPANISH = ("lun", "mar", "mie", "jue", "vie", "sab", "dom")
WEEKDAYS = {name: n for names in (ENGLISH, SPANISH) for n, name in enumerate(names)}
STRETCH = re.compile(r"(\d\d?):([0-5]\d)-(\d\d?):([0-5]\d)")

#: per weekday, Monday first: (opens, closes) in minutes after midnight, ascending
Week = tuple[tuple[tuple[int, int], ...], ...]


def due(
    start: datetime, length: timedelta, calendar: str, hours: Mapping[str, Hours], timezone: str
) -> datetime:
    """The UTC instant at which `length` of open time has passed since `start`; on "24/7", of any time."""
    if calendar == ALWAYS:
        return start.astimezone(UTC) + length
    left = length
    for opens, closes in _open_times(start, hours[calendar], ZoneInfo(timezone)):
        begins = max(opens, start.astimezone(UTC))
        if left <= closes - begins:
            return begins + left
        left -= closes - begins
    raise AssertionError("a calendar has no last day")


def open_at(instant: datetime, calendar: str, hours: Mapping[str, Hours], timezone: str) -> bool:
    """Is the desk open then? The minute of closing is outside."""
    if calendar == ALWAYS:
        return True
    opens, _ = next(_open_times(instant, hours[calendar], ZoneInfo(timezone)))
    return opens <= instant


def _open_times(since: datetime, hours: Hours, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Every stretch of open time that ends after `since`, in order, as UTC instants; without end."""
    opening = week(hours)
    day = since.astimezone(zone).date()
    while True:
        closed = day in hours.extra or day in holidays_of(hours.holidays, day.year)
        for start, end in () if closed else opening[day.weekday()]:
            opens, closes = _instant(day, start, zone, max), _instant(day, end, zone, min)
            if opens < closes and since < closes:
                yield opens, closes
        day += timedelta(days=1)


def _instant(
    day: date, minute: int, zone: ZoneInfo, pick: Callable[[Iterable[datetime]], datetime]
) -> datetime:
    """A wall clock time as a UTC instant.

    When clocks change, a wall time may exist twice or not at all (PEP 495 `fold`). Opening takes the later
    reading and closing the earlier one, so that no instant is open that the wall clock calls closed.
    """
    wall = datetime.combine(day, time(), zone) + timedelta(minutes=minute)
    return pick(wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def week(hours: Hours) -> Week:
    """The weekly hours read; raises ValueError, in Spanish, where they cannot be or are never open."""
    days: list[list[tuple[int, int]]] = [[] for _ in ENGLISH]
    for names, written in hours.days.items():
        stretches = [_stretch(one) for one in written.split()]
        for day in _weekdays(names):
            days[day].extend(stretches)
    if not any(days):
        raise ValueError('este calendario nunca abre; escriba por ejemplo: mon-fri = "08:00-17:00"')
    for stretches in days:
        stretches.sort()
        if any(before[1] > after[0] for before, after in pairwise(stretches)):
            raise ValueError("dos horarios del mismo día se cruzan")
    return tuple(tuple(stretches) for stretches in days)


def _weekdays(written: str) -> list[int]:
    """`"mon-fri"`, `"sat"`, `"lun,mié"` → weekdays, Monday 0. `"fri-mon"` goes round the weekend."""
    found: list[int] = []
    for part in written.lower().replace("é", "e").replace("á", "a").split(","):
        first, _, last = part.strip().partition("-")
        if not {first, last or first} <= WEEKDAYS.keys():
            raise ValueError(f'"{written}" no es un día; se escribe "mon-fri", "sat" o "lun-vie", "lun,mie"')
        start = WEEKDAYS[first]
        span = (WEEKDAYS[last or first] - start) % 7
        found += [(start + n) % 7 for n in range(span + 1)]
    return found


def _stretch(written: str) -> tuple[int, int]:
    """`"08:00-12:00"` → minutes after midnight; `24:00` is the end of the day."""
    if not (match := STRETCH.fullmatch(written)):
        raise ValueError(f'"{written}" no es un horario; se escribe "08:00-12:00 13:00-17:00"')
    h1, m1, h2, m2 = map(int, match.groups())
    start, end = h1 * 60 + m1, h2 * 60 + m2
    if not start < end <= 24 * 60:
        raise ValueError(
            f'"{written}" debe terminar después de empezar y antes de 24:00; parta la noche en dos días'
        )
    return start, end


@lru_cache(maxsize=64)
def holidays_of(place: str, year: int) -> frozenset[date]:
    """The holidays of a country ("CO") or a part of it ("ES-MD"); raises ValueError, in Spanish, if unknown.

    A country without regional holidays of its own takes any part: "CO-DC" is "CO".
    """
    if not place:
        return frozenset()
    import holidays  # noqa: PLC0415  a third of a second, for those who need it

    country, _, part = place.partition("-")
    try:
        national = holidays.country_holidays(country)
        subdivision = part if part and national.subdivisions else None
        return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))
    except NotImplementedError:
        raise ValueError(
            f'no se conocen los festivos de "{place}"; escriba un país ("CO") o una parte de él ("ES-MD")'
        ) from None
