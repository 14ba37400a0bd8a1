"""A header as fields in wire order: raw values, decoded when asked for (RFC 5322 §2.2, RFC 2047)."""

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from mailbot.mail import charset, transfer

#: a header block and a single field may be this long, in octets; what is beyond is left out
BLOCK, FIELD = 256 * 1024, 64 * 1024
#: RFC 5322 §2.1.1 bounds a line, and so a name: what goes on longer without a colon is no field
NAME = 998

_FIELD = re.compile(rb"([!-9;-~]*)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)(?:\n|\Z)")
_BLANK = re.compile(rb"\r?\n")
_END = re.compile(rb"\n\r?\n")
#: before the first field: a byte order mark, empty lines, the line of an mbox
_BEGIN = re.compile(rb"(?:\xef\xbb\xbf)?(?:\r?\n)*(?:>?From [^\n]*\n)?")
_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]*)\?=")
#: characters that turn the direction of what stands around them: a name or subject needs none
_BIDI = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


@dataclass(frozen=True)
class Headers:
    """Fields as (name in lower case, raw value) in wire order."""

    fields: tuple[tuple[str, bytes], ...]

    @cached_property
    def by_name(self) -> Mapping[str, tuple[bytes, ...]]:
        found: dict[str, list[bytes]] = {}
        for name, value in self.fields:
            found.setdefault(name, []).append(value)
        return {name: tuple(values) for name, values in found.items()}

    def all(self, name: str) -> tuple[bytes, ...]:
        return self.by_name.get(name, ())

    def first(self, name: str) -> bytes:
        """The raw value of the topmost field of this name, b"" if there is none (hazard 39)."""
        return self.by_name.get(name, (b"",))[0]

    def text(self, name: str) -> str:
        return text(self.first(name))

    def decoded(self) -> Mapping[str, tuple[str, ...]]:
        return {name: tuple(map(text, values)) for name, values in self.by_name.items()}


def unix(raw: bytes) -> bytes:
    """A mail of the last century ends its lines with CR alone; any other is left as it is."""
    return raw if b"\n" in raw else raw.replace(b"\r", b"\n")


def begin(raw: bytes) -> int:
    """Where the first field stands."""
    found = _BEGIN.match(raw)
    return found.end() if found else 0


def read(raw: bytes, at: int, end: int) -> tuple[Headers, int, bool]:
    """The fields from `at` on, where the body begins, and whether something was too long and left out.

    A line that is no field ends the header, as for Python's own parser: the body begins with it.
    """
    fields: list[tuple[str, bytes]] = []
    limit, cut = min(end, at + BLOCK), False
    while found := _FIELD.match(raw, at, limit):
        cut = cut or len(found[2]) > FIELD
        if found[1]:  # a field without a name is none, and ends nothing: what follows may say Auto-Submitted
            fields.append((found[1].decode("ascii").lower(), found[2][:FIELD]))
        at = found.end()
    if blank := _BLANK.match(raw, at, end):
        at = blank.end()
    elif limit < end and limit - at < NAME and raw.find(b"\n", at, limit) < 0:  # the block goes on
        rest = _END.search(raw, limit - 1, end)
        at, cut = rest.end() if rest else end, True
    return Headers(tuple(fields)), at, cut


def of(raw: bytes) -> Headers:
    """The header of a whole mail."""
    raw = unix(raw)
    return read(raw, begin(raw), len(raw))[0]


def text(value: bytes) -> str:
    """A raw value as people read it: decoded, unfolded, one line, no control characters (hazards 24, 26)."""
    if value.isascii() and b"=?" not in value:
        return line(value.decode("ascii"))
    return line(words(octets(value)))


def octets(value: bytes) -> str:
    """A raw value as text with its encoded words untouched; 8-bit senders mean UTF-8, else cp1252."""
    return charset.decode(value)[0]


def line(written: str) -> str:
    """One line: white space is one blank, and no character in it can end a header or a line of the log."""
    written = " ".join(written.split())
    if written.isascii() and written.isprintable():
        return written
    return " ".join(charset.tidy(written).translate(_BIDI).split())


def words(written: str) -> str:
    """Encoded words decoded once. Neighbours are joined before decoding: a character may be cut in two."""
    if "=?" not in written:
        return written
    pieces: list[str] = []
    held: list[bytes] = []
    name, at = "", 0
    for found in _WORD.finditer(written):
        between = written[at : found.start()]
        if between.strip() or not held or found[1].lower() != name:
            pieces.append(charset.decode(b"".join(held), name)[0])
            held.clear()
        if between.strip() or not at:
            pieces.append(between)
        name, at = found[1].lower(), found.end()
        held.append(_word(found[2], found[3]))
    pieces += [charset.decode(b"".join(held), name)[0], written[at:]]
    return "".join(pieces)


def _word(encoding: str, written: str) -> bytes:
    data = written.encode("utf-8", "ignore")
    if encoding in "bB":
        return transfer.base64(data)
    return binascii.a2b_qp(data, header=True)
