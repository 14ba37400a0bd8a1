"""Text as the patterns of this room look at it."""

from unicodedata import combining, normalize

#: of a line or a subject, so much is looked at: what marks a quote or a robot stands within it
LENGTH = 400


def plain(text: str) -> str:
    """The beginning of `text` in lower case, without accents or invisible signs, with single blanks."""
    text = text[:LENGTH]
    if not text.isascii():
        decomposed = normalize("NFKD", text).casefold()
        text = "".join(c for c in decomposed if c.isspace() or (c.isprintable() and not combining(c)))
    return " ".join(text.lower().split())
