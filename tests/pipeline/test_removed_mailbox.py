"""A mailbox was taken out of config.toml while cases of it are open: nothing breaks, nothing is closed unread."""

import pytest
from structlog.typing import EventDict

from mailbot.desk.delivery import Status
from mailbot.sending import Attempt, Fate, Worker, claim, settle
from mailbot.store import outbox
from tests.pipeline.given import ANA, DAY, DESK, HOUR, SECOND_BOX, Desk, answer, mail

Logged = list[EventDict]


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """A precaso of the mailbox `redes`, whose data were asked for."""
    desk.poll("redes")
    desk.gets(mail(), SECOND_BOX)
    desk.poll("redes")
    desk.deliver("redes")
    assert desk.case()["deadline"]
    return desk


def remove(desk: Desk) -> None:
    desk.change(mailbox={"soporte": desk.config.mailbox["soporte"]})


def test_its_deadlines_wait_until_it_is_there_again(asked: Desk, logged: Logged) -> None:
    """Invariant 3; also one that could have been judged, for its reply has no way out now."""
    before = asked.config.mailbox
    asked.clock.move(2 * DAY)
    asked.poll("redes")
    remove(asked)
    assert asked.tick() == 0
    assert [e for e in logged if e["log_level"] == "error"] == []
    assert asked.case()["state"] == "precaso"

    asked.change(mailbox=before)
    asked.tick()
    assert asked.case()["state"] == "no_gestionado"
    assert asked.deliver("redes") == 1


def test_what_waits_to_be_sent_stays_queued_and_goes_out_when_it_is_there_again(asked: Desk) -> None:
    before = asked.config.mailbox
    asked.gets(mail("Otra contraseña"), SECOND_BOX)
    asked.poll("redes")
    remove(asked)
    asked.clock.move(HOUR)
    asked.tick()
    asked.deliver("soporte")
    assert len(asked.got(ANA)) == 1
    with asked.store.reading() as s:
        assert outbox.pending(s, "redes") == {"queued": 1}

    asked.change(mailbox=before)
    asked.deliver("redes")
    assert len(asked.got(ANA)) == 2


def test_an_answer_that_comes_to_another_mailbox_completes_its_case(asked: Desk) -> None:
    remove(asked)
    asked.gets(answer(asked.got(ANA)[0]))
    asked.poll("soporte")
    asked.deliver("soporte")
    assert asked.case()["state"] == "abierto"
    assert len(asked.got(ANA)) == 2


def test_what_became_of_its_last_reply_is_told_all_the_same(desk: Desk, logged: Logged) -> None:
    """It was on its way when the mailbox was removed, and was refused: the precaso waits for a person."""
    desk.poll("redes")
    desk.gets(mail(), SECOND_BOX)
    desk.poll("redes")
    claimed = claim("redes", desk.store, desk.clock(), Worker("w"))
    assert claimed
    remove(desk)
    settle(Attempt(claimed, Fate(Status.REFUSED, "550 no"), desk.clock()), desk.live, desk.store)
    case = desk.case()
    assert case["attention"] == "request_refused"
    assert [(r["to"], r["status"], r["said"]) for r in case["replies"]] == [
        (ANA.addr_spec, "refused", "550 no"),
        (DESK, "failed", "El buzón «redes» ya no está en la configuración."),
    ]
    assert [e for e in logged if e["log_level"] == "error"] == []
