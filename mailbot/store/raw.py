"""The bytes of a message as it came: written with it, read on demand, never migrated."""

import zlib

from sqlalchemy import select

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


def keep(s: Transaction, message_id: int, raw: bytes) -> None:
    small = len(raw) < SMALL
    pieces = [zlib.compress(raw, 1)] if small else [raw[n : n + CHUNK] for n in range(0, len(raw), CHUNK)]
    add_all(
        s,
        raw_chunk,
        [
            {"message_id": message_id, "n": n, "compressed": small, "data": data}
            for n, data in enumerate(pieces)
        ],
    )
