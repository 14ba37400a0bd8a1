"""Content-Transfer-Encoding undone (RFC 2045 §6), as far as damaged data allow; never an exception."""

import binascii
from string import ascii_letters, digits

NOT_BASE64 = bytes(set(range(256)) - set(f"{ascii_letters}{digits}+/".encode()))


def decode(data: bytes | memoryview, encoding: str) -> bytes:
    """The octets that were encoded. An unknown encoding leaves them as they are (RFC 2045 §6.4)."""
    match encoding.strip().lower():
        case "base64":
            return base64(data)
        case "quoted-printable":
            return binascii.a2b_qp(data)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return _uu(bytes(data))
    return bytes(data)


def base64(data: bytes | memoryview) -> bytes:
    """As a mail client reads it: foreign characters skipped, the end at the first padding, none demanded."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        letters = bytes(data).partition(b"=")[0].translate(None, NOT_BASE64)
        if len(letters) % 4 == 1:  # one letter alone carries no octet
            letters = letters[:-1]
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _uu(data: bytes) -> bytes:
    begun, found = False, []
    for line in data.splitlines():
        if begun and line.strip() == b"end":
            break
        if begun:
            found.append(_uu_line(line))
        begun = begun or line.startswith(b"begin ")
    return b"".join(found) if begun else data


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
