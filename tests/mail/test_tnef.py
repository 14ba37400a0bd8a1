"""winmail.dat: kept as it came, and opened beside that (hazard 46, lesson 32)."""

import struct
import time
from hashlib import sha256
from pathlib import Path
from unicodedata import category

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.mail import tnef
from mailbot.mail.attachments import attachment
from mailbot.mail.parse import parse
from tests.mail import outlook
from tests.mail.build import b64, multimail, part
from tests.mail.outlook import PDF, attribute, codepage, envelope, file, nested, prop, properties, string

TWO_FILES = envelope(
    codepage(1252),
    nested([string(outlook.P_BODY, "Adjunto el oficio.")]),
    file("año.pdf".encode("cp1252"), PDF),
    file(b"OFICIO~1.DOC", b"D" * 5, string(outlook.P_LONG_NAME, "Oficio de año nuevo.doc")),
)


def with_envelope(
    data: bytes, text: str = "", kind: str = "application/ms-tnef", name: str = "winmail.dat"
) -> bytes:
    said = f'attachment; filename="{name}"' if name else ""
    encoded = {"content_disposition": said, "content_transfer_encoding": "base64"}
    return multimail("mixed", part(text), part(b64(data), kind, **encoded), part("fin", "text/csv"))


def opened(data: bytes) -> tnef.Envelope:
    found = tnef.read(data)
    assert found is not None
    return found


def test_the_files_in_it_follow_it_and_say_where_they_were() -> None:
    found = parse(with_envelope(TWO_FILES, "Hola")).attachments

    assert [(one.name, one.type, one.inside) for one in found] == [
        ("winmail.dat", "application/ms-tnef", ""),
        ("año.pdf", "application/pdf", "winmail.dat"),
        ("Oficio de año nuevo.doc", "application/msword", "winmail.dat"),
        ("adjunto-4.csv", "text/csv", ""),
    ]


def test_it_and_its_files_come_out_byte_for_byte() -> None:
    """Zeros at the end of a file are the file's."""
    raw = with_envelope(TWO_FILES, "Hola")
    found = parse(raw).attachments
    contents = [attachment(raw, n) for n in range(len(found))]

    assert contents == [TWO_FILES, PDF, b"D" * 5, b"fin"]
    assert [(sha256(data).hexdigest(), len(data)) for data in contents] == [
        (one.sha256, one.size) for one in found
    ]
    with pytest.raises(IndexError):
        attachment(raw, 4)


@pytest.mark.parametrize(
    ("kind", "name", "is_opened"),
    [
        ("application/ms-tnef", "", True),
        ("application/vnd.ms-tnef", "x.dat", True),
        ("application/octet-stream", "WINMAIL.DAT", True),  # as many servers call it
        ("application/octet-stream", "x.dat", False),
    ],
)
def test_an_envelope_is_known_by_its_type_or_its_name(kind: str, name: str, is_opened: bool) -> None:
    found = parse(with_envelope(TWO_FILES, "Hola", kind, name)).attachments

    assert (len(found) == 4) is is_opened


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (nested([string(outlook.P_BODY, "Señor")]), "Señor"),
        (nested([prop(outlook.P_BODY, outlook.STRING, "Señor\0".encode("cp1252"))]), "Señor"),
        (attribute(outlook.BODY, "Señor\0".encode("cp1252")), "Señor"),
        (codepage(65001) + attribute(outlook.BODY, "Señor\0".encode()), "Señor"),
        (nested([prop(outlook.P_HTML, outlook.BINARY, b"<p>Se&ntilde;or")]), "Señor"),
        (
            nested(
                [
                    prop(outlook.P_INTERNET, outlook.LONG, struct.pack("<I", 28605)),  # ISO 8859-15
                    prop(outlook.P_HTML, outlook.BINARY, b"<p>A\xa4"),
                ]
            ),
            "A€",
        ),
        # behind a named property, several values, and a short one that is padded
        (
            nested(
                [
                    prop(0x8001, outlook.LONG, bytes(4), named=bytes(16) + struct.pack("<II", 0, 7)),
                    prop(
                        0x8002,
                        outlook.LONG,
                        bytes(4),
                        named=bytes(16) + struct.pack("<II", 1, 6) + b"a\0b\0\0\0\0\0",
                    ),
                    prop(0x0001, outlook.SHORT, b"\x01\0"),
                    prop(0x101E, 0x1000 | outlook.STRING, b"uno\0", b"dos\0"),
                    string(outlook.P_BODY, "Señor"),
                ]
            ),
            "Señor",
        ),
    ],
)
def test_a_mail_without_text_has_the_text_in_its_envelope(body: bytes, text: str) -> None:
    message = parse(with_envelope(envelope(body)))

    assert message.text.strip() == text
    assert "texto leído de winmail.dat" in message.repaired


