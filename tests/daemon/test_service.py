"""Mailboxes that cannot stop each other, a daemon that ends when it is told to, and one that is run once."""

import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from structlog.typing import EventDict

from mailbot.config.model import Config, Imap, Mailbox, Secret, Smtp
from mailbot.daemon import reader
from mailbot.daemon.backoff import delays
from mailbot.daemon.service import TICK, Service, run_once, utc_now
from mailbot.pipeline import receive
from mailbot.sandbox.servers import LOOPBACK, Sandbox
from mailbot.sending import MOST_UNREACHED, next_attempt
from mailbot.store import outbox
from mailbot.store.engine import Store
from mailbot.store.errors import StoreUnavailable
from mailbot.transport.connect import Timeouts
from tests.daemon.conftest import Wait, cases, is_read
from tests.pipeline.given import ANA, LUZ, NOW, OURS, PASSWORD, SECOND_BOX, answer, mail, poison, read
from tests.transport import faulty

Runs = Callable[[Config], Service]


def with_box(config: Config, name: str = "redes", **settings: object) -> Config:
    box = config.mailbox[name].model_copy(update=settings)
    return config.model_copy(update={"mailbox": {**config.mailbox, name: box}})


def only(config: Config, name: str = "soporte") -> Config:
    return config.model_copy(update={"mailbox": {name: config.mailbox[name]}})


def imap_at(port: int) -> Imap:
    return Imap(host=LOOPBACK, port=port, security="none")


def smtp_at(port: int) -> Smtp:
    return Smtp(host=LOOPBACK, port=port, security="none")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def test_mail_is_answered_within_seconds(
    runs: Runs, config: Config, servers: Sandbox, sqlite_store: Store, until: Wait
) -> None:
    """IDLE, and the sender is woken; nothing waits for a poll."""
    runs(config)
    until(lambda: is_read(sqlite_store, "soporte", "redes"))
    servers.deliver(mail(), OURS)
    servers.deliver(mail(sender=LUZ), SECOND_BOX)
    until(lambda: servers.sent_to(ANA.addr_spec) and servers.sent_to(LUZ.addr_spec), 5)
    until(lambda: all(c["deadline"] for c in cases(sqlite_store)))


# -- mailboxes that cannot stop each other (lesson 8, hazard 55) -------------------------------------------


