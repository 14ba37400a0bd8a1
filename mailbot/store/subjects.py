"""The subjects of persons' mail with what became of each: what suggestions for rules are drawn from (B37)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from mailbot.desk.case import State
from mailbot.desk.decision import Outcome
from mailbot.rules.suggest.lines import Became, Seen
from mailbot.store import history, tables
from mailbot.store.columns import table
from mailbot.store.statements import rows, scalar
from mailbot.store.transaction import Transaction

message = table(tables.Message)
case_ = table(tables.Case)

#: rows held at once, and mails read at most: more would say nothing new
PAGE, MOST = 5_000, 200_000
#: of another case, or of none that a rule could open
JUDGED = (Outcome.OPENED, Outcome.UNMATCHED, Outcome.INFORMATIVO, Outcome.BACKLOG)
#: these cases came to nothing
NOTHING = (State.ANULADO, State.NO_GESTIONADO)
#: not left without a rule by its subject: a stranger's (A16), or an answer to the desk (A41)
OTHERWISE = frozenset({("sender", "outside_ours"), ("thread", "answers_unknown"), ("thread", "lost_case")})


def seen(s: Transaction, since: datetime) -> Iterator[Seen]:
    """Mail that came since then, in pages: not automatic, no answer on a case, no stranger's; the newest `MOST`."""
    before = history.last_before(s, since)
    wanted = message.c.id > before, message.c.received_at >= since, message.c.automatic.is_(False)
    newest = select(message.c.id).where(*wanted).order_by(message.c.id.desc())
    after = scalar(s, newest.offset(MOST).limit(1)) or before
    last = scalar(s, select(func.max(message.c.id))) or 0
    for start in range(after, last, PAGE):
        yield from (mail for row in rows(s, _page(since, start)) if (mail := _seen(row)))


def _page(since: datetime, after: int) -> Any:
    """By their ids, that each page reads no more than its own."""
    names = ("id", "mailbox", "sender", "sender_name", "subject", "outcome", "rule", "reasons")
    columns = [message.c[name] for name in names]
    query = select(*columns, case_.c.state, case_.c.rule.label("case_rule")).select_from(
        message.outerjoin(case_, case_.c.id == message.c.case_id)
    )
    wanted = (
        message.c.id > after,
        message.c.id <= after + PAGE,
        message.c.received_at >= since,
        message.c.automatic.is_(False),
        message.c.outcome.in_(JUDGED),
        message.c.removed_at.is_(None),
    )
    return query.where(*wanted).order_by(message.c.id)


def _seen(row: Row[Any]) -> Seen | None:
    reasons = {(reason["check"], reason["said"]) for reason in row.reasons}
    if reasons & OTHERWISE:
        return None
    became, rule = _became(row, reasons)
    return Seen(row.subject, row.sender, became, rule or "", row.sender_name, row.mailbox)


def _became(row: Row[Any], reasons: set[tuple[str, str]]) -> tuple[Became, str | None]:
    """What a person decided counts before what a rule said."""
    if ("by_hand", "filed") in reasons:
        return (Became.NO_CASE, row.rule) if row.rule else (Became.INFORMATIVO, None)
    if ("by_hand", "promoted") in reasons and row.outcome == Outcome.OPENED:
        return Became.PROMOTED, row.case_rule
    if row.outcome == Outcome.OPENED:
        return (Became.NO_CASE if row.state in NOTHING else Became.CASE), row.rule or row.case_rule
    if row.outcome == Outcome.INFORMATIVO:
        return Became.INFORMATIVO, row.rule
    return (Became.CASE if row.rule else Became.UNMATCHED), row.rule
