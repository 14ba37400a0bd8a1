"""A mail that is too large for memory, without the middle of its long bodies: what is left has the same parts.

What `structure` looks at stays: every line that begins with `--`, and below it all up to the end of a header, the
part's own and that of a mail attached there. Lines after that, until the next `--`, are content whatever they
say, and only whole lines are left out, so that none begins in another place than before. Each part still reads
its octets from the mail itself (`Part`).
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.mail import headers
from mailbot.mail.octets import Octets

#: octets looked at together; a stretch without `--` that is not longer stays whole
PIECE = 64 * 1024
#: octets from the beginning of a stretch in which its headers must end, or it stays whole
HEAD = 2 * headers.BLOCK
#: octets at the end of a stretch that stay: the line break before a boundary belongs to it
TAIL = 1024

_MARK = b"\n--"


@dataclass(frozen=True, slots=True)
class Shortened:
    """`raw`: what is left of `mail`; `joins`: where octets are missing in it, and how many up to there."""

    mail: Octets
    raw: bytes
    joins: tuple[int, ...]
    missing: tuple[int, ...]

    def place(self, at: int) -> int:
        """The place in the mail of what stands at `at` in `raw`."""
        before = bisect_right(self.joins, at)
        return at + (self.missing[before - 1] if before else 0)

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """The same octets in the mail; None where none are missing between them."""
        there = self.place(start), self.place(end)
        return there if there[1] - there[0] > end - start else None


def to_parse(mail: Octets) -> tuple[bytes, Shortened | None]:
    """What of a mail is parsed; and, if that is not all of it, where the rest is."""
    if isinstance(mail, bytes):
        return mail, None
    short = shortened(mail)
    return short.raw, short if short.joins else None


def shortened(mail: Octets) -> Shortened:
    pieces: list[bytes] = []
    joins: list[int] = []
    missing: list[int] = []
    at, length = 0, 0
    for start, end in _gaps(mail):
        pieces.append(mail[at:start])
        length += start - at
        joins.append(length)
        missing.append(end - length)
        at = end
    pieces.append(mail[at : len(mail)])
    return Shortened(mail, b"".join(pieces), tuple(joins), tuple(missing))


def find(mail: Octets, word: bytes, start: int, end: int) -> int:
    """As `bytes.find`."""
    for at in range(start, end, PIECE):
        found = mail[at : min(end, at + PIECE + len(word) - 1)].find(word)
        if found >= 0:
            return at + found
    return -1


def _gaps(mail: Octets) -> Iterator[tuple[int, int]]:
    for start, end in _stretches(mail):
        begin = _after_headers(mail[start : min(end, start + HEAD)], is_first=start == 0)
        tail = max(start, end - TAIL)
        stop = tail + mail[tail:end].find(b"\n") + 1
        if begin and tail < stop < end - len(b"\r\n") and stop - (start + begin) > PIECE:
            yield start + begin, stop


def _stretches(mail: Octets) -> Iterator[tuple[int, int]]:
    """From a line that begins with `--`, or the first, to before the next one: those longer than a piece."""
    start, size = 0, len(mail)
    for at in range(0, size, PIECE):
        piece = mail[at : min(size, at + PIECE + len(_MARK) - 1)]
        first = piece.find(_MARK)
        if first < 0:
            continue
        if at + first + 1 - start > PIECE:
            yield start, at + first + 1
        start = at + piece.rfind(_MARK) + 1
    if size - start > PIECE:
        yield start, size


def _after_headers(head: bytes, *, is_first: bool) -> int:
    """Where a whole line ends below the part's header and that of a mail attached in it; 0: not in `head`.

    A header ends at the first empty line, if not before: `headers.read` looks no further, but where it is too
    long, and then for that line.
    """
    begin = headers.begin(head) if is_first else 1
    blank = headers.END.search(head, max(0, begin - 1))
    if blank is None:
        return 0
    rest = head[blank.end() :]
    _, body, _ = headers.read(rest, headers.begin(rest), len(rest))
    line = rest.find(b"\n", body) + 1
    return blank.end() + line if line else 0
