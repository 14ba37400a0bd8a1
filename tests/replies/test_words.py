"""What people read of times and codes."""

from datetime import UTC, datetime, timedelta

import pytest

from mailbot.desk.case import Attention
from mailbot.replies import words

NOW = datetime(2026, 10, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("utc", "said"),
    [
        # Bogotá is UTC-5 all year
        (datetime(2026, 10, 7, 14, 15, tzinfo=UTC), "miércoles 7 de octubre, 9:15 a. m."),
        # the day is that of the desk, not of UTC
        (datetime(2026, 10, 8, 4, 59, tzinfo=UTC), "miércoles 7 de octubre, 11:59 p. m."),
        (datetime(2026, 10, 7, 5, 0, tzinfo=UTC), "miércoles 7 de octubre, 12:00 a. m."),
        (datetime(2026, 10, 7, 17, 0, tzinfo=UTC), "miércoles 7 de octubre, 12:00 p. m."),
        (datetime(2026, 10, 7, 18, 5, tzinfo=UTC), "miércoles 7 de octubre, 1:05 p. m."),
        # seconds are cut: a deadline is never said later than it is
        (datetime(2026, 10, 7, 14, 15, 59, tzinfo=UTC), "miércoles 7 de octubre, 9:15 a. m."),
        # another year is said
        (datetime(2027, 1, 1, 14, 15, tzinfo=UTC), "viernes 1 de enero de 2027, 9:15 a. m."),
    ],
)
def test_a_moment_is_said_in_the_desks_timezone(utc: datetime, said: str) -> None:
    assert words.moment(utc, "America/Bogota", NOW) == said


@pytest.mark.parametrize(
    ("length", "calendar", "said"),
    [
        # as the procedure says it (A22)
        (timedelta(hours=24), "24/7", "24 horas"),
        (timedelta(hours=1), "24/7", "1 hora"),
        (timedelta(days=2), "24/7", "2 días"),
        (timedelta(days=7), "24/7", "7 días"),
        # no whole days
        (timedelta(hours=36), "24/7", "36 horas"),
        (timedelta(minutes=90), "24/7", "1 hora y 30 minutos"),
        (timedelta(minutes=30), "24/7", "30 minutos"),
        # as in tests and demos
        (timedelta(seconds=2), "24/7", "2 segundos"),
        (timedelta(milliseconds=100), "24/7", "unos segundos"),
        # of a calendar, only hours are true: 48 of them are no two days
        (timedelta(hours=48), "oficina", "48 horas hábiles"),
        (timedelta(hours=1), "oficina", "1 hora hábil"),
    ],
)
def test_a_duration_is_said_plainly(length: timedelta, calendar: str, said: str) -> None:
    assert words.duration(length, calendar) == said


def test_a_severity_is_never_shown_without_its_word() -> None:
    """B11–B16: 1 is the worst here, 5 elsewhere."""
    assert [words.severity(n) for n in range(1, 6)] == [
        "1 (crítica)",
        "2 (alta)",
        "3 (media)",
        "4 (baja)",
        "5 (solicitud)",
    ]


def test_every_reason_for_attention_has_words() -> None:
    assert set(words.ATTENTION) == set(Attention)
