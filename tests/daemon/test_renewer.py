"""Tokens are renewed while connections still stand: a refused one is loud before mail stops (lesson 10)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.typing import EventDict

from mailbot import login
from mailbot.config.model import OAuth2
from mailbot.config.oauth2 import client
from mailbot.daemon import renewer
from mailbot.daemon.notify import Promises
from mailbot.daemon.renewer import Renewer
from mailbot.daemon.vitals import Vitals
from mailbot.login import Tokens
from mailbot.store import tokens
from mailbot.store.engine import Store
from tests.daemon.conftest import Wait
from tests.token_server import CLIENT, Canned, TokenServer


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewer, "LOOK", 0.05)
    monkeypatch.setattr(login, "PAUSE", 0.1)


@pytest.fixture
def provider() -> Iterator[TokenServer]:
    with TokenServer("soporte@mesa.example", lifetime=1) as server:
        server.secret = ""
        yield server


@pytest.fixture
def runs(provider: TokenServer, sqlite_store: Store) -> Iterator[dict[str, Tokens]]:
    """For two mailboxes, each with a login of its own; the second one's was taken back."""
    oauth2 = OAuth2(provider="microsoft", client_id=CLIENT, token_url=provider.token_url)
    kept = {}
    for name, refresh in (("soporte", provider.issue()), ("redes", "anulado")):
        log_in(sqlite_store, name, refresh)
        kept[name] = Tokens(client(oauth2, name), name, Path(), sqlite_store)
    thread = Renewer(kept, Vitals(), Promises())
    thread.start()
    yield kept
    thread.stop()
    thread.join(10)
    assert not thread.is_alive()


def log_in(store: Store, account: str, refresh: str) -> None:
    store.run(lambda s: tokens.logged_in(s, account, CLIENT, refresh, datetime.now(UTC)))


def test_a_refused_token_is_told_once_with_its_cure_and_stops_no_other(
    runs: dict[str, Tokens], provider: TokenServer, sqlite_store: Store, until: Wait, logged: list[EventDict]
) -> None:
    until(lambda: len({form["refresh_token"] for form in provider.asked_for("refresh_token")}) > 3)
    (told,) = [e for e in logged if e["event"] == "token.unavailable"]
    assert told["log_level"] == "error"
    assert "Ejecute «mailbot login redes»" in told["said"]
    assert provider.reused == 0

    log_in(sqlite_store, "redes", provider.issue())
    until(lambda: [e for e in logged if e["event"] == "token.available"])


def test_a_provider_in_trouble_is_told_and_forgotten(
    runs: dict[str, Tokens], provider: TokenServer, sqlite_store: Store, until: Wait, logged: list[EventDict]
) -> None:
    log_in(sqlite_store, "redes", provider.issue())
    until(lambda: len(provider.asked_for("refresh_token")) > 3)
    provider.next += [Canned(503)] * 4
    until(lambda: [e for e in logged if "HTTP 503" in e.get("said", "")])
    until(lambda: [e for e in logged if e["event"] == "token.available"])
