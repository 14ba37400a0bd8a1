"""What must be true of every decision: who may be written to, and what about (invariants 4 and 5)."""

import re
from email.message import Message as Stdlib
from email.parser import BytesHeaderParser

from fuzz import understood
from fuzz.promises import keep
from fuzz.situations import OURS, Situation
from mailbot.desk.decision import Order, Role, Verdict
from mailbot.mail.message import Message
from mailbot.rules.settings import Field
from mailbot.values import Reason

#: a token of RFC 3834 §5 that says automatic
AUTOMATIC = re.compile(r"auto-(?:generated|replied|notified)\b.*", re.I | re.S)
BULK = re.compile(r"(?:bulk|list|junk)", re.I)
#: octets; a header beyond them is read in part only
LONGEST = 60_000


def decision(raw: bytes, seen: Message, situation: Situation, decided: Verdict) -> None:
    keep("a message has an outcome", decided.outcome)
    for reason in decided.reasons:
        keep("a reason can be stored", isinstance(reason, Reason) and "\0" not in f"{reason}", reason)
    people = [order for order in decided.replies if order.role is not Role.DESK]
    if people:
        keep("a silent situation stays silent", not situation.silent, situation.name, people)
        _may_be_answered(raw, seen)
    for order in decided.replies:
        to = _addressees(seen, situation, order)
        keep("an order goes to who asked", order.to in to, order, to)
    keep("at most one reply to a person", len(people) <= 1, people)
    fields = {field.name: field for field in _fields(decided)}
    before = _before(situation)
    for name, datum in decided.change.data.items() if decided.change else ():
        if (name, datum.value, datum.by) not in before:
            understood.datum(seen, fields[name], datum)


def _may_be_answered(raw: bytes, seen: Message) -> None:
    keep("robots get no answer", not seen.automatic, seen.kind)
    keep("who asks for silence gets it", not seen.suppresses_replies)
    keep("the null path gets no answer", seen.return_path != "")
    keep("nobody gets no answer", seen.from_)
    keep("we get no answer", seen.from_ and seen.from_.email != OURS)
    if sign := robot(raw):
        keep("robots get no answer, by their headers", False, sign)


def robot(raw: bytes) -> str:
    """A sign of a robot as the standard library reads the header, without a look at our own reading of it."""
    block = re.split(rb"\r?\n\r?\n", raw[: LONGEST + 1], maxsplit=1)[0]
    if len(block) > LONGEST or re.search(rb"\r(?!\n)", block):
        return ""  # read in part, or with line ends that programs do not agree on
    header: Stdlib = BytesHeaderParser().parsebytes(block + b"\r\n\r\n")
    for name, value in header.items():
        written, lower = str(value).strip(), name.lower()
        if lower == "auto-submitted" and AUTOMATIC.fullmatch(written):
            return f"{name}: {written}"
        if lower == "precedence" and BULK.fullmatch(written):
            return f"{name}: {written}"
        if lower in ("list-id", "list-unsubscribe", "x-failed-recipients") and re.fullmatch(
            r"<\w[\w.-]+>", written
        ):
            return f"{name}: {written}"
    if str(header.get("return-path", "x")).strip() == "<>":
        return "Return-Path: <>"
    return "multipart/report" if header.get_content_type() == "multipart/report" else ""


def _addressees(seen: Message, situation: Situation, order: Order) -> set[str]:
    """Written again from the design, not from the code: From, a Reply-To of From's, the case's own, the desk's."""
    if order.role is Role.DESK:
        groups = situation.policy.groups.values()
        return {a for group in groups for a in group.notify} - situation.policy.own_addresses
    to = {seen.from_.email} if seen.from_ else set()
    if len(seen.reply_to) == 1 and seen.from_:
        wanted = seen.reply_to[0]
        same_domain = wanted.email.rpartition("@")[2] == seen.from_.email.rpartition("@")[2]
        if wanted.email not in situation.policy.own_addresses and (same_domain or seen.verified):
            to.add(wanted.email)
    joined = situation.known.threading.case
    cases = [one for one in (joined, *situation.known.open_precasos) if one and one.answer_to]
    return to | {str(one.answer_to) for one in cases}


def _before(situation: Situation) -> set[tuple[str, str | None, str]]:
    """What was known before, also where a new case takes it over from a late one."""
    joined = situation.known.threading.case
    cases = [one for one in (joined, *situation.known.open_precasos) if one]
    return {(name, datum.value, datum.by) for case in cases for name, datum in case.data.items()}


def _fields(decided: Verdict) -> tuple[Field, ...]:
    change = decided.change
    if change and change.case:
        return change.case.snapshot.fields
    return change.opening.snapshot.fields if change and change.opening else ()
