"""Cases: numbers that are given once, a history that leads to the state, and nobody who waits for nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, func, select

from mailbot.desk.case import LIVE, State
from mailbot.desk.decision import ClockKind
from mailbot.store import numbers, tables
from mailbot.store.check.structure import BY_HAND
from mailbot.store.columns import table
from mailbot.store.outbox import on_way
from mailbot.store.statements import rows, scalar, scalars
from mailbot.store.transaction import Transaction
from mailbot.values import Problem

case = table(tables.Case)
event = table(tables.Event)
clock = table(tables.Clock)
progress = table(tables.Progress)

CLOCK = (
    "El reloj de la máquina estuvo adelantado, o lo está: revíselo (timedatectl). Hasta esa hora un precaso puede "
    "cerrarse sin que se haya leído el buzón."
)
#: clocks of two machines differ
AHEAD = timedelta(minutes=5)


def faults(s: Transaction) -> Iterator[Problem]:
    yield from _numbers(s)
    yield from _states(s)
    yield from _history(s)
    yield from _clocks(s)
    yield from _forgotten(s)
    yield from _read(s)


def _numbers(s: Transaction) -> Iterator[Problem]:
    for case_id in scalars(s, select(case.c.id).where(case.c.number.is_(None)).order_by(case.c.id)):
        yield Problem(f"El caso {case_id} no tiene número.", BY_HAND)
    longest = func.length(case.c.number).desc(), case.c.number.desc()
    last = scalar(s, select(case.c.number).where(case.c.number.is_not(None)).order_by(*longest).limit(1))
    if last and int(last.rpartition("-")[2]) > (given := numbers.last_given(s)):
        yield Problem(f"Existe {last}, y el contador va en {given}: ese número se daría otra vez.", BY_HAND)


def _states(s: Transaction) -> Iterator[Problem]:
    """The last transition in the history is the state of the case."""
    moves = (
        select(event.c.case_id, func.max(event.c.seq).label("seq"))
        .where(event.c.to_state.is_not(None))
        .group_by(event.c.case_id)
        .subquery()
    )
    last = and_(event.c.case_id == moves.c.case_id, event.c.seq == moves.c.seq)
    known = select(event.c.case_id, event.c.to_state).join(moves, last).subquery()
    query = select(case.c.number, case.c.state, known.c.to_state).outerjoin(
        known, known.c.case_id == case.c.id
    )
    for row in rows(s, query.where(known.c.to_state.is_distinct_from(case.c.state)).order_by(case.c.id)):
        yield Problem(
            f"{row.number}: está en {row.state}, pero su historia termina en {row.to_state}.", BY_HAND
        )


def _history(s: Transaction) -> Iterator[Problem]:
    """Rows of history are numbered without a gap, as long as none may have been removed."""
    live = select(case.c.number).join(event, event.c.case_id == case.c.id).where(case.c.state.in_(LIVE))
    gaps = live.group_by(case.c.id, case.c.number).having(func.max(event.c.seq) != func.count())
    for number in scalars(s, gaps.order_by(case.c.id)):
        yield Problem(f"A la historia de {number} le faltan filas.", BY_HAND)


def _clocks(s: Transaction) -> Iterator[Problem]:
    """A running clock belongs to a precaso; one of a kind at most runs, which a unique key sees to."""
    running = clock.c.done_at.is_(None), case.c.state != State.PRECASO
    query = select(case.c.number, case.c.state, clock.c.kind).join(case, case.c.id == clock.c.case_id)
    for row in rows(s, query.where(*running).order_by(clock.c.id)):
        yield Problem(
            f"{row.number}: está en {row.state}, pero su plazo «{row.kind}» sigue corriendo.", BY_HAND
        )


def _forgotten(s: Transaction) -> Iterator[Problem]:
    """A precaso waits for an answer, for its request to leave, or for a person: else for ever."""
    running = select(clock.c.case_id).where(clock.c.done_at.is_(None), clock.c.kind == ClockKind.ANSWER)
    waits = case.c.state == State.PRECASO, case.c.attention.is_(None), case.c.id.not_in(running)
    sending = on_way()
    leaving = select(sending.c.case_id).where(sending.c.case_id.is_not(None))
    for number in scalars(s, select(case.c.number).where(*waits, case.c.id.not_in(leaving))):
        cure = f"Complete o mueva el caso: mailbot case {number} --set … o --move …"
        yield Problem(f"{number}: es precaso, y ni corre un plazo ni espera a una persona.", cure)


def _read(s: Transaction) -> Iterator[Problem]:
    """No mailbox was read in the future."""
    wrong = progress.c.read_up_to > datetime.now(UTC) + AHEAD
    for row in rows(s, select(progress).where(wrong).order_by(progress.c.mailbox, progress.c.folder)):
        yield Problem(
            f"El buzón {row.mailbox} consta como leído hasta {row.read_up_to:%Y-%m-%d %H:%M} UTC.", CLOCK
        )
