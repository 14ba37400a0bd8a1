"""Where much mail waits, who reads lets the replies to what is stored go first, and waits long for nobody."""

from email.headerregistry import Address
from typing import Any

import pytest

from mailbot import pipeline
from mailbot.config.model import Config
from mailbot.daemon import reader
from mailbot.reading import TOGETHER
from mailbot.sandbox.servers import Sandbox
from mailbot.store.engine import Store
from tests.daemon.conftest import Wait, cases
from tests.daemon.test_service import Runs, free_port, only, smtp_at, with_box
from tests.pipeline.given import OURS, mail
from tests.transport import faulty


def sent(store: Store) -> int:
    return sum(reply["status"] == "sent" for case in cases(store) for reply in case["replies"])


def with_old_mail(config: Config, servers: Sandbox, count: int) -> Config:
    """All of it is found at the first look."""
    for n in range(count):
        servers.deliver(mail(f"Contraseña {n}", sender=Address("Ana", f"ana{n}", "oti.example")), OURS)
    return with_box(only(config), "soporte", start="all", answer_backlog=True)


def test_replies_to_what_is_stored_leave_before_more_is_stored(
    runs: Runs,
    config: Config,
    servers: Sandbox,
    sqlite_store: Store,
    until: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reader, "CALL", 0.0)
    monkeypatch.setattr(reader, "WAY", 60.0)
    before: list[int] = []
    settle = pipeline.settle_together

    def watched(*given: Any) -> Any:
        before.append(sent(sqlite_store))
        return settle(*given)

    monkeypatch.setattr(pipeline, "settle_together", watched)
    runs(with_old_mail(config, servers, 3 * TOGETHER))
    until(lambda: sent(sqlite_store) == 3 * TOGETHER)
    assert before == [0, TOGETHER, 2 * TOGETHER]


def test_a_server_that_takes_its_time_holds_nobody_up(
    runs: Runs, config: Config, servers: Sandbox, sqlite_store: Store, until: Wait
) -> None:
    """All is read while the first reply is still under way."""
    with faulty.smtp({"DATA": ""}) as silent:
        old = with_old_mail(config, servers, 2 * TOGETHER)
        service = runs(with_box(old, "soporte", smtp=smtp_at(silent.port)))
        until(lambda: len(cases(sqlite_store)) == 2 * TOGETHER)
        service.senders["soporte"].first(0.01)
        assert not service.senders["soporte"].idle.is_set()
    assert sent(sqlite_store) == 0


def test_nobody_waits_for_a_server_that_is_away(
    runs: Runs, config: Config, servers: Sandbox, sqlite_store: Store, until: Wait
) -> None:
    old = with_old_mail(config, servers, 1)
    sender = runs(with_box(old, "soporte", smtp=smtp_at(free_port()))).senders["soporte"]
    until(lambda: sender.resting and sender.idle.is_set())
    sender.wake()
    assert sender.idle.is_set()


def test_nobody_waits_for_a_sender_that_has_ended(
    runs: Runs, config: Config, sqlite_store: Store, until: Wait
) -> None:
    service = runs(only(config))
    sender = service.senders["soporte"]
    service.stop()
    until(lambda: not sender.is_alive())
    sender.wake()
    assert sender.idle.is_set()
    service._give_way("nobody", 60)
