"""Outages, long sleeps, clocks that change: nothing closes early, and an answer in time wins (invariant 3).

Only the virtual clock moves; the mailbox, the way out and the database are away as real ones would be.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailbot.carry_out import carry_out
from mailbot.desk import by_hand
from mailbot.desk.case import State
from mailbot.desk.decision import Outcome
from mailbot.desk.settings import Hours
from mailbot.store import StoreUnavailable, cases
from mailbot.transport.errors import TransportError, Unreachable
from tests.pipeline.given import (
    ANA,
    DAY,
    HOUR,
    LUZ,
    MINUTE,
    ROBOT,
    SECOND,
    Clock,
    Desk,
    answer,
    broken,
    commits_fail,
    mail,
)

GRACE = 5 * MINUTE
AWAY = TransportError("Abrir la carpeta INBOX", "la conexión se cortó")
NO_WAY_OUT = Unreachable("Enviar un correo", "el servidor rechaza la conexión")
NO_DATABASE = StoreUnavailable("No se puede usar la base de datos")


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """Ana's request for data was accepted now: its 24 hours run."""
    desk.gets(mail())
    desk.round()
    return desk


def states(desk: Desk) -> list[str]:
    return [str(case["state"]) for case in desk.cases()]


def deadline(desk: Desk) -> datetime:
    return datetime.fromisoformat(str(desk.case()["deadline"]))


def tell(desk: Desk, who: Any, after: timedelta) -> None:
    """Somebody answers our request, so long after now; the desk's clock is then where it was."""
    request = desk.got(who)[0]
    desk.clock.move(after)
    desk.gets(answer(request, sender=who))
    desk.clock.move(-after)


# -- the mailbox is away -----------------------------------------------------------------------------------


def test_while_the_mailbox_is_away_for_a_week_nothing_closes_and_then_each_case_has_its_due(
    desk: Desk,
) -> None:
    """Hazard 66: mail is taken in before the sweep, after an outage of any length."""
    for sender in (ANA, LUZ, ROBOT):
        desk.gets(mail(sender=sender))
    desk.round()
    tell(desk, ANA, 23 * HOUR)
    tell(desk, LUZ, 24 * HOUR - SECOND)
    with broken(desk.imap(), "select", AWAY):
        for _ in range(7):
            desk.clock.move(DAY)
            with pytest.raises(TransportError):
                desk.poll()
            desk.tick()
            desk.deliver()
            assert states(desk) == ["precaso"] * 3
    assert desk.round() == [Outcome.UPDATED, Outcome.UPDATED]
    assert states(desk) == ["abierto", "abierto", "no_gestionado"]
    assert [r["template"] for r in desk.replies() if r["status"] == "sent"] == [
        *("pedir_datos", "caso_abierto"),
        *("pedir_datos", "caso_abierto"),
        *("pedir_datos", "no_gestionado"),
    ]


# -- the way out is away -----------------------------------------------------------------------------------


def test_while_no_mail_leaves_for_72_hours_no_deadline_runs_and_it_starts_when_the_request_is_accepted(
    desk: Desk,
) -> None:
    """Hazard 58."""
    desk.gets(mail())
    with broken(desk.smtp(), "send", NO_WAY_OUT):
        for _ in range(72):
            desk.round(after=HOUR)
            assert (states(desk), desk.case()["deadline"]) == (["precaso"], None)
    desk.round(after=HOUR)
    assert deadline(desk) == desk.clock() + DAY
    desk.round(after=DAY + GRACE)
    assert states(desk) == ["no_gestionado"]
    assert len(desk.got(ANA)) == 2


def test_what_waited_72_hours_and_is_true_no_more_is_not_sent(desk: Desk) -> None:
    """Hazard 58: not all stale at once. One case goes on, one was ended by the desk, one has its data."""
    for sender in (ANA, LUZ, ROBOT):
        desk.gets(mail(sender=sender))
    with broken(desk.smtp(), "send", NO_WAY_OUT):
        desk.round()
        desk.gets(mail(text="Teléfono: 300 555 0101\nSede: Cali", sender=LUZ))
        desk.round(after=HOUR)
        with desk.store.transaction() as s:
            decision = by_hand.move(cases.by_id(s, 3), State.ANULADO, "repetido", "cli:luz", desk.live.policy)
            carry_out(s, decision, desk.live, desk.clock(), "soporte")
        desk.clock.move(71 * HOUR)
    desk.round(after=HOUR)
    assert [(r["template"], r["status"]) for r in desk.replies()] == [
        ("pedir_datos", "sent"),
        ("pedir_datos", "not_needed"),
        ("caso_abierto", "sent"),
        ("pedir_datos", "not_needed"),
    ]
    assert [len(desk.got(who)) for who in (ANA, LUZ, ROBOT)] == [1, 1, 0]


