"""Where another message begins in a text: quoted or forwarded, as the mail programs of our users write it.

Patterns look at single lines, made `plain`, of at most 400 characters, and at a few neighbours: a hostile text
costs what a long one costs (hazard 44). Spanish, English and Portuguese; of other languages, what is marked `>`.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from mailbot.mail.plain import plain

QUOTED = re.compile(r"[\s\ufeff]{0,3}>")
#: "-----Mensaje original-----" (Outlook, Samsung), "---------- Forwarded message ---------" (Gmail), Lotus
DIVIDER = re.compile(
    r"[-_=]{2,}+ ?(?:(?:mensaje|mensagem|correo|message) (?:original|reenviado|encaminhada|citado)"
    r"|(?:original|forwarded) message|(?:reenviado|forwarded|encaminhado) (?:por|by) .{1,100}?)[-_= :]*+"
)
#: Apple
FORWARDED = re.compile(
    r"inicio del mensaje reenviado ?:|begin forwarded message ?:|inicio da mensagem (?:re)?encaminhada ?:"
)
#: "El lun, 3 feb 2025 a las 9:00, Ana (<ana@x>) escribió:" begins so, and ends so up to three lines below.
#: "El lunes a las 9:00 mi jefe me escribió:" is told by a person.
OPENS = re.compile(r"[- ]{0,8}(?:el|on|em|\d{4}-\d\d-\d\d)\b")
WROTE = re.compile(
    r".*(?<! me)(?<! le)(?<! te)(?<! se)(?<! nos)(?<! les) (?:escribio|wrote|escreveu|ha escrito)(?: ?:| ?-{2,})"
)
#: Lotus: "Ana Pérez escribió el 03/02/2025 09:00:00:"
WROTE_ON = re.compile(r".{1,150} (?:escribio|wrote|escreveu) (?:el|on|em|en) .{4,80}:")
#: without a time or an address it is prose, unless a quote follows
WHEN = re.compile(r"\b\d{1,2}[:.h]\d\d\b|\w@\w")
DATED = re.compile(r"\b\d{1,2}[:.h]\d\d\b|\b(?:19|20)\d\d\b")
ENDS = (":", "-")
ATTRIBUTION_LINES = 4

#: the header that Outlook, Zimbra, Lotus and telephones put above what is answered or forwarded
LABEL = re.compile(
    r"\W{0,3}(?:(?P<from>de|from|remitente)|(?P<sent>enviado(?: el| em|s)?|enviada(?: em)?|sent)"
    r"|(?P<date>fecha(?: de envio)?|date|data)|(?P<to>para|to|a)|(?P<cc>cc|cco|bcc)"
    r"|(?P<subject>asunto|subject|assunto)) ?: ?(?P<value>.*)"
)
HEADER_LINES = 12
DIGIT = re.compile(r"\d")
CLOCK = re.compile(r"\d[:.h]\d\d\b")


class Line(NamedTuple):
    """A line as written, and as patterns look at it (without the asterisks of bold text)."""

    text: str
    plain: str
    quoted: bool
    #: `from`, `sent`, `date`, `to`, `cc` or `subject` where it looks like a line of a header
    label: str = ""
    value: str = ""


#: every second line of many mails
_EMPTY = Line("", "", quoted=False)


def read(text: str) -> Line:
    """One line, looked at."""
    if not text:
        return _EMPTY
    looked_at = plain(text.replace("*", ""))
    label = LABEL.fullmatch(looked_at) if ":" in looked_at else None
    quoted = ">" in text and QUOTED.match(text) is not None
    if not label:
        return Line(text, looked_at, quoted)
    *kinds, (_, value) = label.groupdict().items()
    kind = next(kind for kind, said in kinds if said is not None)
    return Line(text, looked_at, quoted, kind, value)


def attribution(lines: Sequence[Line], n: int) -> int:
    """The number of lines from the n-th on that only say who wrote what follows; 0 if there are none."""
    if not lines[n].plain:
        return 0
    if _says_who(lines, n):
        return 1
    if not OPENS.match(lines[n].plain):
        return 0
    whole = lines[n].plain
    for count, line in enumerate(lines[n + 1 : n + ATTRIBUTION_LINES], start=2):
        if line.quoted or not line.plain:
            return 0
        whole += " " + line.plain
        if line.plain.endswith(ENDS) and WROTE.fullmatch(whole):
            return count if WHEN.search(whole) or quote_follows(lines, n + count) else 0
    return 0


def _says_who(lines: Sequence[Line], n: int) -> bool:
    line = lines[n].plain
    if not line.endswith(ENDS):
        return False
    if WROTE.fullmatch(line) or WROTE_ON.fullmatch(line):
        return bool(WHEN.search(line)) or quote_follows(lines, n + 1)
    return bool(DATED.search(line)) and quote_follows(lines, n + 1)  # in a language we do not know


def quote_follows(lines: Sequence[Line], n: int) -> bool:
    """The next line that holds anything is quoted."""
    return next((line.quoted for line in lines[n : n + 4] if line.plain), False)


def other_message(lines: Sequence[Line], n: int) -> bool:
    """From the n-th line on, all belongs to another message."""
    line = lines[n]
    if not line.plain:
        return False
    if line.label:
        return _is_header(lines, n) if line.label == "from" else _leads_to_from(lines, n)
    return bool(DIVIDER.fullmatch(line.plain) or FORWARDED.fullmatch(line.plain))


def _leads_to_from(lines: Sequence[Line], n: int) -> bool:
    """Hotmail's "Date, Subject, From, To": a header in which From is not the first.

    Where the lines from From on are a header by themselves, those above it are the writer's own.
    """
    for at in range(n + 1, min(n + 5, len(lines))):
        if lines[at].label == "from":
            return _is_header(lines, n) and not _is_header(lines, at)
        if not lines[at].label:
            return False
    return False


def _is_header(lines: Sequence[Line], n: int) -> bool:
    """From, when, and to whom or what about. "Para:" in prose, or a memo's De, Para, Asunto, Fecha, is none."""
    values: dict[str, str] = {}
    last = ""
    for line in lines[n : n + HEADER_LINES]:
        if line.label:
            last = line.label
            values.setdefault(last, line.value)
        elif last:
            values[last] += " " + line.plain  # a value goes on in the next line
    if "from" not in values or values.keys().isdisjoint({"to", "subject"}):
        return False
    if DIGIT.search(values.get("sent", "")):
        return True
    date = values.get("date", "")
    whole = values.keys() >= {"to", "subject"} and bool(CLOCK.search(date))
    return bool(DIGIT.search(date)) and ("@" in values["from"] or whole)
