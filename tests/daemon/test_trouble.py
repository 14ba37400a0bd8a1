"""What does not work is told at once and not each second; what breaks unexpectedly comes back by itself."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from structlog.typing import EventDict

from mailbot.config.model import Config
from mailbot.daemon import reader, sender, service
from mailbot.daemon.service import Service
from mailbot.daemon.trouble import Trouble
from mailbot.sandbox.servers import Sandbox
from mailbot.store import StoreUnavailable
from mailbot.store.engine import Store
from mailbot.transport.errors import TransportError
from tests.daemon.conftest import Wait, cases, is_read
from tests.pipeline.given import ANA, OURS, mail

MUTE, WRONG = TransportError("Conectar", "no contesta"), TransportError("Entrar", "no acepta la contraseña")


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets what the clock says."""
    now = [1000.0]
    monkeypatch.setattr("mailbot.daemon.trouble.time.monotonic", lambda: now[0])
    return lambda seconds: now.__setitem__(0, 1000.0 + seconds)


def test_the_same_trouble_is_told_every_five_minutes_and_another_at_once(
    logged: list[EventDict], time: Callable[[float], None]
) -> None:
    mailbox = Trouble("mailbox")
    for second in range(0, 1000, 2):
        time(second)
        mailbox.tell(MUTE)
        if second == 500:
            mailbox.tell(WRONG)
    assert [e["said"] for e in logged] == [str(told) for told in (MUTE, MUTE, WRONG, MUTE, MUTE)]
    assert {(e["event"], e["log_level"]) for e in logged} == {("mailbox.unavailable", "error")}


def test_that_it_is_over_is_told_once_with_how_long_it_took(
    logged: list[EventDict], time: Callable[[float], None]
) -> None:
    mailbox = Trouble("mailbox")
    mailbox.over()
    mailbox.tell(MUTE)
    time(90)
    mailbox.over()
    mailbox.over()
    mailbox.tell(MUTE)
    assert [(e["event"], e.get("after_seconds")) for e in logged] == [
        ("mailbox.unavailable", None),
        ("mailbox.available", 90),
        ("mailbox.unavailable", None),
    ]


def failing(times: int, work: Callable[..., Any], error: Exception) -> Callable[..., Any]:
    """Raises so often, and then does its work."""
    left = iter(range(times))

    def fail(*args: Any) -> Any:
        if next(left, None) is not None:
            raise error
        return work(*args)

    return fail


@pytest.mark.parametrize("error", [ZeroDivisionError("bug"), StoreUnavailable("No se puede usar la base")])
def test_a_thread_in_which_anything_breaks_comes_back(
    runs: Callable[[Config], Service],
    config: Config,
    servers: Sandbox,
    sqlite_store: Store,
    until: Wait,
    logged: list[EventDict],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    """Reader, sender and clock: each twice, each told once, only the unexpected with its traceback."""
    monkeypatch.setattr(service, "TICK", 0.1)
    for module, name in ((reader, "receive"), (sender, "deliver"), (service, "tick")):
        monkeypatch.setattr(module, name, failing(2, getattr(module, name), error))
    only = config.model_copy(update={"mailbox": {"soporte": config.mailbox["soporte"]}})
    runs(only)
    until(lambda: is_read(sqlite_store, "soporte"), 30)
    servers.deliver(mail(), OURS)
    until(lambda: servers.sent_to(ANA.addr_spec), 30)
    until(lambda: all(c["deadline"] for c in cases(sqlite_store)), 30)
    until(lambda: len([e for e in logged if e["event"].endswith(".available")]) == 3, 30)
    unexpected = isinstance(error, ZeroDivisionError)
    how = "broken" if unexpected else "unavailable"
    troubles = [e for e in logged if e["log_level"] == "error"]
    assert Counter(e["event"] for e in troubles) == {
        f"{what}.{how}": 1 for what in ("mailbox", "outbox", "clock")
    }
    assert all(bool(e["exc_info"]) is unexpected for e in troubles)
    ended = {e["event"] for e in logged if e["event"].endswith(".available")}
    assert ended == {"mailbox.available", "outbox.available", "clock.available"}
