"""The same mail in many places is one; two mails with one name are two (invariant 2)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from mailbot.desk.decision import Outcome
from mailbot.pipeline import receive
from mailbot.transport.imap import ImapMailbox
from tests.pipeline.given import ANA, PASSWORD, QUICK, SECOND_BOX, Desk, mail


def test_the_same_mail_delivered_twice_is_one_case(desk: Desk) -> None:
    """Only what servers on its way wrote differs."""
    raw = mail()
    desk.gets(b"Received: from a by b; Wed, 18 Nov 2026 15:00:00 +0000\r\n" + raw)
    desk.gets(b"Received: from c by b; Wed, 18 Nov 2026 15:00:09 +0000\r\n" + raw)
    assert desk.poll() == [Outcome.OPENED, Outcome.DUPLICATE]
    assert (len(desk.cases()), len(desk.replies())) == (1, 1)


def test_one_mail_to_two_mailboxes_is_one_case_with_one_reply(desk: Desk) -> None:
    """Lesson 22: both deliveries are in the ledger."""
    desk.poll("redes")
    raw = mail()
    desk.gets(raw)
    desk.gets(raw, SECOND_BOX)
    assert [desk.poll("soporte"), desk.poll("redes")] == [[Outcome.OPENED], [Outcome.DUPLICATE]]
    assert (len(desk.cases()), len(desk.replies())) == (1, 1)
    assert [m["mailbox"] for m in desk.messages()] == ["soporte", "redes"]


def test_two_different_mails_with_one_message_id_are_both_kept(desk: Desk) -> None:
    """Hazard 53."""
    desk.gets(mail("Olvidé la contraseña", message_id="<1@oti.example>"))
    desk.gets(mail("Otra contraseña distinta", message_id="<1@oti.example>"))
    assert desk.poll() == [Outcome.OPENED, Outcome.OPENED]
    assert len(desk.cases()) == 2


def test_mail_without_a_message_id_is_taken_in_once(desk: Desk) -> None:
    """Lesson 6."""
    raw = b"".join(line for line in mail().splitlines(True) if not line.startswith(b"Message-ID"))
    desk.gets(raw)
    desk.gets(raw)
    assert desk.poll() == [Outcome.OPENED, Outcome.DUPLICATE]


def test_a_copy_that_a_person_puts_back_into_the_mailbox_changes_nothing(desk: Desk) -> None:
    """Lesson 41: the ledger outlives the move."""
    desk.gets(mail())
    desk.poll()
    with desk.client() as person:
        person.select_folder("Procesados")
        person.copy(person.search(), "INBOX")
    assert desk.poll() == [Outcome.DUPLICATE]
    assert len(desk.replies()) == 1


@pytest.mark.parametrize("names", [("soporte", "soporte"), ("soporte", "redes")], ids=["same", "two"])
def test_two_readers_at_once_make_one_case_of_each_mail(desk: Desk, names: tuple[str, str]) -> None:
    """Lesson 37, hazard 54: two daemons on one mailbox, or the same mail in two, on one database."""
    desk.poll("redes")
    raws = [mail(f"contraseña {n}", sender=ANA) for n in range(6)]
    for raw in raws:
        desk.gets(raw)
        if names[1] != names[0]:
            desk.gets(raw, SECOND_BOX)
    imaps = [ImapMailbox(desk.box(name), lambda: PASSWORD, QUICK) for name in names]
    for imap in imaps:
        imap.connect()
    with ThreadPoolExecutor(2) as pool:
        polls = [
            pool.submit(receive, desk.box(name), imap, desk.live, desk.store, desk.clock, lambda: True)
            for name, imap in zip(names, imaps, strict=True)
        ]
        for poll in polls:
            poll.result()
    for imap in imaps:
        imap.close()
    outcomes = [m["outcome"] for m in desk.messages()]
    assert outcomes.count("opened") == len(raws)
    assert set(outcomes) <= {"opened", "duplicate"}
    assert len(desk.cases()) == len(raws)
    assert len({r["to"] + r["subject"] for r in desk.replies()}) == len(desk.replies())
