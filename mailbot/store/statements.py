"""How the other modules run SQL, and the few statements that they share, the same on both databases.

Building a statement costs five times what running it does: what every message needs is built once, with the module,
and given its values here.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Executable, Row, Table, insert
from sqlmodel import Session

Values = dict[str, Any]


def rows(s: Session, statement: Executable, /, **values: Any) -> Sequence[Row[Any]]:
    return s.connection().execute(statement, values).all()


def scalars(s: Session, statement: Executable, /, **values: Any) -> Sequence[Any]:
    return s.connection().execute(statement, values).scalars().all()


def first(s: Session, statement: Executable, /, **values: Any) -> Row[Any] | None:
    return s.connection().execute(statement, values).first()


def scalar(s: Session, statement: Executable, /, **values: Any) -> Any:
    return s.connection().scalar(statement, values)


def run(s: Session, statement: Executable, /, **values: Any) -> int:
    """How many rows it touched. An UPDATE sets the columns that are named in `values`, besides its own."""
    return s.connection().execute(statement, values).rowcount


def run_all(s: Session, statement: Executable, values: Iterable[Values]) -> None:
    """Once for each of `values`."""
    if given := list(values):
        s.connection().execute(statement, given)


def add(s: Session, table: Table, **values: Any) -> int:
    """The id of the new row."""
    result = s.connection().execute(_insert(table), values)
    key: Any = result.inserted_primary_key
    return int(key[0])


def add_all(s: Session, table: Table, values: Iterable[Values]) -> None:
    if given := list(values):
        s.connection().execute(_insert(table), given)


def add_missing(s: Session, table: Table, values: Iterable[Values]) -> None:
    """Rows that are there already stay as they are."""
    if given := list(values):
        s.connection().execute(_insert_missing(table, s.connection().dialect.name), given)


def put(s: Session, table: Table, values: Values) -> None:
    """Insert, or replace the row of the same primary key."""
    s.connection().execute(_upsert(table, s.connection().dialect.name, tuple(values)), values)


_insert = cache(insert)


def _dialect(name: str) -> Any:
    """Its INSERT knows ON CONFLICT; whoever has SQLite need not import PostgreSQL's."""
    return import_module(f"sqlalchemy.dialects.{name}")


@cache
def _insert_missing(table: Table, dialect: str) -> Any:
    return _dialect(dialect).insert(table).on_conflict_do_nothing()


@cache
def _upsert(table: Table, dialect: str, given: tuple[str, ...]) -> Any:
    keys = [column.name for column in table.primary_key]
    new = _dialect(dialect).insert(table)
    others = {name: new.excluded[name] for name in given if name not in keys}
    return new.on_conflict_do_update(index_elements=keys, set_=others)
