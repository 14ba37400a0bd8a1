"""`mailbot status` on a terminal: what is wrong first, then what is in force, the mailboxes and what waits."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click

from mailbot.cli import layout
from mailbot.config import problem
from mailbot.values import Problem

Doc = dict[str, Any]
OPEN = ("abierto", "en_proceso", "activo_proveedor", "solucionado")


def show(found: Doc) -> None:
    zone = found["timezone"]
    state = "en marcha" if found["running"] else "detenido"
    layout.title(f"mailbot {found['version']}", f"{state}{'' if found['ok'] else ', con problemas'}")
    for each in found["problems"]:
        colour = "red" if each["level"] == "error" else "yellow"
        click.secho(f"  {layout.plain(problem.line(Problem(**each)))}", fg=colour)
    layout.heading("Configuración")
    layout.facts(_config(found, zone))
    if found["mailboxes"]:
        layout.heading("Buzones")
        layout.facts((box["name"], _mailbox(box, zone)) for box in found["mailboxes"] if box["configured"])
    if found["cases"]:
        layout.heading("Pendiente")
        layout.facts(_waiting(found, zone))


def _config(found: Doc, zone: str) -> Iterator[tuple[str, str]]:
    live = found["config"]
    if live:
        since = layout.local(live["loaded_at"], zone)
        yield "en uso" if found["running"] else "la última", f"{live['hash']}, cargada {since}"
        yield "reglas", str(live["rules"])
        yield "proceso", live["worker"] if found["running"] else ""
    elif found["running"]:
        yield "en uso", "el servicio está empezando: todavía no ha dicho cuál"
    file = found["file"]
    same = "la misma" if file["is_live"] else "otra"
    yield "archivo", file["path"]
    yield "en el disco", f"{file['hash'] or 'no se puede leer'}{', ' + same if live else ''}"
    if len(found["daemons"]) > 1:
        yield "en marcha", ", ".join(f"{each['worker']} con {each['hash']}" for each in found["daemons"])


def _mailbox(box: Doc, zone: str) -> str:
    replies = box["replies"]
    parts = [
        f"leído hasta {layout.local(box['read_up_to'], zone)} ({_ago(box['read_up_to'])})"
        if box["read_up_to"]
        else "todavía no se ha leído",
        f"{replies['queued']} por enviar" if replies["queued"] else "",
        f"{replies['sending']} saliendo" if replies["sending"] else "",
        f"{replies['uncertain']} que no se sabe si salieron" if replies["uncertain"] else "",
    ]
    return "; ".join(part for part in parts if part)


def _waiting(found: Doc, zone: str) -> Iterator[tuple[str, str]]:
    cases = found["cases"]
    due = (
        f"; el próximo plazo vence {layout.local(cases['next_deadline'], zone)}"
        if cases["next_deadline"]
        else ""
    )
    late = (
        f"; {cases['overdue']} con el plazo vencido, hasta que su buzón se lea más allá"
        if cases["overdue"]
        else ""
    )
    yield "precasos", f"{cases['precaso']}{due}{late}"
    others = {state: cases[state] for state in OPEN if cases[state]}
    yield "casos", ", ".join(f"{n} {state}" for state, n in others.items()) or "0"
    n = cases["attention"]
    yield "esperan a una persona", f"{n}{': mailbot cases --attention' if n else ''}"
    failed = found["failed"]
    yield "correos fallidos", f"{failed}: mailbot messages --outcome failed" if failed else "0"


def _ago(at: str) -> str:
    seconds = max(0, int((datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds()))
    for unit, size in (("días", 86400), ("horas", 3600), ("minutos", 60)):
        if seconds >= 2 * size:
            return f"hace {seconds // size} {unit}"
    return f"hace {seconds} segundo{'s' * (seconds != 1)}"
