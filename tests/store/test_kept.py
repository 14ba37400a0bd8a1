"""Every schema that was released is upgraded with what is in it, and the desk goes on (tests/store/kept.py)."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, create_engine, select, text

from mailbot.desk.case import State
from mailbot.desk.decision import Outcome
from mailbot.store import check, migrate, tables
from mailbot.store.engine import Store
from mailbot.store.settings import UPGRADED_BY
from tests.pipeline.given import ANA, LUZ, MINUTE, SECOND_BOX, mail
from tests.store import kept
from tests.store.test_migrations import details

VERSIONS = range(1, migrate.HEAD + 1)
ASKED = {
    "constraints": text(
        "SELECT conrelid::regclass::text, conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid > 0 ORDER BY 1, 2"
    ),
    "indexes": text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"),
}
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(params=kept.DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Where a database without tables is."""
    if dialect == "sqlite":
        yield str(tmp_path / "kept.sqlite3")
    else:
        with kept.new_postgresql(request.getfixturevalue("postgres_url")) as url:
            yield url


def load(version: int, dialect: str, where: str) -> None:
    script = kept.path(version, dialect).read_text("utf-8")
    if dialect == "sqlite":
        with closing(sqlite3.connect(where)) as connection:
            connection.executescript(script)
        return
    engine = create_engine(where, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.execute(script)
    engine.dispose()


def content(connection: Connection) -> Rows:
    """Every table as it is found, whatever the program knows of it; nothing of its version."""
    found = MetaData()
    found.reflect(connection)
    return {
        name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
        for name, table in found.tables.items()
        if name not in ("alembic_version", "sqlite_sequence")
    }


def read(where: str, dialect: str) -> Rows:
    engine = create_engine(f"sqlite:///{where}" if dialect == "sqlite" else where)
    with engine.connect() as connection:
        rows = content(connection)
    engine.dispose()
    return rows


def as_before(after: Rows, before: Rows) -> Rows:
    """Only the tables and columns that there were, without what an upgrade says of itself."""
    return {
        name: [
            {column: row[column] for column in (rows[0] if rows else ())}
            for row in after[name]
            if row.get("key") != UPGRADED_BY
        ]
        for name, rows in before.items()
    }


@pytest.mark.parametrize("dialect", kept.DIALECTS)
@pytest.mark.parametrize("version", VERSIONS)
def test_each_schema_is_kept_as_a_file(version: int, dialect: str) -> None:
    """Whoever writes a migration keeps what it makes, for those who come after."""
    assert kept.path(version, dialect).exists(), (
        f"schema {version} is not kept for {dialect}: run {kept.HOW} and add what it writes"
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_a_kept_database_has_something_of_everything(version: int, dialect: str, empty: str) -> None:
    load(version, dialect, empty)
    rows = read(empty, dialect)
    assert [name for name, found in rows.items() if not found] == []
    assert {case["state"] for case in rows["case"]} == set(State)
    assert {clock["done_at"] is None for clock in rows["clock"]} == {True, False}
    assert {reply["status"] for reply in rows["outbox"]} == {"queued", "sending", "sent"}
    assert max(chunk["n"] for chunk in rows["raw_chunk"]) > 1


@pytest.mark.parametrize("version", VERSIONS)
def test_a_released_schema_becomes_the_newest_and_every_row_stays_as_it_was(
    version: int, dialect: str, empty: str, request: pytest.FixtureRequest
) -> None:
    load(version, dialect, empty)
    before = read(empty, dialect)

    store = Store.open(empty)

    with store.engine.connect() as connection:
        assert as_before(content(connection), before) == before
        assert migrate.version(connection) == migrate.HEAD
        assert (
            compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), tables.ALL)
            == []
        )
        assert schema(connection) == fresh(request, dialect)
    with store.reading() as s:
        assert check.integrity(s) == ()
    store.dispose()


def fresh(request: pytest.FixtureRequest, dialect: str) -> dict[str, Any]:
    """The schema of a database that was never anything else."""
    new: Store = request.getfixturevalue("sqlite_store" if dialect == "sqlite" else "postgres")
    with new.engine.connect() as connection:
        return schema(connection)


def schema(connection: Connection) -> dict[str, Any]:
    """Constraints and indexes; on PostgreSQL without the signs and casts that a dump makes others of."""
    if connection.dialect.name == "sqlite":
        return details(connection)
    found = {name: connection.execute(asked).all() for name, asked in ASKED.items()}
    return {kind: [(*row[:-1], _words(row[-1])) for row in rows] for kind, rows in found.items()}


def _words(definition: str) -> list[str]:
    return re.findall(r"\w+|[<>=]+", re.sub(r"::[a-z ]+", "", definition))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_desk_goes_on_where_the_older_version_stopped(version: int, dialect: str, empty: str) -> None:
    """What waited is sent, an answer finds its case by our reference, numbers go on."""
    load(version, dialect, empty)
    rows = read(empty, dialect)
    (asked,) = (r["message_id"] for r in rows["outbox"] if (r["case_id"], r["role"]) == (9, "request"))
    store = Store.open(empty)
    with kept.desk(store) as desk:
        desk.clock.now = max(row["queued_at"] for row in rows["outbox"]).replace(tzinfo=UTC) + MINUTE
        desk.abandoned()
        while desk.deliver():
            pass
        assert [len(desk.got(who)) for who in (LUZ, ANA)] == [1, 1]

        desk.gets(mail("Aquí va", "Sede: Bogotá\n", LUZ, in_reply_to=asked), SECOND_BOX)
        desk.gets(mail("Nueva contraseña", sender=LUZ), SECOND_BOX)
        assert desk.poll("redes") == [Outcome.UPDATED, Outcome.OPENED]
        states = {case["number"]: case["state"] for case in desk.cases()}
        assert states["MS-000009"] == "abierto"
        assert max(states) == "MS-000011"
    with store.reading() as s:
        assert check.integrity(s) == ()
    store.dispose()
