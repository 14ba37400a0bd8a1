"""Databases for the tests that run on both, each empty; and logs that no earlier test has set up."""

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import create_engine, make_url, text

from mailbot.daemon.logs import Forward
from mailbot.store.engine import Store
from mailbot.store.tables import ALL

ADDRESS = "MAILBOT_TEST_POSTGRES"
MISSING = f"set {ADDRESS} to postgresql+psycopg://user@host/db, or run make test-integration"
TRUNCATE = text(
    "TRUNCATE " + ", ".join(f'"{table.name}"' for table in ALL.sorted_tables) + " RESTART IDENTITY CASCADE"
)


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    """Whatever a command or a demonstration has set up before: `capture_logs` sees every event."""
    structlog.reset_defaults()
    for handler in [h for h in logging.root.handlers if isinstance(h, Forward)]:
        logging.root.removeHandler(handler)
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database of our own on that server, without tables, dropped at the end."""
    given = os.environ.get(ADDRESS)
    if not given:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    name = f"mailbot_test_{os.getpid()}"
    server = create_engine(given, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(given).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(scope="session")
def postgres(postgres_url: str) -> Iterator[Store]:
    store = Store.open(postgres_url)
    yield store
    store.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An upgraded, empty database to copy: Alembic takes longer than a test."""
    path = tmp_path_factory.mktemp("template") / "mailbot.sqlite3"
    Store.open(path).dispose()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the test's empty database is."""
    if request.param == "sqlite":
        return str(shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "mailbot.sqlite3"))
    store: Store = request.getfixturevalue("postgres")
    with store.engine.begin() as connection:
        connection.execute(TRUNCATE)
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def sqlite_store(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    """Where the kind of database does not matter."""
    opened = Store.open(shutil.copy(sqlite_template, tmp_path / "alone.sqlite3"))
    yield opened
    opened.dispose()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store.open(url)
    yield opened
    opened.dispose()
