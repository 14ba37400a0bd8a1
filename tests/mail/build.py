"""Raw mails for the tests: bytes as they come from a server, CRLF and all."""

import base64
from collections.abc import Mapping

ANA = "Ana Peña <ana@mesa.example>"


def mail(body: bytes | str = "Hola", **fields: str | bytes) -> bytes:
    """A whole mail. `message_id="…"` is the field Message-ID; a field given as "" is left out."""
    given: dict[str, str | bytes] = {"from": ANA, "subject": "Clave", "message_id": "<m1@mesa.example>"}
    given |= fields
    head = b"".join(_field(name, value) for name, value in given.items() if value)
    return head + b"\r\n" + crlf(body)


def part(body: bytes | str, kind: str = "text/plain; charset=utf-8", **fields: str | bytes) -> bytes:
    return (
        b"".join(_field(k, v) for k, v in {"content_type": kind, **fields}.items() if v)
        + b"\r\n"
        + crlf(body)
    )


def multi(kind: str, *parts: bytes, boundary: str = "frontera") -> tuple[str, bytes]:
    """The Content-Type and the body of a multipart."""
    mark = f"--{boundary}".encode()
    return f'multipart/{kind}; boundary="{boundary}"', b"\r\n".join(
        (*(mark + b"\r\n" + inner for inner in parts), mark + b"--", b"")
    )


def multimail(kind: str, *parts: bytes, **fields: str | bytes) -> bytes:
    content_type, body = multi(kind, *parts)
    return mail(body, **{"content_type": content_type, **fields})


def b64(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def crlf(body: bytes | str) -> bytes:
    return body if isinstance(body, bytes) else body.encode().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def head(fields: Mapping[str, str]) -> bytes:
    return b"".join(_field(name, value) for name, value in fields.items())


def _field(name: str, value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return name.replace("_", "-").title().encode() + b": " + data + b"\r\n"
