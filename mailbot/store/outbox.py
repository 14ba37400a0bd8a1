"""Replies: stored with their bytes, claimed by rows, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, bindparam, case as when, func, select, update
from sqlalchemy.exc import DBAPIError

from mailbot.desk.case import Case
from mailbot.desk.decision import Order, Role
from mailbot.desk.delivery import Status
from mailbot.store import lookup, tables
from mailbot.store.columns import is_always, table
from mailbot.store.prepared import Prepared
from mailbot.store.statements import add, first, rows, run
from mailbot.store.text import key
from mailbot.store.transaction import Transaction

if TYPE_CHECKING:
    from mailbot.replies.compose import Composed

outbox = table(tables.Outbox)
case = table(tables.Case)
message = table(tables.Message)

#: when the mail came that it answers at once; what waited for a person, or for a clock, has no such time
ARRIVED_AT = (
    select(message.c.received_at)
    .where(message.c.id == outbox.c.answers, message.c.stored_at == outbox.c.queued_at)
    .correlate(outbox)
    .scalar_subquery()
    .label("arrived_at")
)
SENDING = is_always(outbox.c.status, Status.SENDING)
NEXT = (
    select(outbox.c.id)
    .where(
        outbox.c.mailbox == bindparam("its_mailbox"),
        outbox.c.status.in_((Status.QUEUED, Status.UNCERTAIN)),
        outbox.c.next_attempt_at <= bindparam("now"),
    )
    .order_by(outbox.c.next_attempt_at, outbox.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
#: what is sending has no next attempt
READY = Prepared(select(outbox.c.mailbox).distinct().where(outbox.c.next_attempt_at <= bindparam("now")))
CLAIM = Prepared(
    update(outbox)
    .where(outbox.c.id == NEXT.scalar_subquery())
    .values(attempts=outbox.c.attempts + 1)
    .returning(outbox, ARRIVED_AT)
)
#: what a worker claimed last, whatever else stands in its row
IN_HAND = (
    select(outbox.c.id, outbox.c.attempts)
    .where(SENDING, outbox.c.mailbox == bindparam("mailbox"), outbox.c.claimed_by == bindparam("worker"))
    .order_by(outbox.c.claimed_at.desc(), outbox.c.id.desc())
    .limit(1)
)
REPLY = Prepared(select(outbox, ARRIVED_AT).where(outbox.c.id == bindparam("reply_id")))
ITS_CASE = Prepared(
    lookup.such(
        case.c.id == select(outbox.c.case_id).where(outbox.c.id == bindparam("reply_id")).scalar_subquery()
    )
)
#: a bounce that came first stays
SETTLE = (
    update(outbox)
    .where(outbox.c.id == bindparam("its_id"))
    .values(
        status=when(
            (outbox.c.status == Status.BOUNCED, Status.BOUNCED),
            else_=bindparam("its_status", type_=outbox.c.status.type),
        ),
        times_uncertain=outbox.c.times_uncertain + bindparam("uncertain"),
        claimed_by=None,
        claimed_at=None,
    )
)
#: whether an attempt is the one whose result the row waits for
ITS: ColumnElement[bool] = outbox.c.status.in_((Status.SENDING, Status.BOUNCED)) & (
    outbox.c.attempts == bindparam("attempt")
)
#: as `mailbot status` counts them, in this order
ON_WAY = (Status.QUEUED, Status.SENDING, Status.UNCERTAIN)
WAITS = outbox.c.status.in_(ON_WAY)
SETTLE_ANY, SETTLE_ITS = Prepared(SETTLE), Prepared(SETTLE.where(ITS))
SETTLE_SENT = Prepared(SETTLE.where(ITS | WAITS))
#: the first mail that left for its requester is the first response to a case
RESPONDED = Prepared(
    update(case).where(
        case.c.id
        == select(outbox.c.case_id)
        .where(outbox.c.id == bindparam("reply_id"), outbox.c.role != Role.DESK)
        .scalar_subquery(),
        case.c.first_response_at.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A reply that this worker now sends, always the same bytes. `attempts` counts this one."""

    id: int
    mailbox: str
    to: str
    envelope_from: str
    data: bytes
    role: Role
    template: str
    case: Case | None
    attempts: int
    #: an attempt before ended without anybody knowing whether it was accepted
    was_uncertain: bool
    queued_at: datetime
    message_id: str
    reference: str
    #: when the mail came that it answers at once
    arrived_at: datetime | None = None


