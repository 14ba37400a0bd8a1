"""May this message be answered, and where to? RFC 3834 and invariant 4, apart from whether it is automatic."""

from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.desk.known import Sent
from mailbot.desk.own import is_own
from mailbot.desk.settings import Policy
from mailbot.mail.message import Address, Message
from mailbot.rules.addresses import matches
from mailbot.values import Reason

SHARED_FACTOR = 10


@dataclass(frozen=True, slots=True)
class Answerable:
    """`to` is the one address a reply may go to; None: nobody, and `reason` says why."""

    to: str | None
    reason: Reason


def answerable(message: Message, sent: Sent, policy: Policy) -> Answerable:
    """The first objection wins; without one, the reply goes to the party's address."""
    objection = next(_objections(message, sent, policy), None)
    if objection:
        return Answerable(None, Reason("answer", *objection))
    to = reply_address(message, policy)
    return Answerable(to, Reason("answer", "allowed", to))


def _objections(message: Message, sent: Sent, policy: Policy) -> Iterator[tuple[str, str]]:
    if message.automatic:  # RFC 3834 §2: never answer what is automatic
        yield message.kind, "; ".join(r.detail for r in message.kind_reasons)
    if message.return_path == "":  # RFC 3834 §2, RFC 5321 §4.5.5
        yield "null_return_path", "Return-Path: <>"
    if message.suppresses_replies:
        yield "suppressed", "X-Auto-Response-Suppress"
    if message.from_ is None:
        yield "no_single_sender", ""
        return
    sender = message.from_.email
    if is_own(sender, policy.own_addresses):
        yield "own_address", sender
    if is_outsider(sender, policy):
        yield "outside_ours", sender
    yield from _limits(sender, sent, policy)


def _limits(sender: str, sent: Sent, policy: Policy) -> Iterator[tuple[str, str]]:
    replies = policy.replies
    factor = SHARED_FACTOR if matches(policy.senders.shared, sender) else 1
    if sent.address_hour >= replies.per_address_per_hour:
        yield "hourly_limit", f"{sent.address_hour}/{replies.per_address_per_hour}"
    if sent.address_day >= replies.per_address_per_day * factor:
        yield "daily_limit", f"{sent.address_day}/{replies.per_address_per_day * factor}"
    if sent.all_hour >= replies.per_hour:
        yield "breaker", f"{sent.all_hour}/{replies.per_hour}"


def is_outsider(email: str, policy: Policy) -> bool:
    """A16: only `[senders] ours` are users, where it is given."""
    return bool(policy.senders.ours) and not matches(policy.senders.ours, email)


def reply_address(message: Message, policy: Policy) -> str:
    """Reply-To counts only as one address, not ours, of From's domain or with From verified (RFC 5322 §3.6.2)."""
    party = message.from_ or Address("")
    if len(message.reply_to) != 1:
        return party.email
    wanted = message.reply_to[0]
    is_safe = wanted.domain == party.domain or message.verified
    return wanted.email if is_safe and not is_own(wanted.email, policy.own_addresses) else party.email


def withheld(to: str, policy: Policy) -> str:
    """Why a reply to this address is written but not sent: a pilot lets only some addresses get mail."""
    send = policy.replies.send
    if send == "all" or (send != "none" and matches(send, to)):
        return ""
    return "not_in_pilot"
