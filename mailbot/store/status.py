"""What `mailbot status` counts: how far each mailbox was read, what waits to be sent, what waits for whom."""

from collections.abc import Container, Iterator, Mapping
from datetime import datetime

from sqlalchemy import func, select

from mailbot.desk.case import LIVE, State
from mailbot.desk.decision import ClockKind, Outcome
from mailbot.store import clocks, known, outbox as outboxes, places, tables
from mailbot.store.columns import is_always, table
from mailbot.store.statements import Values, rows, scalar, scalars
from mailbot.store.transaction import Transaction
from mailbot.values import rfc3339

case = table(tables.Case)
clock = table(tables.Clock)
message = table(tables.Message)
location = table(tables.Location)
outbox = table(tables.Outbox)

#: counted no further
MANY = 1000


def mailbox(s: Transaction, name: str, folder: str = "") -> Values:
    """Of one mailbox; `folder`: the one that is read now, "" if it is no longer in the config."""
    progress = places.progress(s, name, folder) if folder else None
    read, pending = places.read_up_to(s, name), outboxes.pending(s, name)
    live = select(case.c.state, func.count().label("n")).where(case.c.mailbox == name, case.c.state.in_(LIVE))
    by_state = {row.state: row.n for row in rows(s, live.group_by(case.c.state))}
    return {
        "name": name,
        "configured": bool(folder),
        "folder": folder,
        "read_up_to": rfc3339(read, "seconds"),
        "uid_seen": progress.uid_seen if progress else None,
        "replies": {str(status): pending.get(status, 0) for status in outboxes.ON_WAY},
        "precasos": by_state.get(State.PRECASO, 0),
        "cases": sum(by_state.values()),
    }


def with_work(s: Transaction) -> set[str]:
    """The mailboxes, in the config or not, that live cases or replies on their way belong to."""
    sending = scalars(s, select(outboxes.on_way().c.mailbox).distinct())
    cases = scalars(s, select(case.c.mailbox).where(case.c.state.in_(LIVE)).distinct())
    return {name for name in (*sending, *cases) if name}


def cases(s: Transaction, now: datetime) -> Values:
    """Live cases by state, how many wait for a person, and the answers that are still to come."""
    states = select(case.c.state, func.count().label("n")).where(case.c.state.in_(LIVE))
    by_state = {row.state: row.n for row in rows(s, states.group_by(case.c.state))}
    running = clock.c.kind == ClockKind.ANSWER, clock.c.done_at.is_(None)
    next_due = scalar(s, select(func.min(clock.c.due)).where(*running, clock.c.due > now))
    first = scalar(s, select(func.min(clock.c.due)).where(*running, clock.c.due <= now))
    return {
        **{str(state): by_state.get(state, 0) for state in State if state in LIVE},
        "attention": scalar(s, select(func.count()).select_from(case).where(case.c.attention.is_not(None))),
        "next_deadline": rfc3339(next_due, "seconds"),
        "overdue": scalar(s, select(func.count()).select_from(clock).where(*running, clock.c.due <= now)),
        "overdue_since": rfc3339(first, "seconds"),
    }


def to_send(s: Transaction, now: datetime) -> Iterator[tuple[str, int, datetime | None]]:
    """Of each mailbox with replies that are still to leave: how many, and since when the first could have left."""
    first = func.min(outbox.c.next_attempt_at).label("first")
    query = select(outbox.c.mailbox, func.count().label("n"), first).group_by(outbox.c.mailbox)
    for row in rows(s, query.where(outbox.c.next_attempt_at.is_not(None))):
        yield row.mailbox, row.n, row.first if row.first <= now else None


def sent_since(s: Transaction, since: datetime) -> int:
    """Replies that count against `[replies] per_hour`."""
    return int(scalar(s, known.SENT_TO_ALL, since=since))


def overdue(s: Transaction, now: datetime, mailboxes: Container[str]) -> list[int]:
    """Ids of the clocks that could be judged now, the longest due first; of very many the first."""
    return clocks.due(s, now, MANY, mailboxes=mailboxes)


def unattended(s: Transaction, since: datetime, filed: Mapping[str, str]) -> int:
    """Messages that could not be read, received `since` then; without those that people moved away.

    `filed`: of each mailbox the folder that they move them to, or "".
    """
    news = message.c.mailbox.in_(filed), message.c.received_at >= since
    lies = (location.c.message_id == message.c.id) & location.c.left_at.is_(None)
    where = select(message.c.id, location.c.mailbox, location.c.folder).outerjoin(location, lies)
    found = rows(s, where.where(is_always(message.c.outcome, Outcome.FAILED), *news))
    seen_to = {row.id for row in found if row.folder and row.folder == filed.get(row.mailbox)}
    return len({row.id for row in found} - seen_to)


def failed(s: Transaction) -> int:
    """Messages that could not be read, and wait for a person and `mailbot retry`."""
    return int(scalar(s, select(func.count()).where(is_always(message.c.outcome, Outcome.FAILED))))
