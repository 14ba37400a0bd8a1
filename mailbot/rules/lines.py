"""A mail's text as lines that patterns can be run on."""

import re
from unicodedata import category, normalize

#: What is read: no answer is longer, and a hostile mail costs no more (hazard 44).
LINES, COLUMNS = 200, 1000
BULLET = re.compile(r"[\s*•·▪◦●○■□✓►‣#+–—-]*(?:\(?(?:\d{1,2}|[a-zA-Z])[.)-]+\s+)?[\s*_]*")


def plain(text: str) -> str:
    """Text as patterns expect it: composed letters, plain blanks and hyphens, no invisible signs."""
    if text.isascii():
        return text
    text = re.sub(r"[\u2010-\u2012\u2212]", "-", normalize("NFC", text))
    text = re.sub(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]", " ", text)
    return "".join(sign for sign in text if category(sign) not in ("Cf", "Cs"))


def lines(text: str) -> list[str]:
    """The lines a person wrote, without bullets and numbering; one that still quotes another is emptied."""
    written = (line[:COLUMNS] for line in plain(text[: LINES * COLUMNS]).splitlines()[:LINES])
    return [
        "" if line.lstrip().startswith(">") else BULLET.sub("", line, count=1).rstrip() for line in written
    ]
