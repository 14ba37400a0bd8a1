"""Proof that nothing is lost and nothing doubled: each message on the server has exactly one recorded outcome.

Looked at are the mailbox's folder and those that mailbot moves mail to. What came after the last poll is not
late but unread, and what is older than the first connection and has no outcome was never ours.
"""

from dataclasses import asdict, dataclass, field
from typing import Any
from unicodedata import normalize

from mailbot.config.live import Live
from mailbot.config.model import Mailbox
from mailbot.mail.identity import content_hash
from mailbot.reading import folders_of
from mailbot.store import ledger, places
from mailbot.store.engine import Store
from mailbot.store.places import Progress
from mailbot.transport.errors import trying
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.imap_fetch import Fetched

Entry = dict[str, Any]


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


def reconcile(box: Mailbox, imap: ImapMailbox, live: Live, store: Store, account: Account) -> None:
    """Add a mailbox to the account. `imap` is connected and used by nobody else."""
    with store.reading() as s:
        progress = places.progress(s, box.name, box.folder)
    if progress is None:
        return  # never connected: nothing on the server is ours yet
    there = _there(imap)
    for folder in (box.folder, *folders_of(box, live)):
        if folder == box.folder or _name(imap, folder) in there:  # one that is not there yet is empty
            _folder(box, folder, progress, imap, store, account)
    with store.reading() as s:
        account.doubled += ledger.doubled(s, box.name)


def _there(imap: ImapMailbox) -> set[str]:
    with trying("Ver las carpetas", imap.server):
        return {normalize("NFC", name) for name in imap.folders.names()}


def _name(imap: ImapMailbox, folder: str) -> str:
    with trying(f"Ver la carpeta {folder}", imap.server):
        return imap.folders.name(folder)


def _folder(
    box: Mailbox, folder: str, progress: Progress, imap: ImapMailbox, store: Store, account: Account
) -> None:
    selected, uids = imap.list(folder)
    with store.reading() as s:
        known = places.known_uids(s, box.name, folder, selected.uidvalidity, uids)
    account.on_server += len(known)
    account.recorded += len(known)
    for mail in imap.fetch([uid for uid in uids if uid not in known], box.max_size):
        _unplaced(box, folder, selected.uidvalidity, mail, progress, store, account)


def _unplaced(
    box: Mailbox,
    folder: str,
    uidvalidity: int,
    mail: Fetched,
    progress: Progress,
    store: Store,
    account: Account,
) -> None:
    """A message whose place is not in the ledger: known by its content, unread, older than us, or missing."""
    with store.reading() as s:
        known = ledger.recorded(s, [content_hash(mail.raw)])
    if not known and mail.received_at < progress.started_at.replace(microsecond=0):
        return
    account.on_server += 1
    if known:
        account.recorded += 1
    elif folder == box.folder and (uidvalidity != progress.uidvalidity or mail.uid > progress.uid_seen):
        account.unread += 1
    else:
        account.missing.append(
            {"mailbox": box.name, "folder": folder, "uidvalidity": uidvalidity, "uid": mail.uid}
        )
