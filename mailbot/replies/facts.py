"""A case and what is answered → flat variables. Here it is decided what may be shown to whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailbot.desk.case import Attention, Case, Datum, State
from mailbot.desk.decision import Order, Role
from mailbot.mail.message import Address, Message
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
    """Who will read the reply: the desk, or one person, whose own words may be shown to them."""

    desk: bool
    person: Address | None
    addresses: frozenset[str]
    #: this person opened the case
    requester: bool
    #: the mail that is answered, if this person wrote it
    wrote: Message | None

    def may_see(self, datum: Datum, field: Field) -> bool:
        """Never a remembered value (invariant 4) or a sensitive one; people only what they gave themselves."""
        if field.sensitive or datum.source is Source.REMEMBERED:
            return False
        return self.desk or (self.gave(datum) and not datum.third_party)

    def gave(self, datum: Datum) -> bool:
        """This person, or the desk for the requester."""
        return datum.by.lower() in self.addresses or (self.requester and "@" not in datum.by)


def facts(
    order: Order, case: Case | None, answered: Message | None, identity: DeskIdentity, now: datetime
) -> dict[str, object]:
    """Every variable of `variables`, and whatever else the order brings."""
    if answered and answered.bounce:
        answered = None  # the words of a report are no person's
    reader = _reader(order, case, answered)
    name = _name(case, reader)
    known: dict[str, object] = {
        **EMPTY,
        "mesa": identity.name,
        "direccion": identity.address,
        "respuesta_tardia": "avisar" if identity.late_answer == "tell" else "nueva",
        "asunto": clean.subject(_subject(case, reader), identity.prefix),
        "asunto_citado": _cited(case, reader, identity.prefix),
        "nombre": name,
        "saludo": f"Cordial saludo, {name}:" if name else "Cordial saludo:",
    }
    if case:
        known |= _of_case(case, reader, identity, now)
    if reader.desk:
        known |= _for_desk(case, answered)
    return known | _given(order)


def _reader(order: Order, case: Case | None, answered: Message | None) -> Reader:
    """A reply about a case goes to its requester, also where somebody else's mail made us write it."""
    requester, sender = case.requester if case else None, answered.from_ if answered else None
    others_mail = (
        case and order.to == case.answer_to and requester and sender and sender.email != requester.email
    )
    person = requester if others_mail or not answered else sender
    if order.role is Role.DESK:
        return Reader(True, None, frozenset(), False, answered)
    addresses = frozenset({order.to.lower()} | ({person.email} if person else set()))
    is_requester = bool(requester and requester.email in addresses)
    return Reader(False, person, addresses, is_requester, None if others_mail else answered)


def _of_case(case: Case, reader: Reader, identity: DeskIdentity, now: datetime) -> dict[str, object]:
    snapshot, timezone = case.snapshot, identity.timezone
    waits = case.state in (State.PRECASO, State.NO_GESTIONADO) and not snapshot.rule.open_at_once
    return {
        "numero": case.number,
        "tema": snapshot.label,
        "estado": case.state.value,
        "abierto": not waits,
        "faltantes": _missing(case, reader),
        "datos": _data(case, reader),
        "plazo": words.moment(case.deadline, timezone, now) if case.deadline else "",
        "horas": words.duration(snapshot.answer_within, snapshot.calendar) if waits else "",
        "fecha": words.day(case.registered_at, timezone, now),
        "registrado": words.moment(case.registered_at, timezone, now),
        "fecha_estado": words.day(case.state_since, timezone, now),
    }


def _missing(case: Case, reader: Reader) -> tuple[dict[str, object], ...]:
    """What is asked for; `ilegible` where this person wrote something that does not fit."""

    def unreadable(field: Field) -> bool:
        datum = case.data.get(field.name)
        return bool(datum and datum.misfit and not datum.third_party and reader.gave(datum))

    return tuple(
        {"etiqueta": f.label, "pista": f.hint.rstrip(". "), "ilegible": unreadable(f)} for f in case.missing
    )


def _data(case: Case, reader: Reader) -> tuple[dict[str, object], ...]:
    """Values in the rule's order. The desk is told also of those that no mail may hold, and where to see them."""
    shown = []
    for field in case.snapshot.fields:
        datum = case.data.get(field.name)
        if not datum or not datum.value:
            continue
        visible = reader.may_see(datum, field)
        if visible or reader.desk:
            value = clean.cite(datum.value, clean.VALUE) if visible else IN_THE_CASE
            shown.append({"etiqueta": field.label, "valor": value, "dudoso": datum.doubtful})
    return tuple(shown)


def _for_desk(case: Case | None, answered: Message | None) -> dict[str, object]:
    sender = case.requester if case else answered.from_ if answered else None
    known: dict[str, object] = {
        "mensaje": clean.message(answered.reply_text or answered.text) if answered else ""
    }
    if sender:
        known["solicitante"] = _who(sender)
    if case:
        rule, original = case.snapshot.rule, case.forwarded_from
        if original and sender and original.email != sender.email:
            known["quien_pidio"] = _who(original)
        known |= {
            "severidad": words.severity(rule.severity),
            "tipo": rule.kind.value,
            "grupo": case.group or rule.group,
        }
    return known


def _who(person: Address) -> str:
    return f"{clean.cite(person.name, clean.CITED)} <{person.email}>".strip()


def _given(order: Order) -> dict[str, object]:
    """The order's own facts, with those that hold strangers' words or our codes made readable."""
    given = dict(order.facts)
    for name in {"mensaje", "mensaje_inicial"} & given.keys():
        given[name] = clean.message(str(given[name]))
    if given.get("motivo") in set(Attention):
        given["motivo"] = words.ATTENTION[Attention(str(given["motivo"]))]
    return given


def _subject(case: Case | None, reader: Reader) -> str:
    """That of the mail answered, so that mail programs keep the thread; else that of the case."""
    return reader.wrote.subject if reader.wrote else case.subject if case else ""


def _cited(case: Case | None, reader: Reader, prefix: str) -> str:
    """To the desk always; to a person only their own words, and only if we know that they wrote them."""
    said = clean.subject(_subject(case, reader), prefix)
    if reader.desk:
        return clean.cite(said, clean.SUBJECT)
    theirs = reader.wrote and reader.wrote.verified and reader.wrote.subject.strip()
    return clean.cite(said, clean.CITED) if theirs else ""


def _name(case: Case | None, reader: Reader) -> str:
    """From the field `nombre`, if this person gave it; else the From name, if it looks like a person's."""
    if reader.desk:
        return ""
    fields = {field.name: field for field in case.snapshot.fields} if case else {}
    datum = case.data.get("nombre") if case and "nombre" in fields else None
    sure = datum and datum.value and not datum.doubtful and reader.may_see(datum, fields["nombre"])
    if sure and datum and (said := clean.person(datum.value or "")):
        return said
    return clean.person(reader.person.name) if reader.person else ""
