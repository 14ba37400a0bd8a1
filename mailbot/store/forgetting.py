"""`mailbot forget`: what is stored of a person, by address, is removed; what `removal` leaves says nothing of them.

The address is compared as it is stored: in small letters, whole (`ana+x@…` is another one). A person's live cases
must be ended first; what they wrote on a live case of somebody else stays until that one is ended too. Step by step,
each small and in a transaction of its own: what was broken off is done by doing it once more.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, case as when, delete, func, or_, select, update

from mailbot.desk.case import LIVE
from mailbot.desk.decision import FORWARDED, Outcome
from mailbot.store import faults, removal, settings, tables
from mailbot.store.columns import table
from mailbot.store.engine import Store
from mailbot.store.outbox import on_way
from mailbot.store.removal import FORGOTTEN, MOST, ON_WAY
from mailbot.store.statements import Values, rows, run, scalar, scalars
from mailbot.store.text import key
from mailbot.store.transaction import Transaction

message = table(tables.Message)
outbox = table(tables.Outbox)
case = table(tables.Case)
event = table(tables.Event)
datum = table(tables.Datum)
participant = table(tables.Participant)
relation = table(tables.Relation)
remembered = table(tables.Remembered)
person = table(tables.Person)
location = table(tables.Location)
setting = table(tables.Setting)

#: under which name it is recorded that it was done: with a digest, without the address
RECORD = "forgotten:"
LIVE_CASES = select(case.c.id).where(case.c.state.in_(LIVE))


class StillLive(Exception):
    """Cases of this person that somebody works on: their numbers."""

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__(", ".join(numbers))
        self.numbers = numbers


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored of an address. `kept_…`: what stays for now, and why."""

    address: str
    #: numbers of their cases: that somebody works on, that wait for a reply on its way, and that can go
    live: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    messages: int = 0
    replies: int = 0
    #: of both what stands on live cases, whosesoever, and stays for now
    messages_on_live: int = 0
    replies_on_live: int = 0
    #: names of fields of which something is remembered
    remembered: list[str] = field(default_factory=list)
    #: numbers of the live cases of others that they wrote on, were written to or are told of
    others: list[str] = field(default_factory=list)
    #: of replies to them that are on their way
    on_way: int = 0
    #: `{mailbox, folder, n}`: their mail that lies on the server, as far as it is known
    on_server: list[Values] = field(default_factory=list)
    #: when it was done before
    before: datetime | None = None

    @property
    def is_nothing(self) -> bool:
        return not (
            self.live
            or self.waiting
            or self.cases
            or self.messages
            or self.replies
            or self.remembered
            or self.others
            or self.on_way
        )


def stored(s: Transaction, address: str) -> Stored:
    """Goes through all mail: for a person who asks, not for every day."""
    who = _as_stored(address)
    theirs = case.c.requester_email == who
    ended = theirs, case.c.state.not_in(LIVE)
    waits = case.c.id.in_(_sending())
    return Stored(
        address=who,
        live=_numbers(s, theirs, case.c.state.in_(LIVE)),
        waiting=_numbers(s, *ended, waits),
        cases=_numbers(s, *ended, ~waits),
        messages=_count(s, message, _theirs(who), ~_on_live(message)),
        replies=_count(s, outbox, _to(who), ~_on_live(outbox), ~ON_WAY),
        messages_on_live=_count(s, message, _theirs(who), _on_live(message)),
        replies_on_live=_count(s, outbox, _to(who), _on_live(outbox)),
        remembered=list(scalars(s, select(remembered.c.field).where(remembered.c.address == who).distinct())),
        others=_numbers(s, case.c.state.in_(LIVE), ~theirs | case.c.requester_email.is_(None), _names(who)),
        on_way=_count(s, outbox, _to(who), ON_WAY),
        on_server=_on_server(s, who),
        before=scalar(s, select(setting.c.at).where(setting.c.key == RECORD + digest(who))),
    )


def forget(store: Store, address: str, by: str, now: datetime) -> bool:
    """Whether the files of a SQLite database hold nothing of it any more: not while others read an earlier view.

    Raises `StillLive`, and nothing has changed; `StoreUnavailable`.
    """
    who = _as_stored(address)
    with store.reading() as s:
        if live := _numbers(s, case.c.requester_email == who, case.c.state.in_(LIVE)):
            raise StillLive(live)
    found = partial(_found, store)
    for step in (
        partial(_forget_cases, who=who, by=by, now=now),
        partial(_forget_messages, who=who, now=now),
        partial(_forget_replies, who=who),
        partial(_forget_traces, who=who),
    ):
        while found(step):
            pass
    store.run(partial(_record, who=who, by=by, now=now))
    return _leave_nothing_behind(store)


def digest(address: str) -> str:
    """By which it can be told whether an address was forgotten, by whoever has it already."""
    return hashlib.sha256(_as_stored(address).encode()).hexdigest()


def _as_stored(address: str) -> str:
    return key(address.strip().lower())


def _found(store: Store, step: Callable[[Transaction], int]) -> int:
    def work(s: Transaction) -> int:
        if store.is_sqlite:  # what is removed is overwritten, not only given free
            s.connection().exec_driver_sql("PRAGMA secure_delete = ON")
        return step(s)

    return store.run(work)


