"""What strangers wrote, before it stands in our mail (hazards 24, 25, 28)."""

import unicodedata

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.replies import clean

ANY = st.text(st.characters(), max_size=300)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("RE: RV: La impresora no imprime", "La impresora no imprime"),
        ("Re[2]: FWD : Fw: ayuda", "ayuda"),
        ("Antw: REENV: Rsp 2: RIF： Enc(3): ayuda", "ayuda"),  # lesson 16
        # our own number goes, wherever it stands: the template writes it again
        ("Re: La impresora [MS-000123]", "La impresora"),
        ("[ms-45] RE: La impresora", "La impresora"),
        # the number of another desk keeps that desk's thread (lesson 19)
        ("Re: Caída del enlace [INC-77]", "Caída del enlace [INC-77]"),
        # words that only begin like a prefix
        ("Red caída: piso 3", "Red caída: piso 3"),
        ("RE:", "(sin asunto)"),
        ("", "(sin asunto)"),
        ("uno\r\nBcc: v@x.example", "uno Bcc: v@x.example"),
    ],
)
def test_the_subject_is_that_of_the_conversation(written: str, kept: str) -> None:
    assert clean.subject(written, "MS") == kept


@given(ANY)
@settings(deadline=None)
def test_nothing_in_a_header_is_a_control_or_an_encoded_word(text: str) -> None:
    said = clean.header(text, 120)
    assert len(said) <= 120
    assert "=?" not in said
    assert not any(unicodedata.category(c) in clean.UNPRINTABLE for c in said)


def test_an_encoded_word_cannot_be_put_together_by_removing_marks() -> None:
    """Hazard 25: a zero-width space between = and ? is removed first."""
    assert clean.header("=\u200b?utf-8?q?=0A?=", 120) == "= ?utf-8?q?=0A?="


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("vea https://evil.example/x", "vea https[:]//evil[.]example/x"),
        ("www.evil.example", "www[.]evil[.]example"),
        ("escriba a ana@evil.example", "escriba a ana[@]evil[.]example"),
        ("evil。example", "evil[.]example"),
        # something may be put before it
        ("。Cambio de clave", "[.]Cambio de clave"),
        (r"\\servidor\carpeta", r"[\\]servidor\carpeta"),
        # numbers and the ends of sentences are left alone
        ("cédula 1.032.456, 9:15 a. m. No abre.", "cédula 1.032.456, 9:15 a. m. No abre."),
    ],
)
def test_no_word_of_a_stranger_becomes_a_link(written: str, shown: str) -> None:
    assert clean.defang(written) == shown


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Marta Pérez", "Marta Pérez"),
        ("PÉREZ GÓMEZ, MARTA", "Marta Pérez Gómez"),
        ("maría de los ángeles", "María de los Ángeles"),
        ("Ana O'Brien-Ruiz", "Ana O'Brien-Ruiz"),
        # what is no person's name is not echoed
        ("Gane dinero en www.evil.example", ""),
        ("Premio 1000", ""),
        ("marta@mesa.example", ""),
        ("<b>Marta</b>", ""),
        ("{{ config }}", ""),
        ("M", ""),
        ("Marta " * 9, ""),
        ("", ""),
    ],
)
def test_a_name_is_echoed_only_if_it_looks_like_a_persons(name: str, said: str) -> None:
    assert clean.person(name) == said


@pytest.mark.parametrize(
    ("id_", "kept"),
    [
        ("<uno@x.example>", True),
        ("<con espacio@x>", False),
        ("sin-corchetes@x", False),
        ("<a\r\nBcc: v@x>", False),
        ("<ñ@x>", False),
        (f"<{'a' * 251}>", False),
        # a parser would decode it (hazard 25)
        ("<=?utf-8?q?=0ABcc:v@x?=>", False),
    ],
)
def test_only_plain_message_ids_enter_our_headers(id_: str, kept: bool) -> None:
    assert clean.message_ids([id_, id_]) == ([id_] if kept else [])


def test_what_a_person_wrote_keeps_its_lines_and_loses_its_links() -> None:
    written = "Buenos días.\r\n\r\n\r\n\r\nEntre a http://evil.example\x00 y\tvea\u202e"
    assert clean.message(written) == "Buenos días.\n\nEntre a http[:]//evil[.]example y vea"


@given(ANY)
@settings(deadline=None)
def test_a_long_message_is_cut(text: str) -> None:
    assert len(clean.message(text * 50)) <= clean.MESSAGE
