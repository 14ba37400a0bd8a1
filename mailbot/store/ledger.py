"""What came, where it lies, and what became of it: every message has exactly one outcome (invariant 1)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from mailbot.desk.decision import Filed, Outcome, Verdict
from mailbot.desk.known import Arrival
from mailbot.mail.message import Kind
from mailbot.mail.octets import Octets
from mailbot.rules.fold import fold_subject
from mailbot.store import tables
from mailbot.store.columns import is_always, table
from mailbot.store.places import (
    MoveDue,
    Place,
    Progress,
    advance,
    gone,
    known_uids,
    moved,
    moves_due,
    progress,
    read_up_to,
    save_progress,
    stays,
)
from mailbot.store.prepared import Prepared
from mailbot.store.raw import CHUNK, has_bytes, keep, octets, raw
from mailbot.store.statements import Values, add, add_all, fields, first, rows, run, scalar, scalars
from mailbot.store.text import key
from mailbot.store.transaction import Transaction
from mailbot.values import Reason

__all__ = [
    "MoveDue",
    "Place",
    "Progress",
    "Seen",
    "Stored",
    "advance",
    "again",
    "doubled",
    "failed_since",
    "first_words",
    "gone",
    "known_names",
    "known_uids",
    "last_of",
    "moved",
    "moves_due",
    "octets",
    "of_case",
    "outcome_at",
    "progress",
    "put_back",
    "raw",
    "raw_hash",
    "read_up_to",
    "record",
    "record_failed",
    "recorded",
    "save_progress",
    "seen",
    "stays",
    "stored",
]

message = table(tables.Message)
location = table(tables.Location)
raw_chunk = table(tables.RawChunk)

OUTCOME = (
    select(message.c.outcome)
    .join(location, location.c.message_id == message.c.id)
    .where(
        location.c.mailbox == bindparam("mailbox"),
        location.c.folder == bindparam("folder"),
        location.c.uidvalidity == bindparam("uidvalidity"),
        location.c.uid == bindparam("uid"),
    )
)
OUTCOME_AT = Prepared(OUTCOME)
ITS_OWN = message.c.content_hash == bindparam("content_hash"), message.c.duplicate_of.is_(None)
SEEN = Prepared(
    select(
        OUTCOME.scalar_subquery().label("outcome"),
        select(message.c.id).where(*ITS_OWN).scalar_subquery().label("original"),
        select(message.c.filed).where(*ITS_OWN).scalar_subquery().label("filed"),
    )
)
FIRST_WORDS = Prepared(
    select(message.c.id, message.c.reply_text, message.c.text)
    .where(message.c.case_id == bindparam("case_id"))
    .order_by(message.c.id)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a message before it is read: by its place, its outcome; by its content, an earlier one."""

    outcome: Outcome | None
    original: int | None
    #: where that one was moved
    filed: str | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A message that was recorded, as a retry or a promotion needs to see it."""

    id: int
    mailbox: str
    received_at: datetime
    outcome: Outcome
    case_id: int | None
    duplicate_of: int | None
    #: the server did not hand it out: its bytes are not here
    not_given: bool
    #: a person said that it asks for nothing
    filed_by_hand: bool = False


def record(
    s: Transaction,
    arrival: Arrival,
    place: Place,
    raw: Octets,
    decision: Verdict,
    *,
    case_id: int | None = None,
    duplicate_of: int | None = None,
    now: datetime,
) -> int:
    """Store a message with its outcome; its id. `case_id`: of the case that it opens or changes, if that is known.

    Raises `Conflict` (at once or at the end of the transaction) if its place or its content is known already.
    """
    values = _facts(arrival, decision, duplicate_of)
    message_id = add(s, message, **values, case_id=case_id, earlier=[], size=len(raw), stored_at=now)
    if duplicate_of is None:  # the first one's bytes serve for all
        keep(s, message_id, raw)
    _lies(s, message_id, place, values["filed"], now)
    return message_id


def record_failed(
    s: Transaction,
    place: Place,
    raw: Octets,
    received_at: datetime,
    error: str,
    now: datetime,
    *,
    sender: str = "",
    subject: str = "",
    given: bool = True,
) -> int:
    """Keep a message that could not be understood, whole; its id. The same bytes again are its duplicate.

    `given`: False where the server did not hand it out, and `raw` is at most its header.
    """
    content_hash = raw_hash(raw)
    original = scalar(s, _original(content_hash))
    reason = Reason("failed", "error" if given else "not_given", error)
    message_id = add(
        s,
        message,
        mailbox=place.mailbox,
        message_id="",
        content_hash=content_hash,
        duplicate_of=original,
        sender=sender,
        sender_name="",
        sender_verified=False,
        subject=subject,
        folded_subject="",
        text="",
        reply_text="",
        received_at=received_at,
        stored_at=now,
        size=len(raw),
        outcome=Outcome.FAILED,
        reasons=[fields(reason)],
        earlier=[],
        filed=Filed.REVIEW,
        words=[],
        also_matched=[],
        kind=Kind.PERSON,
        automatic=False,
        may_answer=False,
        repaired=[],
        attachments=[],
    )
    if original is None:
        keep(s, message_id, raw)
    elif not has_bytes(s, original):  # they were removed, and somebody needs them again
        keep(s, original, raw)
    _lies(s, message_id, place, Filed.REVIEW, now)
    return message_id


def raw_hash(raw: Octets) -> str:
    """The identity of what could not be understood: all of its bytes."""
    digest = hashlib.sha256()
    for at in range(0, len(raw), CHUNK):
        digest.update(raw[at : at + CHUNK])
    return f"raw:{digest.hexdigest()}"


def again(
    s: Transaction,
    message_id: int,
    arrival: Arrival,
    decision: Verdict,
    *,
    duplicate_of: int | None = None,
    now: datetime,
) -> None:
    """Give a recorded message a new outcome (retry, promote); the old one is kept as history."""
    columns = message.c.outcome, message.c.case_id, message.c.reasons, message.c.earlier, message.c.filed
    old = first(s, select(*columns).where(message.c.id == message_id))
    if old is None:
        raise LookupError(f"no message {message_id}")
    past = {"at": now.isoformat(), "outcome": old.outcome, "case": old.case_id, "reasons": old.reasons}
    values = _facts(arrival, decision, duplicate_of) | {
        "case_id": None,
        "earlier": [*old.earlier, past],
        "removed_at": None,
    }
    run(s, update(message).where(message.c.id == message_id).values(**values))
    if values["filed"] not in ("", old.filed):
        here = location.c.message_id == message_id, location.c.left_at.is_(None), location.c.uid.is_not(None)
        run(s, update(location).where(*here).values(to_move=True))


def put_back(s: Transaction, message_id: int, raw: Octets) -> None:
    """The bytes of a message, where they were removed and somebody needs them: a live case has those of its mail."""
    if not has_bytes(s, message_id):
        keep(s, message_id, raw)
        run(s, update(message).where(message.c.id == message_id).values(size=len(raw)))


def filed_as(s: Transaction, message_id: int, original: int) -> None:
    """A duplicate goes where the first one goes."""
    filed = scalar(s, select(message.c.filed).where(message.c.id == original))
    run(s, update(message).where(message.c.id == message_id).values(filed=filed))


def outcome_at(s: Transaction, place: Place) -> Outcome | None:
    """What became of the message that lies, or lay, there."""
    found: Outcome | None = scalar(s, OUTCOME_AT, **fields(place))
    return found


def seen(s: Transaction, place: Place, content_hash: str) -> Seen:
    """Whether it was read at this place, or as another with this content: in one look, since all mail needs both."""
    return Seen(*first(s, SEEN, **fields(place), content_hash=content_hash))


def stored(s: Transaction, message_id: int) -> Stored | None:
    row = first(s, select(message).where(message.c.id == message_id))
    if row is None:
        return None
    said = {(reason["check"], reason["said"]) for reason in row.reasons}
    return Stored(
        row.id,
        row.mailbox,
        row.received_at,
        row.outcome,
        row.case_id,
        row.duplicate_of,
        not_given=("failed", "not_given") in said,
        filed_by_hand=("by_hand", "filed") in said,
    )


def of_case(s: Transaction, case_id: int) -> tuple[int, ...]:
    """Ids of the messages of a case, oldest first."""
    return tuple(scalars(s, select(message.c.id).where(message.c.case_id == case_id).order_by(message.c.id)))


def first_words(s: Transaction, case_id: int) -> tuple[int, str] | None:
    """Id of a case's first message and what was written in it, the whole text where nothing else was found."""
    row = first(s, FIRST_WORDS, case_id=case_id)
    return (row.id, row.reply_text or row.text) if row else None


