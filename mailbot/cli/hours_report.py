"""What `mailbot hours` tells of each calendar, as a document."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from mailbot.config.model import Config
from mailbot.desk.holidays import holidays_of
from mailbot.desk.hours import Calendar
from mailbot.desk.settings import ALWAYS, Hours
from mailbot.rules.settings import Rule
from mailbot.values import rfc3339

#: openings that are told, and days ahead in which holidays are
OPENINGS, AHEAD = 5, timedelta(days=60)
OWN_DAY = "día propio"
#: opens, closes; None: not in the days ahead
Opening = tuple[datetime, datetime | None]


def report(config: Config, only: str | None, now: datetime) -> dict[str, Any]:
    """Of one calendar, or of all in `[hours]` and of "24/7" where it is used."""
    used = {config.precaso.calendar, *(_calendar_of(rule, config) for rule in config.rule)}
    names = [only] if only else [*config.hours, *({ALWAYS} & used)]
    return {
        "at": rfc3339(now),
        "timezone": config.service.timezone,
        "calendars": [_calendar(config, name, now) for name in names],
    }


def _calendar(config: Config, name: str, now: datetime) -> dict[str, Any]:
    hours = config.hours.get(name)
    calendar = Calendar(hours, config.service.timezone)
    openings = list(islice(_openings(calendar, now), OPENINGS))
    is_open = calendar.is_open(now)
    first = openings[0] if openings else (now, None)
    return {
        "name": name,
        "open": is_open,
        "until": rfc3339(first[1] if is_open else first[0]),
        "openings": [{"opens": rfc3339(opens), "closes": rfc3339(closes)} for opens, closes in openings],
        "holidays": [
            {"date": day.isoformat(), "name": said} for day, said in _holidays(hours, calendar.timezone, now)
        ],
        "deadlines": list(_deadlines(config, name, calendar, now)),
    }


def _openings(calendar: Calendar, now: datetime) -> Iterator[Opening]:
    """Those that touch as one: a night is written in two days."""
    opens: datetime | None = None
    until = now
    for start, end in calendar.openings(now):
        if opens and start != until:
            yield opens, until
            opens = None
        opens, until = opens or start, end
        if until > now + AHEAD and opens <= now:
            yield opens, None
            return


def _holidays(hours: Hours | None, timezone: str, now: datetime) -> Iterator[tuple[date, str]]:
    if hours is None:
        return
    today = now.astimezone(ZoneInfo(timezone)).date()
    for n in range(AHEAD.days + 1):
        day = today + timedelta(days=n)
        if name := holidays_of(hours.holidays, day.year).get(day) or (OWN_DAY if day in hours.extra else ""):
            yield day, name


def _deadlines(config: Config, name: str, calendar: Calendar, now: datetime) -> Iterator[dict[str, Any]]:
    """That of `[precaso]`, and of each rule that has its own; of a calendar that nobody uses, as if it were there."""
    precaso = config.precaso
    asked: list[tuple[str | None, timedelta]] = [
        (rule.name, rule.answer_within or precaso.answer_within)
        for rule in config.rule
        if (rule.calendar or rule.answer_within) and _calendar_of(rule, config) == name
    ]
    if precaso.calendar == name or not asked:
        asked.insert(0, (None, precaso.answer_within))
    for rule, within in asked:
        reminder = calendar.reminder(now, precaso.remind_after, within)
        yield {
            "rule": rule,
            "used": rule is not None or precaso.calendar == name,
            "answer_within": _written(within),
            "deadline": rfc3339(calendar.due(now, within)),
            "remind_after": _written(precaso.remind_after) if precaso.remind_after else None,
            "reminder": rfc3339(reminder),
        }


def _calendar_of(rule: Rule, config: Config) -> str:
    return rule.calendar or config.precaso.calendar


def _written(length: timedelta) -> str:
    """As in config.toml."""
    for unit, of in (("h", timedelta(hours=1)), ("m", timedelta(minutes=1)), ("s", timedelta(seconds=1))):
        if not length % of:
            return f"{length // of}{unit}"
    return f"{length // timedelta(milliseconds=1)}ms"
