"""To which rule a phrase belongs: the one a person chose, the one whose mail has it too, or whose words are like it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import takewhile

from mailbot.rules.keywords import Index, Part, Use, phrase as split
from mailbot.rules.match import Rulebook
from mailbot.rules.settings import Rule, TreatAs
from mailbot.rules.suggest.counts import Count
from mailbot.rules.suggest.phrases import Phrase

#: share of the mails that name a rule by which it is theirs
AGREED = 0.7
#: letters of a word in which one slip makes no other word
LONG = 6


class Homes:
    """What today's rules know: which words they have, and which rule a new phrase may be given to."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.requests = [r for r in rules if r.treat_as is TreatAs.PRECASO and r.keywords]
        everyone = [r for r in rules if not (r.from_ or r.mailboxes)]
        self._book = Rulebook([r for r in everyone if not r.any_subject])
        self._index = Index()
        #: keywords of one word → the rules that have them
        self._words: defaultdict[str, set[str]] = defaultdict(set)
        for n, rule in enumerate(everyone):
            for keyword in () if rule.all else rule.keywords:
                self._index.add(keyword, Use(n, Part.KEYWORD))
        for rule in self.requests:
            for said in map(split, rule.keywords):
                if len(said) == 1:
                    self._words[said[0].rstrip("*")].add(rule.name)

    def known(self, phrase: Phrase) -> bool:
        """A rule for everybody has it already, even where its `unless` kept it from matching."""
        return bool(self._index.find(phrase)) or self._book.match(" ".join(phrase), None, "") is not None

    def of(self, count: Count) -> str:
        """The rule's name; "" for a phrase that needs a new one."""
        return (
            _agreed(count.promoted, self._names, 1)
            or _agreed(count.matched, self._names, count.unmatched)
            or self._like(count.phrase)
        )

    @property
    def _names(self) -> set[str]:
        return {rule.name for rule in self.requests}

    def _like(self, phrase: Phrase) -> str:
        """One slip of the finger from a word that only one rule has."""
        if len(phrase) > 1 or len(phrase[0]) < LONG:
            return ""
        homes = {home for word, rules in self._words.items() if one_slip(phrase[0], word) for home in rules}
        return homes.pop() if len(homes) == 1 else ""


def one_slip(typed: str, meant: str) -> bool:
    """A letter too many, too few or wrong, or two that changed places: «impresoar», «contaseña»."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    start = _same(typed, meant)
    end = _same(typed[start:][::-1], meant[start:][::-1])
    a, b = typed[start : len(typed) - end], meant[start : len(meant) - end]
    return max(len(a), len(b)) == 1 or (len(a) == 2 and a == b[::-1])


def _same(a: str, b: str) -> int:
    """How many letters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))


def _agreed(mails: Counter[str], names: set[str], least: int) -> str:
    ours = Counter({name: n for name, n in mails.items() if name in names})
    if not ours:
        return ""
    name, n = ours.most_common(1)[0]
    return name if n >= least and n >= AGREED * ours.total() else ""
