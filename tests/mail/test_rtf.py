"""A text that Outlook keeps as compressed RTF alone ([MS-OXRTFCP], [MS-OXRTFEX]; hazard 46, lesson 32)."""

import struct
from hashlib import sha256

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.mail import lzfu, rtf
from mailbot.mail.parse import parse
from tests.mail import outlook
from tests.mail.outlook import envelope, nested, packed, prop, string
from tests.mail.test_tnef import with_envelope

PLAIN = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Arial;}}{\colortbl\red0;}{\*\generator Riched20;}"
    rb"\pard Se\'f1ores:\par No puedo ingresar.\par Tel\'e9fono:\tab 300 555 0101\par}"
)
HTML = (
    rb"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}"
    rb"{\*\htmltag19 <html>}{\*\htmltag64 <p>}\htmlrtf \par\htmlrtf0 Se\'f1ores:{\*\htmltag84 &nbsp;}"
    rb"\htmlrtf \'a0\htmlrtf0 {\*\htmltag84 <b>}\htmlrtf {\b\htmlrtf0 hoy{\*\htmltag92 </b>}\htmlrtf }\htmlrtf0"
    rb"{\*\htmltag72 </p>}{\*\htmltag64 <ul>}{\*\htmltag64 <li>}uno{\*\htmltag72 </ul>}}"
)


@pytest.mark.parametrize(
    ("octets", "source"),
    [
        (  # [MS-OXRTFCP] §4.1.1
            "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0",
            b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n",
        ),
        (  # §4.1.2: a piece that goes on beyond what is there
            "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0",
            b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}",
        ),
        ((struct.pack("<II4sI", 17, 5, b"MELA", 0) + b"{\\rt}").hex(), b"{\\rt}"),  # not compressed
    ],
)
def test_the_examples_of_the_specification_are_unpacked(octets: str, source: bytes) -> None:
    assert lzfu.unpack(bytes.fromhex(octets)) == source


@pytest.mark.parametrize(
    "source",
    [
        PLAIN,
        HTML,
        b"",
        b"a",
        bytes(range(256)) * 3,
        b"".join(sha256(bytes([n])).digest() for n in range(150)),
        PLAIN * 30,
    ],
)
def test_what_was_packed_is_unpacked_octet_for_octet(source: bytes) -> None:
    assert lzfu.unpack(packed(source)) == source


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"LZFu",
        packed(PLAIN)[:-1],
        packed(PLAIN)[:30],
        packed(PLAIN).replace(b"LZFu", b"LZFx"),
        packed(PLAIN)[:20] + b"\0" + packed(PLAIN)[21:],  # its sum is wrong
    ],
)
def test_what_is_damaged_is_not_read_and_that_is_told(damaged: bytes) -> None:
    message = parse(with_envelope(envelope(nested([prop(outlook.P_RTF, outlook.BINARY, damaged or b"\0")]))))

    assert lzfu.unpack(damaged) is None
    assert message.text.strip() == ""
    assert message.repaired == ("winmail.dat: su texto (RTF comprimido) está dañado y no se leyó",)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (PLAIN, "Señores:\nNo puedo ingresar.\nTeléfono:\t300 555 0101\n"),
        (HTML, "Señores: hoy\n- uno"),
        (rb"{\rtf1 \u8364?5 \u-10179?\u-8704? \'80}", "€5 😀 €"),  # beyond 16 bits in halves
        (rb"{\rtf1\uc2 \u241 nn?\uc0 \u241 o}", "ñ?ño"),  # so many characters stand for those without Unicode
        (rb"{\rtf1\ansi\ansicpg932 \'93\'fa\'96\'7b}", "日本"),  # two octets of one character
        (rb"{\rtf1\ansi\ansicpg65001 a\'c3\'b1o}", "año"),
        (rb"{\rtf1\ansi\ansicpg99999 a\'f1o}", "año"),  # hazard 40
        (rb"{\rtf1 a\{b\}\\c\~d\_e\-f}", "a{b}\\c\xa0d-ef"),
        (b"{\\rtf1 una \r\nl\\'ednea\\\r\ndos}", "una línea\ndos"),  # only a marked line break is one
        (rb"{\rtf1 \ldblquote hola\rdblquote  \emdash  \bullet}", "“hola” — •"),
        (rb"{\rtf1 a{\pict\bin5 }}}}}b}{\info x}c{\*\nadie {x}}d}", "acd"),
        (rb"{\rtf1 a\bin3 }}}b}", "ab"),
        (rb"{\rtf1 a\'00\'07b}", "ab"),  # hazard 42
        (rb"{\rtf1 a}b", "a"),
        (rb"hola", "hola"),
        (b"", ""),
    ],
)
def test_the_text_of_rtf_is(source: bytes, text: str) -> None:
    assert rtf.to_text(source) == text


