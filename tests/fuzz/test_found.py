"""What fuzzing found, small: each broke a promise once."""

import time
from dataclasses import replace

import pytest

from fuzz.path import through
from mailbot.desk.case import State
from mailbot.desk.own import answers_us
from mailbot.mail.message import Kind
from mailbot.mail.parse import parse
from mailbot.mail.reply_text import MARKER
from mailbot.rules.required import find
from mailbot.rules.settings import Field
from tests.desk.given import ANA, OURS, case, decided, joined, message


def test_a_case_in_work_that_lacks_data_is_not_opened_again_by_an_answer() -> None:
    """`en_proceso` has no step back to `abierto`: the mail failed instead of reaching the desk."""
    work = case(State.EN_PROCESO)
    answer = decided(message("Re: Clave", "Teléfono: 3001234567\nSede: Cali"), joined(work))
    assert answer.change is not None
    assert [event.to_state for event in answer.change.events] == [None]


@pytest.mark.parametrize(
    "filler", ["\n" * 30_000, "\n>" * 30_000, "a" * 99_000, " " * 99_000, "De \n" * 20_000]
)
def test_who_is_quoted_is_told_in_little_time(filler: str) -> None:
    """Hazard 44: 63 KB of blank lines took 27 seconds."""
    quoted = replace(
        message("Re: Clave", f"{filler}\nEl lun, Ana <ana@x.example> escribió:"), in_reply_to=("<a@b>",)
    )
    began = time.process_time()
    assert not answers_us(quoted, frozenset({OURS}))
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "text",
    [
        "De acuerdo.\n\nDe: Mesa <soporte@mesa.example>\nEnviado: hoy",
        "De acuerdo.\n> De: Mesa <soporte@mesa.example>",
        "El lun, 16 nov 2026, Mesa <soporte@mesa.example> escribió:",
        "El lun, 16 nov 2026, Mesa\n<soporte@mesa.example> escribió:",
        "On Mon, Mesa <soporte@mesa.example>\nwrote:",
    ],
)
def test_who_is_quoted_is_told_from_the_first_line_that_says_so(text: str) -> None:
    assert answers_us(replace(message("Re: Clave", text), in_reply_to=("<a@b>",)), frozenset({OURS}))


@pytest.mark.parametrize("boundary", ["", "; boundary=otra"])
def test_a_report_whose_parts_cannot_be_told_apart_is_a_report(boundary: str) -> None:
    """RFC 6522: it was read as a person's text, and answered."""
    raw = f"From: {ANA.email}\r\nSubject: Clave\r\nContent-Type: multipart/report{boundary}\r\n\r\nHola\r\n"
    assert parse(raw.encode()).kind is Kind.AUTO_GENERATED


def test_a_field_without_a_name_ends_no_header() -> None:
    """RFC 3834: what stands below it says that nobody wrote this."""
    raw = b"From: ana@mesa.example\r\n: x\r\nAuto-Submitted: auto-generated\r\nSubject: Clave\r\n\r\nHola"
    assert (parse(raw).kind, parse(raw).subject, parse(raw).text) == (Kind.AUTO_GENERATED, "Clave", "Hola")
    through(raw)


def test_a_long_line_that_is_no_field_is_the_body_wherever_it_stands() -> None:
    """Trace headers moved it over the limit of the header: then the text was lost, and the hash another."""
    raw = b"From: ana@mesa.example\r\nSubject: Clave\r\n" + b"a" * 262_000
    traced = b"Received: from a by b\r\n" * 20 + raw
    assert parse(traced).text == parse(raw).text == "a" * 262_000
    assert parse(traced).content_hash == parse(raw).content_hash


@pytest.mark.parametrize("field", ["From", "Reply-To", "To", "Cc"])
def test_comments_in_comments_in_a_quoted_name_with_a_bare_cr_are_nobody(field: str) -> None:
    """mail-parser takes them for quoted text, the standard library for comments, one call for each."""
    raw = f'{field}: "Comunidad(\r{"(" * 2000}" <ana@mesa.example>\r\nSubject: Clave\r\n\r\nHola'
    seen = parse(raw.encode())
    assert (seen.from_, seen.reply_to, seen.participants) == (None, (), ())


@pytest.mark.parametrize(
    "lost", ["X-Type: multipart/mixed; boundary=limite", "Content-Type: multipart/mixed"]
)
def test_an_attached_mail_stays_one_where_the_header_that_names_the_boundary_is_lost(lost: str) -> None:
    """Hazards 23, 41: a label in it was taken as typed into our form, as its marker stood above."""
    above = f"--limite\r\n\r\nVer abajo\r\n\r\n> {MARKER}\r\n>\r\n> Falta un dato.\r\n"
    attached = "Content-Type: message/rfc822\r\n\r\nSubject: Otra\r\n\r\nTeléfono de contacto: 314 555 0161"
    head = f"From: {ANA.email}\r\nSubject: Re: Clave\r\n{lost}\r\n\r\n"
    raw = f"{head}{above}\r\n--limite\r\n{attached}\r\n--limite--\r\n".encode()
    field = Field(name="telefono", label="Teléfono de contacto", pattern=r"3\d{2} ?\d{3} ?\d{4}")
    seen = parse(raw)
    assert (seen.reply_text, [one.type for one in seen.attachments]) == ("Ver abajo", ["message/rfc822"])
    assert find([field], seen, ("telefono",)).values == {}
    through(raw)
