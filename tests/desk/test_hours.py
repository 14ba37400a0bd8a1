"""Working time (A22, B19, lesson 36): deadlines fall in open hours; the open time until them is what was promised."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.desk.holidays import holidays_of
from mailbot.desk.hours import Calendar
from mailbot.desk.settings import Hours
from mailbot.desk.week import week

BOGOTA = "America/Bogota"
MADRID = "Europe/Madrid"
#: where clocks are changed at midnight: on 2026-09-06 there is no 00:00, on 2026-04-04 23:00 comes twice
SANTIAGO = "America/Santiago"
OFFICE = Hours(days={"mon-fri": "08:00-12:00 13:00-17:00"}, holidays="CO", extra=(date(2026, 12, 24),))
CALENDARS = {
    "office": OFFICE,
    # round the weekend, with a stretch in each hour that a change of clocks skips or repeats
    "nights": Hours(days={"fri-mon": "00:30-02:15 02:30-04:00", "wed": "22:00-24:00"}),
    # a night in two days
    "guards": Hours(days={"fri-sat": "22:00-24:00", "sat-sun": "00:00-06:00"}),
    "whole": Hours(days={"mon-sun": "00:00-24:00"}),
    "spanish": Hours(days={"lun-vie": "08:00-17:00", "sáb": "9:00-12:00"}),
}


def at(written: str, zone: str = BOGOTA) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def due(start: datetime, length: timedelta, calendar: str, zone: str) -> datetime:
    return Calendar(CALENDARS[calendar], zone).due(start, length)


def is_open(moment: datetime, calendar: str, zone: str) -> bool:
    return Calendar(CALENDARS[calendar], zone).is_open(moment)


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
    assert due(at(start), timedelta(hours=hours), "office", BOGOTA) == at(expected)


def test_24_7_is_elapsed_time_also_when_clocks_change() -> None:
    """Hazard 64: "24 h" is a day of 24 hours, on the day of 23 too."""
    start = at("2026-03-28T12:00", MADRID)

    assert Calendar(None, MADRID).due(start, timedelta(hours=24)) == at("2026-03-29T13:00", MADRID)


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        # 02:15 and 02:30 do not exist, since 02:00 is 03:00: open on until then (90 minutes), and from then on
        ("2026-03-29T00:30+01:00", 90, "2026-03-29T03:00+02:00"),
        ("2026-03-29T00:30+01:00", 105, "2026-03-29T03:15+02:00"),
        # 02:00–03:00 exists twice: closes at the first 02:15 (105 minutes are over), opens at the second 02:30
        ("2026-10-25T00:30+02:00", 120, "2026-10-25T02:45+01:00"),
    ],
)
def test_hours_that_clocks_skip_or_repeat(start: str, minutes: int, expected: str) -> None:
    """What the wall clock never shows is no time at all; what it shows twice is open once, and not at its edges."""
    end = due(datetime.fromisoformat(start), timedelta(minutes=minutes), "nights", MADRID)

    assert end == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        (MADRID, "2026-03-29", 23),
        (MADRID, "2026-10-25", 25),
        (MADRID, "2026-06-07", 24),
        # clocks are changed at the day's very end, or beginning
        (SANTIAGO, "2026-04-04", 25),
        (SANTIAGO, "2026-09-05", 24),
        (BOGOTA, "2026-03-29", 24),
        (BOGOTA, "2028-02-29", 24),
    ],
)
def test_a_whole_day_is_as_long_as_it_is(zone: str, day: str, length: int) -> None:
    """Hazard 64: both changes of clocks."""
    start = at(f"{day}T00:00", zone)

    end = due(start, timedelta(hours=length), "whole", zone)

    assert end == start + timedelta(hours=length)
    assert (end - MINUTE).astimezone(ZoneInfo(zone)).date().isoformat() == day
    assert end.astimezone(ZoneInfo(zone)).date().isoformat() > day


def test_a_day_that_begins_at_one() -> None:
    """Santiago's 2026-09-06 has no midnight: whoever opens at 00:00 opens when the clocks say 01:00."""
    saturday_night = at("2026-09-05T23:30", SANTIAGO)

    assert due(saturday_night, timedelta(hours=1), "guards", SANTIAGO) == at("2026-09-06T01:30", SANTIAGO)
    assert at("2026-09-06T01:30", SANTIAGO) - saturday_night == timedelta(hours=1)


