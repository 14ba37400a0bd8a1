"""What the database tells `/metrics`: counted by mailbox and state, the same on both databases."""

import pytest

from mailbot.desk.case import State
from mailbot.desk.decision import Outcome, Role
from mailbot.desk.delivery import Status
from mailbot.store import outbox
from mailbot.store.engine import Store
from mailbot.store.metered import Metered, metered
from tests.store.desk import BOX, DAY, HOUR, MINUTE, NOW, asks, mail, move, opened, order, queued, receive


def counted(store: Store) -> Metered:
    with store.reading() as s:
        return metered(s, NOW)


def test_of_an_empty_database_there_is_nothing_to_tell(store: Store) -> None:
    found = counted(store)
    assert (found.outbox, found.oldest, found.attention, found.overdue) == ({}, {}, 0, 0)
    assert found.overdue_since is None
    assert set(found.cases.values()) == {0}


def test_replies_on_their_way_are_counted_by_mailbox_and_status(store: Store) -> None:
    """What was sent, and what could not be written, is not on its way."""
    queued(store, now=NOW - HOUR)
    with store.transaction() as s:
        assert outbox.claim(s, BOX, NOW, "w1")
    queued(store, now=NOW - MINUTE)
    sent, _ = queued(store, now=NOW - DAY)
    with store.transaction() as s:
        outbox.settle(s, sent, Status.SENT, "250", NOW)
    queued(store, composed=None, status="failed")
    queued(store, mailbox="ventas", now=NOW - 2 * HOUR)

    found = counted(store)

    assert found.outbox == {(BOX, "sending"): 1, (BOX, "queued"): 1, ("ventas", "queued"): 1}
    assert found.oldest == {BOX: NOW - HOUR, "ventas": NOW - 2 * HOUR}


def test_a_reminder_that_waits_for_the_desk_to_open_is_not_late(store: Store) -> None:
    queued(store, now=NOW - DAY, order=order(Role.REMINDER, template="recordatorio"))
    assert counted(store).outbox == {(BOX, "queued"): 1}
    assert counted(store).oldest == {}
    queued(store, now=NOW - MINUTE)
    assert counted(store).oldest == {BOX: NOW - MINUTE}


def test_live_cases_are_counted_by_state_and_others_are_not(store: Store) -> None:
    opened(store)
    for to in (State.ABIERTO, State.ANULADO):
        case = opened(store)
        with store.transaction() as s:
            receive(s, mail(), move(case, to), Outcome.UPDATED)
    found = counted(store).cases
    assert (found["precaso"], found["abierto"]) == (1, 1)
    assert "anulado" not in found


@pytest.mark.parametrize("days", [1, 3])
def test_deadlines_that_have_passed_are_counted_from_the_first_of_them(store: Store, days: int) -> None:
    opened(store, clocks=asks(NOW - DAY * days - HOUR))
    opened(store, clocks=asks(NOW - DAY - MINUTE))
    opened(store, clocks=asks(NOW))
    found = counted(store)
    assert found.overdue == 2
    assert found.overdue_since == NOW - DAY * days - HOUR + DAY
