"""Bytes → `Message`: the border where every value is mended once, typed, decoded, bounded."""

import re
from collections.abc import Mapping
from datetime import datetime

from mailparser.dates import parse_mail_date  # type: ignore[import-untyped]

from mailbot.mail import (
    address,
    attachments,
    authentication,
    automatic,
    bounce,
    forward,
    headers,
    identity,
    structure,
    text,
)
from mailbot.mail.automatic import Signs
from mailbot.mail.headers import Headers
from mailbot.mail.message import Kind, Message
from mailbot.mail.octets import Octets
from mailbot.mail.reply_text import reply_text
from mailbot.mail.structure import Part, Unreadable

__all__ = ["Unreadable", "parse"]

#: RFC 5322 §2.1.1 bounds a line; what a subject has beyond it no rule and no reply needs
SUBJECT = 998

_METHOD = re.compile(rb"^METHOD:[ \t]*(\w{1,20})", re.I | re.M)


def parse(raw: Octets, *, trust: str = "", whole: bool = True) -> Message:
    """The message that these bytes are. `trust` names who vouches for senders (see `authentication`).

    `whole` is False where only the header and the text part were fetched. Raises `Unreadable` for a mail
    whose parts are nested too deep; every other defect is mended and told in `repaired`.
    """
    notes: list[str] = []
    root = structure.read(raw, notes)
    own = root.headers
    content = identity.hash_of(own, *root.place)
    message_id, id_problem = identity.message_id(own, content)
    from_, from_problem = address.sender(own.all("from"))
    written = text.read(root, notes)
    return_path = address.path(next(iter(own.all("return-path")), None))
    files = attachments.of(root, notes)
    bounced, returned = bounce.read(root, from_, written)
    damaged: list[str] = []
    decoded = own.decoded(damaged)
    subject = _subject(own, decoded, notes)
    notes += damaged
    kind, reasons = automatic.judge(
        Signs(
            headers=decoded,
            subject=subject,
            from_=from_,
            return_path=return_path,
            # as declared: a report whose parts cannot be told apart is read as text, and is a report
            content_type=structure.declared(own.first("content-type")) or "text/plain",
            content_type_params=root.params,
            calendar_method=_calendar_method(root),
            bounce=bounced,
        )
    )
    own_words = reply_text(written)
    forwarded = forward.original(subject, written, own_words, root, from_) if kind is Kind.PERSON else None
    notes += [problem for problem in (id_problem, from_problem) if problem]
    if not whole:
        notes.append("demasiado grande: no se leyeron los adjuntos")
    return Message(
        message_id=message_id,
        content_hash=content,
        subject=subject,
        from_=from_,
        reply_to=address.read(own.all("reply-to"), notes),
        to=address.read(own.all("to"), notes),
        cc=address.read(own.all("cc"), notes),
        return_path=return_path,
        in_reply_to=identity.read(own.all("in-reply-to")),
        references=identity.read(own.all("references")),
        mailbot_references=tuple(dict.fromkeys((*identity.read(own.all("x-mailbot-reference")), *returned))),
        date=_date(own, notes),
        text=written,
        reply_text=own_words,
        attachments=files,
        kind=kind,
        kind_reasons=reasons,
        suppresses_replies=automatic.suppresses(decoded),
        bounce=bounced,
        forwarded_from=forwarded,
        verified=authentication.verified(own, from_, trust),
        repaired=tuple(dict.fromkeys(notes)),
        text_was_read=whole or bool(written.strip()),
    )


def _subject(own: Headers, decoded: Mapping[str, tuple[str, ...]], notes: list[str]) -> str:
    values = own.all("subject")
    if len(values) > 1:
        notes.append("varias cabeceras Subject: vale la primera")
    if values and not values[0].isascii():
        notes.append("asunto con letras sin codificar")
    subject = decoded["subject"][0] if values else ""
    if len(subject) > SUBJECT:
        notes.append("asunto muy largo: se cortó")
    return subject[:SUBJECT]


def _date(own: Headers, notes: list[str]) -> datetime | None:
    """What the sender's clock said: for people, never for a deadline (hazard 65)."""
    value = own.first("date")
    date = parse_mail_date(headers.text(value)).value if value else None
    if value and date is None:
        notes.append("fecha que no se entiende")
    return date


def _calendar_method(root: Part) -> str:
    """METHOD of the first calendar part, in upper case; "" where there is none (RFC 5546 §1.4)."""
    part = next((leaf for leaf in root.leaves if leaf.type == "text/calendar"), None)
    if part is None:
        return ""
    inside = _METHOD.search(part.content[: 64 * 1024])
    return (part.params.get("method") or (inside[1].decode() if inside else "")).upper()
