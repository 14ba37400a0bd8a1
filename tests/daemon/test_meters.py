"""What is counted of messages and replies, and what is kept out of the histograms."""

from datetime import datetime, timedelta

import pytest

from mailbot.daemon.meters import BUCKETS, Durations, Meters
from mailbot.desk.decision import Outcome, Role
from mailbot.desk.delivery import Status
from mailbot.sending import Attempt, Fate
from mailbot.store.outbox import Claimed
from mailbot.transport.errors import Unreachable
from tests.pipeline.given import DAY, HOUR, NOW, SECOND

BEGAN = NOW - DAY


def attempt(
    status: Status, came: datetime | None = NOW, role: Role = Role.REQUEST, until: datetime | None = None
) -> Attempt:
    claimed = Claimed(
        id=1,
        mailbox="soporte",
        to="ana@oti.example",
        envelope_from="soporte@mesa.example",
        data=b"",
        role=role,
        template="pedir_datos",
        case=None,
        attempts=1,
        was_uncertain=False,
        queued_at=NOW,
        message_id="",
        reference="",
        arrived_at=came,
    )
    away = Unreachable("Conectar", "no contesta") if status is Status.QUEUED and not until else None
    return Attempt(claimed, Fate(status, "", away, until=until), NOW + 3 * SECOND)


def total(of: dict[str, Durations]) -> int:
    return sum(sum(durations.counts) for durations in of.values())


def test_a_duration_is_in_the_bucket_of_the_first_bound_that_it_does_not_exceed() -> None:
    durations = Durations()
    for seconds in (0.05, 0.051, 60.0, 86_401.0, -0.4):
        durations.observe(seconds)
    filled = {n: count for n, count in enumerate(durations.counts) if count}
    assert filled == {0: 2, 1: 1, BUCKETS.index(60): 1, len(BUCKETS): 1}
    assert durations.sum == pytest.approx(0.05 + 0.051 + 60 + 86_401)


def test_the_bounds_reach_from_50_milliseconds_to_a_day() -> None:
    assert (BUCKETS[0], BUCKETS[-1]) == (0.05, 86_400)
    assert list(BUCKETS) == sorted(BUCKETS)


def test_a_message_is_counted_by_mailbox_and_outcome_and_its_time_from_arrival_to_decision() -> None:
    meters = Meters()
    meters.took("soporte", Outcome.OPENED, NOW, BEGAN, NOW + 2 * SECOND)
    meters.took("redes", Outcome.FAILED, NOW, BEGAN, NOW)
    assert meters.messages == {("soporte", "opened"): 1, ("redes", "failed"): 1}
    assert meters.decided["soporte"].sum == 2


@pytest.mark.parametrize(
    ("outcome", "came"),
    [
        # it lay there before us: not answered, or answered because of `answer_backlog`
        (Outcome.BACKLOG, NOW - 300 * DAY),
        (Outcome.OPENED, BEGAN - SECOND),
        # the same bytes once more, as after a new UIDVALIDITY
        (Outcome.DUPLICATE, NOW - HOUR),
    ],
)
def test_what_was_not_new_is_counted_and_spoils_no_histogram(outcome: Outcome, came: datetime) -> None:
    meters = Meters()
    meters.took("soporte", outcome, came, BEGAN, NOW)
    assert meters.messages["soporte", outcome] == 1
    assert total(meters.decided) == 0


def test_what_came_during_an_outage_counts_with_all_its_time() -> None:
    meters = Meters()
    meters.took("soporte", Outcome.OPENED, BEGAN + HOUR, BEGAN, NOW)
    assert meters.decided["soporte"].sum == timedelta(hours=23).total_seconds()


def test_a_reply_that_was_accepted_is_counted_with_its_time_from_arrival() -> None:
    meters = Meters()
    meters.attempted(attempt(Status.SENT))
    assert meters.replies == {("soporte", "pedir_datos", "sent"): 1}
    assert meters.answered["soporte"].sum == 3


@pytest.mark.parametrize(
    "other",
    [
        attempt(Status.REFUSED),
        attempt(Status.UNCERTAIN),
        attempt(Status.QUEUED),
        # it answers no mail at once: a clock's, one of a person who moved it
        attempt(Status.SENT, came=None),
        # nobody who wrote waits for it
        attempt(Status.SENT, role=Role.DESK),
    ],
    ids=["refused", "uncertain", "unreachable", "a clock's", "to the desk"],
)
def test_other_attempts_are_counted_and_have_no_time(other: Attempt) -> None:
    meters = Meters()
    meters.attempted(other)
    assert sum(meters.replies.values()) == 1
    assert total(meters.answered) == 0


def test_a_reminder_that_is_held_back_until_the_desk_opens_was_not_tried() -> None:
    meters = Meters()
    meters.attempted(attempt(Status.QUEUED, until=NOW + HOUR))
    assert not meters.replies


def test_an_answer_to_what_lay_there_before_us_has_no_time() -> None:
    """With `answer_backlog` it is answered, months later."""
    meters = Meters()
    meters.took("soporte", Outcome.OPENED, BEGAN - DAY, BEGAN, NOW)
    meters.attempted(attempt(Status.SENT, came=BEGAN - DAY))
    assert meters.replies["soporte", "pedir_datos", "sent"] == 1
    assert total(meters.answered) == 0
