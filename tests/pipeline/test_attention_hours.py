"""Reminders in the hours of a calendar, deadlines counted in them, and open cases that no edit touches (B17, B19)."""

from datetime import UTC, datetime, timedelta

import pytest
from structlog.typing import EventDict

from mailbot.desk.settings import Hours
from tests.pipeline.given import ANA, LUZ, Clock, Desk, mail

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OFFICE = Hours(days={"mon-fri": "08:00-17:00"}, holidays="CO")


def at(written: str) -> datetime:
    """In Bogotá."""
    return datetime.fromisoformat(f"{written}-05:00").astimezone(UTC)


@pytest.fixture
def friday(new_desk: Desk, clock: Clock) -> Desk:
    """Ana asked on Friday 2026-11-20 at 15:00; she has nine hours of work to answer, and is reminded after two."""
    clock.now = at("2026-11-20T15:00")
    desk = new_desk
    precaso = desk.config.precaso.model_copy(
        update={"calendar": "oficina", "answer_within": 9 * HOUR, "remind_after": 2 * HOUR}
    )
    desk.change(hours={"oficina": OFFICE}, precaso=precaso)
    desk.poll()
    desk.gets(mail())
    desk.round()
    return desk


def sent(desk: Desk) -> list[tuple[str, str]]:
    return [(r["template"], r["status"]) for r in desk.replies()]


def test_a_deadline_and_its_reminder_pass_over_the_weekend(friday: Desk) -> None:
    """Two hours of work end when the desk closes: the reminder waits until it opens on Monday."""
    assert friday.case()["deadline"] == "2026-11-23T20:00:00Z"

    for moment in ("2026-11-20T17:00", "2026-11-21T10:00", "2026-11-23T07:59"):
        friday.clock.now = at(moment)
        friday.round()
        assert sent(friday) == [("pedir_datos", "sent")]
    friday.clock.now = at("2026-11-23T08:00")
    friday.round()

    assert sent(friday)[1:] == [("recordatorio", "sent")]
    friday.clock.now = at("2026-11-23T15:05")
    friday.round()
    assert friday.case()["state"] == "no_gestionado"


def test_a_reminder_that_fell_due_while_the_process_stood_still_does_not_leave_at_night(
    friday: Desk,
) -> None:
    friday.clock.now = at("2026-11-20T22:00")
    friday.round()
    assert friday.tick() == 0
    friday.clock.now = at("2026-11-23T08:01")
    friday.round()
    assert sent(friday)[1:] == [("recordatorio", "sent")]


@pytest.fixture
def thursday(new_desk: Desk, clock: Clock) -> Desk:
    """Ana asked on Thursday at 15:00, is reminded at 16:59, and has until Friday at 16:00: ten hours of work."""
    clock.now = at("2026-11-19T15:00")
    desk = new_desk
    update = {"calendar": "oficina", "answer_within": 10 * HOUR, "remind_after": 2 * HOUR - MINUTE}
    desk.change(hours={"oficina": OFFICE}, precaso=desk.config.precaso.model_copy(update=update))
    desk.poll()
    desk.gets(mail())
    desk.round()
    return desk


def test_a_reminder_that_the_server_takes_only_at_night_waits_for_the_morning(
    thursday: Desk, dead_port: int, logged: list[EventDict]
) -> None:
    thursday.smtp_at(dead_port)
    thursday.clock.now = at("2026-11-19T16:59")
    thursday.round()
    assert sent(thursday)[1:] == [("recordatorio", "queued")]

    thursday.smtp_at(thursday.servers.smtp_port)
    for moment in ("2026-11-19T18:00", "2026-11-19T23:00", "2026-11-20T07:59"):
        thursday.clock.now = at(moment)
        thursday.round()
        assert sent(thursday)[1:] == [("recordatorio", "queued")]
    assert [e["log_level"] for e in logged if e["event"] == "reply.queued"] == ["info", "info"]
    assert len(thursday.got(ANA)) == 1
    thursday.clock.now = at("2026-11-20T08:00")
    thursday.round()

    assert sent(thursday)[1:] == [("recordatorio", "sent")]


def test_what_is_no_reminder_leaves_at_night_too(thursday: Desk) -> None:
    """Who writes at night is asked at night; the time to answer counts from the opening."""
    thursday.clock.now = at("2026-11-19T22:00")
    thursday.gets(mail(sender=LUZ))
    thursday.round()
    first, second = thursday.cases()
    assert [r["status"] for r in second["replies"]] == ["sent"]
    assert second["deadline"] == "2026-11-23T14:00:00Z"
    assert first["deadline"] == "2026-11-20T21:00:00Z"


@pytest.mark.parametrize("hours", [{}, {"oficina": Hours(days={"mon-sun": "00:00-24:00"})}])
def test_an_edit_of_the_hours_touches_no_open_case(thursday: Desk, hours: dict[str, Hours]) -> None:
    """Neither its deadline nor the hours in which it is reminded."""
    deadline = thursday.case()["deadline"]
    thursday.change(hours=hours, precaso=thursday.config.precaso.model_copy(update={"calendar": "24/7"}))

    thursday.clock.now = at("2026-11-19T20:00")
    thursday.round()
    assert sent(thursday) == [("pedir_datos", "sent")]
    thursday.clock.now = at("2026-11-20T08:00")
    thursday.round()

    assert sent(thursday)[1:] == [("recordatorio", "sent")]
    assert thursday.case()["deadline"] == deadline
