"""Values to start from, so that a test names only what its situation is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mailbot.desk.case import Case, Datum, Snapshot, State
from mailbot.desk.decide import decide
from mailbot.desk.decision import Decision, Verdict
from mailbot.desk.known import Arrival, Evidence, Known, Sent, Threading
from mailbot.desk.settings import Group, Policy, Precaso, Replies, Senders
from mailbot.mail.message import Address, Attachment, Kind, Message
from mailbot.rules.found import Source
from mailbot.rules.match import Rulebook
from mailbot.rules.settings import Field, Rule, TreatAs

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
ANA = Address("ana@oti.example", "Ana Ruiz")
OURS = "soporte@mesa.example"

PHONE = Field(name="telefono", label="Teléfono", aliases=("tel",), pattern=r"\d{7,10}")
SITE = Field(name="sede", label="Sede", hint="ciudad y piso")
ACCESS = Rule(name="acceso", keywords=("contraseña",), requires=("telefono", "sede"), group="Mesa")
ALARM = Rule(
    name="alarma",
    keywords=("alarma",),
    treat_as=TreatAs.MONITOREO,
    correlate=r"host (\w+)",
    recover=("resuelta",),
)
NEWS = Rule(name="boletin", keywords=("boletín",), treat_as=TreatAs.INFORMATIVO)
POLICY = Policy(
    fields={"telefono": PHONE, "sede": SITE},
    rules=(ALARM, NEWS, ACCESS),
    groups={"Mesa": Group(notify=("mesa@mesa.example",))},
    own_addresses=frozenset({OURS}),
)
SNAPSHOT = Snapshot("acceso", "Contraseñas", ACCESS, (PHONE, SITE), DAY, "24/7")


def policy(**changes: Any) -> Policy:
    return POLICY.model_copy(update=changes)


def replies(**changes: Any) -> Policy:
    return policy(replies=Replies(**changes))


def message(
    subject: str = "Olvidé la contraseña", text: str = "Hola, no puedo entrar.", **changes: Any
) -> Message:
    basis = Message(
        message_id="<1@oti.example>",
        content_hash="hash",
        subject=subject,
        from_=ANA,
        to=(Address(OURS),),
        text=text,
        reply_text=text,
    )
    return replace(basis, **changes)


def case(state: State = State.PRECASO, **changes: Any) -> Case:
    basis = Case(
        id=7,
        number="MS-000007",
        state=state,
        version=1,
        mailbox="soporte",
        snapshot=SNAPSHOT,
        requester=ANA,
        subject="Olvidé la contraseña",
        answer_to=ANA.email,
        registered_at=NOW - DAY,
        state_since=NOW - DAY,
        data={},
        requests=1,
        deadline=NOW + timedelta(hours=1),
        group="Mesa",
    )
    return replace(basis, **changes)


def datum(value: str | None, **changes: Any) -> Datum:
    return replace(Datum(value, Source.LABEL, by=ANA.email), **changes)


def joined(to: Case, *, participant: bool = True, evidence: Evidence = Evidence.REFERENCE) -> Known:
    return Known(threading=Threading(to, evidence, "<ms.x@mesa.example>", participant))


def decided(mail: Message, known: Known | None = None, policy: Policy = POLICY, **arrival: Any) -> Verdict:
    """What `decide` says of a mail that came now."""
    match = Rulebook(policy.rules).match(
        mail.subject, mail.from_.email if mail.from_ else None, "soporte", mail.text
    )
    arrived = Arrival("soporte", arrival.pop("received_at", NOW), message=mail, match=match, **arrival)
    return decide(arrived, mail, known or Known(), policy, NOW)


def templates(decision: Decision) -> list[str]:
    """What people are written; notices to the desk are left out."""
    return [o.template for o in decision.replies if o.role != "desk"]


def notices(decision: Decision) -> list[str]:
    return [o.template for o in decision.replies if o.role == "desk"]


__all__ = [
    "ANA",
    "DAY",
    "NOW",
    "OURS",
    "PHONE",
    "POLICY",
    "SNAPSHOT",
    "Attachment",
    "Kind",
    "Precaso",
    "Senders",
    "Sent",
    "case",
    "datum",
    "decided",
    "joined",
    "message",
    "notices",
    "policy",
    "replies",
    "templates",
]
