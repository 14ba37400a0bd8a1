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
#: what compressed RTF may refer to from its first octet on ([MS-OXRTFCP] §2.1.2.1)
WINDOW = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n"
    b"\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
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


def packed(rtf: bytes) -> bytes:
    """Compressed RTF as [MS-OXRTFCP] §2.2.1 writes it: at each octet the longest piece that the window holds."""
    window = bytearray(WINDOW.ljust(4096, b"\0"))
    at, wrote, tokens = 0, len(WINDOW), []
    while at < len(rtf):
        known = [(window + window).find(rtf[at : at + size]) for size in range(2, min(17, len(rtf) - at) + 1)]
        size = 1 + next((n for n, place in enumerate(known) if place < 0 or n + 2 > 9), len(known))
        place = (window + window).find(rtf[at : at + size])
        is_safe = size > 1 and not (place <= wrote < place + size)
        size = size if is_safe else 1
        tokens.append(struct.pack(">H", place % 4096 << 4 | size - 2) if is_safe else rtf[at : at + 1])
        for octet in rtf[at : at + size]:
            window[wrote % 4096] = octet
            wrote += 1
        at += size
    tokens.append(struct.pack(">H", wrote % 4096 << 4))
    data = b""
    for n in range(0, len(tokens), 8):
        flags = sum(1 << bit for bit, token in enumerate(tokens[n : n + 8]) if len(token) == 2)
        data += bytes([flags]) + b"".join(tokens[n : n + 8])
    return struct.pack("<II4sI", len(data) + 12, len(rtf), b"LZFu", checksum(data)) + data


def checksum(data: bytes) -> int:
    """§2.1.3.2, bit by bit."""
    total = 0
    for octet in data:
        total ^= octet
        for _ in range(8):
            total = total >> 1 ^ (0xEDB88320 if total & 1 else 0)
    return total
