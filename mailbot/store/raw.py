"""The bytes of a message as it came: written with it, read on demand, never migrated."""

import zlib
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from sqlalchemy import func, select

from mailbot.mail.octets import Octets
from mailbot.store import tables
from mailbot.store.columns import table
from mailbot.store.statements import add_all, rows, scalar
from mailbot.store.transaction import Transaction

message = table(tables.Message)
raw_chunk = table(tables.RawChunk)

CHUNK = 1024 * 1024
#: octets; above it compression costs more than it saves
SMALL = 64 * 1024
#: what is told of a message whose bytes are no more
REMOVED = (
    "Los bytes del mensaje {} ya no están: se retiraron por el plazo de [retention], o porque la persona pidió "
    "suprimir sus datos. Si todavía hace falta, pida que lo envíen de nuevo."
)


def raw(s: Transaction, message_id: int) -> bytes:
    """The message as it came. Raises `LookupError` if it is unknown or its bytes were removed."""
    original = _original(s, message_id)
    chunks = rows(s, select(raw_chunk).where(raw_chunk.c.message_id == original).order_by(raw_chunk.c.n))
    if not chunks:
        raise LookupError(f"no bytes of message {message_id}")
    return b"".join(zlib.decompress(c.data) if c.compressed else c.data for c in chunks)


def octets(s: Transaction, message_id: int) -> Octets:
    """As `raw`; a large message is read a chunk at a time, as long as this transaction lasts."""
    original = _original(s, message_id)
    lengths = select(raw_chunk.c.compressed, func.length(raw_chunk.c.data).label("size"))
    found = rows(s, lengths.where(raw_chunk.c.message_id == original).order_by(raw_chunk.c.n))
    if len(found) < 2 or any(chunk.compressed for chunk in found):
        return raw(s, message_id)
    return _Chunks(s, original, [chunk.size for chunk in found])


def has_bytes(s: Transaction, message_id: int) -> bool:
    """Whether they are kept under this id."""
    return scalar(s, select(raw_chunk.c.n).where(raw_chunk.c.message_id == message_id).limit(1)) is not None


def _original(s: Transaction, message_id: int) -> int:
    """The first one's bytes serve for all."""
    return scalar(s, select(message.c.duplicate_of).where(message.c.id == message_id)) or message_id


class _Chunks:
    """Octets that lie in the database; the chunk that was read last is kept."""

    def __init__(self, s: Transaction, message_id: int, sizes: Iterable[int]) -> None:
        self._s, self._message_id = s, message_id
        self._ends = list(accumulate(sizes))
        self._n, self._data = -1, b""

    def __len__(self) -> int:
        return self._ends[-1]

    def __getitem__(self, piece: slice, /) -> bytes:
        start, stop, _ = piece.indices(len(self))
        found, n = [], bisect_right(self._ends, start)
        while start < stop:
            data = self._chunk(n)
            begin = self._ends[n] - len(data)
            found.append(data[start - begin : stop - begin])
            start, n = self._ends[n], n + 1
        return b"".join(found)

    def _chunk(self, n: int) -> bytes:
        if n != self._n:
            mine = raw_chunk.c.message_id == self._message_id, raw_chunk.c.n == n
            self._n, self._data = n, scalar(self._s, select(raw_chunk.c.data).where(*mine))
        return self._data


def keep(s: Transaction, message_id: int, raw: Octets) -> None:
    """A chunk at a time: nobody holds all of a large one."""
    if len(raw) < SMALL:
        _keep(s, message_id, 0, zlib.compress(raw[:], 1), compressed=True)
    for n in range(-(-len(raw) // CHUNK) if len(raw) >= SMALL else 0):
        _keep(s, message_id, n, raw[n * CHUNK : (n + 1) * CHUNK], compressed=False)


def _keep(s: Transaction, message_id: int, n: int, data: bytes, *, compressed: bool) -> None:
    add_all(s, raw_chunk, [{"message_id": message_id, "n": n, "compressed": compressed, "data": data}])
