"""Which rule above has a keyword too, and so takes the mail of a rule below that has it."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from mailbot.config.model import Config
from mailbot.rules.fold import fold, fold_subject, words as split
from mailbot.rules.keywords import Hit, Index, Part, Use, phrase, plurals, singulars
from mailbot.rules.settings import Rule, TreatAs

#: what nobody writes behind a stem
ENDING = "zxq"
#: of the rules with the same keyword so many are looked at, so that the cost stays the same for each
MOST = 8


class Word(NamedTuple):
    """A keyword that speaks for its rule, and where it stands."""

    key: str
    n: int
    text: str


class Taker(NamedTuple):
    """The rule above that has a keyword, its own spelling of it, and whether nothing else has a say."""

    rule: Rule
    text: str
    sure: bool


def speaking(rule: Rule) -> list[Word]:
    """The keywords any of which is enough for the rule."""
    lists = [("keywords", rule.keywords)]
    if rule.treat_as is TreatAs.MONITOREO:
        lists.append(("recover", rule.recover))
    return [Word(key, n, text) for key, words in lists for n, text in enumerate(words)]


class Above:
    """Every keyword of the file with the first rules that have it."""

    def __init__(self, config: Config) -> None:
        self._rules = config.rule
        self._boxes = frozenset(config.mailbox)
        self._indexes = {strict: Index(strict) for strict in {rule.strict for rule in config.rule}}
        self._excluding = lru_cache(maxsize=None)(self._index_of_unless)
        anyone = Rule(name="")
        self._free = [not self.conditions(rule, anyone) for rule in config.rule]
        kept: Counter[Hashable] = Counter()
        for n, rule in enumerate(config.rule):
            for word in speaking(rule):
                place = (rule.strict, phrase(word.text, rule.strict))
                alike = (place, rule.mailboxes, rule.from_, rule.unless, rule.all)
                if not kept[alike] and kept[place] < MOST:
                    self._indexes[rule.strict].add(word.text, Use(n, Part(word.key), word.n))
                    kept[place] += 1
                kept[alike] += 1

    def taker(self, n: int, keyword: str) -> Taker | None:
        """Who takes, before rule `n` is asked, every subject in which this keyword of it stands."""
        rule = self._rules[n]
        first: Use | None = None
        all_sure = True
        for group in spellings(keyword, rule.strict):
            uses = [hit.use for words in group for hit in self._hits(n, words)]
            if not uses:
                return None
            sure = next((use for use in uses if self._is_sure(use.rule, rule)), None)
            all_sure = all_sure and sure is not None
            first = first or sure or uses[0]
        if first is None:
            return None
        taker = self._rules[first.rule]
        return Taker(taker, getattr(taker, first.part.value)[first.entry], all_sure)

    def is_free(self, n: int) -> bool:
        """Whether nothing but words and pattern decides, whoever writes, to any mailbox."""
        return self._free[n]

    def conditions(self, above: Rule, rule: Rule) -> list[str]:
        """What the rule above wants of a mail besides its words, that the other does not want too."""
        same = above.strict == rule.strict
        boxes = frozenset(rule.mailboxes) or self._boxes
        implied = {
            "mailboxes": boxes <= (frozenset(above.mailboxes) or self._boxes),
            "from": not above.from_ or (bool(rule.from_) and set(rule.from_) <= set(above.from_)),
            "unless": not above.unless or (same and set(above.unless) <= set(rule.unless)),
            "all": not above.all or (same and set(above.all) <= set(rule.all)),
        }
        return [key for key, is_implied in implied.items() if not is_implied]

    def standing_in(self, subject: str) -> Iterator[tuple[int, str, int]]:
        """The rules that have a keyword in this subject, by number, with its list and its place in that."""
        for index in self._indexes.values():
            for hit in index.find(split(fold_subject(subject, index.strict))):
                yield hit.use.rule, hit.use.part.value, hit.use.entry

    def _is_sure(self, above: int, rule: Rule) -> bool:
        return self._free[above] or not self.conditions(self._rules[above], rule)

    def _hits(self, n: int, words: list[str]) -> Iterator[Hit]:
        """The keywords of rules above in these words; not of those whose own `unless` lets them pass."""
        strict = self._rules[n].strict
        for index in self._indexes.values():
            if index.strict and not strict and any("n" in word for word in words):
                continue  # whoever writes ñ passes by
            said = words if index.strict is strict else [fold(word) for word in words]
            for hit in index.find(said):
                above = hit.use.rule
                if above < n and not self._lets_pass(above, n, said):
                    yield hit

    def _lets_pass(self, above: int, n: int, words: list[str]) -> bool:
        """It is for other mailboxes or other senders, or these very words are in its `unless`."""
        theirs, ours = self._rules[above], self._rules[n]
        for one, other in ((theirs.mailboxes, ours.mailboxes), (theirs.from_, ours.from_)):
            if one and other and set(one).isdisjoint(other):
                return True
        said = [fold(word, theirs.strict) for word in words] if theirs.unless else []
        return bool(said and self._excluding(above).find(said))

    def _index_of_unless(self, number: int) -> Index:
        return index_of(self._rules[number].unless, self._rules[number].strict)


def index_of(keywords: Iterable[str], strict: bool) -> Index:
    index = Index(strict)
    for n, keyword in enumerate(keywords):
        index.add(keyword, Use(0, Part.UNLESS, n))
    return index


def spellings(keyword: str, strict: bool) -> Iterator[list[list[str]]]:
    """The subjects that make a keyword match, as words: of each group one is really written.

    As it stands; each word in the plural; and in its singular, of which only a dictionary knows which it is.
    """
    words = [word[:-1] + ENDING if word.endswith("*") else word for word in phrase(keyword, strict)]
    yield [words]
    for n, word in enumerate(words):
        if word.endswith(ENDING):
            continue
        for other in plurals(word):
            yield [[*words[:n], other, *words[n + 1 :]]]
        if ones := sorted(singulars(word)):
            yield [[*words[:n], one, *words[n + 1 :]] for one in ones]
