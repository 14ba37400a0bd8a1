"""How far a folder was read, and what of it is still to be moved: the ledger beside the server."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import structlog

from mailbot.config.live import Live
from mailbot.config.model import Mailbox
from mailbot.desk.decision import Filed
from mailbot.store import places, settings
from mailbot.store.engine import Store
from mailbot.store.places import Place, Progress
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.imap_fetch import Fetched
from mailbot.transport.imap_move import Moved

log = structlog.get_logger("mailbot")

BATCH = 50


@dataclass(frozen=True)
class Folder:
    """The folder that is polled, as selected now (RFC 3501 §2.3.1.1: a UID means nothing without UIDVALIDITY)."""

    box: Mailbox
    uidvalidity: int
    progress: Progress

    def unread(self, imap: ImapMailbox, store: Store) -> Iterator[list[int]]:
        r"""UIDs without an outcome, in batches, ascending. The ledger tells, never `\Seen` (lesson 4)."""
        since = self.box.start if isinstance(self.box.start, date) else None
        uids = imap.uids(self.progress.uid_seen, since=since)
        for start in range(0, len(uids), BATCH):
            batch = uids[start : start + BATCH]
            with store.reading() as s:
                known = places.known_uids(s, self.box.name, self.box.folder, self.uidvalidity, batch)
            if fresh := [uid for uid in batch if uid not in known]:
                yield fresh

    def place(self, uid: int) -> Place:
        return Place(self.box.name, self.box.folder, self.uidvalidity, uid)

    def is_backlog(self, mail: Fetched) -> bool:
        """It lay there before the first connection: by UID while UIDVALIDITY is that of then, else by arrival."""
        if self.box.answer_backlog:
            return False
        if self.progress.first_uidnext:
            return mail.uid < self.progress.first_uidnext
        return mail.received_at < self.progress.started_at.replace(microsecond=0)


def open_folder(box: Mailbox, imap: ImapMailbox, store: Store, now: datetime) -> Folder:
    """Select the folder; note the first connection, and a new UIDVALIDITY (then all of it is read again)."""
    selected = imap.select(box.folder)
    with store.transaction() as s:
        progress = places.progress(s, box.name, box.folder)
        if progress is None:
            # lesson 33: with `start = "now"` what lies there already is not even read
            seen = selected.uidnext - 1 if box.start == "now" else 0
            progress = Progress(selected.uidvalidity, seen, selected.uidnext, now, None)
            places.save_progress(s, box.name, box.folder, progress)
        elif progress.uidvalidity != selected.uidvalidity:
            log.warning("mailbox.uidvalidity_changed", before=progress.uidvalidity, now=selected.uidvalidity)
            progress = Progress(selected.uidvalidity, 0, 0, progress.started_at, progress.read_up_to)
            places.save_progress(s, box.name, box.folder, progress)
    return Folder(box, selected.uidvalidity, progress)


def was_read(folder: Folder, store: Store, uid: int) -> None:
    """Everything up to `uid` has a committed outcome."""
    with store.transaction() as s:
        places.advance(s, folder.box.name, folder.box.folder, folder.uidvalidity, uid, None)


def was_read_up_to(folder: Folder, store: Store, began: datetime) -> None:
    """A poll that began then understood all there was (invariant 3)."""
    with store.transaction() as s:
        places.advance(s, folder.box.name, folder.box.folder, folder.uidvalidity, 0, began)


def asked_for(place: Place, store: Store, now: datetime) -> int:
    """How often the server was asked for a message that it did not give, this time included."""
    name = f"not_given:{place.mailbox}:{place.folder}:{place.uidvalidity}:{place.uid}"
    with store.transaction() as s:
        times = (settings.get(s, name) or 0) + 1
        settings.keep(s, name, times, now)
    return int(times)


def acknowledge(folder: Folder, imap: ImapMailbox, store: Store, now: datetime) -> None:
    """Move what has a committed outcome; a courtesy to people who look at the mailbox, and retried at every poll."""
    if imap.can_move:
        _move_from(folder.box.folder, folder, imap, store, now)


def acknowledge_elsewhere(folder: Folder, imap: ImapMailbox, store: Store, now: datetime) -> None:
    """What a person retried or promoted leaves «Por revisar» too; then our folder is selected again, for IDLE."""
    with store.reading() as s:
        others = [
            name for name in places.folders_to_move_from(s, folder.box.name) if name != folder.box.folder
        ]
    if not (others and imap.can_move):
        return
    for name in others:
        there = replace(folder, uidvalidity=imap.select(name).uidvalidity)
        _move_from(name, there, imap, store, now)
    imap.select(folder.box.folder)


def _move_from(name: str, folder: Folder, imap: ImapMailbox, store: Store, now: datetime) -> None:
    """`name` is the selected folder."""
    with store.reading() as s:
        due = places.moves_due(s, folder.box.name, name, folder.uidvalidity)
    targets: dict[str, dict[int, int]] = {}
    for move in due:
        targets.setdefault(folder.box.folder_for(move.filed), {})[move.uid] = move.location_id
    for target, locations in targets.items():
        stays = target in ("", name)
        went = {} if stays else imap.move(sorted(locations), target) or {}
        _note(locations, went, "" if stays else target, store, now)


def _note(locations: Mapping[int, int], went: Moved, target: str, store: Store, now: datetime) -> None:
    with store.transaction() as s:
        for uid, location_id in locations.items():
            # gone already: another client was faster
            uidvalidity, new_uid = went.get(uid) or (None, None)
            places.moved(s, location_id, target, uidvalidity, new_uid, now)


def make_folders(box: Mailbox, imap: ImapMailbox, live: Live) -> None:
    """Those that are missing, before anything is moved there."""
    for folder in folders_of(box, live):
        imap.ensure_folder(folder)


def folders_of(box: Mailbox, live: Live) -> Iterator[str]:
    """The folders that mail of this mailbox may be moved to, each once."""
    rules = (r.folder for r in live.config.rule if not r.mailboxes or box.name in r.mailboxes)
    roles = (box.folder_for(role) for role in (Filed.HANDLED, Filed.REVIEW))
    yield from (f for f in dict.fromkeys((*roles, *rules)) if f and f != box.folder)
