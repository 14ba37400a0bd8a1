"""How often a machine told of a fault, as the history of its case and the messages behind it say."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from mailbot.desk.machines import RECOVERED, REPEATED
from mailbot.store import tables
from mailbot.store.columns import table
from mailbot.store.statements import first
from mailbot.store.transaction import Transaction

event = table(tables.Event)
message = table(tables.Message)


@dataclass(frozen=True, slots=True)
class Alarms:
    count: int = 0
    #: when the server got the last one
    last_at: datetime | None = None
    #: since when the fault is over; None where it is told again after that
    recovered_at: datetime | None = None


NONE = Alarms()


def told(s: Transaction, case_id: int) -> Alarms:
    fault, end = _told(s, case_id, "registered", REPEATED), _told(s, case_id, RECOVERED)
    is_over = (end.seq or 0) > (fault.seq or 0)
    return Alarms(fault.count_, fault.at, end.at if is_over else None)


def _told(s: Transaction, case_id: int, *kinds: str) -> Any:
    columns = (
        func.count().label("count_"),
        func.max(message.c.received_at).label("at"),
        func.max(event.c.seq).label("seq"),
    )
    joined = select(*columns).join_from(event, message, message.c.id == event.c.message_id)
    found = first(s, joined.where(event.c.case_id == case_id, event.c.kind.in_(kinds)))
    assert found is not None  # noqa: S101 - an aggregate has one row
    return found
