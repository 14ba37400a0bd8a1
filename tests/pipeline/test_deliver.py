"""Replies to send → claimed → sent → result stored: each once, and its case knows how it went (invariants 3, 4)."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from mailbot import sending
from mailbot.carry_out import carry_out
from mailbot.desk import by_hand
from mailbot.desk.case import State
from mailbot.desk.decision import Outcome
from mailbot.login import Logins
from mailbot.pipeline import deliver
from mailbot.sending import Worker, next_attempt
from mailbot.store import cases
from mailbot.transport.errors import Refused
from mailbot.transport.smtp import Smtp
from tests.pipeline.given import (
    ANA,
    DAY,
    DESK,
    HOUR,
    LUZ,
    MINUTE,
    NOW,
    SECOND,
    SUBJECT,
    Desk,
    Killed,
    answer,
    bounce,
    broken,
    mail,
)


@pytest.fixture
def waiting(desk: Desk) -> Desk:
    """A request for data is queued."""
    desk.gets(mail())
    desk.poll()
    return desk


def the_reply(desk: Desk) -> dict[str, Any]:
    return desk.replies()[0]


def attention(desk: Desk) -> str | None:
    found: str | None = desk.case()["attention"]
    return found


def never_closes(desk: Desk) -> bool:
    desk.round(after=10 * DAY)
    return bool(desk.case()["state"] == "precaso")


# -- accepted ----------------------------------------------------------------------------------------------


def test_the_24_hours_start_when_the_server_accepted_the_request(waiting: Desk) -> None:
    """Lesson 34: not when it was queued."""
    waiting.clock.move(3 * HOUR)
    waiting.deliver()
    assert the_reply(waiting)["status"] == "sent"
    assert datetime.fromisoformat(waiting.case()["deadline"]) == NOW + 27 * HOUR


def test_what_was_sent_is_never_sent_again(waiting: Desk) -> None:
    assert [waiting.deliver(), waiting.deliver()] == [1, 0]
    waiting.restart()
    assert waiting.deliver() == 0
    assert len(waiting.got()) == 1


def test_each_mailbox_sends_its_own_replies(waiting: Desk) -> None:
    assert waiting.deliver("redes") == 0
    assert waiting.deliver("soporte") == 1


# -- the process dies (hazard 57) --------------------------------------------------------------------------


def test_an_attempt_is_noted_before_the_server_is_dialled(waiting: Desk) -> None:
    with broken(Smtp, "send", Killed()), pytest.raises(Killed):
        waiting.deliver()
    assert (the_reply(waiting)["status"], the_reply(waiting)["attempts"]) == ("sending", 1)


def test_what_a_crash_interrupted_is_sent_once_more_and_is_the_same_mail(waiting: Desk) -> None:
    """The server had accepted it: the person gets one copy too many, of the same Message-ID and bytes."""
    send = Smtp.send

    def killed_after(*args: Any) -> None:
        send(*args)
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Smtp, "send", killed_after)
        with pytest.raises(Killed):
            waiting.deliver()
    waiting.abandoned()
    assert waiting.deliver() == 0, "its own process is no dead one"

    waiting.restart()
    waiting.abandoned()
    assert the_reply(waiting)["status"] == "uncertain"
    assert waiting.deliver() == 1
    assert (the_reply(waiting)["status"], the_reply(waiting)["attempts"]) == ("sent", 2)
    first, second = waiting.servers.sent_to(ANA.addr_spec)
    assert first == second
    assert waiting.case()["deadline"] is not None


def test_after_a_second_crash_a_person_must_look(waiting: Desk) -> None:
    for _ in range(2):
        with broken(Smtp, "send", Killed()), pytest.raises(Killed):
            waiting.deliver()
        waiting.restart()
        waiting.abandoned()
    assert (the_reply(waiting)["status"], attention(waiting)) == ("uncertain", "request_uncertain")
    assert waiting.deliver() <= 1, "only the notice to the desk"
    assert waiting.got(ANA) == []
    assert never_closes(waiting)


def test_a_request_of_which_the_case_could_not_be_told_leaves_it_to_a_person(waiting: Desk) -> None:
    """Invariant 3: without attention nobody would ever look at a precaso whose deadline does not run."""
    with broken(sending, "decide_delivery", RuntimeError("a mistake")):
        waiting.deliver()
    assert (the_reply(waiting)["status"], attention(waiting)) == ("sent", "request_not_noted")
    assert waiting.case()["history"][-1]["reason"] == "request_not_noted"
    assert len(waiting.got(ANA)) == 1
    assert never_closes(waiting)


def test_so_does_one_that_was_taken_over_for_the_second_time(waiting: Desk) -> None:
    for _ in range(2):
        with broken(Smtp, "send", Killed()), pytest.raises(Killed):
            waiting.deliver()
        waiting.restart()
        with broken(sending, "decide_delivery", RuntimeError("a mistake")):
            waiting.abandoned()
    assert (the_reply(waiting)["status"], attention(waiting)) == ("uncertain", "request_not_noted")


# -- cut after the final dot -------------------------------------------------------------------------------


def test_cut_after_the_final_dot_it_is_tried_once_more_and_then_handed_to_a_person(waiting: Desk) -> None:
    with waiting.faulty_smtp(dot=None):
        waiting.deliver()
        assert (the_reply(waiting)["status"], attention(waiting)) == ("uncertain", None)
        waiting.clock.move(HOUR)
        waiting.deliver()
        assert (the_reply(waiting)["status"], attention(waiting)) == ("uncertain", "request_uncertain")
        waiting.clock.move(DAY)
        waiting.deliver()
    assert the_reply(waiting)["attempts"] == 2
    assert never_closes(waiting)


def test_cut_once_and_accepted_the_second_time_its_clock_runs(waiting: Desk) -> None:
    with waiting.faulty_smtp(dot=None):
        waiting.deliver()
    waiting.clock.move(HOUR)
    waiting.deliver()
    assert (the_reply(waiting)["status"], attention(waiting)) == ("sent", None)
    assert datetime.fromisoformat(waiting.case()["deadline"]) == NOW + 25 * HOUR


# -- refused -----------------------------------------------------------------------------------------------


def test_what_the_server_puts_off_is_tried_for_five_days_and_then_given_up(waiting: Desk) -> None:
    """Hazard 58, RFC 5321 §4.5.4.1."""
    with waiting.faulty_smtp({"RCPT": "451 4.3.0 later\n"}):
        while the_reply(waiting)["status"] == "queued" and waiting.clock() < NOW + 7 * DAY:
            waiting.deliver()
            waiting.clock.move(2 * HOUR)
    assert (the_reply(waiting)["status"], attention(waiting)) == ("given_up", "request_refused")
    assert timedelta(0) <= waiting.clock() - NOW - 5 * DAY < 5 * HOUR
    assert the_reply(waiting)["attempts"] > 50
    assert never_closes(waiting)


def test_between_two_tries_it_waits_longer_each_time_up_to_an_hour(waiting: Desk) -> None:
    with waiting.faulty_smtp({"RCPT": "451 4.3.0 later\n"}):
        waiting.deliver()
        waiting.clock.move(10 * SECOND)
        waiting.deliver()
        assert the_reply(waiting)["attempts"] == 1, "too early"
        waiting.clock.move(2 * MINUTE)
        waiting.deliver()
        assert the_reply(waiting)["attempts"] == 2
    delays = [next_attempt(n, NOW) - NOW for n in (1, 3, 5, 50)]
    assert delays == sorted(delays)
    assert 45 * MINUTE <= delays[-1] <= 75 * MINUTE


def test_a_request_that_is_refused_for_good_is_shown_to_the_desk(waiting: Desk) -> None:
    """Lesson 34, hazard 59: 5xx."""
    with waiting.faulty_smtp({"RCPT": "550 5.1.1 no such user\n"}):
        waiting.deliver()
    assert (the_reply(waiting)["status"], attention(waiting)) == ("refused", "request_refused")
    assert "no such user" in the_reply(waiting)["said"]
    assert the_reply(waiting)["attempts"] == 1
    assert never_closes(waiting)
    assert waiting.got(ANA) == []


def test_the_desk_is_told_of_a_refused_request(waiting: Desk) -> None:
    with broken(Smtp, "send", Refused("x", 550, "no such user", permanent=True)):
        waiting.deliver()
    waiting.round(after=HOUR)
    assert {r["template"]: r["to"] for r in waiting.case()["replies"]}["aviso_atencion"] == DESK


def test_a_refused_recipient_does_not_keep_the_others_from_theirs(waiting: Desk) -> None:
    """Hazard 59."""
    send = Smtp.send

    def picky(smtp: Smtp, envelope_from: str, to: str, data: bytes) -> Any:
        if to == ANA.addr_spec:
            raise Refused("x", 550, "no such user", permanent=True)
        return send(smtp, envelope_from, to, data)

    waiting.gets(mail(sender=LUZ))
    waiting.poll()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Smtp, "send", picky)
        waiting.deliver()
    assert [r["status"] for r in waiting.replies()] == ["refused", "sent"]
    assert len(waiting.got(LUZ)) == 1


# -- the server is away ------------------------------------------------------------------------------------


def test_while_the_server_is_away_replies_wait_and_are_then_sent(waiting: Desk, dead_port: int) -> None:
    waiting.gets(mail(sender=LUZ))
    waiting.poll()
    waiting.smtp_at(dead_port)
    assert waiting.deliver() == 1, "the others need not find out as well"
    assert [r["status"] for r in waiting.replies()] == ["queued", "queued"]
    waiting.smtp_at(waiting.servers.smtp_port)
    waiting.clock.move(HOUR)
    waiting.deliver()
    assert [r["status"] for r in waiting.replies()] == ["sent", "sent"]


def test_without_its_password_nothing_is_lost_or_thought_to_be_sent(
    waiting: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attempt certainly reached nobody, so it is no uncertain one."""
    monkeypatch.delenv("MAILBOT_TEST_PASSWORD")
    with waiting.faulty_smtp(ehlo="250-faulty\n250 AUTH PLAIN LOGIN\n"):
        smtp = Logins(waiting.config, waiting.store).smtp(waiting.box())
        deliver("soporte", smtp, waiting.live, waiting.store, waiting.clock, Worker("w"), lambda: True)
        smtp.close()
    assert the_reply(waiting)["status"] == "queued"
    assert "MAILBOT_TEST_PASSWORD" in the_reply(waiting)["said"]


