"""What a daemon does while nothing comes, and that a reply waits for nothing but its own mail."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mailbot.config.model import Config
from mailbot.daemon import reader, sender, service as service_module
from mailbot.daemon.meters import Meters
from mailbot.daemon.sender import Sender
from mailbot.daemon.service import Service
from mailbot.reading import acknowledge
from mailbot.sandbox.servers import Sandbox
from mailbot.sending import Attempt
from mailbot.store import outbox, places
from mailbot.store.engine import Store
from mailbot.transport.imap import ImapMailbox
from tests.daemon.conftest import Wait, cases, is_read
from tests.daemon.test_service import imap_at, only, with_box
from tests.pipeline.given import ANA, OURS, mail
from tests.store.desk import ANA as OTHER_ANA, composed, queued
from tests.transport import faulty

Runs = Callable[[Config], Service]
NOTHING = {"UID SEARCH": "* SEARCH\nTAG OK done\n"}
SHORT = timedelta(milliseconds=10)


def commands(heard: list[bytes]) -> list[str]:
    return [line.decode().split()[1] for line in heard]


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many transactions each thread began."""
    counted: Counter[str] = Counter()

    def count(name: str) -> None:
        really: Callable[[Store], Any] = getattr(Store, name)

        def counting(store: Store) -> Any:
            counted[threading.current_thread().name] += 1
            return really(store)

        monkeypatch.setattr(Store, name, counting)

    count("transaction")
    count("reading")
    return counted


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whose senders were called, in this order; not by the clock, which calls whoever still has something to send."""
    monkeypatch.setattr(service_module, "TICK", 1000)
    calls: list[str] = []

    def wake(called: Sender) -> None:
        calls.append(called.mailbox)
        called.bell.set()

    monkeypatch.setattr(Sender, "wake", wake)
    return calls


def test_a_short_poll_that_finds_nothing_asks_noop_and_leaves_the_database_alone(
    runs: Runs,
    config: Config,
    sqlite_store: Store,
    until: Wait,
    monkeypatch: pytest.MonkeyPatch,
    used: Counter[str],
) -> None:
    monkeypatch.setattr(reader, "LOOK", 1000.0)
    with faulty.imap(NOTHING) as server:
        service = runs(with_box(only(config), "soporte", imap=imap_at(server.port), poll=SHORT))
        until(lambda: commands(server.heard)[-2:] == ["NOOP", "NOOP"])
        asked, before = len(server.heard), used["reader-soporte"]
        assert before > 0
        until(lambda: len(server.heard) >= asked + 20)
        assert set(commands(server.heard[asked:])) == {"NOOP"}
        assert used["reader-soporte"] == before
        assert is_read(sqlite_store, "soporte")
        service.stop()


def test_beside_a_short_poll_everything_else_is_looked_at_all_the_same(
    runs: Runs, config: Config, sqlite_store: Store, until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariant 3: deadlines need to know that the mailbox was read; people move mail into other folders."""
    monkeypatch.setattr(reader, "LOOK", 0.1)

    def read_up_to() -> Any:
        with sqlite_store.reading() as s:
            return places.read_up_to(s, "soporte")

    with faulty.imap(NOTHING) as server:
        service = runs(with_box(only(config), "soporte", imap=imap_at(server.port), poll=SHORT))
        first = until(read_up_to)
        until(lambda: read_up_to() > first)
        until(lambda: min(Counter(commands(server.heard))[name] for name in ("SELECT", "STATUS")) > 2)
        service.stop()


@pytest.mark.parametrize("poll", [1, 60])
def test_mailboxes_that_began_together_are_not_looked_at_together_for_ever(
    runs: Runs,
    config: Config,
    until: Wait,
    monkeypatch: pytest.MonkeyPatch,
    poll: int,
) -> None:
    """Nor is any looked at later than `poll` says, or without IDLE."""
    waited: list[float] = []

    def wait(_: ImapMailbox, seconds: float, noop: float = 0) -> None:
        waited.append(seconds)
        time.sleep(0.01)

    monkeypatch.setattr(ImapMailbox, "wait", wait)
    runs(with_box(only(config), "soporte", poll=timedelta(seconds=poll)))
    until(lambda: len(waited) > 5)
    assert len({*waited}) > 1 or poll == 1
    assert all(max(0.8 * poll, 1) <= seconds <= poll for seconds in waited)


