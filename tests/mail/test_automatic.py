"""Who wrote a message (hazards 1-12; lessons 13, 14; RFC 3834)."""

import time
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.mail.automatic import Signs, judge, suppresses
from mailbot.mail.message import Address, Bounce, Kind

ANA = Address("ana.perez@entidad.example", "Ana Pérez")


def signs(from_: str = ANA.email, subject: str = "No imprime", **rest: Any) -> Signs:
    """A person's mail, but for what is given; `h_x_loop="yes"` is a header `X-Loop: yes`."""
    headers = {name[2:].replace("_", "-"): (value,) for name, value in rest.items() if name[:2] == "h_"}
    others = {name: value for name, value in rest.items() if name[:2] != "h_"}
    others.setdefault("return_path", from_)
    return Signs(headers=headers, subject=subject, from_=Address(from_), **others)


def report(kind: str, **rest: Any) -> Signs:
    params = {"report-type": kind} if kind else {}
    return signs(content_type="multipart/report", content_type_params=params, **rest)


def bounce(action: str) -> Bounce:
    return Bounce(action, "5.1.1", "luis@entidad.example", "no such user")


# A person wrote these, whatever they look like.
PERSONS = {
    "an ordinary mail": signs(),
    "no Return-Path at all": signs(return_path=None),
    # hazard 3: FreeScout takes any value for a robot
    "Auto-Submitted: no": signs(h_auto_submitted="no"),
    "in capitals, with a comment": signs(h_auto_submitted="NO (a person)"),
    "with a parameter": signs(h_auto_submitted="no; reason=none"),
    "an empty Auto-Submitted": signs(h_auto_submitted=" "),
    # hazard 7: it asks not to be answered, it is no robot
    "X-Auto-Response-Suppress alone": signs(h_x_auto_response_suppress="All"),
    "a person's mail redirected by an Exchange rule": signs(h_x_ms_exchange_inbox_rules_loop="a@x.example"),
    "Precedence of people": signs(h_precedence="first-class"),
    "an autoreply header that says no": signs(h_x_autoreply="no"),
    "an empty list header": signs(h_list_id=""),
    "an invitation": signs(calendar_method="REQUEST"),
    "an invitation withdrawn": signs(calendar_method="CANCEL"),
    "an answer": signs(subject="RE: No imprime [MS-000123]", h_in_reply_to="<ms.x@mesa.example>"),
    # A relay such as Amazon SES marks the mail of people too.
    "sent through a relay": signs(
        h_feedback_id="1.us-east-1.x:AmazonSES", return_path="0100x@amazonses.example"
    ),
    "a courts' mailbox": signs("notificacionesjudiciales@entidad.example"),
    "a mailbox for alerts, read by people": signs("alertas@entidad.example"),
    "a shared mailbox": signs("soporte@otra.example"),
    "names that hold such words": signs("antonio.daemon.root@entidad.example"),
    "people who see to printers": signs("soporte.impresoras@entidad.example"),
    "a report on failed mail": signs(subject="No se puede entregar el correo a Luis"),
    # subjects of people
    "on the automatic answer": signs(subject="No funciona la respuesta automática de Outlook"),
    "begins with it": signs(subject="Respuesta automática de Outlook no funciona"),
    "wants one": signs(subject="Respuesta automática"),
    "works from outside": signs(subject="Fuera de la oficina no conecta la VPN"),
    "out of office, in a sentence": signs(subject="Out of office settings are lost"),
    "holidays": signs(subject="Vacaciones: permisos para quien me reemplaza"),
    "a holiday request": signs(subject="Vacaciones"),
    "an absence": signs(subject="Ausencia: registrar en Kactus"),
    "a court order": signs(subject="AUTO: notificar el auto admisorio"),
    "forwards a notice": signs(subject="RV: Respuesta automática: No imprime"),
    "an automatic message is shown": signs(subject="Mensaje automático no deseado en Orfeo"),
    "a team that watches": signs("monitoreo@x.example"),
    "nothing": Signs(),
}


@pytest.mark.parametrize("seen", PERSONS.values(), ids=PERSONS)
def test_a_person_is_not_taken_for_a_robot(seen: Signs) -> None:
    assert judge(seen) == (Kind.PERSON, ())


