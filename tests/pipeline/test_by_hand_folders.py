"""A person decides by moving mail into a folder: «Crear caso» makes a case of it, «Informativo» none."""

from email.message import EmailMessage
from typing import Any

import pytest
from imapclient import IMAPClient  # type: ignore[import-untyped]
from structlog.typing import EventDict

from mailbot import sorting
from mailbot.again import promote
from mailbot.cli import words
from mailbot.desk import by_hand as decided_by_hand
from mailbot.desk.decision import Outcome
from mailbot.reading import make_folders
from mailbot.reconcile import Account, reconcile
from mailbot.store import StoreUnavailable
from mailbot.store.check import integrity
from mailbot.store.engine import Store
from mailbot.transport.errors import TransportError
from mailbot.transport.imap import ImapMailbox, Selected
from tests.pipeline.given import (
    DAY,
    HOUR,
    PASSWORD,
    QUICK,
    ROBOT,
    SECOND_BOX,
    SUBJECT,
    Desk as Plain,
    answer,
    bounce,
    broken,
    mail,
    poison,
)

INBOX, HANDLED, REVIEW, CREATE, INFORMATIVE = (
    "INBOX",
    "Procesados",
    "Por revisar",
    "Crear caso",
    "Informativo",
)
NOTHING = "Se dañó la silla"


@pytest.fixture
def desk(desk: Plain) -> Plain:
    """It has looked at all its folders once."""
    desk.by_hand()
    return desk


@pytest.fixture
def waiting(desk: Plain) -> Plain:
    """A mail that no rule knows waits for a person."""
    desk.gets(mail(NOTHING))
    assert desk.poll() == [Outcome.UNMATCHED]
    return desk


def the(messages: list[dict[str, Any]]) -> dict[str, Any]:
    (only,) = messages
    return only


def lies_in(desk: Plain) -> dict[str, list[str]]:
    """Where mail lies, of all folders."""
    folders = (INBOX, HANDLED, REVIEW, CREATE, INFORMATIVE, "Boletines")
    return {f: found for f in folders if (found := desk.lies_in(f))}


def by_hand(message: dict[str, Any]) -> list[tuple[str, str]]:
    return [(r["said"], r["detail"]) for r in message["reasons"] if r["check"] == "by_hand"]


def agrees(desk: Plain) -> bool:
    """Server, ledger and database (invariant 1)."""
    account = Account()
    reconcile(desk.box(), desk.imap(), desk.live, desk.store, account)
    with desk.store.reading() as s:
        return account.agrees and not integrity(s)


def asked(desk: Plain) -> EmailMessage:
    """A precaso of Ana's, whose request for data was sent."""
    desk.gets(mail())
    desk.round()
    return desk.got()[-1]


