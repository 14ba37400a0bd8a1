"""Keywords in a subject: whole words, phrases of consecutive words, stems, and Spanish plurals.

The index costs the same for ten keywords and for fifty thousand: each word of a subject is looked up once in
a vocabulary, and phrases are followed word by word along a tree.
"""

import re
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
    if not word.endswith("s"):
        return set()
    return {one for one in (word[:-1], word[:-2], word[:-3] + "z") if word in plurals(one)}


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
    """A place in the tree of phrases: what may follow, and what the phrase that ends here is used for.

    There are ten thousands of them: where nothing follows, or no phrase ends, they share what is empty.
    """

    __slots__ = ("following", "uses")

    def __init__(self) -> None:
        self.following: dict[int, _Node] = NOTHING
        self.uses: tuple[Use, ...] = ()


NOTHING: dict[int, _Node] = {}


class Index:
    """Keywords with their uses, to be found in a subject all at once."""

    def __init__(self, strict: bool = False) -> None:
        self.strict = strict
        #: every word and stem of a keyword has a number
        self._numbers: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._longest = 0
        self._root = _Node()
        #: desks hear the same words every day
        self._known = lru_cache(maxsize=2**14)(self._look_up)
        self._asked = False

    def add(self, keyword: str, use: Use) -> None:
        """Raises ValueError for a keyword without words."""
        node = self._root
        for word in phrase(keyword, self.strict):
            number = self._numbers.get(word)
            if number is None:
                number = self._learn(word)
            after = node.following.get(number)
            if after is None:
                if node.following is NOTHING:
                    node.following = {}
                after = node.following[number] = _Node()
            node = after
        node.uses += (use,)
        if self._asked:
            self._known.cache_clear()

    def _learn(self, word: str) -> int:
        number = self._numbers[word] = len(self._numbers)
        if word[-1] == "*":
            self._stems[word[:-1]] = number
        if len(word) > self._longest:
            self._longest = len(word)
        return number

    def _look_up(self, word: str) -> tuple[list[int], list[_Node]]:
        """The keywords' words that this word of a subject may stand for, and the phrases that it may begin.

        To be a form of the other is mutual: the forms of the subject's word are asked for, not those of all keywords.
        """
        self._asked = True
        numbers, stems = self._numbers, self._stems
        found = sorted(numbers[form] for form in forms(word) if form in numbers)
        heads = (word[:length] for length in range(1, len(word) + 1))
        found += [stems[head] for head in heads if head in stems]
        begins = self._root.following
        return found, [begins[n] for n in found if n in begins]

    def find(self, words: Sequence[str]) -> list[Hit]:
        """Every keyword in these folded words, by the place where it ends."""
        # a word cut here is no form of a keyword's word either, and begins with the same stems
        enough = self._longest + 3
        hits: list[Hit] = []
        begun: list[tuple[int, _Node]] = []
        for end, word in enumerate(words, start=1):
            numbers, begins = self._known(word[:enough])
            if begun:
                begun = [
                    (first, node.following[n])
                    for first, node in begun
                    for n in numbers
                    if n in node.following
                ]
            if begins:
                begun += [(end - 1, node) for node in begins]
            for first, node in begun:
                if node.uses:
                    hits += [Hit(use, first, end) for use in node.uses]
        return hits
