"""Envelopes as Outlook and Exchange make them ([MS-OXTNEF]): winmail.dat for the tests."""

import struct
from collections.abc import Iterable

SIGNATURE = b"\x78\x9f\x3e\x22"
BODY, MAIL, CODEPAGE = 0x0002800C, 0x00069003, 0x00069007
NEW_FILE, TITLE, DATA, FILE = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
STRING, UNICODE, BINARY, OBJECT, LONG, SHORT = 0x1E, 0x1F, 0x102, 0x0D, 0x03, 0x02
P_BODY, P_HTML, P_RTF, P_INTERNET = 0x1000, 0x1013, 0x1009, 0x3FDE
P_LONG_NAME, P_TYPE, P_DATA = 0x3707, 0x370E, 0x3701
#: of a message class that stands before an embedded mail
IID_MESSAGE = b"\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"
PDF = b"%PDF-1.7\r\n\xff\x00\n\n\0\0"


def envelope(*attributes: bytes) -> bytes:
    return SIGNATURE + b"\x01\x00" + b"".join(attributes)


def attribute(name: int, value: bytes, level: int = 1) -> bytes:
    return struct.pack("<BII", level, name, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def of_file(name: int, value: bytes) -> bytes:
    return attribute(name, value, level=2)


def codepage(number: int) -> bytes:
    return attribute(CODEPAGE, struct.pack("<II", number, 0))


def properties(*found: bytes) -> bytes:
    return struct.pack("<I", len(found)) + b"".join(found)


def prop(name: int, kind: int, *values: bytes, named: bytes = b"") -> bytes:
    """A property; of variable length its values follow, each with its length, padded to four."""
    written = struct.pack("<HH", kind, name) + named
    if kind in (LONG, SHORT):
        return written + b"".join(values).ljust(4, b"\0")
    return written + struct.pack("<I", len(values)) + b"".join(map(_padded, values))


def string(name: int, text: str) -> bytes:
    return prop(name, UNICODE, (text + "\0").encode("utf-16-le"))


def file(title: bytes, data: bytes, *found: bytes) -> bytes:
    described = (of_file(FILE, properties(*found)),) if found else ()
    return b"".join(
        (
            of_file(NEW_FILE, b"\x01\0" + bytes(12)),
            of_file(TITLE, title + b"\0"),
            of_file(DATA, data),
            *described,
        )
    )


def nested(prop_of: Iterable[bytes]) -> bytes:
    """The properties of an attribute of the mail."""
    return attribute(MAIL, properties(*prop_of))


def _padded(value: bytes) -> bytes:
    return struct.pack("<I", len(value)) + value + bytes(-len(value) % 4)
