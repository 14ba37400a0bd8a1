"""Clocks that ran out, as queries: nothing about a deadline lives in memory (hazard 63)."""

from collections.abc import Container
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import bindparam, func, select

from mailbot.desk.case import Case
from mailbot.desk.decision import ClockKind
from mailbot.desk.due import GRACE, Due
from mailbot.store import ledger, lookup, tables
from mailbot.store.columns import table
from mailbot.store.prepared import Prepared
from mailbot.store.statements import first, rows, scalars
from mailbot.store.transaction import Transaction

clock = table(tables.Clock)
case = table(tables.Case)
progress = table(tables.Progress)

#: how much beyond a clock its mailbox must have been read, before it can be judged
BEYOND = {ClockKind.ANSWER: GRACE, ClockKind.REMINDER: timedelta(0)}


RUNNING = clock.c.done_at.is_(None), clock.c.due <= bindparam("latest")
ANY_DUE = Prepared(select(clock.c.id).where(*RUNNING).order_by(clock.c.due, clock.c.id).limit(1))
DUE = Prepared(
    select(clock.c.id, clock.c.kind, clock.c.due, case.c.mailbox)
    .join(case, case.c.id == clock.c.case_id)
    .where(*RUNNING)
    .order_by(clock.c.due, clock.c.id)
)
READ = Prepared(
    select(progress.c.mailbox, func.max(progress.c.read_up_to).label("up_to"))
    .where(progress.c.read_up_to.is_not(None))
    .group_by(progress.c.mailbox)
)


def due(
    s: Transaction, now: datetime, limit: int | None = None, *, mailboxes: Container[str] | None = None
) -> list[int]:
    """Ids of the clocks that ran out and can be judged, the longest due first; of these `mailboxes`, if given.

    One whose mailbox was not read far enough is left out: it would stand in the way of the others.
    """
    if not scalars(s, ANY_DUE, latest=now):
        return []
    read = {row.mailbox: row.up_to for row in rows(s, READ) if mailboxes is None or row.mailbox in mailboxes}
    if not read:
        return []
    # while no mailbox can be read, what waits for that is not gone through at each tick
    found = rows(s, DUE, latest=min(now, max(read.values())))
    judgeable = (
        row.id for row in found if row.mailbox in read and row.due <= read[row.mailbox] - BEYOND[row.kind]
    )
    return list(islice(judgeable, limit))


def ran_out(s: Transaction, now: datetime) -> list[int]:
    """Ids of all running clocks that are due, however far their mailbox was read."""
    running = clock.c.done_at.is_(None), clock.c.due <= now
    return list(scalars(s, select(clock.c.id).where(*running).order_by(clock.c.due, clock.c.id)))


def get(s: Transaction, clock_id: int) -> Due | None:
    """What a clock's judgement needs; None if it runs no more."""
    running = clock.c.id == clock_id, clock.c.done_at.is_(None)
    row = first(s, select(clock).where(*running))
    if row is None:
        return None
    its_case = lookup.by_id(s, row.case_id)
    return Due(
        kind=row.kind,
        starts=row.starts,
        due=row.due,
        case=its_case,
        read_up_to=ledger.read_up_to(s, its_case.mailbox),
        unreadable=_unreadable(s, its_case, row.starts, row.due),
    )


def _unreadable(s: Transaction, its_case: Case, since: datetime, until: datetime) -> bool:
    """A mail came in its time, from the requester or nobody knows whom, that could not be read."""
    sender = its_case.requester.email if its_case.requester else None
    return ledger.failed_since(s, its_case.mailbox, sender, since, until)
