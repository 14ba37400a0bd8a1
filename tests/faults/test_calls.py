"""IMAP, SMTP and the database fail at call 1, 2, 3 … of a whole poll and delivery, once and from there on."""

from itertools import count

import pytest

from tests.faults.conftest import SPARSE
from tests.faults.database import When, failing
from tests.faults.proxy import Lie
from tests.faults.station import Station
from tests.transport import faulty

NOT_NOW = b"TAG NO [UNAVAILABLE] fault\r\n"
BYE = b"* BYE fault\r\n"


@pytest.mark.parametrize(("answer", "lasts"), [(NOT_NOW, False), (NOT_NOW, True), (BYE, False)])
def test_imap_fails_at_any_command(station: Station, answer: bytes, lasts: bool) -> None:
    line = station.imap_line
    for command in count(1):
        line.set(Lie(command, answer, lasts))
        before = line.faults
        station.gets(alone=True)
        station.round()
        reached = line.faults > before
        line.heal()
        if not reached:
            break
    assert command > 10
    station.rest()
    station.prove()


@pytest.mark.parametrize("lasts", [False, True])
@pytest.mark.parametrize("when", ["statement", "commit", "answer"])
def test_the_database_fails_at_any_call(station: Station, when: When, lasts: bool) -> None:
    """Nothing is lost, and no failure of the database makes a reply be sent twice: its fate is remembered."""
    for call in count(1, SPARSE if when == "statement" else 1):
        station.gets(alone=True)
        with failing(station.store, when, call, lasts=lasts) as calls:
            station.round()
        if not calls.failed:
            break
        assert "base de datos" in station.troubles[-1]
    assert call > 15
    station.rest()
    station.prove(unknown=0)


STEPS = ["BANNER", "EHLO", "MAIL", "RCPT", "DATA", "DOT"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("said", ["421 4.3.2 closing\n", "451 4.3.0 later\n", None])
def test_smtp_fails_for_now_at_any_step(station: Station, step: str, said: str | None) -> None:
    """Hazards 57, 58, 59: tried again; and only where nobody can know, perhaps twice."""
    station.asked(2)
    said_at = {step: said} if step != "DOT" else {}
    if step == "EHLO":
        said_at["HELO"] = said
    with faulty.smtp(said_at, dot=said if step == "DOT" else "250 Ok\n") as bad:
        working, station.smtp_line.target = station.smtp_line.target, bad.port
        station.send()
        assert bad.connections >= 1
    station.smtp_line.target = working
    station.rest()
    station.prove(unknown=2 if (step, said) == ("DOT", None) else 0)
    assert max(a for (a,) in station.rows("SELECT attempts FROM outbox")) > 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "DOT"])
def test_smtp_refuses_at_any_step_and_each_is_told_once(station: Station, step: str) -> None:
    """Hazard 59: nobody else is touched, and the desk sees it."""
    station.asked(2)
    no = "550 5.7.1 no\n"
    with faulty.smtp({step: no} if step != "DOT" else {}, dot=no if step == "DOT" else "250 Ok\n") as bad:
        working, station.smtp_line.target = station.smtp_line.target, bad.port
        station.send()
    station.smtp_line.target = working
    station.smtp.close()
    station.asked(1)
    station.rest()
    fates = station.rows("SELECT status FROM outbox WHERE role = 'request' ORDER BY id")
    assert fates == [("refused",), ("refused",), ("sent",)]
    assert station.rows('SELECT attention FROM "case" ORDER BY id') == [
        ("request_refused",),
        ("request_refused",),
        (None,),
    ]
    station.agrees()


def test_banner_and_greeting_that_say_no_for_good_are_the_servers_and_not_the_replys(
    station: Station,
) -> None:
    """A relay that does not know us any more is mended by a person, and then everything goes out."""
    station.asked(2)
    for step in ("BANNER", "EHLO"):
        with faulty.smtp({step: "554 5.7.1 go away\n", "HELO": "554 5.7.1 go away\n"}) as bad:
            working, station.smtp_line.target = station.smtp_line.target, bad.port
            station.send()
        station.smtp_line.target = working
    assert station.rows("SELECT DISTINCT status FROM outbox") == [("queued",)]
    station.rest()
    station.prove()
