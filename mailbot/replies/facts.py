"""A case and what is answered → flat variables. Here it is decided what may be shown to whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailbot.desk.case import Attention, Case, Datum
from mailbot.desk.decision import Order, Role
from mailbot.mail.message import Message
from mailbot.replies import clean, words
from mailbot.replies.variables import EMPTY
from mailbot.rules.found import Source
from mailbot.rules.settings import Field

IN_THE_CASE = "(se ve en el caso)"


@dataclass(frozen=True, slots=True)
class DeskIdentity:
    """Who writes: the service's name, the mailbox's address, and how the desk says times and numbers."""

    name: str
    address: str
    timezone: str = "America/Bogota"
    #: of case numbers: the MS of MS-000123
    prefix: str = "MS"
    #: `[precaso] late_answer`
    late_answer: Literal["new", "tell"] = "new"

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who will read the reply: the desk, or the person at these addresses."""

    desk: bool
    addresses: frozenset[str]
    requester: bool

    def may_see(self, datum: Datum, field: Field) -> bool:
        """People see only what they wrote themselves, or what the desk wrote down for the requester.

        Never a remembered value (invariant 4), one from a third party (invariant 5), or a sensitive one.
        """
        if field.sensitive or datum.source is Source.REMEMBERED:
            return False
        if self.desk:
            return True
        if datum.third_party:
            return False
        return datum.by.lower() in self.addresses or (self.requester and "@" not in datum.by)


def facts(
    order: Order, case: Case | None, answered: Message | None, identity: DeskIdentity, now: datetime
) -> dict[str, object]:
    """Every variable of `variables`, and whatever else the order brings."""
    reader = _reader(order, case, answered)
    name = _name(reader, case, answered)
    known: dict[str, object] = {
        **EMPTY,
        "mesa": identity.name,
        "direccion": identity.address,
        "respuesta_tardia": "avisar" if identity.late_answer == "tell" else "nueva",
        "asunto": clean.subject(_subject(case, answered), identity.prefix),
        "asunto_citado": _cited(reader, case, answered, identity.prefix),
        "nombre": name,
        "saludo": f"Cordial saludo, {name}:" if name else "Cordial saludo:",
    }
    if case:
        known |= _of_case(case, reader, order, identity, now)
    if reader.desk:
        known |= _for_desk(case, answered)
    return known | _given(order)


def _reader(order: Order, case: Case | None, answered: Message | None) -> Reader:
    sender = answered.from_.email if answered and answered.from_ and order.role is not Role.DESK else order.to
    addresses = frozenset({order.to.lower(), sender.lower()})
    requester = bool(case and case.requester and case.requester.email.lower() in addresses)
    return Reader(order.role is Role.DESK, addresses, requester)


def _of_case(
    case: Case, reader: Reader, order: Order, identity: DeskIdentity, now: datetime
) -> dict[str, object]:
    snapshot, timezone = case.snapshot, identity.timezone
    waits = not snapshot.rule.open_at_once
    return {
        "numero": case.number,
        "tema": snapshot.label,
        "estado": case.state.value,
        "abierto": not waits,
        "faltantes": _missing(case, reader),
        "datos": _data(case, reader, order),
        "plazo": words.moment(case.deadline, timezone, now) if case.deadline else "",
        "horas": words.duration(snapshot.answer_within, snapshot.calendar) if waits else "",
        "fecha": words.day(case.registered_at, timezone, now),
        "fecha_estado": words.day(case.state_since, timezone, now),
    }


def _missing(case: Case, reader: Reader) -> tuple[dict[str, object], ...]:
    """What is asked for; `ilegible` only to who wrote the unreadable value."""

    def unreadable(field: Field) -> bool:
        datum = case.data.get(field.name)
        return bool(datum and datum.misfit) and datum is not None and not datum.third_party

    return tuple(
        {"etiqueta": f.label, "pista": f.hint.rstrip(". "), "ilegible": unreadable(f)} for f in case.missing
    )


def _data(case: Case, reader: Reader, order: Order) -> tuple[dict[str, object], ...]:
    """Values in the rule's order; with `missing_before`, only what came since then."""
    fresh = order.facts.get("missing_before")
    shown = []
    for field in case.snapshot.fields:
        datum = case.data.get(field.name)
        if not (datum and datum.value) or (
            isinstance(fresh, tuple | list | frozenset | set) and field.name not in fresh
        ):
            continue
        if reader.may_see(datum, field):
            shown.append(
                {
                    "etiqueta": field.label,
                    "valor": clean.cite(datum.value, clean.VALUE),
                    "dudoso": datum.doubtful,
                }
            )
        elif reader.desk:
            shown.append({"etiqueta": field.label, "valor": IN_THE_CASE, "dudoso": datum.doubtful})
    return tuple(shown)


def _for_desk(case: Case | None, answered: Message | None) -> dict[str, object]:
    sender = case.requester if case else answered.from_ if answered else None
    known: dict[str, object] = {
        "mensaje": clean.message(answered.reply_text or answered.text) if answered else ""
    }
    if sender:
        known["solicitante"] = f"{clean.cite(sender.name, clean.CITED)} <{sender.email}>".strip()
    if case:
        rule = case.snapshot.rule
        known |= {
            "severidad": words.severity(rule.severity),
            "tipo": rule.kind.value,
            "grupo": case.group or rule.group,
        }
    return known


def _given(order: Order) -> dict[str, object]:
    """The order's own facts, with the two that hold strangers' words or our codes made readable."""
    given = dict(order.facts)
    if "mensaje" in given:
        given["mensaje"] = clean.message(str(given["mensaje"]))
    if given.get("motivo") in set(Attention):
        given["motivo"] = words.ATTENTION[Attention(str(given["motivo"]))]
    return given


def _subject(case: Case | None, answered: Message | None) -> str:
    """That of the mail answered, so that mail programs keep the thread; the clock answers the case's."""
    return answered.subject if answered else case.subject if case else ""


def _cited(reader: Reader, case: Case | None, answered: Message | None, prefix: str) -> str:
    """To the desk always; to a person only their own words, and only if we know that they wrote them."""
    said = clean.subject(_subject(case, answered), prefix)
    if reader.desk:
        return clean.cite(said, clean.SUBJECT)
    return (
        clean.cite(said, clean.CITED) if answered and answered.verified and answered.subject.strip() else ""
    )


def _name(reader: Reader, case: Case | None, answered: Message | None) -> str:
    """From the field `nombre`, if this person gave it; else the From name, if it looks like a person's."""
    if reader.desk:
        return ""
    field = next((f for f in case.snapshot.fields if f.name == "nombre"), None) if case else None
    datum = case.data.get("nombre") if case and field else None
    if (
        field
        and datum
        and datum.value
        and not datum.doubtful
        and reader.may_see(datum, field)
        and (said := clean.person(datum.value))
    ):
        return said
    sender = answered.from_ if answered else case.requester if case and reader.requester else None
    return clean.person(sender.name) if sender else ""
