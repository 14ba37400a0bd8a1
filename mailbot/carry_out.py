"""A decision becomes rows: the case changed, its replies written and queued. One transaction, no question left."""

import secrets
from datetime import datetime

from sqlmodel import Session

from mailbot.config.live import Live
from mailbot.desk.case import Case
from mailbot.desk.decision import Decision, Order
from mailbot.desk.delivery import Status, decide_delivery
from mailbot.mail.message import Message
from mailbot.replies.compose import NotWritable, compose
from mailbot.store import cases, outbox


def carry_out(
    s: Session,
    decision: Decision,
    live: Live,
    now: datetime,
    *,
    mailbox: str,
    answered: Message | None = None,
    message_id: int | None = None,
) -> Case | None:
    """Apply the change and queue the replies; the case as it then stands, None where there is none.

    `answered` and `message_id`: the message that led here, if one did. Raises `store.Conflict` when somebody
    else changed the case since it was read: gather and decide again.
    """
    case = (
        cases.apply(s, decision.change, message_id, now, prefix=live.policy.prefix)
        if decision.change
        else None
    )
    if decision.bounced_reply is not None:
        outbox.settle(s, decision.bounced_reply, Status.BOUNCED, "bounced", now)
    for order in decision.replies:
        _queue(s, order, live, now, mailbox, case, answered, message_id)
    return case


def _queue(
    s: Session,
    order: Order,
    live: Live,
    now: datetime,
    mailbox: str,
    case: Case | None,
    answered: Message | None,
    message_id: int | None,
) -> None:
    """Write the reply now: its Message-ID and bytes are fixed here, so that every try is the same mail."""
    token = secrets.token_hex(16)
    try:
        composed = compose(
            order,
            case=case,
            answered=answered,
            identity=live.identity(mailbox),
            templates=live.templates,
            token=token,
            now=now,
        )
        status, said = (Status.NOT_NEEDED, order.withheld) if order.withheld else (Status.QUEUED, "")
    except NotWritable as failure:
        composed, status, said = None, Status.FAILED, str(failure)
    outbox.queue(
        s,
        order,
        composed,
        case=case,
        message_id=message_id,
        mailbox=mailbox,
        now=now,
        status=status,
        error=said,
    )
    if status is Status.FAILED:
        _not_written(s, order, case, live, now, mailbox)


def _not_written(
    s: Session, order: Order, case: Case | None, live: Live, now: datetime, mailbox: str
) -> None:
    """A request that could not be written has no deadline: a person must see the case (invariant 3)."""
    after = decide_delivery(order.role, case, Status.FAILED, live.policy, now)
    if after is not None:
        carry_out(s, after, live, now, mailbox=mailbox)
