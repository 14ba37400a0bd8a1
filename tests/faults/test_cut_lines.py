"""The line is cut at any byte of a poll or a delivery: nothing lost, nothing doubled (hazards 48, 54, 57)."""

import pytest

from tests.faults.conftest import STEP
from tests.faults.proxy import Fault, Way
from tests.faults.station import Station


@pytest.mark.parametrize("way", ["up", "down"])
def test_a_poll_cut_at_any_byte_loses_and_doubles_nothing(station: Station, way: Way) -> None:
    line = station.imap_line
    line.heal()
    station.gets()
    station.round()
    whole = line.passed[way]
    for after in range(1, whole, STEP):
        line.set(Fault(way, after))
        station.gets()
        assert not station.round()
        assert "la conexión se cortó" in station.troubles[-1]
    station.rest()
    station.prove()


@pytest.mark.parametrize("way", ["up", "down"])
def test_a_delivery_cut_at_any_byte_loses_no_reply_and_sends_none_twice_that_was_known(
    station: Station, way: Way
) -> None:
    """RFC 5321 §4.5.3.2.6: what is cut near the final dot is sent once more, and not a third time."""
    line = station.smtp_line
    line.heal()
    station.asked(1)
    station.send()
    cuts = range(1, line.passed[way], STEP)
    station.asked(len(cuts))
    for after in cuts:
        station.smtp.close()  # from the banner on
        line.set(Fault(way, after))
        station.send(1)
    assert line.faults == len(cuts)
    station.rest()
    station.prove(unknown=line.faults)
