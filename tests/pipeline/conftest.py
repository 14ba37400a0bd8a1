"""A desk for each test; where the database matters, on both."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from structlog.typing import EventDict

from mailbot.sandbox.servers import Sandbox
from mailbot.store.engine import Store
from tests.pipeline.given import OURS, PASSWORD, SECOND_BOX, Clock, Desk


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[EventDict]]:
    """What is said in the log, instead of on the screen."""
    with structlog.testing.capture_logs() as events:
        yield events


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def servers(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox([OURS, SECOND_BOX], clock, password=PASSWORD) as servers:
        yield servers


@pytest.fixture
def new_desk(
    store: Store, servers: Sandbox, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """It was never connected to its mailboxes."""
    monkeypatch.setenv("MAILBOT_TEST_PASSWORD", PASSWORD)
    desk = Desk(store, servers, clock, tmp_path)
    yield desk
    desk.disconnect()
    desk.store.dispose()


@pytest.fixture
def desk(new_desk: Desk) -> Desk:
    """It knows its first mailbox, and that is empty."""
    new_desk.poll()
    return new_desk


@pytest.fixture
def dead_port() -> Iterator[int]:
    """Nobody listens there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]
