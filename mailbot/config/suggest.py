"""Did you mean? The nearest known word, or all of them."""

from collections.abc import Collection
from difflib import get_close_matches


def nearest(word: str, known: Collection[str], *, cutoff: float = 0.6) -> str | None:
    """The known word most like it, whatever its case; None if none is near (`cutoff`: 1 is the same)."""
    by_lower = {one.lower(): one for one in known}
    close = get_close_matches(word.lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[close[0]] if close else None


def did_you_mean(word: str, known: Collection[str]) -> str:
    """A hint: `¿quiso decir "keywords"?`, or which there are."""
    if near := nearest(word, known):
        return f'¿quiso decir "{near}"?'
    return f"hay: {', '.join(known)}" if known else ""