def test_the_close_of_a_case_that_is_open_again_is_not_told(asked: Desk) -> None:
    """It was closed while no mail left; then the answer that had come in time showed up."""
    tell(asked, ANA, 20 * HOUR)
    with asked.client() as person:  # another mail program hides it
        person.select_folder("INBOX")
        person.move(person.search(), "Procesados")
    with broken(asked.smtp(), "send", NO_WAY_OUT):
        asked.round(after=DAY + GRACE)
    assert states(asked) == ["no_gestionado"]
    with asked.client() as person:
        person.select_folder("Procesados")
        person.move(person.search()[-1:], "INBOX")
    asked.round(after=HOUR)
    assert states(asked) == ["abierto"]
    assert [(r["template"], r["status"]) for r in asked.replies() if r["template"] != "pedir_datos"] == [
        ("no_gestionado", "not_needed"),
        ("caso_abierto", "sent"),
    ]


# -- the database is away ----------------------------------------------------------------------------------


def test_while_the_database_is_away_for_24_hours_mail_is_left_alone_and_counts_by_its_arrival(
    asked: Desk,
) -> None:
    """Hazard 62: nothing is moved; afterwards the answer that came in time is judged by the server's clock."""
    tell(asked, ANA, 23 * HOUR)
    with commits_fail(asked.store, NO_DATABASE):
        for _ in range(25):
            asked.clock.move(HOUR)
            for work in (asked.poll, asked.tick, asked.deliver):
                with pytest.raises(StoreUnavailable):
                    work()
        assert len(asked.lies_in("INBOX")) == 1
    assert asked.tick() == 0, "what the mailbox holds is not known yet"
    assert asked.round() == [Outcome.UPDATED]
    assert states(asked) == ["abierto"]


def test_a_request_that_was_accepted_while_the_database_was_away_counts_from_then(desk: Desk) -> None:
    """The result is kept until the database takes it; who was asked 24 hours ago has had 24 hours."""
    desk.gets(mail())
    desk.poll()
    at = desk.clock()
    real = desk.smtp().send

    def accepts_and_then(*args: Any) -> Any:
        receipt = real(*args)
        failing.__enter__()
        return receipt

    failing = commits_fail(desk.store, NO_DATABASE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk.smtp(), "send", accepts_and_then)
        with pytest.raises(StoreUnavailable):
            desk.deliver()
    desk.clock.move(DAY)
    failing.__exit__(None, None, None)
    desk.deliver()
    assert (len(desk.got(ANA)), deadline(desk)) == (1, at + DAY)
    desk.clock.move(-HOUR)
    desk.gets(answer(desk.got(ANA)[0]))
    desk.round(after=3 * HOUR)
    assert states(desk) == ["abierto"]


# -- the process sleeps, the clock is set ------------------------------------------------------------------


def test_suspended_for_30_hours_it_takes_in_the_mail_before_its_sweep_closes(desk: Desk) -> None:
    """Hazard 63: the clock of the daemon strikes first when it wakes."""
    for sender in (ANA, LUZ):
        desk.gets(mail(sender=sender))
    desk.round()
    tell(desk, ANA, 24 * HOUR - SECOND)
    desk.clock.move(30 * HOUR)
    assert (desk.tick(), states(desk)) == (0, ["precaso", "precaso"])
    desk.poll()
    desk.tick()
    assert states(desk) == ["abierto", "no_gestionado"]
    assert desk.tick() == 0
    desk.deliver()
    assert [len(desk.got(who)) for who in (ANA, LUZ)] == [2, 2]


def test_a_mailbox_that_was_read_by_a_clock_since_set_back_is_read_again_before_anything_closes(
    asked: Desk,
) -> None:
    """It was "read" up to half past ten; the clock goes back to half past nine, and at ten the answer comes."""
    asked.clock.move(DAY + 10 * MINUTE)
    asked.poll()
    asked.clock.move(-HOUR)
    asked.tick()
    asked.clock.move(30 * MINUTE)
    asked.gets(answer(asked.got(ANA)[0]))
    asked.clock.move(HOUR)
    assert (asked.tick(), states(asked)) == (0, ["precaso"])
    asked.poll()
    assert states(asked) == ["abierto"]


def test_a_clock_that_jumps_two_hours_ahead_costs_nobody_his_answer(asked: Desk) -> None:
    """Hazard 64: by the server's clock there were two hours left, and by it an answer is judged."""
    asked.clock.move(22 * HOUR)
    asked.round(after=2 * HOUR + GRACE)
    assert states(asked) == ["no_gestionado"]
    asked.clock.move(-2 * HOUR)
    asked.gets(answer(asked.got(ANA)[0]))
    asked.clock.move(2 * HOUR)
    assert asked.poll() == [Outcome.UPDATED]
    assert states(asked) == ["abierto"]


@pytest.mark.parametrize("step", [-HOUR, 2 * HOUR])
def test_a_clock_that_is_set_leaves_its_instants_to_the_deadlines(asked: Desk, step: timedelta) -> None:
    """Hazard 64: a deadline is a UTC instant, and is reached once."""
    due = deadline(asked)
    asked.round(after=20 * HOUR)
    asked.round(after=step)
    assert (deadline(asked), states(asked)) == (due, ["precaso"])
    asked.clock.now = due - SECOND
    asked.round()
    assert states(asked) == ["precaso"]
    asked.clock.now = due + GRACE
    asked.round()
    asked.round(after=HOUR)
    assert states(asked) == ["no_gestionado"]
    assert [e["kind"] for e in asked.case()["history"]].count("expired") == 1


