"""A person's message on a case that is known: what it brings, and what follows (A23, A32, A33)."""

from collections.abc import Mapping
from dataclasses import replace

from mailbot.desk.case import ANSWER_WAS_IN_TIME, FINAL, Attention, Case, Datum, State
from mailbot.desk.data import Brought, bring
from mailbot.desk.decision import Change, ClockKind, Event, Keep, Order, Outcome, Role, StopClock, Verdict
from mailbot.desk.opening import open_precaso, snapshot_of
from mailbot.desk.question import Question
from mailbot.mail.message import Address
from mailbot.rules.answer import needs_a_person, read
from mailbot.rules.found import Answer
from mailbot.rules.settings import TreatAs
from mailbot.values import Reason

#: a precaso asks for its data twice, then a person takes over
MOST_REQUESTS = 2
Orders = tuple[Order, ...]
LATE_ANSWER_OF = "late_answer_of"
NEW_AFTER = "new_after"


def join(q: Question, case: Case, evidence: Reason, *, fresh: bool = False) -> Verdict:
    """What this message does to `case`, to which `evidence` joins it.

    `fresh`: it is no answer to our mail, but the same matter written again.
    """
    answer = read(q.message, case.missing)
    decision = _by_state(q, case, answer, fresh)
    return replace(decision, reasons=(evidence, Reason("answer_says", answer), *decision.reasons))


def keep_with(q: Question, case: Case, kind: str, *reasons: Reason) -> Verdict:
    """The message is kept with the case; nothing changes and nobody is written to."""
    change = Change(case=case, events=(_event(q, kind),), participants=_participants(q))
    return q.decided(Outcome.UPDATED, *reasons, change=change)


def stops(result: str) -> tuple[StopClock, ...]:
    """Both clocks of a precaso end."""
    return tuple(StopClock(kind, result) for kind in ClockKind)


def _by_state(q: Question, case: Case, answer: Answer, fresh: bool) -> Verdict:
    if case.state in FINAL:
        return _on_closed(q, case, answer)
    if answer is Answer.COURTESY:
        return keep_with(q, case, "courtesy")
    if case.state is State.NO_GESTIONADO:
        return _on_no_gestionado(q, case, answer)
    if answer is Answer.CANCEL and case.state is State.PRECASO and not q.giver.third_party:
        return _cancel(q, case)
    if case.state is State.PRECASO or (case.state is State.ABIERTO and case.missing):
        return _bring_data(q, case, fresh=fresh)
    return _for_the_desk(q, case)


# -- on a precaso ----------------------------------------------------------------------------------------


def _cancel(q: Question, case: Case) -> Verdict:
    change = Change(
        case=case,
        events=(_event(q, "cancelled", "desistida", State.ANULADO),),
        attention=None,
        clocks=stops("cancelled"),
        participants=_participants(q),
    )
    return q.decided(Outcome.UPDATED, change=change, replies=_reply(q, case, "cancelado"))


def _bring_data(q: Question, case: Case, *, fresh: bool = False, first: tuple[Event, ...] = ()) -> Verdict:
    """Complete → abierto; something new → asked for the rest; nothing new, «no tengo», a question → a person (A21)."""
    brought = bring(case.snapshot, case.data, q.message, q.giver, asked=not fresh)
    if not brought.missing:
        return _complete(q, case, brought, first)
    if case.state is State.ABIERTO and not brought.new:
        return _for_the_desk(q, case)
    if not brought.new or brought.declined or (not fresh and needs_a_person(q.message)):
        return _nothing_new(q, case, brought, first, fresh)
    if case.attention:
        return _kept(q, case, brought, first)
    return _ask_again(q, case, brought, first)


def _complete(q: Question, case: Case, brought: Brought, first: tuple[Event, ...]) -> Verdict:
    to = None if case.state is State.ABIERTO else State.ABIERTO
    change = _change(
        q, case, brought, (*first, _event(q, "completed", "data_complete", to)), None, stops("answered")
    )
    replies = _reply(q, case, "caso_abierto")
    return _updated(q, brought, change, replies + q.tell_desk("aviso_caso", case.snapshot.rule.group))


def _nothing_new(q: Question, case: Case, brought: Brought, first: tuple[Event, ...], fresh: bool) -> Verdict:
    if fresh:
        can_ask = case.requests < MOST_REQUESTS and not case.attention
        return _ask_again(q, case, brought, first) if can_ask else keep_with(q, case, "written_again")
    replies = () if case.attention else _reply(q, case, "a_la_mesa")
    return _hand_over(q, case, brought, first, Attention.ANSWER_NOT_UNDERSTOOD, replies)


