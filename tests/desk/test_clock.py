"""Deadlines: when they start, what ends them, and what may not close (invariant 3, lessons 25, 26)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.desk.case import Attention, Case, State
from mailbot.desk.decision import ClockKind, Decision, Role, StartClock, StopClock
from mailbot.desk.delivery import Status, decide_delivery, not_before, still_needed
from mailbot.desk.due import Due, decide_due
from mailbot.desk.settings import Hours, Precaso

from .given import DAY, NOW, POLICY, SNAPSHOT, case, datum, notices, policy, templates

MINUTE = timedelta(minutes=1)
FULL = {"telefono": datum("3001234567"), "sede": datum("Cali")}


def due(
    which: Case | None = None, kind: ClockKind = ClockKind.ANSWER, read: timedelta | None = DAY, **more: bool
) -> Due:
    """A clock that ran out a minute ago; `read`: how far beyond its end the mailbox was read."""
    end = NOW - MINUTE
    return Due(
        kind, end - DAY, end, which or case(deadline=end), end + read if read is not None else None, **more
    )


def judged(clock: Due) -> Decision | None:
    return decide_due(clock, POLICY, NOW)


def accepted(which: Case, **policies: object) -> Decision | None:
    return decide_delivery(Role.REQUEST, which, Status.SENT, policy(**policies), NOW)


def test_a_precaso_whose_data_did_not_come_becomes_no_gestionado() -> None:
    """A22."""
    decision = judged(due())

    assert decision is not None
    assert decision.change is not None
    assert [e.to_state for e in decision.change.events] == [State.NO_GESTIONADO]
    assert (templates(decision), decision.replies[0].role) == (["no_gestionado"], Role.CLOSE)


@pytest.mark.parametrize(
    ("read", "closes"),
    [
        (None, False),  # never read
        (timedelta(0), False),  # read up to the deadline only
        (5 * MINUTE - timedelta(seconds=1), False),
        (5 * MINUTE, True),  # five minutes beyond it
    ],
)
def test_nothing_closes_before_its_mailbox_was_read_beyond_the_deadline(
    read: timedelta | None, closes: bool
) -> None:
    assert closes == (judged(due(read=read)) is not None)


@pytest.mark.parametrize("attention", list(Attention))
def test_a_precaso_that_waits_for_a_person_never_closes_itself(attention: Attention) -> None:
    decision = judged(due(case(attention=attention)))

    assert decision is not None
    assert decision.change is not None
    assert (decision.change.events, decision.replies) == ((), ())


@pytest.mark.parametrize("state", [s for s in State if s is not State.PRECASO])
def test_a_clock_of_a_case_in_another_state_just_ends(state: State) -> None:
    decision = judged(due(case(state)))

    assert decision is not None
    assert decision.change is not None
    assert decision.change.events == ()


def test_mail_that_came_in_time_and_cannot_be_read_hands_the_precaso_to_the_desk() -> None:
    decision = judged(due(unreadable=True))

    assert decision is not None
    assert decision.change is not None
    assert (decision.change.attention, notices(decision)) == (Attention.UNREADABLE_MAIL, ["aviso_atencion"])
    assert [e.to_state for e in decision.change.events if e.to_state] == []


def test_the_reminder_goes_out_once_while_the_deadline_is_ahead() -> None:
    decision = judged(due(case(deadline=NOW + DAY), ClockKind.REMINDER))

    assert decision is not None
    assert decision.change is not None
    assert (templates(decision), decision.change.reminded) == (["recordatorio"], True)


def test_a_reminder_that_comes_too_late_is_not_sent() -> None:
    decision = judged(due(case(deadline=NOW), ClockKind.REMINDER))

    assert decision is not None
    assert decision.replies == ()


OFFICE = Hours(days={"mon-fri": "08:00-17:00"})
BY_OFFICE = case(snapshot=replace(SNAPSHOT, calendar="oficina", hours=OFFICE), deadline=NOW + 2 * DAY)


def at(written: str) -> datetime:
    """In Bogotá; NOW is Wednesday 2026-11-18, 10:00."""
    return datetime.fromisoformat(f"{written}-05:00").astimezone(UTC)


def reminded(now: str, fell_due: str, which: Case = BY_OFFICE) -> Decision:
    clock = Due(ClockKind.REMINDER, NOW - DAY, at(fell_due), which, read_up_to=at(now))
    decision = decide_due(clock, POLICY, at(now))
    assert decision is not None
    return decision


def test_the_reminder_of_a_calendar_goes_out_while_it_is_open() -> None:
    decision = reminded("2026-11-18T16:59", "2026-11-18T16:58")

    assert templates(decision) == ["recordatorio"]


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        # the mailbox was read, or the process was there again, when the desk had closed
        ("2026-11-18T17:00", "2026-11-19T08:00"),
        ("2026-11-19T03:00", "2026-11-19T08:00"),
    ],
)
def test_a_reminder_that_is_late_and_finds_the_desk_closed_waits_until_it_opens(now: str, opens: str) -> None:
    """As the calendar was when the case was opened, whatever `[hours]` says since."""
    decision = reminded(now, "2026-11-18T16:58")

    assert decision.replies == ()
    assert decision.change is not None
    assert not decision.change.reminded
    assert decision.change.events == ()
    assert decision.change.clocks == (
        StopClock(ClockKind.REMINDER, "put_off"),
        StartClock(ClockKind.REMINDER, NOW - DAY, at(opens), "oficina"),
    )


@pytest.mark.parametrize(
    ("now", "fell_due", "deadline", "sent"),
    [
        # it should have left an hour, and leaves a quarter of one or more
        ("2026-11-18T10:45", "2026-11-18T10:00", "2026-11-18T11:00", True),
        ("2026-11-18T10:46", "2026-11-18T10:00", "2026-11-18T11:00", False),
        # it opens too near the deadline
        ("2026-11-18T17:30", "2026-11-18T16:00", "2026-11-19T08:10", False),
        # of ten minutes, five
        ("2026-11-18T10:55", "2026-11-18T10:50", "2026-11-18T11:00", True),
        ("2026-11-18T10:56", "2026-11-18T10:50", "2026-11-18T11:00", False),
        # as the admin wants it, one minute before
        ("2026-11-18T10:59", "2026-11-18T10:59", "2026-11-18T11:00", True),
    ],
)
def test_a_reminder_so_late_that_nobody_could_answer_is_not_sent(
    now: str, fell_due: str, deadline: str, sent: bool
) -> None:
    decision = reminded(now, fell_due, replace(BY_OFFICE, deadline=at(deadline)))

    assert templates(decision) == (["recordatorio"] if sent else [])
    assert decision.change is not None
    assert sent or decision.change.clocks == (StopClock(ClockKind.REMINDER, "too_late"),)


def test_the_24_hours_start_when_the_server_accepted_the_request() -> None:
    decision = accepted(case(deadline=None))

    assert decision is not None
    assert decision.change is not None
    assert {("answer", NOW + DAY), ("reminder", NOW + DAY / 2)} == {
        (c.kind, c.due) for c in decision.change.clocks if isinstance(c, StartClock)
    }


def test_a_second_request_keeps_the_first_deadline() -> None:
    """Lesson 26."""
    assert decide_delivery(Role.REQUEST_AGAIN, case(), Status.SENT, POLICY, NOW) is None


def test_after_a_reopening_the_next_request_starts_a_new_deadline() -> None:
    reopened = case(deadline=NOW - DAY, state_since=NOW - MINUTE)
    decision = decide_delivery(Role.REQUEST_AGAIN, reopened, Status.SENT, POLICY, NOW)

    assert decision is not None
    assert decision.change is not None
    assert decision.change.clocks


def test_without_remind_after_there_is_no_reminder() -> None:
    decision = accepted(case(deadline=None), precaso=Precaso(remind_after=None))

    assert decision is not None
    assert decision.change is not None
    assert [c.kind for c in decision.change.clocks] == [ClockKind.ANSWER]


def test_a_calendar_counts_working_time_only() -> None:
    """B19: Wednesday 10:00 in Bogotá, nine hours a day: 24 working hours end on Friday at 16:00."""
    office = Hours(days={"mon-fri": "08:00-17:00"})
    snapshot = replace(SNAPSHOT, calendar="oficina")
    decision = accepted(case(deadline=None, snapshot=snapshot), hours={"oficina": office})

    assert decision is not None
    assert decision.change is not None
    answer = next(
        c for c in decision.change.clocks if isinstance(c, StartClock) and c.kind == ClockKind.ANSWER
    )
    assert answer.due.isoformat() == "2026-11-20T21:00:00+00:00"


@pytest.mark.parametrize(
    ("status", "attention"),
    [
        (Status.REFUSED, Attention.REQUEST_REFUSED),  # 5xx
        (Status.GIVEN_UP, Attention.REQUEST_REFUSED),  # days of 4xx
        (Status.UNCERTAIN, Attention.REQUEST_UNCERTAIN),
        (Status.FAILED, Attention.REQUEST_NOT_WRITTEN),
    ],
)
def test_a_request_that_did_not_reach_the_server_leaves_no_deadline(
    status: Status, attention: Attention
) -> None:
    """Lesson 34."""
    decision = decide_delivery(Role.REQUEST, case(deadline=None), status, POLICY, NOW)

    assert decision is not None
    assert decision.change is not None
    assert attention == decision.change.attention
    assert not [c for c in decision.change.clocks if isinstance(c, StartClock)]


NOT_TOLD = [
    # the requester may not know the number; somebody who works on the case is told
    (State.ABIERTO, Status.REFUSED, None, True),
    (State.ABIERTO, Status.GIVEN_UP, None, True),
    (State.ABIERTO, Status.UNCERTAIN, None, True),
    (State.EN_PROCESO, Status.FAILED, None, True),
    # it arrived, was returned later (the bounce tells), or was not worth sending
    (State.ABIERTO, Status.SENT, None, False),
    (State.ABIERTO, Status.NOT_NEEDED, None, False),
    # a person looks already; nobody works on it
    (State.ABIERTO, Status.REFUSED, "new_mail", False),
    (State.PRECASO, Status.REFUSED, None, False),
    (State.CERRADO, Status.REFUSED, None, False),
    (State.NO_GESTIONADO, Status.REFUSED, None, False),
]


@pytest.mark.parametrize(("state", "status", "attention", "told"), NOT_TOLD)
def test_an_answer_that_may_not_have_arrived_is_shown_to_who_works_on_the_case(
    state: State, status: Status, attention: str | None, told: bool
) -> None:
    decision = decide_delivery(Role.NOTICE, case(state, attention=attention), status, POLICY, NOW)

    assert (decision is not None) == told
    if decision is not None and decision.change is not None:
        assert decision.change.attention == Attention.NOT_TOLD
        assert not [e for e in decision.change.events if e.to_state]


NEEDED = [
    # a request, while data are missing
    (Role.REQUEST, case(), True),
    (Role.REQUEST, case(data=FULL), False),
    (Role.REQUEST_AGAIN, case(State.NO_GESTIONADO), False),
    (Role.REQUEST, case(State.ANULADO), False),
    # a reminder, before the deadline of a precaso that still waits
    (Role.REMINDER, case(deadline=NOW + MINUTE), True),
    (Role.REMINDER, case(deadline=NOW), False),
    (Role.REMINDER, case(attention="x", deadline=NOW + MINUTE), False),
    (Role.REMINDER, case(State.ABIERTO), False),
    # the close, unless it was reopened
    (Role.CLOSE, case(State.NO_GESTIONADO), True),
    (Role.CLOSE, case(State.PRECASO), False),
    # what nothing waits for
    (Role.NOTICE, case(State.CERRADO), True),
    (Role.DESK, None, True),
]


@pytest.mark.parametrize(("role", "which", "needed"), NEEDED)
def test_a_reply_that_has_become_pointless_is_not_sent(role: Role, which: Case | None, needed: bool) -> None:
    """Hazard 58."""
    assert needed == still_needed(role, which, NOW)


@pytest.mark.parametrize(
    ("role", "now", "leaves"),
    [
        # the server was away until the desk had closed
        (Role.REMINDER, "2026-11-20T17:30", "2026-11-23T08:00"),
        (Role.REMINDER, "2026-11-20T16:30", "2026-11-20T16:30"),
        # what is no reminder leaves at any hour
        (Role.REQUEST, "2026-11-20T17:30", "2026-11-20T17:30"),
        (Role.CLOSE, "2026-11-20T17:30", "2026-11-20T17:30"),
    ],
)
def test_a_reminder_leaves_in_the_hours_of_its_calendar(role: Role, now: str, leaves: str) -> None:
    assert not_before(role, BY_OFFICE, POLICY, at(now)) == at(leaves)
    assert not_before(role, case(), POLICY, at(now)) == at(now)
