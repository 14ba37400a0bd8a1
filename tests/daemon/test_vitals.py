"""What the parts of the daemon last did: instants by a clock that nobody sets, kept over a change of the config."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from structlog.typing import EventDict

from mailbot.config.model import Config
from mailbot.daemon.service import Service
from mailbot.daemon.vitals import Vitals
from mailbot.health import Box, judge
from mailbot.store import StoreUnavailable
from mailbot.store.engine import Store
from mailbot.transport.errors import TransportError
from tests.daemon.conftest import Wait, is_read
from tests.daemon.test_service import only, with_box

POLL = timedelta(minutes=1)
NOW = datetime(2026, 3, 2, 16, tzinfo=UTC)


def box(vitals: Vitals, now: datetime = NOW) -> Box:
    [found] = vitals.seen(now).boxes
    return found


def test_a_clock_that_is_set_forward_makes_no_mailbox_ill() -> None:
    """A machine that starts with a wrong time, before it is told the right one."""
    vitals = Vitals()
    vitals.begin("soporte", POLL).whole()
    later = NOW + timedelta(hours=5)
    read = box(vitals, later).read
    assert read is not None
    assert later - read < timedelta(minutes=1)
    assert judge(vitals.seen(later), None, later) == ()


def test_what_a_server_said_is_kept_with_its_cure_until_it_works(logged: list[EventDict]) -> None:
    vitals = Vitals()
    pulse = vitals.begin("soporte", POLL)
    pulse.reading.tell(TransportError("Entrar", "[LIMIT] luego", "Espere", wait=30))
    pulse.sending.tell(TransportError("Entrar", "no", "Revise", permanent=True))
    reading, sending = box(vitals).reading, box(vitals).sending
    assert reading is not None
    assert (reading.said, reading.cure, reading.asked, reading.permanent) == (
        "Entrar: [LIMIT] luego",
        "Espere",
        True,
        False,
    )
    assert sending is not None
    assert (sending.asked, sending.permanent, sending.login) == (False, True, False)
    pulse.reading.over()
    pulse.sending.over()
    assert (box(vitals).reading, box(vitals).sending) == (None, None)


def test_trouble_lasts_since_it_began_whatever_is_said_of_it_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vitals, now = Vitals(), [1000.0]
    for module in ("trouble", "vitals"):
        monkeypatch.setattr(f"mailbot.daemon.{module}.time.monotonic", lambda: now[0])
    pulse = vitals.begin("soporte", POLL)
    for now[0], said in ((1000.0, "uno"), (1060.0, "dos")):
        pulse.reading.tell(TransportError("Conectar", said))
    reading = box(vitals).reading
    assert reading is not None
    assert (reading.said, reading.since) == ("Conectar: dos", NOW - timedelta(minutes=1))


def test_a_database_that_is_away_for_one_is_so_for_all_and_no_fault_of_a_mailbox() -> None:
    vitals = Vitals()
    pulse = vitals.begin("soporte", POLL)
    pulse.outbox.tell(StoreUnavailable("No se puede usar la base de datos: disco lleno. Libere espacio."))
    found = vitals.seen(NOW).database
    assert found is not None
    assert (found.said, found.cure) == ("No se puede usar la base de datos: disco lleno", "Libere espacio")
    assert box(vitals).sending is None
    pulse.outbox.over()
    pulse.outbox.tell(ZeroDivisionError("a mistake of ours"))
    assert vitals.seen(NOW).database is None
    assert box(vitals).sending is not None, "replies do not leave, whoever is at fault"


def test_who_waits_for_news_is_called_when_something_changes_and_not_else() -> None:
    vitals = Vitals()
    pulse = vitals.begin("soporte", POLL)
    for change in (pulse.entered, pulse.whole, lambda: pulse.reading.tell(TransportError("a", "b"))):
        change()
        assert vitals.bell.is_set()
        vitals.bell.clear()
        pulse.reading.over()
        vitals.bell.clear()
    pulse.whole()
    pulse.took(5)
    pulse.answered()
    assert not vitals.bell.is_set()


def test_a_mailbox_that_changed_begins_without_its_troubles_and_one_that_went_is_forgotten(
    runs: Callable[[Config], Service], config: Config, sqlite_store: Store, until: Wait
) -> None:
    service = runs(config)
    until(lambda: is_read(sqlite_store, "soporte", "redes"))
    until(lambda: service.vitals.pulses["redes"].read)
    before = service.vitals.pulses["redes"]
    before.reading.tell(TransportError("Entrar", "no"))
    service.reload(with_box(config, review="Otra"))
    after = service.vitals.pulses["redes"]
    assert after is service.readers["redes"].pulse is service.senders["redes"].pulse
    assert (after.reading.now, after.since) == (None, before.since)
    assert after.read
    service.reload(only(config))
    assert list(service.vitals.pulses) == ["soporte"]


def test_a_mailbox_that_another_daemon_reads_is_not_ours_because_its_settings_changed() -> None:
    vitals = Vitals()
    vitals.begin("soporte", timedelta(minutes=1)).held_elsewhere()
    vitals.pulses["soporte"].since -= 86_400
    vitals.pulses["soporte"].denied = time.monotonic() - 3600
    after = vitals.begin("soporte", timedelta(minutes=1))
    assert after.elsewhere
    after.ours()
    assert time.monotonic() - after.since < 3600
