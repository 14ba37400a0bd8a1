"""Case numbers are given once, also after the database was restored from an older copy."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Executable, func, select, text

from mailbot.store import settings, tables
from mailbot.store.columns import table
from mailbot.store.statements import run, scalar
from mailbot.store.transaction import Transaction

case = table(tables.Case)

#: first and last of the numbers that may have been given since the copy was made: `[[41, 100]]`
LOST = "lost_numbers"
#: what was found of an earlier database at the first connection of a mailbox, for those who must know
EARLIER = "earlier_numbers"


def last_given(s: Transaction) -> int:
    """The highest number that a case of this database has, had, or that `go_on_above` passed over."""
    highest = scalar(s, select(func.max(case.c.id))) or 0
    return max(highest, scalar(s, _counter(s)) or 0)


def go_on_above(s: Transaction, last: int, now: datetime) -> None:
    """The next case gets a number above `last`; those between, without a case of their own, count as lost."""
    before = last_given(s)
    if last <= before:
        return
    settings.keep(s, LOST, [*(settings.get(s, LOST) or []), [before + 1, last]], now)
    if s.connection().dialect.name == "sqlite":
        known = run(
            s, text("UPDATE sqlite_sequence SET seq = :last WHERE name = 'case'").bindparams(last=last)
        )
        if not known:
            run(
                s,
                text("INSERT INTO sqlite_sequence (name, seq) VALUES ('case', :last)").bindparams(last=last),
            )
    else:
        run(s, text("SELECT setval(pg_get_serial_sequence('\"case\"', 'id'), :last)").bindparams(last=last))


def note_earlier(s: Transaction, mailbox: str, highest: int, prefix: str, now: datetime) -> None:
    """Another database opened cases in this mailbox, up to that one."""
    given = {"highest": f"{prefix}-{highest:06d}", "next": f"{prefix}-{last_given(s) + 1:06d}"}
    settings.keep(s, EARLIER, {"mailbox": mailbox, **given, "at": now.isoformat()}, now)


def earlier(s: Transaction) -> dict[str, str] | None:
    """`mailbox`, `highest`, `next`, and `at` in ISO 8601."""
    found: dict[str, str] | None = settings.get(s, EARLIER)
    return found


def lost(s: Transaction, numbers: Iterable[int]) -> int | None:
    """The first of these numbers, none of which has a case, that one may have had before the restore."""
    wanted = list(numbers)
    ranges = (settings.get(s, LOST) or []) if wanted else []
    return next((n for n in wanted if any(first <= n <= last for first, last in ranges)), None)


def _counter(s: Transaction) -> Executable:
    if s.connection().dialect.name == "sqlite":
        return text("SELECT seq FROM sqlite_sequence WHERE name = 'case'")
    return text("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM case_id_seq")
