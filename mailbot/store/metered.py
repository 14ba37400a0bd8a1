"""What `/metrics` tells of the database: replies on their way and live cases, counted by indexes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case as when, func, select

from mailbot.desk.case import LIVE
from mailbot.desk.decision import Role
from mailbot.store import outbox as outboxes, status
from mailbot.store.outbox import outbox
from mailbot.store.statements import rows
from mailbot.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Metered:
    """`outbox` by (mailbox, status); `oldest`: when the longest waiting reply of a mailbox was written.

    A reminder that waits for the desk to open is not late.
    """

    outbox: Mapping[tuple[str, str], int]
    oldest: Mapping[str, datetime]
    cases: Mapping[str, int]
    attention: int
    #: answers that did not come in time, also those whose mailbox must be read first; and the oldest of them
    overdue: int
    overdue_since: datetime | None


def metered(s: Transaction, now: datetime) -> Metered:
    on_way = outboxes.on_way()
    written = func.min(when((outbox.c.role != Role.REMINDER, outbox.c.queued_at))).label("since")
    query = select(on_way.c.mailbox, on_way.c.status, func.count().label("n"), written)
    query = query.join(outbox, outbox.c.id == on_way.c.id).group_by(on_way.c.mailbox, on_way.c.status)
    found = rows(s, query)
    cases = status.cases(s, now)
    return Metered(
        outbox={(row.mailbox, str(row.status)): row.n for row in found},
        oldest={
            name: min(row.since for row in found if row.mailbox == name and row.since)
            for name in {row.mailbox for row in found if row.since}
        },
        cases={str(state): cases[state] for state in sorted(LIVE)},
        attention=cases["attention"],
        overdue=cases["overdue"],
        overdue_since=datetime.fromisoformat(since) if (since := cases["overdue_since"]) else None,
    )
