"""The schema's version: compared at every start by one SQL; Alembic is imported only to upgrade (0.1 s).

A new SQLite database gets the tables as they are declared: the same, by test, as all migrations make of it.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from mailbot import __version__
from mailbot.store.errors import NotOurs, SchemaTooNew, SchemaTooOld
from mailbot.store.settings import UPGRADED_BY
from mailbot.store.tables import ALL

MIGRATIONS = Path(__file__).parent / "migrations"
#: files are called `0001_what.py`
HEAD = max(int(path.name[:4]) for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
#: as Alembic makes it
VERSION_TABLE = (
    "CREATE TABLE alembic_version "
    "(version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)
#: two daemons that start at once on PostgreSQL upgrade one after the other
UPGRADING = 0x6D61696C626F74
#: whoever waits for the other's upgrade waits as long as it takes; a table that is in use, for half a minute
ONE_AFTER_THE_OTHER = (
    "SET LOCAL lock_timeout = 0",
    f"SELECT pg_advisory_xact_lock({UPGRADING})",
    "SET LOCAL lock_timeout = '30s'",
)
#: `setting` is in every schema: so can a program say who made one that it does not know
SIGN = text(
    "INSERT INTO setting (key, value, at) VALUES (:key, :value, CURRENT_TIMESTAMP)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value, at = excluded.at"
)
SIGNED = text("SELECT value FROM setting WHERE key = :key")
#: what lasts while a database is upgraded from one schema to another
Meanwhile = Callable[[int, int], AbstractContextManager[object]]


def prepare(engine: Engine, *, upgrade: bool, meanwhile: Meanwhile) -> None:
    """Raises `SchemaTooNew`, `SchemaTooOld` where it may not upgrade, `NotOurs`."""
    with engine.connect() as connection:
        found = version(connection)
        if found == 0 and (others := inspect(connection).get_table_names()):
            raise NotOurs(
                f"La base de datos es de otro programa: tiene las tablas {', '.join(sorted(others)[:3])}… y ninguna "
                "de mailbot. Escriba otra ruta en [service] database."
            )
    if found > HEAD:
        raise SchemaTooNew(_too_new(engine, found))
    if found == 0 and not upgrade:
        raise SchemaTooOld("La base de datos está vacía. Cree sus tablas con: mailbot db upgrade")
    if found < HEAD and not upgrade:
        raise SchemaTooOld(
            f"La base de datos tiene el esquema {found} y este mailbot necesita el {HEAD}. "
            "Actualícela con: mailbot db upgrade"
        )
    if found < HEAD:
        with meanwhile(found, HEAD):
            _upgrade(engine)


def _too_new(engine: Engine, found: int) -> str:
    by = _upgraded_by(engine)
    return (
        f"La base de datos tiene el esquema {found}, más nuevo que el de este mailbot {__version__} ({HEAD}): "
        f"la actualizó {f'mailbot {by}' if by else 'una versión posterior'}. Instale esa versión o una posterior, "
        "o restaure la copia que se hizo antes de actualizar (docs/copias.md)."
    )


def _upgraded_by(engine: Engine) -> str:
    """The version that did it; "" where it cannot be told."""
    try:
        with engine.connect() as connection:
            value = connection.scalar(SIGNED, {"key": UPGRADED_BY})
    except DBAPIError:  # a schema without that table
        return ""
    return str(value or "").strip('"')  # SQLite's JSON is text


def version(connection: Connection) -> int:
    """0: there are no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return 0
    return int(connection.scalar(text("SELECT version_num FROM alembic_version")) or 0)


def _upgrade(engine: Engine) -> None:
    """All of it or nothing: both databases take DDL back."""
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
        if not is_sqlite:
            for statement in ONE_AFTER_THE_OTHER:
                connection.exec_driver_sql(statement)
        found = version(connection)
        if found == 0 and is_sqlite:  # PostgreSQL's partial indexes stand only in the migrations
            _create(connection)
        elif found < HEAD:
            from alembic import command  # noqa: PLC0415  only here: see above

            command.upgrade(alembic_config(connection), "head")
        if found < HEAD:
            connection.execute(SIGN, {"key": UPGRADED_BY, "value": json.dumps(__version__)})


def _create(connection: Connection) -> None:
    ALL.create_all(connection, checkfirst=False)
    connection.execute(text(VERSION_TABLE))
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": f"{HEAD:04d}"})


def alembic_config(connection: Connection) -> Any:
    """Alembic's settings for one open connection; there is no alembic.ini."""
    from alembic.config import Config  # noqa: PLC0415  only here: see above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
