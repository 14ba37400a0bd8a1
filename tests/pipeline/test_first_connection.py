"""What lay in the mailbox before the first connection, and what a new UIDVALIDITY makes of it (lesson 33)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mailbot.desk.decision import Outcome
from mailbot.numbered import go_on_above
from mailbot.reading import A_FEW
from mailbot.store import numbers, places
from mailbot.store.engine import Store
from mailbot.transport.errors import TransportError
from mailbot.transport.imap import ImapMailbox, Selected
from tests.pipeline.given import ANA, DAY, HOUR, LUZ, MINUTE, OURS, SUBJECT, Desk, answer, mail

#: which database it is does not matter here
pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


@pytest.fixture
def old_mail(new_desk: Desk) -> bytes:
    """It came a day before the first connection."""
    new_desk.clock.move(-DAY)
    raw = new_desk.gets(mail("Vieja contraseña"))
    new_desk.clock.move(DAY)
    return raw


@pytest.mark.usefixtures("old_mail")
def test_by_default_nothing_that_lay_there_is_taken_in(new_desk: Desk) -> None:
    """`start = "now"`."""
    assert new_desk.poll() == []
    new_desk.gets(mail())
    assert new_desk.poll() == [Outcome.OPENED]
    assert [m["subject"] for m in new_desk.messages()] == [SUBJECT]
    assert new_desk.lies_in("INBOX") == ["Vieja contraseña"]


@pytest.mark.usefixtures("old_mail")
def test_asked_for_it_is_noted_as_backlog_unanswered_and_left_there(new_desk: Desk) -> None:
    """`start = "all"`, `answer_backlog = false`."""
    new_desk.change_box(start="all")
    assert [new_desk.poll(), new_desk.poll()] == [[Outcome.BACKLOG], []]
    assert (new_desk.cases(), new_desk.lies_in("INBOX")) == ([], ["Vieja contraseña"])
    new_desk.gets(mail())
    assert new_desk.poll() == [Outcome.OPENED]


@pytest.mark.usefixtures("old_mail")
def test_asked_for_it_is_answered_like_new_mail(new_desk: Desk) -> None:
    """`answer_backlog = true`."""
    new_desk.change_box(start="all", answer_backlog=True)
    assert new_desk.poll() == [Outcome.OPENED]
    assert len(new_desk.replies()) == 1


def test_with_a_date_what_came_before_it_is_not_read(new_desk: Desk) -> None:
    for days, subject in ((3, "contraseña de hace tres días"), (1, "contraseña de ayer")):
        new_desk.clock.move(-days * DAY)
        new_desk.gets(mail(subject))
        new_desk.clock.move(days * DAY)
    new_desk.change_box(start=date(2026, 11, 16), answer_backlog=True)
    assert new_desk.poll() == [Outcome.OPENED]
    assert new_desk.case()["subject"] == "contraseña de ayer"


def test_what_is_too_old_is_not_asked_for_at_every_poll(new_desk: Desk) -> None:
    """A search of 50,000 messages takes the server long, each minute."""
    new_desk.clock.move(-3 * DAY)
    new_desk.gets(mail("contraseña de hace tres días"))
    new_desk.clock.move(3 * DAY)
    new_desk.change_box(start=date(2026, 11, 18))
    assert new_desk.poll() == []
    with new_desk.store.reading() as s:
        progress = places.progress(s, "soporte", "INBOX")
    assert progress
    assert progress.uid_seen == new_desk.imap().select("INBOX").uidnext - 1
    new_desk.gets(mail())
    assert new_desk.poll() == [Outcome.OPENED]


# -- UIDVALIDITY (lesson 3, hazard 50) ---------------------------------------------------------------------


@pytest.fixture
def rebuilt(new_desk: Desk) -> Desk:
    """The folder Entrada, in which mail stays, can be removed and made again by `rebuild`: as after a restore."""
    new_desk.change_box(folder="Entrada", handled="", review="")
    with new_desk.client() as admin:
        admin.create_folder("Entrada")
    new_desk.poll()
    return new_desk


def rebuild(desk: Desk, *mails: bytes) -> None:
    desk.disconnect()
    with desk.client() as admin:
        admin.delete_folder("Entrada")
        admin.create_folder("Entrada")
    put(desk, *mails)


def put(desk: Desk, *mails: bytes) -> None:
    with desk.client(OURS) as person:
        for raw in mails:
            person.append("Entrada", raw, msg_time=desk.clock())


def test_a_mailbox_that_was_rebuilt_is_read_again_without_a_second_case_or_reply(rebuilt: Desk) -> None:
    """Hazard 50: its UIDs begin anew and name other mail than before."""
    first, second, new = mail(), mail(sender=LUZ), mail("Otra contraseña")
    put(rebuilt, first, second)
    assert rebuilt.poll() == [Outcome.OPENED, Outcome.OPENED]

    rebuilt.clock.move(MINUTE)
    rebuild(rebuilt, second, new, first)
    assert rebuilt.poll() == [Outcome.DUPLICATE, Outcome.OPENED, Outcome.DUPLICATE]
    assert rebuilt.poll() == []
    assert (len(rebuilt.cases()), len(rebuilt.replies())) == (3, 3)


def test_old_mail_that_appears_with_a_new_uidvalidity_opens_nothing(rebuilt: Desk) -> None:
    """It came before the first connection; only its arrival tells, now that the UIDs are others."""
    rebuilt.clock.move(-DAY)
    old = mail("Vieja contraseña", sender=ANA)
    rebuild(rebuilt, old)
    rebuilt.clock.move(DAY)
    assert rebuilt.poll() == [Outcome.BACKLOG]
    assert rebuilt.cases() == []


def test_old_mail_that_somebody_moves_out_and_in_again_stays_old(new_desk: Desk) -> None:
    """Its UID is new; MOVE keeps the time of its arrival."""
    new_desk.clock.move(-DAY)
    new_desk.gets(mail("Vieja contraseña"))
    new_desk.clock.move(DAY)
    new_desk.poll()
    with new_desk.client() as person:
        person.select_folder("INBOX")
        person.move(person.search(), "Procesados")
        person.select_folder("Procesados")
        person.move(person.search(), "INBOX")
    assert (new_desk.poll(), new_desk.cases()) == ([Outcome.BACKLOG], [])


def test_a_server_whose_clock_is_slow_delivers_new_mail_all_the_same(desk: Desk) -> None:
    """By its time of arrival it came before the first connection, by its UID after it."""
    desk.clock.move(-HOUR / 2)
    desk.gets(mail())
    desk.clock.move(HOUR / 2)
    assert desk.poll() == [Outcome.OPENED]


def test_what_was_read_before_the_change_is_nowhere_until_it_is_found_again(rebuilt: Desk) -> None:
    put(rebuilt, mail())
    rebuilt.poll()
    rebuild(rebuilt)
    rebuilt.poll()
    assert [m["locations"] for m in rebuilt.messages()] == [[]]


def test_mail_that_a_restore_put_back_with_the_time_of_today_is_not_answered(rebuilt: Desk) -> None:
    """A storm of answers to mail of years, of which nobody knows any more when it came; new mail is answered."""
    old = [mail(f"contraseña {n}", date="Mon, 02 Mar 2020 10:00:00 +0000") for n in range(A_FEW + 1)]
    rebuilt.clock.move(DAY)
    rebuild(rebuilt, *old, mail("Nueva contraseña", date="Thu, 19 Nov 2026 15:00:00 +0000"))
    assert rebuilt.poll() == [*[Outcome.BACKLOG] * len(old), Outcome.OPENED]
    put(rebuilt, mail("De un reloj parado, contraseña", date="Mon, 02 Mar 2020 10:00:00 +0000"))
    assert rebuilt.poll() == [Outcome.OPENED]


def test_a_sender_whose_clock_is_wrong_is_answered_also_when_the_folder_was_made_anew(rebuilt: Desk) -> None:
    """Mail that is known, however old its Date, and a few more mails are no sign of a restore."""
    known = [mail(f"contraseña {n}", date="Mon, 02 Mar 2020 10:00:00 +0000") for n in range(A_FEW + 1)]
    put(rebuilt, *known)
    rebuilt.poll()
    rebuilt.clock.move(DAY)
    rebuild(rebuilt, *known, mail("Otra contraseña", sender=LUZ, date="Mon, 02 Mar 2020 10:00:00 +0000"))
    assert rebuilt.poll() == [*[Outcome.DUPLICATE] * len(known), Outcome.OPENED]


def test_what_waited_for_a_person_waits_in_review_also_when_it_comes_again(desk: Desk) -> None:
    """The second copy of a mail lies where the first does."""
    raw = mail("Almuerzo")
    desk.gets(raw)
    desk.gets(raw)
    assert desk.poll() == [Outcome.UNMATCHED, Outcome.DUPLICATE]
    assert (desk.lies_in("Por revisar"), desk.lies_in("Procesados")) == (["Almuerzo"] * 2, [])


def test_a_server_that_gives_no_uidvalidity_gets_no_mail_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hazard 50: 0 and nothing at all; told loudly, and as before once the server is well again."""
    desk.gets(mail())

    def without(self: ImapMailbox, answer: dict[bytes, object]) -> Selected:
        return selected(self, {**answer, b"UIDVALIDITY": 0})

    selected = ImapMailbox._selected
    with monkeypatch.context() as patch:
        patch.setattr(ImapMailbox, "_selected", without)
        with pytest.raises(TransportError, match="UIDVALIDITY"):
            desk.poll()
    assert desk.messages() == []
    assert desk.poll() == [Outcome.OPENED]


