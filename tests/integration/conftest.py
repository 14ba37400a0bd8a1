"""Real servers, started once, and a daemon for the tests of a file."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import dovecot, postfix
from tests.integration.chain import Chain


@pytest.fixture(scope="session")
def provider() -> Iterator[postfix.Postfix]:
    """A mail provider: Postfix, and the Dovecot behind it; a mail that is late by a second is reported as late."""
    dovecot.required()
    postfix.required()
    with dovecot.Dovecot() as behind, postfix.Postfix(behind, delay_warning_time="1s") as front:
        yield front


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A folder with an empty database."""
    folder: Path = tmp_path_factory.mktemp("mesa")
    shutil.copy(sqlite_template, folder / "mailbot.sqlite3")
    return folder


@pytest.fixture(scope="module")
def chain(provider: postfix.Postfix, home: Path) -> Iterator[Chain]:
    with Chain(provider, home, f"{home}/mailbot.sqlite3") as chain:
        yield chain
