"""Bounces: whom they tell of, how it ended, and which of our messages came back (RFC 3464; hazards 1, 9, 11)."""

import re
import time
from email.header import Header

import pytest

from mailbot.mail import bounce, structure
from mailbot.mail.message import Address, Bounce
from mailbot.mail.parse import parse
from tests.mail.build import mail, multimail, part

DAEMON = Address("mailer-daemon@x.es")
PERSON = Address("ana@x.es")
OURS = mail(
    "Faltan datos",
    message_id="<ms.abc@mesa.example>",
    references="<m1@mesa.example> <ms.abc@mesa.example>",
    x_mailbot_reference="<ms.abc@mesa.example>",
)
IDS = ("<ms.abc@mesa.example>", "<m1@mesa.example>")


def status(*recipients: str) -> bytes:
    about = "Reporting-MTA: dns; mx.x.es\nArrival-Date: Fri, 20 Nov 2026 10:00:00 -0500\n\n"
    return part(about + "\n".join(recipients), "message/delivery-status")


def one(action: str = "failed", code: str = "5.1.1", who: str = "rfc822; Ana@X.es", said: str = "") -> str:
    return f"Final-Recipient: {who}\nAction: {action}\nStatus: {code}\nDiagnostic-Code: smtp; {said}\n"


def report(*parts: bytes, kind: str = "report; report-type=delivery-status") -> bytes:
    name, _, rest = kind.partition(";")
    raw = multimail(name, part("No se pudo entregar"), *parts)
    return raw.replace(b'boundary="frontera"', f'boundary="frontera";{rest}'.encode(), 1)


def read(
    raw: bytes, sender: Address | None = DAEMON, text: str = ""
) -> tuple[Bounce | None, tuple[str, ...]]:
    return bounce.read(structure.read(raw, []), sender, text)


@pytest.mark.parametrize(
    ("recipients", "expected"),
    [
        ([one(said="550 5.1.1 no existe")], Bounce("failed", "5.1.1", "ana@x.es", "550 5.1.1 no existe")),
        ([one("delayed", "4.4.1")], Bounce("delayed", "4.4.1", "ana@x.es", "smtp;")),  # hazard 11
        ([one("delivered", "2.1.5")], Bounce("delivered", "2.1.5", "ana@x.es", "smtp;")),
        ([one("relayed", "2.0.0")], Bounce("relayed", "2.0.0", "ana@x.es", "smtp;")),
        ([one("expanded", "2.0.0")], Bounce("expanded", "2.0.0", "ana@x.es", "smtp;")),
        ([one("FAILED (permanent)")], Bounce("failed", "5.1.1", "ana@x.es", "smtp;")),
        ([one("fehlgeschlagen", "5.2.2")], Bounce("failed", "5.2.2", "ana@x.es", "smtp;")),  # by its class
        ([one("", "4.4.7")], Bounce("delayed", "4.4.7", "ana@x.es", "smtp;")),
        (
            [one("delivered", "2.0.0", "rfc822; a@x.es"), one()],
            Bounce("failed", "5.1.1", "ana@x.es", "smtp;"),
        ),
        ([], Bounce("failed", "", "", "")),  # a report of nobody: better too careful
    ],
)
def test_a_report_tells(recipients: list[str], expected: Bounce) -> None:
    found, _ = read(report(status(*recipients)))
    assert found is not None
    assert (found.action, found.status, found.recipient) == (
        expected.action,
        expected.status,
        expected.recipient,
    )
    if expected.said != "smtp;":
        assert found.said == expected.said


@pytest.mark.parametrize(
    "returned",
    [
        part(OURS, "message/rfc822"),
        part(OURS.partition(b"\r\n\r\n")[0] + b"\r\n", "text/rfc822-headers"),
        part(OURS, "message/global"),
    ],
)
def test_what_came_back_names_our_references(returned: bytes) -> None:
    assert read(report(status(one()), returned))[1] == IDS


def test_a_report_is_read_whoever_sends_it() -> None:
    assert read(report(status(one()), part(OURS, "message/rfc822")), PERSON)[1] == IDS
    assert read(report(status(one())), None)[0] is not None


@pytest.mark.parametrize(
    ("sender", "text", "action", "ids"),
    [
        (  # qmail
            DAEMON,
            "Hi. This is the qmail-send program.\n<ana@x.es>:\n(#5.1.1)\nMessage-ID: <ms.abc@mesa.example>",
            "failed",
            IDS[:1],
        ),
        (  # Exchange, its headers as text
            Address("microsoftexchange329e71ec88ae4615@x.es"),
            "No se pudo entregar.\n> X-Mailbot-Reference: <ms.abc@mesa.example>\n>\tReferences: <m1@mesa.example>\n",
            "failed",
            IDS,
        ),
        (Address("postmaster@x.es"), "Aplazado: 451 4.4.1 sin respuesta", "delayed", ()),
    ],
)
def test_a_daemon_without_rfc_3464_is_understood(
    sender: Address, text: str, action: str, ids: tuple[str, ...]
) -> None:
    found, references = read(mail(text), sender, text)
    assert found is not None
    assert found.action == action
    assert references == ids


