"""Words for a rule's `unless`: they stand in its mails that came to nothing, and hardly in its others (B37)."""

from collections.abc import Sequence
from functools import partial
from math import comb

from mailbot.rules.keywords import Index, Part, Use
from mailbot.rules.settings import Rule
from mailbot.rules.suggest.choice import choose, enough
from mailbot.rules.suggest.counts import Count, counts
from mailbot.rules.suggest.lines import Became, Line
from mailbot.rules.suggest.phrases import Phrase, frequent, said
from mailbot.rules.suggest.words import BARRED_FROM_UNLESS

#: share of a word's mails that came to nothing, and how improbable so many of them must be by chance
NOTHING, CHANCE = 0.8, 0.02
#: a rule of which all came to nothing tells no more than a coin
EVEN = 0.5
#: mails looked at for chance: more make it no surer
SURE = 500


def exceptions(rule: Rule, its: Sequence[Line], people: frozenset[str]) -> list[Count]:
    """`its`: the rule's lines. The `open` ones of these counts are those that came to nothing."""
    bad = [line for line in its if line.became is Became.NO_CASE]
    if not enough(bad):
        return []
    share = sum(line.mails for line in bad) / sum(line.mails for line in its)
    phrases = _phrases(rule, bad, people)
    found = [c for c in counts(phrases, its, (Became.NO_CASE,)) if _tells(c, min(share, EVEN))]
    return choose(found, lambda count: count.open, partial(_nothing, rule.name))


def _phrases(rule: Rule, bad: Sequence[Line], people: frozenset[str]) -> list[Phrase]:
    """«palabra clave» may be told from «clave», but not «clave» from itself."""
    own = Index(rule.strict)
    for keyword in (*rule.keywords, *rule.all, *rule.unless):
        for word in keyword.split("|"):
            own.add(word, Use(0, Part.KEYWORD))
    subjects = (said(line.folded, line.private | people, BARRED_FROM_UNLESS) for line in bad)
    return [p for p in frequent(subjects, 2) if not any(hit.end - hit.first == len(p) for hit in own.find(p))]


def _nothing(name: str, count: Count) -> float:
    return count.unmatched / (count.unmatched + count.matched[name])


def _tells(count: Count, share: float) -> bool:
    bad = count.unmatched
    n = bad + count.matched.total()
    if bad < NOTHING * n or not enough(count.open):
        return False
    bad, n = min(bad, SURE), min(n, SURE)
    return sum(comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(bad, n + 1)) <= CHANCE
