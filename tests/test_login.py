"""The token of an account: renewed ahead of time, rotated without loss, and asked for no more often than needed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import pytest

from mailbot import login
from mailbot.config.model import OAuth2, Secret
from mailbot.config.oauth2 import client
from mailbot.login import Tokens
from mailbot.store import StoreUnavailable, settings, tokens
from mailbot.store.engine import Store
from mailbot.transport.errors import Unreachable
from mailbot.transport.oauth2 import TokenError
from tests.pipeline.given import broken
from tests.token_server import CLIENT, SECRET, Canned, TokenServer

USER = ACCOUNT = "soporte"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIENT_SECRET", SECRET)


@pytest.fixture
def provider() -> Iterator[TokenServer]:
    with TokenServer(USER) as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


def keeper(provider: TokenServer, store: Store | None, clock: Clock, grant: Any = "login") -> Tokens:
    oauth2 = OAuth2(
        provider="microsoft",
        token_url=provider.token_url,
        client_id=CLIENT,
        client_secret=Secret(env="CLIENT_SECRET"),
        grant=grant,
    )
    return Tokens(client(oauth2, "soporte"), ACCOUNT, Path(), store, clock)


def log_in(store: Store, refresh: str, client_id: str = CLIENT) -> None:
    store.run(lambda s: tokens.logged_in(s, ACCOUNT, client_id, refresh, datetime.now(UTC)))


def kept(store: Store) -> dict[str, Any]:
    with store.reading() as s:
        found: dict[str, Any] = settings.get(s, tokens.key(ACCOUNT))
        return found


# -- ahead of time -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("grant", ["login", "client_credentials"])
def test_a_token_is_used_until_four_fifths_of_its_life_are_over(
    provider: TokenServer, sqlite_store: Store, clock: Clock, grant: str
) -> None:
    log_in(sqlite_store, provider.issue())
    held = keeper(provider, sqlite_store, clock, grant)
    first = held()
    clock.now += 0.79 * 3600
    assert held.renew()
    assert held() == first
    clock.now += 0.02 * 3600
    assert not first.replaced()
    assert held.renew()
    assert held() != first
    assert first.replaced()
    assert len(provider.asked) == 2


def test_a_provider_in_trouble_is_heard_of_while_the_old_token_still_works(
    provider: TokenServer, sqlite_store: Store, clock: Clock
) -> None:
    """Loud, and mail goes on meanwhile."""
    log_in(sqlite_store, provider.issue())
    held = keeper(provider, sqlite_store, clock)
    first = held()
    clock.now += 0.9 * 3600
    provider.next = [Canned(503), Canned(503)]
    with pytest.raises(TokenError):
        held.renew()
    assert not held.renew(), "it is not asked again at once, and nothing is raised for what was not tried"
    assert held() == first
    clock.now += 0.2 * 3600
    with pytest.raises(TokenError):
        held()
    clock.now += login.PAUSE
    assert held() != first


def test_what_said_no_is_not_asked_again_for_a_minute(
    provider: TokenServer, sqlite_store: Store, clock: Clock
) -> None:
    """Each reply that waits would ask otherwise."""
    log_in(sqlite_store, "anulado")
    held = keeper(provider, sqlite_store, clock)
    for _ in range(5):
        with pytest.raises(TokenError, match="mailbot login soporte"):
            held()
    assert len(provider.asked) == 1
    clock.now += login.PAUSE
    with pytest.raises(TokenError):
        held()
    assert len(provider.asked) == 2


def test_a_login_by_another_process_works_at_once(
    provider: TokenServer, sqlite_store: Store, clock: Clock
) -> None:
    """Recovery without a restart, and without waiting for the end of a pause."""
    held = keeper(provider, sqlite_store, clock)
    with pytest.raises(TokenError, match=r"nadie lo ha dado.*mailbot login soporte"):
        held()
    log_in(sqlite_store, "anulado")
    with pytest.raises(TokenError, match="AADSTS50173"):
        held()
    log_in(sqlite_store, provider.issue())
    first = held()
    # and another login, perhaps with the right account at last, takes the place of a token that is still good
    log_in(sqlite_store, provider.issue())
    assert held() != first


def test_a_token_of_another_application_is_not_spent(
    provider: TokenServer, sqlite_store: Store, clock: Clock
) -> None:
    log_in(sqlite_store, provider.issue(), client_id="otra")
    with pytest.raises(TokenError, match=r"otra aplicación.*mailbot login soporte"):
        keeper(provider, sqlite_store, clock)()
    assert provider.asked == []


def test_without_its_secret_nothing_is_asked(
    provider: TokenServer, sqlite_store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLIENT_SECRET")
    held = keeper(provider, sqlite_store, clock, "client_credentials")
    with pytest.raises(TokenError, match=r"Leer client_secret.*CLIENT_SECRET"):
        held()
    assert provider.asked == []


# -- refused by a mail server ------------------------------------------------------------------------------


def test_a_refused_token_is_replaced_once_a_minute(
    provider: TokenServer, sqlite_store: Store, clock: Clock
) -> None:
    log_in(sqlite_store, provider.issue())
    held = keeper(provider, sqlite_store, clock)
    first = held()
    assert first.discard()
    second = held()
    assert second != first
    assert first.discard(), "reader and sender were refused the same one: there is another already"
    assert held() == second
    assert not second.discard(), "a new one is refused too: it is not the token"
    clock.now += login.PAUSE
    assert second.discard()
    assert held() != second


# -- rotation (lesson 10) ----------------------------------------------------------------------------------


def test_the_new_refresh_token_is_stored_before_the_access_token_is_used(
    provider: TokenServer, sqlite_store: Store, clock: Clock
) -> None:
    log_in(sqlite_store, provider.issue())
    held = keeper(provider, sqlite_store, clock)

    def unavailable(*_: Any) -> bool:
        raise StoreUnavailable("disco lleno")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens, "put_back", unavailable)
        with pytest.raises(Unreachable, match="disco lleno"):
            held()
    clock.now += login.PAUSE
    assert held()
    stored = kept(sqlite_store)["refresh_token"]
    assert len(provider.asked) == 1, "what could not be stored was not thrown away"
    assert stored in provider._refresh
    assert provider.reused == 0


def test_a_provider_that_gives_no_new_one_keeps_the_old_one(
    provider: TokenServer, sqlite_store: Store, clock: Clock
) -> None:
    provider.rotates = False
    log_in(sqlite_store, first := provider.issue())
    assert keeper(provider, sqlite_store, clock)()
    assert kept(sqlite_store)["refresh_token"] == first
    assert keeper(provider, sqlite_store, clock)()


def test_threads_and_processes_at_once_spend_no_refresh_token_twice(
    provider: TokenServer, store: Store, clock: Clock
) -> None:
    """Two threads of each of three daemons, on one database."""
    log_in(store, provider.issue())
    daemons = [keeper(provider, store, clock) for _ in range(3)]
    ready, got = Barrier(6), list[str]()

    def work(held: Tokens) -> None:
        ready.wait()
        got.append(held().access)

    threads = [Thread(target=work, args=(held,)) for held in daemons for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(got), len(set(got)), provider.reused) == (6, 3, 0)
    assert [form["refresh_token"] for form in provider.asked_for("refresh_token")] == sorted(
        {form["refresh_token"] for form in provider.asked_for("refresh_token")},
        key=lambda token: int(token.partition("-")[2]),
    )


def test_a_worker_that_died_with_it_is_waited_for_and_not_for_ever(
    provider: TokenServer, sqlite_store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(sqlite_store, provider.issue())
    sqlite_store.run(lambda s: tokens.take(s, ACCOUNT, "muerto", datetime.now(UTC)))
    monkeypatch.setattr(login, "LEASE", 0.3)
    with pytest.raises(Unreachable, match="otro proceso"):
        keeper(provider, sqlite_store, clock)()
    late = datetime.now(UTC) + tokens.LEASE
    monkeypatch.setattr(login, "now", lambda: late)
    assert keeper(provider, sqlite_store, clock)()


def test_while_the_provider_thinks_nobody_waits_for_the_database(
    provider: TokenServer, store: Store, clock: Clock
) -> None:
    """No transaction is open meanwhile: the service goes on."""
    log_in(store, provider.issue())
    provider.next.append(Canned(503, after=(held := Event())))
    thread = Thread(target=lambda: _quietly(keeper(provider, store, clock)))
    thread.start()
    while not provider.asked:
        thread.join(0.02)
    store.run(lambda s: settings.keep(s, "otra cosa", 1, datetime.now(UTC)))
    held.set()
    thread.join(10)
    assert keeper(provider, store, clock)(), "and it was put back"


def _quietly(held: Tokens) -> None:
    with pytest.raises(TokenError):
        held()


def test_an_outage_of_the_database_is_no_reason_to_stop_while_the_token_works(
    provider: TokenServer, sqlite_store: Store, clock: Clock
) -> None:
    log_in(sqlite_store, provider.issue())
    held = keeper(provider, sqlite_store, clock)
    first = held()
    with broken(tokens, "login_of", StoreUnavailable("no")):
        assert held() == first
        clock.now += 3600
        with (
            broken(tokens, "take", StoreUnavailable("no hay disco")),
            pytest.raises(Unreachable, match="no hay disco"),
        ):
            held()


def test_nothing_secret_is_shown(provider: TokenServer, sqlite_store: Store, clock: Clock) -> None:
    log_in(sqlite_store, refresh := provider.issue())
    held = keeper(provider, sqlite_store, clock)
    token = held()
    shown = f"{held!r} {token!r} {held._held!r} {held._unsaved!r}"
    assert token.access not in shown
    assert refresh not in shown