ROBOTS = {
    # RFC 3834 §5
    "auto-replied": (signs(h_auto_submitted="auto-replied"), Kind.AUTO_REPLY, "auto_submitted"),
    "auto-generated": (signs(h_auto_submitted="auto-generated"), Kind.AUTO_GENERATED, "auto_submitted"),
    "auto-notified (RFC 5436)": (
        signs(h_auto_submitted="auto-notified; owner-email=x"),
        Kind.AUTO_GENERATED,
        "auto_submitted",
    ),
    "any case": (signs(h_auto_submitted="Auto-Replied"), Kind.AUTO_REPLY, "auto_submitted"),
    "Zimbra's comment": (
        signs(h_auto_submitted="auto-replied (zimbra; vacation)"),
        Kind.AUTO_REPLY,
        "auto_submitted",
    ),
    "a comment first, nested": (
        signs(h_auto_submitted="(a (b) c) auto-replied"),
        Kind.AUTO_REPLY,
        "auto_submitted",
    ),
    "Gmail's parameter": (
        signs(h_auto_submitted='auto-replied; owner-email="a@x.example"'),
        Kind.AUTO_REPLY,
        "auto_submitted",
    ),
    "an unknown token": (signs(h_auto_submitted="yes"), Kind.AUTO_GENERATED, "auto_submitted"),
    # Exchange: auto-generated, and only the subject tells that it is an answer
    "Exchange's out-of-office": (
        signs(
            subject="Respuesta automática: No imprime [MS-000123]",
            h_auto_submitted="auto-generated",
            h_x_ms_exchange_generated_message_source="Mailbox Rules Agent",
            h_x_auto_response_suppress="All",
        ),
        Kind.AUTO_REPLY,
        "away_subject",
    ),
    "a rule that answers in Exchange": (
        signs(h_x_ms_exchange_inbox_rules_loop="a@x.example", h_x_auto_response_suppress="DR, All"),
        Kind.AUTO_REPLY,
        "inbox_rule",
    ),
    "Exchange's agents": (
        signs(h_x_ms_exchange_generated_message_source="Antispam Quarantine Agent"),
        Kind.AUTO_GENERATED,
        "machine_header",
    ),
    # what vacation programs wrote before RFC 3834, and still do
    "X-Autoreply": (signs(h_x_autoreply="yes"), Kind.AUTO_REPLY, "autoreply_header"),
    "X-Autorespond": (signs(h_x_autorespond="Re: No imprime"), Kind.AUTO_REPLY, "autoreply_header"),
    "X-Autoresponse": (signs(h_x_autoresponse="1"), Kind.AUTO_REPLY, "autoreply_header"),
    "X-Autoresponder": (signs(h_x_autoresponder="ISPConfig"), Kind.AUTO_REPLY, "autoreply_header"),
    "X-Auto-Reply": (signs(h_x_auto_reply="1"), Kind.AUTO_REPLY, "autoreply_header"),
    "X-Auto-Reply-From": (signs(h_x_auto_reply_from="a@x.example"), Kind.AUTO_REPLY, "autoreply_header"),
    "X-Mail-Autoreply": (signs(h_x_mail_autoreply="procmail"), Kind.AUTO_REPLY, "autoreply_header"),
    "X-Amazon-Auto-Reply": (signs(h_x_amazon_auto_reply="true"), Kind.AUTO_REPLY, "autoreply_header"),
    "Precedence: auto_reply": (signs(h_precedence="auto_reply"), Kind.AUTO_REPLY, "precedence"),
    "cron": (signs(h_x_cron_env="<SHELL=/bin/sh>"), Kind.AUTO_GENERATED, "machine_header"),
    "FirstClass": (signs(h_x_fc_machinegenerated="true"), Kind.AUTO_GENERATED, "machine_header"),
    # hazard 5
    "our own mail, redirected": (
        signs(h_x_mailbot_reference="<ms.x@mesa.example>"),
        Kind.AUTO_GENERATED,
        "machine_header",
    ),
    # hazard 8
    "List-Id": (signs(h_list_id="Noticias <noticias.x.example>"), Kind.LIST, "list_header"),
    "List-Unsubscribe": (signs(h_list_unsubscribe="<mailto:u@x.example>"), Kind.LIST, "list_header"),
    "List-Post: NO is a list still": (
        signs(h_list_post="NO", h_list_id="<a.x.example>"),
        Kind.LIST,
        "list_header",
    ),
    "Mailing-List (Yahoo, ezmlm)": (signs(h_mailing_list="list x@y.example"), Kind.LIST, "list_header"),
    "X-BeenThere (Mailman)": (signs(h_x_beenthere="x@y.example"), Kind.LIST, "list_header"),
    "the path of a Mailman list": (
        signs(return_path="noticias-bounces+a=b@x.example"),
        Kind.LIST,
        "list_path",
    ),
    "from a list's owner": (signs("owner-noticias@x.example", return_path=None), Kind.LIST, "list_path"),
    "owner-": (signs(return_path="owner-noticias@x.example"), Kind.LIST, "list_path"),
    "Precedence: bulk": (signs(h_precedence="bulk"), Kind.LIST, "precedence"),
    "Precedence: List": (signs(h_precedence="List"), Kind.LIST, "precedence"),
    "Precedence: junk": (signs(h_precedence=" junk "), Kind.LIST, "precedence"),
    "X-Precedence": (signs(h_x_precedence="bulk"), Kind.LIST, "precedence"),
    "a newsletter from no-reply is a list": (
        signs("no-reply@x.example", h_list_unsubscribe="<https://x.example>"),
        Kind.LIST,
        "list_header",
    ),
    "a vacation notice marked bulk is an answer": (
        signs(h_precedence="bulk", h_auto_submitted="auto-replied"),
        Kind.AUTO_REPLY,
        "auto_submitted",
    ),
    "a monitor that writes through a list": (
        signs(h_list_id="<alertas.x.example>", h_auto_submitted="auto-generated"),
        Kind.AUTO_GENERATED,
        "auto_submitted",
    ),
    # hazards 1, 9, 11
    "a bounce": (
        report("delivery-status", bounce=bounce("failed"), return_path=""),
        Kind.BOUNCE,
        "delivery_status",
    ),
    "its action in capitals": (
        report("delivery-status", bounce=bounce("Failed")),
        Kind.BOUNCE,
        "delivery_status",
    ),
    "a delay": (
        report("delivery-status", bounce=bounce("delayed")),
        Kind.DELIVERY_NOTICE,
        "delivery_status",
    ),
    "a delivery": (
        report("delivery-status", bounce=bounce("delivered")),
        Kind.DELIVERY_NOTICE,
        "delivery_status",
    ),
    "relayed": (report("delivery-status", bounce=bounce("relayed")), Kind.DELIVERY_NOTICE, "delivery_status"),
    "a bounce without structure": (
        signs("MAILER-DAEMON@x.example".lower(), bounce=bounce("failed")),
        Kind.BOUNCE,
        "delivery_status",
    ),
    "a report on delivery that cannot be read": (report("delivery-status"), Kind.BOUNCE, "multipart_report"),
    "Exim and Gmail": (signs(h_x_failed_recipients="luis@x.example"), Kind.BOUNCE, "failed_recipients"),
    "a daemon that says nothing else": (
        signs("mailer-daemon@x.example", "failure notice"),
        Kind.BOUNCE,
        "daemon",
    ),
    "a daemon's warning": (
        signs("mailer-daemon@x.example", "Warning: could not send message for past 4 hours"),
        Kind.DELIVERY_NOTICE,
        "daemon",
    ),
    "a postmaster's undeliverable": (
        signs("postmaster@x.example", "No se puede entregar: Nos faltan datos"),
        Kind.BOUNCE,
        "program_sender",
    ),
    "undeliverable with a null path": (
        signs(subject="Undeliverable: Nos faltan datos", return_path=""),
        Kind.BOUNCE,
        "null_return_path",
    ),
    # hazard 10
    "a read receipt": (report("disposition-notification"), Kind.READ_RECEIPT, "multipart_report"),
    "its type in capitals": (report("Disposition-Notification"), Kind.READ_RECEIPT, "multipart_report"),
    "an accepted invitation": (signs(calendar_method="REPLY"), Kind.CALENDAR_REPLY, "calendar_method"),
    "a counter-proposal": (signs(calendar_method="counter"), Kind.CALENDAR_REPLY, "calendar_method"),
    "METHOD on the message itself": (
        signs(content_type="text/calendar", content_type_params={"method": "REPLY"}),
        Kind.CALENDAR_REPLY,
        "calendar_method",
    ),
    "a feedback loop (RFC 5965)": (report("feedback-report"), Kind.AUTO_GENERATED, "multipart_report"),
    "a report of no known type": (report(""), Kind.AUTO_GENERATED, "multipart_report"),
    # RFC 5321 §4.5.5
    "a null path": (signs(return_path=""), Kind.AUTO_GENERATED, "null_return_path"),
    "a null path as old Sendmail writes it": (
        signs(return_path="mailer-daemon"),
        Kind.AUTO_GENERATED,
        "null_return_path",
    ),
    "a null path on an answer": (
        signs(return_path="", h_in_reply_to="<ms.x@mesa.example>"),
        Kind.AUTO_REPLY,
        "null_return_path",
    ),
    # senders
    "no-reply": (signs("no-reply@x.example"), Kind.AUTO_GENERATED, "no_reply_sender"),
    "noreply with a name": (signs("orfeo_noreply@x.example"), Kind.AUTO_GENERATED, "no_reply_sender"),
    "noreply with a plus": (signs("noreply+a1@x.example"), Kind.AUTO_GENERATED, "no_reply_sender"),
    "no.responder": (signs("no.responder@x.example"), Kind.AUTO_GENERATED, "no_reply_sender"),
    "noresponda": (signs("noresponda@x.example"), Kind.AUTO_GENERATED, "no_reply_sender"),
    "no-contestar": (signs("no-contestar@x.example"), Kind.AUTO_GENERATED, "no_reply_sender"),
    "do-not-reply": (signs("do-not-reply@x.example"), Kind.AUTO_GENERATED, "no_reply_sender"),
    "nao-responda": (signs("nao-responda@x.example"), Kind.AUTO_GENERATED, "no_reply_sender"),
    "postmaster": (signs("postmaster@x.example"), Kind.AUTO_GENERATED, "program_sender"),
    "root": (signs("root@servidor.example"), Kind.AUTO_GENERATED, "program_sender"),
    "zabbix": (signs("zabbix@x.example"), Kind.AUTO_GENERATED, "program_sender"),
    "Icinga": (signs("icinga2@x.example"), Kind.AUTO_GENERATED, "program_sender"),
    "Alertmanager": (signs("alertmanager@x.example"), Kind.AUTO_GENERATED, "program_sender"),
    "a scanner": (signs("escaner.piso3@x.example"), Kind.AUTO_GENERATED, "program_sender"),
    "a printer": (signs("impresora-hp-2@x.example"), Kind.AUTO_GENERATED, "program_sender"),
    "a list server": (signs("majordomo@x.example"), Kind.AUTO_GENERATED, "program_sender"),
}


