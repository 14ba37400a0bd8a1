"""A case is changed only upon the version that the decision was made on: compare and set."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, delete, func, insert, select, text, update

from mailbot.desk.case import Case, Datum, State, may_move
from mailbot.desk.decision import Change, Event, Keep, Opening, StartClock
from mailbot.mail.message import Address
from mailbot.store import snapshot as snapshots, tables
from mailbot.store.columns import table
from mailbot.store.errors import Conflict
from mailbot.store.lookup import by_id, get
from mailbot.store.prepared import Prepared
from mailbot.store.statements import Values, add, add_all, add_missing, first, put, run, run_all, scalar
from mailbot.store.text import key
from mailbot.store.transaction import Transaction

__all__ = ["by_id", "follow", "get", "hold", "join", "tell"]

case = table(tables.Case)
event = table(tables.Event)
datum = table(tables.Datum)
clock = table(tables.Clock)
relation = table(tables.Relation)
participant = table(tables.Participant)
message = table(tables.Message)
remembered = table(tables.Remembered)

#: what they set stands in the values that they are run with
ITS_ID = case.c.id == bindparam("its_id")
SET_CASE = Prepared(update(case).where(ITS_ID))
SET_CASE_AS_READ = Prepared(update(case).where(ITS_ID, case.c.version == bindparam("its_version")))
SET_MESSAGE = Prepared(update(message).where(message.c.id == bindparam("its_id")))
REGISTERED = case.c.id, case.c.number
REGISTER = Prepared(insert(case).returning(*REGISTERED))
#: of the case that is being inserted, so that its row is written once; what came of it is looked at afterwards
NEXT_NUMBER = {
    "sqlite": "printf('%s-%06d', :its_prefix, 1 + max(coalesce((SELECT max(id) FROM \"case\"), 0),"
    " coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'case'), 0)))",
    "postgresql": "CAST(:its_prefix AS VARCHAR) || '-' || to_char(currval('case_id_seq'), 'FM999999000000')",
}
END_CLOCKS = Prepared(
    update(clock).where(
        clock.c.case_id == bindparam("its_case"),
        clock.c.kind.in_(bindparam("its_kinds", expanding=True)),
        clock.c.done_at.is_(None),
    ),
    "its_kinds",
)
#: by the index, however many events a machine's case has: PostgreSQL reads them all for max() until it knows better
LAST_EVENT = (
    select(event.c.seq)
    .where(event.c.case_id == bindparam("its_case"))
    .order_by(event.c.seq.desc())
    .limit(1)
    .scalar_subquery()
)
ADD_EVENT = Prepared(insert(event).values(seq=func.coalesce(LAST_EVENT, 0) + 1))


def hold(s: Transaction, change: Change, now: datetime, *, prefix: str = "MS") -> int:
    """What comes first: the case registered, or changed upon its version; its id. All else hangs on it (`follow`).

    Raises `Conflict` if the case changed since the decision, `ValueError` for a step that no state has.
    """
    steps = _steps(change.case.state if change.case else None, change.events, now)
    if change.opening:
        return _register(s, change, steps, prefix, now)
    if change.case:
        return _update(s, change.case, change, steps)
    raise ValueError("a change without a case")


def join(s: Transaction, case_id: int, message_id: int) -> None:
    """A message that was stored before belongs to the case."""
    run(s, SET_MESSAGE, its_id=message_id, case_id=case_id)


def follow(s: Transaction, case_id: int, change: Change, message_id: int | None, now: datetime) -> None:
    """The events, data, clocks, relations and people of a change; `message_id` caused it."""
    before = change.case.state if change.case else None
    _record_events(s, case_id, change.events, before, message_id, now)
    for name, known in change.data.items():
        put(s, datum, _datum(case_id, name, known))
    _run_clocks(s, case_id, change, now)
    _relate(s, case_id, change, now)
    _join(s, case_id, change)
    if message_id is not None:
        _remember(s, change, message_id, now)


def tell(s: Transaction, case_id: int, event: Event, now: datetime) -> None:
    """Add to the history what changes no state."""
    _record_events(s, case_id, (event,), State.PRECASO, None, now)


def _steps(state: State | None, events: Iterable[Event], now: datetime) -> Values:
    """The columns that the transitions among `events` set; checks each of them."""
    values: Values = {}
    for step in events:
        if step.to_state is None:
            continue
        is_possible = (
            may_move(state, step.to_state, step.reason)
            if state
            else step.to_state in (State.PRECASO, State.ABIERTO)
        )
        if not is_possible:
            raise ValueError(f"no step from {state} to {step.to_state} ({step.kind}, {step.reason})")
        state = step.to_state
        values |= {"state": state, "state_since": now, **_moment(state, now)}
    return values


def _moment(state: State, now: datetime) -> Values:
    """When it was opened, solved and ended; a case that goes on is neither solved nor ended."""
    match state:
        case State.ABIERTO:
            return {"opened_at": now, "closed_at": None}
        case State.PRECASO:
            return {"closed_at": None}
        case State.EN_PROCESO | State.ACTIVO_PROVEEDOR:
            return {"solved_at": None}
        case State.SOLUCIONADO:
            return {"solved_at": now}
    return {"closed_at": now}


def _register(s: Transaction, change: Change, steps: Values, prefix: str, now: datetime) -> int:
    opening = change.opening
    if opening is None or "state" not in steps:
        raise ValueError("a case opens with an event that gives its first state")
    attention = None if change.attention is Keep.ATTENTION else change.attention
    known = {"id": opening.number, "number": _number(prefix, opening.number)} if opening.number else None
    row = first(
        s,
        REGISTER if known else _register_next(s.connection().dialect.name),
        **known or {"its_prefix": prefix},
        **_opened(opening),
        **steps,
        version=1,
        attention=attention,
        requests=change.requests,
        reminded=change.reminded,
        registered_at=now,
    )
    if row.number != (number := _number(prefix, row.id)):
        run(s, SET_CASE, its_id=row.id, number=number)
    return int(row.id)


@cache
def _register_next(dialect: str) -> Prepared:
    return Prepared(insert(case).values(number=text(NEXT_NUMBER[dialect])).returning(*REGISTERED))


def _number(prefix: str, case_id: int) -> str:
    return f"{prefix}-{case_id:06d}"


def _opened(opening: Opening) -> Values:
    rule = opening.snapshot.rule
    return {
        "mailbox": opening.mailbox,
        "channel": opening.channel,
        "rule": opening.snapshot.name,
        "snapshot": snapshots.to_json(opening.snapshot),
        "kind": rule.kind,
        "severity": rule.severity,
        "category": rule.category,
        "level": 1,
        "group": rule.group,
        "correlation": key(opening.correlation) if opening.correlation else None,
        **_requester(opening.requester),
        "answer_to": opening.answer_to,
        "subject": opening.subject,
    }


def _requester(who: Address | None) -> Values:
    return {"requester_email": who.email if who else None, "requester_name": who.name if who else ""}


def _update(s: Transaction, known: Case, change: Change, steps: Values) -> int:
    """Compare and set: one row, or somebody was faster."""
    values = {**steps, "version": known.version + 1, "requests": known.requests + change.requests}
    if change.attention is not Keep.ATTENTION:
        values["attention"] = change.attention
    if change.reminded:
        values["reminded"] = True
    if change.requester:
        values |= _requester(change.requester) | {"answer_to": change.requester.email}
    if run(s, SET_CASE_AS_READ, its_id=known.id, its_version=known.version, **values) != 1:
        raise Conflict(f"case {known.number} changed since version {known.version}")
    return known.id


def _record_events(
    s: Transaction,
    case_id: int,
    events: Iterable[Event],
    state: State | None,
    message_id: int | None,
    now: datetime,
) -> None:
    values = []
    for new in events:
        values.append(
            {
                "case_id": case_id,
                "its_case": case_id,
                "at": now,
                "kind": new.kind,
                "by": new.by,
                "from_state": state if new.to_state else None,
                "to_state": new.to_state,
                "reason": new.reason,
                "data": dict(new.data),
                "message_id": message_id,
            }
        )
        state = new.to_state or state
    run_all(s, ADD_EVENT, values)


def _datum(case_id: int, name: str, known: Datum) -> Values:
    return {
        "case_id": case_id,
        "field": name,
        "value": known.value,
        "source": known.source,
        "doubtful": known.doubtful,
        "misfit": known.misfit,
        "by": known.by,
        "third_party": known.third_party,
    }


def _run_clocks(s: Transaction, case_id: int, change: Change, now: datetime) -> None:
    """A clock that starts while one of its kind runs takes its place."""
    ended: dict[str, list[str]] = {}
    for order in change.clocks if change.case else ():
        ended.setdefault("restarted" if isinstance(order, StartClock) else order.result, []).append(
            order.kind
        )
    for result, kinds in ended.items():
        run(s, END_CLOCKS, its_case=case_id, its_kinds=kinds, done_at=now, result=result)
    started = [
        {
            "case_id": case_id,
            "kind": order.kind,
            "starts": order.starts,
            "due": order.due,
            "calendar": order.calendar,
            "elapsed": 0,
        }
        for order in change.clocks
        if isinstance(order, StartClock)
    ]
    add_all(s, clock, started)


def _relate(s: Transaction, case_id: int, change: Change, now: datetime) -> None:
    by = change.events[0].by if change.events else "mailbot"
    add_missing(
        s,
        relation,
        [{"a": case_id, "b": other, "kind": how, "by": by, "at": now} for other, how in change.relations],
    )


def _join(s: Transaction, case_id: int, change: Change) -> None:
    requester = (change.opening.requester,) if change.opening and change.opening.requester else ()
    emails = dict.fromkeys(key(a.email.lower()) for a in (*requester, *change.participants) if a.email)
    add_missing(s, participant, [{"case_id": case_id, "email": email} for email in emails])


def _remember(s: Transaction, change: Change, message_id: int, now: datetime) -> None:
    """In a table of its own, so that it can be forgotten; the latest value of an address and field stays."""
    if not change.remember:
        return
    sender = scalar(s, select(message.c.sender).where(message.c.id == message_id))
    for name, value in change.remember.items():
        run(s, delete(remembered).where(remembered.c.address == sender, remembered.c.field == name))
        add(s, remembered, address=sender, field=name, value=value, message_id=message_id, at=now)