# -- no more needed (hazard 58) ----------------------------------------------------------------------------


def test_a_request_for_data_that_have_come_meanwhile_is_not_sent(waiting: Desk) -> None:
    waiting.gets(mail(text="Teléfono: 300 555 0101\nSede: Cali"))
    assert waiting.poll() == [Outcome.UPDATED]
    waiting.deliver()
    assert [(r["template"], r["status"]) for r in waiting.replies()] == [
        ("pedir_datos", "not_needed"),
        ("caso_abierto", "sent"),
    ]
    assert len(waiting.got(ANA)) == 1


def test_a_request_on_a_case_that_a_person_ended_is_not_sent(waiting: Desk) -> None:
    with waiting.store.transaction() as s:
        found = cases.by_id(s, 1)
        decision = by_hand.move(found, State.ANULADO, "duplicate", "cli:luz", waiting.live.policy)
        carry_out(s, decision, waiting.live, waiting.clock(), "soporte")
    waiting.deliver()
    assert the_reply(waiting)["status"] == "not_needed"
    assert waiting.got(ANA) == []


def test_a_reminder_that_waited_until_after_the_deadline_is_not_sent(waiting: Desk, dead_port: int) -> None:
    waiting.deliver()
    waiting.smtp_at(dead_port)
    waiting.round(after=13 * HOUR)
    assert [r["status"] for r in waiting.replies("recordatorio")] == ["queued"]
    waiting.smtp_at(waiting.servers.smtp_port)
    waiting.round(after=12 * HOUR)
    assert [r["status"] for r in waiting.replies("recordatorio")] == ["not_needed"]
    assert [m["Auto-Submitted"] for m in waiting.got(ANA)] == ["auto-replied", "auto-generated"]