@pytest.mark.parametrize(("seen", "kind", "said"), ROBOTS.values(), ids=ROBOTS)
def test_a_robot_is_told_and_by_what(seen: Signs, kind: Kind, said: str) -> None:
    told, reasons = judge(seen)
    assert (told, reasons[0].check, reasons[0].said) == (kind, "automatic", said)


# hazard 4: no header says so, only the subject
AWAY = [
    "Respuesta automática: No imprime",
    "RESPUESTA AUTOMATICA: No imprime",
    "Re: Respuesta automática: No imprime",
    "[EXTERNO] Respuesta automática: No imprime",
    "[EXTERNO] RE: Respuesta automática: No imprime",
    "Contestación automática: No imprime",
    "Automatic reply: No imprime",
    "Auto reply: No imprime",
    "Autorespuesta: RE: No imprime",
    "Auto-Reply: x",
    "Out of Office AutoReply: No imprime",
    "Out of Office: No imprime",
    "Out of office",
    "Out of the office Re: No imprime",
    "Fuera de la oficina",
    "Fuera de la oficina: No imprime",
    "Fuera de oficina: No imprime",
    "Fuera de la oficina Re: No imprime [MS-000123]",
    "Respuesta automática de fuera de la oficina: No imprime",
    "Estoy de vacaciones",
    "Me encuentro fuera de la oficina",
    "I am out of the office",
    "AUTO: Ana Pérez está fuera de la oficina (regresa el 10/02/2025)",
    "AUTO: Ana Pérez is out of the office (returning 10/02/2025)",
    "Resposta automática: Não imprime",
    "Fora do escritório: Não imprime",
    "Estou de férias",
    "Ausencia temporal",
    # as a Mac writes accents: in two signs
    "Respuesta automa\u0301tica: No imprime",
    # words of people, but here the number of a case or a subject answered stands behind them
    "Vacaciones: Re: No imprime",
    "Ausente: Nos faltan datos [MS-000123]",
    "Ausencia Re: No imprime",
    "Fuera de la oficina hasta el 3 de enero Re: No imprime",
    "Ausência do escritório: Re: No imprime",
    "Resposta automática - Não imprime [MS-000123]",
    "Licencia de maternidad Re: No imprime",
    # receipts of programs that know no RFC 8098 (hazard 10)
    "Leído: Nos faltan datos [MS-000123]",
    "Eliminado sin leer: Nos faltan datos [MS-000123]",
    "Acuse de recibo: Re: No imprime",
    "Not read: Re: No imprime",
]


