"""Frequent phrases of one to four consecutive words in many subjects, in memory that does not grow with rare words.

Level by level: a phrase is counted only if what is left without its first word, and without its last, was
frequent. What is found here is only proposed; how often each stands where is counted by the rules' own index.
"""

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from mailbot.rules.fold import fold, places, words
from mailbot.rules.keywords import plurals
from mailbot.rules.suggest.words import (
    ACTIONS,
    ASKING,
    BARRED,
    GENERAL,
    JOINING,
    LEADS,
    TITLES,
    TROUBLE,
)

LONGEST = 4
#: addresses, links, case numbers: nothing in them is a word
NOISE = re.compile(r"\S+@\S+|https?:\S+|www\.\S+|\[[^\]]{1,30}\]|\b\w+-\d+\w*|\S*\d\S*")
#: words of a subject that are looked at
ENOUGH = 40
#: letters of a word: what is longer is none
LARGEST = 30
#: a word in a subject that is not all capitals counts as so many of those
NOT_SHOUTED = 4
#: stands for whatever no phrase goes across
BREAK = 0

Phrase = tuple[str, ...]


class Vocabulary:
    """Words by number; a plural has the number of its singular where both were seen."""

    def __init__(self, frequent: Counter[str]) -> None:
        self.numbers: dict[str, int] = {}
        self.words: list[str] = [""]
        for word in frequent:
            one = _singular(word, frequent)
            if one not in self.numbers:
                self.numbers[one] = len(self.words)
                self.words.append(one)
            self.numbers[word] = self.numbers[one]

    def phrase(self, numbers: Sequence[int]) -> Phrase:
        return tuple(self.words[n] for n in numbers)


def _singular(word: str, known: Counter[str]) -> str:
    """The most frequent known word whose plural, as keywords understand it, this one is; or itself."""
    if not word.endswith("s"):
        return word
    stems = (word[:-1], word[:-2], word[:-3] + "z")
    found = [stem for stem in stems if stem in known and word in plurals(stem)]
    return max(found, key=lambda stem: known[stem], default=word)


def said(folded: str, private: frozenset[str] = frozenset(), barred: frozenset[str] = BARRED) -> list[str]:
    """The words of a folded subject that a phrase may be made of, "" where none goes across."""
    clean = NOISE.sub(" 0 ", folded)
    found, names = [], 0
    for word in words(clean)[:ENOUGH]:
        names = 2 if word in TITLES else max(names - 1, 0) if word not in JOINING else names
        no_word = names or word in barred or word in private or not word.isalpha() or len(word) > LARGEST
        found.append("" if no_word else word)
    return found


def frequent(subjects: Iterable[Sequence[str]], least: int) -> list[Phrase]:
    """Phrases that stand in `least` subjects or more and that could be keywords, the most frequent first.

    `subjects`: see `said`.
    """
    subjects = list(subjects)
    counted: Counter[str] = Counter()
    for subject in subjects:
        counted.update({word for word in subject if word})
    vocabulary = Vocabulary(counted)
    lines = [array("I", (vocabulary.numbers.get(w, BREAK) for w in subject)) for subject in subjects]
    found = sorted(_levels(lines, least), key=lambda piece: -piece[1])
    return [p for p in (vocabulary.phrase(piece) for piece, _ in found) if may_be_keyword(p)]


def _levels(lines: Sequence[Sequence[int]], least: int) -> Iterator[tuple[tuple[int, ...], int]]:
    known: set[tuple[int, ...]] = {()}
    for length in range(1, LONGEST + 1):
        counted: Counter[tuple[int, ...]] = Counter()
        for line in lines:
            counted.update(set(_pieces(line, length, known)))
        known = {piece for piece, n in counted.items() if n >= least}
        yield from sorted((piece, counted[piece]) for piece in known)


def _pieces(line: Sequence[int], length: int, known: set[tuple[int, ...]]) -> Iterator[tuple[int, ...]]:
    for first in range(len(line) - length + 1):
        piece = tuple(line[first : first + length])
        if BREAK not in piece and piece[1:] in known and piece[:-1] in known:
            yield piece


def may_be_keyword(phrase: Phrase) -> bool:
    """It says of what it is, and neither begins nor ends in the middle of something.

    «tablero no actualiza» is two things that people also say apart: «tablero», «no actualiza».
    """
    if phrase[-1] in JOINING or (phrase[0] in JOINING and phrase[0] not in LEADS):
        return False
    complaint = next((n for n, word in enumerate(phrase) if word in LEADS), 0)
    if any(word not in JOINING for word in phrase[:complaint]):
        return False
    telling = {word for word in phrase if word not in JOINING and len(word) > 1}
    return bool(telling - GENERAL - ACTIONS) or bool(
        telling & ACTIONS and telling - ACTIONS - ASKING - TROUBLE
    )


class Spelling:
    """How people write folded words: most often, and an accent where it is a draw. CAPITALS often leave it out."""

    def __init__(self, wanted: Iterable[str]) -> None:
        self.wanted = frozenset(wanted)
        self.seen: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, subject: str) -> None:
        shouted = subject.isupper()
        for start, end in places(subject):
            written = subject[start:end]
            if (word := fold(written)) in self.wanted:
                self.seen[word][written.lower() if shouted else written] += 1 if shouted else NOT_SHOUTED

    def of(self, word: str) -> str:
        forms: Counter[str] = Counter()
        for form, n in self.seen[word].items():
            forms[form.lower()] += n
        return max(forms, key=lambda form: (forms[form], form != word, form), default=word)

    def phrase(self, phrase: Phrase) -> str:
        """As a keyword: in small letters."""
        return " ".join(map(self.of, phrase))

    def title(self, phrase: Phrase) -> str:
        """As a name of its matter: «VPN», «WiFi», «Error de impresión»."""
        text = " ".join(map(self._own_capitals, phrase))
        return text[:1].upper() + text[1:]

    def _own_capitals(self, word: str) -> str:
        """A word that is mostly written with capitals beyond its first letter keeps them."""
        small = self.of(word)
        form = max(self.seen[word], key=lambda form: (self.seen[word][form], form), default=small)
        return form if form[1:] != form[1:].lower() else small
