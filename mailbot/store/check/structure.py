"""The file, the tables with their constraints, and whether each row that is referred to is there."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, func, inspect, select, text
from sqlalchemy.exc import NoSuchTableError

from mailbot.store import tables
from mailbot.store.statements import rows, scalar, scalars
from mailbot.store.transaction import Transaction
from mailbot.values import Problem

RESTORE = "Restaure la última copia sana (docs/copias.md)."
#: no program of ours leads to it
BY_HAND = f"A esto solo se llega escribiendo en la base de datos sin mailbot. {RESTORE}"
NOT_VALID = text(
    "SELECT conrelid::regclass::text AS of, conname AS name FROM pg_constraint"
    " WHERE NOT convalidated AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"
)
NOT_BUILT = text(
    "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " WHERE NOT i.indisvalid AND c.relnamespace = current_schema()::regnamespace ORDER BY 1"
)


def file(s: Transaction) -> Iterator[Problem]:
    """SQLite reads all of it: pages, indexes, NOT NULL, CHECK and unique keys. PostgreSQL watches over its own."""
    if not _is_sqlite(s):
        return
    for (said,) in rows(s, text("PRAGMA integrity_check")):
        if said != "ok":
            yield Problem(f"El archivo está dañado: {said}", RESTORE)


def missing(s: Transaction) -> Iterator[Problem]:
    """Tables and columns, without which nothing else can be asked."""
    inspector = inspect(s.connection())
    for table in tables.ALL.sorted_tables:
        try:
            there = {column["name"] for column in inspector.get_columns(table.name)}
        except NoSuchTableError:
            yield Problem(f"Falta la tabla {table.name}.", BY_HAND)
            continue
        for column in table.columns:
            if column.name not in there:
                yield Problem(f"A la tabla {table.name} le falta la columna {column.name}.", BY_HAND)


def faults(s: Transaction) -> Iterator[Problem]:
    yield from _constraints(s)
    if not _is_sqlite(s):
        yield from _not_valid(s)
    yield from _orphans(s)
    yield from _sequences(s)


def _is_sqlite(s: Transaction) -> bool:
    return s.connection().dialect.name == "sqlite"


def _constraints(s: Transaction) -> Iterator[Problem]:
    """Indexes and constraints that somebody took away: what they forbid may have come about since."""
    inspector: Any = inspect(s.connection())
    for table in tables.ALL.sorted_tables:
        there = {
            found["name"]
            for ask in ("indexes", "unique_constraints", "check_constraints", "foreign_keys")
            for found in getattr(inspector, f"get_{ask}")(table.name)
        }
        for name in sorted(_declared(table) - there):
            yield Problem(f"A la tabla {table.name} le falta {name}.", BY_HAND)


def _declared(table: Table) -> set[str]:
    constraints = {str(each.name) for each in table.constraints if each is not table.primary_key}
    return constraints | {str(index.name) for index in table.indexes}


def _not_valid(s: Transaction) -> Iterator[Problem]:
    """PostgreSQL was told not to look, or an index broke off."""
    for row in rows(s, NOT_VALID):
        cure = f"ALTER TABLE {row.of} VALIDATE CONSTRAINT {row.name}; dice qué filas no la cumplen."
        yield Problem(f"PostgreSQL no ha comprobado {row.name} en la tabla {row.of}.", cure)
    for name in scalars(s, NOT_BUILT):
        yield Problem(f"El índice {name} quedó sin terminar.", f"REINDEX INDEX {name};")


def _orphans(s: Transaction) -> Iterator[Problem]:
    """Rows that refer to a row that is not there: a database restored by hand, or written without checks."""
    for child in tables.ALL.sorted_tables:
        for key in sorted(child.foreign_keys, key=lambda key: key.parent.name):
            # an alias, for a table may refer to itself
            parent: Any = key.column.table.alias("parent")
            there = select(parent.c.id).where(parent.c[key.column.name] == key.parent).exists()
            lost = select(func.count()).select_from(child).where(key.parent.is_not(None), ~there)
            if n := scalar(s, lost):
                yield Problem(
                    f"{n} filas de {child.name} señalan en {key.parent.name} algo que ya no existe.", BY_HAND
                )


def _sequences(s: Transaction) -> Iterator[Problem]:
    """The next id is above all that were given: PostgreSQL's rows that were put back by hand do not raise it."""
    for table in tables.ALL.sorted_tables:
        if not table.dialect_options["sqlite"]["autoincrement"]:
            continue
        highest, given = scalar(s, select(func.max(table.c.id))) or 0, scalar(s, _counter(s, table.name)) or 0
        if highest > given:
            cure = f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), {highest});"
            yield Problem(
                f"La tabla {table.name} ya tiene la fila {highest}, y su contador va en {given}.",
                BY_HAND if _is_sqlite(s) else cure,
            )


def _counter(s: Transaction, table: str) -> Any:
    if _is_sqlite(s):
        return text("SELECT seq FROM sqlite_sequence WHERE name = :name").bindparams(name=table)
    return text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {table}_id_seq")  # noqa: S608
