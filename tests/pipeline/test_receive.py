"""From a mailbox to cases and queued replies: fetched → decided → stored in one transaction → acknowledged."""

import sqlite3
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import event

from mailbot.desk.decision import Outcome
from mailbot.reading import TOGETHER
from mailbot.store import StoreUnavailable, outbox, places
from mailbot.transport.imap import ImapMailbox
from tests.pipeline.given import (
    ANA,
    DESK,
    LUZ,
    MINUTE,
    SUBJECT,
    Desk,
    Killed,
    answer,
    broken,
    commits_fail,
    content,
    mail,
)

NEWS = "Boletín de noviembre"
NOTHING = "Almuerzo del viernes"


def test_new_mail_becomes_a_precaso_with_its_request_queued(desk: Desk) -> None:
    """A15, A18."""
    desk.gets(mail())
    assert desk.poll() == [Outcome.OPENED]
    case = desk.case()
    assert (case["state"], case["missing"]) == ("precaso", ["telefono", "sede"])
    replies = [(r["template"], r["status"], r["to"]) for r in desk.replies()]
    assert replies == [("pedir_datos", "queued", ANA.addr_spec)]


def test_nobody_is_written_to_before_the_request_is_stored(desk: Desk) -> None:
    """Lesson 43: what is acknowledged has been committed."""
    desk.gets(mail())
    desk.poll()
    assert desk.got() == []
    desk.deliver()
    assert [m["Subject"] for m in desk.got()] == [f"Re: {SUBJECT} [MS-000001]"]


def test_each_mail_goes_to_its_folder(desk: Desk) -> None:
    """`handled`, `review`, and the folder of a rule, which is made when it is missing."""
    for subject in (SUBJECT, NEWS, NOTHING):
        desk.gets(mail(subject))
    assert desk.poll() == [Outcome.OPENED, Outcome.INFORMATIVO, Outcome.UNMATCHED]
    assert desk.lies_in("INBOX") == []
    where = {folder: desk.lies_in(folder) for folder in ("Procesados", "Boletines", "Por revisar")}
    assert where == {"Procesados": [SUBJECT], "Boletines": [NEWS], "Por revisar": [NOTHING]}
    (message, *_) = desk.messages()
    assert [place["folder"] for place in message["locations"]] == ["Procesados"]
    assert message["locations"][0]["uid"] is not None


def test_without_a_folder_for_handled_mail_it_stays_and_is_read_once(desk: Desk) -> None:
    desk.change_box(handled="")
    desk.gets(mail())
    assert [desk.poll(), desk.poll()] == [[Outcome.OPENED], []]
    assert desk.lies_in("INBOX") == [SUBJECT]
    assert desk.messages()[0]["locations"][0]["folder"] == "INBOX"


# -- one transaction (invariants 1, 2; lessons 1, 43) ------------------------------------------------------


def test_if_its_reply_cannot_be_stored_nothing_of_a_mail_is(desk: Desk) -> None:
    """Lesson 1: message, case, event and reply are one transaction; the mail is still there for the next poll."""

    desk.gets(mail())
    with broken(outbox, "queue", StoreUnavailable("sin base de datos")), pytest.raises(StoreUnavailable):
        desk.poll()
    assert (desk.messages(), desk.cases(), desk.lies_in("INBOX")) == ([], [], [SUBJECT])

    assert desk.poll() == [Outcome.OPENED]
    assert (len(desk.cases()), len(desk.replies())) == (1, 1)


