"""One reply on its way: claimed, dialled, and what came of it; retried, given up, or left for a person."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from mailbot.carry_out import carry_out
from mailbot.config.live import Live
from mailbot.desk.delivery import Status, decide_delivery
from mailbot.store import outbox
from mailbot.store.engine import Store
from mailbot.store.outbox import Claimed
from mailbot.transport.errors import Refused, Uncertain, Unreachable
from mailbot.transport.smtp import Smtp

log = structlog.get_logger("mailbot")

#: a reply is tried for this long (RFC 5321 §4.5.4.1: four to five days)
LIFETIME = timedelta(days=5)
#: no attempt takes this long: its worker died
ABANDONED = timedelta(minutes=15)
FIRST_DELAY, MOST_DELAY = timedelta(seconds=30), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of an attempt. `said`: by the server; `reached`: it is there, and others may be sent."""

    status: Status
    said: str = ""
    reached: bool = True
    #: the Message-ID by which the server says to have replaced ours
    sent_as: str | None = None


def claim(mailbox: str, store: Store, now: datetime, worker: str) -> Claimed | None:
    """The attempt is recorded before dialling (hazard 57)."""
    with store.transaction() as s:
        return outbox.claim(s, mailbox, now, worker)


def send(claimed: Claimed, smtp: Smtp, now: datetime) -> Fate:
    """One attempt; it always has a fate."""
    later = Status.QUEUED if now - claimed.queued_at < LIFETIME else Status.GIVEN_UP
    try:
        receipt = smtp.send(claimed.envelope_from, claimed.to, claimed.data)
    except Refused as refused:
        return Fate(Status.REFUSED if refused.permanent else later, refused.said)
    except Unreachable as unreachable:
        return Fate(later, str(unreachable), reached=False)
    except Uncertain as uncertain:
        return Fate(Status.UNCERTAIN, str(uncertain))
    return Fate(Status.SENT, receipt.said, sent_as=receipt.message_id)


def settle(claimed: Claimed, fate: Fate, live: Live, store: Store, now: datetime) -> None:
    """The result and what it means for the case (the deadline starts here), in one transaction."""
    # At most one blind retry, with the same Message-ID; then a person (hazard 57).
    blind = fate.status is Status.UNCERTAIN and not claimed.was_uncertain
    waits = fate.status is Status.QUEUED or blind
    again_at = next_attempt(claimed.attempts, now) if waits else None

    def work(s: Session) -> None:
        outbox.settle(s, claimed.id, fate.status, fate.said, now, again_at, fate.sent_as)
        case = outbox.case_of(s, claimed.id)
        after = None if waits else decide_delivery(claimed.role, case, fate.status, live.policy, now)
        if after is not None:
            carry_out(s, after, live, now, claimed.mailbox)

    store.run(work)
    well = fate.status in (Status.SENT, Status.NOT_NEEDED)
    number = claimed.case.number if claimed.case else None
    (log.info if well else log.warning)(f"reply.{fate.status}", reply=claimed.id, case=number, said=fate.said)


def abandoned(live: Live, store: Store, now: datetime, older_than: timedelta = ABANDONED) -> None:
    """Replies that a worker which died left behind: once more, and after that a person must look."""

    def work(s: Session) -> None:
        for claimed in outbox.abandoned(s, older_than, now):
            after = decide_delivery(claimed.role, claimed.case, Status.UNCERTAIN, live.policy, now)
            if claimed.was_uncertain and after is not None:
                carry_out(s, after, live, now, claimed.mailbox)

    store.run(work)


def next_attempt(attempts: int, now: datetime) -> datetime:
    """Longer each time, up to an hour, spread by a quarter either way so that retries do not march in step."""
    delay: timedelta = min(FIRST_DELAY * 2 ** min(attempts, 12), MOST_DELAY)
    return now + delay * random.uniform(0.75, 1.25)  # noqa: S311 - no secret