@pytest.mark.parametrize(("source", "text"), [(PLAIN, "Teléfono:\t300 555 0101"), (HTML, "Señores: hoy")])
def test_a_mail_whose_text_is_compressed_rtf_alone_is_read(source: bytes, text: str) -> None:
    message = parse(with_envelope(envelope(nested([prop(outlook.P_RTF, outlook.BINARY, packed(source))]))))

    assert text in message.text
    assert message.repaired == ("texto leído de winmail.dat",)


def test_where_the_envelope_has_another_text_that_is_read() -> None:
    inside = [prop(outlook.P_RTF, outlook.BINARY, packed(PLAIN)), string(outlook.P_BODY, "Buenos días")]

    assert parse(with_envelope(envelope(nested(inside)))).text.strip() == "Buenos días"


def test_no_more_is_unpacked_than_may_be_read() -> None:
    """A row of one letter is packed eight to one, and says that it has four billion octets."""
    pieces = b"".join(
        struct.pack(">H", ((n - 1) % 4096) << 4 | 15) for n in range(208, 208 + 17 * 80_000, 17)
    )
    data = b"\x00" + b"a" * 8 + b"".join(b"\xff" + pieces[n : n + 16] for n in range(0, len(pieces), 16))
    whole = struct.pack("<II4sI", len(data) + 12, 2**32 - 1, b"LZFu", outlook.checksum(data)) + data

    assert len(lzfu.unpack(whole) or b"") <= lzfu.LENGTH


@pytest.mark.parametrize(
    "hostile",
    [
        b"{",
        b"}",
        b"{}",
        b"\\",
        b"\\'",
        b"\\'f1",
        b"\\u-1?",
        b"\\uc1",
        b"\\*",
        b"\\bin",
        b"{\\fonttbl",
        b"\\fromhtml1{\\*\\htmltag <b>}",
        b"\\htmlrtf{",
        b"a\\par ",
        b"\0",
    ],
)
def test_a_hostile_source_is_read_to_its_end(hostile: bytes) -> None:
    """Hazards 36, 44: deep groups, endless words; the time is linear."""
    assert len(rtf.to_text(b"{\\rtf1 " + hostile * (lzfu.LENGTH // len(hostile)))) <= rtf.LIMIT


@given(
    st.lists(
        st.sampled_from(
            [b"{", b"}", b"\\", b"'f1", b"u-1 ", b"*", b"bin9 ", b"htmlrtf", b"fromhtml", b"\xff"]
        )
    )
)
@settings(deadline=None)
def test_any_octets_are_text_that_a_database_takes(pieces: list[bytes]) -> None:
    text = rtf.to_text(b"{\\rtf1" + b"".join(pieces))

    assert "\0" not in text
    text.encode()


@given(st.binary(max_size=200), st.booleans())
@settings(deadline=None)
def test_any_octets_are_unpacked_or_refused(data: bytes, raw: bool) -> None:
    head = struct.pack("<II4sI", len(data) + 12, 99, b"MELA" if raw else b"LZFu", outlook.checksum(data))
    assert len(lzfu.unpack(head + data) or b"") <= 99
