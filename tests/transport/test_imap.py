"""One mailbox on real servers: what is read, what is moved, and what is never touched."""

import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
from imapclient import IMAPClient  # type: ignore[import-untyped]

from mailbot.transport.errors import TransportError
from mailbot.transport.imap import ImapMailbox
from tests.transport.conftest import PASSWORD, Served

MAIL = "Subject: Olvidé la contraseña\r\nFrom: ana@mesa.example\r\n\r\nBuenos días.\r\n".encode()


def other_client(served: Served, address: str) -> IMAPClient:
    """What a person's mail program does to the same account."""
    client = IMAPClient("127.0.0.1", served.imap_port, ssl=False, timeout=5)
    client.login(address, PASSWORD)
    client.select_folder("INBOX")
    return client


def fetched(mailbox: ImapMailbox) -> list[bytes]:
    return [message.raw[:] for message in mailbox.fetch(mailbox.uids(0))]


def test_a_message_comes_as_it_is_with_the_servers_arrival_time(
    served: Served, mailbox: ImapMailbox, address: str
) -> None:
    """Lesson 20: bytes stay bytes. Invariant 3: an answer is judged by INTERNALDATE, in UTC."""
    served.deliver(MAIL, address)
    (message,) = mailbox.fetch(mailbox.uids(0))
    assert message.raw[:].endswith(MAIL)
    assert message.size == len(message.raw)
    assert message.whole
    assert message.received_at.utcoffset() == timedelta(0)
    assert abs(message.received_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_reading_leaves_a_message_unread(served: Served, mailbox: ImapMailbox, address: str) -> None:
    """Hazard 52: flags belong to people."""
    served.deliver(MAIL, address)
    fetched(mailbox)
    with other_client(served, address) as person:
        (flags,) = person.get_flags(mailbox.uids(0)).values()
        assert b"\\Seen" not in flags


def test_a_message_that_somebody_opened_is_still_new_to_us(
    served: Served, mailbox: ImapMailbox, address: str
) -> None:
    """Lesson 4: \\Seen is never read as state."""
    served.deliver(MAIL, address)
    with other_client(served, address) as person:
        person.add_flags(person.search(), [b"\\Seen"])
    assert len(mailbox.uids(0)) == 1


def test_uids_above_the_last_one_are_none(served: Served, mailbox: ImapMailbox, address: str) -> None:
    """RFC 3501: `N:*` names the last message even when its UID is below N."""
    served.deliver(MAIL, address)
    (uid,) = mailbox.uids(0)
    assert mailbox.uids(uid) == []


def test_the_uid_next_of_a_folder_is_above_all_it_holds(
    served: Served, mailbox: ImapMailbox, address: str
) -> None:
    """Lesson 33: the first connection must know where the old mail ends."""
    served.deliver(MAIL, address)
    selected = mailbox.select("INBOX")
    assert selected.uidvalidity > 0
    assert mailbox.uids(selected.uidnext - 1) == []
    served.deliver(MAIL, address)
    assert mailbox.uids(selected.uidnext - 1) == [selected.uidnext]


def test_mail_of_the_days_before_a_date_is_left_out(
    served: Served, mailbox: ImapMailbox, address: str
) -> None:
    """`start = 2026-01-31`: by the server's arrival day, not by the Date header."""
    with other_client(served, address) as person:
        for day in (10, 20):
            person.append("INBOX", MAIL, msg_time=datetime(2026, 10, day, 12, tzinfo=UTC))
    first, second = mailbox.uids(0)
    assert mailbox.uids(0, since=date(2026, 10, 15)) == [second]
    assert mailbox.uids(0, since=date(2026, 10, 1)) == [first, second]


def test_a_message_that_is_gone_is_left_out(served: Served, mailbox: ImapMailbox, address: str) -> None:
    served.deliver(MAIL, address)
    (uid,) = mailbox.uids(0)
    assert [message.uid for message in mailbox.fetch([uid, uid + 1000])] == [uid]


def test_many_messages_come_in_order(served: Served, mailbox: ImapMailbox, address: str) -> None:
    """More than one command's worth."""
    for n in range(60):
        served.deliver(b"Subject: %d\r\n\r\n" % n, address)
    subjects = [raw.split(b"Subject: ")[1].split(b"\r\n")[0] for raw in fetched(mailbox)]
    assert subjects == [b"%d" % n for n in range(60)]


def test_a_large_message_comes_whole(served: Served, mailbox: ImapMailbox, address: str) -> None:
    """Hazard 43: in pieces, so that it is not held in memory several times."""
    lines = b"".join(b"%070d\r\n" % n for n in range(130_000))
    served.deliver(b"Subject: grande\r\n\r\n" + lines, address)
    (raw,) = fetched(mailbox)
    assert len(raw) > 9_000_000
    assert raw.endswith(b"\r\n\r\n" + lines)


def test_a_moved_message_is_known_by_its_new_uid(served: Served, mailbox: ImapMailbox, address: str) -> None:
    """RFC 4315 COPYUID: its identity does not change because it moved."""
    for n in range(3):
        served.deliver(b"Subject: %d\r\n\r\n" % n, address)
    mailbox.ensure_folder("Procesados")
    first, second, third = mailbox.uids(0)
    moved = mailbox.move([first, third], "Procesados")
    assert mailbox.uids(0) == [second]
    assert moved is not None
    there = mailbox.select("Procesados")
    subjects = {m.uid: m.raw[:].split(b"Subject: ")[1][:1] for m in mailbox.fetch(mailbox.uids(0))}
    assert {moved[first], moved[third]} == {(there.uidvalidity, uid) for uid in subjects}
    assert [subjects[place[1]] for place in (moved[first], moved[third]) if place] == [b"0", b"2"]


def test_moving_what_is_gone_does_not_stop_the_others(
    served: Served, mailbox: ImapMailbox, address: str
) -> None:
    served.deliver(MAIL, address)
    mailbox.ensure_folder("Procesados")
    (uid,) = mailbox.uids(0)
    moved = mailbox.move([uid, uid + 1000], "Procesados")
    assert moved is not None
    assert moved[uid] is not None
    assert uid + 1000 not in moved
    assert mailbox.can_move


def test_what_a_person_takes_away_at_the_same_moment_does_not_keep_the_others(
    served: Served, mailbox: ImapMailbox, address: str
) -> None:
    """RFC 5530 EXPUNGEISSUED: Dovecot then refuses the whole command, and knows better right after."""
    for n in range(2):
        served.deliver(b"Subject: %d\r\n\r\n" % n, address)
    mailbox.ensure_folder("Procesados")
    theirs, ours = mailbox.uids(0)
    with other_client(served, address) as person:
        person.delete_messages([theirs])
        person.expunge()
    moved = mailbox.move([theirs, ours], "Procesados")
    assert moved is not None
    assert set(moved) == {ours}
    assert (mailbox.uids(0), len(mailbox.list("Procesados")[1])) == ([], 1)


def test_moving_leaves_alone_what_a_person_marked_as_deleted(
    served: Served, mailbox: ImapMailbox, address: str
) -> None:
    """Hazard 51: never a plain EXPUNGE."""
    served.deliver(b"Subject: de otro\r\n\r\n", address)
    served.deliver(MAIL, address)
    mailbox.ensure_folder("Procesados")
    theirs, ours = mailbox.uids(0)
    with other_client(served, address) as person:
        person.add_flags([theirs], [b"\\Deleted"])
    mailbox.move([ours], "Procesados")
    assert mailbox.uids(0) == [theirs]


def test_moving_into_the_same_folder_leaves_the_message_where_it_is(
    served: Served, mailbox: ImapMailbox, address: str
) -> None:
    """A rule with folder = "INBOX" would otherwise make a new UID, and so a new mail, at every poll."""
    served.deliver(MAIL, address)
    before = mailbox.uids(0)
    assert mailbox.move(before, "INBOX") is None
    assert mailbox.uids(0) == before


def test_a_folder_that_vanished_is_made_again_by_the_next_move(
    served: Served, mailbox: ImapMailbox, address: str
) -> None:
    served.deliver(MAIL, address)
    moved = mailbox.move(mailbox.uids(0), "Nunca creada")
    assert moved
    assert len(mailbox.list("Nunca creada")[1]) == 1


def test_a_missing_folder_is_created_and_shown_to_mail_clients(
    served: Served, mailbox: ImapMailbox, address: str
) -> None:
    """Accents and a parent: modified UTF-7 and the server's own separator."""
    mailbox.ensure_folder("Año 2026/Gestión & más")
    mailbox.ensure_folder("Año 2026/Gestión & más")
    with other_client(served, address) as person:
        assert "Año 2026/Gestión & más" in [name for _, _, name in person.list_sub_folders()]
    assert mailbox.list("Año 2026/Gestión & más")[1] == []
    assert mailbox.list(unicodedata.normalize("NFD", "Año 2026/Gestión & más"))[1] == []


def test_a_missing_folder_to_read_is_an_error_that_names_those_there_are(mailbox: ImapMailbox) -> None:
    mailbox.ensure_folder("Procesados")
    with pytest.raises(TransportError, match=r"Abrir la carpeta Entrada: .*INBOX, Procesados") as caught:
        mailbox.select("Entrada")
    assert caught.value.permanent
    assert mailbox.list("INBOX")[1] == []  # the connection is still good


def test_a_wrong_password_says_what_to_change(served: Served, address: str) -> None:
    mailbox = served.mailbox(address)
    mailbox.credential = lambda: "otra"
    with pytest.raises(
        TransportError, match=rf"Entrar como {address} .*Revise username y password"
    ) as caught:
        mailbox.connect()
    assert caught.value.permanent
    assert "otra" not in str(caught.value)


def test_where_systemd_gave_the_password_a_new_one_needs_a_restart(
    served: Served, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It hands out a copy at the start: a reload would log in with the old one."""
    mailbox = served.mailbox(address)
    mailbox.credential = lambda: "otra"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials/mailbot.service")
    with pytest.raises(TransportError, match="systemctl restart mailbot"):
        mailbox.connect()


def test_a_password_with_accents_is_sent_whole(served: Served, address: str) -> None:
    """LOGIN is ASCII only: a wrong one must be refused by the server, not break on our side."""
    mailbox = served.mailbox(address)
    mailbox.credential = lambda: "contraseña"
    with pytest.raises(TransportError, match="Revise username y password"):
        mailbox.connect()


@pytest.mark.parametrize(
    "name",
    [
        "Procesados\r\nA1 DELETE INBOX",  # another command
        "Proce\x00sados",
    ],
)
def test_control_characters_never_reach_the_server(mailbox: ImapMailbox, name: str) -> None:
    """Hazard 31."""
    for use in (mailbox.ensure_folder, mailbox.select, lambda folder: mailbox.move([1], folder)):
        with pytest.raises(TransportError, match="caracteres de control"):
            use(name)


def test_without_a_connection_every_call_says_so(served: Served, address: str) -> None:
    mailbox = served.mailbox(address)
    with pytest.raises(TransportError, match="no hay conexión"):
        mailbox.uids(0)
    mailbox.wake()
    mailbox.close()
