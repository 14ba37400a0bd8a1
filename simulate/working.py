"""Working time counted minute by minute: slow, and with nothing in common with how mailbot reckons it."""

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE = timedelta(minutes=1)
#: (weekdays, stretches) as config.toml has them, or None: every minute counts
Hours = tuple[tuple[str, str], ...] | None


def after_working(start: datetime, length: timedelta, hours: Hours, zone: str) -> datetime:
    """The instant at which `length` of open time has passed since `start`."""
    if hours is None:
        return start + length
    at, left, place = start, length, ZoneInfo(zone)
    while left > timedelta():
        step = min(left, MINUTE - timedelta(seconds=at.second, microseconds=at.microsecond))
        local = at.astimezone(place)
        if _is_open(hours, local.weekday(), local.hour * 60 + local.minute):
            left -= step
        at += step
    return at


def is_open(at: datetime, hours: Hours, zone: str) -> bool:
    local = at.astimezone(ZoneInfo(zone))
    return hours is None or _is_open(hours, local.weekday(), local.hour * 60 + local.minute)


@lru_cache(maxsize=20_000)
def _is_open(hours: Hours, weekday: int, minute: int) -> bool:
    for days, stretches in hours or ():
        first, _, last = days.partition("-")
        if DAYS.index(first) <= weekday <= DAYS.index(last or first):
            for stretch in stretches.split():
                opens, closes = (int(h) * 60 + int(m) for h, m in (t.split(":") for t in stretch.split("-")))
                if opens <= minute < closes:
                    return True
    return False
