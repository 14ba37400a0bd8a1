"""What `[retention]` no longer keeps is removed beside the mail: by one daemon of several, and told once."""

from collections.abc import Callable
from typing import Any

import pytest
from structlog.typing import EventDict

from mailbot.config.live import Live
from mailbot.config.model import Config, Retention
from mailbot.daemon import retaining
from mailbot.daemon.common import Common
from mailbot.daemon.retaining import LEASE, Retaining
from mailbot.daemon.service import Service
from mailbot.store import queries, retention
from mailbot.store.engine import Store
from mailbot.store.locks import Lease, Presence
from tests.daemon.conftest import Wait
from tests.store.desk import DAY, NOW, mail, stored

LATER = NOW + 400 * DAY
KEPT = Retention(decisions=180 * DAY)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retaining, "FIRST", 0.05)
    monkeypatch.setattr(retaining, "PAUSE", 0.0)


def rounds(config: Config, store: Store, presence: Presence | None = None) -> Retaining:
    live = Live.of(config.model_copy(update={"retention": KEPT}))
    return Retaining(Common(lambda: live, store, lambda: LATER, presence or Presence()))


def removed(store: Store) -> int:
    with store.reading() as s:
        return sum("removed_at" in message for message in queries.messages(s))


def told(logged: list[EventDict]) -> list[EventDict]:
    return [event for event in logged if event["event"].startswith("retention.")]


def test_a_round_removes_what_is_due_and_says_how_much(
    config: Config, store: Store, logged: list[EventDict]
) -> None:
    for _ in range(3):
        stored(store, mail())
    rounds(config, store).round()

    assert removed(store) == 3
    assert told(logged) == [{"event": "retention.removed", "log_level": "info", "messages": 3}]


def test_a_round_without_anything_due_says_nothing(
    config: Config, sqlite_store: Store, logged: list[EventDict]
) -> None:
    stored(sqlite_store, mail(), now=LATER)
    rounds(config, sqlite_store).round()
    assert (removed(sqlite_store), told(logged)) == (0, [])


def test_without_retention_nothing_is_removed(config: Config, sqlite_store: Store) -> None:
    stored(sqlite_store, mail())
    everything = Retaining(Common(lambda: Live.of(config), sqlite_store, lambda: LATER, Presence()))
    everything.round()
    assert removed(sqlite_store) == 0


def test_after_a_leap_of_the_clock_nothing_is_removed_for_a_day(
    config: Config, sqlite_store: Store, logged: list[EventDict]
) -> None:
    """A machine that wakes up in another year would else remove all that has ended, and no copy brings it back."""
    times = iter([NOW, LATER, LATER + DAY])
    live = Live.of(config.model_copy(update={"retention": KEPT}))
    each = Retaining(Common(lambda: live, sqlite_store, lambda: next(times), Presence()))
    stored(sqlite_store, mail())
    each.round()
    each.round()
    assert [event["event"] for event in told(logged)] == ["retention.put_off"]
    assert removed(sqlite_store) == 0
    each.round()
    assert removed(sqlite_store) == 1


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_while_another_daemon_does_the_round_this_one_leaves_it(config: Config, store: Store) -> None:
    stored(store, mail())
    one, other = store.presence("one"), store.presence("other")
    one.start()
    other.start()
    try:
        lease = one.hold(LEASE)
        assert lease
        rounds(config, store, other).round()
        assert removed(store) == 0
        lease.release()
        rounds(config, store, other).round()
        assert removed(store) == 1
    finally:
        one.stop()
        other.stop()


def test_a_daemon_that_is_cut_off_ends_between_two_batches(config: Config, sqlite_store: Store) -> None:
    class Lost(Lease):
        @property
        def is_held(self) -> bool:
            return False

    class CutOff(Presence):
        def hold(self, mailbox: str) -> Lease:
            return Lost()

    stored(sqlite_store, mail())
    rounds(config, sqlite_store, CutOff()).round()
    assert removed(sqlite_store) == 0


def test_the_service_does_it_by_itself(
    config: Config, sqlite_store: Store, runs: Callable[[Config], Service], until: Wait
) -> None:
    stored(sqlite_store, mail(), now=NOW - 9999 * DAY)
    runs(config.model_copy(update={"retention": KEPT}))
    until(lambda: removed(sqlite_store) == 1)


def test_trouble_is_told_and_the_next_round_comes(
    config: Config, sqlite_store: Store, logged: list[EventDict], until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(sqlite_store, mail())
    thread, real = rounds(config, sqlite_store), retention.remove
    troubles = iter([OSError("disco lleno")])

    def remove(*given: Any) -> Any:
        if trouble := next(troubles, None):
            raise trouble
        return real(*given)

    monkeypatch.setattr(retention, "remove", remove)
    thread.start()
    until(lambda: removed(sqlite_store))
    until(lambda: "retention.available" in [event["event"] for event in logged])
    thread.stop()
    thread.join(10)

    assert not thread.is_alive()
    assert next(iter(told(logged)))["event"] == "retention.broken"
