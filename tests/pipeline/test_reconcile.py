"""`mailbot reconcile`: each message on the server has exactly one outcome (invariant 1, lesson 43)."""

import pytest

from mailbot.reconcile import Account, reconcile
from tests.pipeline.given import DAY, MINUTE, Desk, mail

#: which database it is does not matter here
pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def account(desk: Desk) -> Account:
    found = Account()
    reconcile(desk.box(), desk.imap(), desk.live, desk.store, found)
    return found


def test_after_a_poll_server_and_ledger_agree(desk: Desk) -> None:
    for subject in ("contraseña", "Boletín", "Almuerzo"):
        desk.gets(mail(subject))
    desk.poll()
    found = account(desk)
    assert (found.on_server, found.recorded, found.unread, found.agrees) == (3, 3, 0, True)


def test_what_came_after_the_poll_is_unread_and_not_missing(desk: Desk) -> None:
    desk.gets(mail())
    found = account(desk)
    assert (found.unread, found.agrees) == (1, True)


def test_what_is_older_than_the_first_connection_was_never_ours(new_desk: Desk) -> None:
    new_desk.clock.move(-DAY)
    new_desk.gets(mail())
    new_desk.clock.move(DAY)
    new_desk.poll()
    found = account(new_desk)
    assert (found.on_server, found.agrees) == (0, True)


def test_a_mail_that_somebody_moved_before_it_was_read_is_missing(desk: Desk) -> None:
    """It lies in a folder of ours and has no outcome: what reconcile is for."""
    desk.clock.move(MINUTE)
    desk.gets(mail())
    with desk.client() as person:
        person.select_folder("INBOX")
        person.move(person.search(), "Procesados")
    desk.poll()
    found = account(desk)
    assert [(entry["folder"], found.agrees) for entry in found.missing] == [("Procesados", False)]


def test_a_folder_that_is_not_there_is_empty_and_is_not_made(desk: Desk) -> None:
    """It looks and changes nothing."""
    desk.gets(mail())
    desk.imap()
    with desk.client() as person:
        person.delete_folder("Por revisar")
        found = account(desk)
        assert "Por revisar" not in [name for _, _, name in person.list_folders()]
    assert (found.unread, found.agrees) == (1, True)


def test_a_mail_that_a_person_moved_after_it_was_read_is_known_by_its_content(desk: Desk) -> None:
    desk.gets(mail())
    desk.poll()
    with desk.client() as person:
        person.select_folder("Procesados")
        person.move(person.search(), "Por revisar")
    found = account(desk)
    assert (found.on_server, found.recorded, found.agrees) == (1, 1, True)
