"""What the store might know when a mail arrives, and what it would make of a decision."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from mailbot.config.live import Live
from mailbot.config.load import load
from mailbot.desk.case import Attention, Case, Datum, Snapshot, State, may_move
from mailbot.desk.decision import Change, Keep
from mailbot.desk.known import Evidence, Known, OurReply, Sent, Threading
from mailbot.desk.opening import snapshot_of
from mailbot.desk.settings import Policy, Senders
from mailbot.mail.message import Address, Message
from mailbot.rules.found import Source

CONFIG = Path(__file__).parent.parent / "config.toml"
MAILBOX, OURS = "soporte", "soporte@mesa.example"
TRUST = "mx.mesa.example"
NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
REFERENCE = "<ms.r4nd0mr4nd0mr4nd0m@mesa.example>"

SENDER = Address("nadie@mesa.example", "Nadie Nunca")
OTHER = Address("otra.persona@mesa.example", "Otra Persona")
#: no mail may show a remembered value, nor to anybody what somebody else gave (invariants 4 and 5)
REMEMBERED, OF_OTHER = "Recordado-7F3Q9", "Ajena-5K8W2"


@lru_cache(maxsize=1)
def live() -> Live:
    """The example config, with every answer that can be given turned on."""
    made = Live.of(load(CONFIG))
    replies = made.policy.replies.model_copy(update={"unmatched": True})
    return replace(made, policy=made.policy.model_copy(update={"replies": replies}))


@dataclass(frozen=True)
class Situation:
    name: str
    known: Known
    policy: Policy
    whole: bool = True
    #: nobody but the desk may be written to
    silent: bool = False


def _rule() -> Snapshot:
    policy = live().policy
    return snapshot_of(next(rule for rule in policy.rules if rule.name == "impresion"), policy)


def _data(giver: Address) -> Mapping[str, Datum]:
    return {
        "nombre": Datum(REMEMBERED, Source.REMEMBERED, by=giver.email),
        "sede": Datum(OF_OTHER, Source.LABEL, by=OTHER.email, third_party=giver != OTHER),
    }


def _case(requester: Address, state: State = State.PRECASO, **more: object) -> Case:
    made = Case(
        id=7,
        number="MS-000007",
        state=state,
        version=1,
        mailbox=MAILBOX,
        snapshot=_rule(),
        requester=requester,
        subject="La impresora no imprime",
        answer_to=requester.email,
        registered_at=NOW - timedelta(hours=20),
        state_since=NOW - timedelta(hours=20),
        data=_data(requester),
        requests=1,
        deadline=NOW + timedelta(hours=4),
        group="Mesa de servicios",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def _joined(case: Case, *, participant: bool = True) -> Known:
    return Known(threading=Threading(case, Evidence.REFERENCE, REFERENCE, participant))


def around(message: Message, names: Collection[str] | None = None) -> tuple[Situation, ...]:
    """The situations of these names that this mail may come into; without names, all."""
    me = message.from_ or SENDER
    return tuple(make(name, me) for name, make in SITUATIONS.items() if names is None or name in names)


def _knowing(known: Callable[[Address], Known], **more: bool) -> Callable[[str, Address], Situation]:
    return lambda name, me: Situation(name, known(me), live().policy, **more)


def _outsider(name: str, me: Address) -> Situation:
    policy = live().policy.model_copy(update={"senders": Senders(ours=("*@nadie.example",))})
    return Situation(name, Known(), policy, silent=not me.email.endswith("@nadie.example"))


LATE = NOW - timedelta(hours=2)
SITUATIONS: Mapping[str, Callable[[str, Address], Situation]] = {
    "nothing known": _knowing(lambda _: Known()),
    "answers its precaso": _knowing(lambda me: _joined(_case(me))),
    "somebody else answers": _knowing(lambda _: _joined(_case(OTHER), participant=False)),
    "on a closed case": _knowing(lambda me: _joined(_case(me, State.CERRADO))),
    "somebody else on a closed case": _knowing(
        lambda _: _joined(_case(OTHER, State.ANULADO), participant=False)
    ),
    "late": _knowing(lambda me: _joined(_case(me, State.NO_GESTIONADO, deadline=LATE))),
    "read late, came in time": _knowing(lambda me: _joined(_case(me, State.NO_GESTIONADO))),
    "on an open case that lacks data": _knowing(lambda me: _joined(_case(me, State.ABIERTO))),
    "on a case in work": _knowing(lambda me: _joined(_case(me, State.EN_PROCESO, data={}))),
    "on a solved case": _knowing(lambda me: _joined(_case(me, State.SOLUCIONADO))),
    "second answer": _knowing(lambda me: _joined(_case(me, requests=2, attention=Attention.STILL_MISSING))),
    "open precaso": _knowing(lambda me: Known(open_precasos=(_case(me, data={}),))),
    "names the case of another": _knowing(
        lambda _: Known(threading=Threading(named=_case(OTHER), key="MS-000007"))
    ),
    "our mail came back": _knowing(lambda me: Known(bounced=OurReply(3, "request", _case(me)))),
    "too big": _knowing(lambda _: Known(), whole=False),
    "limit reached": _knowing(lambda me: replace(_joined(_case(me)), sent=Sent(5, 5, 5)), silent=True),
    "outsider": _outsider,
}
NAMES = tuple(SITUATIONS)


def stored(change: Change | None) -> Case | None:
    """The case as the store would have it after this change. Raises ValueError for a step that no state has."""
    if change is None:
        return None
    case, state = change.case, change.case.state if change.case else None
    for step in change.events:
        if step.to_state is None:
            continue
        if state and not may_move(state, step.to_state, step.reason):
            raise ValueError(f"no step from {state} to {step.to_state}")
        state = step.to_state
    if state is None or not (case or change.opening):
        raise ValueError("a change without a case or a first state")
    case = replace(
        case or _opened(change),
        state=state,
        requests=(case.requests if case else 0) + change.requests,
    )
    attention = case.attention if change.attention is Keep.ATTENTION else change.attention
    return replace(case, data={**case.data, **change.data}, attention=attention, version=case.version + 1)


def _opened(change: Change) -> Case:
    opening = change.opening
    if opening is None:
        raise ValueError("nothing is opened")
    return replace(
        _case(SENDER),
        id=8,
        number="MS-000008",
        snapshot=opening.snapshot,
        requester=opening.requester,
        subject=opening.subject,
        answer_to=opening.answer_to,
        data={},
        requests=0,
        deadline=None,
        group=opening.snapshot.rule.group,
        correlation=opening.correlation,
    )
