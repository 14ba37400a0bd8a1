"""Files written into a plain text between `begin 644 name` and `end`, as programs did before MIME."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

BEGIN = b"begin "

#: the first character of a line tells how many octets it holds, three in four characters; some add one more
_LINE = b"|".join(
    b"%s[ -`]{%d}" % (re.escape(bytes([32 + count])), -(-count // 3) * 4)
    for count in (45, *range(1, 45), *range(46, 64))
)
_FILE = re.compile(
    rb"begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n((?:(?:"
    + _LINE
    + rb")[ -`]?\r?\n)*+)(?:[ `]?\r?\n)?end[ \t]*(?:\r?\n|\Z)"
)

_WRITTEN = re.compile(rb"[^\r\n]+")


@dataclass(frozen=True, slots=True)
class File:
    """Where it stands in the text, from `begin` on; `name` as its sender wrote it."""

    name: bytes
    start: int
    end: int
    text: bytes = field(repr=False, compare=False)
    body: tuple[int, int]

    @property
    def data(self) -> memoryview:
        found = bytearray()
        for line in _WRITTEN.finditer(self.text, *self.body):
            found += binascii.a2b_uu(line[0][: 1 + -(-(line[0][0] - 32 & 63) // 3) * 4])
        return memoryview(found)


def files(text: bytes, start: int, end: int) -> Iterator[File]:
    """The whole files in these octets of a text. What is damaged or has no end stays text."""
    at = text.find(BEGIN, start, end)
    while at >= 0:
        after = at + len(BEGIN)
        begins = at == start or text[at - 1] == 0x0A
        if begins and (found := _FILE.match(text, at, end)):
            yield File(found[1], at, found.end(), text, found.span(2))
            after = found.end()
        at = text.find(BEGIN, after, end)


def without(text: bytes, start: int, end: int, files: tuple[File, ...], size: int) -> bytes:
    """The first `size` octets of the text between the files, and perhaps more."""
    pieces, length = [], 0
    for file in files:
        if length < size:
            pieces.append(text[start : min(file.start, start + size)])
            length += len(pieces[-1])
        start = file.end
    return b"".join((*pieces, text[start : min(end, start + size)]))
