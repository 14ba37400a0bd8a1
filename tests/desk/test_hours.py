"""Working time (A22, B19, lesson 36): deadlines fall in open hours; the open time until them is what was promised."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.desk.hours import due, holidays_of, open_at, week
from mailbot.desk.settings import ALWAYS, Hours

BOGOTA = "America/Bogota"
MADRID = "Europe/Madrid"
OFFICE = Hours(days={"mon-fri": "08:00-12:00 13:00-17:00"}, holidays="CO", extra=(date(2026, 12, 24),))
CALENDARS = {
    "office": OFFICE,
    # round the weekend, with a stretch in each hour that a change of clocks skips or repeats
    "nights": Hours(days={"fri-mon": "00:30-02:15 02:30-04:00", "wed": "22:00-24:00"}),
    "whole": Hours(days={"mon-sun": "00:00-24:00"}),
    "spanish": Hours(days={"lun-vie": "08:00-17:00", "sáb": "9:00-12:00"}),
}


def at(written: str, zone: str = BOGOTA) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        # Friday 2026-11-20; within the morning
        ("2026-11-20T08:30", 1, "2026-11-20T09:30"),
        # over lunch
        ("2026-11-20T11:00", 2, "2026-11-20T14:00"),
        # over the weekend
        ("2026-11-20T16:00", 2, "2026-11-23T09:00"),
        # asked on a Saturday: begins on Monday
        ("2026-11-21T10:00", 1, "2026-11-23T09:00"),
        # exactly a day of work ends at its close, not at the next opening
        ("2026-11-20T08:00", 8, "2026-11-20T17:00"),
        # 24 hours of work are three days
        ("2026-11-23T08:00", 24, "2026-11-25T17:00"),
        # a holiday that Colombia moves to Monday: San Pedro y San Pablo, 2026-06-29
        ("2026-06-26T16:30", 1, "2026-06-30T08:30"),
        # a day of our own, Christmas, and the weekend after it
        ("2026-12-23T16:30", 1, "2026-12-28T08:30"),
        # nothing to wait for: the next open moment
        ("2026-11-20T12:30", 0, "2026-11-20T13:00"),
    ],
)
def test_a_deadline_in_working_time(start: str, hours: int, expected: str) -> None:
    assert due(at(start), timedelta(hours=hours), "office", CALENDARS, BOGOTA) == at(expected)


def test_24_7_is_elapsed_time_also_when_clocks_change() -> None:
    """Hazard 64: "24 h" is a day of 24 hours, on the day of 23 too."""
    start = at("2026-03-28T12:00", MADRID)

    assert due(start, timedelta(hours=24), ALWAYS, {}, MADRID) == at("2026-03-29T13:00", MADRID)


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        # 02:15 and 02:30 do not exist, since 02:00 is 03:00: closed from 01:15 (45 minutes are over) to 03:30
        ("2026-03-29T00:30+01:00", 60, "2026-03-29T03:45+02:00"),
        # 02:00–03:00 exists twice: closes at the first 02:15 (105 minutes are over), opens at the second 02:30
        ("2026-10-25T00:30+02:00", 120, "2026-10-25T02:45+01:00"),
    ],
)
def test_hours_that_clocks_skip_or_repeat(start: str, minutes: int, expected: str) -> None:
    """Whatever the wall clock shows twice or never counts as closed."""
    end = due(datetime.fromisoformat(start), timedelta(minutes=minutes), "nights", CALENDARS, MADRID)

    assert end == datetime.fromisoformat(expected)


@pytest.mark.parametrize(("day", "length"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-07", 24)])
def test_a_whole_day_is_as_long_as_it_is(day: str, length: int) -> None:
    """Hazard 64: both changes of clocks."""
    start = at(f"{day}T00:00", MADRID)

    end = due(start, timedelta(hours=length), "whole", CALENDARS, MADRID)

    assert end == at(f"{day}T00:00", MADRID) + timedelta(hours=length)
    assert end.astimezone(ZoneInfo(MADRID)).hour == 0


def test_days_may_be_written_in_spanish() -> None:
    assert week(Hours(days={"lun-mié,vie": "08:00-09:00", "Sáb": "10:00-11:00"})) == week(
        Hours(days={"mon,tue,wed,fri": "08:00-09:00", "sat": "10:00-11:00"})
    )


@pytest.mark.parametrize(
    ("days", "said"),
    [
        # never open
        ({}, "nunca abre"),
        ({"mon": ""}, "nunca abre"),
        # unreadable
        ({"mon-fry": "08:00-12:00"}, "no es un día"),
        ({"lunes": "08:00-12:00"}, "no es un día"),
        ({"": "08:00-12:00"}, "no es un día"),
        ({"mon": "8-12"}, "no es un horario"),
        ({"mon": "08:00-12:60"}, "no es un horario"),
        # backwards, empty, beyond midnight
        ({"mon": "12:00-08:00"}, "parta la noche"),
        ({"mon": "08:00-08:00"}, "parta la noche"),
        ({"mon": "22:00-25:00"}, "parta la noche"),
        # open twice at once, also by two keys
        ({"mon": "08:00-12:00 11:00-13:00"}, "se cruzan"),
        ({"mon-fri": "08:00-12:00", "wed": "11:00-13:00"}, "se cruzan"),
    ],
)
def test_a_calendar_that_cannot_work_says_why(days: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        week(Hours(days=days))


def test_hours_may_touch() -> None:
    assert week(Hours(days={"mon": "08:00-12:00 12:00-24:00"}))[0] == ((480, 720), (720, 1440))


def test_a_part_of_a_country_has_its_own_holidays() -> None:
    madrid = date(2026, 5, 2)

    assert madrid in holidays_of("ES-MD", 2026)
    assert madrid not in holidays_of("ES", 2026)


def test_a_country_without_regional_holidays_takes_any_part() -> None:
    assert holidays_of("CO-DC", 2026) == holidays_of("CO", 2026) != frozenset()


@pytest.mark.parametrize("place", ["XX", "ES-XX"])
def test_unknown_holidays_say_so(place: str) -> None:
    with pytest.raises(ValueError, match=f'festivos de "{place}"'):
        holidays_of(place, 2026)


def moments_of(first: datetime, days: int) -> st.SearchStrategy[datetime]:
    return st.integers(0, days * 24 * 3600).map(lambda second: first + timedelta(seconds=second))


# Over a year with its turn; and Madrid's two changes of clocks, which would seldom be hit.
moments = (
    moments_of(datetime(2026, 1, 1, tzinfo=UTC), 400)
    | moments_of(datetime(2026, 3, 28, tzinfo=UTC), 2)
    | moments_of(datetime(2026, 10, 24, tzinfo=UTC), 2)
)
minutes = moments.map(lambda moment: moment.replace(second=0, microsecond=0))
calendars = st.sampled_from(sorted(CALENDARS))
zones = st.sampled_from([BOGOTA, MADRID])
lengths = st.integers(min_value=1, max_value=40 * 60).map(lambda count: timedelta(minutes=count))
MINUTE = timedelta(minutes=1)


def wall_clock_says_open(moment: datetime, hours: Hours, zone: str) -> bool:
    """The naive reading of a calendar, without any arithmetic on instants."""
    wall = moment.astimezone(ZoneInfo(zone))
    if wall.date() in hours.extra or wall.date() in holidays_of(hours.holidays, wall.year):
        return False
    minute = wall.hour * 60 + wall.minute
    return any(start <= minute < end for start, end in week(hours)[wall.weekday()])


@settings(deadline=None)
@given(minutes, calendars, zones)
def test_what_is_open_is_open_by_the_wall_clock(moment: datetime, calendar: str, zone: str) -> None:
    if open_at(moment, calendar, CALENDARS, zone):
        assert wall_clock_says_open(moment, CALENDARS[calendar], zone)


@settings(deadline=None)
@given(minutes, lengths, calendars, zones)
def test_a_deadline_never_falls_in_closed_time(
    start: datetime, length: timedelta, calendar: str, zone: str
) -> None:
    """The minute before it is open: it falls inside a stretch, or at its very end."""
    end = due(start, length, calendar, CALENDARS, zone)

    assert open_at(end - MINUTE, calendar, CALENDARS, zone)


@settings(deadline=None, max_examples=40)
@given(minutes, lengths, calendars, zones)
def test_the_open_time_until_a_deadline_is_its_length(
    start: datetime, length: timedelta, calendar: str, zone: str
) -> None:
    """Counted minute by minute."""
    end = due(start, length, calendar, CALENDARS, zone)

    count = int((end - start) / MINUTE)
    opened = sum(open_at(start + n * MINUTE, calendar, CALENDARS, zone) for n in range(count))
    assert opened * MINUTE == length


@settings(deadline=None)
@given(minutes, minutes, lengths, calendars, zones)
def test_who_is_asked_later_has_no_earlier_deadline(
    one: datetime, other: datetime, length: timedelta, calendar: str, zone: str
) -> None:
    first, second = sorted((one, other))

    assert due(first, length, calendar, CALENDARS, zone) <= due(second, length, calendar, CALENDARS, zone)


@settings(deadline=None)
@given(minutes, lengths, lengths, calendars, zones)
def test_two_waits_are_one(start: datetime, one: timedelta, two: timedelta, calendar: str, zone: str) -> None:
    pause = due(start, one, calendar, CALENDARS, zone)

    assert due(pause, two, calendar, CALENDARS, zone) == due(start, one + two, calendar, CALENDARS, zone)


@settings(deadline=None)
@given(moments, lengths, calendars, zones)
def test_a_deadline_is_utc_and_does_not_depend_on_the_zone_it_was_asked_in(
    start: datetime, length: timedelta, calendar: str, zone: str
) -> None:
    end = due(start, length, calendar, CALENDARS, zone)

    assert end.tzinfo is UTC
    assert due(start.astimezone(ZoneInfo("Asia/Tokyo")), length, calendar, CALENDARS, zone) == end
