"""What `mailbot hours` tells of each calendar: as a document, and as a page."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from typing import Any
from zoneinfo import ZoneInfo

import click

from mailbot.cli import layout
from mailbot.config.model import Config
from mailbot.desk.holidays import holidays_of
from mailbot.desk.hours import Calendar
from mailbot.desk.settings import ALWAYS, Hours
from mailbot.desk.week import SPANISH, week
from mailbot.replies import words
from mailbot.rules.settings import Rule
from mailbot.values import duration, rfc3339

DAYS = tuple({"mie": "mié", "sab": "sáb"}.get(day, day) for day in SPANISH)
#: openings that are told, and days ahead in which holidays are
OPENINGS, AHEAD = 5, timedelta(days=60)
OWN_DAY = "día propio"
NONE = """
No hay calendarios en [hours]: todos los plazos corren de día y de noche,
también en festivos. Para contar solo horas de atención, escriba en config.toml

  [hours.oficina]
  days     = { mon-fri = "08:00-12:00 13:00-17:00" }
  holidays = "CO"

y nómbrelo: calendar = "oficina", en [precaso] o en una regla."""
#: opens, closes; None: not in the days ahead
Opening = tuple[datetime, datetime | None]


# == the document ========================================================================================


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


# == the page ============================================================================================


def show(report: dict[str, Any], config: Config) -> None:
    says = Says(datetime.fromisoformat(report["at"]), ZoneInfo(report["timezone"]))
    click.echo(f"{says.whole(report['at'])}, hora de {report['timezone']}")
    for calendar in report["calendars"]:
        click.echo()
        _show_calendar(calendar, config.hours.get(calendar["name"]), says)
    if not config.hours:
        click.echo(NONE)


class Says:
    """Times in words, as seen from a moment."""

    def __init__(self, now: datetime, zone: ZoneInfo) -> None:
        self.zone = zone
        self.today = now.astimezone(zone).date()

    def day(self, day: date) -> str:
        """«hoy», «mañana», «lun 23 nov», «lun 4 ene 2027»."""
        if day in (self.today, self.today + timedelta(days=1)):
            return "hoy" if day == self.today else "mañana"
        return self.date(day)

    def date(self, day: date) -> str:
        year = "" if day.year == self.today.year else f" {day.year}"
        return f"{DAYS[day.weekday()]} {day.day} {layout.MONTHS[day.month - 1]}{year}"

    def whole(self, at: str) -> str:
        """«sáb 21 nov 2026, 22:53»."""
        local = datetime.fromisoformat(at).astimezone(self.zone)
        return f"{DAYS[local.weekday()]} {local.day} {layout.MONTHS[local.month - 1]} {local:%Y, %H:%M}"

    def moment(self, at: str) -> str:
        """«hoy 17:00»."""
        local = datetime.fromisoformat(at).astimezone(self.zone)
        return f"{self.day(local.date())} {local:%H:%M}"

    def opening(self, opens: str, closes: str | None) -> str:
        """«hoy 13:00–17:00», «vie 27 nov 22:00 – sáb 28 nov 06:00»; midnight is the end of its day."""
        if closes is None:
            return f"{self.moment(opens)}, sin cierre en {AHEAD.days} días"
        start, end = (datetime.fromisoformat(at).astimezone(self.zone) for at in (opens, closes))
        last = (end - timedelta(microseconds=1)).date()
        time = f"{end:%H:%M}" if last == end.date() else "24:00"
        if start.date() == last:
            return f"{self.moment(opens)}–{time}"
        return f"{self.moment(opens)} – {self.day(last)} {time}"


def _show_calendar(calendar: dict[str, Any], hours: Hours | None, says: Says) -> None:
    layout.title(calendar["name"], _state(calendar, says))
    layout.facts(
        (
            ("horario", _week(hours)),
            ("festivos", hours.holidays if hours else ""),
            ("se usa en", _users(calendar)),
        )
    )
    if hours:
        layout.heading("Próximas aperturas")
        layout.items(says.opening(each["opens"], each["closes"]) for each in calendar["openings"])
    if calendar["holidays"]:
        layout.heading(f"Festivos en los próximos {AHEAD.days} días")
        layout.items(
            f"{says.date(date.fromisoformat(each['date']))}: {each['name']}" for each in calendar["holidays"]
        )
    layout.heading("Un plazo que empieza en este momento")
    layout.items(_deadline(each, calendar["name"], says) for each in calendar["deadlines"])


def _state(calendar: dict[str, Any], says: Says) -> str:
    if calendar["until"] is None:
        return "siempre abierto"
    if calendar["open"]:
        return f"abierto; cierra {says.moment(calendar['until'])}"
    closed = next((h["name"] for h in calendar["holidays"] if h["date"] == says.today.isoformat()), "")
    return f"cerrado{f' ({closed})' if closed else ''}; abre {says.moment(calendar['until'])}"


def _week(hours: Hours | None) -> str:
    """«lun–vie 08:00–12:00 13:00–17:00; sáb 09:00–12:00»."""
    if hours is None:
        return "todas las horas de todos los días, también festivos"
    told = []
    for stretches, days in groupby(enumerate(week(hours.days)), lambda day: day[1]):
        names = [DAYS[n] for n, _ in days]
        span = names[0] if len(names) == 1 else f"{names[0]}–{names[-1]}"
        times = " ".join(f"{_time(start)}–{_time(end)}" for start, end in stretches)
        told += [f"{span} {times}"] if times else []
    return "; ".join(told)


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _users(calendar: dict[str, Any]) -> str:
    used = [each["rule"] for each in calendar["deadlines"] if each["used"]]
    rules = [f"«{rule}»" for rule in used if rule]
    told = ["[precaso]"] if None in used else []
    if rules:
        told.append(f"{'la regla' if len(rules) == 1 else 'las reglas'} {', '.join(rules)}")
    return (
        " y ".join(told)
        or f'nada todavía; escriba calendar = "{calendar["name"]}" en [precaso] o en una regla'
    )


def _deadline(told: dict[str, Any], calendar: str, says: Says) -> str:
    within = words.duration(duration(told["answer_within"]), calendar)
    rule = f"regla «{told['rule']}», " if told["rule"] else ""
    ends = f"{rule}{within}: vence {says.moment(told['deadline'])}"
    if told["reminder"]:
        return f"{ends}; recordatorio, {says.moment(told['reminder'])}"
    if told["remind_after"]:
        after = words.duration(duration(told["remind_after"]), calendar)
        return f"{ends}; sin recordatorio, que sería después de {after}"
    return f"{ends}; sin recordatorio"