def _ask_again(q: Question, case: Case, brought: Brought, first: tuple[Event, ...]) -> Verdict:
    if case.requests >= MOST_REQUESTS:
        return _hand_over(q, case, brought, first, Attention.STILL_MISSING, _reply(q, case, "a_la_mesa"))
    replies = _reply(q, case, "pedir_faltantes", Role.REQUEST_AGAIN)
    if not replies:
        return _hand_over(q, case, brought, first, Attention.CANNOT_ANSWER, ())
    if any(order.withheld for order in replies):  # the pilot began after the first request
        return _hand_over(q, case, brought, first, Attention.NOT_IN_PILOT, replies)
    # The first deadline stays: a second request starts no clock while one runs.
    change = _change(q, case, brought, (*first, _event(q, "answered", "data_incomplete")), Keep.ATTENTION, ())
    return _updated(q, brought, replace(change, requests=1), replies)


def _hand_over(
    q: Question, case: Case, brought: Brought, first: tuple[Event, ...], why: Attention, replies: Orders
) -> Verdict:
    """A person must read it; the clock may not close it any more."""
    events = (*first, _event(q, "handed_over", why))
    change = _change(q, case, brought, events, why, stops("handed_over"))
    notices = q.tell_desk("aviso_atencion", case.snapshot.rule.group, motivo=why)
    return _updated(q, brought, change, replies + notices)


def _kept(q: Question, case: Case, brought: Brought, first: tuple[Event, ...]) -> Verdict:
    """A person has it already: they are told what came."""
    change = _change(q, case, brought, (*first, _event(q, "answered", "data_incomplete")), Keep.ATTENTION, ())
    return _updated(
        q, brought, change, q.tell_desk("aviso_atencion", case.snapshot.rule.group, motivo=case.attention)
    )


# -- on a case that a person works on --------------------------------------------------------------------


def _for_the_desk(q: Question, case: Case) -> Verdict:
    why = Attention.NEW_MAIL
    change = Change(case=case, events=(_event(q, "mail"),), attention=why, participants=_participants(q))
    notices = q.tell_desk("aviso_atencion", case.snapshot.rule.group, motivo=why)
    return q.decided(Outcome.UPDATED, change=change, replies=notices)


# -- after the end ---------------------------------------------------------------------------------------


def _on_closed(q: Question, case: Case, answer: Answer) -> Verdict:
    """A33: a new request is needed; NUEVO on the first line opens it."""
    if answer is Answer.NEW and not q.giver.third_party:
        rule = q.rule(TreatAs.PRECASO) or case.snapshot.rule
        return open_precaso(q, snapshot_of(rule, q.policy), related=((case, NEW_AFTER),))
    kept = keep_with(q, case, "mail_on_closed")
    replies = () if answer is Answer.COURTESY else q.reply("caso_cerrado")
    return replace(kept, outcome=Outcome.ON_CLOSED_CASE, replies=replies)


def _on_no_gestionado(q: Question, case: Case, answer: Answer) -> Verdict:
    """An answer is judged by its arrival at the server, however late it is read (invariant 3)."""
    if answer is Answer.CANCEL:
        return keep_with(q, case, "courtesy")
    if case.deadline and q.arrival.received_at <= case.deadline:
        reopened = _event(q, "reopened", ANSWER_WAS_IN_TIME, State.PRECASO)
        return _bring_data(q, case, first=(reopened,))
    if q.giver.third_party:
        return _for_the_desk(q, case)
    if q.policy.precaso.late_answer == "tell" and answer is not Answer.NEW:
        kept = keep_with(q, case, "late_answer")
        return replace(kept, outcome=Outcome.ON_CLOSED_CASE, replies=q.reply("caso_cerrado"))
    before = _given(case.data, q.message.from_)
    return open_precaso(q, case.snapshot, before=before, related=((case, LATE_ANSWER_OF),), asked=True)


def _given(data: Mapping[str, Datum], to: Address | None) -> dict[str, Datum]:
    """Data given so far; what somebody else gave is not shown to this person."""
    email = to.email if to else ""
    return {name: replace(d, third_party=d.third_party or d.by != email) for name, d in data.items()}


# -- in common -------------------------------------------------------------------------------------------


def _event(q: Question, kind: str, reason: str = "", to: State | None = None) -> Event:
    return Event(kind, q.by, reason, to, {"third_party": True} if q.giver.third_party else {})


def _participants(q: Question) -> tuple[Address, ...]:
    return () if q.giver.third_party else q.message.participants


def _reply(q: Question, case: Case, template: str, role: Role = Role.NOTICE) -> Orders:
    """To the requester: at the address this message asks for if it is theirs, else where the case's replies go."""
    sender, requester = q.message.from_, case.requester
    is_theirs = sender and requester and sender.email == requester.email
    to = q.answer.to if is_theirs else case.answer_to
    return q.reply(template, role, to) if to else ()


def _change(
    q: Question,
    case: Case,
    brought: Brought,
    events: tuple[Event, ...],
    attention: str | Keep | None,
    clocks: tuple[StopClock, ...],
) -> Change:
    return Change(
        case=case,
        events=events,
        data=brought.new,
        remember=brought.remember,
        attention=attention,
        clocks=clocks,
        participants=_participants(q),
    )


def _updated(q: Question, brought: Brought, change: Change, replies: Orders) -> Verdict:
    return q.decided(Outcome.UPDATED, *brought.reasons, q.answer.reason, change=change, replies=replies)
