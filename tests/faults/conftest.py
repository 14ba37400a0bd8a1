"""Servers that all tests of a file share; faults happen on the lines to them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.sandbox.servers import Sandbox
from mailbot.store.engine import Store
from tests import dovecot
from tests.faults.station import Station
from tests.pipeline.given import PASSWORD

#: every how many octets a line is cut: `make faults STEP=1` tries them all
STEP = int(os.environ.get("MAILBOT_FAULTS_STEP", "97"))


#: and every how many statements a database fails
SPARSE = max(1, STEP // 32)


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOT_TEST_PASSWORD", PASSWORD)


@pytest.fixture(scope="session")
def real() -> Iterator[dovecot.Dovecot]:
    dovecot.required()
    with dovecot.Dovecot() as server:
        yield server


@pytest.fixture(scope="session")
def people() -> Iterator[Sandbox]:
    """Takes our replies."""
    with Sandbox() as servers:
        yield servers


@pytest.fixture
def station(sqlite_store: Store, real: dovecot.Dovecot, people: Sandbox, tmp_path: Path) -> Iterator[Station]:
    with Station(sqlite_store, real, people, tmp_path) as station:
        yield station