@pytest.mark.parametrize("subject", AWAY)
def test_an_out_of_office_notice_is_told_by_its_subject(subject: str) -> None:
    kind, reasons = judge(signs(subject=subject))
    assert (kind, [reason.said for reason in reasons]) == (Kind.AUTO_REPLY, ["away_subject"])


@pytest.mark.parametrize(
    "subject",
    [
        "RE: Vacaciones [MS-000123]",
        "[EXTERNO] Re: Vacaciones de Pedro: quitar permisos",
        "RE: Acuse de recibo [MS-000123]",
        "RE: De licencia: permisos",
        "Re: Ausente - cambiar turno",
        "RE: Licencia de Office [MS-000123]",
        "Licencia de Office [MS-000123]",
    ],
)
def test_a_word_of_the_subject_that_a_person_answers_makes_no_robot(subject: str) -> None:
    """A23: the answer of whoever asked for something of that name brings the data."""
    assert judge(signs(subject=subject, h_in_reply_to="<ms.x@mesa.example>"))[0] is Kind.PERSON


@pytest.mark.parametrize(
    "subject", ["Vacaciones", "Ausente", "Vacaciones: vuelvo el lunes", "Respuesta automática"]
)
@pytest.mark.parametrize("header", ["h_in_reply_to", "h_references"])
def test_a_word_of_people_is_a_robots_where_it_answers(subject: str, header: str) -> None:
    assert judge(signs(subject=subject, **{header: "<ms.x@mesa.example>"}))[0] is Kind.AUTO_REPLY


