"""Content-Transfer-Encoding undone (RFC 2045 §6), as far as damaged data allow; never an exception.

What comes out is told together with what was wrong, in Spanish, "" where nothing was.
"""

import binascii
import re
from string import ascii_letters, digits

NOT_BASE64 = bytes(set(range(256)) - set(f"{ascii_letters}{digits}+/".encode()))
#: RFC 2045 §6.2, and what is written for it
AS_IT_IS = ("", "7bit", "8bit", "binary", "7-bit", "8-bit")

#: octets that are looked at together
PIECE = 1024 * 1024

BASE64 = "base64 dañado: se leyó lo que se pudo"
QUOTED = "quoted-printable dañado: se leyó lo que se pudo"
UU = "uuencode dañado: se leyó lo que se pudo"
UNKNOWN = "codificación desconocida: se leyó como si no la hubiera"

_NOT_QUOTED = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]{0,76}(?:\r?\n|\Z))")


def decode(raw: bytes, start: int, end: int, encoding: str) -> tuple[bytes, str]:
    """The octets that were encoded there. An unknown encoding leaves them as they are (RFC 2045 §6.4)."""
    data = memoryview(raw)[start:end]  # no copy: an attachment may have 50 MB
    match encoding.strip().lower():
        case "base64":
            return _base64(raw, start, end, data)
        case "quoted-printable":
            return binascii.a2b_qp(data), QUOTED if _NOT_QUOTED.search(raw, start, end) else ""
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return _uu(bytes(data))
        case name:
            return bytes(data), "" if name in AS_IT_IS else UNKNOWN


def base64(data: bytes) -> tuple[bytes, str]:
    return _base64(data, 0, len(data), memoryview(data))


def _base64(raw: bytes, start: int, end: int, data: memoryview) -> tuple[bytes, str]:
    """As a mail client reads it: foreign characters skipped, the end at the first padding, none demanded."""
    try:
        found = binascii.a2b_base64(data)
    except binascii.Error:
        letters = bytes(data).partition(b"=")[0].translate(None, NOT_BASE64)
        if len(letters) % 4 == 1:  # one letter alone carries no octet
            letters = letters[:-1]
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4)), BASE64
    # in pieces, since each is copied; counting every blank by itself takes three times as long
    pieces = (raw[at : min(at + PIECE, end)] for at in range(start, end, PIECE))
    written = sum(len(piece.translate(None, b"\r\n \t")) for piece in pieces)
    is_whole = written == -(-len(found) // 3) * 4
    return found, "" if is_whole else BASE64


def _uu(data: bytes) -> tuple[bytes, str]:
    begun, ended, found = False, False, bytearray()
    for line in data.splitlines():
        if ended := begun and line.strip() == b"end":
            break
        if begun:
            found += _uu_line(line)
        begun = begun or line.startswith(b"begin ")
    return bytes(found) if begun else data, "" if ended else UU


def _uu_line(line: bytes) -> bytes:
    """Broken encoders pad a line wrongly: its own length byte says how much of it counts."""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        count = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:count])
        except binascii.Error:
            return b""
