"""The clock: what a reminder or a deadline that is due does to its precaso (A22, invariant 3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.desk.answering import withheld
from mailbot.desk.case import Attention, Case, State
from mailbot.desk.decision import (
    EXPIRED,
    Change,
    ClockKind,
    Decision,
    Event,
    Order,
    Role,
    StartClock,
    StopClock,
)
from mailbot.desk.hours import calendar_of
from mailbot.desk.joining import stops
from mailbot.desk.question import tell_desk
from mailbot.desk.settings import Policy
from mailbot.values import Reason

#: mail under way when the deadline falls: the mailbox must have been read this much beyond it
GRACE = timedelta(minutes=5)
#: a reminder that is late, since mailbot or the server stood still, must leave as much time; of shorter deadlines,
#: half of what it should have left
LEAST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Due:
    """A clock that ran out, and what its judgement needs.

    `read_up_to`: up to when the mailbox that asked was read whole; None: never.
    `unreadable`: a mail of this case's people came in its time and could not be read.
    """

    kind: ClockKind
    starts: datetime
    due: datetime
    case: Case
    read_up_to: datetime | None
    unreadable: bool = False


def decide_due(due: Due, policy: Policy, now: datetime) -> Decision | None:
    """What happens now; None: not yet, the mailbox was not read far enough."""
    case = due.case
    if case.state is not State.PRECASO or case.attention or not case.missing:
        return _stopped(due, "not_needed")
    if due.kind is ClockKind.REMINDER:
        return _remind(due, policy, now)
    return _close(due, policy)


def _stopped(due: Due, result: str) -> Decision:
    return Decision(change=Change(case=due.case, clocks=(StopClock(due.kind, result),)))


def _remind(due: Due, policy: Policy, now: datetime) -> Decision | None:
    case = due.case
    opens = calendar_of(case.snapshot, policy).next_open(now)
    if case.deadline is None or opens >= case.deadline:
        return _stopped(due, "too_late")
    if case.deadline - opens < min(LEAST, (case.deadline - due.due) / 2):
        return _stopped(due, "too_late")
    if opens > now:
        return _put_off(due, opens)
    if due.read_up_to is None or due.read_up_to < due.due:
        return None
    change = Change(
        case=case,
        events=(Event("reminded", "mailbot"),),
        clocks=(StopClock(ClockKind.REMINDER, "reminded"),),
        reminded=True,
    )
    return Decision(change=change, replies=_to_requester(case, "recordatorio", Role.REMINDER, policy))


def _put_off(due: Due, until: datetime) -> Decision:
    """It is late, and the desk is closed by now."""
    later = StartClock(due.kind, due.starts, until, due.case.snapshot.calendar)
    clocks = StopClock(due.kind, "put_off"), later
    return Decision(change=Change(case=due.case, clocks=clocks))


def _close(due: Due, policy: Policy) -> Decision | None:
    case = due.case
    if due.read_up_to is None or due.read_up_to < due.due + GRACE:
        return None
    if due.unreadable:
        return _hand_over(case, policy)
    change = Change(
        case=case,
        events=(Event("expired", "mailbot", "data_did_not_come", State.NO_GESTIONADO),),
        clocks=stops(EXPIRED),
    )
    reason = Reason("clock", "expired", due.due.isoformat())
    return Decision(
        reasons=(reason,), change=change, replies=_to_requester(case, "no_gestionado", Role.CLOSE, policy)
    )


def _hand_over(case: Case, policy: Policy) -> Decision:
    why = Attention.UNREADABLE_MAIL
    change = Change(
        case=case, events=(Event("handed_over", "mailbot", why),), attention=why, clocks=stops("handed_over")
    )
    return Decision(
        change=change, replies=tell_desk(policy, "aviso_atencion", case.snapshot.rule.group, motivo=why)
    )


def _to_requester(case: Case, template: str, role: Role, policy: Policy) -> tuple[Order, ...]:
    if case.answer_to is None:
        return ()
    return (Order(template, case.answer_to, role, withheld=withheld(case.answer_to, policy)),)
