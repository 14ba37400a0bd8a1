"""`mailbot rules list`: the rules in the file's order, and what each has done."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from mailbot.cli import layout
from mailbot.cli.amounts import counted, number, of_days
from mailbot.cli.base import Command
from mailbot.cli.common import as_it_stands, as_json, config_file, days, show_json, since, warn_of_removed
from mailbot.config.model import Config
from mailbot.desk.sorting import GENERAL
from mailbot.rules.settings import Rule, TreatAs
from mailbot.rules.usage import KeywordCounts
from mailbot.store import usage
from mailbot.store.engine import Store
from mailbot.store.usage import Used
from mailbot.values import rfc3339

#: a keyword that stands in more of the subjects says nothing about any of them; of so few mails nothing can be told
SHARE, ENOUGH = 1 / 3, 30


@dataclass(frozen=True)
class Listed:
    """A rule of the file, and what it has done."""

    rule: Rule
    used: Used
    #: by keyword, in how many subjects it stands
    keywords: dict[str, int]

    @property
    def idle(self) -> str | None:
        """`never`, or `period`: in the days that are looked at."""
        if self.used.last_hit is None:
            return "never"
        return None if self.used.mails else "period"

    def too_common(self, subjects: int) -> dict[str, float]:
        """By keyword, in which share of the subjects."""
        if subjects < ENOUGH:
            return {}
        return {word: n / subjects for word, n in self.keywords.items() if n / subjects > SHARE}


@dataclass(frozen=True)
class Listing:
    days: int
    subjects: int
    rules: list[Listed]
    #: rules that did something and stand in the file no more
    gone: dict[str, Used]


@click.command("list", cls=Command)
@days(30)
@config_file
@as_json
def listing(days: int, config: Path | None, as_json: bool) -> None:
    """Lista las reglas en el orden del archivo, con lo que ha hecho cada una en los últimos días.

    Avisa de las que no toman ningún correo y de las palabras que están en demasiados asuntos.
    """
    with as_it_stands(config) as (settings, store):
        warn_of_removed(settings, days)
        found = look(settings, store, days)
    if as_json:
        show_json(document(found))
    else:
        show(found, settings)


def look(config: Config, store: Store, days: int) -> Listing:
    machines = [rule.name for rule in config.rule if rule.treat_as is TreatAs.MONITOREO]
    began = since(days)
    with store.reading() as s:
        used = usage.by_rule(s, began, machines)
    counts, below = KeywordCounts(config.rule), None
    while True:
        with store.reading() as s:
            subjects, below = usage.subjects(s, began, below)
        for subject, folded in subjects:
            counts.add(subject, folded)
        if below is None:
            break
    rules = [Listed(rule, used.pop(rule.name, Used()), counts.of(rule)) for rule in config.rule]
    used.pop(GENERAL.name, None)  # the rule of what a person made a case of: it needs to stand in no file
    return Listing(days, counts.subjects, rules, dict(sorted(used.items())))


# -- as JSON ---------------------------------------------------------------------------------------------


def document(found: Listing) -> dict[str, Any]:
    return {
        "days": found.days,
        "mails": found.subjects,
        "rules": [_entry(one, found.subjects) for one in found.rules],
        "gone": [{"name": name, **_used(used)} for name, used in found.gone.items()],
    }


def _entry(one: Listed, subjects: int) -> dict[str, Any]:
    common = one.too_common(subjects)
    return {
        "name": one.rule.name,
        "treat_as": one.rule.treat_as,
        "keywords": [
            {
                "keyword": word,
                "mails": n,
                "share": round(n / subjects, 4) if subjects else 0.0,
                "too_common": word in common,
            }
            for word, n in one.keywords.items()
        ],
        **_used(one.used),
        "idle": one.idle,
    }


def _used(used: Used) -> dict[str, Any]:
    return asdict(used) | {"last_hit": rfc3339(used.last_hit)}


# -- as a page -------------------------------------------------------------------------------------------


def show(found: Listing, config: Config) -> None:
    if not found.rules:
        click.echo(f"{config.source} no tiene reglas.", err=True)
        return
    zone = config.service.timezone
    layout.table(
        ("regla", "trato", "palabras", "correos", "casos", "no gest.", "último"),
        [_row(one, zone) for one in found.rules],
        flexible=(0, 2),
        notes=["; ".join(_notes(one, found)) for one in found.rules],
    )
    if layout.is_terminal():
        click.echo()
        layout.paragraph(
            f"Correos y casos {of_days(found.days)}, en los que llegaron {number(found.subjects)}. «no gest.»: los "
            "casos que quedaron no_gestionado, que no cuentan en ningún informe."
        )
    if found.gone:
        layout.paragraph(
            f"Ya no están en el archivo: {', '.join(_gone(*each, zone) for each in found.gone.items())}."
        )


def _row(one: Listed, zone: str) -> tuple[str, ...]:
    used, opens = one.used, one.rule.treat_as is not TreatAs.INFORMATIVO
    return (
        one.rule.name,
        one.rule.treat_as,
        _words(one.rule),
        number(used.mails),
        number(used.opened) if opens or used.opened else "—",
        number(used.no_gestionado) if one.rule.treat_as is TreatAs.PRECASO or used.no_gestionado else "—",
        _day(used.last_hit, zone) or "nunca",
    )


def _words(rule: Rule) -> str:
    also = [f"all {', '.join(rule.all)}"] if rule.all else []
    also += ["pattern"] if rule.pattern else []
    also += ["cualquier asunto"] if rule.any_subject else []
    words = [f"{len(rule.keywords)}: {', '.join(rule.keywords)}"] if rule.keywords else []
    return "; ".join(words + also) or "ninguna"


def _day(at: datetime | None, zone: str) -> str:
    shown = layout.brief(at.isoformat(), zone) if at else ""
    return shown.rpartition(" ")[0] if ":" in shown else shown


def _notes(one: Listed, found: Listing) -> Iterator[str]:
    if one.idle == "never":
        yield "nunca ha tomado un correo"
    elif one.idle:
        yield f"ningún correo {of_days(found.days)}"
    for word, share in one.too_common(found.subjects).items():
        yield f"«{word}» está en el {share:.0%} de los asuntos".replace("%", " %")


def _gone(name: str, used: Used, zone: str) -> str:
    last = f", el último el {_day(used.last_hit, zone).strip()}" if used.last_hit else ""
    return f"{name} ({counted(used.mails, 'correo', 'correos')}{last})"
