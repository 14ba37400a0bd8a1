"""Stage two: do the parts of a well-formed config fit each other and the world?"""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from zoneinfo import ZoneInfo, available_timezones

from mailbot.config.addresses import addresses_findings, patterns_findings
from mailbot.config.alerts import alerts_findings
from mailbot.config.hosts import host_and_port, is_loopback
from mailbot.config.hours import calendar_findings, hours_findings
from mailbot.config.mailboxes import mailboxes_findings
from mailbot.config.meant import did_you_mean, nearest
from mailbot.config.model import Config
from mailbot.config.problem import Finding, Loc
from mailbot.config.retention import retention_findings
from mailbot.config.rules import fields_findings, rules_findings

PREFIX = re.compile(r"[A-Z]{1,8}")
URL = re.compile(r"([a-z][a-z0-9+]*)://", re.IGNORECASE)
#: no file is called so: it would be created, and named with a password in it
NO_PATH = re.compile(r"postgres\w*(?:\+\w+)?:|.*(?:password\s*=|:[^/]*@)", re.IGNORECASE)
#: a group need not be declared: only what is all but the same as one that is must be a slip
NEAR = 0.85
#: from here on a port may be opened by anybody (ip_unprivileged_port_start, ip(7))
UNPRIVILEGED = 1024
DATABASES = ("sqlite", "postgresql+psycopg")


def findings(config: Config) -> list[Finding]:
    """Errors and warnings, in the order in which the sections are documented."""
    stages = (
        service_findings,
        precaso_findings,
        replies_findings,
        mailboxes_findings,
        fields_findings,
        rules_findings,
        groups_findings,
        hours_findings,
        retention_findings,
    )
    return list(chain.from_iterable(stage(config) for stage in stages))


def service_findings(config: Config) -> Iterator[Finding]:
    service = config.service
    if service.language != "es":
        yield Finding(("service", "language"), f'"{service.language}" no está disponible', 'language = "es"')
    if not is_zone(service.timezone):
        zones = available_timezones()
        near = did_you_mean(service.timezone, zones) if nearest(service.timezone, zones) else ""
        hint = near or 'se escribe "America/Bogota"'
        yield Finding(("service", "timezone"), f'no existe la zona horaria "{service.timezone}"', hint)
    if not PREFIX.fullmatch(service.prefix):
        yield Finding(
            ("service", "prefix"), "debe tener de 1 a 8 letras mayúsculas, de la A a la Z", 'prefix = "MS"'
        )
    yield from _database_findings(service.database)
    if service.http:
        yield from _http_findings(service.http)
    yield from alerts_findings(config)


def is_zone(name: str) -> bool:
    """Whether it is one of `available_timezones`, which reads six hundred files to say so."""
    if name.startswith(("posix", "right")):
        return False  # all of them once more, and counted with leap seconds
    try:
        return bool(ZoneInfo(name))
    except (KeyError, ValueError, OSError):
        return False


def _database_findings(database: str) -> Iterator[Finding]:
    if database == "sqlite://" or ":memory:" in database:
        said, cure = (
            "una base de datos en la memoria se pierde al terminar",
            'database = "var/mailbot.sqlite3"',
        )
        yield Finding(("service", "database"), said, cure)
    match = URL.match(database)
    if match is None and NO_PATH.match(database):
        said, cure = (
            "no es una ruta, ni una dirección entera",
            "se escribe postgresql+psycopg://usuario@servidor/base",
        )
        yield Finding(("service", "database"), said, cure)
    elif match and match[1] not in DATABASES:
        hint = "use una ruta, sqlite:///ruta o postgresql+psycopg://usuario@servidor/base"
        if match[1].startswith("postgres"):  # without the rest of it: there may be a password in it
            hint = "comience con postgresql+psycopg://"
        yield Finding(("service", "database"), f'no se conocen bases de datos "{match[1]}"', hint)
    elif match and database[match.end() :].partition("/")[0].count("@") > 1:
        # who connects would tell what follows the first as the server's name
        said = "tiene más de una @ antes del nombre de la base: hay un signo que separa en la contraseña"
        yield Finding(
            ("service", "database"), said, "en la contraseña escriba %40 por @, %2F por / y %3A por :"
        )


