"""What the store knows that a decision about a message needs."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, case as when, func, or_, select

from mailbot.desk.case import LIVE, Case, State
from mailbot.desk.decision import Filed, Role
from mailbot.desk.delivery import Status
from mailbot.desk.known import Arrival, Evidence, Known, OurReply, Sent, Threading
from mailbot.desk.settings import Policy
from mailbot.mail.message import Message
from mailbot.store import lookup, numbers, tables
from mailbot.store.columns import table
from mailbot.store.ledger import Seen
from mailbot.store.prepared import Prepared
from mailbot.store.statements import first, rows
from mailbot.store.text import key
from mailbot.store.transaction import Transaction

message_ = table(tables.Message)
outbox = table(tables.Outbox)
case = table(tables.Case)
remembered = table(tables.Remembered)

#: an alarm that fires again after the fault was solved is a new fault
OPEN = LIVE - {State.SOLUCIONADO}
#: the reminder, the close and notices to the desk do not count against a person
COUNTED = (Role.REQUEST, Role.REQUEST_AGAIN, Role.NOTICE)
NEVER_LEFT = (Status.NOT_NEEDED, Status.FAILED)
#: who has one of these was given our mail
SECRET = (Evidence.REFERENCE, Evidence.NOTICE)
TOLD = ("sin_regla", "muy_grande")

ORIGINAL = select(message_.c.id, message_.c.filed).where(
    message_.c.content_hash == bindparam("content_hash"), message_.c.duplicate_of.is_(None)
)
ORIGINAL_OF, ORIGINAL_BESIDE = (
    Prepared(ORIGINAL),
    Prepared(ORIGINAL.where(message_.c.id != bindparam("again"))),
)
KEYS = bindparam("keys", type_=String(), expanding=True)
OURS_CALLED = Prepared(
    select(outbox.c.case_id, outbox.c.role, outbox.c.message_id)
    .where(outbox.c.message_id.in_(KEYS), outbox.c.case_id.is_not(None))
    .order_by(outbox.c.id),
    "keys",
)
CALLED = Prepared(
    select(message_.c.message_id, message_.c.case_id)
    .where(message_.c.message_id.in_(KEYS))
    .union_all(
        select(outbox.c.sent_message_id, outbox.c.case_id).where(outbox.c.sent_message_id.in_(KEYS)),
    ),
    "keys",
)
NUMBERED = Prepared(
    select(case.c.id, case.c.number).where(case.c.id.in_(bindparam("ids", expanding=True))), "ids"
)
OPEN_PRECASOS = Prepared(
    lookup.such(case.c.requester_email == bindparam("sender"), case.c.state == State.PRECASO)
)
CORRELATED = Prepared(
    lookup.such(
        case.c.rule == bindparam("rule"),
        case.c.correlation == bindparam("correlation"),
        case.c.state.in_(OPEN),
    )
)
REMEMBERED = Prepared(
    select(remembered.c.field, remembered.c.value).where(remembered.c.address == bindparam("sender"))
)
COUNTS = outbox.c.role.in_(COUNTED), outbox.c.status.not_in(NEVER_LEFT)
OF_THIS_HOUR = outbox.c.queued_at > bindparam("since")
TO_ALL = select(func.count()).select_from(outbox).where(*COUNTS, OF_THIS_HOUR)
SENT_TO_ALL = Prepared(TO_ALL)
#: to all, and to these
SENT = Prepared(
    select(
        TO_ALL.correlate(None).scalar_subquery().label("all_hour"),
        func.count().label("address_day"),
        func.count(when((OF_THIS_HOUR, 1))).label("address_hour"),
        func.count(when((outbox.c.template.in_(TOLD), 1))).label("told"),
    ).where(
        *COUNTS,
        or_(
            outbox.c.party == bindparam("party"),
            outbox.c.recipient.in_(bindparam("recipients", expanding=True)),
        ),
        outbox.c.queued_at > bindparam("day"),
    ),
    "recipients",
)


def about(
    s: Transaction,
    arrival: Arrival,
    policy: Policy,
    now: datetime,
    *,
    again: int | None = None,
    seen: Seen | None = None,
) -> Known:
    """`again`: the id under which this message is stored already, when it is judged once more.

    `seen`: what `ledger` knows of it, where that was asked already.
    """
    message = arrival.message
    if message is None:
        return Known()
    sender = message.from_.email if message.from_ else None
    original = seen or _original(s, message, again)
    thread = threading(s, message, policy.prefix)
    return Known(
        duplicate_of=original.original,
        duplicate_filed=Filed.HANDLED if original.filed is None else original.filed,
        threading=thread,
        open_precasos=_open_precasos(s, sender),
        correlated=_correlated(s, arrival),
        bounced=_bounced(s, message),
        sent=_sent(s, message, thread.case, now),
        remembered=_remembered(s, sender) if message.verified else {},
    )


def _original(s: Transaction, message: Message, again: int | None) -> Seen:
    if again is None:
        found = first(s, ORIGINAL_OF, content_hash=message.content_hash)
    else:
        found = first(s, ORIGINAL_BESIDE, content_hash=message.content_hash, again=again)
    return Seen(None, found.id, found.filed) if found else Seen(None, None, None)


# -- threads (invariant 5) -------------------------------------------------------------------------------


def threading(s: Transaction, message: Message, prefix: str) -> Threading:
    """The case it belongs to by the strongest evidence there is, or else one that it names without right."""
    named = None
    for case_id, evidence, seen in _candidates(s, message, prefix):
        participant = lookup.takes_part(s, case_id, message.from_)
        if not participant and evidence not in SECRET:
            named = named or (case_id, seen)
        elif not (its_case := lookup.by_id(s, case_id)).is_removed:
            return Threading(its_case, evidence, seen, participant)
    if named and not (its_case := lookup.by_id(s, named[0])).is_removed:
        return Threading(named=its_case, key=named[1])
    lost = numbers.lost(s, numbers_in(message.subject, prefix))
    return Threading(lost=f"{prefix}-{lost:06d}") if lost else Threading()


def _candidates(s: Transaction, message: Message, prefix: str) -> Iterator[tuple[int, Evidence, str]]:
    """Case id, evidence and what was looked up; the strongest first, of the same kind the nearest first."""
    keys = _keys(message)
    if keys:
        yield from _by_reference(s, keys)
        yield from ((case_id, Evidence.FOLLOWS_MESSAGE, seen) for case_id, seen in _by_message(s, keys))
    yield from ((case_id, Evidence.NUMBER, seen) for case_id, seen in _by_number(s, message.subject, prefix))


def _keys(message: Message) -> list[str]:
    return [key(seen) for seen in dict.fromkeys((*message.mailbot_references, *message.thread))]


def _by_reference(s: Transaction, keys: Sequence[str]) -> list[tuple[int, Evidence, str]]:
    """Our random references are looked up, never computed: each is the Message-ID of a mail of ours."""
    found = rows(s, OURS_CALLED, keys=keys)
    by_key = {row.message_id: row for row in found}
    told = {Role.DESK: Evidence.NOTICE}
    return [
        (by_key[seen].case_id, told.get(by_key[seen].role, Evidence.REFERENCE), seen)
        for seen in keys
        if seen in by_key
    ]


def _by_message(s: Transaction, keys: Sequence[str]) -> list[tuple[int, str]]:
    """Messages of a case, and mail of ours under the name that the provider gave it: neither is a secret."""
    found = [tuple(row) for row in rows(s, CALLED, keys=keys) if row.case_id is not None]
    return [(case_id, seen) for seen in keys for name, case_id in found if name == seen]


def _by_number(s: Transaction, subject: str, prefix: str) -> list[tuple[int, str]]:
    """Numbers that exist, as they stand in the subject: `[MS-000123]` or `MS-000123`."""
    wanted = {number: f"{prefix}-{number:06d}" for number in numbers_in(subject, prefix)}
    if not wanted:
        return []
    found = {row.id: row.number for row in rows(s, NUMBERED, ids=list(wanted))}
    exists = {case_id for case_id, number in found.items() if number.upper() == wanted[case_id].upper()}
    return [(case_id, number) for case_id, number in wanted.items() if case_id in exists]


def numbers_in(subject: str, prefix: str) -> list[int]:
    """As people's programs leave them in a subject, whether they exist or not."""
    written = rf"(?<![\w-]){re.escape(prefix)}-(\d{{1,9}})(?!\w)"
    return [int(digits) for digits in re.findall(written, subject, re.IGNORECASE | re.ASCII)]


