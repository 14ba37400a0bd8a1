"""The bytes of a message as it came: written with it, read on demand, never migrated."""

import zlib

from sqlalchemy import select

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


def raw(s: Transaction, message_id: int) -> bytes:
    """The message as it came. Raises `LookupError` if it is unknown or its bytes were removed."""
    original = scalar(s, select(message.c.duplicate_of).where(message.c.id == message_id)) or message_id
    chunks = rows(s, select(raw_chunk).where(raw_chunk.c.message_id == original).order_by(raw_chunk.c.n))
    if not chunks:
        raise LookupError(f"no bytes of message {message_id}")
    return b"".join(zlib.decompress(c.data) if c.compressed else c.data for c in chunks)


def keep(s: Transaction, message_id: int, raw: Octets) -> None:
    """A chunk at a time: nobody holds all of a large one."""
    if len(raw) < SMALL:
        _keep(s, message_id, 0, zlib.compress(raw[:], 1), compressed=True)
    for n in range(-(-len(raw) // CHUNK) if len(raw) >= SMALL else 0):
        _keep(s, message_id, n, raw[n * CHUNK : (n + 1) * CHUNK], compressed=False)


def _keep(s: Transaction, message_id: int, n: int, data: bytes, *, compressed: bool) -> None:
    add_all(s, raw_chunk, [{"message_id": message_id, "n": n, "compressed": compressed, "data": data}])