def _http_findings(written: str) -> Iterator[Finding]:
    """What is published has no password, so nobody but this machine may ask for it."""
    at, example = ("service", "http"), 'http = "127.0.0.1:9103"'
    host, port = host_and_port(written) or ("", 0)
    if not port:
        yield Finding(at, f'"{written}" no es una dirección con su puerto', example)
    elif not is_loopback(host):
        said = f'"{host}" no es de esta misma máquina, y lo que se publica ahí no pide contraseña'
        cure = f'http = "127.0.0.1:{port}"; para verlo desde otra, un túnel SSH o un proxy con contraseña'
        yield Finding(at, said, cure)
    elif port < UNPRIVILEGED:
        said = f"los puertos menores que {UNPRIVILEGED} son del sistema: el servicio no puede abrir el {port}"
        yield Finding(at, said, example, level="warning")


def precaso_findings(config: Config) -> Iterator[Finding]:
    precaso = config.precaso
    if precaso.answer_within <= timedelta():
        yield Finding(("precaso", "answer_within"), "debe ser más que cero", 'answer_within = "24h"')
    if precaso.remind_after is not None and "remind_after" in precaso.model_fields_set:
        if precaso.remind_after <= timedelta():
            hint = 'remind_after = "12h"; sin recordatorio: ""'
            yield Finding(("precaso", "remind_after"), "debe ser más que cero", hint)
        elif precaso.remind_after >= precaso.answer_within:
            yield Finding(
                ("precaso", "remind_after"),
                "el recordatorio saldría cuando ya venció el plazo: no se enviará",
                "escriba menos que answer_within",
                level="warning",
            )
    yield from calendar_findings(("precaso", "calendar"), precaso.calendar, config)


def replies_findings(config: Config) -> Iterator[Finding]:
    for key in ("per_address_per_hour", "per_address_per_day", "per_hour"):
        if getattr(config.replies, key) < 1:
            yield Finding(("replies", key), "debe ser 1 o más", 'para no enviar nada: send = "none"')
    if isinstance(config.replies.send, tuple):
        yield from patterns_findings(("replies", "send"), config.replies.send)
    yield from patterns_findings(("senders", "ours"), config.senders.ours)
    yield from patterns_findings(("senders", "shared"), config.senders.shared)


def groups_findings(config: Config) -> Iterator[Finding]:
    used = {rule.group for rule in config.rule}
    misspelt = _misspelt_groups(config)
    for n, written, meant in misspelt:
        rule = config.rule[n]
        where: Loc = ("rule", n, "group") if "group" in rule.model_fields_set else ("rule", n)
        said = f'el grupo "{written}" no está en el archivo: no se avisa a nadie'
        yield Finding(where, said, f'¿quiso decir "{meant}"?', level="warning")
    for name, group in config.group.items():
        at = ("group", name)
        yield from addresses_findings((*at, "notify"), group.notify)
        for n, address in enumerate(group.notify):
            if address.lower() in config.own_addresses:
                yield Finding(
                    (*at, "notify", n),
                    f'"{address}" es uno de los buzones que se leen: el aviso volvería a entrar',
                    "escriba la dirección de una persona o de otra lista",
                    level="warning",
                )
        if name not in used and name not in [meant for _, _, meant in misspelt]:
            hint = "quítelo o escríbalo en group de una regla"
            if nearest(name, used):
                hint = did_you_mean(name, used)
            yield Finding(at, f'ninguna regla usa el grupo "{name}"', hint, level="warning")


def _misspelt_groups(config: Config) -> list[tuple[int, str, str]]:
    """Rules, by number, whose group is not declared but nearly: what is written, and what is meant."""
    undeclared = {rule.group for rule in config.rule} - config.group.keys()
    meant = {group: near for group in undeclared if (near := nearest(group, config.group, cutoff=NEAR))}
    return [(n, rule.group, meant[rule.group]) for n, rule in enumerate(config.rule) if rule.group in meant]