# -- a database that was lost without a copy --------------------------------------------------------------


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "empty.sqlite3")
    yield store
    store.dispose()


def begins(desk: Desk, store: Store) -> int:
    """The last number that counts as given, when the service has begun on this database."""
    go_on_above(desk.box(), desk.imap(), desk.live, store, desk.clock())
    with store.reading() as s:
        return numbers.last_given(s)


def test_numbers_that_people_know_are_not_given_again_by_an_empty_database(desk: Desk, empty: Store) -> None:
    """Somebody else's case would answer to them (invariant 2)."""
    desk.gets(mail())
    desk.round()
    desk.gets(answer(desk.got()[0], "Gracias, quedo atenta."))
    desk.round()
    assert begins(desk, empty) == 1000
    with empty.reading() as s:
        found = numbers.earlier(s)
    assert found is not None
    assert (found["mailbox"], found["highest"], found["next"]) == ("soporte", "MS-000001", "MS-001001")
    desk.store = empty
    assert desk.poll() == []
    desk.gets(mail("Olvidé la contraseña del portal", sender=LUZ))
    assert desk.poll() == [Outcome.OPENED]
    assert desk.case()["number"] == "MS-001001"


def test_what_only_looks_like_a_number_changes_nothing(desk: Desk, empty: Store) -> None:
    for subject in ("Licencias de MS-365", "Caso MS-000777 de otra mesa", "[MS-12] nota"):
        desk.gets(mail(subject))
    desk.round()
    assert begins(desk, empty) == 0
    with empty.reading() as s:
        assert numbers.earlier(s) is None


def test_a_mailbox_that_was_read_before_is_not_searched_again(desk: Desk) -> None:
    desk.gets(mail("Re: contraseña [MS-000500]"))
    desk.round()
    assert begins(desk, desk.store) < 500
