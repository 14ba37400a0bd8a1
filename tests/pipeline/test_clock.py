"""What is due → decided → stored with its replies: reminders and deadlines that are honest (invariant 3)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import text

from mailbot.desk.decision import Outcome
from mailbot.store.check import integrity
from tests.pipeline.given import ANA, DATA, DAY, HOUR, LUZ, MINUTE, SECOND, Desk, answer, mail

GRACE = 5 * MINUTE


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """Ana's request for data was accepted now: its 24 hours run."""
    desk.gets(mail())
    desk.round()
    return desk


def state(desk: Desk) -> str:
    return str(desk.case()["state"])


def kinds(desk: Desk) -> Counter[str]:
    return Counter(event["kind"] for event in desk.case()["history"])


def test_a_precaso_whose_data_do_not_come_becomes_no_gestionado(asked: Desk) -> None:
    """A22."""
    asked.round(after=DAY + GRACE)
    assert state(asked) == "no_gestionado"
    assert [r["template"] for r in asked.replies()] == ["pedir_datos", "no_gestionado"]
    assert len(asked.got(ANA)) == 2


def test_it_closes_only_when_its_mailbox_was_read_five_minutes_beyond_the_deadline(asked: Desk) -> None:
    """Mail under way when the deadline falls is waited for."""
    asked.clock.move(DAY + GRACE - SECOND)
    asked.poll()
    asked.clock.move(DAY)
    asked.tick()
    assert state(asked) == "precaso"
    asked.poll()
    asked.tick()
    assert state(asked) == "no_gestionado"


def test_after_an_outage_nothing_closes_before_the_mailbox_was_read(asked: Desk) -> None:
    """Hazard 66: the answer came in time; the daemon was down, and looks at its clocks first."""
    asked.clock.move(DAY - MINUTE)
    asked.gets(answer(asked.got(ANA)[0]))
    asked.clock.move(6 * HOUR)
    assert (asked.tick(), state(asked)) == (0, "precaso")
    asked.poll()
    assert (asked.tick(), state(asked)) == (0, "abierto")


def test_an_answer_that_came_in_time_and_shows_up_late_reopens_the_case(asked: Desk) -> None:
    """Arrival at the server decides, however late it is read."""
    (request,) = asked.got(ANA)
    asked.round(after=2 * DAY)
    assert state(asked) == "no_gestionado"
    asked.clock.move(-DAY - HOUR)
    asked.gets(answer(request))
    asked.clock.move(DAY + HOUR)
    assert asked.poll() == [Outcome.UPDATED]
    assert state(asked) == "abierto"
    assert "answer_was_in_time" in [event["reason"] for event in asked.case()["history"]]


def test_an_answer_that_came_late_opens_a_related_precaso_with_all_that_was_given(asked: Desk) -> None:
    (request,) = asked.got(ANA)
    asked.clock.move(HOUR)
    asked.gets(answer(request, "Teléfono: 300 555 0101"))
    asked.round()
    asked.round(after=2 * DAY)
    asked.gets(answer(request, "Sede: Bogotá, piso 3"))
    assert asked.poll() == [Outcome.OPENED]
    old, new = asked.cases()
    assert (old["state"], new["state"]) == ("no_gestionado", "abierto")
    assert new["related"] == [{"number": old["number"], "how": "late_answer_of"}]
    assert new["required"]["telefono"] == "300 555 0101"


def test_a_reminder_goes_out_once(asked: Desk) -> None:
    for _ in range(4):
        asked.round(after=5 * HOUR)
    assert [r["template"] for r in asked.replies()] == ["pedir_datos", "recordatorio"]
    assert len(asked.got(ANA)) == 2


def test_without_reminders_none_is_sent(desk: Desk) -> None:
    """`remind_after = ""`."""
    desk.change(precaso=desk.config.precaso.model_copy(update={"remind_after": None}))
    desk.gets(mail())
    desk.round()
    desk.round(after=20 * HOUR)
    assert [r["template"] for r in desk.replies()] == ["pedir_datos"]


def test_after_a_long_sleep_each_case_is_closed_once_and_not_reminded(desk: Desk) -> None:
    """Hazard 63: the process was suspended for three days."""
    for sender in (ANA, LUZ):
        desk.gets(mail(sender=sender))
    desk.round()
    desk.round(after=3 * DAY)
    desk.round()
    assert [c["state"] for c in desk.cases()] == ["no_gestionado"] * 2
    assert Counter(r["template"] for r in desk.replies()) == {"pedir_datos": 2, "no_gestionado": 2}


