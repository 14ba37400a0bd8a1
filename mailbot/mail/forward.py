"""Who asked for help in a mail that somebody forwards: proposed to the desk, never taken for it (lesson 29).

Only the first header below the forwarder's own words is looked at: what stands deeper was forwarded before.
"""

import re
from collections.abc import Sequence

from mailbot.mail import address, automatic, headers
from mailbot.mail.automatic import Signs
from mailbot.mail.headers import Headers
from mailbot.mail.message import Address, Kind
from mailbot.mail.plain import letters
from mailbot.mail.quoting import DIVIDER, FORWARDED, HEADER_LINES, Line, attribution, other_message, read
from mailbot.mail.structure import Part
from mailbot.mail.subjects import says_forwarded, without_prefixes

#: characters of the forwarder's own words, with the signature: who writes more asks for something himself
WORDS = 800
#: of the text so much is searched for the header
CHARACTERS, LINES = 50_000, 200
ATTACHED = ("message/rfc822", "message/global")

MARKS = ("reenviad", "forwarded", "encaminhad")
SAYS_FORWARDED = re.compile("|".join(MARKS))
#: ana@x<mailto:ana@x>, [mailto:ana@x]: links that Outlook writes out
LINK_BESIDE = re.compile(r"(?<=[\w>])\s?<mailto:[^<>]*>", re.IGNORECASE)
LINK = re.compile(r"[\[(<]mailto:([^\[\]()<>]*)[\])>]", re.IGNORECASE)
QUOTES = re.compile(r"^(?:\s{0,3}>)+ ?")


def original(subject: str, text: str, own_words: str, root: Part, sender: Address | None) -> Address | None:
    """The person who wrote what `sender` forwards, by one valid address; None where that is not clear.

    `own_words`: the text above it. A robot's or a list's mail was nobody's request.
    """
    if sender is None or len(own_words) > WORDS:
        return None
    says_so = says_forwarded(subject)
    written = text[:CHARACTERS]
    lines = _lines(written, says_so=says_so) if says_so or _may_be_marked(written) else []
    at = _forwarded(lines, says_so=says_so)
    if at is not None:
        found = _author(lines[at:])
        found = found if automatic.judge(Signs(from_=found))[0] is Kind.PERSON else None
    else:
        found = _attached(root, subject, says_so=says_so)
    return found if found and found.email != sender.email else None


def _may_be_marked(text: str) -> bool:
    """What marks a forward says one of these."""
    said = letters(text)
    return any(word in said for word in MARKS)


def _lines(text: str, *, says_so: bool) -> list[Line]:
    """HTML marks what Outlook forwards as a quote."""
    written = text.split("\n", LINES)[:LINES]
    return [read(QUOTES.sub("", line) if says_so else line) for line in written]


def _forwarded(lines: Sequence[Line], *, says_so: bool) -> int | None:
    """Where another message begins, if it is forwarded and not answered."""
    for n, line in enumerate(lines):
        if attribution(lines, n):
            return None
        if not line.quoted and other_message(lines, n):
            is_marked = FORWARDED.fullmatch(line.plain) or _is_divider(line)
            return n if says_so or is_marked else None
    return None


def _is_divider(line: Line) -> bool:
    """Outlook's "Mensaje original" stands above answers too."""
    return bool(DIVIDER.fullmatch(line.plain) and SAYS_FORWARDED.search(line.plain))


def _author(lines: Sequence[Line]) -> Address | None:
    """The From of the header that begins here, maybe behind a line that says so; Apple quotes it."""
    header = [read(QUOTES.sub("", line.text)) for line in lines[: 2 * HEADER_LINES]]
    for n, line in enumerate(header):
        if line.label == "from":
            written = line.text.partition(":")[2]
            if "@" not in written and n + 1 < len(header) and not header[n + 1].label:
                written += " " + header[n + 1].text  # it goes on in the next line
            return _address(written)
        if n and not line.label and line.plain and header[n - 1].label:
            return None  # the header is over
    return None


def _address(written: str) -> Address | None:
    bare = LINK.sub(r"<\1>", LINK_BESIDE.sub("", written.replace("*", "")))
    return address.sender((bare.strip().encode(),))[0]


def _attached(root: Part, subject: str, *, says_so: bool) -> Address | None:
    """Of the one mail that is attached, if this one has its subject or none: Gmail gives none."""
    attached = [leaf for leaf in root.leaves if leaf.type in ATTACHED]
    if len(attached) != 1:
        return None
    own = headers.of(attached[0].outline)
    found, _ = address.sender(own.all("from"))
    if found is None or not (says_so or not subject or _same_subject(own, subject)):
        return None
    signs = Signs(headers=own.decoded(), subject=own.text("subject"), from_=found)
    return found if automatic.judge(signs)[0] is Kind.PERSON else None


def _same_subject(own: Headers, subject: str) -> bool:
    inner = without_prefixes(own.text("subject"))
    return bool(inner) and inner == without_prefixes(subject)
