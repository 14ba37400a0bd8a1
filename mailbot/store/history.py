"""What came in a time that has passed and what was decided on it then: for what looks back and changes nothing.

Read in pages, the newest first: a caller gives each page a transaction of its own, so that 100,000 messages
hold up no checkpoint of SQLite's WAL and no vacuum of PostgreSQL, and need the memory of one page.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, Text, cast, func, select

from mailbot.desk.decision import Outcome
from mailbot.mail.message import Address, Kind
from mailbot.rules.settings import Field
from mailbot.store import snapshot as snapshots, tables
from mailbot.store.columns import table
from mailbot.store.statements import first, rows, scalar
from mailbot.store.transaction import Transaction
from mailbot.values import Reason

message = table(tables.Message)
case = table(tables.Case)
remembered = table(tables.Remembered)

#: messages read at once
PAGE = 500
#: the server's clock gives the arrival and ours the storing: one may be ahead by so much
AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Past:
    """A stored message, but for its text, and what was decided on it."""

    id: int
    mailbox: str
    sender: Address | None
    verified: bool
    subject: str
    received_at: datetime
    kind: Kind
    outcome: Outcome
    #: the rule that its subject matched then, whatever came of it
    rule: str | None
    reasons: tuple[Reason, ...]
    #: of the case that it opened, as the rule required them then; None: it opened none
    fields: tuple[Field, ...] | None


@dataclass(frozen=True, slots=True)
class Page:
    mails: tuple[Past, ...]
    #: where the next one begins; None: nothing older came in that time
    below: int | None
    #: when its last mail was stored
    reached: datetime


@dataclass(frozen=True, slots=True)
class Words:
    """What was written in a message, as it was understood when it came."""

    text: str = ""
    reply_text: str = ""


def span(s: Transaction, since: datetime) -> tuple[datetime, datetime] | None:
    """When the first and the last message that may have come since then were stored; None: there is none."""
    ends = [first(s, select(message.c.stored_at).order_by(by).limit(1)) for by in _by_id()]
    if ends[0] is None or ends[1] is None or ends[1].stored_at < since - AHEAD:
        return None
    return max(ends[0].stored_at, since - AHEAD), ends[1].stored_at


def _by_id() -> tuple[Any, Any]:
    return message.c.id, message.c.id.desc()


def page(s: Transaction, since: datetime, below: int | None = None, most: int = PAGE) -> Page | None:
    """The newest messages with an id smaller than `below` that arrived since then; None: there are no more."""
    found = rows(s, _messages(below).limit(most))
    if not found:
        return None
    mails = tuple(_past(row) for row in found if row.received_at >= since and row.removed_at is None)
    return Page(mails, next_below(found, since, most), found[-1].stored_at)


def next_below(page: Sequence[Row[Any]], since: datetime, most: int) -> int | None:
    """The id below which the next page begins, after one of `most` rows or fewer; None: it was the last.

    Ids are given in the order of storing, and nothing is stored before it arrives: a page that was stored
    wholly before that time is the last. So no index on the time of arrival is needed.
    """
    ended = len(page) < most or all(row.stored_at < since - AHEAD for row in page)
    return None if ended else int(page[-1].id)


def last_before(s: Transaction, since: datetime) -> int:
    """An id up to which everything was stored, and so arrived, before that time; 0: there is none.

    The ids are halved until it is found: no index is needed for this either.
    """
    low, high = 0, scalar(s, select(func.max(message.c.id))) or 0
    while low < high:
        middle = (low + high) // 2
        after = select(message.c.id, message.c.stored_at).where(message.c.id > middle).order_by(message.c.id)
        row = first(s, after.limit(1))
        if row is not None and row.stored_at < since - AHEAD:
            low = row.id
        else:
            high = middle
    return low


def _messages(below: int | None) -> Select[Any]:
    names = (
        "id mailbox sender sender_name sender_verified subject received_at stored_at kind outcome rule reasons"
        " removed_at"
    )
    columns = (message.c[name] for name in names.split())
    # as text: many cases have the same, and each is read once
    snapshot = cast(case.c.snapshot, Text).label("snapshot")
    opened = (case.c.id == message.c.case_id) & (message.c.outcome == Outcome.OPENED)
    wanted = [message.c.id < below] if below is not None else []
    joined = message.outerjoin(case, opened)
    return select(*columns, snapshot).select_from(joined).where(*wanted).order_by(message.c.id.desc())


def _past(row: Row[Any]) -> Past:
    return Past(
        id=row.id,
        mailbox=row.mailbox,
        sender=Address(row.sender, row.sender_name) if row.sender else None,
        verified=row.sender_verified,
        subject=row.subject,
        received_at=row.received_at,
        kind=row.kind,
        outcome=row.outcome,
        rule=row.rule,
        reasons=tuple(Reason(r["check"], r["said"], r["detail"]) for r in row.reasons),
        fields=_fields(row.snapshot) if row.snapshot else None,
    )


@lru_cache(maxsize=256)
def _fields(snapshot: str) -> tuple[Field, ...]:
    return snapshots.from_json(json.loads(snapshot)).fields


def words(s: Transaction, ids: Sequence[int]) -> dict[int, Words]:
    """By id, what was written in these messages."""
    columns = message.c.id, message.c.text, message.c.reply_text
    found = rows(s, select(*columns).where(message.c.id.in_(ids))) if ids else ()
    return {row.id: Words(row.text, row.reply_text) for row in found}


def given_before(s: Transaction, addresses: Iterable[str]) -> dict[str, dict[str, datetime]]:
    """By address, the fields of which something is remembered, and since when."""
    columns = remembered.c.address, remembered.c.field, remembered.c.at
    wanted = set(addresses)
    found = rows(s, select(*columns).where(remembered.c.address.in_(wanted))) if wanted else ()
    given: dict[str, dict[str, datetime]] = {address: {} for address in wanted}
    for row in found:
        given[row.address][row.field] = row.at
    return given