def test_the_29th_of_february_is_a_day_like_others() -> None:
    """Tuesday 2028-02-29."""
    assert due(at("2028-02-28T16:00"), timedelta(hours=9), "office", BOGOTA) == at("2028-02-29T17:00")


@pytest.mark.parametrize("year", [2050, 2100, 2500])
def test_far_years_have_deadlines_too(year: int) -> None:
    """Holidays are known up to 2100; then only days of the week and `extra` count."""
    start = at(f"{year}-11-18T10:00")

    assert timedelta(days=2) < due(start, timedelta(hours=24), "office", BOGOTA) - start < timedelta(days=8)


def test_a_minute_a_week_takes_its_weeks() -> None:
    """And not long to reckon: two years are some hundred steps."""
    minute = Calendar(Hours(days={"mon": "08:00-08:01"}, holidays="CO"), BOGOTA)

    # Colombia moves holidays to Mondays: 23 of these two years' 104 are
    assert minute.due(at("2026-01-05T00:00"), timedelta(minutes=81)) == at("2027-12-27T08:01")


def test_what_does_not_end_in_years_says_so_and_does_not_search_for_ever() -> None:
    """A day of work, a minute a week: 27 years. `check` refuses such a config."""
    minute = Calendar(Hours(days={"mon": "08:00-08:01"}), BOGOTA)

    with pytest.raises(ValueError, match="do not end in 3660 days"):
        minute.due(at("2026-01-05T00:00"), timedelta(hours=24))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-20T08:00", "2026-11-20T08:00"),  # opens
        ("2026-11-20T11:59", "2026-11-20T11:59"),
        ("2026-11-20T12:00", "2026-11-20T13:00"),  # closes: the minute of closing is outside
        ("2026-11-20T17:00", "2026-11-23T08:00"),
        ("2026-12-23T18:00", "2026-12-28T08:00"),  # our own day, Christmas, a weekend
    ],
)
def test_the_next_open_moment(moment: str, expected: str) -> None:
    assert Calendar(OFFICE, BOGOTA).next_open(at(moment)) == at(expected)
    assert Calendar(None, BOGOTA).next_open(at(moment)) == at(moment)


@pytest.mark.parametrize(
    ("asked", "after", "within", "expected"),
    [
        # after twelve hours of work: a day and a half, and then it is noon, and closed
        ("2026-11-18T08:00", 12, 24, "2026-11-19T13:00"),
        ("2026-11-18T09:00", 12, 24, "2026-11-19T14:00"),
        # after eight hours it is 17:00, and closed: at the next opening, with as much open time left
        ("2026-11-18T08:00", 8, 24, "2026-11-19T08:00"),
        # over the weekend
        ("2026-11-20T08:00", 8, 24, "2026-11-23T08:00"),
        # a holiday that is moved to Monday
        ("2026-06-26T08:00", 8, 24, "2026-06-30T08:00"),
        # not before the deadline: none
        ("2026-11-18T08:00", 8, 8, None),
        ("2026-11-18T08:00", 12, 8, None),
    ],
)
def test_a_reminder_falls_in_open_hours(asked: str, after: int, within: int, expected: str | None) -> None:
    """`remind_after` counts open time, as `answer_within` does; nobody is reminded of work at night."""
    office = Calendar(OFFICE, BOGOTA)
    start = at(asked)

    reminder = office.reminder(start, timedelta(hours=after), timedelta(hours=within))

    assert reminder == (at(expected) if expected else None)


def test_a_reminder_that_would_be_years_away_is_none() -> None:
    """Its `remind_after` is 720 weeks of a minute, the deadline half an hour: half a year."""
    minute = Calendar(Hours(days={"mon": "08:00-08:01"}), BOGOTA)

    assert minute.reminder(at("2026-01-05T00:00"), timedelta(hours=12), timedelta(minutes=30)) is None