def selections(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that are selected from now on."""
    selected: list[str] = []
    really = ImapMailbox.select

    def select(imap: ImapMailbox, folder: str) -> Selected:
        selected.append(folder)
        return really(imap, folder)

    monkeypatch.setattr(ImapMailbox, "select", select)
    return selected


# -- «Crear caso» ------------------------------------------------------------------------------------------


def test_a_mail_that_nothing_matched_becomes_an_open_case_at_once(waiting: Plain) -> None:
    """A15, A23: a person looked at it and wants a case: nothing more is asked."""
    waiting.drags(REVIEW, CREATE)
    assert waiting.by_hand() == [Outcome.OPENED]
    case, message = waiting.case(), the(waiting.messages())
    assert (case["state"], case["rule"], case["group"], case["channel"]) == (
        "abierto",
        "a_mano",
        "Mesa de servicios",
        "correo",
    )
    assert (case["history"][0]["by"], case["required"], case["attention"]) == ("folder:Crear caso", {}, None)
    assert by_hand(message) == [("promoted", "a_mano (folder:Crear caso)")]
    assert (message["case"], message["id"]) == (case["number"], 1)
    assert lies_in(waiting) == {HANDLED: [NOTHING]}
    assert [r["template"] for r in waiting.replies()] == ["caso_abierto"]
    assert agrees(waiting)


def test_what_was_decided_before_is_kept_and_told_in_words(waiting: Plain) -> None:
    """Invariant 8."""
    waiting.drags(REVIEW, CREATE)
    waiting.by_hand()
    message = the(waiting.messages())
    assert [e["outcome"] for e in message["earlier"]] == ["unmatched"]
    assert "una persona pidió el caso: regla a_mano (movido a «Crear caso»)" in words.reasons(
        message["reasons"]
    )
    assert words.by(waiting.case()["history"][0]["by"]) == "movido a «Crear caso»"


def test_a_rule_that_was_added_since_is_the_rule_of_the_case(waiting: Plain) -> None:
    waiting.change_rule("acceso", keywords=("contraseña", "silla"))
    waiting.drags(REVIEW, CREATE)
    assert waiting.by_hand() == [Outcome.OPENED]
    assert (waiting.case()["rule"], waiting.case()["state"]) == ("acceso", "precaso")
    assert waiting.case()["history"][0]["by"] == "folder:Crear caso"
    assert by_hand(the(waiting.messages())) == [("promoted", "acceso (folder:Crear caso)")]
    assert [r["template"] for r in waiting.replies()] == ["pedir_datos"]


def test_a_rule_called_a_mano_says_what_such_cases_are(waiting: Plain) -> None:
    """A desk may want another group for them, or data."""
    (own,) = [r for r in waiting.config.rule if r.name == "acceso"]
    waiting.change(
        rule=(*waiting.config.rule, own.model_copy(update={"name": "a_mano", "keywords": ("cosas raras",)}))
    )
    waiting.drags(REVIEW, CREATE)
    waiting.by_hand()
    assert (waiting.case()["group"], waiting.case()["missing"]) == ("Mesa", ["telefono", "sede"])


def test_the_sender_of_automatic_mail_is_not_answered_though_a_person_wants_a_case(desk: Plain) -> None:
    """Invariant 4."""
    desk.gets(mail(sender=ROBOT, auto_submitted="auto-generated"))
    assert desk.poll() == [Outcome.IGNORED]
    desk.drags(REVIEW, CREATE)
    assert desk.by_hand() == [Outcome.OPENED]
    assert (desk.case()["rule"], desk.case()["attention"]) == ("acceso", "cannot_answer")
    assert desk.replies() == []


def test_an_outsider_gets_a_case_and_no_answer(desk: Plain) -> None:
    """A16."""
    desk.change(senders=desk.config.senders.model_copy(update={"ours": ("*@mesa.example",)}))
    desk.gets(mail())
    assert desk.poll() == [Outcome.UNMATCHED]
    desk.drags(REVIEW, CREATE)
    assert desk.by_hand() == [Outcome.OPENED]
    assert (desk.case()["rule"], desk.case()["attention"], desk.replies()) == ("acceso", "cannot_answer", [])


def test_what_a_rule_filed_as_informativo_becomes_a_case(desk: Plain) -> None:
    desk.gets(mail("Boletín de noviembre"))
    assert desk.poll() == [Outcome.INFORMATIVO]
    desk.drags("Boletines", CREATE)
    assert desk.by_hand() == [Outcome.OPENED]
    assert (desk.case()["rule"], lies_in(desk)) == ("a_mano", {HANDLED: ["Boletín de noviembre"]})


@pytest.mark.parametrize("subject", [NOTHING, SUBJECT])
def test_a_mail_that_was_never_seen_is_opened_where_it_is_found(desk: Plain, subject: str) -> None:
    """It was moved before the poll."""
    desk.gets(mail(subject))
    desk.drags(INBOX, CREATE)
    assert (desk.poll(), desk.by_hand()) == ([], [Outcome.OPENED])
    assert desk.case()["history"][0]["by"] == "folder:Crear caso"
    assert [said for said, _ in by_hand(the(desk.messages()))] == ["promoted"]
    assert lies_in(desk) == {HANDLED: [subject]}
    assert desk.by_hand() == []


def test_old_mail_is_opened_when_a_person_asks_for_it(new_desk: Plain) -> None:
    """It lay there before the first connection, and nobody but a person makes a case of it."""
    new_desk.gets(mail(NOTHING))
    new_desk.clock.move(3 * DAY)
    new_desk.poll()
    new_desk.by_hand()
    new_desk.drags(INBOX, CREATE)
    assert (new_desk.poll(), new_desk.by_hand()) == ([], [Outcome.OPENED])
    assert the(new_desk.messages())["received_at"].startswith("2026-11-18T15:00")


def test_what_lay_in_the_folder_before_mailbot_looked_into_it_is_left_alone(new_desk: Plain) -> None:
    """Lesson 33: a folder of that name may have been there for years."""
    new_desk.imap()
    for _ in range(2):
        new_desk.gets(mail("Viejo"))
    new_desk.drags(INBOX, CREATE)
    new_desk.clock.move(DAY)
    new_desk.poll()
    assert new_desk.by_hand() == new_desk.by_hand() == []
    new_desk.gets(mail(NOTHING))
    new_desk.drags(INBOX, CREATE)
    assert new_desk.by_hand() == [Outcome.OPENED]
    assert lies_in(new_desk) == {HANDLED: [NOTHING], CREATE: ["Viejo", "Viejo"]}
    assert agrees(new_desk)


def test_a_mail_of_a_case_keeps_its_outcome_and_goes_back(desk: Plain, logged: list[EventDict]) -> None:
    """No second case, no second reply."""
    asked(desk)
    desk.drags(HANDLED, CREATE)
    assert desk.by_hand() == [Outcome.OPENED]
    assert desk.by_hand() == []
    assert lies_in(desk) == {HANDLED: [SUBJECT]}
    assert (len(desk.cases()), len(desk.replies()), len(desk.messages())) == (1, 1, 1)
    assert [e["kept"] for e in logged if e["event"] == "message.opened" and "kept" in e] == [True]


def test_a_mail_that_goes_to_and_fro_ends_where_its_outcome_says(waiting: Plain) -> None:
    waiting.drags(REVIEW, CREATE)
    waiting.drags(CREATE, REVIEW)
    assert (waiting.by_hand(), waiting.cases()) == ([], [])
    for there in (REVIEW, HANDLED, HANDLED):
        waiting.drags(there, CREATE)
        assert waiting.by_hand() == [Outcome.OPENED]
    waiting.drags(HANDLED, REVIEW)
    assert (waiting.poll(), waiting.by_hand()) == ([], [])
    assert (len(waiting.cases()), len(waiting.replies()), lies_in(waiting)) == (1, 1, {REVIEW: [NOTHING]})
    assert agrees(waiting)


def test_a_copy_beside_the_one_that_stays_makes_no_second_case(waiting: Plain) -> None:
    """Some programs copy where others move."""
    with waiting.client() as person:
        person.select_folder(REVIEW)
        person.copy(person.search(), CREATE)
        person.copy(person.search(), CREATE)
    assert waiting.by_hand() == [Outcome.OPENED, Outcome.OPENED]
    assert (len(waiting.cases()), len(waiting.replies())) == (1, 1)
    assert [m["outcome"] for m in waiting.messages()] == ["opened", "duplicate"]
    assert (waiting.lies_in(CREATE), agrees(waiting)) == ([], True)


def test_what_a_person_promoted_by_command_is_not_opened_again(waiting: Plain) -> None:
    waiting.drags(REVIEW, CREATE)
    promote(1, "acceso", "cli:luz", waiting.live, waiting.store, waiting.clock())
    assert waiting.by_hand() == [Outcome.OPENED]
    assert (waiting.case()["rule"], lies_in(waiting)) == ("acceso", {HANDLED: [NOTHING]})


# -- answers that somebody moved ---------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [CREATE, INFORMATIVE])
def test_an_answer_that_was_moved_before_it_was_read_is_the_answer_to_its_case(
    desk: Plain, folder: str
) -> None:
    """Invariant 3."""
    desk.gets(answer(asked(desk)))
    desk.drags(INBOX, folder)
    desk.poll()
    assert desk.by_hand() == [Outcome.UPDATED]
    assert (desk.case()["state"], len(desk.messages())) == ("abierto", 2)
    assert desk.messages()[1]["reasons"][0] == {
        "check": "moved",
        "said": "before_it_was_read",
        "detail": f"folder:{folder}",
    }
    assert len(desk.lies_in(folder)) == (folder == INFORMATIVE)


@pytest.mark.parametrize("folder", [CREATE, INFORMATIVE])
def test_an_answer_in_time_wins_though_it_is_moved_only_after_the_close(desk: Plain, folder: str) -> None:
    """Invariant 3: by INTERNALDATE, which a move keeps."""
    request = asked(desk)
    desk.clock.move(23 * HOUR)
    desk.gets(answer(request))
    desk.imap().ensure_folder("Archivo")
    desk.drags(INBOX, "Archivo")
    desk.round(2 * HOUR)
    assert desk.case()["state"] == "no_gestionado"
    desk.drags("Archivo", folder)
    assert desk.by_hand() == [Outcome.UPDATED]
    assert desk.case()["state"] == "abierto"
    assert any(e["reason"] == "answer_was_in_time" for e in desk.case()["history"])


def test_a_bounce_that_was_moved_before_it_was_read_still_tells_of_its_case(desk: Plain) -> None:
    desk.gets(bounce(asked(desk)))
    desk.drags(INBOX, INFORMATIVE)
    desk.poll()
    assert desk.by_hand() == [Outcome.BOUNCE]
    assert desk.case()["attention"] == "request_bounced"


# -- «Informativo» -----------------------------------------------------------------------------------------


def test_a_mail_that_a_person_files_is_informativo_and_stays_there(waiting: Plain) -> None:
    waiting.drags(REVIEW, INFORMATIVE)
    assert waiting.by_hand() == [Outcome.INFORMATIVO]
    message = the(waiting.messages())
    assert by_hand(message) == [("filed", "informativo (folder:Informativo)")]
    assert [e["outcome"] for e in message["earlier"]] == ["unmatched"]
    assert [place["folder"] for place in message["locations"]] == [INFORMATIVE]
    assert (waiting.poll(), waiting.by_hand(), waiting.cases(), waiting.replies()) == ([], [], [], [])
    assert lies_in(waiting) == {INFORMATIVE: [NOTHING]}
    assert agrees(waiting)


def test_a_request_that_was_filed_before_it_was_read_opens_nothing(desk: Plain) -> None:
    """The person's decision stands before the rule's."""
    desk.gets(mail())
    desk.drags(INBOX, INFORMATIVE)
    assert (desk.poll(), desk.by_hand()) == ([], [Outcome.INFORMATIVO])
    assert (desk.cases(), lies_in(desk), agrees(desk)) == ([], {INFORMATIVE: [SUBJECT]}, True)


def test_a_case_is_not_undone_by_filing_its_mail(desk: Plain) -> None:
    asked(desk)
    desk.drags(HANDLED, INFORMATIVE)
    assert (desk.by_hand(), desk.by_hand()) == ([Outcome.OPENED], [])
    assert (desk.case()["state"], the(desk.messages())["outcome"]) == ("precaso", "opened")
    assert [p["folder"] for p in the(desk.messages())["locations"]] == [INFORMATIVE]
    assert (lies_in(desk), agrees(desk)) == ({INFORMATIVE: [SUBJECT]}, True)


def test_whoever_changes_their_mind_moves_it_once_more(waiting: Plain) -> None:
    waiting.drags(REVIEW, INFORMATIVE)
    waiting.by_hand()
    waiting.drags(INFORMATIVE, CREATE)
    assert waiting.by_hand() == [Outcome.OPENED]
    assert [e["outcome"] for e in the(waiting.messages())["earlier"]] == ["unmatched", "informativo"]
    assert lies_in(waiting) == {HANDLED: [NOTHING]}


def test_another_delivery_of_what_a_person_filed_is_filed_beside_it(waiting: Plain) -> None:
    raw = waiting.gets(mail("Aviso de pagos"))
    waiting.poll()
    waiting.drags(REVIEW, INFORMATIVE, "Aviso")
    waiting.by_hand()
    waiting.gets(b"Received: from c by b; Wed, 18 Nov 2026 15:00:09 +0000\r\n" + raw)
    assert waiting.poll() == [Outcome.DUPLICATE]
    assert waiting.by_hand() == []
    assert lies_in(waiting) == {REVIEW: [NOTHING], INFORMATIVE: ["Aviso de pagos"] * 2}


# -- what cannot be read -----------------------------------------------------------------------------------


def test_a_failed_mail_that_cannot_be_read_yet_goes_back_to_review(desk: Plain) -> None:
    desk.gets(poison())
    desk.poll()
    for _ in range(2):
        desk.drags(REVIEW, CREATE)
        assert (desk.by_hand(), desk.by_hand()) == ([Outcome.FAILED], [])
    assert (lies_in(desk), len(desk.messages()), desk.cases()) == ({REVIEW: ["veneno"]}, 1, [])


def test_an_unreadable_mail_that_was_never_seen_is_kept_whole_and_put_to_review(desk: Plain) -> None:
    desk.gets(poison())
    desk.drags(INBOX, CREATE)
    assert (desk.by_hand(), lies_in(desk)) == ([Outcome.FAILED], {REVIEW: ["veneno"]})


def test_an_unreadable_mail_that_a_person_files_stays_there(desk: Plain) -> None:
    desk.gets(poison())
    desk.poll()
    desk.drags(REVIEW, INFORMATIVE)
    assert (desk.by_hand(), desk.by_hand()) == ([Outcome.FAILED], [])
    assert (lies_in(desk), agrees(desk)) == ({INFORMATIVE: ["veneno"]}, True)


def test_a_failed_mail_that_can_be_read_by_now_becomes_a_case(desk: Plain) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mailbot.pipeline.decide", lambda *_: 1 / 0)
        desk.gets(mail())
        assert desk.poll() == [Outcome.FAILED]
    desk.drags(REVIEW, CREATE)
    assert desk.by_hand() == [Outcome.OPENED]
    assert (the(desk.messages())["case"], lies_in(desk)) == ("MS-000001", {HANDLED: [SUBJECT]})


def test_a_mail_that_breaks_the_decision_is_tried_again_and_does_not_stop_the_others(desk: Plain) -> None:
    """Hazard 49: our mistake takes neither the outcome that it has nor, if it passes, the person's wish."""
    for subject in ("Maldito", NOTHING):
        desk.gets(mail(subject))
    desk.poll()
    desk.drags(REVIEW, CREATE)
    really = decided_by_hand.promote

    def breaks(q: Any, *rest: Any) -> Any:
        assert q.message.subject != "Maldito"
        return really(q, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mailbot.desk.sorting.promote", breaks)
        assert [desk.by_hand() for _ in range(4)] == [[Outcome.OPENED], [], [Outcome.UNMATCHED], []]
    assert lies_in(desk) == {HANDLED: [NOTHING], REVIEW: ["Maldito"]}
    desk.drags(REVIEW, CREATE)
    assert (desk.by_hand(), len(desk.messages()), len(desk.cases())) == ([Outcome.OPENED], 2, 2)


# -- many, and again ---------------------------------------------------------------------------------------


def test_two_hundred_mails_at_once_become_cases_batch_by_batch_and_limits_hold(desk: Plain) -> None:
    """Invariant 4: whoever moved them by mistake does not make us send two hundred replies to one person."""
    for n in range(120):
        desk.gets(mail(f"Silla {n}"))
    desk.poll()
    desk.drags(REVIEW, CREATE)
    rounds = []
    while outcomes := desk.by_hand():
        rounds.append(len(outcomes))
    assert rounds == [50, 50, 20]
    cases = desk.cases()
    assert len(cases) == 120
    assert len(desk.replies()) == desk.config.replies.per_address_per_hour
    assert sum(c["attention"] == "cannot_answer" for c in cases) == 120 - len(desk.replies())
    assert len(desk.lies_in(HANDLED)) == 120


def test_nobody_is_kept_from_ending_by_many_mails(waiting: Plain) -> None:
    waiting.gets(mail("Otra silla"))
    waiting.poll()
    waiting.drags(REVIEW, CREATE)
    left = iter((True, True))
    assert waiting.by_hand(going=lambda: next(left, False)) == [Outcome.OPENED]
    assert waiting.by_hand() == [Outcome.OPENED]
    assert len(waiting.cases()) == 2


def test_after_a_crash_between_the_case_and_the_move_it_is_only_moved(waiting: Plain) -> None:
    """Invariant 2."""
    waiting.drags(REVIEW, CREATE)
    with (
        broken(ImapMailbox, "move", TransportError("Mover", "la conexión se cortó")),
        pytest.raises(TransportError),
    ):
        waiting.by_hand()
    waiting.restart()
    assert (waiting.poll(), waiting.by_hand()) == ([], [])
    assert (len(waiting.cases()), len(waiting.replies()), lies_in(waiting)) == (1, 1, {HANDLED: [NOTHING]})


def test_what_the_database_took_though_it_seemed_not_to_is_moved_at_the_next_poll(waiting: Plain) -> None:
    """Invariant 2: the person moved it to and fro before, and what was committed is not decided again."""
    waiting.drags(REVIEW, CREATE)
    waiting.by_hand()
    waiting.drags(HANDLED, INFORMATIVE)
    waiting.by_hand()
    waiting.drags(INFORMATIVE, CREATE)
    really = Store.run

    def seems_away(store: Store, work: Any) -> Any:
        really(store, work)
        raise StoreUnavailable("se cortó")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "run", seems_away)
        with pytest.raises(StoreUnavailable):
            waiting.by_hand()
    assert lies_in(waiting) == {CREATE: [NOTHING]}
    assert (waiting.poll(), waiting.by_hand()) == ([], [])
    assert (len(waiting.cases()), len(waiting.replies()), lies_in(waiting)) == (1, 1, {HANDLED: [NOTHING]})
    assert agrees(waiting)


def test_a_folder_that_a_person_renamed_with_mail_to_be_moved_in_it_stops_nothing(
    waiting: Plain, logged: list[EventDict]
) -> None:
    """Lesson 8: the mailbox is read on, and up to now, or no precaso of it could ever close."""
    with waiting.client() as person:
        person.rename_folder(REVIEW, "Revisión")
    box = waiting.box().model_copy(update={"review": "Revisión"})
    waiting.change(mailbox={**waiting.config.mailbox, "soporte": box})
    promote(1, "acceso", "cli:luz", waiting.live, waiting.store, waiting.clock())
    waiting.clock.move(HOUR)
    assert [waiting.poll(), waiting.poll(), waiting.by_hand()] == [[], [], []]
    assert (waiting.read_up_to(), waiting.imap().folder) == (waiting.clock(), INBOX)
    assert [e["folder"] for e in logged if e["event"] == "mailbox.folder_closed"] == [REVIEW]
    waiting.drags("Revisión", CREATE)
    assert waiting.by_hand() == [Outcome.OPENED]
    assert (lies_in(waiting), len(waiting.cases()), agrees(waiting)) == ({HANDLED: [NOTHING]}, 1, True)


def test_a_folder_made_anew_with_mail_to_be_moved_in_it_is_not_looked_at_for_ever(
    waiting: Plain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hazard 50: its UIDs name nothing of before. IDLE goes on in the mailbox's own folder."""
    with waiting.client() as person:
        person.rename_folder(REVIEW, "Archivo")
        person.create_folder(REVIEW)
    promote(1, "acceso", "cli:luz", waiting.live, waiting.store, waiting.clock())
    waiting.poll()
    selected = selections(monkeypatch)
    assert (waiting.poll(), selected) == ([], [INBOX])


def test_two_daemons_make_one_case(waiting: Plain) -> None:
    """Both have fetched the message before either decides."""
    waiting.drags(REVIEW, CREATE)
    other = ImapMailbox(waiting.box(), lambda: PASSWORD, QUICK)
    other.connect()
    really = sorting._take
    fetched: list[Any] = []

    def both(mail_: Any, folder: Any, *rest: Any) -> Any:
        if not fetched:
            fetched.append(mail_)
            waiting._imaps["soporte"], mine = other, waiting._imaps["soporte"]
            assert waiting.by_hand() == [Outcome.OPENED]
            waiting._imaps["soporte"] = mine
        return really(mail_, folder, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "_take", both)
        waiting.by_hand()
    other.close()
    assert (len(waiting.cases()), len(waiting.replies()), lies_in(waiting)) == (1, 1, {HANDLED: [NOTHING]})


def test_a_folder_that_was_made_anew_is_read_again_and_nothing_doubled(waiting: Plain) -> None:
    """Hazard 50: here a person deleted it and made it again, so that its UIDs begin at one."""
    waiting.drags(REVIEW, INFORMATIVE)
    waiting.by_hand()
    with waiting.client() as person:
        person.select_folder(INFORMATIVE)
        person.move(person.search(), HANDLED)
        person.select_folder(INBOX)
        person.delete_folder(INFORMATIVE)
        person.create_folder(INFORMATIVE)
    waiting.by_hand()
    waiting.drags(HANDLED, INFORMATIVE)
    assert (waiting.by_hand(), waiting.by_hand()) == ([Outcome.INFORMATIVO], [])
    message = the(waiting.messages())
    assert ([e["outcome"] for e in message["earlier"]], agrees(waiting)) == (["unmatched"], True)


def test_a_folder_that_a_person_deleted_stops_nothing(waiting: Plain) -> None:
    with waiting.client() as person:
        person.delete_folder(CREATE)
    waiting.drags(REVIEW, INFORMATIVE)
    assert waiting.by_hand() == [Outcome.INFORMATIVO]
    make_folders(waiting.box(), waiting.imap(), waiting.live)
    assert (waiting.by_hand(), waiting.imap().status(CREATE) is None) == ([], False)


def test_mail_is_read_where_the_server_lets_nobody_make_folders(
    waiting: Plain, logged: list[EventDict]
) -> None:
    """Those that mailbot moves mail to are there already: the admin made them."""
    with waiting.client() as person:
        person.delete_folder(CREATE)
    waiting.gets(mail())
    with broken(IMAPClient, "create_folder", IMAPClient.Error("create failed: [NOPERM] no")):
        waiting.change_rule("boletin", folder=HANDLED)
        make_folders(waiting.box(), waiting.imap(), waiting.live)
        assert (waiting.poll(), waiting.by_hand()) == ([Outcome.OPENED], [])
    assert [e["folder"] for e in logged if e["event"] == "mailbox.folder_not_made"] == [CREATE]


# -- beside the rest ---------------------------------------------------------------------------------------


def test_a_poll_at_which_nobody_moved_anything_selects_no_other_folder(
    desk: Plain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """IDLE goes on in the mailbox's own folder."""
    selected = selections(monkeypatch)
    assert desk.by_hand() == []
    assert (selected, desk.imap().folder) == ([], INBOX)


def test_mail_that_comes_while_another_folder_is_selected_is_not_waited_for(waiting: Plain) -> None:
    """Latency: nobody announces it in IDLE, since it was there when the folder was selected again."""
    waiting.drags(REVIEW, CREATE)
    really = sorting._take

    def meanwhile(*args: Any) -> Any:
        waiting.gets(mail())
        return really(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "_take", meanwhile)
        waiting.by_hand()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mailbot.transport.imap.idle", None)  # it is not even begun
        waiting.imap().wait(60)
    assert waiting.poll() == [Outcome.OPENED]


def test_folders_that_are_not_wanted_are_neither_made_nor_read(desk: Plain) -> None:
    desk.change_box(create="", informative="")
    with desk.client() as person:
        for folder in (CREATE, INFORMATIVE):
            person.delete_folder(folder)
    make_folders(desk.box(), desk.imap(), desk.live)
    assert desk.by_hand() == []


def test_a_folder_to_which_mailbot_itself_moves_mail_decides_nothing(desk: Plain) -> None:
    """An older config may use that name for a rule."""
    desk.change_rule("boletin", folder=INFORMATIVE)
    desk.gets(mail("Boletín de noviembre"))
    desk.poll()
    assert desk.by_hand() == []
    assert (lies_in(desk), by_hand(the(desk.messages()))) == ({INFORMATIVE: ["Boletín de noviembre"]}, [])


def test_a_server_that_cannot_move_leaves_it_there_and_it_is_decided_once(
    waiting: Plain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImapMailbox, "can_move", property(lambda _: False))
    waiting.drags(REVIEW, CREATE)
    assert (waiting.by_hand(), waiting.by_hand(), waiting.poll()) == ([Outcome.OPENED], [], [])
    assert (lies_in(waiting), len(waiting.cases()), agrees(waiting)) == ({CREATE: [NOTHING]}, 1, True)


def test_a_mail_of_two_mailboxes_makes_one_case_in_whichever_it_is_wanted(desk: Plain) -> None:
    """Lesson 22."""
    desk.poll("redes")
    desk.by_hand("redes")
    raw = desk.gets(mail(NOTHING))
    desk.gets(raw, SECOND_BOX)
    assert [desk.poll("soporte"), desk.poll("redes")] == [[Outcome.UNMATCHED], [Outcome.DUPLICATE]]
    desk.drags(REVIEW, CREATE, address=SECOND_BOX)
    desk.drags(REVIEW, CREATE)
    assert [desk.by_hand("redes"), desk.by_hand()] == [[Outcome.OPENED], [Outcome.OPENED]]
    assert (len(desk.cases()), len(desk.replies())) == (1, 1)
    assert (desk.lies_in(HANDLED), desk.lies_in(HANDLED, SECOND_BOX)) == ([NOTHING], [NOTHING])


def test_mail_moved_while_nobody_looked_is_no_difference_between_server_and_ledger(waiting: Plain) -> None:
    """Invariant 1: what a person just moved is known by its content, or will be read."""
    waiting.gets(mail("Nuevo"))
    waiting.drags(REVIEW, CREATE)
    waiting.drags(INBOX, INFORMATIVE)
    assert agrees(waiting)
    waiting.by_hand()
    assert agrees(waiting)
