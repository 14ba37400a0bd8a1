"""What `mailbot hours` tells of each calendar, as a page on a terminal."""

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import click

from mailbot.cli import layout
from mailbot.cli.hours_report import AHEAD
from mailbot.config.model import Config
from mailbot.desk.settings import Hours
from mailbot.desk.week import SPANISH, week
from mailbot.replies import words
from mailbot.values import duration

DAYS = tuple({"mie": "mié", "sab": "sáb"}.get(day, day) for day in SPANISH)
NONE = """
No hay calendarios en [hours]: todos los plazos corren de día y de noche,
también en festivos. Para contar solo horas de atención, escriba en config.toml

  [hours.oficina]
  days     = { mon-fri = "08:00-12:00 13:00-17:00" }
  holidays = "CO"

y nómbrelo: calendar = "oficina", en [precaso] o en una regla."""


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
