"""Files that hang on a mail: each once, byte for byte, under a name that is a name (hazards 32, 46; lesson 42)."""

import io
import tracemalloc
import zipfile
from hashlib import sha256

import pytest

from mailbot.mail import attachments, structure
from mailbot.mail.attachments import attachment
from mailbot.mail.parse import parse
from tests.mail.build import b64, mail, multimail, part

PDF = b"%PDF-1.7\n\xff\x00\r\n\n"


def names(raw: bytes) -> list[str]:
    return [found.name for found in attachments.of(structure.read(raw, []), [])]


def one(name: str) -> bytes:
    return multimail("mixed", part("Hola"), part(b64(PDF), "application/pdf", content_disposition=name))


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="x.pdf"', "x.pdf"),
        ("attachment; filename*=utf-8''a%C3%B1o.pdf", "año.pdf"),
        ('attachment; filename="=?iso-8859-1?q?a=F1o.pdf?="', "año.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),  # hazard 32
        ('attachment; filename="C:\\\\temp\\\\x.pdf"', "x.pdf"),
        ('attachment; filename=".."', "adjunto-1.pdf"),
        ('attachment; filename="a\0b.pdf"', "ab.pdf"),
        ("attachment; filename*=utf-8''a%0D%0ABcc:%20v.pdf", "a Bcc: v.pdf"),
        ('attachment; filename="' + "x" * 300 + '.pdf"', "x" * 180 + ".pdf"),
        ("attachment", "adjunto-1.pdf"),
        ("inline", "adjunto-1.pdf"),
        ("", "adjunto-1.pdf"),  # no name, no disposition: mail-parser takes it for text
    ],
)
def test_a_file_is_named(disposition: str, name: str) -> None:
    assert names(one(disposition)) == [name]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("text/calendar; method=REQUEST", "invitacion.ics"),
        ("application/pkcs7-mime; smime-type=enveloped-data", "smime.p7m"),
        ("application/pkcs7-signature", "smime.p7s"),
        ("application/pgp-signature", "firma.asc"),
        ("application/pgp-encrypted", "version.asc"),
        ("application/pgp-keys", "claves.asc"),
        ("application/ms-tnef", "winmail.dat"),
        ("message/rfc822", "adjunto-1.eml"),
        ("message/delivery-status", "estado-de-entrega.txt"),
        ("text/rfc822-headers", "cabeceras-devueltas.txt"),
        ("text/csv", "adjunto-1.csv"),
        ("image/png", "adjunto-1.png"),
        ("application/x-nadie", "adjunto-1.bin"),
    ],
)
def test_a_nameless_part_is_kept_under_a_name_that_says_what_it_is(kind: str, name: str) -> None:
    raw = multimail("mixed", part("Hola"), part("x", kind))
    assert names(raw) == names(raw) == [name]


def test_an_encrypted_mail_is_its_attachment() -> None:
    """Hazard 46: it looks empty, and is not."""
    assert names(
        mail(b64(PDF), content_type="application/pkcs7-mime", content_transfer_encoding="base64")
    ) == ["smime.p7m"]


def test_what_only_its_reader_can_open_is_kept_byte_for_byte() -> None:
    """Hazard 46: PGP, S/MIME and an invitation, each with its bytes."""
    kinds = ("application/pgp-encrypted", "application/pkcs7-mime", "text/calendar; method=REQUEST")
    raw = multimail("mixed", *(part(b64(PDF), kind, content_transfer_encoding="base64") for kind in kinds))

    assert names(raw) == ["version.asc", "smime.p7m", "invitacion.ics"]
    assert [attachment(raw, n) for n in range(3)] == [PDF] * 3


def zipped(levels: int) -> bytes:
    """A few KB that unpack to gigabytes."""
    data = bytes(10_000_000)
    for _ in range(levels):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for n in range(20):
                archive.writestr(f"{n}.zip", data)
        data = packed.getvalue()
    return data


LAUGHS = (
    b"<!DOCTYPE x ["
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 20))
    + b"]>"
)
PIXELS = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x06\0\0\0" + bytes(99)


@pytest.mark.parametrize(
    ("kind", "bomb"),
    [
        ("application/zip", zipped(2)),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", zipped(1)),
        ("text/xml", LAUGHS + b"<x>&a19;</x>"),
        ("image/svg+xml", LAUGHS + b"<svg>&a19;</svg>"),
        ("image/png", PIXELS),
    ],
)
def test_a_bomb_stays_shut(kind: str, bomb: bytes) -> None:
    """Hazard 45: one file, as big as it came, and no memory beyond that."""
    raw = multimail("mixed", part("Hola"), part(b64(bomb), kind, content_transfer_encoding="base64"))
    tracemalloc.start()
    message = parse(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert [(one.type, one.size) for one in message.attachments] == [(kind, len(bomb))]
    assert attachment(raw, 0) == bomb
    assert message.text == "Hola"
    assert peak < 2 * len(raw) + 500_000


def test_the_same_picture_of_a_signature_is_known_again() -> None:
    """Lesson 31: in every mail, under another name each time, with the same hash."""
    logos = [
        part(b64(PDF), "image/png", content_transfer_encoding="base64", content_id=f"<{name}>",
             content_disposition=f"inline; filename={name}")
        for name in ("image001.png", "image002.png")
    ]  # fmt: skip
    first, second = (
        attachments.of(structure.read(multimail("related", part("Hola"), one), []), []) for one in logos
    )

    assert first[0].name != second[0].name
    assert first[0].sha256 == second[0].sha256


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b64(PDF), "base64"),
        (b64(PDF).replace(b"\r\n", b""), "base64"),
        (b64(PDF).rstrip(b"=\r\n"), "base64"),  # hazard: "Incorrect padding"
        (b64(PDF)[:4] + b"*!" + b64(PDF)[4:], " Base64 "),
        (PDF, "binary"),
        (PDF, ""),
        (b"%PDF-1.7=0A=FF=00=0D=0A=0A", "quoted-printable"),
    ],
)
def test_its_bytes_come_back_whole(body: bytes, encoding: str) -> None:
    raw = multimail("mixed", part("Hola"), part(body, "application/pdf", content_transfer_encoding=encoding))
    (found,) = attachments.of(structure.read(raw, []), [])
    assert (found.size, found.sha256) == (len(PDF), sha256(PDF).hexdigest())
    assert attachment(raw, 0) == PDF


def test_an_attached_message_comes_back_byte_for_byte() -> None:
    inner = mail("una\nlínea ", x_raro=b"  \xff\xfe  ")
    raw = multimail("mixed", part("Hola"), part(inner, "message/rfc822"))
    assert attachment(raw, 0) == inner


def test_an_inline_named_text_is_a_file_once() -> None:
    raw = multimail("mixed", part("Hola"), part("log", content_disposition='inline; filename="a.log"'))
    assert names(raw) == ["a.log"]
    assert attachment(raw, 0) == b"log"


def test_files_are_in_the_order_sent_and_the_unread_alternative_is_none() -> None:
    raw = multimail(
        "alternative",
        part("llano"),
        part("<p>rico</p>", "text/html"),
        part("x", "text/calendar"),
        part(b"x", "image/png"),
    )
    assert names(raw) == ["invitacion.ics", "adjunto-2.png"]


@pytest.mark.parametrize("n", [0, 5])
def test_an_attachment_that_is_not_there_is_an_index_error(n: int) -> None:
    with pytest.raises(IndexError):
        attachment(mail("Hola"), n)
