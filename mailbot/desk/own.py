"""Does a message answer something that was written from our own mailbox, and not by mailbot?"""

import re

from mailbot.mail.message import Message

#: reply prefixes, not forward ones
REPLY = re.compile(r"^\s*(re|res|rif|aw|sv|rta?)\s*(\[\d+\]|\(\d+\))?\s*:", re.IGNORECASE)
#: who wrote what is quoted: «De: … <a@b>» or «El … <a@b> escribió:»
AUTHOR = re.compile(
    r"(?im)^[>\s*]*(?:de|from|von)\s*:\*?(?P<from>[^\n]{0,200})$|(?P<wrote>[^\n]{0,200}\n?[^\n]{0,200})(?:escribi[oó]|wrote|escreveu)\s*:"
)


def answers_us(message: Message, own_addresses: frozenset[str]) -> bool:
    """«Re:» with references that nobody here knows, and the first thing it quotes was written by one of ours."""
    if not (message.thread and REPLY.match(message.subject)):
        return False
    quoted = AUTHOR.search(message.text[:100_000])
    author = (quoted["from"] or quoted["wrote"] or "").lower() if quoted else ""
    return any(address in author for address in own_addresses)
