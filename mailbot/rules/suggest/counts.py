"""How many mails a phrase would catch, as a keyword: counted by the index that the rules use."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from mailbot.rules.fold import words
from mailbot.rules.keywords import Index, Part, Use
from mailbot.rules.suggest.lines import Became, Line
from mailbot.rules.suggest.phrases import Phrase

#: of one sender no more lines speak for a phrase
OF_ONE = 3
#: what a person decided counts as so many mails that only look like it
BY_HAND = 3


@dataclass(slots=True)
class Count:
    """A phrase, the lines that it is to be found for, and how many mails of the others it would catch."""

    phrase: Phrase
    open: list[Line] = field(default_factory=list)
    informativo: int = 0
    #: mails that have a case, by rule
    matched: Counter[str] = field(default_factory=Counter)
    promoted: Counter[str] = field(default_factory=Counter)

    def add(self, line: Line, wanted: Collection[Became]) -> None:
        if line.became in wanted:
            self.open.append(line)
            if line.became is Became.PROMOTED:
                self.promoted[line.rule] += line.mails
        elif line.became is Became.INFORMATIVO:
            self.informativo += line.mails
        else:
            self.matched[line.rule] += line.mails

    @property
    def requests(self) -> list[Line]:
        return [line for line in self.open if line.request]

    @property
    def unmatched(self) -> int:
        return sum(line.mails for line in self.open)

    @property
    def senders(self) -> int:
        return len({line.sender for line in self.open})

    @property
    def asking(self) -> float:
        """Share of its mails without a rule that ask for something."""
        weights = [(BY_HAND if line.became is Became.PROMOTED else 1, line.request) for line in self.open]
        return sum(n for n, request in weights if request) / max(sum(n for n, _ in weights), 1)

    @property
    def pure(self) -> float:
        """Share that is no news."""
        return self.unmatched / max(self.unmatched + self.informativo, 1)

    @property
    def quality(self) -> float:
        """Less, the more mail of other rules has the phrase too."""
        ours = self.unmatched / max(self.unmatched + self.matched.total() / 2, 1)
        return self.asking * self.pure * ours


def counts(phrases: Sequence[Phrase], lines: Iterable[Line], wanted: Collection[Became]) -> list[Count]:
    """One for each phrase; `wanted`: what became of the mails that it is to be found for, its `open` ones."""
    index = Index()
    for n, phrase in enumerate(phrases):
        index.add(" ".join(phrase), Use(n, Part.KEYWORD))
    found = [Count(phrase) for phrase in phrases]
    for line in lines:
        for n in {hit.use.rule for hit in index.find(words(line.folded))}:
            found[n].add(line, wanted)
    return found


def weight(lines: Iterable[Line]) -> int:
    """Lines, not too many of one sender; what a person promoted weighs more."""
    of: Counter[str] = Counter()
    for line in lines:
        of[line.sender] += BY_HAND if line.became is Became.PROMOTED else 1
    return sum(min(n, max(OF_ONE, BY_HAND)) for n in of.values())
