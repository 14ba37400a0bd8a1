"""Does a message answer something that was written from our own mailbox, and not by mailbot?"""

import re

from mailbot.mail.message import Message

#: reply prefixes, not forward ones
REPLY = re.compile(r"^\s*(re|res|rif|aw|sv|rta?)\s*(\[\d+\]|\(\d+\))?\s*:", re.IGNORECASE)
#: who wrote what is quoted: «De: … <a@b>», or «El … <a@b> escribió:», perhaps on two lines
FROM = re.compile(r"[>\s*]{0,20}(?:de|from|von)\s{0,5}:", re.IGNORECASE)
WROTE = re.compile(r"(?:escribi[oó]|wrote|escreveu)\s{0,5}:", re.IGNORECASE)
#: characters of the text, and of what stands on such a line
LENGTH, NEAR = 100_000, 400


def answers_us(message: Message, own_addresses: frozenset[str]) -> bool:
    """«Re:» with references that nobody here knows, and the first thing it quotes was written by one of ours."""
    if not (message.thread and REPLY.match(message.subject)):
        return False
    author = _first_author(message.text[:LENGTH]).lower()
    return any(address in author for address in own_addresses)


def _first_author(text: str) -> str:
    """Line by line: a pattern that goes over lines takes minutes on 30,000 blanks (hazard 44)."""
    before = ""
    for line in text.split("\n"):
        if FROM.match(line):
            return line[:NEAR]
        if wrote := WROTE.search(line):
            return f"{before} {line[: wrote.start()]}"[-NEAR:]
        before = line
    return ""
