"""What people and programs are shown: the JSON of the contract, as dictionaries. Lists are oldest first."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select

from mailbot.desk.case import State
from mailbot.desk.decision import EXPIRED, ClockKind, Outcome, Role
from mailbot.rules.settings import TreatAs
from mailbot.store import alarms, ledger, outbox as outboxes, tables
from mailbot.store.columns import table
from mailbot.store.history import AHEAD
from mailbot.store.lookup import data_of, numbered
from mailbot.store.statements import Values, first, rows, scalar, scalars
from mailbot.store.text import key
from mailbot.store.transaction import Transaction
from mailbot.values import rfc3339

case_ = table(tables.Case)
message_ = table(tables.Message)
event = table(tables.Event)
outbox = table(tables.Outbox)
clock = table(tables.Clock)
relation = table(tables.Relation)
location = table(tables.Location)

#: while the answer clock runs, and of a precaso that it closed; what waits for a person has none (invariant 3)
DEADLINE = (
    select(clock.c.due)
    .where(
        clock.c.case_id == case_.c.id,
        clock.c.kind == ClockKind.ANSWER,
        clock.c.done_at.is_(None) | ((clock.c.result == EXPIRED) & (case_.c.state == State.NO_GESTIONADO)),
    )
    .order_by(clock.c.id.desc())
    .limit(1)
    .scalar_subquery()
    .label("deadline")
)

read_up_to = ledger.read_up_to


# -- cases -----------------------------------------------------------------------------------------------


def cases(
    s: Transaction, state: State | str | None = None, attention: bool = False, limit: int | None = None
) -> list[Values]:
    """One-row fields of cases; with `attention`, of those that wait for a person. `removed_at`: where one was."""
    wanted = [case_.c.state == State(state)] if state else []
    if attention:
        wanted.append(case_.c.attention.is_not(None))
    found = rows(s, select(case_, DEADLINE).where(*wanted).order_by(case_.c.id).limit(limit))
    required = _required(s, found)
    return [_case(row, required[row.id]) for row in found]


def precasos_elsewhere(s: Transaction, mailboxes: Iterable[str]) -> dict[str, list[str]]:
    """The numbers of the open precasos of every other mailbox, by its name."""
    wanted = case_.c.state == State.PRECASO, case_.c.mailbox.not_in(list(mailboxes))
    found: dict[str, list[str]] = {}
    for row in rows(s, select(case_.c.mailbox, case_.c.number).where(*wanted).order_by(case_.c.id)):
        found.setdefault(row.mailbox, []).append(row.number)
    return found


def case(s: Transaction, number: str) -> Values | None:
    """A case with its data, messages, relations, history and replies."""
    row = first(s, select(case_, DEADLINE).where(numbered(number)))
    if row is None:
        return None
    required = _required(s, [row])[row.id]
    data = data_of(s, [row.id])[row.id]
    return _case(row, required) | {
        "removed_at": rfc3339(row.removed_at),
        "required": required,
        "doubtful": [name for name, datum in data.items() if datum.doubtful],
        "first_response_at": rfc3339(row.first_response_at),
        **_alarms(s, row),
        "messages": list(ledger.of_case(s, row.id)),
        "related": _related(s, row.id),
        "history": [_event(e) for e in rows(s, _of_case(event, row.id).order_by(event.c.seq))],
        "replies": [_reply(r) for r in rows(s, _of_case(outbox, row.id).order_by(outbox.c.id))],
    }


def _required(s: Transaction, found: Iterable[Row[Any]]) -> dict[int, dict[str, str | None]]:
    """Per case id the required fields in the rule's order, with their values."""
    by_id = {row.id: row for row in found}
    data = data_of(s, list(by_id))
    return {
        case_id: {
            field["name"]: known.value if (known := data[case_id].get(field["name"])) else None
            for field in (() if row.removed_at else row.snapshot["fields"])
        }
        for case_id, row in by_id.items()
    }


def _case(row: Row[Any], required: dict[str, str | None]) -> Values:
    return {
        "number": row.number,
        "state": row.state,
        "rule": row.rule,
        "kind": row.kind,
        "severity": row.severity,
        "category": row.category,
        "level": row.level,
        "group": row.group,
        "assignee": row.assignee,
        "channel": row.channel,
        "mailbox": row.mailbox,
        "requester": {"name": row.requester_name, "email": row.requester_email or ""},
        "subject": row.subject,
        "registered_at": rfc3339(row.registered_at),
        "opened_at": rfc3339(row.opened_at),
        "solved_at": rfc3339(row.solved_at),
        "closed_at": rfc3339(row.closed_at),
        "state_since": rfc3339(row.state_since),
        "deadline": rfc3339(row.deadline),
        "attention": row.attention,
        "missing": [name for name, value in required.items() if not value],
        **({"removed_at": rfc3339(row.removed_at)} if row.removed_at else {}),
    }


