"""Our own mail as it came back in an answer."""

import re
from collections.abc import Sequence

from mailbot.mail.plain import letters
from mailbot.mail.quoting import Line, attribution, other_message, read
from mailbot.mail.reply_text import CHARACTERS, FIRST, MARKED, WORDS, marker, read_lines

#: what may stand before each quoted line
BEFORE = "> \t\xa0\ufeff"
#: header fields that nobody types, in the text of a mail whose parts could not be told apart
FIELD = re.compile(
    r"(?:content-(?:type|disposition|transfer-encoding|id)|message-id|mime-version|received|return-path) ?:"
)


def quoted_request(text: str) -> list[Line]:
    """The lines below the marker of the newest mail of ours in this text, up to where another message begins.

    None where somebody else's mail stands between the answer and ours, or where a program has run our lines
    into one: what was typed into ours, and by whom, cannot be told then.
    """
    if FIRST not in letters(text[:CHARACTERS]):
        return []
    lines = read_lines(text)
    ours = marker(lines)
    if not ours or _words(lines[ours.start : ours.stop]) != MARKED.split():
        return []
    if _messages(lines[: ours.start]) > 1:
        return []
    below = lines[ours.stop :]
    older = marker(below)
    below = below[: older.start] if older else below
    bare = _bare(below)
    return below[: next((n for n in range(len(bare)) if _another_begins(bare, n)), len(bare))]


def _words(lines: Sequence[Line]) -> list[str]:
    return WORDS.findall(" ".join(line.plain for line in lines))


def _messages(lines: Sequence[Line]) -> int:
    """How many messages these lines announce: by "El …, X escribió:" or by a header, quoted or not."""
    bare = _bare(lines)
    count, announcing = 0, False
    for n, line in enumerate(bare):
        if attribution(bare, n) or other_message(bare, n):
            count += not announcing
            announcing = True
        elif line.plain and not line.label:
            announcing = False
    return count


def _another_begins(bare: Sequence[Line], n: int) -> bool:
    return bool(attribution(bare, n) or other_message(bare, n) or FIELD.match(bare[n].plain))


def _bare(lines: Sequence[Line]) -> list[Line]:
    return [line if line.text[:1] not in BEFORE else read(line.text.lstrip(BEFORE)) for line in lines]
