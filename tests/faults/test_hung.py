"""A line that hangs: the daemon notices, says so once, and goes on when the line does (hazard 56)."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import structlog
from structlog.typing import EventDict

from mailbot import sending
from mailbot.daemon.service import Service, utc_now
from mailbot.transport import imap as transport
from mailbot.transport.connect import Timeouts
from tests.faults.daemon import until
from tests.faults.proxy import Fault
from tests.faults.station import Station
from tests.transport import faulty

#: a hundredth of the usual ones; a busy machine answers within them nearly always, and is asked again
SHORT = Timeouts(connect=3, read=3, accept=3)


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[EventDict]]:
    with structlog.testing.capture_logs() as events:
        yield events


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds of IDLE and tries of a reply follow each other within seconds."""
    monkeypatch.setattr(transport, "ROUND", 2.0)
    monkeypatch.setattr(sending, "FIRST_DELAY", timedelta(seconds=1))


@pytest.fixture
def daemon(station: Station) -> Iterator[Service]:
    service = Service(station.config, station.store, utc_now, SHORT)
    service.start()
    yield service
    service.stop()


def read(station: Station) -> bool:
    return station.rows("SELECT count(*) FROM message") == [(len(station.came),)]


def answered(station: Station) -> bool:
    return read(station) and not station.rows("SELECT id FROM outbox WHERE status <> 'sent'")


def told(events: list[EventDict], name: str) -> list[EventDict]:
    return [e for e in events if e["event"] == name]


def hang_in_idle(station: Station) -> None:
    station.imap_line.set(Fault("down", 0, "hang", lasts=True))
    station.gets()


def hang_in_fetch(station: Station) -> None:
    """Half-way through a mail of 200 KB; each new connection comes as far."""
    station.imap_line.set(Fault("down", 100_000, "hang", lasts=True))
    station.gets(text="Hola\n" * 40_000)


@pytest.mark.usefixtures("daemon")
@pytest.mark.parametrize("hang", [hang_in_idle, hang_in_fetch])
def test_a_hung_imap_line_is_noticed_told_and_left(
    station: Station, logged: list[EventDict], hang: Callable[[Station], None]
) -> None:
    until(lambda: told(logged, "mailbox.connected"))
    hang(station)
    (trouble, *_) = until(lambda: told(logged, "mailbox.unavailable"))
    assert "el servidor no contestó a tiempo" in trouble["said"]
    assert "cortafuegos" in trouble["said"], "what to do about it"
    station.imap_line.heal()
    until(lambda: answered(station))
    until(lambda: told(logged, "mailbox.available"))
    no_noise(logged)
    station.prove()


@pytest.mark.usefixtures("daemon")
def test_a_line_that_hangs_in_data_is_noticed_and_its_reply_sent_once_more(
    station: Station, logged: list[EventDict]
) -> None:
    """Everything was handed to the kernel, so nobody can know: the same mail a second time, and no third."""
    station.smtp_line.set(Fault("up", 1500, "hang", lasts=False))
    station.gets(alone=True)
    until(lambda: told(logged, "reply.uncertain"))
    station.smtp_line.heal()
    until(lambda: answered(station))
    no_noise(logged)
    station.prove(unknown=1)


@pytest.mark.usefixtures("daemon")
def test_servers_that_are_away_are_told_once_and_found_again(
    station: Station, logged: list[EventDict]
) -> None:
    until(lambda: told(logged, "mailbox.connected"))
    for line in (station.imap_line, station.smtp_line):
        line.refuse()
    until(lambda: told(logged, "mailbox.unavailable"))
    station.imap_line.heal()
    station.gets()
    until(lambda: read(station))
    (trouble,) = until(lambda: told(logged, "smtp.unavailable"))
    assert "el servidor rechaza la conexión" in trouble["said"]
    station.smtp_line.heal()
    until(lambda: answered(station))
    until(lambda: told(logged, "smtp.available"))
    no_noise(logged)
    station.prove()


@pytest.mark.usefixtures("daemon")
def test_a_silent_server_keeps_only_its_own_reply_waiting(station: Station, logged: list[EventDict]) -> None:
    """It takes everything and never says 250."""
    with faulty.smtp(dot="") as mute:
        working, station.smtp_line.target = station.smtp_line.target, mute.port
        station.gets(alone=True)
        until(lambda: told(logged, "reply.uncertain"))
        station.smtp_line.target = working
    station.smtp_line.heal()
    until(lambda: answered(station))
    station.prove(unknown=2)


def no_noise(events: list[EventDict]) -> None:
    """What is expected to happen comes without traceback, without anybody's words, and not each second."""
    troubles = [e for e in events if e["log_level"] in ("error", "warning")]
    assert not [e for e in troubles if e.get("exc_info")]
    assert "Hola" not in str(events)
    for name in {e["event"] for e in troubles if e["event"].endswith(".unavailable")}:
        said = [e["said"] for e in told(troubles, name)]
        assert len(said) == len(set(said)), f"{name} is told once"