# -- the rest --------------------------------------------------------------------------------------------


def _open_precasos(s: Transaction, sender: str | None) -> tuple[Case, ...]:
    if sender is None:
        return ()
    return lookup.found(s, OPEN_PRECASOS, sender=sender)


def _correlated(s: Transaction, arrival: Arrival) -> Case | None:
    """The newest open case of the same rule and fault."""
    match = arrival.match
    if match is None or match.correlation is None:
        return None
    found = lookup.found(s, CORRELATED, rule=match.rule.name, correlation=key(match.correlation))
    return found[-1] if found else None


def _bounced(s: Transaction, message: Message) -> OurReply | None:
    """The reply of ours that a report is about: by a reference that only its recipient and we know."""
    keys = _keys(message)
    if message.bounce is None or not keys:
        return None
    names = outbox.c.message_id, outbox.c.sent_message_id
    columns = outbox.c.id, outbox.c.role, outbox.c.case_id
    found = rows(
        s, select(*columns).where(or_(*(name.in_(keys) for name in names))).order_by(outbox.c.id.desc())
    )
    if not found:
        return None
    last = found[0]
    its_case = lookup.by_id(s, last.case_id) if last.case_id else None
    return OurReply(last.id, last.role, None if its_case and its_case.is_removed else its_case)


def _remembered(s: Transaction, sender: str | None) -> dict[str, str]:
    return {row.field: row.value for row in rows(s, REMEMBERED, sender=sender)}


def _sent(s: Transaction, message: Message, its_case: Case | None, now: datetime) -> Sent:
    """Kept in the database, so that limits survive a restart."""
    sender = message.from_.email if message.from_ else ""
    targets = list(_targets(sender, message, its_case))
    hour, day = now - timedelta(hours=1), now - timedelta(days=1)
    sent = first(s, SENT, party=sender, recipients=targets, since=hour, day=day)
    return Sent(sent.address_hour, sent.address_day, sent.all_hour, told_today=sent.told > 0)


def _targets(sender: str, message: Message, its_case: Case | None) -> Iterable[str]:
    """Whom an answer may go to: also the case's requester, where somebody else writes on it."""
    requester = its_case.answer_to if its_case else None
    return {sender, *(address.email for address in message.reply_to), *((requester,) if requester else ())}
