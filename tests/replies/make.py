"""A precaso, the mail it came from, and an order to answer it: each test says only what differs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mailbot.desk.case import Case, Datum, Snapshot, State
from mailbot.desk.decision import Order, Role
from mailbot.mail.message import Address, Message
from mailbot.replies.compose import Composed, DeskIdentity, compose
from mailbot.replies.templates import Templates
from mailbot.rules.found import Source
from mailbot.rules.settings import Field, Rule

MARTA = Address("marta@mesa.example", "Marta Pérez")
NOW = datetime(2026, 10, 6, 14, 15, tzinfo=UTC)
IDENTITY = DeskIdentity("Mesa de Servicios", "soporte@mesa.example")
TEMPLATES = Templates()
TOKEN = "r4nd0m_t0ken-0123456789"

FIELDS = (
    Field(name="nombre", label="Nombre completo"),
    Field(name="sede", label="Sede, piso u oficina", hint="ciudad, y piso u oficina"),
    Field(name="placa", label="Placa de inventario del equipo", hint="está en la etiqueta pegada al equipo"),
)
RULE = Rule(name="impresion", title="Impresión y escáner", severity=4, requires=("nombre", "sede", "placa"))


def by_marta(value: str | None, **more: Any) -> Datum:
    return Datum(value, Source.LABEL, by=MARTA.email, **more)


def case(data: Mapping[str, Datum] | None = None, rule: Rule = RULE, **more: Any) -> Case:
    snapshot = Snapshot(rule.name, rule.title, rule, FIELDS, timedelta(hours=24), "24/7")
    made = Case(
        id=123,
        number="MS-000123",
        state=State.PRECASO,
        version=1,
        mailbox="soporte",
        snapshot=snapshot,
        requester=MARTA,
        subject="La impresora no imprime",
        answer_to=MARTA.email,
        registered_at=NOW,
        state_since=NOW,
        data=data or {},
    )
    return replace(made, **more)


def message(**more: Any) -> Message:
    made = Message(
        message_id="<uno@mesa.example>",
        content_hash="0" * 64,
        subject="La impresora no imprime",
        from_=MARTA,
        text="Buenos días.\nNo imprime.",
        reply_text="Buenos días.\nNo imprime.",
    )
    return replace(made, **more)


def order(
    template: str = "pedir_datos", to: str = MARTA.email, role: Role = Role.REQUEST, **facts: object
) -> Order:
    return Order(template, to, role, facts)


def composed(
    asked: Order | None = None, *, case: Case | None = None, answered: Message | None = None, **more: Any
) -> Composed:
    given: dict[str, Any] = {"identity": IDENTITY, "templates": TEMPLATES, "token": TOKEN, "now": NOW, **more}
    return compose(asked or order(), case=case, answered=answered, **given)
