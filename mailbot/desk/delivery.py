"""What the fate of a reply means for its case: the deadline starts when the request was accepted (invariant 3)."""

from datetime import datetime
from enum import StrEnum

from mailbot.desk.case import LIVE, Attention, Case, State
from mailbot.desk.decision import Change, ClockKind, Decision, Event, Role, StartClock
from mailbot.desk.hours import calendar_of
from mailbot.desk.joining import stops
from mailbot.desk.question import tell_desk
from mailbot.desk.settings import ALWAYS, Policy

REQUESTS = frozenset({Role.REQUEST, Role.REQUEST_AGAIN})


class Status(StrEnum):
    """Of a reply, as the contract names them."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    #: cut after the final dot: nobody knows
    UNCERTAIN = "uncertain"
    #: 5xx
    REFUSED = "refused"
    #: days of 4xx
    GIVEN_UP = "given_up"
    BOUNCED = "bounced"
    #: could not be written
    FAILED = "failed"
    NOT_NEEDED = "not_needed"


ATTENTION = {
    Status.REFUSED: Attention.REQUEST_REFUSED,
    Status.GIVEN_UP: Attention.REQUEST_REFUSED,
    Status.UNCERTAIN: Attention.REQUEST_UNCERTAIN,
    Status.FAILED: Attention.REQUEST_NOT_WRITTEN,
}


def still_needed(role: Role, case: Case | None, now: datetime) -> bool:
    """Whether a reply that waited still says something true: a stale one is not sent."""
    if case is None or role in (Role.NOTICE, Role.DESK):
        return True
    if role in REQUESTS:
        return case.state in LIVE and bool(case.missing)
    if role is Role.REMINDER:
        waits = case.state is State.PRECASO and not case.attention and bool(case.missing)
        return waits and case.deadline is not None and now < case.deadline
    return case.state is State.NO_GESTIONADO


def not_before(role: Role, case: Case | None, policy: Policy, now: datetime) -> datetime:
    """When a reply may leave: a reminder while the calendar of its case is open, all else at once."""
    if role is not Role.REMINDER or case is None:
        return now
    return calendar_of(case.snapshot, policy).next_open(now)


def matters(role: Role, status: Status) -> bool:
    """Whether anything may follow, whatever its case is like: nothing does from a notice that arrived."""
    return status in ATTENTION or (status is Status.SENT and role in REQUESTS)


def decide_delivery(
    role: Role, case: Case | None, status: Status, policy: Policy, now: datetime
) -> Decision | None:
    """What follows from a reply's final status; None: nothing."""
    if case is None or not matters(role, status):
        return None
    if role in REQUESTS and case.state is State.PRECASO:
        if status is Status.SENT:
            return _start_clock(case, policy, now)
        if status in ATTENTION:
            return _hand_over(case, ATTENTION[status], policy)
    if is_to_be_told(role, case) and status in ATTENTION:
        return _hand_over(case, Attention.NOT_TOLD, policy)
    return None


def is_to_be_told(role: str, case: Case) -> bool:
    """Nobody who wrote is forgotten: if this answer did not arrive, who works on the case can call."""
    return role == Role.NOTICE and case.state in LIVE - {State.PRECASO} and not case.attention


def _start_clock(case: Case, policy: Policy, now: datetime) -> Decision | None:
    """The first request accepted starts the clock; so does the first after a reopening. The others change nothing."""
    runs = case.deadline is not None and case.deadline > case.state_since
    if runs or case.attention:
        return None
    calendar = calendar_of(case.snapshot, policy)
    name = case.snapshot.calendar if calendar.hours else ALWAYS
    within = case.snapshot.answer_within
    clocks = [StartClock(ClockKind.ANSWER, now, calendar.due(now, within), name)]
    remind = calendar.reminder(now, policy.precaso.remind_after, within)
    if remind and not case.reminded:
        clocks.append(StartClock(ClockKind.REMINDER, now, remind, name))
    change = Change(case=case, events=(Event("asked", "mailbot", "request_accepted"),), clocks=tuple(clocks))
    return Decision(change=change)


def _hand_over(case: Case, why: Attention, policy: Policy) -> Decision:
    change = Change(
        case=case, events=(Event("handed_over", "mailbot", why),), attention=why, clocks=stops("handed_over")
    )
    notices = tell_desk(policy, "aviso_atencion", case.snapshot.rule.group, motivo=why)
    return Decision(change=change, replies=notices)
