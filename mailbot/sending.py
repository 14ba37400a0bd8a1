"""One reply on its way: claimed, dialled, and what came of it; retried, given up, or left for a person."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from mailbot.carry_out import carry_out
from mailbot.config.live import Live
from mailbot.desk.delivery import Status, decide_delivery, matters, not_before, still_needed
from mailbot.desk.settings import Policy
from mailbot.store import outbox, unfinished
from mailbot.store.engine import Store
from mailbot.store.errors import StoreError
from mailbot.store.locks import Presence
from mailbot.store.outbox import Claimed, Unreadable
from mailbot.store.transaction import Transaction
from mailbot.transport.errors import Refused, Uncertain, Unreachable
from mailbot.transport.smtp import Smtp

log = structlog.get_logger("mailbot")

#: a reply is tried for this long (RFC 5321 §4.5.4.1: four to five days)
LIFETIME = timedelta(days=5)
#: between two tries: when its recipient was refused for now, and when the server was not reached at all
FIRST_DELAY, MOST_DELAY, MOST_UNREACHED = timedelta(seconds=30), timedelta(hours=1), timedelta(seconds=45)
#: no attempt takes so long, by the patience of `transport.connect.Timeouts` at each of its steps
LONGEST = timedelta(minutes=15)
#: in a transaction; False: another worker was faster
Step = Callable[[Transaction], bool]
DAMAGED = "la respuesta o su caso está dañado en la base de datos: {!r}"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of an attempt. `said`: by the server; `unreached`: why it is there for no reply."""

    status: Status
    said: str = ""
    unreached: Unreachable | None = None
    #: the Message-ID by which the server says to have replaced ours
    sent_as: str | None = None
    #: it was not tried, and is not before then
    until: datetime | None = None

    @property
    def reached(self) -> bool:
        """Others may be sent."""
        return self.unreached is None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A reply that was tried, and what became of it at that moment."""

    claimed: Claimed
    fate: Fate
    at: datetime

    @property
    def waits(self) -> bool:
        """It is tried again; blindly at most once, with the same Message-ID, and then a person looks (hazard 57)."""
        blind = self.fate.status is Status.UNCERTAIN and not self.claimed.was_uncertain
        return self.fate.status is Status.QUEUED or blind


@dataclass
class Worker:
    """Who sends a mailbox's replies: by a name like no other, with what it knows and the database does not."""

    name: str
    #: results that the database could not take yet
    untold: list[Attempt] = field(default_factory=list)
    #: a claim failed that may have been stored all the same
    claim_unclear: bool = False
    #: why the server cannot be reached, as far as we know
    unreachable: Unreachable | None = None


def claim(mailbox: str, store: Store, now: datetime, worker: Worker) -> Claimed | None:
    """The attempt is recorded before dialling (hazard 57). What is damaged is put off, and the next one taken."""
    while True:
        try:
            return store.run(lambda s: outbox.claim(s, mailbox, now, worker.name))
        except Unreadable as damaged:
            _put_off(damaged, store, now)
        except StoreError:
            worker.claim_unclear = True
            raise


def _put_off(damaged: Unreadable, store: Store, now: datetime) -> None:
    """One reply's failure touches one reply (hazard 49)."""
    log.error("reply.damaged", reply=damaged.id, exc_info=damaged.__cause__)
    said = DAMAGED.format(damaged.__cause__)
    until = next_attempt(damaged.attempts, now)
    store.run(lambda s: unfinished.put_off(s, damaged.id, damaged.attempts, said, until))


def unsent(claimed: Claimed, policy: Policy, now: datetime) -> Fate | None:
    """The fate of a reply that is not to be sent, or not at this hour; None: it is."""
    if not still_needed(claimed.role, claimed.case, now):
        return Fate(Status.NOT_NEEDED)
    opens = not_before(claimed.role, claimed.case, policy, now)
    return Fate(Status.QUEUED, "espera las horas de atención", until=opens) if opens > now else None


def send(claimed: Claimed, smtp: Smtp, now: datetime) -> Fate:
    """One attempt; it always has a fate."""
    later = Status.QUEUED if now - claimed.queued_at < LIFETIME else Status.GIVEN_UP
    try:
        receipt = smtp.send(claimed.envelope_from, claimed.to, claimed.data)
    except Refused as refused:
        return Fate(Status.REFUSED if refused.permanent else later, refused.said)
    except Unreachable as unreachable:
        return Fate(later, str(unreachable), unreachable.with_traceback(None))
    except Uncertain as uncertain:
        return Fate(Status.UNCERTAIN, str(uncertain))
    except Exception as broken:
        log.exception("reply.broken", reply=claimed.id)
        smtp.close()  # who knows how far it came
        return Fate(Status.UNCERTAIN, repr(broken))
    return Fate(Status.SENT, receipt.said, sent_as=receipt.message_id)


def note_and_claim(
    attempt: Attempt, mailbox: str, worker: Worker, live: Live, store: Store, now: datetime
) -> Claimed | None:
    """The result stored, then `claim`: in one transaction, since each costs as much as all else that a reply needs.

    Raises `StoreUnavailable`.
    """
    try:
        settled, claimed = store.run(
            lambda s: (_tell(s, attempt, live), outbox.claim(s, mailbox, now, worker.name))
        )
    except StoreError:
        worker.claim_unclear = True
        raise
    except Unreadable:
        # The next one is damaged, which undoes nothing of this one (hazard 49).
        settle_all(worker, live, store)
        return claim(mailbox, store, now, worker)
    except Exception:
        log.exception("reply.case_not_told", reply=attempt.claimed.id)
        settled = _leave_to_a_person(attempt.claimed.id, lambda s: _tell_reply(s, attempt), store, attempt.at)
        worker.untold.remove(attempt)
        _log(attempt.claimed, attempt.fate, settled)
        return claim(mailbox, store, now, worker)
    worker.untold.remove(attempt)
    _log(attempt.claimed, attempt.fate, settled)
    return claimed


