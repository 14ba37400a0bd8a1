"""Cases as values, as decisions see them."""

import re
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, bindparam, cast, false, func, select

from mailbot.desk.case import Case, Datum
from mailbot.desk.decision import ASKED_ANOTHER, FORWARDED, ClockKind
from mailbot.mail.message import Address
from mailbot.store import snapshot as snapshots, tables
from mailbot.store.columns import table
from mailbot.store.prepared import Prepared
from mailbot.store.statements import Statement, first, rows
from mailbot.store.text import key
from mailbot.store.transaction import Transaction

case = table(tables.Case)
datum = table(tables.Datum)
clock = table(tables.Clock)
event = table(tables.Event)
participant = table(tables.Participant)

#: its zeros may be left out, and its prefix
NUMBER = re.compile(r"(?:([A-Z]+)-)?([0-9]{1,9})")
#: of the last answer clock of this requester, running or ended
DEADLINE = (
    select(clock.c.due)
    .where(
        clock.c.case_id == case.c.id,
        clock.c.kind == ClockKind.ANSWER,
        func.coalesce(clock.c.result, "") != ASKED_ANOTHER,
    )
    .order_by(clock.c.id.desc())
    .limit(1)
    .scalar_subquery()
    .label("deadline")
)
#: told when a case opens, if ever: the history of a machine's case may be thousands of events long
OPENING_EVENTS = 3
ORIGINAL = (
    select(event.c.data)
    .where(event.c.case_id == case.c.id, event.c.seq <= OPENING_EVENTS, event.c.kind == FORWARDED)
    .order_by(event.c.seq)
    .limit(1)
    .scalar_subquery()
    .label("forwarded_from")
)


COLUMNS = (
    *(
        "id",
        "number",
        "state",
        "version",
        "mailbox",
        "requester_email",
        "requester_name",
        "subject",
        "answer_to",
    ),
    *("registered_at", "state_since", "attention", "requests", "reminded", "correlation", "level", "group"),
    "removed_at",
)
DATUM = [column.label(f"datum_{column.name}") for column in datum.c if column is not datum.c.case_id]


def such(*conditions: ColumnElement[bool]) -> Select[Any]:
    """For `found`: the cases for which all conditions hold, oldest first."""
    columns = [case.c[name] for name in COLUMNS]
    text = cast(case.c.snapshot, Text).label("snapshot")
    whole = select(*columns, text, DEADLINE, ORIGINAL, *DATUM)
    return whole.outerjoin_from(case, datum).where(*conditions).order_by(case.c.id)


BY_ID = Prepared(such(case.c.id == bindparam("case_id")))
DATA = Prepared(select(datum).where(datum.c.case_id.in_(bindparam("ids", expanding=True))), "ids")
TAKES_PART = Prepared(
    select(participant.c.email).where(
        participant.c.case_id == bindparam("case_id"), participant.c.email == bindparam("email")
    )
)


def found(s: Transaction, cases: Statement, **values: Any) -> tuple[Case, ...]:
    """What `such` tells of, with the values of its parameters."""
    of_one = groupby(rows(s, cases, **values), attrgetter("id"))
    return tuple(_read(list(known)) for _, known in of_one)


def where(s: Transaction, *conditions: ColumnElement[bool]) -> tuple[Case, ...]:
    """The cases for which all conditions hold, oldest first."""
    return found(s, such(*conditions))


def by_id(s: Transaction, case_id: int) -> Case:
    """Raises `LookupError`."""
    known = found(s, BY_ID, case_id=case_id)
    if not known:
        raise LookupError(f"no case {case_id}")
    return known[0]


def get(s: Transaction, number: str) -> Case | None:
    """By its number as people write it: `MS-000123`, `[ms-000123]`, `ms-123`, `123`."""
    return next(iter(where(s, numbered(number))), None)


def numbered(number: str) -> ColumnElement[bool]:
    """Whether a case has this number: its digits are the id, by which it is found."""
    written = NUMBER.fullmatch(number.strip(" []").upper())
    if written is None:
        return false()
    prefix, digits = written[1], int(written[2])
    wanted: ColumnElement[bool] = case.c.id == digits
    return wanted & (func.upper(case.c.number) == f"{prefix}-{digits:06d}") if prefix else wanted


def data_of(s: Transaction, ids: list[int]) -> dict[int, dict[str, Datum]]:
    """Per case id, what is known of its fields."""
    data: dict[int, dict[str, Datum]] = {case_id: {} for case_id in ids}
    for row in rows(s, DATA, ids=ids) if ids else ():
        data[row.case_id][row.field] = Datum(
            row.value, row.source, row.doubtful, row.misfit, row.by, row.third_party
        )
    return data


def takes_part(s: Transaction, case_id: int, sender: Address | None) -> bool:
    """Whether the sender wrote, or was in To or Cc of, one of the case's messages (invariant 5)."""
    if sender is None:
        return False
    return first(s, TAKES_PART, case_id=case_id, email=key(sender.email.lower())) is not None


def _read(known: Sequence[Any]) -> Case:
    """A row for each datum, or one without."""
    row = known[0]
    data = {
        each.datum_field: Datum(
            each.datum_value,
            each.datum_source,
            each.datum_doubtful,
            each.datum_misfit,
            each.datum_by,
            each.datum_third_party,
        )
        for each in known
        if each.datum_field
    }
    requester = Address(row.requester_email, row.requester_name) if row.requester_email else None
    return Case(
        id=row.id,
        number=row.number,
        state=row.state,
        version=row.version,
        mailbox=row.mailbox,
        snapshot=snapshots.from_text(row.snapshot),
        requester=requester,
        subject=row.subject,
        answer_to=row.answer_to,
        registered_at=row.registered_at,
        state_since=row.state_since,
        data=data,
        attention=row.attention,
        requests=row.requests,
        reminded=row.reminded,
        deadline=row.deadline,
        correlation=row.correlation,
        level=row.level,
        group=row.group,
        forwarded_from=Address(**row.forwarded_from) if row.forwarded_from else None,
        is_removed=row.removed_at is not None,
    )
