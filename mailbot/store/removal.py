"""What is left of a message, a reply and a case once they are removed: what tells them apart, and no more.

a message  id, Message-ID, content hash, mailbox, places, times, size, outcome, kind, rule, case
a reply    id, Message-ID and reference, template, mailbox, status, times, case
a case     number, states with their times, clocks, rule, kind, severity, category, level, group, relations

Their rows stay: mail that lies on the server still, or is put back there, is known by its content (invariants 1 and
2), no number is given twice, and reports count what they counted before. Texts, subjects, names, addresses,
attachments, reasons, data, notes and bytes go. Mail upon a case that was removed is mail upon something unknown.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case as when, delete, or_, select, update

from mailbot.desk.decision import Event, Outcome
from mailbot.desk.delivery import Status
from mailbot.store import cases, tables
from mailbot.store.columns import table
from mailbot.store.statements import fields, rows, run, scalars
from mailbot.store.transaction import Transaction
from mailbot.values import Reason

message = table(tables.Message)
raw_chunk = table(tables.RawChunk)
outbox = table(tables.Outbox)
case = table(tables.Case)
event = table(tables.Event)
datum = table(tables.Datum)
participant = table(tables.Participant)
relation = table(tables.Relation)

#: why it was removed: `[retention]`, or somebody's wish
RETENTION, FORGOTTEN = "retention", "forgotten"
#: rows of a table that one transaction touches
MOST = 200
NO_TEXT = dict.fromkeys(("sender", "sender_name", "subject", "folded_subject", "text", "reply_text"), "")
NO_LISTS: dict[str, Any] = {
    key: [] for key in ("earlier", "words", "also_matched", "repaired", "attachments")
}
NO_REPLY = {**dict.fromkeys(("party", "recipient", "subject", "said"), ""), "data": b""}
NOBODY = {
    **dict.fromkeys(
        ("requester_email", "answer_to", "client", "provider_reference", "correlation", "attention")
    ),
    **dict.fromkeys(("requester_name", "subject"), ""),
}
#: it is being sent, or is still to be
ON_WAY = outbox.c.next_attempt_at.is_not(None) | (outbox.c.status == Status.SENDING)


def messages(s: Transaction, ids: Sequence[int], why: str, now: datetime) -> None:
    """Of these messages, with their bytes; what could not be read waits for nobody any more."""
    told = fields(Reason("removed", why, now.date().isoformat()))
    unread = when((message.c.outcome == Outcome.FAILED, Outcome.IGNORED), else_=message.c.outcome)
    run(s, delete(raw_chunk).where(raw_chunk.c.message_id.in_(ids)))
    emptied = update(message).where(message.c.id.in_(ids))
    run(s, emptied.values(**NO_TEXT, **NO_LISTS, reasons=[told], outcome=unread, removed_at=now))


def replies(s: Transaction, *which: ColumnElement[bool]) -> int:
    """How many; those that are on their way stay as they are."""
    return run(s, update(outbox).where(*which, ~ON_WAY).values(**NO_REPLY))


def answers_to(s: Transaction, ids: Sequence[int]) -> None:
    """The replies to these messages of no case: by who wrote, as limits are counted, which needs no index."""
    senders = {row.sender for row in rows(s, select(message.c.sender).where(message.c.id.in_(ids)))} - {""}
    if senders:
        replies(s, outbox.c.party.in_(senders), outbox.c.answers.in_(ids))


def a_case(s: Transaction, case_id: int, why: str, by: str, now: datetime) -> bool:
    """A case that ended, with its messages and replies. False: there is more of it than one transaction takes."""
    whole = message.c.case_id == case_id, message.c.removed_at.is_(None)
    ids = scalars(s, select(message.c.id).where(*whole).order_by(message.c.id).limit(MOST))
    messages(s, ids, why, now)
    if len(ids) == MOST or _told(s, case_id) == MOST or _replied(s, case_id) == MOST:
        return False
    for rest in (datum, participant):
        run(s, delete(rest).where(rest.c.case_id == case_id))
    _by_nobody(s, event, event.c.case_id == case_id, reason=_no_words(), data={})
    _by_nobody(s, relation, or_(relation.c.a == case_id, relation.c.b == case_id))
    values = {**NOBODY, "removed_at": now, "version": case.c.version + 1}
    run(s, update(case).where(case.c.id == case_id).values(**values))
    cases.tell(s, case_id, Event("removed", by, why), now)
    return True


def _told(s: Transaction, case_id: int) -> int:
    """What is no transition; a machine's case has thousands."""
    other = event.c.case_id == case_id, event.c.to_state.is_(None)
    ids = scalars(s, select(event.c.id).where(*other).limit(MOST))
    run(s, delete(event).where(event.c.id.in_(ids)))
    return len(ids)


def _replied(s: Transaction, case_id: int) -> int:
    whole = outbox.c.case_id == case_id, outbox.c.recipient != ""
    ids = scalars(s, select(outbox.c.id).where(*whole).limit(MOST))
    return replies(s, outbox.c.id.in_(ids))


def _by_nobody(s: Transaction, of: Any, *which: ColumnElement[bool], **also: Any) -> None:
    """That a mail led to it stays, and not whose."""
    by = when((of.c.by.startswith("mail:"), "mail:"), else_=of.c.by)
    run(s, update(of).where(*which).values(by=by, **also))


def _no_words() -> Any:
    """A reason that a person typed; ours are names."""
    return when((event.c.by.startswith("cli:"), ""), else_=event.c.reason)