# -- limits (invariant 4, hazard 6) ------------------------------------------------------------------------


subjects = count(1)


def ask(desk: Desk, n: int, sender: Any = ANA) -> None:
    for _ in range(n):
        desk.clock.move(SECOND)
        desk.gets(mail(f"contraseña {next(subjects)}", sender=sender))
        desk.poll()
    desk.deliver()


def test_one_address_gets_five_replies_an_hour_and_a_restart_forgives_none(desk: Desk) -> None:
    ask(desk, 3)
    desk.restart()
    ask(desk, 4)
    assert len(desk.got(ANA)) == 5
    assert [c["attention"] for c in desk.cases()] == [None] * 5 + ["cannot_answer"] * 2
    ask(desk, 1, sender=LUZ)
    assert len(desk.got(LUZ)) == 1
    desk.clock.move(HOUR)
    ask(desk, 1)
    assert len(desk.got(ANA)) == 6


def test_one_address_gets_no_more_than_its_share_of_a_day(desk: Desk) -> None:
    """`[replies] per_address_per_day`; what an address gets unasked does not count."""
    desk.change(replies=desk.config.replies.model_copy(update={"per_address_per_day": 4}))
    for _ in range(3):
        ask(desk, 2)
        desk.round(after=6 * HOUR)
    asked = [m for m in desk.got(ANA) if m["Auto-Submitted"] == "auto-replied"]
    assert len(asked) == 4
    assert [c["attention"] for c in desk.cases()] == [None] * 4 + ["cannot_answer"] * 2


