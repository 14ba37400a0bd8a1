"""Which message this is: by its Message-ID, which may lie or lack, and by its content, which may not."""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256

from mailbot.mail import headers
from mailbot.mail.headers import Headers

#: fields that stay the same on every delivery; what servers on the way add is not among them
STABLE = ("from", "to", "cc", "date", "subject", "message-id")
#: RFC 5322 §2.1.1 bounds a line, and so an id; of a long thread the beginning and the nearest are kept
LENGTH, KEPT = 998, 100

_ID = re.compile(r"<([^<>]+)>")
_CHUNK = 1024 * 1024


def content_hash(raw: bytes) -> str:
    """sha256 in hex of the fields that no server changes and of the body, its newlines made CRLF."""
    raw = headers.unix(raw)
    own, body, _ = headers.read(raw, headers.begin(raw), len(raw))
    return hash_of(own, raw, body)


def hash_of(own: Headers, raw: bytes, body: int) -> str:
    """As `content_hash`, of a message whose header is read and whose body begins at `body`."""
    digest = sha256()
    for name in STABLE:
        for value in own.all(name):
            digest.update(name.encode() + b":" + b" ".join(value.split()) + b"\r\n")
    for chunk in _body(raw, body):
        digest.update(chunk)
    return digest.hexdigest()


def _body(raw: bytes, at: int) -> Iterator[bytes | memoryview]:
    """The body with CRLF as newline, in pieces; empty lines at its end do not count."""
    end = len(raw)
    while end > at and raw[end - 1] in b"\r\n":
        end -= 1
    while at < end:
        to = min(end, at + _CHUNK)
        if raw[to - 1] == 0x0D and to < end:  # never between CR and LF
            to += 1
        chunk = raw[at:to]
        if chunk.count(b"\n") != chunk.count(b"\r\n"):
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        yield chunk
        at = to


def message_id(own: Headers, content: str) -> tuple[str, str]:
    """The message's id, or one made of its content (lesson 6); and what is wrong with it."""
    values = own.all("message-id")
    ids = read(values[:1])
    if ids:
        return ids[0], "varias cabeceras Message-ID: vale la primera" if len(values) > 1 else ""
    problem = "Message-ID inservible" if values else "sin Message-ID"
    return f"<{content}@content.mailbot.invalid>", f"{problem}: se hizo uno del contenido"


def read(values: Iterable[bytes]) -> tuple[str, ...]:
    """Every `<id>` of In-Reply-To or References, once each, in order; also one folded or encoded on its way."""
    found: dict[str, None] = {}
    for value in values:
        for inside in _ID.findall(headers.text(value)):
            if len(plain := "".join(inside.split())) in range(1, LENGTH):
                found[f"<{plain}>"] = None
    ids = tuple(found)
    return ids if len(ids) <= KEPT else (ids[0], *ids[-KEPT + 1 :])
