"""An order becomes a mail: fixed bytes and Message-ID, stored before anything is sent.

The same arguments make the same bytes, so that a retry is the same mail (invariant 4).
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.utils import format_datetime
from functools import lru_cache

from jinja2 import TemplateError

from mailbot.desk.case import Case
from mailbot.desk.decision import Order, Role
from mailbot.mail.message import Message
from mailbot.replies import clean
from mailbot.replies.facts import DeskIdentity, facts
from mailbot.replies.mime import NotWritable, write
from mailbot.replies.templates import Templates

__all__ = ["Composed", "DeskIdentity", "NotWritable", "compose"]

TOKEN = re.compile(r"[A-Za-z0-9_-]{1,60}")
#: ids in References: the first and the latest ones, ours included
CHAIN = 20


@dataclass(frozen=True, slots=True)
class Composed:
    """A reply as it goes out. `reference`: our random id in its angle brackets, also the `message_id`."""

    message_id: str
    reference: str
    subject: str
    to: str
    envelope_from: str
    data: bytes


def compose(
    order: Order,
    *,
    case: Case | None,
    answered: Message | None,
    identity: DeskIdentity,
    templates: Templates,
    token: str,
    now: datetime,
) -> Composed:
    """`token`: unguessable, at most 60 of A-Z a-z 0-9 _ - (invariant 5). Raises NotWritable."""
    _refuse(order, identity, token)
    try:
        said = templates.render(order.template, facts(order, case, answered, identity, now))
    except TemplateError as error:
        raise NotWritable(f"La plantilla «{order.template}» falla: {error}") from error
    reference = f"<ms.{token}@{identity.domain}>"
    headers = {
        "From": _sender(identity),
        "To": order.to,
        "Subject": clean.header(said.subject, 2 * clean.SUBJECT),
        "Date": format_datetime(now),
        "Message-ID": reference,
        **_thread(None if order.role is Role.DESK else answered, reference),
        "X-Mailbot-Reference": reference,
        "Auto-Submitted": order.auto_submitted,  # RFC 3834 §5
        "X-Auto-Response-Suppress": "DR, RN, NRN, OOF, AutoReply",  # not NDR: bounces must come back
    }
    data = write(headers, clean.printable(said.text), clean.printable(said.html), boundary=f"=_ms.{token}")
    return Composed(reference, reference, headers["Subject"], order.to, identity.address, data)


@lru_cache(maxsize=100)
def _sender(identity: DeskIdentity) -> str:
    name = clean.header(identity.name, clean.SUBJECT)
    return str(Address(re.sub(r'["\\\\]', "'", name), addr_spec=identity.address))


def _refuse(order: Order, identity: DeskIdentity, token: str) -> None:
    if not TOKEN.fullmatch(token):
        raise NotWritable("La referencia del correo no es válida.")
    for address in (order.to, identity.address):
        if not clean.is_address(address):
            raise NotWritable("La dirección no es una dirección de correo simple; no se le puede escribir.")


def _thread(answered: Message | None, reference: str) -> dict[str, str]:
    """In-Reply-To and References (RFC 5322 §3.6.4). Our reference is the last entry: providers that replace
    Message-IDs leave it standing (invariant 5)."""
    if not answered:
        return {"References": reference}
    parents = answered.references or answered.in_reply_to[:1]
    chain = [i for i in clean.message_ids((*parents, answered.message_id)) if i != reference]
    if len(chain) >= CHAIN:
        chain = [chain[0], *chain[2 - CHAIN :]]
    own_id = clean.message_ids([answered.message_id])
    in_reply_to = {"In-Reply-To": own_id[0]} if own_id else {}
    return {**in_reply_to, "References": " ".join([*chain, reference])}