def queue(
    s: Transaction,
    order: Order,
    composed: "Composed | None",
    *,
    case: Case | None,
    message_id: int | None,
    party: str = "",
    mailbox: str,
    now: datetime,
    status: Status | str = Status.QUEUED,
    error: str = "",
) -> int:
    """Store a reply to `message_id`, which `party` sent; its id. `composed` is None if it could not be written.

    Only `queued` ones are sent; `not_needed` and `failed` are kept to be shown, with `error` as the reason.
    """
    status = Status(status)
    return add(
        s,
        outbox,
        mailbox=mailbox,
        case_id=case.id if case else None,
        answers=message_id,
        party=key(party or order.to),
        role=order.role,
        template=order.template,
        recipient=key(composed.to if composed else order.to),
        subject=composed.subject if composed else "",
        message_id=composed.message_id if composed else None,
        reference=composed.reference if composed else None,
        envelope_from=composed.envelope_from if composed else "",
        data=composed.data if composed else b"",
        status=status,
        queued_at=now,
        next_attempt_at=now if status is Status.QUEUED else None,
        attempts=0,
        times_uncertain=0,
        said=error,
    )


class Unreadable(Exception):
    """This reply, or its case, is damaged in the database: the others must not wait for it (hazard 49)."""

    def __init__(self, reply_id: int, attempts: int) -> None:
        super().__init__(f"reply {reply_id}")
        self.id, self.attempts = reply_id, attempts


def ready(s: Transaction, now: datetime) -> set[str]:
    """The mailboxes with replies whose time has come."""
    return {row.mailbox for row in rows(s, READY, now=now)}


def claim(s: Transaction, mailbox: str, now: datetime, worker: str) -> Claimed | None:
    """The next reply whose time has come, or None; the attempt is recorded before dialling (hazard 57).

    Raises `Unreadable`.
    """
    values = {"status": Status.SENDING, "next_attempt_at": None, "claimed_by": worker, "claimed_at": now}
    try:
        claimed = first(s, CLAIM, its_mailbox=mailbox, now=now, **values)
        return claimed and _read(s, claimed)
    except DBAPIError:
        raise
    except Exception as broken:
        damaged = first(s, IN_HAND, mailbox=mailbox, worker=worker)
        raise Unreadable(damaged.id, damaged.attempts) from broken


def settle(
    s: Transaction,
    reply_id: int,
    status: Status | str,
    said: str,
    now: datetime,
    next_attempt: datetime | None = None,
    sent_message_id: str | None = None,
    *,
    attempt: int | None = None,
) -> bool:
    """What became of a reply; with `next_attempt` it is tried again then.

    `attempt`: of whose result this is. False, and nothing changes, if another has taken the reply over and
    knows as much; that it was accepted is always news.
    """
    status = Status(status)
    values: dict[str, Any] = {
        "its_id": reply_id,
        "its_status": status,
        "said": said,
        "next_attempt_at": next_attempt,
        "uncertain": int(status is Status.UNCERTAIN),
    }
    statement = SETTLE_ANY
    if status is Status.SENT:
        values |= {"sent_at": now, "sent_message_id": sent_message_id and key(sent_message_id)}
    if attempt is not None:
        statement = SETTLE_SENT if status is Status.SENT else SETTLE_ITS
        values["attempt"] = attempt
    settled = run(s, statement, **values) == 1
    if settled and status is Status.SENT:
        run(s, RESPONDED, reply_id=reply_id, first_response_at=now)
    return settled


def case_of(s: Transaction, reply_id: int) -> Case | None:
    """The case of a reply, as it is now."""
    return next(iter(lookup.found(s, ITS_CASE, reply_id=reply_id)), None)


def pending(s: Transaction, mailbox: str | None = None) -> Mapping[str, int]:
    """How many replies are on their way, per status; `uncertain` ones only if they are tried again."""
    found = on_way() if mailbox is None else on_way(outbox.c.mailbox == mailbox)
    query = select(found.c.status, func.count().label("n")).group_by(found.c.status)
    return {str(row.status): row.n for row in rows(s, query)}


def on_way(*wanted: ColumnElement[bool]) -> Any:
    """Replies that are being sent or are still to be, of those `wanted`: each of the two by an index of its own."""
    columns = outbox.c.id, outbox.c.mailbox, outbox.c.case_id, outbox.c.status
    sending = select(*columns).where(SENDING, *wanted)
    waiting = outbox.c.next_attempt_at.is_not(None), outbox.c.status != Status.SENDING
    return sending.union_all(select(*columns).where(*waiting, *wanted)).subquery()


def read(s: Transaction, reply_id: int) -> Claimed:
    """Raises whatever a damaged row or case leads to."""
    row = first(s, REPLY, reply_id=reply_id)
    if row is None:
        raise LookupError(f"no reply {reply_id}")
    return _read(s, row)


def _read(s: Transaction, row: Any) -> Claimed:
    return Claimed(
        id=row.id,
        mailbox=row.mailbox,
        to=row.recipient,
        envelope_from=row.envelope_from,
        data=row.data,
        role=row.role,
        template=row.template,
        case=lookup.by_id(s, row.case_id) if row.case_id else None,
        attempts=row.attempts,
        was_uncertain=row.times_uncertain > 0,
        queued_at=row.queued_at,
        message_id=row.message_id or "",
        reference=row.reference or "",
        arrived_at=row.arrived_at,
    )
