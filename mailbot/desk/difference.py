"""What was decided on a mail beside what other rules would decide: told by outcome and reasons alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mailbot.desk.decide import REPORTS
from mailbot.desk.decision import Outcome
from mailbot.mail.message import Kind
from mailbot.rules.found import Source
from mailbot.rules.settings import TreatAs
from mailbot.values import Reason


class Change(StrEnum):
    """What other rules would do otherwise with one mail."""

    #: it opened no case, and would open one
    NEWLY = "newly"
    #: a rule decided it, and none would
    LOST = "lost"
    #: another rule would decide it, or the same in another way
    MOVED = "moved"
    #: the same rule would ask for something that was not asked for
    MORE = "more"
    #: … for less
    LESS = "less"
    #: it would be filed, without a case
    INFORMATIVO = "informativo"
    #: it would open a machine's case, without a reply
    MONITOREO = "monitoreo"
    SAME = "same"


class Apart(StrEnum):
    """Why no rule decided a mail, or none could have decided it otherwise."""

    #: it belongs to a case by its thread, its subject or the data that it brings
    OF_CASE = "of_case"
    #: bounces, receipts, answers to invitations: only a machine's rule may take one for an alarm
    REPORT = "report"
    DUPLICATE = "duplicate"
    BACKLOG = "backlog"
    FAILED = "failed"
    BY_HAND = "by_hand"


#: the outcomes that no rule has a part in
APART = {
    Outcome.ON_CLOSED_CASE: Apart.OF_CASE,
    Outcome.BOUNCE: Apart.REPORT,
    Outcome.DUPLICATE: Apart.DUPLICATE,
    Outcome.BACKLOG: Apart.BACKLOG,
    Outcome.FAILED: Apart.FAILED,
}
#: said of a thread that leads to no case: the mail answers what a person of the desk wrote
ANSWERS_US = "answers_unknown"
BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided, or would be. `treat_as`: how its rule treats it; None: no rule decides it."""

    #: the rule that the subject matches, whatever comes of it
    rule: str | None
    treat_as: TreatAs | None
    outcome: Outcome
    #: required fields that the mail does not give
    missing: tuple[str, ...] = ()
    #: of the subject, by which the rule matches
    words: tuple[str, ...] = ()


def decided(
    rule: str | None, outcome: Outcome, reasons: Iterable[Reason], words: tuple[str, ...] = ()
) -> Decided:
    """As far as outcome and reasons tell it, of a decision as of what was recorded of one."""
    said = {(r.check, r.said): r.detail for r in reasons}
    missing = said.get(("data", "missing"), "")
    by_machine = any(check == "machine" for check, _ in said)
    return Decided(
        rule, _treated(outcome, by_machine), outcome, tuple(missing.split(", ")) if missing else (), words
    )


def _treated(outcome: Outcome, by_machine: bool) -> TreatAs | None:
    if by_machine:  # also one that adds to a case, or tells the end of a fault that has none
        return TreatAs.MONITOREO
    return {Outcome.OPENED: TreatAs.PRECASO, Outcome.INFORMATIVO: TreatAs.INFORMATIVO}.get(outcome)


def apart(kind: Kind, outcome: Outcome, reasons: Iterable[Reason]) -> Apart | None:
    """Why it has no part in a comparison of rules; None: the rules decided it, or found nothing to decide."""
    reasons = tuple(reasons)
    if by_hand(reasons):
        return Apart.BY_HAND
    if found := APART.get(outcome):
        return found
    if any(r.check == "machine" for r in reasons):
        return None
    if kind in REPORTS:
        return Apart.REPORT
    threads = {r.said for r in reasons if r.check == "thread"} - {ANSWERS_US}
    return Apart.OF_CASE if threads or outcome is Outcome.UPDATED else None


def by_hand(reasons: Iterable[Reason]) -> bool:
    """What a person moved and found to be of a case all the same was not."""
    return any(r.check == BY_HAND and r.said in ("promoted", "filed") for r in reasons)


def promoted(reasons: Iterable[Reason]) -> str | None:
    """The rule under which a person made a case of it."""
    chosen = (r.detail for r in reasons if (r.check, r.said) == (BY_HAND, "promoted"))
    return next((detail.rpartition(" (")[0] for detail in chosen), None)


def change(before: Decided, after: Decided) -> Change:
    if after.treat_as is None:
        return Change.LOST if before.treat_as else Change.SAME
    if after.treat_as is TreatAs.PRECASO and before.treat_as in (None, TreatAs.INFORMATIVO):
        return Change.NEWLY
    if after.treat_as is not TreatAs.PRECASO and before.treat_as is not after.treat_as:
        return Change(after.treat_as)
    if before.rule != after.rule or before.treat_as is not after.treat_as:
        return Change.MOVED
    return _asked(set(before.missing), set(after.missing))


def _asked(before: set[str], after: set[str]) -> Change:
    """Whoever is asked for something new and spared something else is asked for more."""
    if after - before:
        return Change.MORE
    return Change.LESS if before - after else Change.SAME


def known_then(reasons: Iterable[Reason]) -> frozenset[str]:
    """The fields that its sender had given before."""
    of = f" ({Source.REMEMBERED})"
    data = (r.detail for r in reasons if (r.check, r.said) == ("data", "found"))
    return frozenset(detail.removesuffix(of) for detail in data if detail.endswith(of))


def thread_then(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """What an answer to somebody of the desk follows."""
    of = (r.detail for r in reasons if (r.check, r.said) == ("thread", ANSWERS_US))
    return tuple(name for detail in of for name in detail.split(", "))
