"""START HERE: the two paths of mailbot, in their order.

    receive()   a message   fetched → parsed → understood → decided → stored with its replies → acknowledged
    by_hand()               the same for what a person moved into a folder to decide on it (sorting.py)
    tick()      the clock   what is due → decided → stored with its replies
    deliver()               replies to send → claimed → sent → result stored

Fetching and moving go in batches; a few messages that wait together are stored in one transaction, each by itself
where anything is wrong with one of them. If the process dies between two arrows nothing is lost and nothing is
doubled: `docs/architecture.md` says why for each.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from mailbot.carry_out import Cause, carry_out, hold
from mailbot.config.live import Live
from mailbot.config.model import Mailbox
from mailbot.desk.decide import decide
from mailbot.desk.decision import Outcome
from mailbot.desk.due import decide_due
from mailbot.desk.known import Arrival
from mailbot.mail import salvage
from mailbot.mail.message import Message
from mailbot.mail.octets import Octets
from mailbot.mail.parse import Unreadable, parse
from mailbot.reading import (
    Folder,
    acknowledge,
    acknowledge_elsewhere,
    asked_for,
    disbelieve,
    open_folder,
    together,
    was_read,
    was_read_up_to,
)
from mailbot.sending import (
    Attempt,
    Worker,
    catch_up,
    claim,
    note_and_claim,
    remember,
    send,
    settle_all,
    unsent,
)
from mailbot.store import StoreUnavailable, cases, clocks, known, ledger
from mailbot.store.engine import Store
from mailbot.store.places import Place
from mailbot.store.transaction import Transaction
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.imap_fetch import Fetched
from mailbot.transport.smtp import Smtp
from mailbot.values import Going, Now

log = structlog.get_logger("mailbot")


@dataclass(frozen=True, slots=True)
class Understood:
    """A message before anything is decided: itself and its rule, where it lies, and its octets."""

    arrival: Arrival
    message: Message
    place: Place
    raw: Octets


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a message: its outcome, its id in the store, the number of its case, its replies' templates."""

    outcome: Outcome
    message: int | None = None
    case: str | None = None
    replies: tuple[str, ...] = ()


#: decides on a message and stores it
Settle = Callable[[Understood, Live, Store, datetime], Outcome | None]
#: is told of a message: where it lay, itself, and its outcome
Stored = Callable[[Folder, Fetched, Outcome | None], None]
#: how often a server is asked for a message that it does not give, before a person must look
MOST_FETCHES = 3


# == a message ===========================================================================================


def receive(
    box: Mailbox,
    imap: ImapMailbox,
    live: Live,
    store: Store,
    now: Now,
    going: Going,
    stored: Stored = lambda *_: None,
) -> list[Outcome]:
    """Read what is new in a mailbox: one outcome for each message, in the order of their UIDs.

    Ends early, after the few messages in hand, when `going` says so; `stored`: told of each, since its replies may
    be sent while the others are read. Raises `TransportError`, `StoreUnavailable`.
    """
    began = now()
    folder = open_folder(box, imap, store, began)
    outcomes: list[Outcome] = []
    ungiven: list[int] = []
    for batch in folder.unread(imap, store):
        for some in together(imap.fetch(batch, box.max_size)):
            for fetched, outcome in zip(some, take_all_in(some, folder, live, store, now), strict=True):
                outcomes += [outcome] if outcome else []
                ungiven += [] if outcome else [fetched.uid]
                stored(folder, fetched, outcome)
            if not going():
                return outcomes
        acknowledge(folder, imap, store, now())
        was_read(folder, store, min([batch[-1], *(uid - 1 for uid in ungiven)]))
    acknowledge(folder, imap, store, now())
    acknowledge_elsewhere(folder, imap, store, now())
    if not ungiven and Outcome.FAILED not in outcomes:
        was_read_up_to(folder, store, began)
    return outcomes


def take_all_in(
    some: Sequence[Fetched], folder: Folder, live: Live, store: Store, now: Now
) -> Iterable[Outcome | None]:
    """Messages, from their bytes to their committed outcomes; None as in `take_in`.

    In one transaction, which costs hardly more than that of one message; or, where it fails, each in its own, begun
    when the outcome of the one before has been taken.
    """
    if len(some) > 1 and not any(fetched.error for fetched in some):
        try:
            mails = [understand(fetched, folder, live) for fetched in some]
            return settle_together(mails, live, store, now())
        except StoreUnavailable:
            raise
        except Unreadable:
            pass  # told of where it is met again
        except Exception:
            # One message's failure touches one message (hazard 49).
            log.warning("messages.one_by_one", exc_info=True)
    return (take_in(fetched, folder, live, store, now) for fetched in some)


def take_in(
    fetched: Fetched, folder: Folder, live: Live, store: Store, now: Now, settle: Settle | None = None
) -> Outcome | None:
    """One message, from its bytes to its committed outcome. What breaks is kept whole as `failed`.

    None: the server did not give it; it is asked for again at the next polls, before it counts as failed.
    `settle`: who decides on it, if not the desk by itself.
    """
    place = folder.place(fetched.uid)
    with structlog.contextvars.bound_contextvars(mailbox=folder.box.name, uid=fetched.uid):
        if fetched.error:
            log.error("message.not_given", said=fetched.error)
            if asked_for(place, store, now()) < MOST_FETCHES:
                return None
            return set_aside(fetched, place, fetched.error, store, now())
        try:
            return (settle or settle_alone)(understand(fetched, folder, live), live, store, now())
        except StoreUnavailable:
            raise
        except Unreadable as why:
            log.warning("message.failed", said=str(why))
            return set_aside(fetched, place, str(why), store, now())
        except Exception as broken:
            # One message's failure touches one message (hazard 49).
            log.exception("message.failed")
            return set_aside(fetched, place, repr(broken), store, now())


