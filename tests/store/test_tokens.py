"""Refresh tokens are spent by one worker at a time, and none is lost (lesson 10, hazard 55)."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest

from mailbot.store import tokens
from mailbot.store.engine import Store
from tests.store.desk import NOW

ACCOUNT = "soporte"


def log_in(store: Store, refresh: str = "uno") -> None:
    store.run(lambda s: tokens.logged_in(s, ACCOUNT, "c", refresh, NOW))


def take(store: Store, by: str = "lector", after: timedelta = timedelta()) -> tokens.Kept | None:
    return store.run(lambda s: tokens.take(s, ACCOUNT, by, NOW + after))


def put_back(store: Store, kept: tokens.Kept | None, token: str) -> bool:
    assert kept is not None
    return store.run(lambda s: tokens.put_back(s, kept, token, NOW))


def test_there_is_none_before_the_first_login(store: Store) -> None:
    assert take(store) is None
    with store.reading() as s:
        assert tokens.login_of(s, ACCOUNT) == ""


def test_while_one_spends_it_nobody_else_may(store: Store) -> None:
    log_in(store)
    kept = take(store)
    with pytest.raises(tokens.Busy):
        take(store, "otro")
    assert put_back(store, kept, "dos")
    again = take(store, "otro")
    assert again is not None
    assert again.refresh_token == "dos"


def test_of_many_that_want_it_at_once_one_gets_it(store: Store) -> None:
    """Reader and sender, and daemons on one database."""
    log_in(store)
    took: list[tokens.Kept] = []
    ready = Barrier(4)

    def work() -> None:
        ready.wait()
        try:
            kept = take(store)
        except tokens.Busy:
            return
        assert kept is not None
        took.append(kept)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(took) == 1


def test_one_who_died_with_it_keeps_the_others_waiting_for_a_lease_only(store: Store) -> None:
    log_in(store)
    dead = take(store)
    assert take(store, "otro", after=tokens.LEASE) is not None
    assert not put_back(store, dead, "tarde")


def test_one_who_looked_at_the_clock_before_the_other_took_it_waits_too(store: Store) -> None:
    """A transaction may begin long after its time was read: meanwhile the other had the database."""
    log_in(store)
    take(store, after=timedelta(seconds=1))
    with pytest.raises(tokens.Busy):
        take(store, "otro")


def test_a_clock_that_was_set_back_keeps_nobody_waiting(store: Store) -> None:
    log_in(store)
    take(store, after=timedelta(hours=1))
    assert take(store) is not None


def test_a_login_meanwhile_counts_more_than_what_is_put_back(store: Store) -> None:
    log_in(store)
    kept = take(store)
    log_in(store, "nuevo")
    assert not put_back(store, kept, "viejo, renovado")
    found = take(store)
    assert kept is not None
    assert found is not None
    assert (found.refresh_token, found.login != kept.login) == ("nuevo", True)


def test_no_token_is_shown_in_a_repr(store: Store) -> None:
    log_in(store, "4711")
    assert "4711" not in repr(take(store))
