"""What a person of the desk does to a case: move it, complete its data, note, relate (A21, A24, A28, A34, A37)."""

from dataclasses import replace

from mailbot.desk.answering import is_outsider, withheld
from mailbot.desk.case import ANSWER_WAS_IN_TIME, TRANSITIONS, Attention, Case, Datum, State, may_move
from mailbot.desk.data import missing_of
from mailbot.desk.decision import ASKED_ANOTHER, Change, Decision, Event, Keep, Order, Role, Verdict
from mailbot.desk.joining import MOST_REQUESTS, stops
from mailbot.desk.opening import CHANNEL_MAIL, open_precaso, snapshot_of
from mailbot.desk.own import is_own
from mailbot.desk.question import Question
from mailbot.desk.settings import Policy
from mailbot.mail.message import Address
from mailbot.rules.found import Source
from mailbot.rules.people import person_name
from mailbot.rules.settings import Rule
from mailbot.rules.wanted import Wanted
from mailbot.values import Reason


class NotAllowed(ValueError):
    """A step that the case's state or rule does not have; the message says which there are."""


def move(case: Case, to: State, reason: str, by: str, policy: Policy) -> Decision:
    """A step of the table of transitions; the clocks of a precaso end with it, and so does its attention."""
    if not may_move(case.state, to, reason):
        there_are = ", ".join(sorted(TRANSITIONS[case.state])) or "ninguno: es un estado final"
        only = f", solo con el motivo «{ANSWER_WAS_IN_TIME}»" if case.state is State.NO_GESTIONADO else ""
        raise NotAllowed(
            f"{case.number} está en «{case.state}» y de ahí no pasa a «{to}»; pasa a: {there_are}{only}"
        )
    change = Change(
        case=case, events=(Event("moved", by, reason, to),), attention=None, clocks=stops("moved")
    )
    opened = case.state is State.PRECASO and to is State.ABIERTO
    return Decision(change=change, replies=_tell_opened(case, policy) if opened else ())


def set_data(case: Case, values: dict[str, str], by: str, policy: Policy) -> Decision:
    """Data learned by phone or in person. What completes a precaso opens it, as an answer by mail would (A23)."""
    names = {f.name for f in case.snapshot.fields}
    if unknown := sorted(set(values) - names):
        asked = ", ".join(sorted(names)) or "ninguno"
        raise NotAllowed(f"{case.number} no pide «{', '.join(unknown)}»; sus datos son: {asked}")
    data = {
        name: Datum(value, Source.PERSON, not _fits(case, name, value), by=by)
        for name, value in values.items()
    }
    known = {**case.data, **data}
    completes = case.state is State.PRECASO and not missing_of(case.snapshot, known)
    to = State.ABIERTO if completes else None
    change = Change(
        case=case,
        events=(Event("data_set", by, ", ".join(sorted(values)), to),),
        data=data,
        attention=None if completes else Keep.ATTENTION,
        clocks=stops("answered") if completes else (),
    )
    return Decision(change=change, replies=_tell_opened(case, policy) if completes else ())


def _fits(case: Case, name: str, value: str) -> bool:
    """What a person types is believed; where it has not the form of its field, it is shown as doubtful."""
    return any(f.name == name and Wanted(f).after_label(value, f.label) for f in case.snapshot.fields)


def note(case: Case, text: str, by: str) -> Decision:
    """A34: complementary information."""
    return Decision(change=Change(case=case, events=(Event("note", by, text),)))


def relate(case: Case, other: Case, by: str) -> Decision:
    """A37, A38: any two cases can be related."""
    if case.id == other.id:
        raise NotAllowed(f"{case.number} no puede relacionarse consigo mismo")
    event = Event("related", by, other.number)
    return Decision(change=Change(case=case, events=(event,), relations=((other.id, "related"),)))


def attended(case: Case, by: str) -> Decision:
    """The desk took notice: the case no longer waits for a person. A precaso has no clock any more: it must go on."""
    if case.state is State.PRECASO:
        raise NotAllowed(
            f"{case.number} es un precaso sin plazo: nadie más lo atendería. Complete sus datos con --set, "
            "o páselo con --move abierto o --move anulado"
        )
    return Decision(change=Change(case=case, events=(Event("attended", by),), attention=None))


def requester(case: Case, who: Address, by: str, policy: Policy) -> Decision:
    """The case is this person's: mail forwarded by a specialist, or written for a colleague (lesson 29).

    A precaso asks them for what is missing, with a time of their own. What From or memory told of who wrote
    before is not true of them.
    """
    _check(case, who, policy)
    proposed = case.forwarded_from
    if not who.name and proposed and proposed.email == who.email:
        who = proposed
    data = _of_another(case, who)
    asks, attention = _ask(case, who, policy)
    change = Change(
        case=case,
        events=(
            Event(
                "requester", by, who.email, data={"before": case.requester.email if case.requester else ""}
            ),
        ),
        requester=who,
        participants=(who,),
        data=data,
        attention=attention,
        clocks=stops(ASKED_ANOTHER) if case.state is State.PRECASO else (),
        requests=len(asks),
    )
    return Decision(change=change, replies=asks)


def _check(case: Case, who: Address, policy: Policy) -> None:
    if case.requester and case.requester.email == who.email:
        raise NotAllowed(f"{case.number} ya es de {who.email}")
    if is_own(who.email, policy.own_addresses):
        raise NotAllowed(f"{who.email} es una dirección de la mesa: no puede ser la de quien pidió ayuda")
    if is_outsider(who.email, policy):
        raise NotAllowed(f"{who.email} no está en [senders] ours: no se le puede responder")


def _of_another(case: Case, who: Address) -> dict[str, Datum]:
    """The name in From and remembered values were another's; the name is the new one's where that is known."""
    name = person_name(who.name) or None
    return {
        field: Datum(name if datum.source is Source.SENDER else None, datum.source, by=who.email)
        for field, datum in case.data.items()
        if datum.source in (Source.SENDER, Source.REMEMBERED)
    }


def _ask(case: Case, who: Address, policy: Policy) -> tuple[tuple[Order, ...], str | Keep | None]:
    """At most two requests for a precaso, whomever they went to; after them a person asks."""
    if case.state is not State.PRECASO:
        return (), Keep.ATTENTION
    if case.requests >= MOST_REQUESTS:
        return (), Attention.STILL_MISSING
    held = withheld(who.email, policy)
    asks = Order("pedir_datos", who.email, Role.REQUEST, withheld=held)
    return (asks,), Attention.NOT_IN_PILOT if held else None


def promote(q: Question, rule: Rule, by: str) -> Verdict:
    """A mail that opened nothing becomes a request under a rule that a person chose."""
    chosen = Reason("by_hand", "promoted", f"{rule.name} ({by})")
    decision = open_precaso(q, snapshot_of(rule, q.policy), channel=CHANNEL_MAIL, by=by)
    return replace(decision, reasons=(chosen, *decision.reasons), filed=rule.folder or decision.filed)


def _tell_opened(case: Case, policy: Policy) -> tuple[Order, ...]:
    if case.answer_to is None:
        return ()
    return (Order("caso_abierto", case.answer_to, Role.NOTICE, withheld=withheld(case.answer_to, policy)),)
