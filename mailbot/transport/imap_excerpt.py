"""A message above the limit, without its attachments: header and first text part, by BODYSTRUCTURE."""

import imaplib
from collections.abc import Iterator
from typing import Any

#: Octets of the header and of the text that are read at most.
HEADER = 262_144
TEXT = 1_048_576


def excerpt(client: Any, uid: int) -> bytes:
    """A small RFC 5322 message: the header as it is, and below it the first text part, if there is one.

    A multipart keeps its Content-Type, so what it claims to be (a report, an encrypted mail) stays readable.
    """
    header = section(client, uid, "HEADER", HEADER)
    if len(header) == HEADER:
        header = header[: header.rfind(b"\r\n")]
    header = header.rstrip(b"\r\n") + b"\r\n"
    structure = _structure(client, uid)
    if structure is None:
        return header + b"\r\n"
    if not structure.is_multipart:
        body = section(client, uid, "TEXT", TEXT) if _is_text(structure, b"PLAIN", b"HTML") else b""
        return header + b"\r\n" + body
    number, boundary = first_text(structure), _boundary(structure)
    if not number or not boundary:
        return header + b"\r\n"
    part_header = section(client, uid, f"{number}.MIME", HEADER).rstrip(b"\r\n") + b"\r\n\r\n"
    text = section(client, uid, number, TEXT)
    return b"".join((header, b"\r\n--", boundary, b"\r\n", part_header, text, b"\r\n--", boundary, b"--\r\n"))


def first_text(structure: Any) -> str:
    """The number of the first text/plain part that is no attachment, else of the first text/html, or ""."""
    parts = list(_leaves(structure))
    for subtype in (b"PLAIN", b"HTML"):
        for number, part in parts:
            if _is_text(part, subtype):
                return number
    return ""


def _leaves(structure: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """Parts with their numbers (RFC 3501 §6.4.5); an attached message is not entered."""
    for n, part in enumerate(structure[0], start=1):
        if part.is_multipart:
            yield from _leaves(part, f"{above}{n}.")
        else:
            yield f"{above}{n}", part


def _is_text(part: Any, *subtypes: bytes) -> bool:
    """Text of one of these kinds, and not sent as a file: item 10 of a text part is its disposition."""
    if (part[0] or b"").upper() != b"TEXT" or (part[1] or b"").upper() not in subtypes:
        return False
    disposition = (part[9] if len(part) > 9 else None) or b""
    kind = disposition if isinstance(disposition, bytes) else disposition[0]  # pymap sends it as one string
    return not kind.upper().startswith(b"ATTACHMENT")


def _boundary(structure: Any) -> bytes:
    parameters = structure[2] if len(structure) > 2 and structure[2] else ()
    named = dict(zip(parameters[::2], parameters[1::2], strict=False))
    return next((bytes(v) for k, v in named.items() if k.upper() == b"BOUNDARY"), b"")


def _structure(client: Any, uid: int) -> Any:
    """BODYSTRUCTURE, or None where the server gives none or one too deep to be read (hazard 36)."""
    try:
        return client.fetch([uid], ["BODYSTRUCTURE"]).get(uid, {}).get(b"BODYSTRUCTURE")
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, RecursionError):
        return None


class Gone(LookupError):
    """Somebody moved or deleted the message while we were reading it."""


def section(client: Any, uid: int, name: str, most: int, start: int = 0) -> bytes:
    """`most` octets of a section (RFC 3501 §6.4.5) from `start` on; b"" beyond its end. Raises `Gone`."""
    answer = client.fetch([uid], [f"BODY.PEEK[{name}]<{start}.{most}>"])
    if uid not in answer:
        raise Gone(uid)
    key = f"BODY[{name}]<{start}>".encode()
    if key not in answer[uid]:
        raise imaplib.IMAP4.error(f"no {key.decode()} in the answer")
    return answer[uid][key] or b""
