"""What came, where it lies, and what became of it: every message has exactly one outcome (invariant 1)."""

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from mailbot.desk.case import Case
from mailbot.desk.decision import Decision, Filed, Outcome
from mailbot.desk.known import Arrival
from mailbot.mail.message import Kind
from mailbot.rules.fold import fold_subject
from mailbot.store import tables
from mailbot.store.statements import Values, add, add_all, first, put, rows, run, scalar, scalars
from mailbot.store.text import key
from mailbot.values import Reason

message = tables.table(tables.Message)
location = tables.table(tables.Location)
raw_chunk = tables.table(tables.RawChunk)
progress_ = tables.table(tables.Progress)

CHUNK = 1024 * 1024
#: octets; above it compression costs more than it saves
SMALL = 64 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message lies on the server: what names it there (RFC 9051 §2.3.1.1)."""

    mailbox: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a folder was read; below `first_uidnext` lies what is older than the first connection."""

    uidvalidity: int
    uid_seen: int
    first_uidnext: int
    started_at: datetime
    read_up_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class MoveDue:
    """A message whose outcome is stored and which must be moved: `filed` is a role or a folder's name."""

    location_id: int
    uid: int
    filed: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A message that was recorded, as a retry or a promotion needs to see it."""

    id: int
    mailbox: str
    received_at: datetime
    outcome: Outcome
    case_id: int | None
    duplicate_of: int | None


# -- how far it was read ---------------------------------------------------------------------------------


def progress(s: Session, mailbox: str, folder: str) -> Progress | None:
    at = progress_.c.mailbox == mailbox, progress_.c.folder == folder
    row = first(s, select(progress_).where(*at))
    return row and Progress(row.uidvalidity, row.uid_seen, row.first_uidnext, row.started_at, row.read_up_to)


def save_progress(s: Session, mailbox: str, folder: str, state: Progress) -> None:
    put(s, progress_, {"mailbox": mailbox, "folder": folder, **asdict(state)})


def read_up_to(s: Session, mailbox: str) -> datetime | None:
    """Our clock at the start of the mailbox's last poll that left nothing unread or failed (invariant 3)."""
    found = scalars(s, select(progress_.c.read_up_to).where(progress_.c.mailbox == mailbox))
    return max((at for at in found if at), default=None)


def advance(
    s: Session, mailbox: str, folder: str, uidvalidity: int, uid: int, read_up_to: datetime | None
) -> None:
    """Everything up to `uid` has a committed outcome; with `read_up_to`, the mailbox was read up to then."""
    at = progress_.c.mailbox == mailbox, progress_.c.folder == folder, progress_.c.uidvalidity == uidvalidity
    run(s, update(progress_).where(*at, progress_.c.uid_seen < uid).values(uid_seen=uid))
    if read_up_to is not None:
        run(s, update(progress_).where(*at).values(read_up_to=read_up_to))


# -- where it lies ---------------------------------------------------------------------------------------


def known_uids(s: Session, mailbox: str, folder: str, uidvalidity: int, uids: Iterable[int]) -> set[int]:
    """Those of `uids` that have an outcome."""
    wanted = set(uids)
    if not wanted:
        return set()
    between = location.c.uid.between(min(wanted), max(wanted))
    found = scalars(s, select(location.c.uid).where(*_in(mailbox, folder, uidvalidity), between))
    return wanted.intersection(found)


def moves_due(s: Session, mailbox: str, folder: str, uidvalidity: int) -> list[MoveDue]:
    """What is stored and not yet acknowledged on the server, in the order of its UIDs."""
    found = rows(
        s,
        select(location.c.id, location.c.uid, message.c.filed)
        .join(message, message.c.id == location.c.message_id)
        .where(*_in(mailbox, folder, uidvalidity), location.c.to_move)
        .order_by(location.c.uid),
    )
    return [MoveDue(row.id, row.uid, row.filed) for row in found]


def moved(
    s: Session, location_id: int, folder: str, uidvalidity: int | None, uid: int | None, now: datetime
) -> None:
    """It lies in `folder` now, its numbers None where the server did not tell them; "": it stays."""
    if not folder:
        return stays(s, [location_id])
    old = first(s, select(location).where(location.c.id == location_id))
    if old is None:
        raise LookupError(f"no location {location_id}")
    run(s, update(location).where(location.c.id == location_id).values(left_at=now, to_move=False))
    same = location.c.folder == folder, location.c.uidvalidity == uidvalidity, location.c.uid == uid
    if (
        uid is None
        or scalar(s, select(location.c.id).where(location.c.mailbox == old.mailbox, *same)) is None
    ):
        _put_at(s, old.message_id, old.mailbox, folder, uidvalidity, uid, now, to_move=False)


