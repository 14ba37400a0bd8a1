"""Text as the patterns of this room look at it."""

import re
from unicodedata import combining, normalize

#: of a line or a subject, so much is looked at: what marks a quote or a robot stands within it
LENGTH = 400
#: the marks that decomposed Spanish is written with
ACCENTS = re.compile("[\u0300-\u0344]+")


def plain(text: str) -> str:
    """The beginning of `text` in lower case, without accents or invisible signs, with single blanks."""
    text = text[:LENGTH]
    if not text.isascii():
        text = ACCENTS.sub("", normalize("NFKD", text).casefold())
        if not (text.isascii() and text.isprintable()):  # looked at one by one only where need be
            text = "".join(c for c in text if c.isspace() or (c.isprintable() and not combining(c)))
    return " ".join(text.lower().split())