def test_over_all_there_is_a_breaker(desk: Desk) -> None:
    """`[replies] per_hour`."""
    desk.change(replies=desk.config.replies.model_copy(update={"per_hour": 2}))
    for sender in (ANA, LUZ, ANA, LUZ):
        ask(desk, 1, sender=sender)
    assert len(desk.got(ANA)) + len(desk.got(LUZ)) == 2
    assert [c["attention"] for c in desk.cases()].count("cannot_answer") >= 1


@pytest.mark.parametrize("send", ["none", ("*@piloto.example",)])
def test_in_a_pilot_everything_is_decided_and_nothing_sent(desk: Desk, send: Any) -> None:
    """`[replies] send`: such a precaso has no deadline and waits for a person."""
    desk.change(replies=desk.config.replies.model_copy(update={"send": send}))
    desk.gets(mail())
    desk.round()
    assert (the_reply(desk)["status"], attention(desk)) == ("not_needed", "not_in_pilot")
    assert never_closes(desk)
    assert (desk.got(ANA), desk.got(DESK)) == ([], [])


def test_in_a_pilot_the_chosen_addresses_get_their_mail(desk: Desk) -> None:
    desk.change(replies=desk.config.replies.model_copy(update={"send": ("*@oti.example",)}))
    desk.gets(mail())
    desk.round()
    assert [m["To"] for m in desk.got(ANA)] == [ANA.addr_spec]


# -- bounces (hazards 1, 9, 11) ----------------------------------------------------------------------------


def test_a_request_that_bounces_stops_the_clock_and_is_shown_to_a_person(waiting: Desk) -> None:
    waiting.deliver()
    waiting.clock.move(MINUTE)
    waiting.gets(bounce(waiting.got(ANA)[0]))
    assert waiting.poll() == [Outcome.BOUNCE]
    assert (the_reply(waiting)["status"], attention(waiting)) == ("bounced", "request_bounced")
    assert waiting.case()["deadline"] is None  # invariant 3
    assert never_closes(waiting)
    assert len(waiting.got(ANA)) == 1, "nothing answers a bounce"
    assert waiting.got("mailer-daemon@oti.example") == []


def test_a_delay_notice_changes_nothing(waiting: Desk) -> None:
    waiting.deliver()
    before = waiting.case()["deadline"]
    waiting.gets(bounce(waiting.got(ANA)[0], action="delayed"))
    assert waiting.poll() == [Outcome.BOUNCE]
    assert (the_reply(waiting)["status"], attention(waiting)) == ("sent", None)
    assert waiting.case()["deadline"] == before


def test_a_bounce_that_names_no_mail_of_ours_disables_nobody(waiting: Desk) -> None:
    """Hazard 9: it knows the person and the number, and not our reference."""
    waiting.deliver()
    (ours,) = waiting.got(ANA)
    for header in ("Message-ID", "References", "X-Mailbot-Reference"):
        ours.replace_header(header, "<ms.0123456789abcdef@mesa.example>")
    waiting.gets(bounce(ours))
    assert waiting.poll() == [Outcome.IGNORED]
    assert (the_reply(waiting)["status"], attention(waiting)) == ("sent", None)


def test_whoever_answers_after_the_bounce_is_heard(waiting: Desk) -> None:
    """The address was mended by the desk, or the bounce was a mistake."""
    waiting.deliver()
    (ours,) = waiting.got(ANA)
    waiting.gets(bounce(ours))
    waiting.poll()
    waiting.gets(answer(ours))
    waiting.poll()
    assert (waiting.case()["state"], attention(waiting)) == ("abierto", None)
    assert waiting.case()["subject"] == SUBJECT
