"""Rules that are still to be written: phrases about one matter, and a rule that is to be looked over by a person."""

from collections.abc import Sequence
from math import ceil

from mailbot.rules.settings import RequestKind, Rule
from mailbot.rules.suggest.counts import Count
from mailbot.rules.suggest.phrases import Spelling
from mailbot.rules.suggest.words import ACTIONS, COMPLAINS, GENERAL, JOINING

#: two phrases are of one rule when they share so much of the fewer mails
SHARED = 1 / 3
#: two words are of one root when they share their first letters, and so much of the longer one
ROOT, MOST_OF_IT = 6, 0.65


def by_matter(found: Sequence[Count]) -> list[list[Count]]:
    """Phrases about one matter: they stand in the same mails, or share the word that says of what they are."""
    groups: list[list[Count]] = []
    for count in found:
        group = next((g for g in groups if any(_same_matter(count, other) for other in g)), None)
        if group is None:
            groups.append([count])
        else:
            group.append(count)
    return groups


def _same_matter(a: Count, b: Count) -> bool:
    if any(_akin(one, other) for one in _telling(a) for other in _telling(b)):
        return True
    common = {id(line) for line in a.open} & {id(line) for line in b.open}
    return len(common) >= SHARED * min(len(a.open), len(b.open))


def _akin(one: str, other: str) -> bool:
    """The same, or of one root: «bloqueo», «bloqueado»."""
    root = max(ROOT, ceil(max(len(one), len(other)) * MOST_OF_IT))
    return one == other or (min(len(one), len(other)) >= root and one[:root] == other[:root])


def _telling(count: Count) -> set[str]:
    return {w for w in count.phrase if w not in JOINING and w not in GENERAL and w not in ACTIONS}


def new_rule(found: Sequence[Count], spelling: Spelling, taken: set[str]) -> Rule:
    lines = [line for count in found for line in count.open]
    complains = sum(COMPLAINS.search(line.folded) is not None for line in lines) >= len(lines) / 2
    first = found[0].phrase
    return Rule(
        name=unused("_".join(w for w in first if w == "no" or w not in JOINING), taken),
        title=spelling.title(first),
        keywords=tuple(spelling.phrase(count.phrase) for count in found),
        kind=RequestKind.INCIDENTE if complains else RequestKind.REQUERIMIENTO,
        severity=3 if complains else 5,
    )


def unused(name: str, taken: set[str]) -> str:
    """The name, or with the first number that makes it another: `impresora_2`."""
    n, free = 1, name
    while free in taken:
        n += 1
        free = f"{name}_{n}"
    return free