def set_aside(fetched: Fetched, place: Place, error: str, store: Store, now: datetime) -> Outcome:
    """Keep what broke, whole, for a person and `mailbot retry`."""

    def work(s: Transaction) -> Outcome:
        if outcome := ledger.outcome_at(s, place):
            return outcome
        ledger.record_failed(
            s,
            place,
            fetched.raw,
            fetched.received_at,
            error,
            now,
            sender=salvage.sender(fetched.raw),
            subject=salvage.subject(fetched.raw),
            given=not fetched.error,
        )
        return Outcome.FAILED

    return store.run(work)


def understand(fetched: Fetched, folder: Folder, live: Live) -> Understood:
    """What a message says, which rule its subject matches, and what is known of its arrival. Raises `Unreadable`."""
    message = parse(fetched.raw, trust=folder.box.trust, whole=fetched.whole)
    arrival = Arrival(
        mailbox=folder.box.name,
        received_at=fetched.received_at,
        backlog=folder.is_backlog(fetched, message.date),
        message=message,
        match=live.match(message, folder.box.name),
    )
    return Understood(arrival, message, folder.place(fetched.uid), fetched.raw)


def settle_alone(mail: Understood, live: Live, store: Store, now: datetime) -> Outcome:
    """In a transaction of its own."""
    return tell(mail, store.run(lambda s: decide_and_store(s, mail, live, now)))


def settle_together(mails: Sequence[Understood], live: Live, store: Store, now: datetime) -> list[Outcome]:
    """All of them or none, in one transaction."""
    settled = store.run(lambda s: [decide_and_store(s, mail, live, now) for mail in mails])
    return [tell(mail, became) for mail, became in zip(mails, settled, strict=True)]


def decide_and_store(s: Transaction, mail: Understood, live: Live, now: datetime) -> Settled:
    """What is known → decided → stored with its replies."""
    arrival, message, place = mail.arrival, mail.message, mail.place
    seen = ledger.seen(s, place, message.content_hash)
    if seen.outcome:
        return Settled(seen.outcome)  # another daemon took this very message in
    about = known.about(s, arrival, live.policy, now, seen=seen)
    decision = decide(arrival, message, about, live.policy, now)
    held = hold(s, decision.change, live, now)
    stored = ledger.record(
        s, arrival, place, mail.raw, decision, case_id=held, duplicate_of=about.duplicate_of, now=now
    )
    case = carry_out(s, decision, live, now, arrival.mailbox, Cause(message, stored), held)
    return Settled(decision.outcome, stored, case, tuple(order.template for order in decision.replies))


def tell(mail: Understood, became: Settled) -> Outcome:
    """Log what became of it, now that it is committed; its outcome."""
    match, place = mail.arrival.match, mail.place
    log.info(
        f"message.{became.outcome}",
        mailbox=place.mailbox,
        uid=place.uid,
        rule=match.rule.name if match else None,
        message_id=mail.message.message_id,
        message=became.message,
        case=became.case,
        replies=became.replies,
    )
    return became.outcome


# == the clock ===========================================================================================


def tick(live: Live, store: Store, now: Now) -> int:
    """Judge every reminder and deadline that is due; how many were settled.

    Those of a mailbox that is no longer in the config wait until it is there again: nobody reads its answers.
    """
    disbelieve(store, now())
    with store.reading() as s:
        due = clocks.due(s, now(), mailboxes=live.config.mailbox)
    return sum(judge(clock_id, live, store, now()) for clock_id in due)


def judge(clock_id: int, live: Live, store: Store, now: datetime) -> bool:
    """One clock: read afresh, decided, stored with its reply, in one transaction. False: not yet, or no more."""
    told: dict[str, object] = {}

    def work(s: Transaction) -> bool:
        due = clocks.get(s, clock_id)
        decision = decide_due(due, live.policy, now) if due else None
        if due is None or decision is None:
            return False
        carry_out(s, decision, live, now, due.case.mailbox)
        told.update(kind=due.kind, case=due.case.number, state=cases.by_id(s, due.case.id).state)
        return True

    try:
        settled = store.run(work)
    except StoreUnavailable:
        raise
    except Exception:
        # One case's failure touches one case (hazard 49).
        log.exception("clock.failed", clock=clock_id)
        return False
    if settled:
        log.info("clock.settled", **told)
    return settled


# == replies to send =====================================================================================


def deliver(
    mailbox: str,
    smtp: Smtp,
    live: Live,
    store: Store,
    now: Now,
    worker: Worker,
    going: Going,
    attempted: Callable[[Attempt], None] = lambda _: None,
) -> int:
    """Send what is queued for a mailbox; how many were tried. Ends early between two when `going` says so.

    `attempted`: told of each.
    """
    tried = 0
    catch_up(mailbox, worker, live, store, now())
    claimed = claim(mailbox, store, now(), worker) if going() else None
    while claimed:
        tried += 1
        fate = unsent(claimed, live.policy, now()) or send(claimed, smtp, now())
        attempt = Attempt(claimed, fate, now())
        remember(attempt, worker)
        attempted(attempt)
        if not fate.reached or not going():
            settle_all(worker, live, store)
            break  # where the server is away, the others wait too
        claimed = note_and_claim(attempt, mailbox, worker, live, store, now())
    return tried
