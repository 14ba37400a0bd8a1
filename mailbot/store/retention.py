"""`[retention]`: what is older is removed, a few rows in a transaction, so that nobody waits for it.

cases      of a case that ended (cerrado, no_gestionado, anulado) so long ago, all but its trace, see `removal`:
           messages with their bytes, replies, data, notes, history but for its states
decisions  of a mail that belongs to no case, all but its trace, and the reply to it; counted from its storing
raw        the bytes of any other mail that came or was sent; not of a live case's, and not of what could not be read

Whatever is set, what waits for somebody is left alone: live cases with their mail, `failed` messages, replies on
their way and what they answer. Also what is remembered of people, which the latest value replaces.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from typing import Any

from sqlalchemy import Select, delete, func, literal, select, text, update

from mailbot.desk.case import LIVE
from mailbot.desk.decision import Outcome
from mailbot.store import removal, settings, tables
from mailbot.store.columns import table
from mailbot.store.engine import Store
from mailbot.store.removal import ON_WAY, RETENTION
from mailbot.store.statements import Values, first, rows, run, scalars
from mailbot.store.transaction import Transaction
from mailbot.values import Going

message = table(tables.Message)
raw_chunk = table(tables.RawChunk)
outbox = table(tables.Outbox)
case = table(tables.Case)

#: of one batch: cases (each with its mail), messages, and octets of them but for the last one
CASES, MESSAGES, OCTETS = 2, 50, 8_000_000
#: up to which reply all bytes are gone
REPLIES = "retention:replies"

#: after which row the next batch begins; None: there is none
After = int | None


@dataclass(frozen=True, slots=True)
class Kept:
    """For how long; None: for ever."""

    raw: timedelta | None = None
    decisions: timedelta | None = None
    cases: timedelta | None = None


def remove(store: Store, kept: Kept, now: datetime, going: Going) -> Counter[str]:
    """All that is due, as long as `going` says so between two batches; how many of each kind.

    May be ended, killed and begun again at any moment, and by several at once. Raises `StoreUnavailable`.
    """
    done: Counter[str] = Counter()
    for name, batch in _batches(kept, now):
        after: After = 0
        while after is not None and going():
            n, after = store.run(partial(batch, after=after))
            done[name] += n
    return +done


def _batches(kept: Kept, now: datetime) -> Iterator[tuple[str, Callable[..., tuple[int, After]]]]:
    if kept.cases is not None:
        yield "cases", partial(_remove_cases, before=now - kept.cases, now=now)
    if kept.decisions is not None:
        yield "messages", partial(_remove_alone, before=now - kept.decisions, now=now)
    if kept.raw is not None:
        yield "raw", partial(_remove_raw, before=now - kept.raw)
        yield "replies", partial(_remove_sent, before=now - kept.raw, now=now)


# -- cases -----------------------------------------------------------------------------------------------


def _remove_cases(s: Transaction, *, before: datetime, now: datetime, after: int) -> tuple[int, After]:
    ids = scalars(s, _ended(before, case.c.id).order_by(case.c.closed_at).limit(CASES))
    done = sum(removal.a_case(s, case_id, RETENTION, "mailbot", now) for case_id in ids)
    return done, 0 if ids else None


def _ended(before: datetime, *columns: Any) -> Select[Any]:
    """Those without a reply on its way."""
    due = text(tables.ENDED), case.c.closed_at < before, case.c.state.not_in(LIVE)
    sending = select(outbox.c.id).where(outbox.c.case_id == case.c.id, ON_WAY).exists()
    return select(*columns).where(*due, ~sending)


# -- mail of no case -------------------------------------------------------------------------------------


def _remove_alone(s: Transaction, *, before: datetime, now: datetime, after: int) -> tuple[int, After]:
    beyond = message.c.id + 0 > after  # what must stay is not looked at for each batch; no search by the id
    due = _alone(before, message.c.id).where(beyond).order_by(message.c.stored_at)
    ids = scalars(s, due.limit(MESSAGES))
    removal.answers_to(s, ids)
    removal.messages(s, ids, RETENTION, now)
    return len(ids), max(ids, default=None)


def _alone(before: datetime, *columns: Any) -> Select[Any]:
    """Those whose reply, which is found by who wrote, is not on its way."""
    due = text(tables.ALONE), message.c.stored_at < before, func.coalesce(message.c.case_id, 0) == 0
    theirs = outbox.c.party == message.c.sender, outbox.c.answers == message.c.id
    return select(*columns).where(*due, ~select(outbox.c.id).where(*theirs, ON_WAY).exists())


# -- bytes -----------------------------------------------------------------------------------------------


def _remove_raw(s: Transaction, *, before: datetime, after: int) -> tuple[int, After]:
    """In the order of ids, which is that of storing; what must stay is passed over."""
    found = rows(
        s, _whole().where(raw_chunk.c.message_id > after).order_by(raw_chunk.c.message_id).limit(MESSAGES)
    )
    ids, octets, last = [], 0, None
    for row in takewhile(lambda row: row.stored_at < before, found):
        last = row.id
        if row.outcome == Outcome.FAILED or row.state in LIVE:
            continue
        ids.append(row.id)
        octets += row.size
        if octets > OCTETS:
            break
    run(s, delete(raw_chunk).where(raw_chunk.c.message_id.in_(ids)))
    return len(ids), last


def _whole() -> Select[Any]:
    """Messages whose bytes are there."""
    columns = message.c.id, message.c.stored_at, message.c.size, message.c.outcome, case.c.state
    joined = raw_chunk.join(message, message.c.id == raw_chunk.c.message_id)
    with_case = joined.outerjoin(case, case.c.id == message.c.case_id)
    return select(*columns).select_from(with_case).where(raw_chunk.c.n == 0)


def _remove_sent(s: Transaction, *, before: datetime, now: datetime, after: int) -> tuple[int, After]:
    """Those up to `REPLIES` are done, so that not all are looked through each time."""
    done = int(settings.get(s, REPLIES) or 0)
    columns = outbox.c.id, outbox.c.queued_at, ON_WAY.label("on_way")
    query = select(*columns).where(outbox.c.id > max(after, done)).order_by(outbox.c.id).limit(MESSAGES)
    due = list(takewhile(lambda row: row.queued_at < before, rows(s, query)))
    if not due:
        return 0, None
    ids = [row.id for row in due if not row.on_way]
    removed = run(s, update(outbox).where(outbox.c.id.in_(ids), outbox.c.data != b"").values(data=b""))
    if len(ids) == len(due) and after <= done:
        settings.keep(s, REPLIES, due[-1].id, now)
    return removed, due[-1].id


# -- before it is done -----------------------------------------------------------------------------------


def due(s: Transaction, kept: Kept, now: datetime) -> dict[str, Values]:
    """By kind, what would be removed now: `{n, octets, oldest}`; the octets of cases are not counted."""
    queries: dict[str, Select[Any]] = {}
    if kept.cases is not None:
        queries["cases"] = _ended(now - kept.cases, *_counts(case.c.closed_at, literal(0)))
    if kept.decisions is not None:
        queries["messages"] = _alone(now - kept.decisions, *_counts(message.c.stored_at, message.c.size))
    if kept.raw is not None:
        queries |= {"raw": _raw_due(now - kept.raw), "replies": _sent_due(s, now - kept.raw)}
    return {name: first(s, query)._asdict() for name, query in queries.items()}


def _counts(at: Any, octets: Any) -> tuple[Any, ...]:
    return (
        func.count().label("n"),
        func.coalesce(func.sum(octets), 0).label("octets"),
        func.min(at).label("oldest"),
    )


def _raw_due(before: datetime) -> Select[Any]:
    due = message.c.stored_at < before, message.c.outcome != Outcome.FAILED
    ended = case.c.state.is_(None) | case.c.state.not_in(LIVE)
    return _whole().with_only_columns(*_counts(message.c.stored_at, message.c.size)).where(*due, ended)


def _sent_due(s: Transaction, before: datetime) -> Select[Any]:
    after = outbox.c.id > int(settings.get(s, REPLIES) or 0)
    counts = _counts(outbox.c.queued_at, func.length(outbox.c.data))
    return select(*counts).where(after, outbox.c.queued_at < before, ~ON_WAY, outbox.c.data != b"")
