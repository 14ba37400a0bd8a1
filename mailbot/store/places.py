"""Where mail lies on the server, and how far a folder was read. Identity is elsewhere: a message moves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, or_, select, update

from mailbot.store import tables
from mailbot.store.columns import table
from mailbot.store.statements import Values, add, add_missing, fields, first, put, rows, run, scalars
from mailbot.store.transaction import Transaction

message = table(tables.Message)
location = table(tables.Location)
progress_ = table(tables.Progress)

#: locations in one statement
BATCH = 500
LEFT = select(location.c.id, location.c.message_id, location.c.mailbox, location.c.left_at).where(
    location.c.id.in_(bindparam("ids", expanding=True))
)


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


# -- how far it was read ---------------------------------------------------------------------------------


def progress(s: Transaction, mailbox: str, folder: str) -> Progress | None:
    at = progress_.c.mailbox == mailbox, progress_.c.folder == folder
    row = first(s, select(progress_).where(*at))
    return row and Progress(row.uidvalidity, row.uid_seen, row.first_uidnext, row.started_at, row.read_up_to)


def save_progress(s: Transaction, mailbox: str, folder: str, state: Progress) -> None:
    put(s, progress_, {"mailbox": mailbox, "folder": folder, **fields(state)})


def read_up_to(s: Transaction, mailbox: str) -> datetime | None:
    """Our clock at the start of the mailbox's last poll that left nothing unread or failed (invariant 3)."""
    found = scalars(s, select(progress_.c.read_up_to).where(progress_.c.mailbox == mailbox))
    return max((at for at in found if at), default=None)


def read_ahead(s: Transaction, now: datetime) -> list[str]:
    """Mailboxes that were read up to a time that is still to come."""
    return list(scalars(s, select(progress_.c.mailbox).where(progress_.c.read_up_to > now)))


def forget_read_ahead(s: Transaction, now: datetime) -> None:
    """They count as unread, until they are read again."""
    run(s, update(progress_).where(progress_.c.read_up_to > now).values(read_up_to=None))


def advance(
    s: Transaction, mailbox: str, folder: str, uidvalidity: int, uid: int, read_up_to: datetime | None
) -> None:
    """Everything up to `uid` has a committed outcome; with `read_up_to`, the mailbox was read up to then."""
    at = progress_.c.mailbox == mailbox, progress_.c.folder == folder, progress_.c.uidvalidity == uidvalidity
    run(s, update(progress_).where(*at, progress_.c.uid_seen < uid).values(uid_seen=uid))
    if read_up_to is not None:
        run(s, update(progress_).where(*at).values(read_up_to=read_up_to))


# -- where it lies ---------------------------------------------------------------------------------------


def known_uids(s: Transaction, mailbox: str, folder: str, uidvalidity: int, uids: Iterable[int]) -> set[int]:
    """Those of `uids` that have an outcome."""
    wanted = set(uids)
    if not wanted:
        return set()
    between = location.c.uid.between(min(wanted), max(wanted))
    found = scalars(s, select(location.c.uid).where(*inside(mailbox, folder, uidvalidity), between))
    return wanted.intersection(found)


def moves_due(s: Transaction, mailbox: str, folder: str, uidvalidity: int) -> list[MoveDue]:
    """What is stored and not yet acknowledged on the server, in the order of its UIDs."""
    found = rows(
        s,
        select(location.c.id, location.c.uid, message.c.filed)
        .join(message, message.c.id == location.c.message_id)
        .where(*inside(mailbox, folder, uidvalidity), location.c.to_move)
        .order_by(location.c.uid),
    )
    return [MoveDue(row.id, row.uid, row.filed) for row in found]


def folders_to_move_from(s: Transaction, mailbox: str) -> list[str]:
    """The folders in which something waits to be moved."""
    waits = location.c.mailbox == mailbox, location.c.to_move
    return list(scalars(s, select(location.c.folder).where(*waits).distinct().order_by(location.c.folder)))


