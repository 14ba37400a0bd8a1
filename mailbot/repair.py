"""`mailbot reconcile --repair`: after the database was restored from an older copy.

What was processed since the copy was made lies on the server, moved and answered, and the database knows
nothing of it. It is taken in without a word to anybody (`desk.restored`); numbers go on above the highest that
may have been given; replies and clocks of the copy whose fate nobody knows wait for a person.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, field
from datetime import datetime

import structlog

from mailbot.carry_out import Cause, carry_out
from mailbot.config.live import Live
from mailbot.config.model import Mailbox
from mailbot.desk import restored
from mailbot.desk.decide import decide
from mailbot.desk.decision import Outcome, Verdict
from mailbot.desk.delivery import Status
from mailbot.desk.known import Arrival
from mailbot.desk.question import Question
from mailbot.login import Logins
from mailbot.mail.message import Message
from mailbot.mail.parse import Unreadable, parse
from mailbot.numbered import Named, Tell, named, silent
from mailbot.pipeline import set_aside
from mailbot.reconcile import Entry, Found, Standing, look
from mailbot.sorting import wishes
from mailbot.store import cases, clocks, known, ledger, numbers, origin, outbox, places, unfinished
from mailbot.store.engine import Store
from mailbot.store.places import Place
from mailbot.store.transaction import Transaction
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.imap_fetch import Fetched

log = structlog.get_logger("mailbot")

#: numbers that a server's rolled back transactions used up, and cases whose mail is gone, leave a gap at most
ROUND = 100
#: mail that was looked at between two signs of life
LOOKED_AT = 500
SAID = "se restauró una copia de la base de datos: no se sabe si salió"


@dataclass
class Repaired:
    """What a repair did; nothing where nothing was to be done."""

    #: each message taken in: its place, `outcome` and `case`
    taken: list[Entry] = field(default_factory=list)
    #: ids of replies that were waiting in the copy, and numbers of cases whose time ran out since
    held: list[int] = field(default_factory=list)
    overdue: list[str] = field(default_factory=list)
    next_number: str = ""

    def as_json(self) -> Entry:
        return asdict(self)


def repair(
    boxes: Iterable[tuple[Mailbox, ImapMailbox]],
    live: Live,
    store: Store,
    now: datetime,
    tell: Tell = silent,
) -> Repaired:
    """Each mailbox with a connection that nobody else uses; no daemon may work on the database meanwhile.

    Done twice it does nothing. Raises `TransportError`, `StoreUnavailable`; what it had done until then stays.
    """
    done = Repaired()
    given = list(boxes)
    with store.reading() as s:
        before = numbers.last_given(s)
    given_there = [n for _, imap in given for n in named(imap, live.policy.prefix, before, tell)]
    there = {box.name: list(_not_recorded(box, imap, live, store, tell)) for box, imap in given}
    was_lost = any(_since_the_copy(found, store) for found in there.values())
    due = {box.name: _to_take(there[box.name], keeps_mail(box, imap), was_lost) for box, imap in given}
    _raise_numbers(given_there, before, sum(map(len, due.values())) if was_lost else 0, store, now)
    if was_lost:  # before the mail: as long as some is missing, a repair that broke off knows why it began
        _hold(done, live, store, now)
    told, n = _told(given_there), sum(map(len, due.values()))
    for box, imap in given:
        for found in due[box.name]:
            tell(f"Recoge lo que se procesó después de la copia: {len(done.taken)} de {n}")
            done.taken += _take(found, box, imap, live, store, now, told)
    with store.transaction() as s:
        origin.settled(s, now)
        done.next_number = f"{live.policy.prefix}-{numbers.last_given(s) + 1:06d}"
    return done


def repair_all(live: Live, store: Store, now: datetime, tell: Tell = silent) -> Repaired:
    """All mailboxes of the config, with connections of its own."""
    logins = Logins(live.config, store)
    with ExitStack() as until_done:
        boxes = [
            (box, until_done.enter_context(closing(logins.imap(box)))) for box in live.config.mailbox.values()
        ]
        for box, imap in boxes:
            tell(f"Entra al buzón {box.name}")
            imap.connect()
        return repair(boxes, live, store, now, tell)


# -- what is there ---------------------------------------------------------------------------------------


def _not_recorded(box: Mailbox, imap: ImapMailbox, live: Live, store: Store, tell: Tell) -> Iterator[Found]:
    for n, found in enumerate(look(box, imap, live, store)):
        if n % LOOKED_AT == 0:
            tell(f"Compara el buzón {box.name} con la base de datos: {n} mensajes")
        if found.standing is not Standing.RECORDED:
            yield found


def _since_the_copy(found: list[Found], store: Store) -> bool:
    """Mail was processed that came after the last poll that this database knows of."""
    for each in found:
        with store.reading() as s:
            read_up_to = places.read_up_to(s, each.place.mailbox)
        if each.standing is Standing.MISSING and (read_up_to is None or _came(each) > read_up_to):
            return True
    return False


def keeps_mail(box: Mailbox, imap: ImapMailbox) -> bool:
    """What was processed stays where it came in, beside what was not."""
    return not imap.can_move or box.handled in ("", box.folder)


def _to_take(found: list[Found], keeps: bool, was_lost: bool) -> list[Found]:
    """In the order in which they came. What came before the last one that was moved was processed, too.

    Where nothing is ever moved nobody can tell what was answered: all of it is taken in, and answered by a person.
    """
    processed = [each for each in found if each.standing is Standing.MISSING]
    last = max(map(_came, processed), default=None)
    for each in found:
        before_last = was_lost and last is not None and _came(each) <= last
        if each.standing is Standing.UNREAD and (keeps or before_last):
            processed.append(each)
    return sorted(processed, key=_came)


def _came(found: Found) -> datetime:
    assert found.received_at is not None  # noqa: S101 - only what is recorded has none
    return found.received_at


# -- numbers ---------------------------------------------------------------------------------------------


def _raise_numbers(there: list[Named], before: int, lost: int, store: Store, now: datetime) -> None:
    """Each mail opened one case at most, so that no number was given beyond; a forged one makes a gap, no harm."""
    highest = max([before + lost, *(each.number for each in there)])
    if highest > before:
        store.run(lambda s: numbers.go_on_above(s, -(-highest // ROUND) * ROUND, now))


def _told(there: list[Named]) -> dict[str, list[Named]]:
    """Per Message-ID the mails that follow it with a number in their subject."""
    told: dict[str, list[Named]] = defaultdict(list)
    for each in there:
        for followed in each.follows:
            told[followed].append(each)
    return told


def _number_of(message: Message, told: dict[str, list[Named]], live: Live, s: Transaction) -> int | None:
    """That of the case which this mail opened, where its own sender's later mail, or ours, says so with one voice."""
    theirs = {message.from_.email if message.from_ else "", *live.policy.own_addresses}
    said = {each.number for each in told.get(message.message_id, ()) if each.sender in theirs}
    if len(said) != 1:
        return None
    (number,) = said
    taken = cases.get(s, f"{live.policy.prefix}-{number:06d}")
    return None if taken else number


