"""A small desk to test with: mail that comes, cases that are opened, replies that are queued."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from mailbot.desk.case import Case, Datum, Snapshot, State
from mailbot.desk.decision import (
    Change,
    ClockKind,
    Event,
    Opening,
    Order,
    Outcome,
    Role,
    StartClock,
    Verdict,
)
from mailbot.desk.known import Arrival
from mailbot.desk.settings import Policy
from mailbot.mail.message import Address, Message
from mailbot.replies.compose import Composed
from mailbot.rules.found import Source
from mailbot.rules.match import Match
from mailbot.rules.settings import Field, RequestKind, Rule
from mailbot.store import cases, ledger, outbox
from mailbot.store.engine import Store
from mailbot.store.ledger import Place
from mailbot.store.transaction import Transaction
from mailbot.values import Reason

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
POLICY = Policy()
BOX = "soporte"
ANA = Address("ana@mesa.example", "Ana Ruiz")
EVE = Address("eve@otra.example", "Eve")

NOMBRE = Field(name="nombre", label="Nombre completo", from_sender=True)
TELEFONO = Field(name="telefono", label="Teléfono", aliases=("tel", "móvil"), pattern=r"\+?\d[\d ()-]{6,}\d")
RULE = Rule(
    name="acceso",
    keywords=("contraseña", "clave"),
    from_=("*@mesa.example",),
    requires=("nombre", "telefono"),
    kind=RequestKind.INCIDENTE,
    severity=3,
    category="cuentas",
    answer_within=timedelta(hours=36),
)
SNAPSHOT = Snapshot("acceso", "Acceso al portal", RULE, (NOMBRE, TELEFONO), timedelta(hours=36), "24/7")

_numbers = count(1)


def mail(sender: Address | None = ANA, subject: str = "Olvidé la clave", **rest: Any) -> Message:
    """A mail like no other before it."""
    n = next(_numbers)
    given = {"message_id": f"<mail.{n}@mesa.example>", "content_hash": f"hash-{n}", "text": "Ayuda.", **rest}
    return Message(subject=subject, from_=sender, **given)


def arrival(message: Message, at: datetime = NOW, mailbox: str = BOX, rule: Rule | None = RULE) -> Arrival:
    match = Match(rule, ("clave",), ("otra",)) if rule else None
    return Arrival(mailbox, at, message=message, match=match)


def place(uid: int | None = None, folder: str = "INBOX", mailbox: str = BOX, uidvalidity: int = 7) -> Place:
    return Place(mailbox, folder, uidvalidity, uid or next(_numbers))


def opening(requester: Address | None = ANA, **rest: Any) -> Change:
    """A precaso, registered."""
    opened = Opening(
        BOX, "precaso", SNAPSHOT, requester, "Olvidé la clave", requester.email if requester else None
    )
    given = {"events": (Event("registered", "mailbot", "acceso", State.PRECASO),), "requests": 1, **rest}
    return Change(opening=opened, **given)


def move(case: Case, to: State, reason: str = "", by: str = "cli:luz") -> Change:
    return Change(case=case, events=(Event("moved", by, reason, to),))


def give(**values: str) -> dict[str, Datum]:
    return {name: Datum(value, Source.LABEL, by=ANA.email) for name, value in values.items()}


def asks(start: datetime = NOW, length: timedelta = DAY) -> tuple[StartClock, ...]:
    """The clock of a request for data."""
    return (StartClock(ClockKind.ANSWER, start, start + length, "24/7"),)


def opened(store: Store, message: Message | None = None, now: datetime = NOW, **rest: Any) -> Case:
    """A message that opened a precaso, stored with it."""
    message = message or mail()
    with store.transaction() as s:
        return receive(s, message, opening(message.from_, participants=message.participants, **rest), now=now)


def apply(
    s: Transaction, change: Change, message_id: int | None, now: datetime, *, prefix: str = "MS"
) -> Case:
    """All of a decided change; the case as it is then. The message that caused it joins the case."""
    case_id = cases.hold(s, change, now, prefix=prefix)
    if message_id is not None:
        cases.join(s, case_id, message_id)
    cases.follow(s, case_id, change, message_id, now)
    return cases.by_id(s, case_id)


def receive(
    s: Transaction,
    message: Message,
    change: Change | None,
    outcome: Outcome = Outcome.OPENED,
    now: datetime = NOW,
) -> Case:
    """Record a message and apply what it changes."""
    decision = Verdict(
        outcome=outcome, reasons=(Reason("rule", "matched", "acceso: clave"),), change=change, may_answer=True
    )
    message_id = ledger.record(
        s, arrival(message), place(), b"Subject: x\r\n\r\nAyuda.\r\n", decision, now=now
    )
    return apply(s, change or opening(), message_id, now)


def stored(store: Store, message: Message, outcome: Outcome = Outcome.UNMATCHED, **rest: Any) -> int:
    """A message without a case; its id."""
    given: dict[str, Any] = {"now": NOW, **rest}
    at = given.pop("place", None) or place()
    raw = given.pop("raw", b"raw")
    decision = Verdict(outcome=outcome, reasons=(Reason("rule", "none"),), filed=given.pop("filed", "review"))
    with store.transaction() as s:
        return ledger.record(s, given.pop("arrival", arrival(message)), at, raw, decision, **given)


def order(role: Role = Role.REQUEST, to: str = ANA.email, template: str = "pedir_datos") -> Order:
    return Order(template, to, role)


def composed(to: str = ANA.email) -> Composed:
    n = next(_numbers)
    name = f"<ms.{n:016d}@mesa.example>"
    return Composed(
        name, name, "Re: Olvidé la clave [MS-000001]", to, "soporte@mesa.example", b"bytes %d" % n
    )


def queued(store: Store, case: Case | None = None, now: datetime = NOW, **rest: Any) -> tuple[int, Composed]:
    """A reply in the outbox; its id and what was written."""
    given: dict[str, Any] = {"message_id": None, "mailbox": BOX, **rest}
    wanted = given.pop("order", order())
    written = given.pop("composed", composed(wanted.to))
    with store.transaction() as s:
        return outbox.queue(s, wanted, written, case=case, now=now, **given), written


def reload(store: Store, case: Case) -> Case:
    with store.reading() as s:
        return cases.by_id(s, case.id)


def like(message: Message, **changes: Any) -> Message:
    return replace(message, **changes)
