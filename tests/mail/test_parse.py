"""A mail becomes a Message: the border at which everything is mended (hazards 2.2–2.4, 4)."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.mail.message import Address, Kind, Message
from mailbot.mail.parse import Unreadable, parse
from tests.mail.build import b64, mail, multimail, part
from tests.mail.test_bounce import IDS, OURS, one, report, status
from tests.mail.test_structure import nested

WHOLE = mail(
    "Teléfono: 300\n",
    return_path="<Ana@mesa.example>",
    to="Soporte <soporte@mesa.example>, luis@x.es",
    cc="eva@x.es",
    reply_to="ana@otra.example",
    date="Fri, 20 Nov 2026 10:00:00 -0500",
    in_reply_to="<m0@mesa.example>",
    references="<r1@mesa.example> <r2@mesa.example>",
    content_type="text/plain; charset=utf-8",
)


def test_an_ordinary_mail_is_read_whole_and_nothing_is_repaired() -> None:
    message = parse(WHOLE)
    assert message == Message(
        message_id="<m1@mesa.example>",
        content_hash=message.content_hash,
        subject="Clave",
        from_=Address("ana@mesa.example", "Ana Peña"),
        reply_to=(Address("ana@otra.example"),),
        to=(Address("soporte@mesa.example", "Soporte"), Address("luis@x.es")),
        cc=(Address("eva@x.es"),),
        return_path="ana@mesa.example",
        in_reply_to=("<m0@mesa.example>",),
        references=("<r1@mesa.example>", "<r2@mesa.example>"),
        date=datetime(2026, 11, 20, 15, 0, tzinfo=UTC),
        text="Teléfono: 300\n",
        reply_text=message.reply_text,
        kind_reasons=message.kind_reasons,
    )
    assert message.reply_text.strip() == "Teléfono: 300"


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (mail(subject=""), ""),  # no Subject at all
        (mail(subject=" "), ""),
        (mail(subject="uno\r\n\tdos"), "uno dos"),  # hazard 26
        (mail(subject="=?utf-8?q?uno=0D=0ABcc=3A_v=40x?="), "uno Bcc: v@x"),  # hazard 24
        (mail(subject="Petición de año".encode("cp1252")), "Petición de año"),  # 8-bit Latin-1
        (mail(subject="Petición 🙂"), "Petición 🙂"),  # raw UTF-8
        (mail(subject="a\0b"), "ab"),  # hazard 42
        (mail(subject="=?utf-7?q?Peti+APM-n?="), "Petión"),
        (b"Subject: uno\r\nSubject: dos\r\n" + mail(subject=""), "uno"),  # hazard 39
        (mail(subject="x" * 5000), "x" * 998),
    ],
)
def test_a_subject_is_one_line_of_text(raw: bytes, subject: str) -> None:
    assert parse(raw).subject == subject


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (mail(message_id=""), "sin Message-ID: se hizo uno del contenido"),
        (mail(message_id="hola"), "Message-ID inservible: se hizo uno del contenido"),
        (mail(**{"from": ""}), "sin cabecera From"),
        (mail(**{"from": "a@bank]<evil@x.es>"}), "From no contiene una única dirección válida"),
        (b"From: evil@x.es\r\n" + mail(), "varias cabeceras From: no se sabe quién escribe"),
        (b"Subject: otro\r\n" + mail(), "varias cabeceras Subject: vale la primera"),
        (mail(subject="Petición"), "asunto con letras sin codificar"),
        (mail(subject="x" * 5000), "asunto muy largo: se cortó"),
        (mail("ñ".encode("cp1252")), "texto declarado como 'nada', leído como cp1252"),
        (
            mail("x", content_type="multipart/mixed"),
            "multipart/mixed sin partes que se puedan separar: se leyó como texto",
        ),
        (
            b"From: a@x.es\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nHola\r\n--x--\r\n",
            "partes sin un límite declarado: se separaron por el que se ve",
        ),
        (mail(x_a="y" * 70_000), "cabeceras demasiado largas: se leyó solo su comienzo"),
    ],
)
def test_what_was_mended_is_told(raw: bytes, told: str) -> None:
    assert told in parse(raw).repaired


def test_a_mail_without_message_id_has_the_same_one_on_every_reading() -> None:
    """Lesson 6: and another mail has another."""
    ids = {
        parse(raw).message_id for raw in (mail(message_id=""), mail(message_id=""), mail("x", message_id=""))
    }
    assert len(ids) == 2
    assert all(id_.startswith("<") and id_.endswith("@content.mailbot.invalid>") for id_ in ids)


@pytest.mark.parametrize(
    "raw",
    [
        b"From: evil@x.es\r\n" + mail(),
        mail(**{"from": "ana@x.es, luis@x.es"}),
        mail(**{"from": "=?utf-8?q?ana=40x.es?="}),
        mail(**{"from": "<>"}),
    ],
)
def test_an_uncertain_sender_is_nobody_and_is_not_verified(raw: bytes) -> None:
    message = parse(b"X-MS-Exchange-Organization-AuthAs: Internal\r\n" + raw, trust="microsoft365")
    assert (message.from_, message.verified) == (None, False)


@pytest.mark.parametrize(
    ("value", "suppresses"),
    [
        ("All", True),
        ("DR, OOF, AutoReply", True),
        ("oof;dr", True),
        ("DR, RN, NRN", False),
        ("None", False),
        ("", False),
    ],
)
def test_who_asks_for_no_automatic_answer_is_known(value: str, suppresses: bool) -> None:
    """Hazard 7: a wish, not a sign of a robot."""
    message = parse(mail(x_auto_response_suppress=value))
    assert message.suppresses_replies is suppresses
    assert message.kind is Kind.PERSON


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (report(status(one()), part(OURS, "message/rfc822")), Kind.BOUNCE),
        (report(status(one("delayed", "4.4.1")), part(OURS, "message/rfc822")), Kind.DELIVERY_NOTICE),
        (report(status(one("delivered", "2.1.5")), part(OURS, "message/rfc822")), Kind.DELIVERY_NOTICE),
    ],
)
def test_a_bounce_brings_our_references(raw: bytes, kind: Kind) -> None:
    message = parse(raw)
    assert message.kind is kind
    assert message.mailbot_references == IDS


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (
            report(
                part("Disposition: automatic-action; displayed", "message/disposition-notification"),
                kind="report; report-type=disposition-notification",
            ),
            Kind.READ_RECEIPT,
        ),
        (multimail("mixed", part("Acepto"), part("x", "text/calendar; method=REPLY")), Kind.CALENDAR_REPLY),
        (
            multimail("mixed", part("No"), part("BEGIN:VCALENDAR\nMETHOD:COUNTER\n", "text/calendar")),
            Kind.CALENDAR_REPLY,
        ),
        (multimail("mixed", part("Cita"), part("METHOD:REQUEST\n", "text/calendar")), Kind.PERSON),
    ],
)
def test_receipts_and_calendar_answers_are_told_apart(raw: bytes, kind: Kind) -> None:
    """Hazard 10."""
    assert parse(raw).kind is kind


def test_a_reference_of_ours_is_read_from_its_own_header_and_never_from_in_reply_to() -> None:
    message = parse(mail(x_mailbot_reference="<ms.abc@mesa.example>", in_reply_to="<ms.xyz@mesa.example>"))
    assert message.mailbot_references == ("<ms.abc@mesa.example>",)


def test_a_forwarded_mail_of_ours_names_no_reference() -> None:
    """Only a bounce returns our mail; what a person attaches is only a file."""
    assert parse(multimail("mixed", part("mire"), part(OURS, "message/rfc822"))).mailbot_references == ()


def test_an_in_reply_to_that_was_encoded_on_its_way_is_read() -> None:
    assert parse(mail(in_reply_to="=?utf-8?q?=3Cms=2Eabc=40mesa=2Eexample=3E?=")).in_reply_to == (
        "<ms.abc@mesa.example>",
    )


@pytest.mark.parametrize(
    "date", ["", "ayer", "Fri, 99 Nov 2026 10:00:00 -0500", "Fri, 20 Nov 99999 10:00:00 +0000"]
)
def test_a_bad_date_is_none(date: str) -> None:
    assert parse(mail(date=date)).date is None


def test_of_a_mail_too_big_the_text_was_read_and_the_rest_is_told() -> None:
    message = parse(multimail("mixed", part("Hola")), whole=False)
    assert (message.text.strip(), message.text_was_read) == ("Hola", True)
    assert "demasiado grande: no se leyeron los adjuntos" in message.repaired


def test_of_a_mail_too_big_without_text_it_is_known_that_it_was_not_read() -> None:
    assert not parse(mail("", content_type="multipart/mixed; boundary=b"), whole=False).text_was_read


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"hola", b"\xff" * 99, b"\0", b":\r\n", b"Subject"])
def test_what_is_hardly_a_mail_is_a_message_of_nobody(raw: bytes) -> None:
    assert parse(raw).from_ is None


@pytest.mark.parametrize("depth", [150, 1500])
def test_a_mail_nested_too_deep_is_unreadable(depth: int) -> None:
    """Hazard 36."""
    with pytest.raises(Unreadable):
        parse(nested(depth))


@pytest.mark.parametrize("end", [b"\n", b"\r"])
def test_a_mail_is_the_same_however_its_lines_end(end: bytes) -> None:
    raw = multimail(
        "mixed", part("Teléfono: 300\n\nGracias\n"), part("a;b", "text/csv"), to="Soporte\r\n <s@x.es>"
    )
    whole, other = parse(raw), parse(raw.replace(b"\r\n", end))

    assert other == replace(whole, repaired=other.repaired)
    assert (whole.text, whole.to) == ("Teléfono: 300\n\nGracias\n", (Address("s@x.es", "Soporte"),))


def test_a_line_longer_than_998_characters_is_read_whole() -> None:
    """RFC 5322 §2.1.1 forbids it, in the text and in a header; programs write it."""
    message = parse(mail("uno " * 5000 + "fin", references="<a@x.es> " * 300 + "<fin@x.es>"))

    assert message.text == "uno " * 5000 + "fin"
    assert message.references[-1] == "<fin@x.es>"


def test_what_stands_behind_10000_fields_is_read() -> None:
    """Hazard 37: within 256 KiB of header."""
    raw = b"".join(b"X-%d: a\r\n" % n for n in range(10_000)) + mail(auto_submitted="auto-replied")

    assert (parse(raw).subject, parse(raw).text) == ("Clave", "Hola")
    assert parse(raw).kind is Kind.AUTO_REPLY


def test_of_20000_parts_the_first_thousand_are_read() -> None:
    """Hazard 36: as many as a mail may have."""
    message = parse(multimail("mixed", part("Hola"), *[part(b"x", "image/png")] * 20_000))

    assert (message.text, len(message.attachments)) == ("Hola", 998)
    assert message.repaired == ("más de 1000 partes: se leyeron las primeras",)


def test_a_subject_of_emojis_beyond_any_length_is_cut_between_them() -> None:
    """Lesson 38: four octets each, and no column is made for them."""
    message = parse(mail(subject="Clave " + "\U0001f600" * 5000))

    assert message.subject == "Clave " + "\U0001f600" * 992


@pytest.mark.parametrize("name", ["Parse", "Headers_json", "Defects", "Text-Plain", "Message", "__class__"])
def test_a_header_named_like_an_attribute_is_a_header(name: str) -> None:
    """Hazard 38."""
    assert parse(name.encode() + b": x\r\n" + mail()).subject == "Clave"


def test_a_big_attachment_is_read_fast() -> None:
    """Hazard 43, performance: never line by line."""
    raw = multimail(
        "mixed",
        part("Hola"),
        part(b64(b"\xff" * 15_000_000), "application/pdf", content_transfer_encoding="base64"),
    )
    started = time.process_time()
    assert parse(raw).attachments[0].size == 15_000_000
    assert time.process_time() - started < 2


PIECES = st.sampled_from(
    [
        "From: ",
        "Subject: ",
        "Content-Type: ",
        "multipart/mixed; boundary=b",
        "multipart/report; boundary=b",
        "multipart/alternative; boundary=b",
        "message/rfc822",
        "message/delivery-status",
        "text/html",
        "text/plain; charset=utf-7",
        "Content-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: uuencode",
        "Content-Disposition: attachment; filename*0*=''%",
        "To: a@x.es, <",
        "=?utf-8?b?",
        "?=",
        "\r\n",
        "\n",
        "\r\n\r\n",
        "--b\r\n",
        "--b--\r\n",
        "begin 644 x\n",
        "\xff",
        "\0",
        "<a@b>",
        " ",
    ]
)


@given(st.lists(PIECES, max_size=30))
@settings(deadline=None, max_examples=400)
def test_any_bytes_are_a_message_that_a_database_takes(pieces: list[str]) -> None:
    message = parse("".join(pieces).encode("latin-1"), trust="mx.mesa.example")
    for text in (message.subject, message.text, message.reply_text, *(a.name for a in message.attachments)):
        assert "\0" not in text
        text.encode("utf-8")
    assert "\n" not in message.subject
    assert message.message_id.startswith("<")
