"""What the demonstration says as it goes, in Spanish, at 80 columns: mails, a reply whole, the clock, the cases."""

import email
import email.policy
import re
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from mailbot.replies.words import ATTENTION
from mailbot.sandbox.stage import Seen

OUTCOMES = {
    "opened": "se registra",
    "updated": "se une a su caso",
    "on_closed_case": "llega sobre un caso terminado",
    "unmatched": "ninguna regla lo reconoce: pasa a «Por revisar»",
    "informativo": "es informativo: se archiva, sin caso",
    "ignored": "es automático: no se responde",
    "bounce": "es un rebote de un correo nuestro",
    "backlog": "es anterior a la primera conexión",
    "duplicate": "es el mismo correo otra vez",
    "too_big": "es demasiado grande para leerlo",
    "failed": "no se pudo leer: se guarda entero para una persona",
}
REPLIES = {
    "pedir_datos": "le pide los datos que faltan",
    "pedir_faltantes": "le agradece y le pide solo lo que todavía falta",
    "caso_abierto": "le confirma que su caso está abierto",
    "a_la_mesa": "le dice que una persona leerá su respuesta",
    "cancelado": "le confirma que se canceló",
    "caso_cerrado": "le dice que hace falta una solicitud nueva",
    "no_gestionado": "le dice que se cerró sin los datos",
}
#: «(A18, lección 24)» means something to those who read the twins
SOURCES = re.compile(r"\s*\([^()]*(?:[A-E]\d\d|lecci|peligro|invariante|diseño|requisitos)[^()]*\)")


class Teller:
    def __init__(self) -> None:
        self.console = Console(highlight=False)

    def note(self, text: str) -> None:
        self.console.print(f"\n[italic cyan]{plain(text)}[/]")

    def line(self, text: str, indent: int = 5, style: str = "") -> None:
        """Wrapped lines keep their indent."""
        self.console.print(Padding(Text(text, style=style), (0, 0, 0, indent), expand=False))

    def mail(self, seen: Seen, about: str = "") -> None:
        """What became of a mail, and why."""
        message, case = seen.message, seen.case
        self.console.print()
        subject = message["subject"] or "(sin asunto)"
        self.console.print(Text.assemble("✉  ", (subject, "bold"), (f"  de {message['from'] or '?'}", "dim")))
        where = f": {case['number']}, {case['state']}" if case else ""
        self.line(f"→ {OUTCOMES[message['outcome']]}{where}", 3, "bold" if case else "")
        for line in _why(seen):
            self.line(line)
        if seen.reply:
            self.line(f"↩  {REPLIES.get(seen.reply, seen.reply)} ({seen.reply})")
        if about:
            self.line(SOURCES.sub("", about), style="dim")

    def wrong(self, differences: list[str]) -> None:
        for difference in differences:
            self.line(f"✗ {difference}", style="bold red")

    def whole(self, raw: bytes) -> None:
        """One reply as its reader sees it."""
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        body = mail.get_body(("plain",))
        head = "\n".join(f"{name}: {mail[name]}" for name in ("From", "To", "Subject", "Auto-Submitted"))
        text = f"{head}\n\n{body.get_content().strip() if body else ''}"
        self.console.print(Panel(Text(text), title="una respuesta, entera", border_style="cyan"))

    def cases(self, cases: list[dict[str, Any]]) -> None:
        table = Table(title="Los casos", title_justify="left", box=None, pad_edge=False, header_style="bold")
        for column, width in (("número", 9), ("estado", 13), ("solicitante", 15), ("asunto", 15)):
            table.add_column(column, no_wrap=True, overflow="ellipsis", min_width=width, max_width=width)
        table.add_column("espera")
        for case in cases:
            sender = (case["requester"] or {}).get("email", "").partition("@")[0]
            cells = (case["number"], case["state"], sender, case["subject"], _waits(case))
            table.add_row(*(Text(cell) for cell in cells))
        self.console.print()
        self.console.print(table)


def _why(seen: Seen) -> Iterator[str]:
    message, case = seen.message, seen.case
    if message["rule"] and message["words"]:
        yield f"regla «{message['rule']}», por «{', '.join(message['words'])}»"
    if case and case["missing"]:
        yield f"falta: {', '.join(case['missing'])}"
    if case and case["attention"]:
        yield f"espera a una persona: {_attention(case)}"


def _attention(case: dict[str, Any]) -> str:
    """Its first clause."""
    why = str(ATTENTION.get(case["attention"], case["attention"]))
    return re.split(r"[,.:]", why)[0].lower()


def _waits(case: dict[str, Any]) -> str:
    if case["attention"]:
        return _attention(case)
    return f"falta {', '.join(case['missing'])}" if case["state"] == "precaso" else ""


def plain(text: str) -> str:
    """Without rich's markup: what mail wrote is text."""
    return text.replace("[", "\\[")
