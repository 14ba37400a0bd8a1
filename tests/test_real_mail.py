"""Mail that nobody here wrote, on the whole pure path: parse, understand, decide, compose (A15, invariants 1 and 4).

`pytest -rP tests/test_real_mail.py` shows what became of it.
"""

from collections import Counter
from collections.abc import Callable, Iterable

import pytest

from fuzz.path import through
from fuzz.situations import NAMES
from mailbot.desk.decision import Outcome
from mailbot.mail.message import Kind
from tests.corpora import Mails, of_cpython, of_people

#: as it is on the first day; a short answer goes also to people whom no rule matches
NOTHING_KNOWN = NAMES[:1]
UNREADABLE = "unreadable"
Seen = Counter[tuple[str, str, str]]


def travel(mails: Mails) -> Seen:
    """How many of each folder and kind had each outcome.

    `through` raises for a crash, for a stage over two seconds, and for an answer that must not be given: to a
    robot, a list, a bounce, a null return path, or to anybody but the one who wrote.
    """
    seen: Seen = Counter()
    for folder, _, raw in mails:
        trip = through(raw, NOTHING_KNOWN)
        kind = trip.message.kind if trip.message else UNREADABLE
        seen[folder, kind, trip.outcomes.get(NOTHING_KNOWN[0], UNREADABLE)] += 1
    return seen


@pytest.mark.parametrize(("mails", "at_least"), [(of_cpython, 40), (of_people, 2000)])
def test_real_mail_is_understood_and_never_answered_wrongly(
    mails: Callable[[], Mails], at_least: int
) -> None:
    seen = travel(mails())
    print("\n".join(table(seen)))  # noqa: T201

    assert seen.total() >= at_least
    assert not [row for row in seen if UNREADABLE in row]
    robots = {outcome for _, kind, outcome in seen if kind != Kind.PERSON}
    assert robots <= {Outcome.IGNORED, Outcome.INFORMATIVO}


def table(seen: Seen) -> Iterable[str]:
    outcomes = sorted({outcome for _, _, outcome in seen})
    yield f"| {'folder':12} | {'kind':15} | " + " | ".join(outcomes) + " |"
    yield f"|{'-' * 14}|{'-' * 17}|" + "|".join("-" * (len(outcome) + 1) + ":" for outcome in outcomes) + "|"
    for folder, kind in sorted({row[:2] for row in seen}):
        counts = (f"{seen[folder, kind, outcome]:>{len(outcome)}}" for outcome in outcomes)
        yield f"| {folder:12} | {kind:15} | " + " | ".join(counts) + " |"