def last_of(s: Transaction, case_id: int, sender: str) -> int | None:
    """Id of the sender's latest message in a case, of those whose bytes are kept."""
    theirs = message.c.case_id == case_id, message.c.sender == sender, message.c.duplicate_of.is_(None)
    are_kept = select(raw_chunk.c.n).where(raw_chunk.c.message_id == message.c.id).exists()
    found: int | None = scalar(s, select(func.max(message.c.id)).where(*theirs, are_kept))
    return found


def failed_since(s: Transaction, mailbox: str, sender: str | None, since: datetime, until: datetime) -> bool:
    """Whether a mail that came in that time could not be read: of `sender` or of nobody knows whom."""
    failed = [
        message.c.mailbox == mailbox,
        is_always(message.c.outcome, Outcome.FAILED),
        message.c.received_at.between(since, until),
    ]
    if sender is not None:
        failed.append(message.c.sender.in_((sender, "")))
    return first(s, select(message.c.id).where(*failed)) is not None


def recorded(s: Transaction, content_hashes: Iterable[str]) -> dict[str, int]:
    """Per content hash, the message that has it: for those whose place on the server is not known."""
    originals = message.c.content_hash.in_(list(content_hashes)), message.c.duplicate_of.is_(None)
    return {
        row.content_hash: row.id
        for row in rows(s, select(message.c.id, message.c.content_hash).where(*originals))
    }