def test_a_mail_is_moved_only_after_its_outcome_is_committed(desk: Desk) -> None:
    """Invariant 1, hazard 48: the process dies when everything is written, and nothing is committed."""
    desk.gets(mail())
    desk.imap()
    with commits_fail(desk.store, Killed()), pytest.raises(Killed):
        desk.poll()
    desk.restart()
    assert (desk.messages(), desk.lies_in("INBOX"), desk.lies_in("Procesados")) == ([], [SUBJECT], [])

    assert desk.poll() == [Outcome.OPENED]
    assert (desk.case()["number"], desk.lies_in("Procesados")) == ("MS-000001", [SUBJECT])


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_on_a_full_disk_the_mailbox_is_left_alone(desk: Desk) -> None:
    """Hazard 62; and when there is room again it goes on by itself."""
    full = True

    def limit(connection: sqlite3.Connection, *_: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2 if full else 2**30}").fetchone()

    event.listen(desk.store.engine, "checkout", limit)
    desk.gets(mail(text="palabra " * 20_000))
    with pytest.raises(StoreUnavailable):
        desk.poll()
    assert desk.lies_in("INBOX") == [SUBJECT]
    full = False
    assert desk.poll() == [Outcome.OPENED]
    assert desk.lies_in("INBOX") == []


def test_a_crash_between_the_move_and_its_note_doubles_nothing(desk: Desk) -> None:
    """Invariant 2: our own MOVE is forgotten."""

    desk.gets(mail())
    with broken(places, "moved", Killed()), pytest.raises(Killed):
        desk.poll()
    assert desk.lies_in("Procesados") == [SUBJECT]
    desk.restart()
    assert [desk.poll(), desk.poll()] == [[], []]
    assert (len(desk.cases()), len(desk.replies()), desk.lies_in("Procesados")) == (1, 1, [SUBJECT])


def test_a_crash_between_the_commit_and_the_move_only_delays_the_move(desk: Desk) -> None:
    desk.gets(mail())
    with broken(ImapMailbox, "move", Killed()), pytest.raises(Killed):
        desk.poll()
    assert (len(desk.cases()), desk.lies_in("INBOX")) == (1, [SUBJECT])
    desk.restart()
    assert desk.poll() == []
    assert (len(desk.cases()), desk.lies_in("Procesados")) == (1, [SUBJECT])


def test_told_to_stop_it_ends_between_two_transactions(desk: Desk) -> None:
    """What is in hand is finished, the rest untouched."""
    for n in range(TOGETHER + 1):
        desk.gets(mail(f"Contraseña {n}"))
    assert len(desk.poll(going=lambda: False)) == TOGETHER
    assert len(desk.cases()) == TOGETHER
    assert desk.poll() == [Outcome.OPENED]
    assert len(desk.cases()) == TOGETHER + 1
    assert desk.lies_in("INBOX") == []


# -- flags and other clients -------------------------------------------------------------------------------


def test_a_mail_that_a_person_has_opened_is_still_read(desk: Desk) -> None:
    r"""Lesson 4, hazard 52: `\Seen` is no state."""
    desk.gets(mail())
    with desk.client() as person:
        person.select_folder("INBOX")
        person.add_flags(person.search(), ["\\Seen"])
    assert desk.poll() == [Outcome.OPENED]


def test_no_flag_is_set_on_what_was_read(desk: Desk) -> None:
    r"""Lesson 4: to the people who look at the mailbox it is as new as before."""
    desk.gets(mail())
    desk.gets(mail(NOTHING))
    desk.poll()
    assert desk.flags("Procesados") | desk.flags("Por revisar") == set()


def test_a_mail_that_another_client_takes_away_meanwhile_stops_nothing(desk: Desk) -> None:
    """Its outcome is stored, and the others are moved."""

    def somebody_files_the_second() -> bool:
        if len(desk.lies_in("INBOX")) == 3:
            with desk.client() as person:
                person.select_folder("INBOX")
                person.move(person.search()[1:2], "Por revisar")
        return True

    for subject in (SUBJECT, NOTHING, NEWS):
        desk.gets(mail(subject))
    outcomes = desk.poll(going=somebody_files_the_second)
    assert outcomes == [Outcome.OPENED, Outcome.UNMATCHED, Outcome.INFORMATIVO]
    assert desk.poll() == []
    assert desk.lies_in("INBOX") == []
    assert desk.lies_in("Por revisar") == [NOTHING]
    assert [m["outcome"] for m in desk.messages()] == outcomes


