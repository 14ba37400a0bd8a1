"""A case as its page on a terminal: what it is, its data, its history and our replies."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from mailbot.cli import layout, words
from mailbot.desk.case import State
from mailbot.desk.machines import RECOVERED, REPEATED
from mailbot.rules.settings import SEVERITIES

Row = dict[str, Any]
#: events of a machine in a row, and messages, that are shown one by one
MOST_ALARMS, MOST_MESSAGES = 6, 30


def show(c: Row, zone: str) -> None:
    layout.title(f"{c['number']} · {c['state']}", words.subject(c))
    layout.facts(_about(c, zone))
    if c["required"]:
        layout.heading("Datos")
        layout.facts(_data(c))
    if c["related"]:
        layout.heading("Relacionados")
        layout.facts([(r["number"], words.RELATIONS.get(r["how"], r["how"])) for r in c["related"]])
    layout.heading("Historia")
    layout.facts((layout.local(e["at"], zone), said) for e, said in _history(c["history"]))
    if c["replies"]:
        layout.heading("Correos nuestros")
        layout.facts([_reply(r, zone) for r in c["replies"]])
    if c["messages"]:
        layout.heading("Mensajes recibidos")
        layout.items([f"{_numbers(c['messages'])}: «mailbot explain N» cuenta cada uno"])


def waits(c: Row) -> bool:
    """Its deadline runs: what waits for a person never closes itself."""
    return c["state"] == State.PRECASO and bool(c["deadline"])


def _about(c: Row, zone: str) -> Iterator[tuple[str, str]]:
    requester = c["requester"]
    if c["removed_at"]:
        yield "retirado", f"{layout.local(c['removed_at'], zone)}: quedan su número, sus estados y sus fechas"
    else:
        yield "solicitante", f"{requester['name']} <{requester['email'] or 'dirección desconocida'}>".strip()
    if c["attention"]:
        yield "espera", f"a una persona: {words.ATTENTION.get(c['attention'], c['attention'])}"
    yield "regla", f"{c['rule']}, {c['kind']}"
    yield "severidad", f"{c['severity']}, {SEVERITIES[c['severity']]}"
    yield "categoría", c["category"]
    yield "grupo", f"{c['group']}, nivel {c['level']}" + (f", {c['assignee']}" if c["assignee"] else "")
    yield "llegó por", f"{c['channel']}, buzón {c['mailbox']}"
    yield "avisos", _alarms(c, zone)
    yield "registrado", layout.local(c["registered_at"], zone)
    yield "respondido", layout.local(c.get("first_response_at"), zone)
    yield "vence" if waits(c) else "venció", layout.local(c["deadline"], zone)
    yield "abierto", layout.local(c["opened_at"], zone)
    yield "solucionado", layout.local(c["solved_at"], zone)
    yield "terminado", layout.local(c["closed_at"], zone)


def _alarms(c: Row, zone: str) -> str:
    """`500, el último 2026-11-18 03:21; recuperado 2026-11-18 03:40`, of a case that a machine opened."""
    if not c["alarms"]:
        return ""
    over = f"; recuperado {layout.local(c['recovered_at'], zone)}" if c["recovered_at"] else ""
    last = "el último " if c["alarms"] > 1 else ""
    return f"{c['alarms']}, {last}{layout.local(c['last_alarm_at'], zone)}{over}"


def _history(events: list[Row]) -> Iterator[tuple[Row, str]]:
    """Each event as a sentence; of a long row of a machine's the first, how many more, and the last."""
    for is_machine, row in groupby(events, key=lambda e: e["kind"] in (REPEATED, RECOVERED)):
        group = list(row)
        if is_machine and len(group) > MOST_ALARMS:
            yield group[0], _event(group[0])
            yield group[1], f"… {len(group) - 2} avisos más de la misma falla"
            group = group[-1:]
        yield from ((e, _event(e)) for e in group)


def _event(e: Row) -> str:
    return f"{words.event(e)} ({words.by(e['by'])})"


def _numbers(ids: list[int]) -> str:
    if len(ids) <= MOST_MESSAGES:
        return ", ".join(map(str, ids))
    return f"{ids[0]}, {ids[1]}, … {ids[-1]} ({len(ids)} en total)"


def _data(c: Row) -> Iterator[tuple[str, str]]:
    doubtful = set(c.get("doubtful", ()))
    for name, value in c["required"].items():
        yield (
            name,
            "— falta" if not value else f"{value}  (dudoso: confírmelo)" if name in doubtful else value,
        )


def _reply(r: Row, zone: str) -> tuple[str, str]:
    when = layout.local(r["sent_at"] or r["queued_at"], zone)
    status = words.STATUSES.get(r["status"], r["status"])
    said = f" ({r['said']})" if r.get("said") and r["status"] not in ("sent", "not_needed") else ""
    tries = f", {r['attempts']} intentos" if r["attempts"] > 1 else ""
    to = f", a {r['to']}" if r["to"] else ""
    return when, f"{r['template']}{to}: {status}{said}{tries}"