def remember(attempt: Attempt, worker: Worker) -> None:
    """It must not be lost, whatever the database does, or who else is told of it."""
    if attempt.fate.status is not Status.NOT_NEEDED and not attempt.fate.until:
        worker.unreachable = attempt.fate.unreached
    worker.untold.append(attempt)


def catch_up(mailbox: str, worker: Worker, live: Live, store: Store, now: datetime) -> None:
    """After an outage of the database: what we know of our own attempts. Raises `StoreUnavailable`."""
    settle_all(worker, live, store)
    if worker.claim_unclear:
        store.run(lambda s: unfinished.put_back(s, mailbox, worker.name, now))
        worker.claim_unclear = False


def settle_all(worker: Worker, live: Live, store: Store) -> None:
    """Store what is remembered, now or as soon as the database takes it. Raises `StoreUnavailable`."""
    while worker.untold:
        settle(worker.untold[0], live, store)
        del worker.untold[0]


def settle(attempt: Attempt, live: Live, store: Store) -> None:
    """The result and what it means for the case, in one transaction."""
    settled = _store_result(
        attempt.claimed.id,
        lambda s: _tell(s, attempt, live),
        lambda s: _tell_reply(s, attempt),
        store,
        attempt.at,
    )
    _log(attempt.claimed, attempt.fate, settled)


def _tell(s: Transaction, attempt: Attempt, live: Live) -> bool:
    """Its row and its case are told (the deadline starts here)."""
    if not _tell_reply(s, attempt):
        return False
    if not attempt.waits:
        _tell_case(s, attempt.claimed, attempt.fate.status, live, attempt.at)
    return True


def _tell_reply(s: Transaction, attempt: Attempt) -> bool:
    claimed, fate, at = attempt.claimed, attempt.fate, attempt.at
    most = MOST_DELAY if fate.reached else MOST_UNREACHED
    again = fate.until or (next_attempt(claimed.attempts, at, most) if attempt.waits else None)
    return outbox.settle(
        s, claimed.id, fate.status, fate.said, at, again, fate.sent_as, attempt=claimed.attempts
    )


def _store_result(reply_id: int, reply_and_case: Step, reply_only: Step, store: Store, now: datetime) -> bool:
    try:
        return store.run(reply_and_case)
    except StoreError:
        raise
    except Exception:
        log.exception("reply.case_not_told", reply=reply_id)
        return _leave_to_a_person(reply_id, reply_only, store, now)


def _leave_to_a_person(reply_id: int, reply_only: Step, store: Store, now: datetime) -> bool:
    """Its case cannot be told: the reply's own result and a person; it touches one reply (hazard 49)."""

    def reply_and_person(s: Transaction) -> bool:
        if not reply_only(s):
            return False
        unfinished.hand_over(s, reply_id, now)
        return True

    return store.run(reply_and_person)


def _tell_case(s: Transaction, claimed: Claimed, status: Status, live: Live, now: datetime) -> None:
    if not matters(claimed.role, status):
        return
    after = decide_delivery(claimed.role, outbox.case_of(s, claimed.id), status, live.policy, now)
    if after is not None:
        carry_out(s, after, live, now, claimed.mailbox)


def _log(claimed: Claimed, fate: Fate, settled: bool) -> None:
    # that the server is away is told by the sender, and not for each reply
    well = fate.status in (Status.SENT, Status.NOT_NEEDED) or (
        fate.status is Status.QUEUED and (fate.until or not fate.reached)
    )
    number = claimed.case.number if claimed.case else None
    event = f"reply.{fate.status}" if settled else "reply.was_taken_over"
    (log.info if well else log.warning)(event, reply=claimed.id, case=number, said=fate.said)


def abandoned(live: Live, store: Store, now: datetime, worker: str, presence: Presence) -> None:
    """Replies that others left when they died: once more, and after that a person must look."""
    with store.reading() as s:
        in_hand = unfinished.in_hand(s)
    others = {reply: who for reply, (who, _) in in_hand.items() if who != worker}
    stale = {who for who, since in in_hand.values() if since and since < now - LONGEST}
    gone = presence.gone(others.values(), stale)
    for reply_id, who in others.items():
        if who in gone:
            take_over(reply_id, who, live, store, now)


def take_over(reply_id: int, who: str, live: Live, store: Store, now: datetime) -> None:
    """Nobody knows whether it was accepted."""

    def reply_only(s: Transaction) -> bool:
        return unfinished.interrupted(s, reply_id, who, now)

    def reply_and_case(s: Transaction) -> bool:
        claimed = outbox.read(s, reply_id)
        if not reply_only(s):
            return False
        if claimed.was_uncertain:
            _tell_case(s, claimed, Status.UNCERTAIN, live, now)
        return True

    if _store_result(reply_id, reply_and_case, reply_only, store, now):
        log.warning("reply.interrupted", reply=reply_id, worker=who)


def next_attempt(attempts: int, now: datetime, most: timedelta = MOST_DELAY) -> datetime:
    """Longer each time, up to `most`, spread by a quarter either way so that retries do not march in step."""
    delay: timedelta = min(FIRST_DELAY * 2 ** min(attempts, 12), most)
    return now + delay * random.uniform(0.75, 1.25)  # noqa: S311 - no secret
