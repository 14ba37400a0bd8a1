"""`mailbot hours`: when the desk is open, and when a deadline asked for now would end."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from mailbot.cli import hours_page
from mailbot.cli.base import Command
from mailbot.cli.common import as_json, config_file, fail, now, show_json, told
from mailbot.cli.hours_report import report
from mailbot.config.load import find, load
from mailbot.config.meant import did_you_mean
from mailbot.desk.settings import ALWAYS

if TYPE_CHECKING:
    from mailbot.config.model import Config

#: holidays are known so far
FIRST_YEAR, LAST_YEAR = 2000, 2100


@click.command(cls=Command)
@click.argument("calendar", metavar="[CALENDARIO]", required=False)
@click.option("--at", metavar="MOMENTO", help='Como si fuera ese momento: "2026-12-24 16:00".')
@config_file
@as_json
def hours(calendar: str | None, at: str | None, config: Path | None, as_json: bool) -> None:
    """Muestra los calendarios de [hours]: si está abierto, cuándo abre, festivos, y cuándo vencería un plazo.

    Lee config.toml tal como está ahora. Los casos ya abiertos conservan su plazo y sus horas.
    """
    with told():
        settings = load(find(config))
    known = [*settings.hours, ALWAYS]
    if calendar is not None and calendar not in known:
        fail(f"No hay un calendario «{calendar}» en [hours]: {did_you_mean(calendar, known)}")
    moment = _moment(at, settings) if at else now().replace(microsecond=0)
    found = report(settings, calendar, moment)
    if as_json:
        show_json(found)
    else:
        hours_page.show(found, settings)


def _moment(written: str, config: "Config") -> datetime:
    """In the service's timezone, unless it says another."""
    try:
        moment = datetime.fromisoformat(written.strip())
    except ValueError:
        fail(f'«{written}» no es un momento; se escribe así: --at "2026-12-24 16:00"')
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        fail(f"{moment.year} está demasiado lejos: de {FIRST_YEAR} a {LAST_YEAR}.")
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(config.service.timezone))
