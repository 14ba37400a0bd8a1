"""Which words the rules lack: of subjects that became no case, and of those that should have been none (B37).

    frequent phrases of unmatched requests → those no rule knows → the fewest that cover most → a rule for each

Only persons' mail is given here. Every number that is told was counted by the index that the rules use.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailbot.rules.keywords import Part
from mailbot.rules.match import Rulebook
from mailbot.rules.settings import Rule
from mailbot.rules.suggest.choice import MAILS, choose, enough
from mailbot.rules.suggest.counts import Count, counts
from mailbot.rules.suggest.homes import Homes
from mailbot.rules.suggest.lines import OPEN, Line, Lines, Seen, read
from mailbot.rules.suggest.new_rules import by_matter, new_rule
from mailbot.rules.suggest.phrases import Spelling, frequent, said
from mailbot.rules.suggest.unless import exceptions

#: of a phrase's mails without a rule those that ask for something, and of all of them those that are no news
ASKING, PURE = 0.5, 0.75
#: a word is nobody's when it stands so many times as often in mail that has a rule
COMMON = 3
#: phrases looked at closely
CLOSELY = 4_000
#: of many requests a phrase must stand in one of so many
ONE_IN = 500


@dataclass(frozen=True, slots=True)
class Word:
    """A keyword as people write it. It stands in `unmatched` mails without a rule, of `senders` persons.

    `requests` of these look like requests, `promoted` were made one by a person; beside them it stands in mails
    that are `informativo` or have a rule (`matched`). Of an `unless`: `unmatched` are those that came to nothing.
    """

    keyword: str
    unmatched: int
    senders: int
    requests: int
    promoted: int
    informativo: int
    matched: int
    examples: tuple[str, ...]

    @property
    def mails(self) -> int:
        return self.unmatched + self.informativo + self.matched


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Words for one list of a rule; with `new` of one that is still to be written."""

    rule: str
    part: Part
    words: tuple[Word, ...]
    new: Rule | None = None


@dataclass(frozen=True, slots=True)
class Suggested:
    """`mails` were read; `unmatched` have no rule, and `requests` of them look like requests."""

    mails: int
    unmatched: int
    requests: int
    suggestions: tuple[Suggestion, ...]


def suggest(mail: Iterable[Seen], rules: Sequence[Rule]) -> Suggested:
    """Keywords for rules that are there, then new rules, then words for `unless`; each by what it would catch."""
    lines = read(mail, Rulebook(rules))
    opened = [line for line in lines if line.became in OPEN]
    asked = [line for line in opened if line.request]
    homes = Homes(rules)
    chosen = [(count, homes.of(count)) for count in _chosen(lines, asked, homes)]
    unless = [(rule, exceptions(rule, lines.of_rule(rule.name), lines.people)) for rule in rules]
    wanted = [count for count, _ in chosen] + [count for _, found in unless for count in found]
    spelling = _spelling(wanted)
    suggestions = [
        *_for_rules(chosen, spelling),
        *_new_rules([count for count, home in chosen if not home], spelling, {rule.name for rule in rules}),
        *(
            Suggestion(r.name, Part.UNLESS, tuple(_word(c, spelling) for c in found))
            for r, found in unless
            if found
        ),
    ]
    total = sum(line.mails for line in opened), sum(line.mails for line in asked)
    return Suggested(lines.mails, *total, tuple(suggestions))


def _chosen(lines: Lines, asked: Sequence[Line], homes: Homes) -> list[Count]:
    least = max(MAILS, len(asked) // ONE_IN)
    clean = (said(line.folded, line.private | lines.people) for line in asked)
    unknown = [phrase for phrase in frequent(clean, least - 1) if not homes.known(phrase)]
    found = [count for count in counts(unknown[:CLOSELY], lines, OPEN) if _worth(count, homes, least)]
    return choose(found, lambda count: count.requests, lambda count: count.quality, least)


def _worth(count: Count, homes: Homes, least: int) -> bool:
    if not enough(count.requests, least) or count.asking < ASKING or count.pure < PURE:
        return False
    return count.matched.total() <= COMMON * count.unmatched or bool(homes.of(count))


def _spelling(found: Iterable[Count]) -> Spelling:
    """By the lines in which the words stand: all others are not read once more."""
    found = list(found)
    spelling = Spelling(word for count in found for word in count.phrase)
    for line in {id(line): line for count in found for line in count.open}.values():
        spelling.add(line.subject)
    return spelling


def _word(count: Count, spelling: Spelling) -> Word:
    return Word(
        spelling.phrase(count.phrase),
        count.unmatched,
        count.senders,
        sum(line.mails for line in count.requests),
        count.promoted.total(),
        count.informativo,
        count.matched.total(),
        _examples(count),
    )


def _examples(count: Count) -> tuple[str, ...]:
    """Two subjects, of two senders where that can be; those a person may read at a glance first."""
    lines = sorted(count.open, key=lambda line: (not line.request, len(line.folded) > 70))
    first = lines[0]
    others = [line for line in lines if line.folded != first.folded]
    second = next((line for line in others if line.sender != first.sender), None) or next(iter(others), None)
    return (first.subject, second.subject) if second else (first.subject,)


def _for_rules(chosen: Sequence[tuple[Count, str]], spelling: Spelling) -> list[Suggestion]:
    by_rule: dict[str, list[Word]] = {}
    for count, home in chosen:
        if home:
            by_rule.setdefault(home, []).append(_word(count, spelling))
    return [Suggestion(rule, Part.KEYWORD, tuple(found)) for rule, found in by_rule.items()]


def _new_rules(found: Sequence[Count], spelling: Spelling, taken: set[str]) -> list[Suggestion]:
    suggestions = []
    for phrases in by_matter(found):
        rule = new_rule(phrases, spelling, taken)
        taken = taken | {rule.name}
        suggestions.append(
            Suggestion(rule.name, Part.KEYWORD, tuple(_word(count, spelling) for count in phrases), rule)
        )
    return suggestions
