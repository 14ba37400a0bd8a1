"""One message's failure touches one message (lesson 7, hazard 49), and a person can have it judged again."""

from typing import Any

import pytest

from mailbot import pipeline
from mailbot.again import NotPossible, promote, retry
from mailbot.desk.decide import decide
from mailbot.desk.decision import Outcome
from mailbot.store import Conflict, ledger, raw
from mailbot.transport.imap import ImapMailbox
from tests.pipeline.given import (
    ANA,
    DAY,
    HOUR,
    LUZ,
    MINUTE,
    PASSWORD,
    QUICK,
    SUBJECT,
    Desk,
    answer,
    mail,
    poison,
)
from tests.transport import faulty

ARRIVED = 'INTERNALDATE "18-Nov-2026 15:00:00 +0000"'
CURSED = "Contraseña maldita"


@pytest.fixture
def curse() -> Any:
    """While it lasts, a mail with this subject breaks the decision; `mend()` ends it."""

    def breaks(arrival: Any, message: Any, *rest: Any) -> Any:
        if message.subject == CURSED:
            raise ZeroDivisionError("maldito")
        return decide(arrival, message, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mailbot.pipeline.decide", breaks)
        yield patch


def test_a_mail_that_cannot_be_parsed_is_kept_whole_and_the_others_go_on(desk: Desk) -> None:
    """Invariant 1."""
    bad = desk.gets(poison())
    desk.gets(mail())
    assert desk.poll() == [Outcome.FAILED, Outcome.OPENED]
    failed = desk.messages()[0]
    assert (failed["outcome"], failed["from"], failed["subject"]) == ("failed", ANA.addr_spec, "veneno")
    assert failed["reasons"][0]["detail"] == "más de 100 partes una dentro de otra"
    with desk.store.reading() as s:
        assert raw.raw(s, failed["id"]) == bad
    assert desk.lies_in("Por revisar") == ["veneno"]
    assert desk.poll() == []


@pytest.mark.usefixtures("curse")
def test_a_mail_that_breaks_the_decision_leaves_nothing_half_done(desk: Desk) -> None:
    for subject in (CURSED, SUBJECT):
        desk.gets(mail(subject))
    assert desk.poll() == [Outcome.FAILED, Outcome.OPENED]
    assert desk.case()["subject"] == SUBJECT
    assert len(desk.replies()) == 1


def test_after_the_mend_a_failed_mail_is_judged_as_if_it_came_now(
    desk: Desk, curse: pytest.MonkeyPatch
) -> None:
    desk.gets(mail(CURSED))
    desk.poll()
    curse.undo()
    desk.clock.move(HOUR)
    (failed,) = desk.messages()
    judged = retry(failed["id"], desk.live, desk.store, desk.clock())
    assert (judged.outcome, judged.case) == (Outcome.OPENED, "MS-000001")
    (message,) = desk.messages()
    assert (message["outcome"], message["case"]) == ("opened", "MS-000001")
    assert [past["outcome"] for past in message["earlier"]] == ["failed"]
    desk.deliver()
    assert len(desk.got(ANA)) == 1
    with pytest.raises(NotPossible):
        retry(failed["id"], desk.live, desk.store, desk.clock())


def test_what_still_cannot_be_read_stays_failed(desk: Desk) -> None:
    desk.gets(poison())
    desk.poll()
    with pytest.raises(NotPossible, match="sigue"):
        retry(desk.messages()[0]["id"], desk.live, desk.store, desk.clock())
    assert desk.messages()[0]["outcome"] == "failed"


def test_a_person_makes_a_request_of_a_mail_that_no_rule_knew(desk: Desk) -> None:
    desk.gets(mail("Almuerzo del viernes"))
    assert desk.poll() == [Outcome.UNMATCHED]
    (message,) = desk.messages()
    judged = promote(message["id"], "acceso", "cli:luz", desk.live, desk.store, desk.clock())
    assert judged.outcome == Outcome.OPENED
    assert len(desk.lies_in("Por revisar")) == 1
    desk.poll()
    assert (desk.lies_in("Por revisar"), len(desk.lies_in("Procesados"))) == ([], 1)
    desk.deliver()
    assert [m["Subject"] for m in desk.got(ANA)] == ["Re: Almuerzo del viernes [MS-000001]"]
    assert desk.case()["history"][0]["by"] == "cli:luz"
    with pytest.raises(NotPossible):
        promote(message["id"], "acceso", "cli:luz", desk.live, desk.store, desk.clock())
    assert len(desk.cases()) == 1


def test_no_mail_is_promoted_to_a_rule_that_opens_no_precaso(desk: Desk) -> None:
    desk.gets(mail("Almuerzo del viernes"))
    desk.poll()
    with pytest.raises(NotPossible, match="acceso"):
        promote(desk.messages()[0]["id"], "boletin", "cli:luz", desk.live, desk.store, desk.clock())


def test_what_the_server_does_not_give_is_asked_for_three_times_and_then_failed(desk: Desk) -> None:
    """Lesson 7. A damaged mail on the server has an outcome too; until then the mailbox counts as unread."""
    answers: dict[str, str | None] = {
        "UID SEARCH": "* SEARCH 4\nTAG OK done\n",
        r"UID FETCH 4 \(RFC822.SIZE": f"* 1 FETCH (UID 4 RFC822.SIZE 10 {ARRIVED})\nTAG OK done\n",
        "UID FETCH": "TAG NO [SERVERBUG] damaged\n",
    }
    before = desk.read_up_to()
    with faulty.imap(answers) as server:
        where = desk.box().imap.model_copy(update={"port": server.port})
        desk.change_box(imap=where, start="all", answer_backlog=True)
        imap = ImapMailbox(desk.box(), lambda: PASSWORD, QUICK)
        imap.connect()
        polls = [
            pipeline.receive(desk.box(), imap, desk.live, desk.store, desk.clock, lambda: True)
            for _ in range(4)
        ]
        imap.close()
    assert polls[:3] == [[], [], [Outcome.FAILED]]
    assert desk.read_up_to() == before
    assert "SERVERBUG" in desk.messages()[0]["reasons"][0]["detail"]
    with pytest.raises(NotPossible, match="INBOX"):  # only its header is here
        retry(desk.messages()[0]["id"], desk.live, desk.store, desk.clock())


def test_a_failed_mail_is_noted_even_if_another_writer_was_faster(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariant 1: a lost race is tried again; the mail is not passed over."""
    record, calls = ledger.record_failed, []

    def once_too_late(*args: Any, **rest: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise Conflict("somebody was faster")
        return record(*args, **rest)

    monkeypatch.setattr(ledger, "record_failed", once_too_late)
    desk.gets(poison())
    assert desk.poll() == [Outcome.FAILED]
    assert [m["outcome"] for m in desk.messages()] == ["failed"]


# -- failed mail and deadlines (invariant 3) ---------------------------------------------------------------


def test_a_poll_with_a_failed_mail_does_not_count_as_reading_the_mailbox(desk: Desk) -> None:
    before = desk.read_up_to()
    desk.clock.move(MINUTE)
    desk.gets(poison())
    desk.poll()
    assert desk.read_up_to() == before
    desk.poll()
    assert desk.read_up_to() == desk.clock()


def test_a_precaso_waits_for_a_person_if_its_answer_may_be_the_mail_that_failed(desk: Desk) -> None:
    desk.gets(mail())
    desk.round()
    desk.clock.move(HOUR)
    desk.gets(poison())
    desk.round()
    desk.round(after=2 * DAY)
    case = desk.case()
    assert (case["state"], case["attention"]) == ("precaso", "unreadable_mail")


@pytest.mark.usefixtures("curse")
def test_another_persons_failed_mail_keeps_no_deadline_open(desk: Desk) -> None:
    desk.gets(mail())
    desk.round()
    desk.clock.move(HOUR)
    desk.gets(mail(CURSED, sender=LUZ))
    desk.round()
    desk.round(after=2 * DAY)
    assert desk.case()["state"] == "no_gestionado"


def test_a_failed_answer_that_is_mended_late_counts_by_its_arrival(
    desk: Desk, curse: pytest.MonkeyPatch
) -> None:
    """It came in time; nobody could read it until after the deadline."""
    desk.gets(mail())
    desk.round()
    desk.clock.move(HOUR)
    (request,) = desk.got(ANA)
    request.replace_header("Subject", CURSED)
    desk.gets(answer(request))
    assert desk.round() == [Outcome.FAILED]
    desk.round(after=2 * DAY)
    curse.undo()
    retry(desk.messages()[-1]["id"], desk.live, desk.store, desk.clock())
    assert desk.case()["state"] == "abierto"
