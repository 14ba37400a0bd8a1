"""What each rule has done: the mail that it decided and the cases that it opened, by rule, in a few statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case as when, func, or_, select

from mailbot.desk.case import State
from mailbot.desk.decision import Outcome
from mailbot.store import tables
from mailbot.store.columns import table
from mailbot.store.history import next_below
from mailbot.store.statements import rows
from mailbot.store.transaction import Transaction

message = table(tables.Message)
case = table(tables.Case)

#: a rule decided these; of a machine's mail also what it added to a case, or told too late
BY_RULE = (Outcome.OPENED, Outcome.INFORMATIVO)
BY_MACHINE = (Outcome.UPDATED, Outcome.IGNORED)
#: subjects read at once
MANY = 2000


@dataclass(frozen=True, slots=True)
class Used:
    """What a rule has done since some time, and when it last did anything; None: never."""

    mails: int = 0
    opened: int = 0
    #: of the opened
    no_gestionado: int = 0
    last_hit: datetime | None = None


def by_rule(s: Transaction, since: datetime, machines: Iterable[str]) -> dict[str, Used]:
    """By name of the rule, also of rules that are gone. `machines`: the rules for mail of machines."""
    decided = or_(
        message.c.outcome.in_(BY_RULE),
        and_(message.c.outcome.in_(BY_MACHINE), message.c.rule.in_(list(machines))),
    )
    mails = select(
        message.c.rule,
        _how_many(message.c.received_at >= since),
        func.max(message.c.received_at).label("last"),
    )
    hit = rows(s, mails.where(message.c.rule.is_not(None), decided).group_by(message.c.rule))
    recent = case.c.registered_at >= since
    ended = and_(recent, case.c.state == State.NO_GESTIONADO)
    cases = select(case.c.rule, _how_many(recent), _how_many(ended).label("ended")).group_by(case.c.rule)
    opened = {row.rule: row for row in rows(s, cases)}
    last = {row.rule: row for row in hit}
    return {
        name: Used(
            last[name].many if name in last else 0,
            opened[name].many if name in opened else 0,
            opened[name].ended if name in opened else 0,
            last[name].last if name in last else None,
        )
        for name in last.keys() | opened.keys()
    }


def _how_many(condition: ColumnElement[bool]) -> Any:
    return func.sum(when((condition, 1), else_=0)).label("many")


def subjects(
    s: Transaction, since: datetime, below: int | None
) -> tuple[Sequence[tuple[str, str]], int | None]:
    """Subjects as written and folded, the newest first, and where to go on; None: nothing older came since then."""
    columns = (
        message.c.id,
        message.c.subject,
        message.c.folded_subject,
        message.c.received_at,
        message.c.stored_at,
        message.c.removed_at,
    )
    wanted = [message.c.duplicate_of.is_(None), *([message.c.id < below] if below is not None else [])]
    found = rows(s, select(*columns).where(*wanted).order_by(message.c.id.desc()).limit(MANY))
    there = (row for row in found if row.received_at >= since and row.removed_at is None)
    of_then = [(row.subject, row.folded_subject) for row in there]
    return of_then, next_below(found, since, MANY)
