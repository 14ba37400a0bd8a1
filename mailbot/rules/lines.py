"""A mail's text as lines that patterns can be run on."""

import re
from collections.abc import Sequence
from unicodedata import category, normalize

#: What is read: no answer is longer, and a hostile mail costs no more (hazard 44).
LINES, COLUMNS = 200, 1000
BULLET = re.compile(r"[\s*•·▪◦●○■□✓►‣#+–—-]*(?:\(?(?:\d{1,2}|[a-zA-Z])[.)-]+\s+)?[\s*_]*")
#: A list item, which begins a line of its own.
LISTED = re.compile(r"\s*(?:[*•·▪◦●○■□✓►‣#+–—-]|\(?(?:\d{1,2}|[a-zA-Z])[.)-]+\s)")
HYPHENS = "\u2010\u2011\u2012\u2212"
BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
#: A line with less room than this for the next word was broken for it, if it is no longer than this itself.
BROKEN = (70, 80)


def plain(text: str) -> str:
    """Text as patterns expect it: composed letters, plain blanks and hyphens, no invisible signs."""
    if text.isascii():
        return text
    text = normalize("NFC", text)
    for hyphen in HYPHENS:
        text = text.replace(hyphen, "-")
    if text.replace("\n", "").isprintable():  # neither the blanks nor the signs are
        return text
    text = BLANKS.sub(" ", text)
    return "".join(sign for sign in text if sign.isprintable() or category(sign) not in ("Cf", "Cs"))


def lines(text: str) -> list[str]:
    """The lines a person wrote, without bullets and numbering; one that still quotes another is emptied."""
    written = [line[:COLUMNS].rstrip() for line in plain(text[: LINES * COLUMNS]).splitlines()[:LINES]]
    return [
        "" if line.lstrip().startswith(">") else BULLET.sub("", line, count=1) for line in _unwrapped(written)
    ]


def _unwrapped(written: Sequence[str]) -> list[str]:
    """Sentences whole again that a program has broken at its 78 columns or fewer (RFC 3676 §4.2)."""
    whole: list[str] = []
    room = 0
    for line in written:
        first = line.split(" ", 1)[0]
        if (
            whole
            and first
            and BROKEN[0] <= room + 1 + len(first)
            and room <= BROKEN[1]
            and _goes_on(whole[-1], line)
        ):
            whole[-1] += " " + line
        else:
            whole.append(line)
        room = len(line)
    return whole


def _goes_on(above: str, line: str) -> bool:
    ends = above.endswith((".", ":", ";", "!", "?")) or ">" in (above.lstrip()[:1], line.lstrip()[:1])
    return not ends and ":" not in line and not LISTED.match(line) and len(above) + len(line) < COLUMNS
