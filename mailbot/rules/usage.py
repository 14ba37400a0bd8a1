"""How often each keyword of each rule stands in subjects, whatever else the rule asks for."""

from collections import Counter
from collections.abc import Sequence

from mailbot.rules.fold import fold_subject, words
from mailbot.rules.keywords import Index, Part, Use
from mailbot.rules.settings import Rule


class KeywordCounts:
    """Of the subjects that were added, in how many each keyword stands."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.subjects = 0
        self._rules = rules
        self._counts: Counter[tuple[int, int]] = Counter()
        self._indexes = {rule.strict: Index(strict=rule.strict) for rule in rules}
        for number, rule in enumerate(rules):
            for entry, keyword in enumerate(rule.keywords):
                self._indexes[rule.strict].add(keyword, Use(number, Part.KEYWORD, entry))

    def add(self, subject: str, folded: str) -> None:
        """`folded`: the subject as `fold_subject` gives it, stored beside it."""
        self.subjects += 1
        for strict, index in self._indexes.items():
            said = words(fold_subject(subject, strict=True) if strict else folded)
            self._counts.update({(hit.use.rule, hit.use.entry) for hit in index.find(said)})

    def of(self, rule: Rule) -> dict[str, int]:
        """By keyword, in how many subjects."""
        number = self._rules.index(rule)
        return {keyword: self._counts[number, entry] for entry, keyword in enumerate(rule.keywords)}
