"""What all tables have in common: names of constraints, enumerations as text, partial indexes."""

from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, ColumnElement, Enum, Index, MetaData, literal, text
from sqlmodel import SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
#: RFC 9051 §9: UIDs and UIDVALIDITY are 32 bits without a sign, PostgreSQL's INTEGER has one
Number = BigInteger
#: an id is never given twice, even if its row is gone
NEVER_REUSED = {"sqlite_autoincrement": True}


def one_of(kind: type[StrEnum], name: str) -> Any:
    """A column of text that holds one of the enumeration's values."""
    values = [str(member) for member in kind]
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda _: values,
    )


def only_where(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """A partial index: PostgreSQL's is the same, by its migration; named here, its dialect would always be imported."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where))


def is_always(column: Column[Any], value: Any) -> ColumnElement[bool]:
    """`column = value`, with the value in the SQL: by a parameter no partial index is known to fit."""
    return column == literal(value, column.type, literal_execute=True)


class Table(SQLModel):
    """What all tables have in common. A row is written by us: pydantic need not learn how to check it."""

    model_config = {"defer_build": True}
    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)


def table(kind: type[Table]) -> Any:
    """The Core table of a class, for statements: `table(Case).c.state`."""
    return kind.metadata.tables[str(kind.__tablename__)]
