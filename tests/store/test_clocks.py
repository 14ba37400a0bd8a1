"""Which deadlines may be judged now (invariant 3)."""

from datetime import datetime

from mailbot.desk.case import Case
from mailbot.desk.decision import Change, ClockKind, StartClock, StopClock
from mailbot.desk.due import GRACE, Due
from mailbot.store import cases, clocks, ledger
from mailbot.store.engine import Store
from mailbot.store.ledger import Progress
from tests.store.desk import ANA, BOX, DAY, EVE, HOUR, MINUTE, NOW, apply, asks, mail, opened, place

LATER = NOW + 2 * DAY


def read(store: Store, up_to: datetime | None, mailbox: str = BOX) -> None:
    with store.transaction() as s:
        ledger.save_progress(s, mailbox, "INBOX", Progress(7, 1, 1, NOW, up_to))


def due(store: Store, now: datetime = LATER, limit: int | None = None) -> list[int]:
    with store.reading() as s:
        return clocks.due(s, now, limit)


def test_a_deadline_is_due_once_its_mailbox_was_read_beyond_it(store: Store) -> None:
    opened(store, clocks=asks())
    seen = []
    for up_to in (None, NOW + DAY, NOW + DAY + GRACE - MINUTE, NOW + DAY + GRACE):
        read(store, up_to)
        seen.append(due(store))
    assert seen == [[], [], [], [1]]


def test_nothing_is_due_before_its_time_however_far_was_read(store: Store) -> None:
    """Hazard 64: a clock that stepped back and forth."""
    opened(store, clocks=asks())
    read(store, LATER)
    assert due(store, NOW + DAY - MINUTE) == []
    assert due(store, NOW + DAY) == [1]


def test_a_reminder_needs_no_grace(store: Store) -> None:
    opened(store, clocks=(StartClock(ClockKind.REMINDER, NOW, NOW + HOUR, "24/7"),))
    read(store, NOW + HOUR)
    assert due(store) == [1]


def test_a_mailbox_that_is_not_read_does_not_stop_the_others(store: Store) -> None:
    for mailbox in (BOX, "ventas"):
        case = opened(store, clocks=asks())
        with store.transaction() as s:
            table = cases.case
            s.connection().execute(table.update().where(table.c.id == case.id).values(mailbox=mailbox))
    read(store, NOW)
    read(store, LATER, "ventas")
    assert due(store) == [2]


def test_after_a_stop_of_days_all_are_due_at_once_the_longest_first(store: Store) -> None:
    """Hazard 63."""
    for hours in (3, 1, 2):
        opened(store, clocks=asks(NOW + hours * HOUR))
    read(store, NOW + 30 * DAY)
    assert due(store, NOW + 30 * DAY) == [2, 3, 1]
    assert due(store, NOW + 30 * DAY, limit=2) == [2, 3]


def test_a_clock_that_was_stopped_is_due_no_more(store: Store) -> None:
    case = opened(store, clocks=asks())
    read(store, LATER)
    with store.transaction() as s:
        apply(s, Change(case=case, clocks=(StopClock(ClockKind.ANSWER, "answered"),)), None, NOW)
    assert due(store) == []
    assert judged(store) is None


def test_a_clock_is_judged_with_its_case_and_what_was_read(store: Store) -> None:
    case = opened(store, clocks=asks())
    read(store, LATER)
    assert judged(store) == Due(ClockKind.ANSWER, NOW, NOW + DAY, case, LATER, unreadable=False)


def test_a_mail_that_could_not_be_read_is_told_to_the_judge(store: Store) -> None:
    """It may be the answer: the case goes to a person, and never closes itself."""
    opened(store, clocks=asks())
    read(store, LATER)
    seen = []
    for sender, at in (
        (EVE.email, NOW + HOUR),
        (ANA.email, NOW - HOUR),
        (ANA.email, NOW + DAY + HOUR),
        (ANA.email, NOW + HOUR),
    ):
        with store.transaction() as s:
            ledger.record_failed(s, place(), f"{sender}{at}".encode(), at, "broken", at, sender=sender)
        found = judged(store)
        assert found
        seen.append(found.unreadable)
    # hers, before the request, after the deadline, in time
    assert seen == [False, False, False, True]


def judged(store: Store, clock_id: int = 1) -> Due | None:
    with store.reading() as s:
        return clocks.get(s, clock_id)


def test_a_case_of_a_machine_has_nobody_to_wait_for(store: Store) -> None:
    case: Case = opened(store, mail(None), clocks=asks())
    assert case.requester is None
    found = judged(store)
    assert found
    assert found.unreadable is False


def test_the_clocks_of_a_mailbox_that_is_no_longer_in_the_config_wait(store: Store) -> None:
    """Nobody reads its answers any more, however far it was read before (invariant 3)."""
    opened(store, clocks=asks())
    read(store, LATER)
    with store.reading() as s:
        assert clocks.due(s, LATER, mailboxes={"ventas"}) == []
        assert clocks.due(s, LATER, mailboxes={"ventas", BOX}) == [1]