def _alarms(s: Transaction, row: Row[Any]) -> Values:
    told = alarms.told(s, row.id) if row.snapshot["rule"]["treat_as"] == TreatAs.MONITOREO else alarms.NONE
    return {
        "alarms": told.count,
        "last_alarm_at": rfc3339(told.last_at),
        "recovered_at": rfc3339(told.recovered_at),
    }


def _of_case(table: Any, case_id: int) -> Select[Any]:
    return select(table).where(table.c.case_id == case_id)


def _related(s: Transaction, case_id: int) -> list[Values]:
    """From both sides: the other case's number, and how the later one named the relation."""
    other = (relation.c.a == case_.c.id) | (relation.c.b == case_.c.id)
    mine = or_(relation.c.a == case_id, relation.c.b == case_id)
    query = select(case_.c.number, relation.c.kind).join(relation, other)
    found = rows(s, query.where(mine, case_.c.id != case_id).order_by(relation.c.id))
    return [{"number": row.number, "how": row.kind} for row in found]


def _event(row: Row[Any]) -> Values:
    names = ("kind", "from_state", "to_state", "by", "reason")
    return {"at": rfc3339(row.at), **{name: getattr(row, name) for name in names}}


# -- replies ---------------------------------------------------------------------------------------------


def reply_to(s: Transaction, message_id: int) -> Values | None:
    """The reply to whoever wrote a message; what the desk itself was told is none."""
    mail = first(s, select(message_.c.sender, message_.c.stored_at).where(message_.c.id == message_id))
    if mail is None or not mail.sender:
        return None
    # by who wrote and when, as limits are counted: that needs no index of its own
    since = outbox.c.party == key(mail.sender), outbox.c.queued_at >= mail.stored_at - AHEAD
    to_people = outbox.c.answers == message_id, outbox.c.role != Role.DESK
    row = first(s, select(outbox).where(*since, *to_people).order_by(outbox.c.id).limit(1))
    return _reply(row) if row else None


def replies_waiting(s: Transaction) -> int:
    """How many replies are on their way."""
    return sum(outboxes.pending(s).values())


def _reply(row: Row[Any]) -> Values:
    return {
        "id": row.id,
        "template": row.template,
        "to": row.recipient,
        "subject": row.subject,
        "status": row.status,
        "queued_at": rfc3339(row.queued_at),
        "sent_at": rfc3339(row.sent_at),
        "attempts": row.attempts,
        "said": row.said,
    }


# -- messages --------------------------------------------------------------------------------------------


def messages(s: Transaction, outcome: Outcome | str | None = None, limit: int | None = None) -> list[Values]:
    """One-row fields of messages."""
    wanted = [message_.c.outcome == Outcome(outcome)] if outcome else []
    columns = [column for column in message_.c if column.name not in ("text", "reply_text")]
    return [_message(row) for row in rows(s, _messages(columns).where(*wanted).limit(limit))]


def message(s: Transaction, message_id: int) -> Values | None:
    """A message with everything that explains what became of it."""
    row = first(s, _messages(list(message_.c)).where(message_.c.id == message_id))
    return _message(row) | _explained(row) | {"locations": _locations(s, row.id)} if row else None


def find_message(s: Transaction, name: str) -> int | None:
    """The id of a message by its id or its Message-ID; of several with one Message-ID, the first."""
    if name.isdecimal():
        return scalar(s, select(message_.c.id).where(message_.c.id == int(name)))  # type: ignore[no-any-return]
    names = key(name), key(f"<{name.strip('<> ')}>")
    found = scalars(s, select(message_.c.id).where(message_.c.message_id.in_(names)).order_by(message_.c.id))
    return next(iter(found), None)


def _messages(columns: list[ColumnElement[Any]]) -> Select[Any]:
    joined = message_.outerjoin(case_, case_.c.id == message_.c.case_id)
    return select(*columns, case_.c.number.label("case")).select_from(joined).order_by(message_.c.id)


def _message(row: Row[Any]) -> Values:
    return {
        "id": row.id,
        "mailbox": row.mailbox,
        "message_id": row.message_id,
        "from": row.sender,
        "subject": row.subject,
        "received_at": rfc3339(row.received_at),
        "outcome": row.outcome,
        "case": row.case,
        "rule": row.rule,
        "automatic": row.automatic,
        "may_answer": row.may_answer,
        **({"removed_at": rfc3339(row.removed_at)} if row.removed_at else {}),
    }


def _explained(row: Row[Any]) -> Values:
    names = ("also_matched", "words", "sender_verified", "repaired", "reasons", "text", "reply_text")
    others = ("attachments", "kind", "duplicate_of", "earlier")
    return {name: getattr(row, name) for name in (*names, *others)} | {"removed_at": rfc3339(row.removed_at)}


def _locations(s: Transaction, message_id: int) -> list[Values]:
    """Where it lies now, as far as the server told."""
    here = location.c.message_id == message_id, location.c.left_at.is_(None)
    found = rows(s, select(location).where(*here).order_by(location.c.id))
    return [{"folder": row.folder, "uidvalidity": row.uidvalidity, "uid": row.uid} for row in found]
