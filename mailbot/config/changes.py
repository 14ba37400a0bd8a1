"""From one config in force to the next: what changed, in words for the log, and what cannot change while it runs."""

from collections.abc import Iterator, Mapping

from mailbot.config.live import Live
from mailbot.config.load import located
from mailbot.config.model import Config
from mailbot.config.paths import database_url
from mailbot.config.problem import Finding
from mailbot.values import Problem

#: of how many of a kind the names are said
NAMED = 8
CURE = "reinicie el servicio (systemctl restart mailbot), o deshaga esta línea; lo demás tampoco se aplicó"


def changes(before: Live, after: Live) -> str:
    """`reglas: +1 "vpn", ~2 "acceso", "impresora"; [replies]`; "nada" where nothing did."""
    return "; ".join(_changes(before, after)) or "nada"


def _changes(before: Live, after: Live) -> Iterator[str]:
    old, new = before.config, after.config
    rules = {rule.name: rule for rule in old.rule}, {rule.name: rule for rule in new.rule}
    yield from _named("reglas", *rules)
    if [name for name in rules[0] if name in rules[1]] != [name for name in rules[1] if name in rules[0]]:
        yield "reglas en otro orden"
    yield from _named("buzones", old.mailbox, new.mailbox)
    yield from _named("datos", old.field, new.field)
    yield from _named("grupos", old.group, new.group)
    yield from _named("horarios", old.hours, new.hours)
    yield from _named("plantillas", before.templates.digests, after.templates.digests)
    for section in ("service", "precaso", "replies", "senders", "retention"):
        if getattr(old, section) != getattr(new, section):
            yield f"[{section}]"


def _named(what: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    groups = {
        "+": [name for name in new if name not in old],
        "-": [name for name in old if name not in new],
        "~": [name for name in new if name in old and new[name] != old[name]],
    }
    said = [f"{sign}{len(names)} {_some(names)}" for sign, names in groups.items() if names]
    if said:
        yield f"{what}: {', '.join(said)}"


def _some(names: list[str]) -> str:
    more = ", …" if len(names) > NAMED else ""
    return ", ".join(f'"{name}"' for name in names[:NAMED]) + more


def needs_restart(before: Config, after: Config) -> tuple[Problem, ...]:
    """What a running daemon cannot take over: all that is stored, and all numbers that people know, hang on it."""
    found = []
    if database_url(before) != database_url(after):
        said = "la base de datos no se puede cambiar con el servicio en marcha"
        found.append(Finding(("service", "database"), said, CURE))
    if before.service.prefix != after.service.prefix:
        said = f'el prefijo de los casos ("{before.service.prefix}") no se puede cambiar con el servicio en marcha'
        found.append(Finding(("service", "prefix"), said, CURE))
    try:
        text = after.source.read_text("utf-8-sig")
    except (OSError, ValueError):
        text = ""
    return located(found, text, after.source)
