"""Fields of a header: what is one field, what people read of it, and how much of it is read at all."""

import sys
import time
from unicodedata import normalize

import pytest

from mailbot.mail import headers


def read(block: bytes) -> tuple[dict[str, tuple[bytes, ...]], bytes]:
    own, body, _ = headers.read(block, headers.begin(block), len(block))
    return dict(own.by_name), block[body:]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (b" Clave", "Clave"),
        (b" Olvid\xc3\xa9 la clave", "Olvidé la clave"),  # raw UTF-8
        (b" Petici\xf3n de a\xf1o", "Petición de año"),  # raw Latin-1: no letter is lost
        (b" uno\r\n\tdos\r\n tres", "uno dos tres"),  # hazard 26: folded
        (b" =?utf-8?q?uno=0D=0ABcc=3A_v=40x?=", "uno Bcc: v@x"),  # hazard 24
        (b" =?utf-8?q?uno=C2=85dos?=", "uno…dos"),  # C1: it never was a line end
        (b" =?utf-8?q?uno=E2=80=A8dos?=", "uno dos"),  # U+2028 is a line end for Python
        (b" a\0b\x1b[1m\x7f", "ab[1m"),  # NUL, escape, DEL
        (b" =?utf-8?q?Olvid=C3=A9?= la =?iso-8859-1?q?contrase=F1a?=", "Olvidé la contraseña"),
        (b" =?utf-8?q?contra?=\r\n =?utf-8?q?se=C3=B1a?=", "contraseña"),  # neighbours join (RFC 2047 6.2)
        (b" =?utf-8?q?contrase=C3?= =?utf-8?q?=B1a?=", "contraseña"),  # a character cut in two
        (b" =?utf-8?b?Y29udHJhc2XD?= =?utf-8?b?sWE=?=", "contraseña"),
        (b" =?utf-8?q?a?= =?iso-8859-1?q?=F1o?=", "año"),  # neighbours of two charsets
        (b"=?utf-8?Q?Ver_clave?=", "Ver clave"),
        (b" =?utf-8*es?q?a=C3=B1o?=", "año"),  # RFC 2231: with a language
        (b" =?utf-8?b?YcOxbw?=", "año"),  # padding lacks
        (b" =?x-nadie?q?a=C3=B1o?=", "año"),  # hazard 40
        (b" =?iso-2022-jp?b?GyRCRnxLXBsoQg==?=", "日本"),
        (b" =?utf-8?x?abc?=", "=?utf-8?x?abc?="),  # no such encoding
        (b" =?utf-8?q?=3D=3Futf-8=3Fq=3F=0A=3F=3D?=", "=?utf-8?q? ?="),  # decoded once, not twice
        (b" 100 =? 200", "100 =? 200"),
        (b"", ""),
        ("n\u0303 \u202eabc\u202c".encode(), "ñ abc"),
    ],
)
def test_a_value_is_read_as(written: bytes, text: str) -> None:
    assert headers.text(written) == text


@pytest.mark.parametrize(
    ("block", "fields", "body"),
    [
        (b"A: 1\r\nB: 2\r\n\r\nx", {"a": (b" 1\r",), "b": (b" 2\r",)}, b"x"),
        (b"A: 1\nB: 2\n\nx", {"a": (b" 1",), "b": (b" 2",)}, b"x"),  # bare LF
        (b"A: 1\r\na: 2\r\n\r\n", {"a": (b" 1\r", b" 2\r")}, b""),  # twice, in any case
        (b"A : 1\n\nx", {"a": (b" 1",)}, b"x"),  # obsolete, RFC 5322 4.5
        (b"From ana Fri\nA: 1\n\nx", {"a": (b" 1",)}, b"x"),  # mbox
        (b"\xef\xbb\xbf\r\nA: 1\n\nx", {"a": (b" 1",)}, b"x"),  # a byte order mark
        (b"A: 1\nsin dos puntos\nB: 2\n\nx", {"a": (b" 1",)}, b"sin dos puntos\nB: 2\n\nx"),
        (b"A: 1\n 2\n", {"a": (b" 1\n 2",)}, b""),  # no body
        (b"hola", {}, b"hola"),
        (b"", {}, b""),
    ],
)
def test_a_block_has_these_fields_and_this_body(
    block: bytes, fields: dict[str, tuple[bytes, ...]], body: bytes
) -> None:
    assert read(block) == (fields, body)


def test_a_field_that_is_decoded_when_asked_for_is_the_same_and_what_people_wrote_is_judged_at_once() -> None:
    raw = b"X-A: =?utf-8?q?a=C3=B1o?=\r\nFrom: =?utf-8?q?=ff?= <a@x>\r\nX-A: dos\r\n\r\n"
    notes: list[str] = []
    fields = headers.of(raw).decoded(notes)
    assert notes == [headers.WORDS]
    assert "x-b" not in fields
    assert fields.get("x-b", ()) == ()
    assert dict(fields) == {"x-a": ("año", "dos"), "from": ("ÿ <a@x>",)}
    assert notes == [headers.WORDS]


def test_no_letters_that_are_composed_become_a_sign_that_a_line_may_not_hold() -> None:
    """So a line of printable signs is looked through no further than that."""
    every = (chr(code) for code in range(sys.maxunicode + 1))
    apart = {letters for sign in every if (letters := normalize("NFD", sign)).isprintable()}
    composed = "".join(normalize("NFC", letters) for letters in apart)
    assert composed.isprintable()
    assert composed.split() == composed.split(" ")


def test_a_field_beyond_its_limit_is_cut() -> None:
    own, _, cut = headers.read(block := b"A: " + b"x" * 70_000 + b"\n\nz", 0, len(block))
    assert len(own.first("a")) == headers.FIELD
    assert cut


def test_a_block_beyond_its_limit_is_cut_and_the_body_still_found() -> None:
    block = b"From: a@x.es\r\n" + b"X-A: 1234567890\r\n" * 40_000 + b"\r\nHola"
    own, body, cut = headers.read(block, 0, len(block))
    assert cut
    assert own.first("from").strip() == b"a@x.es"
    assert block[body:] == b"Hola"


@pytest.mark.parametrize(
    "hostile",
    [
        b"=?utf-8?q?a?= " * 4500,
        b"=?a?q?" * 10000,
        b"=?" * 32000,
        b"=?utf-8?b?" + b"A" * 64000,
        b"\r\n " * 21000,
    ],
)
def test_a_hostile_value_takes_no_time(hostile: bytes) -> None:
    """Hazard 37, cpython#136063: 20,000 encoded words took 16.6 s."""
    started = time.process_time()
    headers.text(hostile)
    assert time.process_time() - started < 2


def test_50_mb_of_header_take_no_time() -> None:
    raw = b"A: b\r\n" * 8_000_000
    started = time.process_time()
    headers.read(raw, 0, len(raw))
    assert time.process_time() - started < 2
