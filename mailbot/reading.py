"""How far a folder was read, and what of it is still to be moved: the ledger beside the server."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

import structlog

from mailbot.config.live import Live
from mailbot.config.mailboxes import used_for
from mailbot.config.model import Mailbox
from mailbot.desk.decision import Filed
from mailbot.desk.due import GRACE
from mailbot.mail.parse import parse
from mailbot.store import ledger, places, settings
from mailbot.store.engine import Store
from mailbot.store.places import Place, Progress
from mailbot.transport.errors import NotMoved, TransportError
from mailbot.transport.imap import ImapMailbox, Selected
from mailbot.transport.imap_fetch import Fetched
from mailbot.transport.imap_move import Moved

log = structlog.get_logger("mailbot")

BATCH = 50
#: messages that are stored together
TOGETHER = 10
HEADERS = 500

#: what the clocks of the server and of this machine may differ by
SKEW = timedelta(hours=1)
#: more mail than this that nobody knows and that was written before us, in a folder made anew: it was restored
A_FEW = 50


@dataclass(frozen=True)
class Folder:
    """The folder that is polled, as selected now (RFC 3501 §2.3.1.1: a UID means nothing without UIDVALIDITY)."""

    box: Mailbox
    uidvalidity: int
    uidnext: int
    progress: Progress
    #: mail below it was put back into a folder made anew, its times of arrival lost; 0: none was
    restored_below: int = 0
    #: folders to which the server moves nothing at this poll: what was processed stays, and is no trouble
    refused: set[str] = field(default_factory=set)
    #: UIDs that the server named at this poll, ascending
    found: list[int] = field(default_factory=list)

    def unread(self, imap: ImapMailbox, store: Store) -> Iterator[list[int]]:
        r"""UIDs without an outcome, in batches, ascending. The ledger tells, never `\Seen` (lesson 4)."""
        self.found[:] = uids = imap.uids(self.progress.uid_seen, since=self.since)
        for start in range(0, len(uids), BATCH):
            batch = uids[start : start + BATCH]
            with store.reading() as s:
                known = places.known_uids(s, self.box.name, self.box.folder, self.uidvalidity, batch)
            if fresh := [uid for uid in batch if uid not in known]:
                yield fresh

    def left(self, uid: int) -> int:
        """How many beyond `uid` wait for their turn at this poll."""
        return len(self.found) - bisect_right(self.found, uid)

    def place(self, uid: int) -> Place:
        return Place(self.box.name, self.box.folder, self.uidvalidity, uid)

    @property
    def since(self) -> date | None:
        """What came before that day is not even read; SEARCH goes by the days of the server's own zone."""
        if isinstance(self.box.start, date):
            return self.box.start
        if self.progress.first_uidnext or not _only_new(self.box):
            return None
        return self.progress.started_at.date() - timedelta(days=1)

    def is_backlog(self, mail: Fetched, written: datetime | None) -> bool:
        """It is older than the first connection: by its UID or by its arrival, for people move old mail about.

        `written` (Date) counts only where a restore lost the times of arrival (hazard 50).
        """
        begins = _begins(self.box, self.progress)
        if written and begins and mail.uid < self.restored_below:
            return written < begins
        if self.box.answer_backlog and not _only_new(self.box):
            return False
        if mail.uid < self.progress.first_uidnext:
            return True
        # what is new by its UID is old only beyond doubt
        doubt = SKEW if self.progress.first_uidnext else timedelta(0)
        return mail.received_at < self.progress.started_at.replace(microsecond=0) - doubt


def together(mails: Iterable[Fetched]) -> Iterator[list[Fetched]]:
    """A few at a time, of what came in one answer: none of them waits until another has been given.

    What came before something broke is not given up with it.
    """
    some: list[Fetched] = []
    try:
        for mail in mails:
            some.append(mail)
            if mail.last or len(some) == TOGETHER:
                yield some
                some = []
    except Exception:
        if some:
            yield some
        raise
    if some:
        yield some


