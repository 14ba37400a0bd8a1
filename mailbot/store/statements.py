"""How the other modules run SQL, the same on both databases.

What every message needs is `Prepared` with its module; all else may be any statement of SQLAlchemy.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Executable, Table, insert

from mailbot.store.prepared import Prepared
from mailbot.store.transaction import Transaction

Values = dict[str, Any]
Statement = Executable | Prepared


def fields(of: Any) -> Values:
    """Of a dataclass with slots, as they are: `asdict` copies each of them, which takes longer than to store it."""
    return {name: getattr(of, name) for name in of.__slots__}


def rows(s: Transaction, statement: Statement, /, **values: Any) -> Sequence[Any]:
    """With an attribute for each column."""
    if isinstance(statement, Prepared):
        form, found = s.fetch(statement, values)
        return form.rows(found)
    return s.connection().execute(statement, values).all()


def scalars(s: Transaction, statement: Statement, /, **values: Any) -> Sequence[Any]:
    """The first column."""
    if isinstance(statement, Prepared):
        form, found = s.fetch(statement, values)
        return form.values(found)
    return s.connection().execute(statement, values).scalars().all()


def first(s: Transaction, statement: Statement, /, **values: Any) -> Any:
    """A row, or None."""
    if isinstance(statement, Prepared):
        found = rows(s, statement, **values)
        return found[0] if found else None
    return s.connection().execute(statement, values).first()


def scalar(s: Transaction, statement: Statement, /, **values: Any) -> Any:
    """The first column of the first row, or None."""
    if isinstance(statement, Prepared):
        found = scalars(s, statement, **values)
        return found[0] if found else None
    return s.connection().scalar(statement, values)


def run(s: Transaction, statement: Statement, /, **values: Any) -> int:
    """How many rows it touched. An UPDATE sets the columns that are named in `values`, besides its own."""
    if isinstance(statement, Prepared):
        return s.execute(statement, values)
    return s.connection().execute(statement, values).rowcount


def run_all(s: Transaction, statement: Prepared, values: Iterable[Values]) -> None:
    """Once for each of `values`."""
    if given := list(values):
        s.execute_all(statement, given)


def add(s: Transaction, table: Table, **values: Any) -> int:
    """The id of the new row."""
    return int(scalar(s, _insert_one(table), **values))


def add_all(s: Transaction, table: Table, values: Iterable[Values]) -> None:
    run_all(s, _insert(table), values)


def add_missing(s: Transaction, table: Table, values: Iterable[Values]) -> None:
    """Rows that are there already stay as they are."""
    run_all(s, _insert_missing(table, s.connection().dialect.name), values)


def put(s: Transaction, table: Table, values: Values) -> None:
    """Insert, or replace the row of the same primary key."""
    run(s, _upsert(table, s.connection().dialect.name, tuple(values)), **values)


@cache
def _insert(table: Table) -> Prepared:
    return Prepared(insert(table))


@cache
def _insert_one(table: Table) -> Prepared:
    return Prepared(insert(table).returning(*table.primary_key))


def _dialect(name: str) -> Any:
    """Its INSERT knows ON CONFLICT; whoever has SQLite need not import PostgreSQL's."""
    return import_module(f"sqlalchemy.dialects.{name}")


@cache
def _insert_missing(table: Table, dialect: str) -> Prepared:
    return Prepared(_dialect(dialect).insert(table).on_conflict_do_nothing())


@cache
def _upsert(table: Table, dialect: str, given: tuple[str, ...]) -> Prepared:
    keys = [column.name for column in table.primary_key]
    new = _dialect(dialect).insert(table)
    others = {name: new.excluded[name] for name in given if name not in keys}
    return Prepared(new.on_conflict_do_update(index_elements=keys, set_=others))
