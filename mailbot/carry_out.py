"""A decision becomes rows: the case changed, its replies written and queued. One transaction, no question left."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.config.live import Live
from mailbot.desk.case import Case
from mailbot.desk.decision import Change, Decision, Order, Role
from mailbot.desk.delivery import Status, decide_delivery
from mailbot.mail.message import Message
from mailbot.mail.parse import parse
from mailbot.replies.compose import Composed, NotWritable, compose
from mailbot.store import cases, ledger, outbox, raw
from mailbot.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Cause:
    """The message that led to a decision, and its id in the store."""

    message: Message
    id: int


def hold(s: Transaction, change: Change | None, live: Live, now: datetime) -> int | None:
    """The id of the case that is opened or changed, so that a new message is stored with it. Raises `Conflict`."""
    return cases.hold(s, change, now, prefix=live.policy.prefix) if change else None


def carry_out(
    s: Transaction,
    decision: Decision,
    live: Live,
    now: datetime,
    mailbox: str,
    cause: Cause | None = None,
    held: int | None = None,
) -> str | None:
    """Apply the change and queue the replies; the number of the case, None where there is none.

    `held`: by `hold`, and its cause is stored with it. Raises `store.Conflict` when somebody else changed the case
    since it was read: gather and decide again.
    """
    case = None
    if change := decision.change:
        case_id = held or cases.hold(s, change, now, prefix=live.policy.prefix)
        if cause and not held:
            cases.join(s, case_id, cause.id)
        cases.follow(s, case_id, change, cause.id if cause else None, now)
        # a case that nobody is told of is not read again
        case = change.case if change.case and not decision.replies else cases.by_id(s, case_id)
    if decision.bounced_reply is not None:
        outbox.settle(s, decision.bounced_reply, Status.BOUNCED, "bounced", now)
    for order in decision.replies:
        _queue(s, order, live, now, mailbox, case, cause)
    return case.number if case else None


def _queue(
    s: Transaction,
    order: Order,
    live: Live,
    now: datetime,
    mailbox: str,
    case: Case | None,
    cause: Cause | None,
) -> None:
    """Write the reply now: its Message-ID and bytes are fixed here, so that every try is the same mail."""
    answered = cause.message if cause else _last_mail(s, order, case)
    composed: Composed | None = None
    try:
        composed = compose(
            _with_first_words(s, order, case, cause),
            case=case,
            answered=answered,
            identity=live.identity(mailbox),
            templates=live.templates,
            token=secrets.token_hex(16),
            now=now,
        )
        status, said = (Status.NOT_NEEDED, order.withheld) if order.withheld else (Status.QUEUED, "")
    except NotWritable as failure:
        status, said = Status.FAILED, str(failure)
    message_id = cause.id if cause else None
    outbox.queue(
        s,
        order,
        composed,
        case=case,
        message_id=message_id,
        party=cause.message.from_.email if cause and cause.message.from_ else "",
        mailbox=mailbox,
        now=now,
        status=status,
        error=said,
    )
    if status is Status.FAILED:
        _not_written(s, order, case, live, now, mailbox)


def _with_first_words(s: Transaction, order: Order, case: Case | None, cause: Cause | None) -> Order:
    """The desk reads the problem itself also where an answer, the clock or a person leads to the notice."""
    begun = ledger.first_words(s, case.id) if case and order.role is Role.DESK else None
    if begun is None or (cause and cause.id == begun[0]):
        return order
    return replace(order, facts={**order.facts, "mensaje_inicial": begun[1]})


def _last_mail(s: Transaction, order: Order, case: Case | None) -> Message | None:
    """What the clock or a person sends follows the requester's last mail, so that programs keep the thread."""
    if case is None or case.requester is None or order.role is Role.DESK:
        return None
    last = ledger.last_of(s, case.id, case.requester.email)
    return parse(raw.octets(s, last)) if last else None


def _not_written(
    s: Transaction, order: Order, case: Case | None, live: Live, now: datetime, mailbox: str
) -> None:
    """A request that could not be written has no deadline: a person must see the case (invariant 3)."""
    after = decide_delivery(order.role, case, Status.FAILED, live.policy, now)
    if after is not None:
        carry_out(s, after, live, now, mailbox)