def open_folder(box: Mailbox, imap: ImapMailbox, store: Store, now: datetime) -> Folder:
    """Select the folder; note the first connection, and a new UIDVALIDITY (then it is read again)."""
    selected = imap.look(box.folder)
    with store.reading() as s:
        progress = places.progress(s, box.name, box.folder)
        restored_below = settings.get(s, _restored(box)) or 0
    if progress is None:
        progress = _first_connection(box, selected, store, now)
    if progress.uidvalidity != selected.uidvalidity:
        restored_below = selected.uidnext if _was_restored(box, progress, selected, imap, store) else 0
        before = progress
        progress = Progress(selected.uidvalidity, 0, 0, before.started_at, before.read_up_to)
        made_anew(box, box.folder, before, progress, store, now, restored_below)
    return Folder(box, selected.uidvalidity, selected.uidnext, progress, restored_below)


def _first_connection(box: Mailbox, selected: Selected, store: Store, now: datetime) -> Progress:
    """Another daemon may be as fast."""
    # lesson 33: with `start = "now"` what lies there already is not even read
    seen = selected.uidnext - 1 if _only_new(box) else 0
    ours = Progress(selected.uidvalidity, seen, selected.uidnext, now, None)
    with store.transaction() as s:
        if (theirs := places.progress(s, box.name, box.folder)) is None:
            places.save_progress(s, box.name, box.folder, ours)
    return theirs or ours


def made_anew(
    box: Mailbox,
    folder: str,
    before: Progress,
    progress: Progress,
    store: Store,
    now: datetime,
    restored_below: int | None = None,
) -> None:
    """Its UIDs begin again and name other mail than before: only content tells what is known (hazard 50)."""
    log.warning(
        "mailbox.uidvalidity_changed", folder=folder, before=before.uidvalidity, now=progress.uidvalidity
    )
    with store.transaction() as s:
        places.save_progress(s, box.name, folder, progress)
        places.all_gone(s, box.name, folder, progress.uidvalidity, now)
        if restored_below is not None:
            settings.keep(s, _restored(box), restored_below, now)


def _only_new(box: Mailbox) -> bool:
    return box.start == "now"


def _begins(box: Mailbox, progress: Progress) -> datetime | None:
    """What is older was never ours; None: everything is."""
    if _only_new(box) or not box.answer_backlog:
        return progress.started_at
    return datetime.combine(box.start, time(), UTC) if isinstance(box.start, date) else None


def _restored(box: Mailbox) -> str:
    return f"restored_below:{box.name}:{box.folder}"


def _was_restored(
    box: Mailbox, progress: Progress, selected: Selected, imap: ImapMailbox, store: Store
) -> bool:
    """Whether the folder was filled with old mail that now seems to have come today.

    A few mails are no sign: clocks of senders go wrong, and one too many answered does less harm than one lost.
    """
    begins = _begins(box, progress)
    if begins is None:
        return False
    unknown, old = 0, imap.written_before(begins.date(), selected.uidnext)
    for start in range(0, len(old), HEADERS):
        names = {parse(raw).message_id for raw in imap.headers(old[start : start + HEADERS])}
        with store.reading() as s:
            unknown += len(names) - ledger.known_names(s, names)
        if unknown > A_FEW:
            log.error("mailbox.restored", old=len(old), since=begins.isoformat())
            return True
    return False


def was_read(folder: Folder, store: Store, uid: int) -> None:
    """Everything up to `uid` has a committed outcome."""
    with store.transaction() as s:
        places.advance(s, folder.box.name, folder.box.folder, folder.uidvalidity, uid, None)


def was_read_up_to(folder: Folder, store: Store, began: datetime) -> None:
    """A poll that began then understood all there was (invariant 3); what is too old is not searched again."""
    seen = folder.uidnext - 1 if folder.since else 0
    with store.transaction() as s:
        places.advance(s, folder.box.name, folder.box.folder, folder.uidvalidity, seen, began)


