"""Headers and two bodies → bytes, and the bytes read again: nothing may stand in them that was not meant.

Python 3.11.7 decodes `=?…?=` again when it writes a header, and what it finds becomes headers
(cpython#121650, hazard 25); later versions refuse. So texts are cleaned before, the mail is checked after.
"""

from email import message_from_bytes
from email.header import Header, decode_header, make_header
from email.message import EmailMessage, Message
from email.policy import SMTP, EmailPolicy


class NotWritable(ValueError):
    """No valid mail can be made of this: an address that is none, or bytes that say more than was meant."""


class _Policy(EmailPolicy):
    """Lines up to 998 octets (RFC 5322 §2.1.1): with less, Python encodes long ids and unquotes long names.

    But a subject stands in encoded words of at most 75 (RFC 2047 §2), with no space lost between them.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if name != "Subject":
            return super().fold_binary(name, value)
        charset = "us-ascii" if value.isascii() else "utf-8"
        folded = Header(str(value), charset, maxlinelen=76, header_name=name).encode(linesep="\r\n")
        return f"{name}: {folded}\r\n".encode("ascii")


POLICY = _Policy(linesep="\r\n", max_line_length=998)


def write(headers: dict[str, str], text: str, html: str, boundary: str) -> bytes:
    """multipart/alternative, both parts in quoted-printable: short ASCII lines, whatever people wrote.

    `boundary` holds `=_`, which no quoted-printable line can. Raises NotWritable.
    """
    mail = EmailMessage(policy=POLICY)
    for name, value in headers.items():
        mail[name] = value
    mail["MIME-Version"] = "1.0"
    mail.add_header("Content-Type", "multipart/alternative", boundary=boundary)
    for subtype, body in (("plain", text), ("html", html)):
        part = EmailMessage(policy=SMTP)
        part.set_content(body, subtype=subtype, charset="utf-8", cte="quoted-printable")
        del part["MIME-Version"]  # it belongs to the whole
        mail.attach(part)
    data = mail.as_bytes()
    _check(data, headers, text, html)
    return data


def _check(data: bytes, headers: dict[str, str], text: str, html: str) -> None:
    """Read as any other program would: the same headers and values, the same two bodies, no more."""
    read = message_from_bytes(data)
    meant = [*headers, "MIME-Version", "Content-Type"]
    if read.keys() != meant:
        raise NotWritable(f"El correo tendría otros encabezados: {', '.join(read.keys())}.")
    for name, value in headers.items():
        if _unquoted(_unfolded(str(read[name]))) != _unquoted(value):
            raise NotWritable(f"El encabezado {name} no quedaría como debe.")
    parts = read.get_payload()
    if not isinstance(parts, list) or [_body(p) for p in parts] != [
        ("text/plain", text),
        ("text/html", html),
    ]:
        raise NotWritable("El texto del correo no quedaría como debe.")


def _unfolded(raw: str) -> str:
    return str(make_header(decode_header("".join(raw.splitlines()))))


def _unquoted(text: str) -> str:
    """A display name needs its quotes as plain text, and has none as an encoded word."""
    return text.replace('"', "")


def _body(part: object) -> tuple[str, str]:
    if not isinstance(part, Message) or part.is_multipart():
        return "", ""
    payload = part.get_payload(decode=True)
    said = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return part.get_content_type(), said.replace("\r\n", "\n")
