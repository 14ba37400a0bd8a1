"""`mailbot status` on a terminal: what is wrong first, then what is in force, the mailboxes and what waits."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from mailbot.cli import layout
from mailbot.config import problem
from mailbot.health import age, octets
from mailbot.values import Problem

Doc = dict[str, Any]
OPEN = ("abierto", "en_proceso", "activo_proveedor", "solucionado")
RUNS = {True: "en marcha", False: "detenido", None: "no se sabe si está en marcha"}
COLOURS = {"error": "red", "warning": "yellow"}


def show(found: Doc) -> None:
    state = RUNS[found["running"]]
    layout.title(f"mailbot {found['version']}", f"{state}, {'todo bien' if found['ok'] else 'con problemas'}")
    for each in found["problems"]:
        _problem(Problem(**each))
    page = Page(found)
    for heading, facts in (
        ("Servicio", page.service()),
        ("Configuración", page.config()),
        ("Buzones", page.mailboxes()),
        ("Pendiente", page.waiting() if found["cases"] else iter(())),
    ):
        if shown := [(name, value) for name, value in facts if value]:
            layout.heading(heading)
            layout.facts(shown)


def _problem(found: Problem) -> None:
    """The place only where it is one in a file: what is said of a mailbox names it."""
    text = problem.line(found if found.file else Problem(found.message, level=found.level))
    text = layout.line(text if found.file or not found.hint else f"{text} → {found.hint}")
    layout.paragraph(text, first="  · ", colour=COLOURS.get(found.level))


class Page:
    """Names and values of each part; an empty value is not shown."""

    def __init__(self, found: Doc) -> None:
        self.found, self.zone = found, found["timezone"]
        self.at = datetime.fromisoformat(found["at"])

    def service(self) -> Iterator[tuple[str, str]]:
        for daemon in self.found["daemons"]:
            since = daemon["started_at"]
            began = f"desde {self._local(since)} ({self._ago(since)}), " if since else ""
            yield "en marcha", f"{began}proceso {daemon['worker']}"
        if disk := self.found["disk"]:
            free, total = octets(disk["free"]), octets(disk["total"])
            yield "disco", f"{free} libres de {total} en {disk['folder']}"

    def config(self) -> Iterator[tuple[str, str]]:
        found, live, file = self.found, self.found["config"], self.found["file"]
        if live:
            since = self._local(live["loaded_at"])
            yield "en uso" if found["running"] else "la última", f"{live['hash']}, cargada {since}"
            yield "reglas", str(live["rules"])
        elif found["running"]:
            yield "en uso", "el servicio está empezando: todavía no ha dicho cuál"
        same = "la misma" if file["is_live"] else "otra"
        yield "archivo", file["path"]
        yield "en el disco", f"{file['hash'] or 'no se puede leer'}{', ' + same if live else ''}"
        if len({each["hash"] for each in found["daemons"]}) > 1:
            yield "en uso por", ", ".join(f"{each['worker']} con {each['hash']}" for each in found["daemons"])

    def mailboxes(self) -> Iterator[tuple[str, str]]:
        for box in self.found["mailboxes"]:
            if box["configured"]:
                yield box["name"], "; ".join(part for part in self._mailbox(box) if part)

    def _mailbox(self, box: Doc) -> Iterator[str]:
        if self.found["running"]:
            yield self._connection(box)
            if len(self.found["daemons"]) > 1 and box["read_by"]:
                yield f"lo atiende {box['read_by']}"
        last = max(filter(None, (box["last_read"], box["read_up_to"])), default=None)
        yield f"leído {self._ago(last)}" if last else "todavía no se ha leído"
        if box["backlog"] is not None:
            yield f"{box['backlog']} por leer" if box["backlog"] else "nada por leer"
        yield from self._replies(box["replies"], box["replies_due_since"])

    def _replies(self, replies: Doc, since: str | None) -> Iterator[str]:
        if n := replies["queued"]:
            late = f", la primera espera desde {self._ago(since)}" if since else ""
            yield f"{_counted(n, 'respuesta')} por enviar{late}"
        if n := replies["sending"]:
            yield f"{_counted(n, 'respuesta')} saliendo"
        if n := replies["uncertain"]:
            yield f"{_counted(n, 'respuesta')} que no se sabe si {'salió' if n == 1 else 'salieron'}"

    def _connection(self, box: Doc) -> str:
        """Why there is none stands above."""
        failing = [error["since"] for error in box["errors"] if error["at"] == "reading"]
        if failing:
            return f"no se puede leer desde {self._local(failing[0])} ({self._ago(failing[0])})"
        return "conectado" if box["connected"] else "sin conexión todavía"

    def waiting(self) -> Iterator[tuple[str, str]]:
        cases, failed, outbox = self.found["cases"], self.found["failed"], self.found["outbox"]
        yield "precasos", str(cases["precaso"])
        yield "plazos", "; ".join(part for part in self._deadlines(cases) if part)
        others = {state: cases[state] for state in OPEN if cases[state]}
        yield "casos", ", ".join(f"{state}: {n}" for state, n in others.items()) or "0"
        n = cases["attention"]
        if outbox:
            yield "respuestas", "; ".join(self._replies(outbox, outbox["due_since"])) or "todas salieron"
        yield "esperan a una persona", f"{n}{': mailbot cases --attention' if n else ''}"
        yield "correos fallidos", f"{failed}: mailbot messages --outcome failed" if failed else "0"

    def _deadlines(self, cases: Doc) -> Iterator[str]:
        following = cases["next_deadline"]
        yield f"el próximo vence {self._local(following)}" if following else ""
        if n := cases["overdue"]:
            waits = "espera" if n == 1 else "esperan"
            first = self._ago(cases["overdue_since"])
            yield f"{_counted(n, 'vencido')}, el primero {first}: {waits} a que su buzón se lea más allá"

    def _local(self, at: str) -> str:
        return layout.local(at, self.zone)

    def _ago(self, at: str) -> str:
        return f"hace {age(self.at - datetime.fromisoformat(at))}"


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"