def test_a_wrong_password_stops_only_its_own_mailbox_and_is_mended_without_a_restart(
    runs: Runs,
    config: Config,
    servers: Sandbox,
    sqlite_store: Store,
    until: Wait,
    logged: list[EventDict],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs(with_box(config, password=Secret(env="OTHER_PASSWORD")))
    until(lambda: is_read(sqlite_store, "soporte"))
    servers.deliver(mail(), OURS)
    until(lambda: servers.sent_to(ANA.addr_spec))
    (trouble, *_) = until(lambda: [e for e in logged if e["event"] == "mailbox.unavailable"])
    assert "Revise username y password" in trouble["said"]
    assert not is_read(sqlite_store, "redes")
    monkeypatch.setenv("OTHER_PASSWORD", PASSWORD)
    until(lambda: is_read(sqlite_store, "redes"))
    assert "equivocada" not in str(logged)


def test_a_password_that_is_missing_stops_only_its_own_mailbox(
    runs: Runs, config: Config, sqlite_store: Store, until: Wait, logged: list[EventDict]
) -> None:
    runs(with_box(config, password=Secret(env="NEVER_SET")))
    until(lambda: is_read(sqlite_store, "soporte"))
    (trouble, *_) = until(lambda: [e for e in logged if e["event"] == "mailbox.unavailable"])
    assert "NEVER_SET" in trouble["said"]


def test_a_server_that_comes_back_is_found_within_seconds(
    runs: Runs, config: Config, sqlite_store: Store, until: Wait, logged: list[EventDict]
) -> None:
    port = free_port()
    runs(with_box(config, imap=imap_at(port)))
    until(lambda: is_read(sqlite_store, "soporte"))
    until(lambda: [e for e in logged if e["event"] == "mailbox.unavailable"])
    with Sandbox([SECOND_BOX], password=PASSWORD, imap_port=port) as late:
        until(lambda: is_read(sqlite_store, "redes"), 5)
        late.deliver(mail(sender=LUZ), SECOND_BOX)
        until(lambda: cases(sqlite_store), 5)


def test_after_a_connection_that_worked_the_next_is_tried_at_once(
    runs: Runs, config: Config, until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting grows while a server is away, and not over months of connections that broke one by one."""
    monkeypatch.setattr(reader, "delays", partial(delays, first=0.05))
    with faulty.imap({"UID SEARCH": "* SEARCH\nTAG OK done\n", "IDLE": None}) as server:
        service = runs(with_box(only(config), "soporte", imap=imap_at(server.port)))
        until(lambda: server.connections >= 10, 8)
        service.stop()


def test_while_the_database_fails_a_mailbox_is_not_said_to_be_connected_again_and_again(
    runs: Runs,
    config: Config,
    sqlite_store: Store,
    until: Wait,
    logged: list[EventDict],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server lets us in each time; that nothing can be read is told once, and that it works again."""
    monkeypatch.setattr(reader, "delays", partial(delays, first=0.05))
    tries: list[Mailbox] = []

    def failing(box: Mailbox, *rest: Any) -> Any:
        tries.append(box)
        if len(tries) < 5:
            raise StoreUnavailable("La base de datos no responde.")
        return receive(box, *rest)

    monkeypatch.setattr(reader, "receive", failing)
    runs(only(config))
    until(lambda: is_read(sqlite_store, "soporte"))
    until(lambda: "mailbox.available" in [e["event"] for e in logged])
    mailbox = [e["event"] for e in logged if e["event"].startswith("mailbox.")]
    assert mailbox == ["mailbox.connected", "mailbox.unavailable", "mailbox.available"]


def test_waiting_grows_and_not_in_step_and_all_is_well_two_minutes_after_a_fault() -> None:
    """Computed: the longest pause, after the longest wait for an answer that began before the fault ended."""
    longest = 0.0
    for _ in range(200):
        found = [next(pauses) for pauses in [delays()] for _ in range(12)]
        assert 0.75 <= found[0] <= 1.25
        assert len(set(found)) == len(found)
        longest = max(longest, *found)
    assert 40 < longest <= 50
    usual = Timeouts()
    unreached = max((next_attempt(n, NOW, MOST_UNREACHED) - NOW).total_seconds() for n in range(200))
    assert 45 < unreached <= 57
    # a reply that is not due when the server is back waits for its time only
    assert max(usual.connect, usual.read) + max(longest, unreached + TICK) < 120


# -- the end -----------------------------------------------------------------------------------------------


def seconds(work: Callable[[], object]) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start


def test_it_stops_at_once_while_it_waits_for_mail(
    runs: Runs, config: Config, sqlite_store: Store, until: Wait
) -> None:
    service = runs(config)
    until(lambda: is_read(sqlite_store, "soporte", "redes"))
    assert seconds(service.stop) < 2
    assert not [t for t in (*service.readers.values(), *service.senders.values()) if t.is_alive()]


def test_it_stops_in_under_five_seconds_while_servers_hang(
    runs: Runs, config: Config, servers: Sandbox, sqlite_store: Store, until: Wait
) -> None:
    """Hazard 56: they accept the connection and never say a word."""
    with socket.create_server((LOOPBACK, 0)) as mute:
        port = mute.getsockname()[1]
        service = runs(with_box(with_box(config, imap=imap_at(port)), "soporte", smtp=smtp_at(port)))
        until(lambda: is_read(sqlite_store, "soporte"))
        servers.deliver(mail(), OURS)
        until(lambda: [r["status"] for c in cases(sqlite_store) for r in c["replies"]] == ["sending"])
        assert seconds(service.stop) < 5


def test_it_stops_at_once_while_it_keeps_to_the_providers_limit(
    runs: Runs, config: Config, servers: Sandbox, sqlite_store: Store, until: Wait
) -> None:
    """`per_minute`: what waited for its turn was not sent for sure, and says so."""
    slow = smtp_at(servers.smtp_port).model_copy(update={"per_minute": 1})
    service = runs(with_box(only(config), "soporte", smtp=slow))
    until(lambda: is_read(sqlite_store, "soporte"))
    for sender in (ANA, LUZ):
        servers.deliver(mail(sender=sender), OURS)

    def statuses() -> list[str]:
        return sorted(r["status"] for c in cases(sqlite_store) for r in c["replies"])

    until(lambda: statuses() == ["sending", "sent"])
    assert seconds(service.stop) < 2
    assert statuses() == ["queued", "sent"]


# -- another config ----------------------------------------------------------------------------------------


def test_new_rules_hold_for_new_mail_and_open_cases_keep_theirs(
    runs: Runs, config: Config, servers: Sandbox, sqlite_store: Store, until: Wait
) -> None:
    service = runs(config)
    until(lambda: is_read(sqlite_store, "soporte"))
    servers.deliver(mail(), OURS)
    until(lambda: servers.sent_to(ANA.addr_spec))

    rules = tuple(
        r.model_copy(update={"name": "claves", "requires": ("telefono",)}) if r.name == "acceso" else r
        for r in config.rule
    )
    service.reload(config.model_copy(update={"rule": rules}))
    servers.deliver(mail(sender=LUZ), OURS)
    servers.deliver(answer(read(servers.sent_to(ANA.addr_spec)[0]), "Teléfono: 300 555 0101"), OURS)
    until(lambda: len(servers.sent_to(ANA.addr_spec)) == 2 and servers.sent_to(LUZ.addr_spec))
    anas, luzs = cases(sqlite_store)
    assert (anas["rule"], anas["missing"]) == ("acceso", ["sede"])
    assert (luzs["rule"], luzs["missing"]) == ("claves", ["telefono"])


# -- one round ---------------------------------------------------------------------------------------------


def connected(config: Config, store: Store) -> None:
    """The first connection: mail from now on is new."""
    assert run_once(config, store)


def test_run_once_reads_decides_sends_and_says_that_all_is_well(
    config: Config, servers: Sandbox, sqlite_store: Store
) -> None:
    connected(config, sqlite_store)
    servers.deliver(mail(), OURS)
    assert run_once(config, sqlite_store)
    assert len(servers.sent_to(ANA.addr_spec)) == 1


def test_run_once_says_if_a_mailbox_could_not_be_read_and_reads_the_others(
    config: Config, servers: Sandbox, sqlite_store: Store
) -> None:
    connected(config, sqlite_store)
    servers.deliver(mail(sender=LUZ), SECOND_BOX)
    assert not run_once(with_box(config, "soporte", imap=imap_at(free_port())), sqlite_store)
    assert len(servers.sent_to(LUZ.addr_spec)) == 1


def test_run_once_reads_the_others_also_where_a_mistake_of_ours_meets_one_mailbox(
    config: Config, servers: Sandbox, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lesson 8."""
    connected(config, sqlite_store)
    servers.deliver(mail(sender=LUZ), SECOND_BOX)

    def mistaken(box: Mailbox, *rest: Any) -> Any:
        if box.name == "soporte":
            raise RuntimeError("a mistake")
        return receive(box, *rest)

    monkeypatch.setattr("mailbot.daemon.service.receive", mistaken)
    assert not run_once(config, sqlite_store)
    assert len(servers.sent_to(LUZ.addr_spec)) == 1


def test_run_once_says_if_a_reply_is_still_queued(
    config: Config, servers: Sandbox, sqlite_store: Store
) -> None:
    connected(config, sqlite_store)
    servers.deliver(mail(), OURS)
    assert not run_once(with_box(config, "soporte", smtp=smtp_at(free_port())), sqlite_store)
    assert cases(sqlite_store)[0]["replies"][0]["status"] == "queued"


def test_run_once_says_if_a_message_newly_failed(
    config: Config, servers: Sandbox, sqlite_store: Store
) -> None:
    connected(config, sqlite_store)
    servers.deliver(poison(), OURS)
    assert [run_once(config, sqlite_store), run_once(config, sqlite_store)] == [False, True]


def test_run_once_sends_what_one_before_it_was_killed_with(
    config: Config, servers: Sandbox, store: Store
) -> None:
    """On PostgreSQL it may be a slow one that lives, until no attempt can take so long."""
    connected(config, store)
    servers.deliver(mail(), OURS)
    assert not run_once(with_box(config, "soporte", smtp=smtp_at(free_port())), store)
    claimed_at = utc_now() + timedelta(hours=1)
    with store.transaction() as s:
        assert outbox.claim(s, "soporte", claimed_at, "killed")
    if not store.is_sqlite:
        assert not run_once(config, store, lambda: claimed_at + timedelta(minutes=5))
    assert run_once(config, store, lambda: claimed_at + timedelta(minutes=16))
    assert len(servers.sent_to(ANA.addr_spec)) == 1


def test_no_thread_outlives_its_service(runs: Runs, config: Config, sqlite_store: Store, until: Wait) -> None:
    service = runs(config)
    until(lambda: is_read(sqlite_store, "soporte", "redes"))
    service.stop()
    until(lambda: not [t for t in threading.enumerate() if t.name.startswith(("reader-", "sender-"))])
