"""Did you mean? The nearest known word, or all of them; a duration as we write it."""

import re
from collections.abc import Collection
from difflib import get_close_matches

#: how people begin to write a unit → how many of which of ours
UNITS = {
    "mili": (1, "ms"),
    "ms": (1, "ms"),
    "se": (1, "s"),
    "mi": (1, "m"),
    "h": (1, "h"),
    "d": (1, "d"),
    "sem": (7, "d"),
    "w": (7, "d"),
    "mes": (30, "d"),
    "mon": (30, "d"),
}


def nearest(word: str, known: Collection[str], *, cutoff: float = 0.6) -> str | None:
    """The known word most like it, whatever its case; None if none is near (`cutoff`: 1 is the same)."""
    by_lower = {one.lower(): one for one in known}
    close = get_close_matches(word.lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[close[0]] if close else None


def duration_meant(key: str, written: object) -> str:
    """`answer_within = "24h"` of "24 horas"; "" where it cannot be told."""
    if not (match := re.fullmatch(r"\s*(\d{1,9})\s*([^\W\d_]+)\.?\s*", str(written))):
        return ""
    begun = sorted((one for one in UNITS if match[2].lower().startswith(one)), key=len)
    if not begun:
        return ""
    count, unit = UNITS[begun[-1]]
    return f'{key} = "{int(match[1]) * count}{unit}"'


def did_you_mean(word: str, known: Collection[str]) -> str:
    """A hint: `¿quiso decir "keywords"?`, or which there are."""
    if near := nearest(word, known):
        return f'¿quiso decir "{near}"?'
    return f"hay: {', '.join(known)}" if known else ""
