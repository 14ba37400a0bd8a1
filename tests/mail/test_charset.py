"""Any bytes give text: declared, else UTF-8, else cp1252; never an exception (hazards 40–42, lesson 20)."""

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.mail import charset

YEAR = "Petición de año"


@pytest.mark.parametrize(
    ("data", "declared", "text", "guess"),
    [
        (YEAR.encode(), "utf-8", YEAR, ""),
        (YEAR.encode(), "UTF8", YEAR, ""),
        (YEAR.encode(), "", YEAR, "utf-8"),  # undeclared: UTF-8 if it is
        (YEAR.encode("cp1252"), "", YEAR, "cp1252"),  # else cp1252
        (YEAR.encode(), "us-ascii", YEAR, "utf-8"),  # labelled ascii
        (YEAR.encode("cp1252"), "utf-8", YEAR, "cp1252"),  # labelled utf-8
        (b"\x93hola\x94 5 \x80", "iso-8859-1", "“hola” 5 €", ""),  # Latin-1 is cp1252
        (b"\x93hola\x94", "latin1", "“hola”", ""),
        ("ñandú €".encode("iso-8859-15"), "iso-8859-15", "ñandú €", ""),
        ("日本語".encode("iso-2022-jp"), "ISO-2022-JP", "日本語", ""),
        ("Año".encode("utf-7"), "utf-7", "Año", ""),
        ("Año".encode("utf-7"), "unicode-1-1-utf-7", "Año", ""),
        (YEAR.encode("utf-16"), "utf-16", YEAR, ""),  # with its byte order mark
        (YEAR.encode("utf-16-le"), "utf-16le", YEAR, ""),
        ("漢字".encode("gb18030"), "gb2312", "漢字", ""),
        ("한국".encode("cp949"), "ks_c_5601-1987", "한국", ""),
        (YEAR.encode(), "x-desconocido", YEAR, "utf-8"),
        (YEAR.encode("cp1252"), "x-desconocido", YEAR, "cp1252"),
        (b"hola", "x-desconocido", "hola", ""),  # nothing had to be guessed
        (YEAR.encode(), "base64", YEAR, "utf-8"),  # a codec that is no charset
        (YEAR.encode(), "undefined", YEAR, "utf-8"),
        (YEAR.encode(), "idna", YEAR, "utf-8"),
        (b"hola \\u0041", "unicode_escape", "hola \\u0041", ""),
        (YEAR.encode(), '"utf-8" (comentario)', YEAR, ""),
        (("ñ" * 9).encode() + b"\xc3", "utf-8", "ñ" * 9 + "\ufffd", "utf-8"),  # cut in a character
        ("日本".encode("euc-jp") + b"\xff", "euc-jp", "日本\ufffd", "euc_jp"),
    ],
)
def test_text_comes_out_of(data: bytes, declared: str, text: str, guess: str) -> None:
    assert charset.decode(data, declared) == (text, guess)


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("a\0b", "ab"),  # hazard 42: PostgreSQL refuses NUL
        ("a\ud800b", "ab"),  # a lone surrogate
        ("\ufeffa", "a"),
        ("a\x1b[31mb", "a[31mb"),  # hazard 33: terminal escapes
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("a\tb", "a\tb"),
        ("\x93a\x94", "“a”"),
        ("n\u0303", "ñ"),  # NFC
    ],
)
def test_text_is_tidied(written: str, tidy: str) -> None:
    assert charset.tidy(written) == tidy


@given(
    st.binary(max_size=60),
    st.sampled_from(
        [
            "",
            "utf-8",
            "utf-7",
            "utf-16",
            "iso-2022-jp",
            "hz",
            "cp037",
            "big5",
            "zlib",
            "mbcs",
            "rot13",
            "punycode",
            "x" * 99,
            "\0",
            "../etc",
        ]
    ),
)
@settings(deadline=None)
def test_any_bytes_in_any_charset_are_text_that_a_database_takes(data: bytes, declared: str) -> None:
    text, _ = charset.decode(data, declared)
    assert "\0" not in text
    text.encode("utf-8")
