"""Migrations from an empty database give exactly the tables of the models, and schema.sql shows them."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.exc import OperationalError

from mailbot.desk.case import TRANSITIONS
from mailbot.store import migrate
from mailbot.store.engine import Store
from mailbot.store.errors import SchemaTooOld
from mailbot.store.schema import schema, transitions
from mailbot.store.tables import ALL

SCHEMA = Path(__file__).parents[2] / "schema.sql"


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Connection]:
    """A SQLite database that every migration went through, one after the other."""
    engine = create_engine(f"sqlite:///{tmp_path / 'migrated.sqlite3'}")
    with engine.begin() as connection:
        command.upgrade(migrate.alembic_config(connection), "head")
        yield connection
    engine.dispose()


def test_migrations_make_the_tables_of_the_models(migrated: Connection) -> None:
    """`alembic check`, as a test."""
    assert differences(migrated) == []


def test_migrations_make_the_tables_of_the_models_on_postgresql_too(postgres: Store) -> None:
    with postgres.engine.connect() as connection:
        assert differences(connection) == []


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, ALL))


def test_a_new_database_is_what_all_migrations_make_to_the_last_constraint(
    migrated: Connection, tmp_path: Path
) -> None:
    """Its tables are made as they are declared, in one go: nobody may ever be able to tell."""
    new = Store.open(tmp_path / "new.sqlite3")
    with new.engine.connect() as connection:
        assert everything(connection) == everything(migrated)
        assert migrate.version(connection) == migrate.version(migrated) == migrate.HEAD
    new.dispose()


def everything(connection: Connection) -> list[tuple[object, ...]]:
    """All that SQLite knows of the schema: tables with columns, checks and keys, and indexes; without blanks."""
    found = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master")
    return sorted((*about, pieces("".join((sql or "").split()))) for *about, sql in found)


def pieces(sql: str) -> list[str]:
    """A statement parted at its outer commas: columns as they stand, constraints, which have no order, sorted."""
    depth, parted = 0, [""]
    for sign in sql:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if (sign, depth) in ((",", 1), ("(", 1), (")", 0)):
            parted.append("")
        else:
            parted[-1] += sign
    return sorted(parted, key=lambda piece: piece if piece.startswith("CONSTRAINT") else "")


def test_a_database_of_the_first_schema_is_upgraded_with_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    old = create_engine(f"sqlite:///{path}")
    with old.begin() as connection:
        command.upgrade(migrate.alembic_config(connection), "0001")
        connection.exec_driver_sql(
            "INSERT INTO person (address, name, role) VALUES ('a@x.example', 'Ana', '')"
        )
    with pytest.raises(SchemaTooOld, match="mailbot db upgrade"):
        Store.open(path, upgrade=False)
    upgraded, new = Store.open(path), Store.open(tmp_path / "new.sqlite3")

    with upgraded.engine.connect() as one, new.engine.connect() as other:
        assert details(one) == details(other)
        assert one.exec_driver_sql("SELECT name FROM person").all() == [("Ana",)]
    for store in (upgraded, new):
        store.dispose()
    old.dispose()


def test_an_upgrade_that_breaks_off_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Full disk, kill: the next start finds what there was, and begins anew."""
    path, seen = tmp_path / "old.sqlite3", create_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    with seen.begin() as connection:
        command.upgrade(migrate.alembic_config(connection), "0001")
        before = everything(connection)

    def breaks(config: Any, to: str) -> None:
        config.attributes["connection"].exec_driver_sql("DROP TABLE person")
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", breaks)
        with pytest.raises(ZeroDivisionError):
            Store.open(path)
    with seen.connect() as connection:
        assert everything(connection) == before
    Store.open(path).dispose()
    seen.dispose()


def test_a_new_database_that_breaks_off_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "VERSION_TABLE", "CREATE TABLE person (a)")  # there is one already
        with pytest.raises(OperationalError):
            Store.open(tmp_path / "new.sqlite3")
    with sqlite3.connect(tmp_path / "new.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()
    Store.open(tmp_path / "new.sqlite3").dispose()


def details(connection: Connection) -> dict[str, Any]:
    inspector = inspect(connection)
    names = sorted(set(inspector.get_table_names()) - {"alembic_version"})
    statements = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'index'")
    checks = {
        name: sorted((c["name"], c["sqltext"]) for c in inspector.get_check_constraints(name))
        for name in names
    }
    return {"checks": checks, "indexes": sorted((row.name, row.sql) for row in statements if row.sql)}


def test_the_program_knows_its_newest_migration_without_alembic(store: Store) -> None:
    with store.engine.connect() as connection:
        config = migrate.alembic_config(connection)
        assert ScriptDirectory.from_config(config).get_heads() == [f"{migrate.HEAD:04d}"]
        assert migrate.version(connection) == migrate.HEAD


def test_schema_sql_is_what_the_models_say() -> None:
    """Regenerate it with: python -m mailbot.store.schema > schema.sql"""
    assert SCHEMA.read_text() == schema()


def test_schema_sql_can_be_executed() -> None:
    database = sqlite3.connect(":memory:")
    database.executescript(SCHEMA.read_text())
    made = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    database.close()

    assert made - {"sqlite_sequence"} == set(ALL.tables)


def test_schema_sql_names_every_transition_of_a_case() -> None:
    assert len(list(transitions())) == sum(len(following) for following in TRANSITIONS.values())
    assert "--   precaso -> no_gestionado\n" in SCHEMA.read_text()
