"""Folding: what makes two spellings the same word."""

import re
import sys
from unicodedata import normalize

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.mail.plain import COMMON
from mailbot.rules.fold import WORD, fold, fold_subject, places, without_marks, words

STRANGE = st.text(st.sampled_from("aEñÑn\u0303é\u0301\u0345\u200b\u00ad\u202eßİ℠ﬁ½ ǅΣς,"), max_size=12)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("CONTRASEÑA", "contrasena"),  # case, and ñ as n
        ("contrasen\u0303a", "contrasena"),  # the same, decomposed, as macOS writes it
        ("contra\u200bse\u00adña", "contrasena"),  # zero-width space and soft hyphen inside the word
        ("ｃｌａｖｅ", "clave"),  # full-width letters
        ("caí\ufe0fdo\u202e", "caido"),  # variation selector, direction sign
        ("STRASSE straße", "strasse strasse"),  # casefold is more than lower case
        ("℠", "sm"),  # casefold before NFKD would not be idempotent here
        ("\ud800x", "x"),  # half a surrogate pair, which no pattern could be run on
    ],
)
def test_case_accents_unicode_form_and_invisible_signs_do_not_count(written: str, folded: str) -> None:
    """Hazard 47: a keyword is missed for no accident of writing."""
    assert fold(written) == folded


@pytest.mark.parametrize("written", ["Año", "AN\u0303O"])
def test_strict_folding_keeps_the_n_with_tilde(written: str) -> None:
    assert fold(written, strict=True) == "año"
    assert fold("ano", strict=True) == "ano"


def test_folding_twice_is_folding_once_for_every_code_point() -> None:
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    assert [sign for sign in every if fold(fold(sign)) != fold(sign)] == []


@pytest.mark.parametrize("strict", [False, True])
def test_what_most_mail_is_written_with_folds_by_a_table_as_by_unicode(strict: bool) -> None:
    """Sign by sign, since none of them joins with the next: each is one sign, and parts words or not as before."""
    common = [chr(code) for code in range(sys.maxunicode + 1) if COMMON.fullmatch(chr(code))]
    by_unicode = [without_marks(normalize("NFKD", sign).casefold(), strict) for sign in common]
    assert len(common) > 150
    assert {len(sign) for sign in by_unicode} == {1}
    assert fold("".join(common), strict) == "".join(by_unicode)
    assert [bool(WORD.match(s)) for s in common] == [bool(WORD.match(s)) for s in by_unicode]


@settings(deadline=None)
@given(st.one_of(st.text(max_size=30), st.text(st.characters(max_codepoint=0xFF)), STRANGE))
def test_words_are_letters_and_digits_in_whatever_script(text: str) -> None:
    assert words(text) == re.findall(r"[^\W_]+", text)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=30), STRANGE), st.booleans())
def test_folding_is_idempotent(text: str, strict: bool) -> None:
    once = fold(text, strict)
    assert fold(once, strict) == once


@settings(deadline=None)
@given(st.one_of(st.text(max_size=30), STRANGE))
def test_every_folded_word_is_found_where_it_was_written(text: str) -> None:
    """The exact words of a decision are slices of the subject, whatever folding did to its length."""
    seats = places(text)
    assert len(seats) == len(words(fold(text)))
    for word, (start, end) in zip(words(fold(text)), seats, strict=True):
        assert word in fold(text[start:end])


@pytest.mark.parametrize(
    "subject",
    [
        "Impresora caída",
        "RE: Impresora caída",
        "re:Impresora caída",
        "Re : Impresora  caída",
        "RV: RE: FW: Impresora caída",
        "Fwd: ENC: TR: AW: WG: SV: RES: impresora caída",  # lesson 16: not only English, not only two letters
        "Re[2]: Impresora caída",
        "Antw: REENVIADO: Rsp 2: RIF： Enc(3): Impresora caída",  # lesson 16
        "RE(3): Impresora caída",
        "  RV :RE:  impresora\tcaída ",
        "R\u200bE\uff1a impresora caída",  # a full-width colon, a zero-width space inside the prefix
    ],
)
def test_reply_and_forward_prefixes_do_not_count(subject: str) -> None:
    assert fold_subject(subject) == "impresora caida"


@pytest.mark.parametrize(
    ("subject", "folded"),
    [
        ("Respaldo: falló", "respaldo: fallo"),  # begins like a prefix, is a word
        ("Red: caída", "red: caida"),
        ("Impresora RE: caída", "impresora re: caida"),  # not at the beginning
        ("[MS-000123] Re: hola", "[ms-000123] re: hola"),  # our tag stays, and harms no keyword
        ("RE:", ""),
    ],
)
def test_only_prefixes_are_taken_off(subject: str, folded: str) -> None:
    assert fold_subject(subject) == folded
