"""`mailbot db check`: does the database still say what it must always say?"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, func, select, text

from mailbot.desk.case import State
from mailbot.desk.decision import Outcome
from mailbot.store import tables
from mailbot.store.columns import table
from mailbot.store.statements import rows, scalars
from mailbot.store.transaction import Transaction
from mailbot.values import Problem

message = table(tables.Message)
location = table(tables.Location)
case = table(tables.Case)
event = table(tables.Event)
clock = table(tables.Clock)


def integrity(s: Transaction) -> tuple[Problem, ...]:
    """Every fault that is found, in Spanish; none: the database is sound."""
    return (*_file(s), *_orphans(s), *_numbers(s), *_states(s), *_joined(s), *_clocks(s), *_places(s))


def _file(s: Transaction) -> Iterator[Problem]:
    if s.connection().dialect.name != "sqlite":
        return
    for (said,) in rows(s, text("PRAGMA integrity_check")):
        if said != "ok":
            yield Problem(f"El archivo está dañado: {said}", "Restaure la última copia (mailbot db backup).")


def _orphans(s: Transaction) -> Iterator[Problem]:
    """Rows that refer to a row that is not there: a database restored by hand, or written without checks."""
    for child in tables.ALL.sorted_tables:
        for key in child.foreign_keys:
            # an alias, for a table may refer to itself
            parent: Any = key.column.table.alias("parent")
            lost = select(func.count()).select_from(
                child.outerjoin(parent, key.parent == parent.c[key.column.name])
            )
            n = scalars(s, lost.where(key.parent.is_not(None), parent.c[key.column.name].is_(None)))[0]
            if n:
                yield Problem(
                    f"{n} filas de {child.name} señalan en {key.parent.name} algo que ya no existe."
                )


def _numbers(s: Transaction) -> Iterator[Problem]:
    for case_id in scalars(s, select(case.c.id).where(case.c.number.is_(None)).order_by(case.c.id)):
        yield Problem(f"El caso {case_id} no tiene número.")


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
        yield Problem(f"{row.number}: está en {row.state}, pero su historia termina en {row.to_state}.")


def _joined(s: Transaction) -> Iterator[Problem]:
    """A message that opened or joined a case is with it."""
    with_case = (Outcome.OPENED, Outcome.UPDATED, Outcome.ON_CLOSED_CASE)
    lost = message.c.outcome.in_(with_case), message.c.case_id.is_(None)
    for row in rows(s, select(message.c.id, message.c.outcome).where(*lost).order_by(message.c.id)):
        yield Problem(f"El mensaje {row.id} dice {row.outcome}, pero no está en ningún caso.")


def _clocks(s: Transaction) -> Iterator[Problem]:
    """A running clock belongs to a precaso; one of a kind at most runs, which a unique key sees to."""
    running = clock.c.done_at.is_(None), case.c.state != State.PRECASO
    query = select(case.c.number, case.c.state, clock.c.kind).join(case, case.c.id == clock.c.case_id)
    for row in rows(s, query.where(*running).order_by(clock.c.id)):
        yield Problem(f"{row.number}: está en {row.state}, pero su plazo «{row.kind}» sigue corriendo.")


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
        yield Problem(f"Del mensaje {row.id} {said}.")
