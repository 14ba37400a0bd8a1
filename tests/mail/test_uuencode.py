"""Files written into a plain text, as programs did before MIME (lesson 42: mail-parser loses bytes of them)."""

import binascii
from hashlib import sha256

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.mail.attachments import attachment
from mailbot.mail.parse import parse
from tests.mail.build import b64, mail, multi, multimail, part

PDF = b"%PDF-1.7\n\xff\x00\r\n\n" + bytes(range(256)) + b"\0\0\0"
TOLD = "archivos escritos en el texto con uuencode: se sacaron de él"


def lines(data: bytes, *, backtick: bool = True) -> bytes:
    return b"".join(
        binascii.b2a_uu(data[at : at + 45], backtick=backtick).replace(b"\n", b"\r\n")
        for at in range(0, len(data), 45)
    )


def uu(data: bytes = PDF, name: str = "oficio.pdf", end: bytes = b"`\r\nend\r\n") -> bytes:
    return f"begin 644 {name}\r\n".encode() + lines(data) + end


def test_a_file_in_the_text_is_an_attachment_and_no_text() -> None:
    raw = mail(b"Adjunto el oficio.\r\n\r\n" + uu() + b"\r\nAna\r\n")
    message = parse(raw)
    (found,) = message.attachments

    assert message.text == "Adjunto el oficio.\n\n\nAna\n"
    assert (found.name, found.type, found.inside) == ("oficio.pdf", "application/pdf", "")
    assert (found.size, found.sha256) == (len(PDF), sha256(PDF).hexdigest())
    assert attachment(raw, 0) == PDF
    assert message.repaired == (TOLD,)


@pytest.mark.parametrize(
    "body",
    [
        uu(end=b"end\r\n"),  # no line of length zero
        uu(end=b" \r\nend"),  # a blank for it, and nothing behind
        uu(end=b"\r\nend\r\n"),  # the blank was cut off
        uu().replace(b"\r\n", b"\n"),
        b"begin 0644 oficio.pdf\r\n" + lines(PDF, backtick=False) + b" \r\nend\r\n",  # blanks for zeros
        b"begin 644 oficio.pdf\r\n" + lines(PDF).replace(b"\r\n", b"x\r\n").replace(b"x", b"A") + b"`\r\nend\r\n",
    ],
)  # fmt: skip
def test_it_comes_out_byte_for_byte_however_it_was_written(body: bytes) -> None:
    raw = mail(b"Hola\r\n" + body)

    assert attachment(raw, 0) == PDF
    assert parse(raw).text.strip() == "Hola"


@pytest.mark.parametrize(
    "body",
    [
        uu(end=b""),  # without its end
        uu()[:200],
        uu().replace(b"\r\nM", b"\r\nN", 1),  # a line that is shorter than it says
        uu().replace(b"\r\nM", b"\r\nM\r\nM", 1),
        b"begin 644\r\nend\r\n",
        b"begin leer el oficio\r\nend\r\n",
        b" " + uu(),
        b"> " + uu().replace(b"\r\n", b"\r\n> "),  # quoted: it is in the mail that is answered
        b"en begin 644 x\r\n`\r\nend\r\n",
    ],
)
def test_what_is_damaged_or_cut_stays_text(body: bytes) -> None:
    message = parse(mail(b"Hola\r\n" + body))

    assert message.attachments == ()
    assert message.text == (b"Hola\r\n" + body).decode().replace("\r\n", "\n")
    assert message.repaired == ()


def test_files_and_parts_are_in_the_order_sent() -> None:
    raw = multimail(
        "mixed",
        part(b"Hola\r\n" + uu(b"uno", "a.txt") + b"y\r\n" + uu(b"dos", "../b.csv")),
        part(b"x", "image/png"),
        part(uu(b"tres", "c")),
    )
    message = parse(raw)

    assert [one.name for one in message.attachments] == ["a.txt", "b.csv", "adjunto-3.png", "c"]
    assert [attachment(raw, n) for n in range(4)] == [b"uno", b"dos", b"x", b"tres"]
    assert message.text.split() == ["Hola", "y"]
    with pytest.raises(IndexError):
        attachment(raw, 4)


@pytest.mark.parametrize(
    ("written", "name"),
    [("año nuevo.pdf", "año nuevo.pdf"), ("/etc/passwd", "passwd"), ("..", "adjunto-1.bin"), ("a\0b.pdf", "ab.pdf")],
)  # fmt: skip
def test_its_name_is_a_name(written: str, name: str) -> None:
    """Hazard 32."""
    assert parse(mail(uu(name=written))).attachments[0].name == name


def test_it_is_found_in_quoted_printable() -> None:
    written = binascii.b2a_qp(uu(b"uno" * 99).replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    raw = mail(b"Hola\r\n" + written, content_transfer_encoding="quoted-printable")

    assert attachment(raw, 0) == b"uno" * 99
    assert parse(raw).text.strip() == "Hola"


@pytest.mark.parametrize(
    "raw",
    [
        mail(uu(), content_type="text/html"),
        multimail("mixed", part("Hola"), part(uu(), content_disposition="attachment; filename=a.txt")),
        multimail("mixed", part("Hola"), part(mail(uu()), "message/rfc822")),
        mail(b64(uu()), content_transfer_encoding="base64"),
    ],
)
def test_only_what_a_person_wrote_as_plain_text_is_searched(raw: bytes) -> None:
    assert PDF not in [attachment(raw, n) for n in range(len(parse(raw).attachments))]


def test_the_text_behind_a_big_file_is_read() -> None:
    """A file does not count as text: what is read of it has a limit."""
    assert parse(mail(uu(b"x" * 2_000_000) + b"Hola\r\n")).text.strip() == "Hola"


def test_a_thousand_files_are_taken_and_others_stay_text() -> None:
    message = parse(mail(b"begin 644 a\r\n#8V5S\r\n`\r\nend\r\n" * 3000))

    assert len(message.attachments) == 999
    assert message.text.count("begin") == 2001


def test_of_two_alternatives_both_have_their_files() -> None:
    kind, body = multi("alternative", part(b"Hola\r\n" + uu(b"uno", "a.txt")), part("<p>Hola", "text/html"))
    message = parse(mail(body, content_type=kind))

    assert (message.text.strip(), [one.name for one in message.attachments]) == ("Hola", ["a.txt"])


@given(st.binary(max_size=200), st.sampled_from(["a", "a b.txt"]), st.booleans())
@settings(deadline=None)
def test_any_octets_come_back(data: bytes, name: str, before: bool) -> None:
    raw = mail(b"Hola\r\n" * before + uu(data, name))

    assert attachment(raw, 0) == data
    assert parse(raw).text == "Hola\n" * before


@given(
    st.lists(
        st.sampled_from([b"begin 644 x\n", b"#8V5S\n", b"M\n", b"`\n", b"end\n", b"Hola\n", b"\n", b" "])
    )
)
@settings(deadline=None)
def test_nothing_is_lost_between_text_and_files(pieces: list[bytes]) -> None:
    raw = mail(b"".join(pieces))
    message = parse(raw)

    assert message.text.count("Hola") == pieces.count(b"Hola\n")
    assert len(message.attachments) + message.text.count("begin") == pieces.count(b"begin 644 x\n")
    for n, one in enumerate(message.attachments):
        assert sha256(attachment(raw, n)).hexdigest() == one.sha256