# -- the clocks of the country change ----------------------------------------------------------------------

NIGHT = Hours(days={"sat-sun": "01:00-05:00"})


@pytest.mark.parametrize(
    ("zone", "calendar", "length", "asked_at", "expected"),
    [
        # 24 hours are 24 hours, whatever the wall clock says
        ("Europe/Madrid", "24/7", 24, "2026-03-28T11:00", "2026-03-29T11:00"),
        ("Europe/Madrid", "24/7", 24, "2026-10-24T10:00", "2026-10-25T10:00"),
        ("America/Bogota", "24/7", 24, "2026-03-28T11:00", "2026-03-29T11:00"),
        # Saturday's four hours, then 01:00 + 2: at two the clock says three
        ("Europe/Madrid", "noche", 6, "2026-03-28T00:00", "2026-03-29T02:00"),
        # …and what the wall clock says twice is open once less, never more
        ("Europe/Madrid", "noche", 5, "2026-10-23T23:00", "2026-10-25T00:00"),
        ("America/Bogota", "noche", 6, "2026-03-28T06:00", "2026-03-29T08:00"),
        ("America/Bogota", "noche", 6, "2026-10-24T06:00", "2026-10-25T08:00"),
    ],
)
def test_in_the_nights_in_which_clocks_change_a_case_closes_at_its_instant(
    new_desk: Desk, clock: Clock, zone: str, calendar: str, length: int, asked_at: str, expected: str
) -> None:
    """Hazard 64: UTC instants; the zone tells only when the desk is open, and what people read."""
    desk, due = new_desk, datetime.fromisoformat(expected).replace(tzinfo=UTC)
    clock.now = datetime.fromisoformat(asked_at).replace(tzinfo=UTC)
    desk.change(service=desk.config.service.model_copy(update={"timezone": zone}), hours={"noche": NIGHT})
    desk.change_rule("acceso", calendar=calendar, answer_within=timedelta(hours=length))
    desk.poll()
    desk.gets(mail())
    desk.round()
    assert deadline(desk) == due
    for step in (due - SECOND, due + GRACE - SECOND):
        clock.now = step
        desk.round()
        assert states(desk) == ["precaso"]
    clock.now = due + GRACE
    desk.round()
    assert states(desk) == ["no_gestionado"]


# -- the config changes meanwhile --------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [{}, {"noche": Hours(days={"mon": "08:00-09:00"})}])
def test_a_calendar_that_changes_or_goes_touches_no_open_case(
    new_desk: Desk, clock: Clock, hours: dict[str, Hours]
) -> None:
    """The request was accepted when its calendar was gone: it had no deadline, and nobody was told."""
    desk = new_desk
    clock.now = datetime(2026, 3, 28, 6, tzinfo=UTC)
    desk.change(hours={"noche": NIGHT})
    desk.change_rule("acceso", calendar="noche", answer_within=6 * HOUR)
    desk.poll()
    desk.gets(mail())
    desk.poll()
    desk.change_rule("acceso", calendar="")
    desk.change(hours=hours)
    desk.deliver()
    assert [r["status"] for r in desk.replies()] == ["sent"]
    assert deadline(desk) == datetime(2026, 3, 29, 8, tzinfo=UTC)


# -- at most one reminder, at most so many replies ---------------------------------------------------------


def test_a_precaso_that_is_open_again_is_not_reminded_again(asked: Desk) -> None:
    """At most two requests and one reminder for a precaso."""
    request = asked.got(ANA)[0]
    asked.round(after=13 * HOUR)
    asked.round(after=DAY)
    assert states(asked) == ["no_gestionado"]
    asked.clock.move(-20 * HOUR)
    asked.gets(answer(request, "Teléfono: 300 555 0101"))
    asked.round(after=20 * HOUR)
    assert states(asked) == ["precaso"]
    asked.round(after=13 * HOUR)
    assert [r["template"] for r in asked.replies()].count("recordatorio") == 1


def test_what_others_write_on_a_case_counts_against_what_its_requester_gets(desk: Desk) -> None:
    """Hazard 6: each of them answers, and she is written to: five times an hour, whoever the five are."""
    desk.change(replies=desk.config.replies.model_copy(update={"per_address_per_hour": 2}))
    desk.gets(mail())
    desk.round()
    for n in range(4):
        other = type(LUZ)(f"Colega {n}", addr_spec=f"colega{n}@oti.example")
        desk.gets(
            answer(desk.got(ANA)[0], "Teléfono: 300 555 0101" if n == 0 else "¿Qué falta?", sender=other)
        )
        desk.round(after=MINUTE)
    assert len(desk.got(ANA)) == 2
