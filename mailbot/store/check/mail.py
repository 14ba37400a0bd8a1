"""The ledger: each message with one outcome, its bytes whole; and replies that can be sent, or were."""

import hashlib
import zlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import case as when, func, or_, select

from mailbot.desk.decision import Outcome
from mailbot.desk.delivery import Status
from mailbot.store import tables
from mailbot.store.check.structure import BY_HAND, RESTORE
from mailbot.store.columns import table
from mailbot.store.engine import Store
from mailbot.store.raw import raw
from mailbot.store.statements import rows
from mailbot.store.transaction import Transaction
from mailbot.values import Problem

message = table(tables.Message)
location = table(tables.Location)
raw_chunk = table(tables.RawChunk)
outbox = table(tables.Outbox)

WITH_CASE = (Outcome.OPENED, Outcome.UPDATED, Outcome.ON_CLOSED_CASE)
ON_SERVER = "El correo sigue en el servidor, en la carpeta a la que se movió. " + RESTORE
#: messages whose bytes are read at once
SOME = 500


def faults(s: Transaction) -> Iterator[Problem]:
    yield from _joined(s)
    yield from _places(s)
    yield from _doubled(s)
    yield from _pieces(s)
    yield from _replies(s)


def _joined(s: Transaction) -> Iterator[Problem]:
    """A message that opened or joined a case is with it."""
    lost = message.c.outcome.in_(WITH_CASE), message.c.case_id.is_(None)
    for row in rows(s, select(message.c.id, message.c.outcome).where(*lost).order_by(message.c.id)):
        yield Problem(f"El mensaje {row.id} dice {row.outcome}, pero no está en ningún caso.", BY_HAND)


def _places(s: Transaction) -> Iterator[Problem]:
    """A message has come from somewhere, and lies in one place at most."""
    here = func.count().filter(location.c.left_at.is_(None))
    query = select(message.c.id, func.count(location.c.id).label("all"), here.label("here"))
    counted = (
        query.outerjoin(location, location.c.message_id == message.c.id).group_by(message.c.id).subquery()
    )
    wrong = (counted.c.all == 0) | ((counted.c.here > 1) & (counted.c.all > 0))
    for row in rows(s, select(counted).where(wrong).order_by(counted.c.id)):
        said = "no consta de dónde vino" if not row.all else f"consta en {row.here} lugares a la vez"
        yield Problem(f"Del mensaje {row.id} {said}.", BY_HAND)


def _doubled(s: Transaction) -> Iterator[Problem]:
    """A content has one outcome of its own; another mail with it names the first."""
    own = select(message.c.content_hash, func.min(message.c.id).label("id"), func.count().label("n"))
    twice = own.where(message.c.duplicate_of.is_(None)).group_by(message.c.content_hash)
    for row in rows(s, twice.having(func.count() > 1).order_by("id")):
        yield Problem(f"El contenido del mensaje {row.id} consta {row.n} veces como el primero.", BY_HAND)
    first = message.alias("first")
    chained = first.join(message, message.c.duplicate_of == first.c.id)
    wrong = or_(first.c.duplicate_of.is_not(None), first.c.content_hash != message.c.content_hash)
    for row in rows(s, select(message.c.id).select_from(chained).where(wrong).order_by(message.c.id)):
        yield Problem(f"El mensaje {row.id} se dice repetido de uno que no es el primero igual.", BY_HAND)


def _pieces(s: Transaction) -> Iterator[Problem]:
    """The bytes that are kept are all there; how many a compressed piece holds is only known by `deep`."""
    plain = func.sum(when((raw_chunk.c.compressed, None), else_=func.length(raw_chunk.c.data)))
    kept = (
        select(
            raw_chunk.c.message_id,
            (func.max(raw_chunk.c.n) + 1 - func.count()).label("lost"),
            plain.label("size"),
        )
        .group_by(raw_chunk.c.message_id)
        .subquery()
    )
    wrong = or_(kept.c.lost != 0, kept.c.size != message.c.size)
    joined = kept.join(message, message.c.id == kept.c.message_id)
    for row in rows(s, select(message.c.id).select_from(joined).where(wrong).order_by(message.c.id)):
        yield Problem(f"Al mensaje {row.id} le faltan pedazos.", ON_SERVER)


def _replies(s: Transaction) -> Iterator[Problem]:
    """One that is to be sent has its time and its bytes; one that is being sent, who does it; one that left, when."""
    waits = outbox.c.status == Status.QUEUED
    wrong: dict[str, Any] = {
        "espera salir, pero sin hora": waits & outbox.c.next_attempt_at.is_(None),
        "espera salir, pero está vacía": waits & (func.length(outbox.c.data) == 0),
        "se está enviando, pero no consta quién lo hace": (outbox.c.status == Status.SENDING)
        & or_(outbox.c.claimed_by.is_(None), outbox.c.claimed_at.is_(None)),
        "salió, pero no consta cuándo": (outbox.c.status == Status.SENT) & outbox.c.sent_at.is_(None),
    }
    said = when(*((condition, said) for said, condition in wrong.items())).label("said")
    for row in rows(s, select(outbox.c.id, said).where(or_(*wrong.values())).order_by(outbox.c.id)):
        yield Problem(f"La respuesta {row.id} {row.said}.", BY_HAND)


def deep(store: Store) -> Iterator[Problem]:
    """Each message's bytes, as they are read where they are needed: whether they can be, and are as many as came.

    In one view for all of it SQLite could give nothing back of what others write in these minutes.
    """
    after: int | None = 0
    while after is not None:
        with store.reading() as s:
            some = rows(s, _with_bytes(after))
            found = [(row.id, said) for row in some if (said := _unlike(s, row))]
        yield from (Problem(f"Los bytes del mensaje {n} {said}.", ON_SERVER) for n, said in found)
        after = some[-1].id if some else None


def _with_bytes(after: int) -> Any:
    """The next ones, with their first piece: a small message has no other."""
    columns = message.c.id, message.c.size, message.c.content_hash, raw_chunk.c.compressed
    small = when((raw_chunk.c.compressed, raw_chunk.c.data)).label("data")
    joined = message.join(raw_chunk, (raw_chunk.c.message_id == message.c.id) & (raw_chunk.c.n == 0))
    query = select(*columns, small).select_from(joined).where(message.c.id > after)
    return query.order_by(message.c.id).limit(SOME)


def _unlike(s: Transaction, row: Any) -> str:
    try:
        found = zlib.decompress(row.data) if row.compressed else raw(s, row.id)
    except zlib.error as error:
        return f"no se pueden leer ({error})"
    if len(found) != row.size:
        return f"son {len(found)} y eran {row.size}"
    identity, _, digest = row.content_hash.partition(":")
    if identity == "raw" and hashlib.sha256(found).hexdigest() != digest:
        return "son otros"
    return ""