def test_a_precaso_whose_request_was_never_accepted_has_no_deadline(desk: Desk) -> None:
    desk.gets(mail())
    desk.poll()
    desk.clock.move(10 * DAY)
    desk.poll()
    assert desk.tick() == 0
    assert (state(desk), desk.case()["deadline"]) == ("precaso", None)


def test_an_out_of_office_is_not_the_data_and_does_not_move_the_clock(asked: Desk) -> None:
    """Lesson 14."""
    before = asked.case()["deadline"]
    asked.clock.move(HOUR)
    asked.gets(answer(asked.got(ANA)[0], DATA, auto_submitted="auto-replied"))
    assert asked.poll() == [Outcome.UPDATED]
    assert (state(asked), asked.case()["deadline"]) == ("precaso", before)
    asked.round(after=DAY)
    assert state(asked) == "no_gestionado"
    assert len(asked.got(ANA)) == 2


def test_the_date_in_a_mail_decides_nothing(asked: Desk) -> None:
    """Hazard 65."""
    (request,) = asked.got(ANA)
    asked.round(after=2 * DAY)
    asked.gets(answer(request, date="Wed, 18 Nov 2026 15:30:00 +0000"))
    asked.poll()
    assert asked.cases()[0]["state"] == "no_gestionado"


def test_a_second_request_keeps_the_first_deadline(asked: Desk) -> None:
    deadline = asked.case()["deadline"]
    asked.clock.move(HOUR)
    asked.gets(answer(asked.got(ANA)[0], "Teléfono: 300 555 0101"))
    asked.round()
    assert asked.case()["missing"] == ["sede"]
    assert asked.case()["deadline"] == deadline
    assert [r["template"] for r in asked.replies()] == ["pedir_datos", "pedir_faltantes"]


def test_a_clock_that_is_set_back_closes_nothing_early(asked: Desk) -> None:
    """Hazard 64: deadlines are UTC instants."""
    due = datetime.fromisoformat(str(asked.case()["deadline"]))
    asked.round(after=-2 * HOUR)
    asked.round(after=24 * HOUR)
    assert asked.clock() < due
    assert state(asked) == "precaso"
    asked.round(after=3 * HOUR)
    assert (state(asked), kinds(asked)["expired"]) == ("no_gestionado", 1)


# -- several at once (invariant 2) -------------------------------------------------------------------------


def test_two_sweeps_at_once_close_a_case_once(asked: Desk) -> None:
    asked.clock.move(DAY + HOUR)
    asked.poll()
    with ThreadPoolExecutor(2) as pool:
        settled = sum(pool.map(lambda _: asked.tick(), range(2)))
    assert (settled >= 1, kinds(asked)["expired"]) == (True, 1)
    assert len(asked.replies("no_gestionado")) == 1


@pytest.mark.parametrize("round_", range(3))
def test_an_answer_and_the_close_at_once_leave_the_answer(asked: Desk, round_: int) -> None:
    """Hazard 66: whoever of the two is first, the case is open, told once, and its history is whole."""
    asked.clock.move(DAY + HOUR)
    asked.poll()
    asked.clock.move(-2 * HOUR)
    asked.gets(answer(asked.got(ANA)[0]))
    asked.clock.move(2 * HOUR)
    with ThreadPoolExecutor(2) as pool:
        sweep, poll = pool.submit(asked.tick), pool.submit(asked.poll)
        sweep.result()
        assert poll.result() == [Outcome.UPDATED]
    assert state(asked) == "abierto"
    assert len(asked.replies("caso_abierto")) == 1
    with asked.store.reading() as s:
        assert integrity(s) == ()
    asked.deliver()
    assert [r["status"] for r in asked.replies("no_gestionado")] in ([], ["not_needed"])


def test_a_case_that_cannot_be_judged_does_not_stop_the_others(desk: Desk) -> None:
    """Hazard 49, for the clock: a row that was damaged, first in line."""
    for sender in (ANA, LUZ):
        desk.gets(mail(sender=sender))
    desk.round()
    with desk.store.transaction() as s:
        s.connection().execute(text("""UPDATE "case" SET snapshot = '{}' WHERE id = 1"""))
    desk.clock.move(2 * DAY)
    desk.poll()
    desk.tick()
    with desk.store.reading() as s:
        states = s.connection().execute(text('SELECT state FROM "case" ORDER BY id')).scalars().all()
    assert states == ["precaso", "no_gestionado"]
