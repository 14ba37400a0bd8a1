"""Tables and pages for a terminal; plain in a pipe. What mail wrote is printed as text, never as markup."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mailbot.cli import words
from mailbot.daemon.logs import escaped
from mailbot.rules.settings import SEVERITIES

Row = dict[str, Any]


def console() -> Console:
    return Console(highlight=False, soft_wrap=True)


def local(at: str | None, zone: str) -> str:
    """`2026-11-18 10:05`, in the service's timezone; "" for none."""
    if not at:
        return ""
    return datetime.fromisoformat(at).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def text(value: object) -> Text:
    """What came from outside: control characters escaped, no markup."""
    return Text("\n".join(escaped(line) for line in str(value).split("\n")))


def table(headings: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    """One line a row on a terminal; where nobody watches, tabs between the cells and nothing cut."""
    out = console()
    if not out.is_terminal:
        for row in rows:
            out.print(text("\t".join(str(cell) for cell in row)))
        return
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        shown.add_column(heading, overflow="fold")
    for row in rows:
        shown.add_row(*(text(cell) for cell in row))
    Console(highlight=False).print(shown)


def cases(found: list[Row], zone: str) -> None:
    table(
        ("número", "estado", "regla", "solicitante", "asunto", "vence", "atención"),
        [
            (
                c["number"],
                c["state"],
                c["rule"],
                (c["requester"] or {}).get("email", ""),
                c["subject"][:50],
                local(c["deadline"], zone) if c["state"] == "precaso" else "",
                words.ATTENTION.get(c["attention"] or "", c["attention"] or ""),
            )
            for c in found
        ],
    )


def case(c: Row, zone: str) -> None:
    out = console()
    out.print(Text(f"{c['number']} · {c['state']}", style="bold"), text(f"· {c['subject']}"))
    requester = c["requester"] or {"name": "", "email": "desconocido"}
    lines = [
        ("solicitante", f"{requester['name']} <{requester['email']}>".strip()),
        ("regla", f"{c['rule']} · {c['kind']} · severidad {c['severity']} ({SEVERITIES[c['severity']]})"),
        ("grupo", f"{c['group']} · nivel {c['level']} · canal {c['channel']} · buzón {c['mailbox']}"),
        ("registrado", local(c["registered_at"], zone)),
        ("vence", local(c["deadline"], zone)),
        ("atención", words.ATTENTION.get(c["attention"] or "", c["attention"] or "")),
    ]
    _facts(lines)
    if c["required"]:
        out.print(Text("datos", style="bold"))
        doubtful = set(c.get("doubtful", ()))
        _facts(
            [(n, f"{v or '— falta'}{' (dudoso)' if n in doubtful else ''}") for n, v in c["required"].items()]
        )
    if c["related"]:
        out.print(Text("relaciones", style="bold"))
        _facts([(r["number"], r["how"]) for r in c["related"]])
    out.print(Text("historia", style="bold"))
    for e in c["history"]:
        step = f"{e['from_state'] or '·'} → {e['to_state']}" if e["to_state"] else ""
        out.print(
            text(
                "  "
                + "  ".join(p for p in (local(e["at"], zone), e["kind"], step, e["reason"], e["by"]) if p)
            )
        )
    out.print(Text("respuestas", style="bold"))
    for r in c["replies"]:
        sent = local(r["sent_at"] or r["queued_at"], zone)
        out.print(text(f"  {sent}  {r['template']}  {r['status']}  a {r['to']}"))
    out.print(text(f"mensajes: {', '.join(map(str, c['messages']))} — «mailbot explain N» cuenta cada uno"))


def messages(found: list[Row], zone: str) -> None:
    table(
        ("id", "llegó", "de", "asunto", "desenlace", "caso", "regla"),
        [
            (
                m["id"],
                local(m["received_at"], zone),
                m["from"] or "—",
                m["subject"][:50],
                m["outcome"],
                m["case"] or "",
                m["rule"] or "",
            )
            for m in found
        ],
    )


def message(m: Row, zone: str) -> None:
    out = console()
    out.print(Text(f"mensaje {m['id']}", style="bold"), text(f"· {m['subject'] or '(sin asunto)'}"))
    told = words.OUTCOMES[m["outcome"]] + (f": {m['case']}" if m["case"] else "")
    verified = "remitente verificado" if m["sender_verified"] else "remitente sin verificar"
    where = ", ".join(f"{p['folder']} (UID {p['uid'] or '?'})" for p in m["locations"])
    _facts(
        [
            ("qué pasó", told),
            ("de", f"{m['from'] or 'sin un único remitente válido'} ({verified})"),
            ("llegó", f"{local(m['received_at'], zone)} al buzón {m['mailbox']}"),
            ("está en", where),
            ("Message-ID", m["message_id"]),
            ("palabras", ", ".join(m["words"])),
            ("también", ", ".join(m["also_matched"])),
            ("reparado", "; ".join(m["repaired"])),
        ]
    )
    out.print(Text("por qué", style="bold"))
    for line in words.reasons(m["reasons"]):
        out.print(text(f"  · {line}"))
    if m["attachments"]:
        out.print(Text("adjuntos", style="bold"))
        for a in m["attachments"]:
            out.print(text(f"  {a['name']} · {a['type']} · {a['size']} octetos"))
    if m["reply_text"]:
        out.print(Text("lo que escribió", style="bold"))
        out.print(text("\n".join(f"  {line}" for line in m["reply_text"].strip().split("\n"))))


def _facts(lines: list[tuple[str, str]]) -> None:
    for name, value in lines:
        if value:
            console().print(text(f"  {name:<12} {value}"))
