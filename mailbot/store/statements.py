"""The few SQL statements that the other modules share, the same on both databases."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Executable, Row, Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

Values = dict[str, Any]


def rows(s: Session, statement: Executable) -> Sequence[Row[Any]]:
    return s.connection().execute(statement).all()


def scalars(s: Session, statement: Executable) -> Sequence[Any]:
    return s.connection().execute(statement).scalars().all()


def first(s: Session, statement: Executable) -> Row[Any] | None:
    return s.connection().execute(statement).first()


def scalar(s: Session, statement: Executable) -> Any:
    return s.connection().scalar(statement)


def run(s: Session, statement: Executable) -> int:
    """How many rows it touched."""
    return s.connection().execute(statement).rowcount


def add(s: Session, table: Table, **values: Any) -> int:
    """The id of the new row."""
    result = s.connection().execute(insert(table), values)
    key: Any = result.inserted_primary_key
    return int(key[0])


def add_all(s: Session, table: Table, values: Iterable[Values]) -> None:
    if given := list(values):
        s.connection().execute(insert(table), given)


def add_missing(s: Session, table: Table, values: Iterable[Values]) -> None:
    """Rows that are there already stay as they are."""
    if given := list(values):
        s.connection().execute(_insert(s, table).on_conflict_do_nothing(), given)


def put(s: Session, table: Table, values: Values) -> None:
    """Insert, or replace the row of the same primary key."""
    keys = [column.name for column in table.primary_key]
    others = {name: value for name, value in values.items() if name not in keys}
    statement = _insert(s, table).values(**values).on_conflict_do_update(index_elements=keys, set_=others)
    s.connection().execute(statement)


def _insert(s: Session, table: Table) -> Any:
    return (sqlite if s.connection().dialect.name == "sqlite" else postgresql).insert(table)