def disbelieve(store: Store, now: datetime) -> None:
    """What was read up to a time that is still to come was told by a clock that has been set back since.

    Once that time has passed it would say that the mailbox was read when nobody read it (invariant 3).
    """
    with store.reading() as s:
        ahead = places.read_ahead(s, now + GRACE)
    if ahead:
        log.warning("clock.set_back", mailboxes=ahead)
        with store.transaction() as s:
            places.forget_read_ahead(s, now + GRACE)


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
        selected = select_if_open(name, imap)
        if selected is None and imap.exists(name):
            continue
        uidvalidity = selected.uidvalidity if selected else 0  # a person renamed or deleted it
        there = replace(folder, uidvalidity=uidvalidity)
        if not (uidvalidity and _move_from(name, there, imap, store, now)):
            with store.transaction() as s:
                places.all_gone(s, folder.box.name, name, uidvalidity, now)
    imap.select(folder.box.folder)


def select_if_open(name: str, imap: ImapMailbox) -> Selected | None:
    """A folder beside the mailbox's own; None: it is closed to us, or gone, which stops no reading."""
    try:
        return imap.select(name)
    except TransportError as closed:
        if not closed.permanent:
            raise
        log.warning("mailbox.folder_closed", folder=name, said=str(closed))
        return None


def _move_from(name: str, folder: Folder, imap: ImapMailbox, store: Store, now: datetime) -> bool:
    """`name` is the selected folder. False: nothing of what lies in it was to be moved."""
    with store.reading() as s:
        due = places.moves_due(s, folder.box.name, name, folder.uidvalidity)
    targets: dict[str, dict[int, int]] = {}
    for move in due:
        targets.setdefault(folder.box.folder_for(move.filed), {})[move.uid] = move.location_id
    for target, locations in targets.items():
        if target in folder.refused:
            continue
        try:
            went = None if target in ("", name) else imap.move(sorted(locations), target)
        except NotMoved as refused:
            log.error("mailbox.not_moved", said=str(refused), messages=len(locations))
            folder.refused.add(target)
        else:
            _note(locations, went, target, store, now)
    return bool(due)


def _note(locations: Mapping[int, int], went: Moved | None, target: str, store: Store, now: datetime) -> None:
    with store.transaction() as s:
        if went is None:
            places.stays(s, list(locations.values()))
            return
        places.gone(s, [location_id for uid, location_id in locations.items() if uid not in went], now)
        places.moved(s, target, {locations[uid]: there for uid, there in went.items()}, now)


def make_folders(box: Mailbox, imap: ImapMailbox, live: Live) -> None:
    """Those that are missing, before anything is moved there; mail is read also without those of people."""
    for folder in folders_of(box, live):
        try:
            imap.ensure_folder(folder)
        except TransportError as refused:
            if folder not in sorted_into(box, live).values():
                raise
            log.warning("mailbox.folder_not_made", folder=folder, said=str(refused))


def folders_of(box: Mailbox, live: Live) -> Iterator[str]:
    """The folders that mail of this mailbox may be moved to, by us or by people who decide so, each once."""
    rules = (r.folder for r in live.config.rule if not r.mailboxes or box.name in r.mailboxes)
    roles = (box.folder_for(role) for role in (Filed.HANDLED, Filed.REVIEW))
    sorting = sorted_into(box, live).values()
    yield from (f for f in dict.fromkeys((*roles, *rules, *sorting)) if f and f != box.folder)


def sorted_into(box: Mailbox, live: Live) -> dict[str, str]:
    """The folders into which people move mail to decide on it, by their keys; only those without another use."""
    keys = (key for key in ("create", "informative") if getattr(box, key))
    return {key: getattr(box, key) for key in keys if not used_for(box, key, live.config.rule)}
