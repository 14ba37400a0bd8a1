"""Which message this is: by its Message-ID, which may lie or lack, and by its content, which may not."""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256

from mailbot.mail import headers
from mailbot.mail.headers import Headers
from mailbot.mail.octets import Octets
from mailbot.mail.shortened import to_parse

#: fields that stay the same on every delivery; what servers on the way add is not among them
STABLE = ("from", "to", "cc", "date", "subject", "message-id")
#: RFC 5322 §2.1.1 bounds a line, and so an id; of a long thread the beginning and the nearest are kept
LENGTH, KEPT = 998, 100

_ID = re.compile(r"<([^<>]+)>")
#: octets: of the body at once, and of its end
_CHUNK, _LINE = 1024 * 1024, 1024


def content_hash(raw: Octets) -> str:
    """sha256 in hex of the fields that no server changes and of the body, its newlines made CRLF."""
    lines, short = to_parse(raw)
    lines = headers.unix(lines)
    own, body, _ = headers.read(lines, headers.begin(lines), len(lines))
    if short:
        return hash_of(own, raw, short.place(body), len(raw))
    return hash_of(own, lines, body, len(lines))


def hash_of(own: Headers, mail: Octets, body: int, end: int) -> str:
    """As `content_hash`, of a message whose header is read and whose body stands between `body` and `end`."""
    digest = sha256()
    for name in STABLE:
        for value in own.all(name):
            digest.update(name.encode() + b":" + b" ".join(value.split()) + b"\r\n")
    for chunk in _body(mail, body, end):
        digest.update(chunk)
    return digest.hexdigest()


def _body(mail: Octets, at: int, end: int) -> Iterator[bytes]:
    """The body with CRLF as newline, in pieces; empty lines at its end do not count."""
    while end > at:
        last = mail[max(at, end - _LINE) : end]
        kept = last.rstrip(b"\r\n")
        end -= len(last) - len(kept)
        if kept:
            break
    while at < end:
        to = min(end, at + _CHUNK)
        if mail[to - 1 : to] == b"\r" and to < end:  # never between CR and LF
            to += 1
        chunk = mail[at:to]
        if headers.NOT_CRLF.search(chunk):
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