# -- a message -------------------------------------------------------------------------------------------


def _take(
    found: Found,
    box: Mailbox,
    imap: ImapMailbox,
    live: Live,
    store: Store,
    now: datetime,
    told: dict[str, list[Named]],
) -> Iterator[Entry]:
    if imap.folder != imap.folders.name(found.place.folder):
        imap.select(found.place.folder)
    for fetched in imap.fetch([found.place.uid], box.max_size):
        outcome, case = _take_in(found, fetched, box, live, store, now, told)
        log.info("message.restored", **asdict(found.place), outcome=outcome, case=case)
        yield {**asdict(found.place), "outcome": outcome, "case": case}


def _take_in(
    found: Found,
    fetched: Fetched,
    box: Mailbox,
    live: Live,
    store: Store,
    now: datetime,
    told: dict[str, list[Named]],
) -> tuple[Outcome, str | None]:
    """As the pipeline does it, but for what `restored` leaves out."""
    place = found.place
    try:
        message = parse(fetched.raw, trust=box.trust, whole=fetched.whole)
    except Unreadable as broken:
        return set_aside(fetched, place, str(broken), store, now), None
    if fetched.error:
        return set_aside(fetched, place, fetched.error, store, now), None
    match = live.match(message, box.name)
    arrival = Arrival(box.name, fetched.received_at, message=message, match=match)

    def work(s: Transaction) -> tuple[Outcome, str | None]:
        about = known.about(s, arrival, live.policy, now)
        number = _number_of(message, told, live, s)
        question = Question(arrival, message, about, live.policy, now)
        verdict = restored.restored(_decided(question, place, box, live), message, number)
        stored = ledger.record(
            s, arrival, place, fetched.raw, verdict, duplicate_of=about.duplicate_of, now=now
        )
        if place.folder != box.folder:
            places.stays_there(s, place)
        case = carry_out(s, verdict, live, now, box.name, Cause(message, stored))
        return verdict.outcome, case

    return store.run(work)


def _decided(q: Question, place: Place, box: Mailbox, live: Live) -> Verdict:
    """By the desk, or as the person wished who moved it there."""
    for wish in wishes(box, live):
        if wish.folder == place.folder:
            return wish.decide(q)
    return decide(q.arrival, q.message, q.known, q.policy, q.now)


# -- what the copy was about to do -----------------------------------------------------------------------


def _hold(done: Repaired, live: Live, store: Store, now: datetime) -> None:
    """Replies that waited were sent since, and clocks ran out, or they were not: a person finds out."""

    def replies(s: Transaction) -> list[int]:
        waiting = unfinished.waiting(s)
        for reply_id in waiting:
            outbox.settle(s, reply_id, Status.UNCERTAIN, SAID, now)
        for case_id in {case_id for case_id in waiting.values() if case_id}:
            carry_out(s, restored.held(cases.by_id(s, case_id)), live, now, "")
        return list(waiting)

    def ran_out(s: Transaction) -> list[str]:
        found = []
        for clock_id in clocks.ran_out(s, now):
            if due := clocks.get(s, clock_id):
                carry_out(s, restored.overdue(due), live, now, "")
                found.append(due.case.number)
        return list(dict.fromkeys(found))

    done.held = store.run(replies)
    done.overdue = store.run(ran_out)
