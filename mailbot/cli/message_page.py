"""A message as its page on a terminal: what became of it, and every reason."""

from collections.abc import Iterator
from typing import Any

from mailbot.cli import layout, words

Row = dict[str, Any]


def show(m: Row, reply: Row | None, zone: str) -> None:
    layout.title(f"mensaje {m['id']}", words.subject(m))
    layout.facts(_about(m, reply, zone))
    layout.heading("Por qué")
    layout.items(words.reasons(m["reasons"]))
    if m.get("earlier"):
        layout.heading("Antes")
        layout.items([f"{words.OUTCOMES.get(e['outcome'], e['outcome'])}" for e in m["earlier"]])
    if m["attachments"]:
        layout.heading("Adjuntos")
        layout.items([_attachment(a) for a in m["attachments"]])
    if m["reply_text"].strip():
        layout.heading("Lo que escribió")
        layout.quoted(m["reply_text"])


def _about(m: Row, reply: Row | None, zone: str) -> Iterator[tuple[str, str]]:
    verified = "verificado" if m["sender_verified"] else "sin verificar"
    yield "qué fue", words.OUTCOMES[m["outcome"]] + (f": {m['case']}" if m["case"] else "")
    if not m["removed_at"]:
        yield "de", f"{m['from']} ({verified})" if m["from"] else "nadie: no tiene un único remitente válido"
    yield "llegó", f"{layout.local(m['received_at'], zone)}, al buzón {m['mailbox']}"
    yield "está en", "; ".join(_place(p) for p in m["locations"]) or "ninguna carpeta conocida"
    yield "regla", m["rule"] or "ninguna"
    yield "palabras", ", ".join(f"«{word}»" for word in m["words"])
    yield "coincidían", ", ".join(m["also_matched"])
    if reply or not m["removed_at"]:  # whether it was answered is not known any more
        yield "respuesta", _reply(reply)
    yield "reparado", "; ".join(m["repaired"])
    yield "Message-ID", m["message_id"]


def _attachment(a: Row) -> str:
    inside = f" (dentro de {a['inside']})" if a.get("inside") else ""
    return f"{a['name'] or 'sin nombre'}{inside}, {a['type']}, {size(a['size'])}"


def _place(p: Row) -> str:
    return f"{p['folder']}, UID {p['uid']}" if p["uid"] else str(p["folder"])


def _reply(reply: Row | None) -> str:
    if reply is None:
        return "ninguna"
    status = words.STATUSES.get(reply["status"], reply["status"])
    return f"{reply['template']}, a {reply['to']}: {status}"


def size(octets: int) -> str:
    """`640 B`, `12 KB`, `3,4 MB`."""
    if octets < 1000:
        return f"{octets} B"
    if octets < 1_000_000:
        return f"{octets / 1000:.0f} KB"
    return f"{octets / 1_000_000:.1f} MB".replace(".", ",")
