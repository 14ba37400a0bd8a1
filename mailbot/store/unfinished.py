"""Replies whose sending broke off: by a worker that died, by the database, by damage in the database."""

from datetime import datetime

from sqlalchemy import case as when, func, select, update

from mailbot.desk.case import Attention, State
from mailbot.desk.decision import Event
from mailbot.desk.delivery import REQUESTS, Status
from mailbot.store import cases, tables
from mailbot.store.columns import table
from mailbot.store.outbox import SENDING, on_way, settle
from mailbot.store.statements import first, rows, run, scalar
from mailbot.store.transaction import Transaction

outbox = table(tables.Outbox)
case = table(tables.Case)

INTERRUPTED = "se interrumpió mientras se enviaba: no se sabe si salió"


def hand_over(s: Transaction, reply_id: int, now: datetime) -> None:
    """Of a request that will not be tried again nobody told the precaso: it waits for a person (invariant 3).

    What stands in its rows is not read: that may be what is wrong with it.
    """
    request = outbox.c.role.in_(REQUESTS), outbox.c.next_attempt_at.is_(None)
    final = outbox.c.id == reply_id, *request, outbox.c.status != Status.NOT_NEEDED
    case_id = scalar(s, select(outbox.c.case_id).where(*final))
    waits = case.c.id == case_id, case.c.state == State.PRECASO, case.c.attention.is_(None)
    why = Attention.REQUEST_NOT_NOTED
    if case_id and run(s, update(case).where(*waits).values(attention=why, version=case.c.version + 1)):
        cases.tell(s, case_id, Event("handed_over", "mailbot", why), now)


def put_off(s: Transaction, reply_id: int, attempts: int, said: str, until: datetime) -> None:
    """One that cannot even be read: tried again then. Somebody may have mended it."""
    same = outbox.c.id == reply_id, outbox.c.attempts < attempts
    values = {"attempts": attempts, "said": said, "next_attempt_at": until}
    run(s, update(outbox).where(*same).values(**values))


def put_back(s: Transaction, mailbox: str, worker: str, now: datetime) -> None:
    """What this worker claimed without getting to know it was never dialled: as it was before."""
    mine = SENDING, outbox.c.mailbox == mailbox, outbox.c.claimed_by == worker
    before = when((outbox.c.times_uncertain > 0, Status.UNCERTAIN), else_=Status.QUEUED)
    values = {"status": before, "next_attempt_at": now, "claimed_by": None, "claimed_at": None}
    run(s, update(outbox).where(*mine).values(**values))


def in_hand(s: Transaction) -> dict[int, tuple[str, datetime | None]]:
    """Replies that are being sent: by whom, and since when."""
    columns = outbox.c.id, outbox.c.claimed_by, outbox.c.claimed_at
    sending = select(*columns).where(SENDING).order_by(outbox.c.id)
    return {row.id: (row.claimed_by or "", row.claimed_at) for row in rows(s, sending)}


def waiting(s: Transaction) -> dict[int, int | None]:
    """Every reply that is still to be sent, or being sent: its case."""
    return {row.id: row.case_id for row in rows(s, select(on_way()))}


def interrupted(s: Transaction, reply_id: int, worker: str, now: datetime) -> bool:
    """A reply that a worker which died left `sending` becomes `uncertain`: tried once more, then never again.

    False if it is no more in that worker's hand. Who looks at its `times_uncertain` knows whether a person must.
    """
    left = outbox.c.id == reply_id, outbox.c.status == Status.SENDING
    row = first(
        s,
        select(outbox.c.times_uncertain, outbox.c.attempts)
        .where(*left, func.coalesce(outbox.c.claimed_by, "") == worker)
        .with_for_update(),
    )
    if row is None:
        return False
    again = None if row.times_uncertain else now
    return settle(s, reply_id, Status.UNCERTAIN, INTERRUPTED, now, next_attempt=again, attempt=row.attempts)
