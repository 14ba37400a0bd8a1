"""Text as rules compare it: no case, no accents, one Unicode form, no invisible characters.

The order NFKD → casefold → NFKD → drop is what makes it idempotent; casefold first is not ("℠").
"""

import re
from itertools import pairwise
from unicodedata import category, combining, normalize

from mailbot.mail.plain import COMMON, bare, table
from mailbot.mail.subjects import PREFIX

PREFIXES = re.compile(rf"(?:{PREFIX} ?)+")

#: A word: letters and digits. An underscore parts words, as a hyphen does.
WORD = re.compile(r"[^\W_]+")
#: What `bare` makes of COMMON text, by whether the ñ is kept.
_LETTERS = {False: table(), True: table("ñ")}
#: Every sign of Latin-1 that is in no word is a blank.
_APART = bytes(code if WORD.match(chr(code)) else 0x20 for code in range(256))


class _Kept(dict[int, int | None]):
    """For str.translate, learned as signs come: combining marks, invisible signs and surrogates → None."""

    def __missing__(self, code: int) -> int | None:
        sign = chr(code)
        dropped = combining(sign) or category(sign) in ("Mn", "Me", "Cf", "Cs")
        self[code] = None if dropped else code
        return self[code]


_KEPT = _Kept()


def fold(text: str, strict: bool = False) -> str:
    """`text` without case, accents and invisible characters; `strict` keeps the ñ. It is idempotent."""
    if text.isascii():
        return text.lower()
    if COMMON.fullmatch(text):
        return bare(text, _LETTERS[strict])
    return without_marks(normalize("NFKD", text).casefold(), strict)


def without_marks(text: str, strict: bool = False) -> str:
    """`text` in NFKD without accents and invisible characters, its case as it was."""
    text = normalize("NFKD", text)
    if strict:
        text = text.replace("n\u0303", "ñ").replace("N\u0303", "Ñ")
    return text.translate(_KEPT)


def fold_subject(subject: str, strict: bool = False) -> str:
    """A subject folded, single blanks between its words, reply and forward prefixes off, however many."""
    text = " ".join(fold(subject, strict).split())
    prefixes = PREFIXES.match(text)
    return text[prefixes.end() :] if prefixes else text


def words(text: str) -> list[str]:
    """The words of a folded text, in order."""
    try:
        return text.encode("latin-1").translate(_APART).decode("latin-1").split()
    except UnicodeEncodeError:
        return WORD.findall(text)


def places(text: str) -> list[tuple[int, int]]:
    """Where each of `words(fold(text))` stands in `text` as written: start and end."""
    if COMMON.fullmatch(text):
        return [word.span() for word in WORD.finditer(text)]
    seats: list[tuple[int, int]] = []
    folded: list[str] = []
    starts = [n for n, sign in enumerate(text) if n == 0 or sign.translate(_KEPT)]
    for start, end in pairwise([*starts, len(text)]):
        letters = fold(text[start:end])
        folded.append(letters)
        seats += [(start, end)] * len(letters)
    return [(seats[w.start()][0], seats[w.end() - 1][1]) for w in WORD.finditer("".join(folded))]