def test_a_server_that_cannot_move_keeps_its_mail_and_each_is_read_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariant 1: neither MOVE nor UIDPLUS; the ledger knows."""
    monkeypatch.setattr(ImapMailbox, "can_move", property(lambda _: False))
    desk.gets(mail())
    assert [desk.poll(), desk.poll()] == [[Outcome.OPENED], []]
    desk.restart()
    assert desk.poll() == []
    assert (len(desk.cases()), desk.lies_in("INBOX")) == (1, [SUBJECT])


def test_what_could_not_be_moved_is_moved_when_the_server_can(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as poor:
        poor.setattr(ImapMailbox, "can_move", property(lambda _: False))
        desk.gets(mail())
        desk.poll()
    desk.poll()
    assert desk.lies_in("Procesados") == [SUBJECT]


# -- size --------------------------------------------------------------------------------------------------


def test_of_a_mail_that_is_too_big_the_text_is_read(desk: Desk) -> None:
    """Lesson 21: `max_size`."""
    desk.change_box(max_size=3000)
    data = "Teléfono: 300 555 0101\nSede: Bogotá\n"
    raw = mail(text=data).replace(b"MIME-Version: 1.0\r\n", b"")
    head, _, body = raw.partition(b"\r\n\r\n")
    head, _, part = head.partition(b"Content-Type: ")
    big = (
        head + b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n'
        b"--x\r\nContent-Type: " + part + b"\r\n\r\n" + body + b"\r\n--x\r\n"
        b"Content-Type: image/png; name=foto.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + b"QUJD\r\n" * 2000
        + b"--x--\r\n"
    )
    desk.gets(big)
    assert desk.poll() == [Outcome.OPENED]
    assert desk.case()["state"] == "abierto"


def test_a_mail_whose_text_is_too_big_to_be_found_is_told_of_once(desk: Desk) -> None:
    desk.change_box(max_size=3000)
    head, _, _ = mail().partition(b"Content-Type: ")
    photo = head + b"Content-Type: image/png\r\n\r\n" + b"A" * 4000
    for n in (b"1", b"2"):
        desk.gets(photo.replace(b"Message-ID: <", b"Message-ID: <" + n))
    assert desk.poll() == [Outcome.TOO_BIG, Outcome.TOO_BIG]
    desk.deliver()
    assert len(desk.got(ANA)) == 1
    assert desk.cases() == []


# -- how far it was read (invariant 3) ---------------------------------------------------------------------


def test_a_mailbox_counts_as_read_up_to_the_start_of_its_last_whole_poll(desk: Desk) -> None:
    """Invariant 3: mail that came while it was polled is not thought to have been read."""
    desk.gets(mail())
    desk.clock.move(MINUTE)
    began = desk.clock()

    def a_minute_later() -> bool:
        desk.clock.move(MINUTE)
        return True

    desk.poll(going=a_minute_later)
    assert desk.read_up_to() == began


def test_a_poll_that_was_cut_short_leaves_the_mailbox_unread(desk: Desk) -> None:
    before = desk.read_up_to()
    desk.clock.move(MINUTE)
    for sender in (ANA, LUZ):
        desk.gets(mail(sender=sender))
    desk.poll(going=lambda: False)
    assert desk.read_up_to() == before


def test_the_desk_is_told_of_a_case_that_is_complete_at_once(desk: Desk) -> None:
    desk.gets(mail(text="Teléfono: 300 555 0101\nSede: Cali"))
    desk.poll()
    desk.deliver()
    assert desk.case()["state"] == "abierto"
    assert (len(desk.got(ANA)), len(desk.got(DESK))) == (1, 1)
    assert "Lo que escribió la persona:\n> Teléfono" in written(desk.got(DESK)[0])


def test_the_desk_reads_the_problem_itself_when_an_answer_opens_the_case(desk: Desk) -> None:
    """Not only the form that was filled in."""
    desk.gets(mail(text="No puedo entrar desde ayer."))
    desk.round()
    desk.gets(answer(desk.got(ANA)[0]))
    desk.round()
    (told,) = map(written, desk.got(DESK))
    assert "Cuando pidió ayuda escribió:\n> No puedo entrar desde ayer.\n\nAhora escribió:\n> Tel" in told


def written(notice: EmailMessage) -> str:
    return content(notice).replace("\r\n", "\n")