def test_the_text_beside_the_envelope_is_the_text() -> None:
    message = parse(with_envelope(TWO_FILES, "Hola"))

    assert (message.text.strip(), message.repaired) == ("Hola", ())


def test_an_attached_mail_in_it_is_one_file() -> None:
    """It is an envelope too, and stays closed; the sentence that stands in its place is left out."""
    inner = envelope(file(b"x.txt", b"dentro"))
    data = prop(outlook.P_DATA, outlook.OBJECT, outlook.IID_MESSAGE + inner)
    (found,) = opened(
        envelope(file(b"Solicitud", b"This attachment is a MAPI 1.0 embedded message", data))
    ).files

    assert (found.name, found.type, bytes(found.data)) == ("Solicitud", "application/ms-tnef", inner)


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\temp\\passwd", "a\r\nBcc: v/passwd"])
def test_a_name_in_it_is_a_name(name: str) -> None:
    """Hazards 24, 32."""
    found = parse(with_envelope(envelope(file(b"x", b"x", string(outlook.P_LONG_NAME, name))))).attachments

    assert found[1].name == "passwd"


def test_a_nameless_file_has_a_name() -> None:
    assert parse(with_envelope(envelope(file(b"", b"x")))).attachments[1].name == "adjunto-2.bin"


def test_a_mail_as_outlook_sends_it() -> None:
    raw = (Path(__file__).parents[1] / "fixtures" / "adjunto_winmail.eml").read_bytes()
    message = parse(raw)

    assert [(one.name, one.inside) for one in message.attachments] == [
        ("winmail.dat", ""),
        ("Factura del tóner.pdf", "winmail.dat"),
    ]
    assert attachment(raw, 1) == PDF
    assert message.text.startswith("Buenos días.")


def test_an_envelope_that_is_cut_gives_what_is_there_and_tells() -> None:
    message = parse(with_envelope(TWO_FILES[:-40], "Hola"))

    assert [one.name for one in message.attachments][:2] == ["winmail.dat", "año.pdf"]
    assert message.repaired == ("winmail.dat: su final no se pudo leer",)


def test_what_is_no_envelope_is_a_file() -> None:
    assert len(parse(with_envelope(b"MZ\x90", "Hola")).attachments) == 2


def test_five_envelopes_of_a_mail_are_opened() -> None:
    encoded = {"content_transfer_encoding": "base64"}
    parts = [part(b64(envelope(file(b"x", b"x"))), "application/ms-tnef", **encoded) for _ in range(8)]

    message = parse(multimail("mixed", *parts))
    assert len(message.attachments) == 8 + 5
    assert message.repaired == ("más de 5 winmail.dat: se abrieron los primeros",)


@pytest.mark.parametrize(
    "hostile",
    [
        envelope(attribute(outlook.MAIL, b"\xff\xff\xff\xff")),
        envelope(attribute(outlook.MAIL, b"\xff\xff\xff\xff" + prop(0x101E, 0x101E, b"") * 2)),
        envelope(
            attribute(
                outlook.MAIL, b"\x01\0\0\0" + struct.pack("<HHI", 0x101E, 1, 0xFFFFFFFF) + bytes(10_000_000)
            )
        ),
        envelope(attribute(outlook.MAIL, b"\xff\xff\xff\xff" + struct.pack("<HHI", 0x1048, 1, 0xFFFFFFFF))),
        envelope(attribute(0, b"") * 1_000_000),
        envelope(file(b"x", b"x") * 100_000),
        envelope(file(b"x", b"x", *[string(1, "x")] * 100) * 1000),
        outlook.SIGNATURE,
        outlook.SIGNATURE + b"\x01\0\x01",
    ],
)
def test_what_an_envelope_says_of_itself_is_not_believed(hostile: bytes) -> None:
    """Counts of four billion, a million attributes: hazards 36 and 37."""
    started = time.process_time()
    assert len(opened(hostile).files) <= tnef.FILES
    assert time.process_time() - started < 1


@given(st.data())
@settings(deadline=None, max_examples=300)
def test_a_damaged_envelope_raises_nothing_and_holds_no_more_than_it_has(data: st.DataObject) -> None:
    damaged = bytearray(TWO_FILES)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(4, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    found = opened(bytes(damaged[: data.draw(st.integers(4, len(damaged)))]))

    assert sum(len(one.data) for one in found.files) <= len(damaged)
    assert not {category(c) for one in found.files for c in one.name} & {"Cc", "Cs", "Zl", "Zp"}


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_octets_are_read(octets: bytes) -> None:
    opened(outlook.SIGNATURE + b"\0\0" + octets)
    opened(
        envelope(
            attribute(outlook.MAIL, octets),
            attribute(outlook.FILE, octets),
            attribute(outlook.MAIL, properties(octets)),
        )
    )
