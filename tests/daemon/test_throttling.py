"""A provider that asks to be left alone: obeyed, and no fault of anybody's (Microsoft 365, Gmail)."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from structlog.typing import EventDict

from mailbot.config.model import Config
from mailbot.daemon import trouble
from mailbot.daemon.reader import Reader
from mailbot.daemon.service import Service
from mailbot.daemon.trouble import Trouble
from mailbot.sandbox.servers import Sandbox
from mailbot.store.engine import Store
from mailbot.transport.errors import TransportError
from tests.daemon.conftest import Wait, cases, is_read
from tests.daemon.test_service import imap_at, only, smtp_at, with_box
from tests.pipeline.given import ANA, LUZ, OURS, mail
from tests.transport import faulty

Runs = Callable[[Config], Service]


@pytest.fixture
def rests(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the reader waited after each trouble, without its waiting that long."""
    waited: list[float] = []

    def start(self: Reader) -> None:
        wait = self.stopping.wait

        def short(seconds: float | None = None) -> bool:
            waited.append(seconds or 0)
            return wait(0.05)

        monkeypatch.setattr(self.stopping, "wait", short)
        super(Reader, self).start()

    monkeypatch.setattr(Reader, "start", start)
    return waited


def test_a_reader_waits_for_as_long_as_the_server_says(
    runs: Runs, config: Config, until: Wait, logged: list[EventDict], rests: list[float]
) -> None:
    said = "TAG NO Request is throttled. Suggested Backoff Time: 299961 milliseconds\n"
    with faulty.imap({"UID SEARCH": said}) as server:
        runs(with_box(only(config), "soporte", imap=imap_at(server.port)))
        until(lambda: server.connections >= 2)
    assert rests[0] == 299.961
    told = [e for e in logged if e["event"] == "mailbox.unavailable"]
    assert {e["log_level"] for e in told} == {"warning"}
    assert "se volverá a intentar en 300 s" in told[0]["said"]


def test_a_sender_leaves_the_server_alone_with_all_that_is_queued(
    runs: Runs,
    config: Config,
    servers: Sandbox,
    sqlite_store: Store,
    until: Wait,
    logged: list[EventDict],
) -> None:
    with faulty.smtp(dot="432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded\n") as server:
        service = runs(with_box(only(config), "soporte", smtp=smtp_at(server.port)))
        until(lambda: is_read(sqlite_store, "soporte"))
        servers.deliver(mail(), OURS)
        until(lambda: [e for e in logged if e["event"] == "smtp.unavailable"])
        servers.deliver(mail(sender=LUZ), OURS)
        until(lambda: len(cases(sqlite_store)) == 2)
        assert service.senders["soporte"].smtp.rests
        assert service.senders["soporte"]._round(), "nothing is out of order"
        assert server.heard.count(b".\r\n") == 1
    replies = [r for c in cases(sqlite_store) for r in c["replies"]]
    assert {(r["status"], r["attempts"]) for r in replies} == {("queued", 1), ("queued", 0)}
    assert not [e for e in logged if e["log_level"] == "error"]
    assert not servers.sent_to(ANA.addr_spec)


def test_what_does_not_end_is_told_to_a_person_all_the_same(
    logged: list[EventDict], monkeypatch: pytest.MonkeyPatch
) -> None:
    """«User is authenticated but not connected» is also said where the account may not open the mailbox."""
    now = [0.0]
    monkeypatch.setattr(trouble, "time", SimpleNamespace(monotonic=lambda: now[0]))
    told = Trouble("mailbox")
    for now[0] in (0.0, 400.0, 800.0):
        told.tell(TransportError("Abrir la carpeta", "pide esperar", wait=30))
    told.over()
    told.tell(TransportError("Abrir la carpeta", "pide esperar", wait=30))
    assert [e["log_level"] for e in logged] == ["warning", "warning", "error", "info", "warning"]
