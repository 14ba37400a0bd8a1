"""Content-Transfer-Encoding undone (RFC 2045 §6), as far as damaged data allow; never an exception.

What comes out is told together with what was wrong, in Spanish, "" where nothing was.
"""

import binascii
import re
from collections.abc import Callable, Iterator
from string import ascii_letters, digits

from mailbot.mail.octets import Octets

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


def unpack(mail: Octets, start: int, end: int, encoding: str, take: Callable[[bytes], object]) -> str:
    """What `decode` finds there, given to `take` a piece at a time; what was wrong."""
    match encoding.strip().lower():
        case "base64":
            return _unpack_base64(mail, start, end, take)
        case "quoted-printable":
            return _unpack_quoted(mail, start, end, take)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            found, wrong = _uu(mail[start:end])
            take(found)
            return wrong
        case name:
            for piece in _pieces(mail, start, end):
                take(piece)
            return "" if name in AS_IT_IS else UNKNOWN


def _pieces(mail: Octets, start: int, end: int) -> Iterator[bytes]:
    return (mail[at : min(at + PIECE, end)] for at in range(start, end, PIECE))


def _unpack_base64(mail: Octets, start: int, end: int, take: Callable[[bytes], object]) -> str:
    """Four letters are three octets, until the first padding: from there on the rest is decoded at once."""
    rest, at, is_whole, is_padded = b"", start, True, False
    for piece in _pieces(mail, start, end):
        letters, is_padded = piece.partition(b"=")[0], b"=" in piece
        at += len(letters)
        count = len(letters.translate(None, b"\r\n \t"))
        letters = letters.translate(None, NOT_BASE64)
        is_whole = is_whole and len(letters) == count
        letters = rest + letters
        full = len(letters) // 4 * 4
        take(binascii.a2b_base64(letters[:full]))
        rest = letters[full:]
        if is_padded:
            break
    found, wrong = base64(rest + mail[at:end])
    take(found)
    return wrong if is_whole else BASE64


def _unpack_quoted(mail: Octets, start: int, end: int, take: Callable[[bytes], object]) -> str:
    """Line by line nothing is different."""
    rest, is_whole = b"", True
    for piece in _pieces(mail, start, end):
        head, newline, tail = piece.rpartition(b"\n")
        if newline:
            lines, rest = rest + head + newline, tail
            take(binascii.a2b_qp(lines))
            is_whole = is_whole and not _NOT_QUOTED.search(lines)
        else:
            rest += piece
    take(binascii.a2b_qp(rest))
    return "" if is_whole and not _NOT_QUOTED.search(rest) else QUOTED


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
    written = sum(len(piece.translate(None, b"\r\n \t")) for piece in _pieces(raw, start, end))
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