def test_every_sign_is_recorded_as_it_was_seen() -> None:
    seen = signs(
        "no-reply@x.example",
        h_auto_submitted="auto-replied;\r\n owner=x",
        h_precedence="bulk",
        h_list_id="<a.x.example>",
        return_path="",
    )
    assert [(reason.said, reason.detail) for reason in judge(seen)[1]] == [
        ("auto_submitted", "Auto-Submitted: auto-replied; owner=x"),
        ("list_header", "List-Id: <a.x.example>"),
        ("precedence", "Precedence: bulk"),
        ("no_reply_sender", "From: no-reply@x.example"),
        ("null_return_path", "Return-Path: <>"),
    ]


def test_of_two_auto_submitted_one_that_is_not_no_is_enough() -> None:
    assert judge(Signs({"auto-submitted": ("no", "auto-generated")}))[0] is Kind.AUTO_GENERATED


def test_a_long_value_is_recorded_short() -> None:
    assert len(judge(signs(h_list_id="x" * 10_000))[1][0].detail) < 200


# hazard 7; osTicket and django-helpdesk miss the list and the case
SUPPRESS = [
    ("All", True),
    ("all", True),
    ("DR, OOF, AutoReply", True),
    ("DR,RN,NRN,OOF,AutoReply", True),
    ("OOF", True),
    ("autoreply", True),
    ("NDR;AUTOREPLY", True),
    # of receipts only
    ("DR, RN, NRN", False),
    ("None", False),
    ("", False),
    # a word within another
    ("Overall", False),
]


@pytest.mark.parametrize(("value", "said"), SUPPRESS)
def test_who_asks_for_no_automatic_answer(value: str, said: bool) -> None:
    assert suppresses({"x-auto-response-suppress": (value,)}) is said


def test_without_the_header_nothing_is_asked() -> None:
    assert suppresses({}) is False
    assert suppresses({"x-auto-response-suppress": ("DR", "All")}) is True


NAMES = st.sampled_from(["auto-submitted", "precedence", "list-id", "x-autoreply", "x-loop", "subject"])


@settings(deadline=None)
@given(st.dictionaries(NAMES, st.tuples(st.text(max_size=30))), st.text(), st.none() | st.text(max_size=20))
def test_a_person_is_who_gives_no_sign(headers: Any, subject: str, return_path: str | None) -> None:
    kind, reasons = judge(Signs(headers, subject, return_path=return_path))
    assert (kind is Kind.PERSON) == (not reasons)


HOSTILE = {
    "a long subject": Signs(subject="re: " * 250_000),
    "brackets": Signs(subject="[" * 1_000_000),
    "comments": Signs({"auto-submitted": ("(" * 1_000_000,)}),
    "nested comments": Signs({"auto-submitted": ("(" * 200 + ")" * 200,) * 500}),
    "many headers": Signs({f"x-auto-{n}-reply": ("x",) for n in range(20_000)}),
    "a long sender": Signs(from_=Address("no-" * 300_000 + "@x.example")),
    "a long path": Signs(return_path="a-owner" * 100_000),
}


@pytest.mark.parametrize("seen", HOSTILE.values(), ids=HOSTILE)
def test_hostile_headers_take_little_time(seen: Signs) -> None:
    """Hazards 37 and 44."""
    began = time.process_time()
    judge(seen)
    assert time.process_time() - began < 0.5
