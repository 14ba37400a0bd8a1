"""schema.sql: the tables as SQLite has them, to be read. `python -m mailbot.store.schema > schema.sql`."""

import sys
from collections.abc import Iterator

from sqlalchemy import Table as CoreTable
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from mailbot.desk.case import ANSWER_WAS_IN_TIME, TRANSITIONS, State
from mailbot.store.columns import Table
from mailbot.store.tables import ALL

HEAD = """\
-- The database of mailbot: written from mailbot/store/tables.py by `python -m mailbot.store.schema`.
-- As SQLite has it. In PostgreSQL ids are SERIAL, DATETIME is TIMESTAMP WITH TIME ZONE, BLOB is BYTEA.
-- Times are UTC. Mail of ours lies in outbox, mail that came in message.
"""


def schema() -> str:
    """All tables, those that others refer to first, each with what it holds."""
    return HEAD + "".join(_table(table) for table in ALL.sorted_tables)


def _table(table: CoreTable) -> str:
    about = (f"\n-- {line}".rstrip() for line in _about(table))
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    statements = (_sql(CreateTable(table)), *(_sql(CreateIndex(index)) for index in indexes))
    return "".join((*about, *(f"\n{statement};" for statement in statements), "\n"))


def _sql(element: CreateTable | CreateIndex) -> str:
    text = str(element.compile(dialect=sqlite.dialect()))
    lines = (line.rstrip().replace("\t", "  ") for line in text.strip().splitlines())
    return "\n".join(lines)


def _about(table: CoreTable) -> Iterator[str]:
    kind = next(k for k in Table.__subclasses__() if k.__tablename__ == table.name)
    yield from (line.strip() for line in (kind.__doc__ or "").strip().splitlines())
    if table.name == "case":
        yield from ("", "Transitions:")
        yield from (f"  {step}" for step in transitions())


def transitions() -> Iterator[str]:
    """`precaso -> abierto`, one a line."""
    for state, following in TRANSITIONS.items():
        for to in (other for other in State if other in following):
            only = f" (only: {ANSWER_WAS_IN_TIME})" if state is State.NO_GESTIONADO else ""
            yield f"{state} -> {to}{only}"


if __name__ == "__main__":
    sys.stdout.write(schema())