def stays(s: Session, location_ids: Sequence[int]) -> None:
    """It is left where it is: nothing to acknowledge, or a server that cannot move safely."""
    run(s, update(location).where(location.c.id.in_(location_ids)).values(to_move=False))


def gone(s: Session, location_ids: Sequence[int], now: datetime) -> None:
    """Somebody else took it from there."""
    run(s, update(location).where(location.c.id.in_(location_ids)).values(to_move=False, left_at=now))


def _in(mailbox: str, folder: str, uidvalidity: int) -> tuple[Any, ...]:
    return (
        location.c.mailbox == mailbox,
        location.c.folder == folder,
        location.c.uidvalidity == uidvalidity,
    )


def _put_at(
    s: Session,
    message_id: int,
    mailbox: str,
    folder: str,
    uidvalidity: int | None,
    uid: int | None,
    now: datetime,
    *,
    to_move: bool,
) -> None:
    add(
        s,
        location,
        message_id=message_id,
        mailbox=mailbox,
        folder=folder,
        uidvalidity=uidvalidity,
        uid=uid,
        since=now,
        to_move=to_move,
    )


# -- what became of it -----------------------------------------------------------------------------------


def record(
    s: Session,
    arrival: Arrival,
    place: Place,
    raw: bytes,
    decision: Decision,
    *,
    case: Case | None = None,
    duplicate_of: int | None = None,
    now: datetime,
) -> int:
    """Store a message with its outcome; its id. `cases.apply` joins it to the case that it opens or changes.

    Raises `Conflict` (at once or at the end of the transaction) if its place or its content is known already.
    """
    values = _facts(arrival, decision, case, duplicate_of)
    message_id = add(s, message, **values, earlier=[], size=len(raw), stored_at=now)
    if duplicate_of is None:  # the first one's bytes serve for all
        _keep(s, message_id, raw)
    _lies(s, message_id, place, values["filed"], now)
    return message_id


def record_failed(
    s: Session,
    place: Place,
    raw: bytes,
    received_at: datetime,
    error: str,
    now: datetime,
    *,
    sender: str = "",
) -> int:
    """Keep a message that could not be understood, whole; its id. The same bytes again are its duplicate."""
    content_hash = f"raw:{hashlib.sha256(raw).hexdigest()}"
    original = scalar(s, _original(content_hash))
    reason = Reason("failed", "error", error)
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
        subject="",
        folded_subject="",
        text="",
        reply_text="",
        received_at=received_at,
        stored_at=now,
        size=len(raw),
        outcome=Outcome.FAILED,
        reasons=[asdict(reason)],
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
        _keep(s, message_id, raw)
    _lies(s, message_id, place, Filed.REVIEW, now)
    return message_id


def again(
    s: Session,
    message_id: int,
    arrival: Arrival,
    decision: Decision,
    *,
    case: Case | None = None,
    duplicate_of: int | None = None,
    now: datetime,
) -> None:
    """Give a recorded message a new outcome (retry, promote); the old one is kept as history."""
    columns = message.c.outcome, message.c.case_id, message.c.reasons, message.c.earlier, message.c.filed
    old = first(s, select(*columns).where(message.c.id == message_id))
    if old is None:
        raise LookupError(f"no message {message_id}")
    past = {"at": now.isoformat(), "outcome": old.outcome, "case": old.case_id, "reasons": old.reasons}
    values = _facts(arrival, decision, case, duplicate_of) | {"earlier": [*old.earlier, past]}
    run(s, update(message).where(message.c.id == message_id).values(**values))
    if values["filed"] not in ("", old.filed):
        here = location.c.message_id == message_id, location.c.left_at.is_(None), location.c.uid.is_not(None)
        run(s, update(location).where(*here).values(to_move=True))


