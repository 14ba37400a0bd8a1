"""Which addresses are our own, and whether a message answers something written from them, and not by mailbot."""

from mailbot.mail.message import Message
from mailbot.mail.quoted_request import BEFORE
from mailbot.mail.quoting import attribution, read
from mailbot.mail.subjects import says_answered

#: how the X-Mailbot-Reference of a mail begins in which the service tells of itself
ALERT = "<alerta."
#: characters and lines of the text that are looked at
LENGTH, LINES = 100_000, 2_000


def is_own(email: str, own_addresses: frozenset[str]) -> bool:
    """One of ours, also with a tag: `soporte+x@mesa.example` is delivered to us too (RFC 5233, hazard 5)."""
    local, _, domain = email.rpartition("@")
    return email in own_addresses or f"{local.partition('+')[0]}@{domain}" in own_addresses


def is_own_alert(message: Message, own_addresses: frozenset[str]) -> bool:
    """Another desk's service may be watched by a rule as any machine is; ours must not watch itself."""
    sender = message.from_
    marked = any(reference.startswith(ALERT) for reference in message.mailbot_references)
    return marked and sender is not None and is_own(sender.email, own_addresses)


def answers_us(message: Message, own_addresses: frozenset[str]) -> bool:
    """«Re:» with references that nobody here knows, and the first thing it quotes was written by one of ours."""
    if not (message.thread and says_answered(message.subject)):
        return False
    author = _first_author(message.text[:LENGTH])
    return any(address in author for address in own_addresses)


def _first_author(text: str) -> str:
    """«De: … <a@b>», or «El … <a@b> escribió:», perhaps on several lines, in plain letters."""
    lines = [read(line.lstrip(BEFORE)) for line in text.split("\n", LINES)[:LINES]]
    for n, line in enumerate(lines):
        if line.label == "from":
            return line.plain
        if announcing := attribution(lines, n):
            return " ".join(one.plain for one in lines[n : n + announcing])
    return ""