def test_with_a_short_poll_mail_is_answered_too(
    runs: Runs, config: Config, servers: Sandbox, sqlite_store: Store, until: Wait
) -> None:
    runs(with_box(only(config), "soporte", poll=SHORT))
    until(lambda: is_read(sqlite_store, "soporte"))
    for times in (1, 2):
        servers.deliver(mail(f"contraseña del equipo {times}"), OURS)
        until(lambda n=times: len(servers.sent_to(ANA.addr_spec)) == n)
    until(lambda: all(c["deadline"] for c in cases(sqlite_store)))


def test_a_reply_leaves_before_its_mail_is_moved(
    runs: Runs,
    config: Config,
    servers: Sandbox,
    sqlite_store: Store,
    until: Wait,
    monkeypatch: pytest.MonkeyPatch,
    woken: list[str],
) -> None:
    """The sender is woken by what is stored; those of other mailboxes have nothing to do."""
    answered = threading.Event()

    def waits(*given: Any) -> None:
        answered.wait(60)
        acknowledge(*given)

    runs(config)
    until(lambda: is_read(sqlite_store, "soporte", "redes"))
    monkeypatch.setattr("mailbot.pipeline.acknowledge", waits)
    servers.deliver(mail(), OURS)
    until(lambda: servers.sent_to(ANA.addr_spec))
    assert woken == ["soporte"]
    answered.set()
    until(lambda: len(woken) > 1)
    assert set(woken) == {"soporte"}


def test_what_another_process_queued_is_sent_though_the_sender_itself_looks_rarely(
    runs: Runs,
    config: Config,
    servers: Sandbox,
    sqlite_store: Store,
    until: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One look of the clock does for all: hundreds of senders would begin hundreds of transactions a second."""
    monkeypatch.setattr(sender, "LOOK", 1000.0)
    runs(config)
    until(lambda: is_read(sqlite_store, "soporte", "redes"))
    for times, box in ((1, "soporte"), (2, "redes")):
        queued(
            sqlite_store, mailbox=box, composed=replace(composed(), data=b"Subject: hola\r\n\r\nHola.\r\n")
        )
        until(lambda n=times: len(servers.sent_to(OTHER_ANA.email)) == n)


def test_at_rest_a_sender_leaves_the_database_alone(
    runs: Runs, config: Config, sqlite_store: Store, until: Wait, used: Counter[str]
) -> None:
    service = runs(only(config))
    until(lambda: is_read(sqlite_store, "soporte") and used["sender-soporte"])
    before = used["sender-soporte"]
    for _ in range(5):
        service.wake()
    assert used["sender-soporte"] == before


def test_while_much_mail_is_stored_the_sender_is_not_called_for_each(
    runs: Runs,
    config: Config,
    servers: Sandbox,
    sqlite_store: Store,
    until: Wait,
    monkeypatch: pytest.MonkeyPatch,
    woken: list[str],
) -> None:
    """But at the end, so that nothing waits; each call is a claim of its own, half as dear as a reply."""
    monkeypatch.setattr(reader, "CALL", 1000.0)
    runs(only(config))
    until(lambda: is_read(sqlite_store, "soporte"))
    for times, calls in ((1, 2), (2, 3), (3, 4)):
        servers.deliver(mail(f"contraseña del equipo {times}"), OURS)
        until(lambda n=calls: len(woken) >= n)
        until(lambda n=times: len(servers.sent_to(ANA.addr_spec)) == n)
    assert len(woken) == 4


def test_whoever_counts_replies_and_fails_makes_none_leave_twice(
    runs: Runs,
    config: Config,
    servers: Sandbox,
    sqlite_store: Store,
    until: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the server's yes and the stored result nothing else may fail (invariant 4)."""
    really, calls = Meters.attempted, list[Attempt]()

    def attempted(meters: Meters, attempt: Attempt) -> None:
        calls.append(attempt)
        if len(calls) == 1:
            raise ZeroDivisionError
        really(meters, attempt)

    monkeypatch.setattr(Meters, "attempted", attempted)
    runs(only(config))
    until(lambda: is_read(sqlite_store, "soporte"))
    servers.deliver(mail(), OURS)
    until(lambda: servers.sent_to(ANA.addr_spec))

    def is_stored() -> bool:
        with sqlite_store.reading() as s:
            return not outbox.pending(s)

    until(is_stored)
    assert len(servers.sent_to(ANA.addr_spec)) == len(calls) == 1
