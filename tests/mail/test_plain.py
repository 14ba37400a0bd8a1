"""Lines as patterns look at them."""

import re
from unicodedata import combining, normalize

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.mail.plain import ACCENTS, LENGTH, letters, plain

WRITTEN = st.text(st.one_of(st.characters(max_codepoint=0x17F), st.sampled_from("\u0301\u0303\u200b–“ \t*")))


def by_unicode(text: str) -> str:
    """As it is for any sign there may be."""
    text = text[:LENGTH]
    if not text.isascii():
        text = ACCENTS.sub("", normalize("NFKD", text).casefold())
        text = "".join(c for c in text if c.isspace() or (c.isprintable() and not combining(c)))
    return " ".join(text.lower().split())


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("  El lunes,\tJOSÉ  escribió: ", "el lunes, jose escribio:"),
        ("AÑO\xa0nuevo «ÇÀ»", "ano nuevo «ca»"),
        ("“Atención” – Ñandú", "“atencion” – nandu"),  # signs that Latin-1 has not
        ("es\xadcri\u200bba", "escriba"),
        ("Straße", "strasse"),
    ],
)
def test_a_line_is_looked_at_without_case_accents_and_invisible_signs(written: str, seen: str) -> None:
    assert plain(written) == seen


@settings(deadline=None)
@given(WRITTEN)
def test_a_line_of_common_signs_is_read_by_a_table_as_by_unicode(text: str) -> None:
    """Each of them is one sign by itself, whatever stands beside it: the table cannot tell anything else."""
    assert plain(text) == by_unicode(text)


@settings(deadline=None)
@given(st.lists(WRITTEN, max_size=4).map("\n".join))
def test_no_word_of_a_line_is_missing_in_the_letters_of_its_text(text: str) -> None:
    """So a text without a word is done with at one look: `letters` only drops what parts no word of a line."""
    said = letters(text)
    for line in text.split("\n"):
        assert all(word in said for word in re.findall("[a-z0-9]+", plain(line.replace("*", ""))))