def test_without_a_calendar_a_reminder_goes_at_any_hour() -> None:
    always, start = Calendar(None, BOGOTA), at("2026-11-18T15:00")

    assert always.reminder(start, timedelta(hours=12), timedelta(hours=24)) == at("2026-11-19T03:00")
    assert always.reminder(start, None, timedelta(hours=24)) is None


def test_days_may_be_written_in_spanish() -> None:
    assert week({"lun-mié,vie": "08:00-09:00", "Sáb": "10:00-11:00"}) == week(
        {"mon,tue,wed,fri": "08:00-09:00", "sat": "10:00-11:00"}
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
        week(days)


def test_hours_may_touch() -> None:
    assert week({"mon": "08:00-12:00 12:00-24:00"})[0] == ((480, 720), (720, 1440))


def test_a_part_of_a_country_has_its_own_holidays() -> None:
    madrid = date(2026, 5, 2)

    assert holidays_of("ES-MD", 2026)[madrid] == "Fiesta de la Comunidad de Madrid"
    assert madrid not in holidays_of("ES", 2026)


def test_a_country_without_regional_holidays_takes_any_part() -> None:
    assert holidays_of("CO-DC", 2026) == holidays_of("CO", 2026) != {}


@pytest.mark.parametrize(
    ("day", "name"),
    [
        # moved to Monday (Ley 51 de 1983, «Ley Emiliani»)
        ("2026-01-12", "Reyes Magos"),
        ("2026-03-23", "San José"),
        ("2026-06-08", "Corpus Christi"),
        ("2026-11-16", "Independencia de Cartagena"),
        # on Monday already, and never moved
        ("2026-06-29", "San Pedro y San Pablo"),
        ("2026-07-20", "Independencia"),
        ("2026-12-08", "Inmaculada"),
        # by Easter
        ("2026-04-02", "Jueves Santo"),
    ],
)
def test_holidays_of_colombia_are_known_by_name(day: str, name: str) -> None:
    """Lesson 36."""
    assert name in holidays_of("CO", 2026)[date.fromisoformat(day)]


def test_a_moved_holiday_is_a_day_of_work_where_it_was() -> None:
    """Reyes, Tuesday 2026-01-06."""
    assert Calendar(OFFICE, BOGOTA).is_open(at("2026-01-06T10:00"))
    assert not Calendar(OFFICE, BOGOTA).is_open(at("2026-01-12T10:00"))


@pytest.mark.parametrize(
    ("place", "cure"),
    [
        ("XX", 'escriba un país ("CO") o una parte de él ("ES-MD")'),
        ("co", '¿quiso decir "CO"?'),
        ("Colombia", '¿quiso decir "CO"?'),
        ("España", '¿quiso decir "ES"?'),
        ("ES-md", '¿quiso decir "ES-MD"?'),
        ("ES-Madrid", '¿quiso decir "ES-MD"?'),
        ("ES-XX", "de ES hay: AN, AR"),
    ],
)
def test_unknown_holidays_say_so_with_the_nearest_known(place: str, cure: str) -> None:
    with pytest.raises(ValueError, match=f'festivos de "{place}"') as error:
        holidays_of(place, 2026)

    assert cure in str(error.value)


def moments_of(first: datetime, days: int) -> st.SearchStrategy[datetime]:
    return st.integers(0, days * 24 * 3600).map(lambda second: first + timedelta(seconds=second))


# Over a year with its turn; and the changes of clocks, which would seldom be hit.
moments = (
    moments_of(datetime(2026, 1, 1, tzinfo=UTC), 400)
    | moments_of(datetime(2026, 3, 28, tzinfo=UTC), 2)
    | moments_of(datetime(2026, 10, 24, tzinfo=UTC), 2)
    | moments_of(datetime(2026, 4, 4, tzinfo=UTC), 2)
    | moments_of(datetime(2026, 9, 5, tzinfo=UTC), 2)
)
minutes = moments.map(lambda moment: moment.replace(second=0, microsecond=0))
calendars = st.sampled_from(sorted(CALENDARS))
zones = st.sampled_from([BOGOTA, MADRID, SANTIAGO])
lengths = st.integers(min_value=1, max_value=40 * 60).map(lambda count: timedelta(minutes=count))
MINUTE = timedelta(minutes=1)


def wall_clock_says_open(moment: datetime, hours: Hours, zone: str) -> bool:
    """The naive reading of a calendar, without any arithmetic on instants."""
    wall = moment.astimezone(ZoneInfo(zone))
    if wall.date() in hours.extra or wall.date() in holidays_of(hours.holidays, wall.year):
        return False
    minute = wall.hour * 60 + wall.minute
    return any(start <= minute < end for start, end in week(hours.days)[wall.weekday()])


def shown_twice(moment: datetime, zone: str) -> bool:
    wall = moment.astimezone(ZoneInfo(zone))
    return wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()


@settings(deadline=None)
@given(minutes, calendars, zones)
def test_open_is_what_the_wall_clock_says(moment: datetime, calendar: str, zone: str) -> None:
    """At each minute of the year; in an hour that it shows twice, never more."""
    by_the_wall = wall_clock_says_open(moment, CALENDARS[calendar], zone)

    if shown_twice(moment, zone):
        assert by_the_wall or not is_open(moment, calendar, zone)
    else:
        assert by_the_wall == is_open(moment, calendar, zone)


@settings(deadline=None)
@given(minutes, lengths, calendars, zones)
def test_a_deadline_never_falls_in_closed_time(
    start: datetime, length: timedelta, calendar: str, zone: str
) -> None:
    """The minute before it is open: it falls inside a stretch, or at its very end."""
    end = due(start, length, calendar, zone)

    assert is_open(end - MINUTE, calendar, zone)


@settings(deadline=None, max_examples=40)
@given(minutes, lengths, calendars, zones)
def test_the_open_time_until_a_deadline_is_its_length(
    start: datetime, length: timedelta, calendar: str, zone: str
) -> None:
    """Counted minute by minute, on the wall; to the minute, if no hour is shown twice until then."""
    end = due(start, length, calendar, zone)

    count = int((end - start) / MINUTE)
    each = [start + n * MINUTE for n in range(count)]
    opened = sum(wall_clock_says_open(minute, CALENDARS[calendar], zone) for minute in each)
    doubtful = sum(shown_twice(minute, zone) for minute in each)
    assert length <= opened * MINUTE <= length + doubtful * MINUTE


@settings(deadline=None)
@given(minutes, minutes, lengths, calendars, zones)
def test_who_is_asked_later_has_no_earlier_deadline(
    one: datetime, other: datetime, length: timedelta, calendar: str, zone: str
) -> None:
    first, second = sorted((one, other))

    assert due(first, length, calendar, zone) <= due(second, length, calendar, zone)


@settings(deadline=None)
@given(minutes, lengths, lengths, calendars, zones)
def test_two_waits_are_one(start: datetime, one: timedelta, two: timedelta, calendar: str, zone: str) -> None:
    pause = due(start, one, calendar, zone)

    assert due(pause, two, calendar, zone) == due(start, one + two, calendar, zone)


@settings(deadline=None)
@given(moments, lengths, calendars, zones)
def test_a_deadline_is_utc_and_does_not_depend_on_the_zone_it_was_asked_in(
    start: datetime, length: timedelta, calendar: str, zone: str
) -> None:
    end = due(start, length, calendar, zone)

    assert end.tzinfo is UTC
    assert due(start.astimezone(ZoneInfo("Asia/Tokyo")), length, calendar, zone) == end


@settings(deadline=None)
@given(minutes, lengths, lengths, calendars, zones)
def test_a_reminder_is_at_an_open_moment_before_the_deadline_and_leaves_as_much_time(
    start: datetime, one: timedelta, two: timedelta, calendar: str, zone: str
) -> None:
    """That it waits for the opening takes nothing from who is reminded: closed time does not count."""
    it = Calendar(CALENDARS[calendar], zone)
    deadline = it.due(start, one + two)

    reminder = it.reminder(start, one, one + two)

    assert reminder is not None
    assert start <= reminder < deadline
    assert it.is_open(reminder)
    assert it.due(reminder, two) == deadline
