"""One mail through the pure path: parse → understand → decide → compose, every promise checked on the way."""

from collections.abc import Collection
from dataclasses import dataclass, field
from zlib import crc32

from fuzz import answered, understood, written
from fuzz.promises import Broken, stage
from fuzz.situations import MAILBOX, NAMES, NOW, TRUST, Situation, around, live, stored
from mailbot.desk.case import Case
from mailbot.desk.decide import decide
from mailbot.desk.decision import Order, Outcome, Role
from mailbot.desk.known import Arrival
from mailbot.mail.message import Message
from mailbot.mail.parse import Unreadable, parse
from mailbot.replies.compose import NotWritable, compose
from mailbot.rules.match import Match

__all__ = ["ALL", "Broken", "Trip", "some", "through"]

ALL = frozenset(NAMES)
#: no secret: the same mail for the same order
TOKEN = "fuzz0-1_2"  # noqa: S105
#: of mails of ours that were checked, so many are remembered
REMEMBERED = 100_000


@dataclass
class Trip:
    """What became of a mail: nothing where it could not be read, else an outcome for each situation."""

    message: Message | None = None
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    #: orders that became a mail, and those that were left out as like one before
    mails: int = 0
    left_out: int = 0


def some(raw: bytes) -> Collection[str]:
    """A fresh mail, and another situation that depends on its bytes: all of them in turn over many mails."""
    return {NAMES[0], NAMES[1 + crc32(raw) % (len(NAMES) - 1)]}


def through(raw: bytes, situations: Collection[str] = ALL, checked: set[int] | None = None) -> Trip:
    """Raises `Broken` for whatever must not happen.

    With `checked`, which remembers what was composed, replies are left out that tell nothing new.
    """
    try:
        with stage("parse", Unreadable):
            message = parse(raw, trust=TRUST)
    except Unreadable:
        return Trip()
    with stage("checks of the message"):
        understood.message(raw, message)
        understood.identity(raw, message)
    with stage("understand"):
        sender = message.from_.email if message.from_ else None
        match = live().rulebook.match(message.subject, sender, MAILBOX, message.text)
    understood.rule(message, match)
    trip = Trip(message)
    for situation in around(message, situations):
        _come_into(raw, message, match, situation, trip, checked)
    return trip


def _come_into(
    raw: bytes,
    message: Message,
    match: Match | None,
    situation: Situation,
    trip: Trip,
    checked: set[int] | None,
) -> None:
    if not situation.whole:
        with stage("parse in part"):
            message = parse(raw, trust=TRUST, whole=False)
    arrival = Arrival(MAILBOX, NOW, message=message, match=match)
    with stage("decide"):
        decided = decide(arrival, message, situation.known, situation.policy, NOW)
    answered.decision(raw, message, situation, decided)
    trip.outcomes[situation.name] = decided.outcome
    with stage("store"):
        case = stored(decided.change)
    for order in decided.replies:
        if checked is None or _is_new(order, case, message, checked):
            trip.mails += _write(order, case, message)
        else:
            trip.left_out += 1


def _is_new(order: Order, case: Case | None, message: Message, checked: set[int]) -> bool:
    """Whether anything that a reply is made of differs from all that were made.

    The desk's notices hold all that was written, which nearly every mutation changes: one in four is made.
    """
    said = message.reply_text or message.text if order.role is Role.DESK else ""
    if crc32(said.encode()) % 4:
        return False
    sender = (message.from_, message.verified)
    mark = hash(repr((order, case, message.subject, sender, message.message_id, message.thread, said)))
    if mark in checked:
        return False
    if len(checked) >= REMEMBERED:
        checked.clear()
    checked.add(mark)
    return True


def _write(order: Order, case: Case | None, message: Message) -> bool:
    """One order; whether it became a mail."""
    try:
        with stage("compose", NotWritable):
            composed = compose(
                order,
                case=case,
                answered=message,
                identity=live().identity(MAILBOX),
                templates=live().templates,
                token=TOKEN,
                now=NOW,
            )
    except NotWritable:
        written.refused(order)
        return False
    with stage("checks of the mail"):
        written.mail(order, composed, case, message)
    return True
