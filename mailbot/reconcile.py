"""Proof that nothing is lost and nothing doubled: each message on the server has exactly one recorded outcome.

Looked at are the mailbox's folder and those that mailbot moves mail to. What came after the last poll is not
late but unread, and what is older than the first connection and has no outcome was never ours.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from unicodedata import normalize

from mailbot.config.live import Live
from mailbot.config.model import Mailbox
from mailbot.mail.identity import content_hash
from mailbot.reading import folders_of, sorted_into
from mailbot.store import ledger, places
from mailbot.store.engine import Store
from mailbot.store.places import Place, Progress
from mailbot.transport.errors import trying
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.imap_fetch import Fetched

Entry = dict[str, Any]

#: looked up at once: a folder may hold 100,000
UIDS = 500


@dataclass
class Account:
    """What lies on the server and how much of it has an outcome; `missing`: none; `doubled`: more than one."""

    on_server: int = 0
    recorded: int = 0
    unread: int = 0
    missing: list[Entry] = field(default_factory=list)
    doubled: list[Entry] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return not self.missing and not self.doubled

    def as_json(self) -> Entry:
        return asdict(self)


class Standing(StrEnum):
    RECORDED = "recorded"
    #: it came after the last poll
    UNREAD = "unread"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Found:
    """A message on the server that is ours to account for. `received_at`: None where the ledger has its place."""

    place: Place
    standing: Standing
    received_at: datetime | None = None


def reconcile(box: Mailbox, imap: ImapMailbox, live: Live, store: Store, account: Account) -> None:
    """Add a mailbox to the account. `imap` is connected and used by nobody else."""
    for found in look(box, imap, live, store):
        account.on_server += 1
        if found.standing is Standing.RECORDED:
            account.recorded += 1
        elif found.standing is Standing.UNREAD:
            account.unread += 1
        else:
            account.missing.append(asdict(found.place))
    with store.reading() as s:
        account.doubled += ledger.doubled(s, box.name)


def look(box: Mailbox, imap: ImapMailbox, live: Live, store: Store) -> Iterator[Found]:
    """Everything of a mailbox on the server that is not older than the first connection."""
    with store.reading() as s:
        progress = places.progress(s, box.name, box.folder)
    if progress is None:
        return  # never connected: nothing on the server is ours yet
    there, sorting = _there(imap), sorted_into(box, live).values()
    for folder in (box.folder, *folders_of(box, live)):
        if folder == box.folder or _name(imap, folder) in there:  # one that is not there yet is empty
            is_read = folder == box.folder or folder in sorting
            yield from _folder(box, folder, is_read, progress.started_at, imap, store)


def _there(imap: ImapMailbox) -> set[str]:
    with trying("Ver las carpetas", imap.server):
        return {normalize("NFC", name) for name in imap.folders.names()}


def _name(imap: ImapMailbox, folder: str) -> str:
    with trying(f"Ver la carpeta {folder}", imap.server):
        return imap.folders.name(folder)


def _folder(
    box: Mailbox, folder: str, is_read: bool, began: datetime, imap: ImapMailbox, store: Store
) -> Iterator[Found]:
    selected, uids = imap.list(folder)
    with store.reading() as s:
        progress = places.progress(s, box.name, folder) if is_read else None
    if is_read and progress is None:
        return  # people may decide by this folder from the next poll on: what lies there is left alone
    for start in range(0, len(uids), UIDS):
        some = uids[start : start + UIDS]
        with store.reading() as s:
            known = places.known_uids(s, box.name, folder, selected.uidvalidity, some)
        for uid in known:
            yield Found(Place(box.name, folder, selected.uidvalidity, uid), Standing.RECORDED)
        for mail in imap.fetch([uid for uid in some if uid not in known], box.max_size):
            place = Place(box.name, folder, selected.uidvalidity, mail.uid)
            if standing := _standing(mail, place, progress, began, store):
                yield Found(place, standing, mail.received_at)


def _standing(
    mail: Fetched, place: Place, progress: Progress | None, began: datetime, store: Store
) -> Standing | None:
    """Of a message whose place is not in the ledger; None: it is older than us.

    `progress`: of a folder that is read; None: what lies there was moved there by us.
    """
    with store.reading() as s:
        if ledger.recorded(s, [content_hash(mail.raw), ledger.raw_hash(mail.raw)]):
            return Standing.RECORDED
    if mail.received_at < began.replace(microsecond=0):
        return None
    if progress is None:
        return Standing.MISSING
    if mail.uid < progress.first_uidnext and mail.received_at < progress.started_at:
        return None
    is_unread = place.uidvalidity != progress.uidvalidity or mail.uid > progress.uid_seen
    return Standing.UNREAD if is_unread else Standing.MISSING