def test_a_report_of_megabytes_takes_no_time() -> None:
    started = time.process_time()
    found, _ = read(report(status(*[one()] * 200_000)))
    assert found is not None
    assert time.process_time() - started < 2


def test_what_a_daemon_tells_names_the_recipient() -> None:
    found, _ = read(mail("x"), DAEMON, "<Ana@x.es>: 550 5.1.1 no existe")
    assert found == Bounce("failed", "5.1.1", "ana@x.es", "<Ana@x.es>: 550 5.1.1 no existe")


@pytest.mark.parametrize(
    ("raw", "sender", "text"),
    [
        (mail("Hola"), PERSON, "Hola"),
        (mail("Hola"), PERSON, "Message-ID: <ms.abc@mesa.example> 5.1.1"),  # a person quotes a bounce
        (multimail("mixed", part("mire"), status(one()), part(OURS, "message/rfc822")), PERSON, "mire"),
        (mail("Mantenimiento el lunes"), Address("postmaster@x.es"), "Mantenimiento el lunes"),
        (mail("Versión 10.5.1.1"), DAEMON, "Versión 10.5.1.1"),
        (report(part("Disposition: displayed", "message/disposition-notification")), PERSON, ""),
    ],
)
def test_any_other_mail_is_no_bounce_and_names_nothing(raw: bytes, sender: Address, text: str) -> None:
    assert read(raw, sender, text) == (None, ())


def notice(sender: str, subject: str, said: str, recipient: str, action: str, code: str) -> bytes:
    """A report as servers of today write it: text, status, what came back, by the null path."""
    raw = report(part(said), status(one(action, code, f"rfc822; {recipient}")), part(OURS, "message/rfc822"))
    head = f"Return-Path: <>\r\nFrom: {sender}\r\nSubject: {Header(subject, 'utf-8').encode()}\r\n"
    return head.encode() + re.sub(rb"(?mi)^(?:from|subject): [^\n]*\n", b"", raw, count=2)


GMAIL = "Mail Delivery Subsystem <mailer-daemon@googlemail.com>"
EXCHANGE = "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@x.es>"


@pytest.mark.parametrize(
    ("sender", "subject", "said", "action", "code", "kind"),
    [
        (
            GMAIL,
            "Delivery Status Notification (Failure)",
            "No se ha encontrado la dirección",
            "failed",
            "5.1.1",
            "bounce",
        ),
        (
            GMAIL,
            "Delivery Status Notification (Delay)",
            "Entrega incompleta",
            "delayed",
            "4.4.1",
            "delivery_notice",
        ),
        (
            EXCHANGE,
            "No se puede entregar: Faltan datos",
            "Su mensaje no se entregó",
            "failed",
            "5.1.10",
            "bounce",
        ),
        (
            EXCHANGE,
            "Entrega retrasada: Faltan datos",
            "Todavía se intenta",
            "delayed",
            "4.4.7",
            "delivery_notice",
        ),
        (EXCHANGE, "Entregado: Faltan datos", "Se entregó", "delivered", "2.1.5", "delivery_notice"),
        (
            "MAILER-DAEMON@x.es (Mail Delivery System)",
            "Undelivered Mail Returned to Sender",
            "I'm sorry",
            "failed",
            "5.2.2",
            "bounce",
        ),
        (
            "MAILER-DAEMON@x.es (Mail Delivery System)",
            "Delayed Mail (still being retried)",
            "THIS IS A WARNING",
            "delayed",
            "4.4.1",
            "delivery_notice",
        ),
        (
            "Mail Delivery System <Mailer-Daemon@x.es>",
            "Mail delivery failed: returning message to sender",
            "permanent error",
            "failed",
            "5.0.0",
            "bounce",
        ),
        (
            "Mail Delivery System <Mailer-Daemon@x.es>",
            "Warning: message 1abc-2 delayed 24 hours",
            "No action is required",
            "delayed",
            "4.0.0",
            "delivery_notice",
        ),
    ],
)
def test_what_gmail_exchange_postfix_and_exim_report_is_told_by_its_action(
    sender: str, subject: str, said: str, action: str, code: str, kind: str
) -> None:
    """Hazards 1, 11, lesson 34: only what failed is a bounce, in whatever language it is told."""
    seen = parse(notice(sender, subject, said, "luis@x.es", action, code))
    assert seen.bounce is not None
    assert (seen.kind, seen.bounce.action, seen.bounce.recipient) == (kind, action, "luis@x.es")
    assert seen.mailbot_references == IDS
