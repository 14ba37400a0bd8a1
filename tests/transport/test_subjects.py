"""Subjects alone, read from a folder of which nothing may change."""

from pathlib import Path

import pytest
from imapclient import IMAPClient  # type: ignore[import-untyped]

from mailbot.transport import imap_subjects
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.imap_subjects import subjects
from tests import dovecot
from tests.transport.conftest import PASSWORD, QUICK, Served, settings
from tests.transport.test_imap import other_client

SUBJECT = "Subject: =?utf-8?Q?Olvid=C3=A9?=\r\n =?utf-8?Q?_la?= clave\r\n"
MAIL = f"From: ana@mesa.example\r\n{SUBJECT}X-Secret: 1\r\n\r\nNadie lee esto.\r\n".encode()
BARE = b"From: ana@mesa.example\r\n\r\nSin asunto.\r\n"


def read(mailbox: ImapMailbox) -> list[str]:
    mailbox.select("INBOX", read_only=True)
    return [subject for some in subjects(mailbox, mailbox.uids(0)) for subject in some]


def test_subjects_come_decoded_and_unfolded_and_empty_where_there_is_none(
    served: Served, mailbox: ImapMailbox, address: str
) -> None:
    """Hazards 24, 26."""
    for mail in (MAIL, BARE):
        served.deliver(mail, address)
    assert read(mailbox) == ["Olvidé la clave", ""]


def test_they_come_in_bundles_each_once(
    served: Served, mailbox: ImapMailbox, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_subjects, "UIDS_A_LINE", 2)
    for n in range(5):
        served.deliver(f"Subject: {n}\r\n\r\nx\r\n".encode(), address)
    assert read(mailbox) == ["0", "1", "2", "3", "4"]


def test_a_message_that_is_gone_meanwhile_is_left_out(
    served: Served, mailbox: ImapMailbox, address: str
) -> None:
    served.deliver(MAIL, address)
    mailbox.select("INBOX", read_only=True)
    uids = mailbox.uids(0)
    assert list(subjects(mailbox, [*uids, uids[-1] + 7])) == [["Olvidé la clave"]]


def test_flags_stay_as_they_were(served: Served, mailbox: ImapMailbox, address: str) -> None:
    """Hazard 52."""
    served.deliver(MAIL, address)
    read(mailbox)
    with other_client(served, address) as person:
        (flags,) = person.get_flags(person.search()).values()
        assert b"\\Seen" not in flags


def test_an_examined_folder_may_not_be_moved_from(served: Served, mailbox: ImapMailbox, address: str) -> None:
    served.deliver(MAIL, address)
    mailbox.select("INBOX", read_only=True)
    assert not mailbox.can_move
    mailbox.select("INBOX")
    assert mailbox.can_move


def test_nothing_but_subjects_is_asked_of_a_real_server(real: dovecot.Dovecot) -> None:
    r"""What the client said, by Dovecot's own record: EXAMINE, SEARCH, and one kind of FETCH. \Recent stays too."""
    address = "primer.dia@mesa.example"
    for _ in range(3):
        real.deliver(MAIL, address)
    said = real.base / "mail" / address / "dovecot.rawlog"
    said.mkdir()
    dovecot.give_to_mail_user(said)
    mailbox = ImapMailbox(settings(address, imap=real.imap_port), lambda: PASSWORD, QUICK)
    mailbox.connect()
    assert read(mailbox) == ["Olvidé la clave"] * 3
    mailbox.close()
    assert [c for c in commands(said) if c.split(b" ")[0] in (b"UID", b"SELECT", b"EXAMINE", b"CLOSE")] == [
        b'EXAMINE "INBOX"',
        b"UID SEARCH UID 1:*",
        b"UID FETCH 1,2,3 (BODY.PEEK[HEADER.FIELDS (SUBJECT)])",
    ]
    with IMAPClient("127.0.0.1", real.imap_port, ssl=False, timeout=5) as person:
        person.login(address, PASSWORD)
        assert person.select_folder("INBOX")[b"RECENT"] == 3


def commands(said: Path) -> list[bytes]:
    """Without the time and the tag before each."""
    lines = b"".join(path.read_bytes() for path in said.glob("*.in")).splitlines()
    return [line.split(b" ", 2)[2] for line in lines if line.count(b" ") > 1]
