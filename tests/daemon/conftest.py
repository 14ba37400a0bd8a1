"""The daemon's threads on real servers, with the real clock."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.typing import EventDict

from mailbot.config.load import load
from mailbot.config.model import Config
from mailbot.daemon.service import Service, utc_now
from mailbot.sandbox.servers import Sandbox
from mailbot.store import queries
from mailbot.store.engine import Store
from tests.pipeline.given import CONFIG, OURS, PASSWORD, SECOND_BOX

Wait = Callable[..., Any]


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[EventDict]]:
    """Every event."""
    with structlog.testing.capture_logs() as events:
        yield events


@pytest.fixture(autouse=True)
def passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOT_TEST_PASSWORD", PASSWORD)
    monkeypatch.setenv("OTHER_PASSWORD", "equivocada")


@pytest.fixture
def servers() -> Iterator[Sandbox]:
    with Sandbox([OURS, SECOND_BOX], utc_now, password=PASSWORD) as servers:
        yield servers


@pytest.fixture
def config(servers: Sandbox, tmp_path: Path) -> Config:
    text = CONFIG.replace("IMAP", str(servers.imap_port)).replace("SMTP", str(servers.smtp_port))
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


@pytest.fixture
def runs(sqlite_store: Store) -> Iterator[Callable[[Config], Service]]:
    """A daemon with this config, until the test ends."""
    services: list[Service] = []

    def start(config: Config) -> Service:
        services.append(Service(config, sqlite_store))
        services[-1].start()
        return services[-1]

    yield start
    for service in services:
        service.stop()


@pytest.fixture
def until() -> Wait:
    """Wait until something holds; its value."""

    def wait(holds: Callable[[], Any], seconds: float = 40) -> Any:
        end = time.monotonic() + seconds
        while not (found := holds()):
            assert time.monotonic() < end, f"not within {seconds} seconds"
            time.sleep(0.02)
        return found

    return wait


def is_read(store: Store, *names: str) -> bool:
    """Whether these mailboxes were read once."""
    with store.reading() as s:
        return all(queries.read_up_to(s, name) for name in names)


def cases(store: Store) -> list[dict[str, Any]]:
    with store.reading() as s:
        return [queries.case(s, c["number"]) or {} for c in queries.cases(s)]
