"""How the other modules run SQL, the same on both databases.

What every message needs is `Prepared` with its module; all else may be any statement of SQLAlchemy.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Executable, Table, bindparam, insert

from mailbot.store.prepared import Prepared
from mailbot.store.transaction import Transaction

Values = dict[str, Any]
Statement = Executable | Prepared
#: rows that are inserted by one statement of their own; of more there are too many such statements
A_FEW = 4


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
    _add_rows(s, _insert, table, list(values))


def add_missing(s: Transaction, table: Table, values: Iterable[Values]) -> None:
    """Rows that are there already stay as they are."""
    _add_rows(s, _insert_missing, table, list(values))


def _add_rows(s: Transaction, how: Callable[..., Prepared], table: Table, values: list[Values]) -> None:
    """A few by one statement: it is half the work of two on PostgreSQL, and a third of what psycopg makes of many."""
    dialect = s.connection().dialect.name
    if 1 < len(values) <= A_FEW:
        numbered = {f"{name}_{n}": value for n, row in enumerate(values) for name, value in row.items()}
        run(s, how(table, dialect, tuple(values[0]), len(values)), **numbered)
    else:
        run_all(s, how(table, dialect), values)


def put(s: Transaction, table: Table, values: Values) -> None:
    """Insert, or replace the row of the same primary key."""
    run(s, _upsert(table, s.connection().dialect.name, tuple(values)), **values)


@cache
def _insert(table: Table, dialect: str, names: tuple[str, ...] = (), count: int = 0) -> Prepared:
    return Prepared(_with_rows(insert(table), names, count))


@cache
def _insert_one(table: Table) -> Prepared:
    return Prepared(insert(table).returning(*table.primary_key))


def _dialect(name: str) -> Any:
    """Its INSERT knows ON CONFLICT; whoever has SQLite need not import PostgreSQL's."""
    return import_module(f"sqlalchemy.dialects.{name}")


@cache
def _insert_missing(table: Table, dialect: str, names: tuple[str, ...] = (), count: int = 0) -> Prepared:
    return Prepared(_with_rows(_dialect(dialect).insert(table), names, count).on_conflict_do_nothing())


def _with_rows(statement: Any, names: tuple[str, ...], count: int) -> Any:
    """So many rows in one statement; 0: one, of the values that it is run with."""
    kinds = {name: statement.table.c[name].type for name in names}
    rows = [
        {name: bindparam(f"{name}_{n}", type_=kind) for name, kind in kinds.items()} for n in range(count)
    ]
    return statement.values(rows) if count else statement


@cache
def _upsert(table: Table, dialect: str, given: tuple[str, ...]) -> Prepared:
    keys = [column.name for column in table.primary_key]
    new = _dialect(dialect).insert(table)
    others = {name: new.excluded[name] for name in given if name not in keys}
    return Prepared(new.on_conflict_do_update(index_elements=keys, set_=others))
