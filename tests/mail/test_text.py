"""What this person wrote, out of the parts of their mail (libraries: where mail-parser loses text; hazard 41)."""

import pytest

from mailbot.mail import structure, text
from tests.mail.build import b64, mail, multi, multimail, part

HTML = "text/html; charset=utf-8"


def read(raw: bytes) -> tuple[str, list[str]]:
    notes: list[str] = []
    return text.read(structure.read(raw, notes), notes).strip(), notes


def inner(kind: str, *parts: bytes, boundary: str) -> bytes:
    content_type, body = multi(kind, *parts, boundary=boundary)
    return part(body, content_type)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (mail("Hola"), "Hola"),
        (mail("<p>Hola</p>", content_type=HTML), "Hola"),  # html only
        (multimail("alternative", part("llano"), part("<p>rico</p>", HTML)), "llano"),
        (multimail("alternative", part("<p>rico</p>", HTML), part("llano")), "llano"),  # in the wrong order
        (multimail("alternative", part(" \n"), part("<p>rico</p>", HTML)), "rico"),  # the plain one is empty
        (
            multimail("mixed", part("uno"), part(b"%PDF", "application/pdf"), part("dos")),
            "uno\ndos",
        ),  # Apple Mail
        (
            multimail(
                "alternative", part("llano"), inner("related", part("<p>rico</p>", HTML), boundary="r")
            ),
            "llano",
        ),
        (
            multimail(
                "mixed",
                inner("alternative", part("llano"), part("<p>x</p>", HTML), boundary="a"),
                part("pie"),
            ),
            "llano\npie",
        ),
        (multimail("mixed", part("fuera"), part(mail("dentro"), "message/rfc822")), "fuera"),
        (
            multimail(
                "mixed", part("fuera"), part("fichero", content_disposition="attachment; filename=a.txt")
            ),
            "fuera",
        ),
        (
            multimail("mixed", part("fuera"), part("fichero", content_disposition="inline; filename=a.txt")),
            "fuera",
        ),
        (mail("Hola", content_type="text/plain; name=cuerpo.txt"), "Hola"),  # the whole mail, named
        (mail("Hola", content_disposition="attachment"), ""),
        (multimail("signed", part("firmado"), part(b"x", "application/pgp-signature")), "firmado"),
        (multimail("mixed", part("BEGIN:VCALENDAR", "text/calendar")), ""),
        (mail(b"\x30\x80", content_type="application/pkcs7-mime"), ""),  # hazard 46
        (mail(b"%PDF \xff", content_type="application/pdf"), ""),  # a nameless file is no text
        (mail("Hola", content_type="multipart/mixed"), "Hola"),  # no boundary: raw text
        (mail("Hola", content_type="text"), "Hola"),
        (mail("# Hola", content_type="text/markdown"), "# Hola"),
        (mail(""), ""),
    ],
)
def test_the_text_of_a_mail_is(raw: bytes, expected: str) -> None:
    assert read(raw)[0] == expected


@pytest.mark.parametrize(
    ("body", "content_type", "encoding", "expected"),
    [
        ("Petición".encode("cp1252"), "", "", "Petición"),  # 8-bit without charset
        ("Petición".encode(), "", "8bit", "Petición"),
        ("Petición".encode(), "text/plain; charset=us-ascii", "", "Petición"),
        (b"\x93Peticion\x94", "text/plain; charset=iso-8859-1", "", "“Peticion”"),
        ("日本".encode("iso-2022-jp"), "text/plain; charset=iso-2022-jp", "7bit", "日本"),  # hazard 41
        (b"Petici+APM-n", "text/plain; charset=utf-7", "7bit", "Petición"),
        (b64("Petición".encode("utf-16")), "text/plain; charset=utf-16", "base64", "Petición"),
        ("Petición".encode(), "text/plain; charset=x-nadie", "", "Petición"),
        (
            b"Petici=C3=B3n=\r\n de a=C3=B1o",
            "text/plain; charset=utf-8",
            "quoted-printable",
            "Petición de año",
        ),
        (b"a =ZZ b", "", "quoted-printable", "a =ZZ b"),  # no such code
        (b64("Petición".encode()), "text/plain; charset=utf-8", "BASE64", "Petición"),
        (b64("Petición!".encode()).rstrip(b"=\r\n"), "text/plain; charset=utf-8", "base64", "Petición!"),
        (b64("Petición!".encode())[:-3] + b"*", "text/plain; charset=utf-8", "base64", "Petición!"),
        (b"Hola", "text/plain", "x-nadie", "Hola"),
        (b"Ho\0la", "", "", "Hola"),  # hazard 42
        (b"begin 644 a\r\n$2&]L80  \r\n`\r\nend\r\n", "", "x-uuencode", "Hola"),
        (
            b"uno \r\ndos\r\n> a \r\n> b\r\n-- \r\nAna",
            "text/plain; format=flowed",
            "",
            "uno dos\n> a b\n-- \nAna",
        ),
        (b"uno \r\ndos", "text/plain; format=flowed; delsp=yes", "", "unodos"),  # RFC 3676 4.2
        (b"<p>Petici&oacute;n</p>", "text/html", "", "Petición"),
    ],
)
def test_a_body_is_decoded(body: bytes, content_type: str, encoding: str, expected: str) -> None:
    assert read(mail(body, content_type=content_type, content_transfer_encoding=encoding))[0] == expected


def test_a_guess_is_told() -> None:
    assert read(mail("ñ".encode("cp1252")))[1] == ["texto declarado como 'nada', leído como cp1252"]


def test_a_right_charset_is_not_told() -> None:
    assert read(mail("ñ", content_type="text/plain; charset=utf-8"))[1] == []


def test_a_text_of_megabytes_is_cut_and_told() -> None:
    found, notes = read(mail(b"Hola " * 500_000))
    assert len(found) <= text.LENGTH
    assert notes == ["texto muy largo: se leyó su comienzo"]


def test_many_texts_are_cut_like_one() -> None:
    assert len(read(multimail("mixed", *[part(b"<p>Hola" * 90_000, HTML)] * 20))[0]) <= text.LENGTH