def outcome_at(s: Session, place: Place) -> Outcome | None:
    """What became of the message that lies, or lay, there."""
    at = *_in(place.mailbox, place.folder, place.uidvalidity), location.c.uid == place.uid
    joined = select(message.c.outcome).join(location, location.c.message_id == message.c.id)
    found: Outcome | None = scalar(s, joined.where(*at))
    return found


def stored(s: Session, message_id: int) -> Stored | None:
    row = first(s, select(message).where(message.c.id == message_id))
    return row and Stored(row.id, row.mailbox, row.received_at, row.outcome, row.case_id, row.duplicate_of)


def of_case(s: Session, case_id: int) -> tuple[int, ...]:
    """Ids of the messages of a case, oldest first."""
    return tuple(scalars(s, select(message.c.id).where(message.c.case_id == case_id).order_by(message.c.id)))


def failed_since(s: Session, mailbox: str, sender: str | None, since: datetime, until: datetime) -> bool:
    """Whether a mail that came in that time could not be read: of `sender` or of nobody knows whom."""
    failed = [
        message.c.mailbox == mailbox,
        message.c.outcome == Outcome.FAILED,
        message.c.received_at.between(since, until),
    ]
    if sender is not None:
        failed.append(message.c.sender.in_((sender, "")))
    return first(s, select(message.c.id).where(*failed)) is not None


def recorded(s: Session, content_hashes: Iterable[str]) -> dict[str, int]:
    """Per content hash, the message that has it: for those whose place on the server is not known."""
    originals = message.c.content_hash.in_(list(content_hashes)), message.c.duplicate_of.is_(None)
    return {row.content_hash: row.id for row in rows(s, select(message).where(*originals))}


def _original(content_hash: str) -> Any:
    return select(message.c.id).where(
        message.c.content_hash == content_hash, message.c.duplicate_of.is_(None)
    )


def _facts(arrival: Arrival, decision: Decision, case: Case | None, duplicate_of: int | None) -> Values:
    mail, match = arrival.message, arrival.match
    if mail is None or decision.outcome is None:
        raise ValueError("what could not be read, or has no outcome, is recorded by record_failed")
    return {
        "mailbox": arrival.mailbox,
        "message_id": key(mail.message_id),
        "content_hash": mail.content_hash,
        "duplicate_of": duplicate_of,
        "case_id": case.id if case else None,
        "sender": mail.from_.email if mail.from_ else "",
        "sender_name": mail.from_.name if mail.from_ else "",
        "sender_verified": mail.verified,
        "subject": mail.subject,
        "folded_subject": fold_subject(mail.subject),
        "text": mail.text,
        "reply_text": mail.reply_text,
        "received_at": arrival.received_at,
        "outcome": decision.outcome,
        "reasons": [asdict(reason) for reason in decision.reasons],
        "filed": decision.filed,
        "rule": match.rule.name if match else None,
        "words": list(match.words) if match else [],
        "also_matched": list(match.also_matched) if match else [],
        "kind": mail.kind,
        "automatic": mail.automatic,
        "may_answer": decision.may_answer,
        "repaired": list(mail.repaired),
        "attachments": [asdict(attachment) for attachment in mail.attachments],
    }


def _lies(s: Session, message_id: int, place: Place, filed: str, now: datetime) -> None:
    _put_at(
        s, message_id, place.mailbox, place.folder, place.uidvalidity, place.uid, now, to_move=filed != ""
    )


# -- its bytes -------------------------------------------------------------------------------------------


def raw(s: Session, message_id: int) -> bytes:
    """The message as it came. Raises `LookupError` if it is unknown or its bytes were removed."""
    original = scalar(s, select(message.c.duplicate_of).where(message.c.id == message_id)) or message_id
    chunks = rows(s, select(raw_chunk).where(raw_chunk.c.message_id == original).order_by(raw_chunk.c.n))
    if not chunks:
        raise LookupError(f"no bytes of message {message_id}")
    return b"".join(zlib.decompress(c.data) if c.compressed else c.data for c in chunks)


def _keep(s: Session, message_id: int, raw: bytes) -> None:
    small = len(raw) < SMALL
    pieces = [zlib.compress(raw, 1)] if small else [raw[n : n + CHUNK] for n in range(0, len(raw), CHUNK)]
    add_all(
        s,
        raw_chunk,
        [
            {"message_id": message_id, "n": n, "compressed": small, "data": data}
            for n, data in enumerate(pieces)
        ],
    )