def known_names(s: Transaction, message_ids: Iterable[str]) -> int:
    """How many of these Message-IDs a recorded message has."""
    names = message.c.message_id.in_([key(name) for name in message_ids])
    return len(set(scalars(s, select(message.c.message_id).where(names))))


def doubled(s: Transaction, mailbox: str) -> list[Values]:
    """Contents that have more than one outcome of their own: what the unique keys make impossible."""
    own = message.c.mailbox == mailbox, message.c.duplicate_of.is_(None)
    twice = (
        select(message.c.content_hash).where(*own).group_by(message.c.content_hash).having(func.count() > 1)
    )
    return [{"mailbox": mailbox, "content_hash": row.content_hash} for row in rows(s, twice)]


def _original(content_hash: str) -> Any:
    return select(message.c.id).where(
        message.c.content_hash == content_hash, message.c.duplicate_of.is_(None)
    )


def _facts(arrival: Arrival, decision: Verdict, duplicate_of: int | None) -> Values:
    mail, match = arrival.message, arrival.match
    if mail is None:
        raise ValueError("what could not be read is recorded by record_failed")
    return {
        "mailbox": arrival.mailbox,
        "message_id": key(mail.message_id),
        "content_hash": mail.content_hash,
        "duplicate_of": duplicate_of,
        "sender": mail.from_.email if mail.from_ else "",
        "sender_name": mail.from_.name if mail.from_ else "",
        "sender_verified": mail.verified,
        "subject": mail.subject,
        "folded_subject": fold_subject(mail.subject),
        "text": mail.text,
        "reply_text": mail.reply_text,
        "received_at": arrival.received_at,
        "outcome": decision.outcome,
        "reasons": [fields(reason) for reason in decision.reasons],
        "filed": decision.filed,
        "rule": match.rule.name if match else None,
        "words": list(match.words) if match else [],
        "also_matched": list(match.also_matched) if match else [],
        "kind": mail.kind,
        "automatic": mail.automatic,
        "may_answer": decision.may_answer,
        "repaired": list(mail.repaired),
        "attachments": [fields(attachment) for attachment in mail.attachments],
    }


def _lies(s: Transaction, message_id: int, place: Place, filed: str, now: datetime) -> None:
    add_all(s, location, [{**fields(place), "message_id": message_id, "since": now, "to_move": filed != ""}])
