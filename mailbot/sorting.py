"""A person decides by moving mail, in any mail program: in «Crear caso» it becomes a case, in «Informativo» none.

    by_hand()   a message moved there   fetched → parsed → decided → stored with its replies → acknowledged

The same steps as in `pipeline.receive`; what differs is who decides (`desk.sorting`), and that a message that is
known already keeps its one row: it only lies elsewhere. What belongs to a case is not decided again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import structlog

from mailbot.again import JOINED, Judged, judge
from mailbot.carry_out import Cause, carry_out
from mailbot.config.live import Live
from mailbot.config.model import Mailbox
from mailbot.desk import sorting
from mailbot.desk.decision import Outcome, Verdict
from mailbot.desk.known import Arrival
from mailbot.desk.question import Question
from mailbot.mail.message import Message
from mailbot.mail.octets import Octets
from mailbot.mail.parse import Unreadable, parse
from mailbot.pipeline import MOST_FETCHES, Understood, take_in
from mailbot.reading import Folder, acknowledge, asked_for, made_anew, select_if_open, sorted_into, was_read
from mailbot.store import StoreUnavailable, known, ledger, places
from mailbot.store.engine import Store
from mailbot.store.ledger import Stored
from mailbot.store.places import Place, Progress
from mailbot.store.transaction import Transaction
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.imap_fetch import Fetched
from mailbot.values import Going, Now

log = structlog.get_logger("mailbot")


@dataclass(frozen=True)
class Wish:
    """What people say by moving mail into a folder."""

    folder: str
    decide: Callable[[Question], Verdict]
    #: mail stays in the folder; else it goes where its outcome says
    stays: bool

    def keeps(self, old: Stored) -> bool:
        """What belongs to a case stays with it; what a person filed is not filed again."""
        return old.outcome in JOINED or (self.stays and old.filed_by_hand)


def wishes(box: Mailbox, live: Live) -> Iterator[Wish]:
    for key, folder in sorted_into(box, live).items():
        by = f"folder:{folder}"
        if key == "create":
            yield Wish(folder, partial(sorting.wanted, by=by), stays=False)
        else:
            yield Wish(folder, partial(sorting.filed, by=by, folder=folder), stays=True)


def by_hand(
    box: Mailbox, imap: ImapMailbox, live: Live, store: Store, now: Now, going: Going
) -> list[Outcome]:
    """What became of the mail that people moved: a batch of each folder, so that new mail need not wait for it.

    Empty: there is no more. The mailbox's own folder is selected again. Raises `TransportError`,
    `StoreUnavailable`.
    """
    outcomes: list[Outcome] = []
    for wish in wishes(box, live):
        folder = _open(box, wish.folder, imap, store, now()) if going() else None
        if folder:
            outcomes += _sort(folder, wish, imap, live, store, now, going)
    if imap.folder != imap.folders.name(box.folder):
        imap.select(box.folder)
    return outcomes


def _open(box: Mailbox, name: str, imap: ImapMailbox, store: Store, now: datetime) -> Folder | None:
    """The folder, selected, if there may be something new in it. What lay there before us is left alone."""
    there = imap.status(name)
    if there is None:
        return None
    with store.reading() as s:
        progress = places.progress(s, box.name, name)
    if progress and (there.uidvalidity, there.uidnext) == (progress.uidvalidity, progress.uid_seen + 1):
        return None
    if (selected := select_if_open(name, imap)) is None:
        return None
    if progress is None:
        progress = Progress(selected.uidvalidity, selected.uidnext - 1, selected.uidnext, now)
        with store.transaction() as s:
            places.save_progress(s, box.name, name, progress)
        return None
    if progress.uidvalidity != selected.uidvalidity:
        began = selected.uidnext if progress.first_uidnext > 1 else 0
        before, progress = progress, Progress(selected.uidvalidity, 0, began, progress.started_at)
        made_anew(box, name, before, progress, store, now)
    return Folder(_as_its_own(box, name), selected.uidvalidity, selected.uidnext, progress)


def _as_its_own(box: Mailbox, name: str) -> Mailbox:
    """The mailbox as if that folder were the one that is read, whenever its mail came."""
    return box.model_copy(update={"folder": name, "start": "all"})


def _sort(
    folder: Folder, wish: Wish, imap: ImapMailbox, live: Live, store: Store, now: Now, going: Going
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for batch in folder.unread(imap, store):
        ungiven = []
        for fetched in imap.fetch(batch, folder.box.max_size):
            if not going():
                return outcomes
            if _lay_there(fetched, folder.progress):
                continue
            outcome = _take(fetched, folder, wish, live, store, now)
            outcomes += [outcome] if outcome else []
            ungiven += [] if outcome else [fetched.uid]
        acknowledge(folder, imap, store, now())
        was_read(folder, store, min([batch[-1], *(uid - 1 for uid in ungiven)]))
        if outcomes or ungiven:
            return outcomes
    was_read(folder, store, folder.uidnext - 1)
    return outcomes


def _lay_there(mail: Fetched, progress: Progress) -> bool:
    """Before the first look, in a folder that was made anew since; its UID tells nothing then."""
    return mail.uid < progress.first_uidnext and mail.received_at < progress.started_at


def _take(fetched: Fetched, folder: Folder, wish: Wish, live: Live, store: Store, now: Now) -> Outcome | None:
    if (failed := _still_unreadable(fetched, folder.box, store)) is None:
        return take_in(fetched, folder, live, store, now, partial(settle, wish))
    log.warning("message.still_unreadable", folder=wish.folder, message=failed)
    place = folder.place(fetched.uid)

    def work(s: Transaction) -> Outcome | None:
        if outcome := ledger.outcome_at(s, place):
            return outcome
        return Outcome.FAILED if _moved(s, wish, failed, place, now()) else None

    return store.run(work) or take_in(fetched, folder, live, store, now)


def _still_unreadable(fetched: Fetched, box: Mailbox, store: Store) -> int | None:
    """Id of a message that could not be read before, and cannot now."""
    with store.reading() as s:
        failed = ledger.recorded(s, [ledger.raw_hash(fetched.raw)])
    try:
        if failed and not fetched.error:
            parse(fetched.raw, trust=box.trust, whole=fetched.whole)
    except Unreadable:
        return next(iter(failed.values()))
    return None


def settle(wish: Wish, mail: Understood, live: Live, store: Store, now: datetime) -> Outcome | None:
    """What is known → decided as the person wishes → stored with its replies, in one transaction.

    None: a mistake of ours; what has an outcome already is tried again at the next polls, before it goes back.
    """
    told: dict[str, object] = {}
    asked = replace(mail.arrival, backlog=False)
    message, place, raw = mail.message, mail.place, mail.raw

    def work(s: Transaction) -> Outcome:
        if outcome := ledger.outcome_at(s, place):
            return outcome  # another daemon took this very message in
        old = _known(s, message, raw)
        if old is None:
            judged = _new(s, wish, asked, message, place, raw, live, now)
        else:
            moved = _moved(s, wish, old.id, place, now)
            judged = _again(s, wish, old, message, raw, asked.mailbox, live, now)
            if moved is None:
                _new(s, wish, asked, message, place, raw, live, now)
            elif moved != old.id:
                ledger.filed_as(s, moved, old.id)
            told.update(kept=wish.keeps(old))
        if wish.stays:
            places.stays_there(s, place)
        told.update(message=judged.id, case=judged.case)
        return judged.outcome

    try:
        outcome = store.run(work)
    except StoreUnavailable:
        raise
    except Exception:
        with store.reading() as s:
            known_already = _known(s, message, raw)
        if known_already is None:
            raise  # it is kept whole as `failed`
        log.exception("message.not_sorted", message=known_already.id)
        return _give_up(wish, known_already, place, store, now)
    log.info(f"message.{outcome}", by=f"folder:{wish.folder}", **told)
    return outcome


def _give_up(wish: Wish, old: Stored, place: Place, store: Store, now: datetime) -> Outcome | None:
    if asked_for(place, store, now) < MOST_FETCHES:
        return None
    moved = store.run(lambda s: _moved(s, wish, old.id, place, now))
    return old.outcome if moved else None


def _known(s: Transaction, message: Message, raw: Octets) -> Stored | None:
    """The message with this content, wherever it lay; perhaps one that could not be read once."""
    same = [message.content_hash, ledger.raw_hash(raw)]
    found = ledger.recorded(s, same)
    return next((ledger.stored(s, found[identity]) for identity in same if identity in found), None)


def _moved(s: Transaction, wish: Wish, original: int, place: Place, now: datetime) -> int | None:
    """The message, it or a duplicate of it, that was moved there; None: it is one more delivery, or a copy."""
    moved = places.moved_here(s, original, place)
    if moved is not None:
        places.lies_here(s, moved, place, to_move=not wish.stays, now=now)
    return moved


def _again(
    s: Transaction,
    wish: Wish,
    old: Stored,
    message: Message,
    raw: Octets,
    mailbox: str,
    live: Live,
    now: datetime,
) -> Judged:
    if wish.keeps(old):
        return Judged(old.id, old.outcome, None)
    ledger.put_back(s, old.id, raw)
    home = old.mailbox if old.mailbox in live.config.mailbox else mailbox
    return judge(s, replace(old, mailbox=home), message, live, now, wish.decide)


def _new(
    s: Transaction,
    wish: Wish,
    arrival: Arrival,
    message: Message,
    place: Place,
    raw: Octets,
    live: Live,
    now: datetime,
) -> Judged:
    about = known.about(s, arrival, live.policy, now)
    decision = wish.decide(Question(arrival, message, about, live.policy, now))
    stored = ledger.record(s, arrival, place, raw, decision, duplicate_of=about.duplicate_of, now=now)
    case = carry_out(s, decision, live, now, arrival.mailbox, Cause(message, stored))
    return Judged(stored, decision.outcome, case)
