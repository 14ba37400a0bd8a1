"""Stage two for calendars: hours that can be read, that are ever open, and in which a deadline ends."""

import re
from collections.abc import Iterator
from datetime import timedelta

from mailbot.config.meant import did_you_mean
from mailbot.config.model import Config
from mailbot.config.problem import Finding, Loc, written
from mailbot.desk.holidays import holidays_of
from mailbot.desk.settings import ALWAYS, Hours
from mailbot.desk.week import week

#: contracts name coverage so (B19): hours of a day, days of a week
COVERAGE = re.compile(r"(\d\d?)/([567])")
WEEK = timedelta(days=7)
#: nobody means a deadline that is so many weeks away; one that is further away is refused
MEANT, MOST = 8, 104
#: any will do: a place is known in all or in none
YEAR = 2026


def calendar_findings(at: Loc, name: str, config: Config) -> Iterator[Finding]:
    """A calendar that is named must be there; the cure is the section to write."""
    if name in ("", ALWAYS) or name in config.hours:
        return
    near = did_you_mean(name, [ALWAYS, *config.hours])
    cure = f"escriba {example(name)}"
    yield Finding(at, f'el calendario "{name}" no existe', f"{near}; o {cure}" if "¿" in near else cure)


def example(name: str) -> str:
    """`[hours."12/5"] days = { mon-fri = "07:00-19:00" }`: twelve hours around one o'clock, five days."""
    section = written((name,))
    days, times = "mon-fri", "08:00-12:00 13:00-17:00"
    if (coverage := COVERAGE.fullmatch(name)) and 1 <= int(coverage[1]) <= 24:
        length = int(coverage[1])
        opens = min(max(13 - (length + 1) // 2, 0), 24 - length)
        times = f"{opens:02}:00-{opens + length:02}:00"
        days = {"5": "mon-fri", "6": "mon-sat", "7": "mon-sun"}[coverage[2]]
    return f'[hours.{section}] y debajo days = {{ {days} = "{times}" }}'


def hours_findings(config: Config) -> Iterator[Finding]:
    """Holidays cost a third of a second to look up: at reading only for the calendars that are used."""
    used = {config.precaso.calendar, *(rule.calendar for rule in config.rule)}
    for name, hours in config.hours.items():
        at: Loc = ("hours", name)
        if name == ALWAYS:
            said = f'"{ALWAYS}" ya existe: son todas las horas de todos los días'
            yield Finding(at, said, 'dele otro nombre, como [hours."12/5"]')
        wrong = [f for key, day in hours.days.items() for f in _week_findings((*at, "days", key), {key: day})]
        wrong = wrong or list(_week_findings((*at, "days"), hours.days))
        yield from wrong
        if name in used and not wrong:
            yield from holidays_findings(config, name)
    yield from _length_findings(config)


def _week_findings(at: Loc, days: dict[str, str]) -> Iterator[Finding]:
    try:
        week(days)
    except ValueError as error:
        yield Finding(at, str(error))


def holidays_findings(config: Config, name: str) -> Iterator[Finding]:
    try:
        holidays_of(config.hours[name].holidays, YEAR)
    except ValueError as error:
        said, _, cure = str(error).partition("; ")
        yield Finding(("hours", name, "holidays"), said, cure)


def _length_findings(config: Config) -> Iterator[Finding]:
    """Of a calendar only open hours count, so that a few hours may be months."""
    places: list[tuple[Loc, str, timedelta]] = [
        (("precaso", "answer_within"), config.precaso.calendar, config.precaso.answer_within)
    ]
    for n, rule in enumerate(config.rule):
        if rule.calendar or rule.answer_within:
            within = rule.answer_within or config.precaso.answer_within
            key = "answer_within" if rule.answer_within else "calendar"
            places.append((("rule", n, key), rule.calendar or config.precaso.calendar, within))
    for at, name, within in places:
        weeks = within / open_in_a_week(config.hours.get(name))
        if name != ALWAYS and weeks > MEANT:
            hours = f"{within / timedelta(hours=1):g} h"
            said = f'con el calendario "{name}", {hours} abiertas son unas {weeks:.0f} semanas'
            cure = "escriba menos en answer_within: cuenta solo las horas en que el calendario abre"
            yield Finding(at, said, cure, level="error" if weeks > MOST else "warning")


def open_in_a_week(hours: Hours | None) -> timedelta:
    """Without holidays; of what cannot be read, the whole of it."""
    try:
        opening = week(hours.days) if hours else ()
    except ValueError:
        opening = ()
    minutes = sum(end - start for stretches in opening for start, end in stretches)
    return timedelta(minutes=minutes) if minutes else WEEK
