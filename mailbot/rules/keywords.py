"""Keywords in a subject: whole words, phrases of consecutive words, stems, and Spanish plurals.

The index costs the same for ten keywords and for fifty thousand: each word of a subject is looked up once in
a vocabulary, and phrases are followed word by word along a tree.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from mailbot.rules.fold import fold

#: A word of a keyword; `*` ends a stem.
WRITTEN = re.compile(r"[^\W_]+\*?")
#: "no", "me", "ti": what is shorter has no plural that people write, and would be taken for another word.
SHORTEST = 3


def phrase(keyword: str, strict: bool = False) -> tuple[str, ...]:
    """The folded words of a keyword. ValueError, in Spanish, where it has none: it would match nothing."""
    if words := tuple(WRITTEN.findall(fold(keyword, strict))):
        return words
    raise ValueError(f"«{keyword}» no tiene ninguna palabra: escriba letras o cifras, y * solo tras una raíz")


def forms(word: str) -> set[str]:
    """A folded word, its plurals, and the words of which it may itself be the plural."""
    return {word, *plurals(word), *singulars(word)}


def singulars(word: str) -> set[str]:
    """The words whose plural it may be: "clave" and "clav" of "claves"."""
    ones = {word[:-1], word[:-2], word[:-3] + "z"} if word.endswith("s") else set()
    return {one for one in ones if word in plurals(one)}


def plurals(word: str) -> tuple[str, ...]:
    """vowel + s, consonant + es, z → ces; what ends in s stays. Loan words also take an s: tóners, tokens."""
    if len(word) < SHORTEST or not word[-1].isalpha() or word[-1] == "s":
        return ()
    if word[-1] == "z":
        return (word[:-1] + "ces",)
    return (word + "s",) if word[-1] in "aeiou" else (word + "es", word + "s")


class Part(Enum):
    """Which list of a rule a keyword stands in."""

    KEYWORD = "keywords"
    ALL = "all"
    UNLESS = "unless"
    RECOVER = "recover"


class Use(NamedTuple):
    """What a keyword is for: the rule's number, its list, and the entry's number in that list."""

    rule: int
    part: Part
    entry: int = 0


class Hit(NamedTuple):
    """A keyword that stands in a subject, from its word `first` to before its word `end`."""

    use: Use
    first: int
    end: int


class _Node:
    """A place in the tree of phrases: what the phrase that ends here is used for, and what may follow."""

    __slots__ = ("following", "uses")

    def __init__(self) -> None:
        self.following: dict[int, _Node] = {}
        self.uses: list[Use] = []


class Index:
    """Keywords with their uses, to be found in a subject all at once."""

    def __init__(self, strict: bool = False) -> None:
        self.strict = strict
        #: every word and stem of a keyword has a number; a form that a subject may hold leads to several
        self._numbers: dict[str, int] = {}
        self._forms: defaultdict[str, list[int]] = defaultdict(list)
        self._stems: dict[str, int] = {}
        self._longest = 0
        self._root = _Node()
        #: desks hear the same words every day
        self._known = lru_cache(maxsize=2**14)(self._look_up)

    def add(self, keyword: str, use: Use) -> None:
        """Raises ValueError for a keyword without words."""
        node = self._root
        for word in phrase(keyword, self.strict):
            node = node.following.setdefault(self._number(word), _Node())
        node.uses.append(use)
        self._known.cache_clear()

    def _number(self, word: str) -> int:
        if word not in self._numbers:
            number = self._numbers[word] = len(self._numbers)
            if word.endswith("*"):
                self._stems[word[:-1]] = number
            for form in forms(word):
                self._forms[form].append(number)
                self._longest = max(self._longest, len(form))
        return self._numbers[word]

    def _look_up(self, word: str) -> list[int]:
        """The numbers of the keywords' words that this word of a subject may stand for."""
        heads = (word[:length] for length in range(1, len(word) + 1))
        return self._forms.get(word, []) + [self._stems[head] for head in heads if head in self._stems]

    def find(self, words: Sequence[str]) -> list[Hit]:
        """Every keyword in these folded words, by the place where it ends."""
        enough = (
            self._longest + 1
        )  # a word cut here is no keyword's word either, and begins with the same stems
        hits: list[Hit] = []
        begun: list[tuple[int, _Node]] = []
        for end, word in enumerate(words, start=1):
            if not (numbers := self._known(word[:enough])):
                begun = []
                continue
            begun.append((end - 1, self._root))
            begun = [
                (first, node.following[n]) for first, node in begun for n in numbers if n in node.following
            ]
            for first, node in begun:
                if node.uses:
                    hits += [Hit(use, first, end) for use in node.uses]
        return hits