# -- the steps: how many rows, 0 when nothing is left ------------------------------------------------------


def _forget_cases(s: Transaction, *, who: str, by: str, now: datetime) -> int:
    ended = case.c.requester_email == who, case.c.state.not_in(LIVE)
    wanted = select(case.c.id).where(*ended, case.c.id.not_in(_sending())).limit(1)
    case_id = scalar(s, wanted)
    if case_id is not None:
        removal.a_case(s, case_id, FORGOTTEN, by, now)
    return int(case_id is not None)


def _sending() -> Any:
    return select(on_way(outbox.c.case_id.is_not(None)).c.case_id)


def _forget_messages(s: Transaction, *, who: str, now: datetime) -> int:
    ids = scalars(s, select(message.c.id).where(_theirs(who), ~_on_live(message)).limit(MOST))
    began = select(message.c.case_id).where(message.c.id.in_(ids), message.c.outcome == Outcome.OPENED)
    run(s, update(case).where(case.c.id.in_(began)).values(subject=""))  # the case was given to somebody else
    removal.answers_to(s, ids)
    removal.messages(s, ids, FORGOTTEN, now)
    return len(ids)


def _forget_replies(s: Transaction, *, who: str) -> int:
    ids = scalars(s, select(outbox.c.id).where(_to(who), ~_on_live(outbox), ~ON_WAY).limit(MOST))
    return removal.replies(s, outbox.c.id.in_(ids)) if ids else 0


def _forget_traces(s: Transaction, *, who: str) -> int:
    """Rows that name the address in what is not theirs, but for live cases; all at once, they are few."""
    for table_, column in ((remembered, remembered.c.address), (person, person.c.address)):
        run(s, delete(table_).where(column == who))
    run(s, delete(participant).where(participant.c.email == who, participant.c.case_id.not_in(LIVE_CASES)))
    run(s, delete(datum).where(datum.c.by == who, datum.c.case_id.not_in(LIVE_CASES)))
    by = f"mail:{who}"
    run(s, update(event).where(event.c.by == by, event.c.case_id.not_in(LIVE_CASES)).values(by="mail:"))
    run(s, update(relation).where(relation.c.by == by).values(by="mail:"))
    told = {"reason": when((event.c.reason == who, ""), else_=event.c.reason), "data": {}}
    run(s, update(event).where(_told_of(who), event.c.case_id.not_in(LIVE_CASES)).values(**told))
    run(s, update(case).where(case.c.answer_to == who, case.c.state.not_in(LIVE)).values(answer_to=None))
    return 0


def _record(s: Transaction, *, who: str, by: str, now: datetime) -> None:
    settings.keep(s, RECORD + digest(who), {"by": by}, now)


def _leave_nothing_behind(store: Store) -> bool:
    """The log beside a SQLite file, and the file, hold what stood there before, until all of the one is written
    into the other, which whoever reads at this moment puts off. Writers wait meanwhile, so not for long.
    """
    if not store.is_sqlite:
        return True
    with faults.translated(), store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 2000")
        is_busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
        connection.invalidate()  # for the sake of that timeout
    return not is_busy


# -- what is theirs --------------------------------------------------------------------------------------


def _theirs(who: str) -> Any:
    return (message.c.sender == who) & message.c.removed_at.is_(None)


def _on_live(of: Any) -> ColumnElement[bool]:
    """Upon a case of somebody else that is worked on."""
    return func.coalesce(of.c.case_id, 0).in_(LIVE_CASES)


def _to(who: str) -> ColumnElement[bool]:
    return or_(outbox.c.recipient == who, outbox.c.party == who)


def _told_of(who: str) -> ColumnElement[bool]:
    """Somebody said whose case it is, or was: see `by_hand.requester`."""
    named = event.c.reason, *(event.c.data[name].as_string() for name in ("email", "before"))
    return and_(event.c.kind.in_((FORWARDED, "requester")), or_(*(name == who for name in named)))


def _names(who: str) -> ColumnElement[bool]:
    """Of a case: they wrote on it, were written to, or are told of."""
    says = {
        participant: participant.c.email == who,
        message: _theirs(who),
        outbox: _to(who),
        event: _told_of(who),
    }
    return or_(*(case.c.id.in_(select(each.c.case_id).where(which)) for each, which in says.items()))


def _numbers(s: Transaction, *which: ColumnElement[bool]) -> list[str]:
    return list(scalars(s, select(case.c.number).where(*which).order_by(case.c.id)))


def _count(s: Transaction, of: Any, *which: ColumnElement[bool]) -> int:
    return int(scalar(s, select(func.count()).select_from(of).where(*which)))


def _on_server(s: Transaction, who: str) -> list[Values]:
    place = location.c.mailbox, location.c.folder
    lies = location.join(message, message.c.id == location.c.message_id)
    query = select(*place, func.count().label("n")).select_from(lies)
    theirs = message.c.sender == who, location.c.left_at.is_(None)
    return [dict(row._mapping) for row in rows(s, query.where(*theirs).group_by(*place).order_by(*place))]
