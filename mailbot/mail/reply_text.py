"""What this person wrote now: a message's text without what others wrote, without footers.

For the search for data, commands and courtesies; the whole text is always kept beside it (lesson 30). What another
person wrote never stays: no field may be filled with somebody else's telephone. Of the writer's own, in doubt all.
"""

import re
from collections.abc import Sequence

from mailbot.mail.footers import without_footers, without_signature
from mailbot.mail.quoting import Line, attribution, other_message, quote_follows, read

#: stands on a line of its own above the text of every reply of ours
MARKER = "-- Escriba su respuesta encima de esta línea --"
MARKED = "escriba su respuesta encima de esta linea"
FIRST = MARKED.split(maxsplit=1)[0]
#: what stands behind is not read: nobody writes so much
CHARACTERS, LINES = 500_000, 10_000

WORDS = re.compile(r"\w+")
RULER = re.compile(r"[-_=]{5,}+")


def reply_text(text: str) -> str:
    """The sender's own lines, a blank line at most between two; "" if there are none.

    They end at our MARKER, at the header of the message answered or forwarded ("De: … Enviado: …",
    "-----Mensaje original-----"), and at "El …, X escribió:" above a text without `>`. Lines with `>` are left
    out, those between and below them stay: they answer point by point. What was typed into a quoted line is
    quoted. Of a forward only the words above it count, also if there are none: the rest is a third person's.

    The signature of a fresh message stays, it may hold name and telephone; of an answer's only its data.
    """
    lines = read_lines(text)
    ours = marker(lines)
    if not ours:
        own, answers = _own(lines)
        return _written(own, answers=answers)
    above, _ = _own(lines[: ours.start])
    if written := _written(above, answers=True):
        return "\n\n".join(filter(None, (written, _written(_below(lines[ours.start :]), answers=True))))
    if not lines[ours.start].quoted:
        return ""  # all below is our own text; what was typed into its form is read by its labels
    below, _ = _own(lines[ours.stop :])
    return _written(below, answers=True)


def _below(lines: Sequence[Line]) -> list[Line]:
    """What was added under the last quoted line; right below it without a gap it may be the end of that line."""
    end = next((n for n in range(len(lines), 0, -1) if lines[n - 1].quoted), len(lines))
    return _own(lines[end:])[0] if end < len(lines) and not lines[end].plain else []


def read_lines(text: str) -> list[Line]:
    """The lines of a text, as many as are looked at."""
    return [read(line) for line in text[:CHARACTERS].replace("\r\n", "\n").split("\n", LINES)[:LINES]]


def marker(lines: Sequence[Line]) -> range | None:
    """The lines of the marker: quoted or not, between whatever dashes, maybe wrapped."""
    for n, line in enumerate(lines):
        if FIRST not in line.plain:
            continue
        words: list[str] = []
        for near in range(n, min(n + 3, len(lines))):
            words += WORDS.findall(lines[near].plain)
            if MARKED in " ".join(words):
                return range(n, near + 1)
    return None


def _own(lines: Sequence[Line]) -> tuple[list[Line], bool]:
    """The lines that belong to this message itself, and whether it quotes or forwards another."""
    own: list[Line] = []
    n = quotes = 0
    while n < len(lines):
        if lines[n].quoted:
            n, quotes = n + 1, quotes + 1
            continue
        who = attribution(lines, n)
        if other_message(lines, n) or (who and not quote_follows(lines, n + who)):
            return own, True
        if not who:
            own.append(lines[n])
        n, quotes = n + (who or 1), quotes + who
    return own, quotes > 0


def _written(own: Sequence[Line], *, answers: bool) -> str:
    lines = without_footers(own)
    if answers:
        lines = without_signature(_without_ruler(lines))
    text = "\n".join([line.text.rstrip() for line in lines]).replace("\xa0", " ")
    return (re.sub(r"\n{3,}+", "\n\n", text) if "\n\n\n" in text else text).strip("\n")


def _without_ruler(lines: list[Line]) -> list[Line]:
    """Outlook draws a line above the header of the message it quotes."""
    while lines and (not lines[-1].plain or RULER.fullmatch(lines[-1].plain)):
        lines = lines[:-1]
    return lines