def moved(s: Transaction, folder: str, there: Mapping[int, tuple[int, int] | None], now: datetime) -> None:
    """Locations whose messages lie in `folder` now, and their UIDVALIDITY and UID there; "": they stay.

    None where the server did not tell the numbers.
    """
    for ids in in_batches(list(there)):
        old = rows(s, LEFT, ids=ids)
        if len(old) < len(ids):
            raise LookupError(f"one of these is no location: {ids}")
        # what is left already another daemon moved at the same time, and knows where to
        here = [row for row in old if row.left_at is None]
        if not folder:
            stays(s, [row.id for row in here])
            continue
        gone(s, [row.id for row in here], now)
        # A second delivery of the same bytes may be recorded there already.
        add_missing(s, location, [_there(row, folder, there[row.id], now) for row in here])


def in_batches(ids: list[int]) -> Iterator[list[int]]:
    """A statement takes so many parameters, and no more."""
    yield from (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _there(old: Row[Any], folder: str, numbers: tuple[int, int] | None, now: datetime) -> Values:
    uidvalidity, uid = numbers or (None, None)
    names = {"mailbox": old.mailbox, "folder": folder, "uidvalidity": uidvalidity, "uid": uid}
    return {**names, "message_id": old.message_id, "since": now, "left_at": None, "to_move": False}


def stays(s: Transaction, location_ids: Sequence[int]) -> None:
    """It is left where it is: nothing to acknowledge, or a server that cannot move safely."""
    run(s, update(location).where(location.c.id.in_(location_ids)).values(to_move=False))


def stays_there(s: Transaction, place: Place) -> None:
    """As `stays`, for what was found in a folder to which somebody moved it."""
    at = *inside(place.mailbox, place.folder, place.uidvalidity), location.c.uid == place.uid
    run(s, update(location).where(*at).values(to_move=False))


def moved_here(s: Transaction, original: int, place: Place) -> int | None:
    """Of this message and its duplicates the one that somebody can have moved there; None: it is one more.

    Whichever of them it was, they are the same; one that lies in that folder already it was not.
    """
    same = message.alias()
    name = select(same.c.message_id).where(same.c.id == original).scalar_subquery()
    one_of_them = or_(message.c.id == original, message.c.duplicate_of == original)
    those = message.c.message_id == name, one_of_them, message.c.mailbox == place.mailbox
    copies = scalars(s, select(message.c.id).where(*those).order_by(message.c.id))
    # not asked for by the folder: all that ever lay there would be looked through
    lying = rows(s, select(location).where(location.c.message_id.in_(copies), location.c.left_at.is_(None)))
    here = place.mailbox, place.folder, place.uidvalidity
    there = {row.message_id for row in lying if (row.mailbox, row.folder, row.uidvalidity) == here}
    return next((copy for copy in copies if copy not in there), None)


def lies_here(s: Transaction, message_id: int, place: Place, *, to_move: bool, now: datetime) -> None:
    """Somebody moved it here, from wherever it lay."""
    lying = location.c.message_id == message_id, location.c.left_at.is_(None)
    run(s, update(location).where(*lying).values(to_move=False, left_at=now))
    add(s, location, **fields(place), message_id=message_id, since=now, to_move=to_move)


def gone(s: Transaction, location_ids: Sequence[int], now: datetime) -> None:
    """Somebody else took it from there."""
    run(s, update(location).where(location.c.id.in_(location_ids)).values(to_move=False, left_at=now))


def all_gone(s: Transaction, mailbox: str, folder: str, uidvalidity: int, now: datetime) -> None:
    """The folder has this UIDVALIDITY now: its UIDs of before name nothing any more (RFC 9051 §2.3.1.1)."""
    here = location.c.mailbox == mailbox, location.c.folder == folder, location.c.left_at.is_(None)
    other = location.c.uidvalidity != uidvalidity
    run(s, update(location).where(*here, other).values(to_move=False, left_at=now))


def inside(mailbox: str, folder: str, uidvalidity: int) -> tuple[Any, ...]:
    return (
        location.c.mailbox == mailbox,
        location.c.folder == folder,
        location.c.uidvalidity == uidvalidity,
    )
