"""The fewest phrases that cover most requests, each in its best length."""

import heapq
from collections.abc import Callable, Mapping, Sequence

from mailbot.rules.suggest.counts import Count, weight
from mailbot.rules.suggest.lines import Line
from mailbot.rules.suggest.phrases import Phrase
from mailbot.rules.suggest.words import ASKING, JOINING, LEADS

#: below this nobody can tell a word of the desk's from chance
MAILS, SENDERS = 3, 2
#: share of a phrase's mails that a longer one must have to stand in its place
NEARLY = 0.9
#: phrases that are suggested, at most
MOST = 40
SAYING_NOTHING = ASKING | (JOINING - LEADS)


def enough(lines: Sequence[Line], least: int = MAILS) -> bool:
    return sum(line.mails for line in lines) >= least and len({line.sender for line in lines}) >= SENDERS


def choose(
    found: Sequence[Count],
    lines: Callable[[Count], Sequence[Line]],
    quality: Callable[[Count], float],
    least: int = MAILS,
) -> list[Count]:
    """Greedily by what each adds, `least` mails or more.

    What one adds only shrinks: it is reckoned anew when its turn comes.
    """
    all_lines = {count.phrase: lines(count) for count in found}
    worth = {count.phrase: quality(count) for count in found}
    by_phrase = {count.phrase: count for count in found}
    heap = [(-weight(all_lines[p]) * worth[p], len(p), p) for p in by_phrase]
    heapq.heapify(heap)
    covered: set[int] = set()
    chosen: list[Count] = []
    while heap and len(chosen) < MOST:
        _, length, phrase = heapq.heappop(heap)
        fresh = [line for line in all_lines[phrase] if id(line) not in covered]
        gain = weight(fresh) * worth[phrase] if enough(fresh, least) else 0
        if gain and heap and -gain > heap[0][0]:
            heapq.heappush(heap, (-gain, length, phrase))
        elif gain:
            best = _longest(phrase, all_lines)
            chosen.append(by_phrase[best])
            covered.update(id(line) for line in (*fresh, *all_lines[best]))
    return chosen


def _longest(phrase: Phrase, lines: Mapping[Phrase, Sequence[Line]]) -> Phrase:
    """The longer phrase that stands in nearly the same mails says better what they are about."""
    need = NEARLY * len(lines[phrase])
    longer = [p for p, its in lines.items() if len(its) >= need and _within(phrase, p)]
    return max(longer, key=lambda p: (len(lines[p]), len(p)), default=phrase)


def _within(short: Phrase, long: Phrase) -> bool:
    """It stands in the longer one, which says more than that somebody asks."""
    if len(short) >= len(long):
        return False
    places = (n for n in range(len(long) - len(short) + 1) if long[n : n + len(short)] == short)
    return any(set(long[:n] + long[n + len(short) :]) - SAYING_NOTHING for n in places)
