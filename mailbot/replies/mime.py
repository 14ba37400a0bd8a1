"""Headers and two bodies → bytes, and the bytes read again: nothing may stand in them that was not meant.

Written here and not by `email`: Python 3.11.7 decodes `=?…?=` again when it writes a header, and what it finds
becomes headers (cpython#121650, hazard 25); and it takes twenty times as long. Texts are cleaned before, the mail is
checked after.
"""

import re
import textwrap
from binascii import a2b_qp, b2a_base64, b2a_qp
from email.header import decode_header, make_header

#: of a line: what is better not exceeded, and what must not be (RFC 5322 §2.1.1)
SHORT, LONGEST = 76, 998
#: octets in an encoded word, so that it and the name of its header stay below 76 characters
WORD = 39
PART = "Content-Type: text/{}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable"


class NotWritable(ValueError):
    """No valid mail can be made of this: an address that is none, or bytes that say more than was meant."""


def write(headers: dict[str, str], text: str, html: str, boundary: str) -> bytes:
    """multipart/alternative, both parts in quoted-printable: short ASCII lines, whatever people wrote.

    `boundary` holds `=_`, which no quoted-printable line can. Raises NotWritable.
    """
    whole = {
        **headers,
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
    }
    lines = [*(_written(name, value) for name, value in whole.items()), ""]
    for subtype, body in (("plain", text), ("html", html)):
        lines += [f"--{boundary}", PART.format(subtype), "", _quoted(body)]
    data = "\r\n".join([*lines, f"--{boundary}--", ""]).encode("ascii", "replace")
    _check(data, whole, text, html, boundary)
    return data


def _written(name: str, value: str) -> str:
    line = f"{name}: {value}"
    if len(line) <= SHORT and value.isascii():
        return line
    if name == "Subject" and not value.isascii():
        return f"{name}: {_words(value)}"
    if name == "From" and not value.isascii():
        shown, _, address = value.rpartition(" ")
        return f"{name}: {_words(_unquoted(shown))}\r\n {address}"
    # only at spaces: what is broken elsewhere is another id or address
    longest = SHORT if name == "Subject" else LONGEST
    return "\r\n ".join(textwrap.wrap(line, longest - 1, break_long_words=False, break_on_hyphens=False))


def _words(text: str) -> str:
    """Encoded words, one a line, none longer than 75 and none within a character (RFC 2047 §2 and §5)."""
    pieces = [b""]
    for octets in map(str.encode, text):
        if len(pieces[-1]) + len(octets) > WORD:
            pieces.append(b"")
        pieces[-1] += octets
    return "\r\n ".join(f"=?utf-8?b?{b2a_base64(piece, newline=False).decode()}?=" for piece in pieces)


def _quoted(body: str) -> str:
    return b2a_qp(body.replace("\n", "\r\n").encode()).decode()


def _check(data: bytes, headers: dict[str, str], text: str, html: str, boundary: str) -> None:
    """Read as any other program would: the same headers and values, the same two bodies, no more."""
    header, _, body = data.partition(b"\r\n\r\n")
    ends = {data.count(end) for end in (b"\r\n", b"\r", b"\n")}  # a bare one ends a line for some
    if len(ends) > 1 or max(map(len, data.split(b"\r\n"))) > LONGEST:
        raise NotWritable("El correo tendría líneas que otros programas leerían de otra manera.")
    lines = re.sub(r"\r\n(?=[ \t])", "", header.decode()).split("\r\n")
    read = dict(line.partition(": ")[::2] for line in lines)
    if len(read) != len(lines) or list(read) != list(headers):
        raise NotWritable(f"El correo tendría otros encabezados: {', '.join(read)}.")
    for name, value in headers.items():
        if _unquoted(_decoded(read[name])) != _unquoted(value):
            raise NotWritable(f"El encabezado {name} no quedaría como debe.")
    before, *parts, after = (b"\r\n" + body).split(f"\r\n--{boundary}".encode())
    meant = [(PART.format("plain"), text), (PART.format("html"), html)]
    if before or after != b"--\r\n" or [_part(part) for part in parts] != meant:
        raise NotWritable("El texto del correo no quedaría como debe.")


def _decoded(value: str) -> str:
    return str(make_header(decode_header(value))) if "=?" in value else value


def _unquoted(text: str) -> str:
    """A display name needs its quotes as plain text, and has none as an encoded word."""
    return text.replace('"', "")


def _part(part: bytes) -> tuple[str, str]:
    """Its header, and its text as it was."""
    header, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    return header.decode(), a2b_qp(content).decode("utf-8", "replace").replace("\r\n", "\n")
