"""The configs of a history: one at its beginning, and others that are loaded while it runs."""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path

from mailbot.config.live import Live
from mailbot.config.load import load
from mailbot.config.model import Config
from mailbot.desk.settings import Hours

BOXES = {"soporte": "soporte@mesa.example", "redes": "redes@mesa.example"}
DESK = "mesa@oti.example"
#: into which people move mail to decide on it
CREATE, INFORMATIVE = SORTED = ("Crear caso", "Informativo")
ZONES = ("America/Bogota", "Europe/Madrid")
HOUR = timedelta(hours=1)

TEXT = """
[mailbox.soporte]
address  = "soporte@mesa.example"
aliases  = ["ayuda@mesa.example"]
imap = { host = "127.0.0.1", security = "none" }
smtp = { host = "127.0.0.1", security = "none" }

[mailbox.redes]
address  = "redes@mesa.example"
imap = { host = "127.0.0.2", security = "none" }
smtp = { host = "127.0.0.2", security = "none" }

[senders]
ours = ["*@oti.example"]

[group.Mesa]
notify = ["mesa@oti.example"]

[hours.oficina]
days = { mon-fri = "08:00-12:00 13:00-17:00" }

[field.telefono]
label   = "Teléfono"
pattern = '\\+?\\d[\\d ()-]{6,}\\d'

[field.sede]
label = "Sede"

[field.equipo]
label = "Equipo"

[[rule]]
name      = "alarma"
from      = ["nagios@oti.example"]
keywords  = ["problem", "recovery"]
recover   = ["recovery"]
correlate = '(host \\w+)'
treat_as  = "monitoreo"
group     = "Mesa"

[[rule]]
name     = "boletin"
keywords = ["boletín"]
treat_as = "informativo"
folder   = "Boletines"

[[rule]]
name     = "acceso"
keywords = ["contraseña"]
requires = ["telefono", "sede", "equipo"]
group    = "Mesa"

[[rule]]
name     = "red"
keywords = ["internet"]
requires = ["telefono", "sede", "equipo"]
calendar = "oficina"
answer_within = "14h"
group    = "Mesa"

[[rule]]
name     = "urgente"
keywords = ["urgente"]
requires = ["telefono", "sede", "equipo"]
open_at_once = true
group    = "Mesa"
"""


@cache
def _base(zone: str) -> Config:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_text(TEXT, encoding="utf-8")
        config = load(path)
    return config.model_copy(update={"service": config.service.model_copy(update={"timezone": zone})})


def _rule(config: Config, which: str, **settings: object) -> Config:
    rules = (r.model_copy(update=settings) if r.name == which else r for r in config.rule)
    return config.model_copy(update={"rule": tuple(rules)})


def _section(config: Config, which: str, **settings: object) -> Config:
    return config.model_copy(update={which: getattr(config, which).model_copy(update=settings)})


def _without(config: Config, rule: str) -> Config:
    return config.model_copy(update={"rule": tuple(r for r in config.rule if r.name != rule)})


def _hours(config: Config, hours: dict[str, Hours]) -> Config:
    return config.model_copy(update={"hours": hours})


#: what a reload changes, by name
CHANGES: dict[str, Callable[[Config], Config]] = {
    "base": lambda c: c,
    "rule renamed": lambda c: _rule(c, "acceso", name="claves"),
    "rule removed": lambda c: _without(c, "acceso"),
    "other hours": lambda c: _hours(c, {"oficina": Hours(days={"mon-sat": "09:00-15:00"})}),
    "no calendar": lambda c: _rule(_hours(c, {}), "red", calendar=""),
    "late is told": lambda c: _section(c, "precaso", late_answer="tell", remind_after=None),
    "small caps": lambda c: _section(c, "replies", per_address_per_hour=2, per_address_per_day=4, per_hour=6),
    "pilot": lambda c: _section(c, "replies", send=("ana@oti.example",)),
    "two hours": lambda c: _section(c, "precaso", answer_within=2 * HOUR, remind_after=HOUR),
    "fewer data": lambda c: _rule(c, "acceso", requires=("telefono",)),
    "all are told": lambda c: _section(c, "replies", unmatched=True),
}
VARIANTS = tuple(CHANGES)


@cache
def live(variant: str, zone: str) -> Live:
    """Compiled once in a process."""
    return Live.of(CHANGES[variant](_base(zone)))
