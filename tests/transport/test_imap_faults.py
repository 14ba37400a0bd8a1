"""Poorer and stranger IMAP servers than the two that run everywhere else."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from mailbot.transport import imap_fetch
from mailbot.transport.errors import TransportError
from mailbot.transport.imap import ImapMailbox, Selected
from mailbot.transport.imap_move import numbers
from tests import dovecot
from tests.transport import faulty
from tests.transport.conftest import PASSWORD, QUICK, Served, settings
from tests.transport.test_imap import MAIL, other_client
from tests.transport.test_wait import connected


@pytest.fixture(scope="module")
def dotted() -> Iterator[dovecot.Dovecot]:
    """Folders below `INBOX.`, as at Courier and many hosting providers; UIDPLUS, but no MOVE and no IDLE."""
    dovecot.required()
    with dovecot.Dovecot(prefix="INBOX.", separator=".", capability="IMAP4rev1 UIDPLUS NAMESPACE") as server:
        yield server


@pytest.fixture(scope="module")
def bare() -> Iterator[dovecot.Dovecot]:
    """RFC 3501 and nothing else."""
    dovecot.required()
    with dovecot.Dovecot(capability="IMAP4rev1") as server:
        yield server


def inbox(server: dovecot.Dovecot, address: str) -> ImapMailbox:
    mailbox = Served(server.imap_port, server.deliver).mailbox(address)
    mailbox.connect()
    mailbox.select("INBOX")
    return mailbox


@pytest.mark.parametrize(
    "written",
    [
        "Gestión/Procesados",  # as the documentation says
        "INBOX/Gestión/Procesados",
        "INBOX.Gestión.Procesados",  # as the server says
    ],
)
def test_folders_are_found_below_the_servers_prefix(
    dotted: dovecot.Dovecot, address: str, written: str
) -> None:
    mailbox = inbox(dotted, address)
    mailbox.ensure_folder(written)
    mailbox.ensure_folder(written)
    assert mailbox.list(written)[1] == []
    assert mailbox.folders.names() == ["INBOX", "INBOX.Gestión.Procesados"]
    mailbox.close()


def test_without_move_the_message_is_copied_and_only_it_is_expunged(
    dotted: dovecot.Dovecot, address: str
) -> None:
    """Hazards 48, 51: UID EXPUNGE of our own, never of what a person marked."""
    for _ in range(3):
        dotted.deliver(MAIL, address)
    mailbox = inbox(dotted, address)
    mailbox.ensure_folder("Procesados")
    ours, theirs, other = mailbox.uids(0)
    with other_client(Served(dotted.imap_port, dotted.deliver), address) as person:
        person.add_flags([theirs], [b"\\Deleted"])
    assert mailbox.can_move
    moved = mailbox.move([ours, other + 1000], "Procesados")
    assert mailbox.uids(0) == [theirs, other]
    there, uids = mailbox.list("Procesados")
    assert moved == {ours: (there.uidvalidity, uids[0])}
    mailbox.close()


def test_a_server_that_cannot_move_safely_keeps_the_message(bare: dovecot.Dovecot, address: str) -> None:
    """Invariant 1: without MOVE or UIDPLUS it stays, and the ledger knows."""
    bare.deliver(MAIL, address)
    mailbox = inbox(bare, address)
    mailbox.ensure_folder("Procesados")
    before = mailbox.uids(0)
    assert not mailbox.can_move
    assert mailbox.move(before, "Procesados") is None
    assert mailbox.uids(0) == before
    assert mailbox.list("Procesados")[1] == []
    mailbox.close()


def test_without_idle_a_wait_is_a_pause_and_mail_is_found_after_it(
    bare: dovecot.Dovecot, address: str
) -> None:
    mailbox = inbox(bare, address)
    bare.deliver(MAIL, address)
    mailbox.wait(1)
    assert len(mailbox.uids(0)) == 1
    mailbox.close()


@pytest.mark.parametrize(
    ("header", "raw"),
    [
        ("* 2 FETCH (UID 2 BODY[HEADER]<0> {8}\na: b\n\n)\nTAG OK done\n", b"a: b\r\n\r\n"),
        ("TAG NO [SERVERBUG] cannot read\n", b""),
    ],
)
def test_one_message_that_the_server_cannot_give_does_not_stop_the_others(header: str, raw: bytes) -> None:
    """Lesson 7, hazard 49: it comes with what the server said, and what there is of it."""
    sizes = "".join(
        f'* {n} FETCH (UID {n} RFC822.SIZE 3 INTERNALDATE "21-Nov-2026 10:00:00 -0500")\n' for n in (1, 2, 3)
    )
    answers = {
        r"UID FETCH 1,2,3 \(RFC822.SIZE": f"{sizes}TAG OK done\n",
        r"UID FETCH 1,2,3 \(BODY": "TAG NO [SERVERBUG] cannot read\n",
        r"UID FETCH 2 \(BODY.PEEK\[\]": "TAG NO [SERVERBUG] cannot read\n",
        r"UID FETCH 2 \(BODY.PEEK\[HEADER": header,
        r"UID FETCH 1 \(BODY": "* 1 FETCH (UID 1 BODY[] {3}\nuno)\nTAG OK done\n",
        r"UID FETCH 3 \(BODY": "* 3 FETCH (UID 3 BODY[] {4}\ntres)\nTAG OK done\n",
    }
    with faulty.imap(answers) as server:
        mailbox = connected(server)
        first, broken, third = mailbox.fetch([1, 2, 3])
        assert (first.raw, first.error, third.raw, third.error) == (b"uno", "", b"tres", "")
        assert first.received_at == datetime(2026, 11, 21, 15, tzinfo=UTC)
        assert (broken.uid, broken.raw, broken.whole) == (2, raw, False)
        assert "cannot read" in broken.error
        mailbox.close()


SIZE_OF_1 = '* 1 FETCH (UID 1 RFC822.SIZE 9 INTERNALDATE "21-Nov-2026 10:00:00 -0500")\nTAG OK done\n'


@pytest.mark.parametrize(
    ("second", "read"),
    [
        ("* 1 FETCH (UID 1 BODY[]<4> {3}\nefg)\nTAG OK done\n", [(b"abcdefg", "")]),
        ("TAG OK done\n", []),  # somebody deleted it meanwhile
        ("* 1 FETCH (UID 1 BODY[]<9> {3}\nefg)\nTAG OK done\n", [(b"", "no BODY[]<4> in the answer")]),
    ],
)
def test_half_a_large_message_is_never_taken_for_the_whole(
    second: str, read: list[tuple[bytes, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariant 1, with pieces of four octets."""
    monkeypatch.setattr(imap_fetch, "BUNDLE", 5)
    monkeypatch.setattr(imap_fetch, "PIECE", 4)
    answers = {
        r"UID FETCH 1 \(RFC822.SIZE": SIZE_OF_1,
        r"UID FETCH 1 \(BODY.PEEK\[\]<0.4>": "* 1 FETCH (UID 1 BODY[]<0> {4}\nabcd)\nTAG OK done\n",
        r"UID FETCH 1 \(BODY.PEEK\[\]<4.4>": second,
    }
    with faulty.imap(answers) as server:
        mailbox = connected(server)
        assert [(m.raw[:], m.error) for m in mailbox.fetch([1])] == read
        mailbox.close()


def test_a_structure_too_deep_to_be_read_leaves_the_header() -> None:
    """Hazard 36: it is a stranger's, and above the limit nobody has looked at it."""
    deep = "(" * 3000 + '"TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1' + ' "MIXED")' * 2999 + ")"
    answers = {
        r"UID FETCH 1 \(RFC822.SIZE": SIZE_OF_1,
        r"UID FETCH 1 \(BODYSTRUCTURE": f"* 1 FETCH (UID 1 BODYSTRUCTURE {deep})\nTAG OK done\n",
        r"UID FETCH 1 \(BODY": "* 1 FETCH (UID 1 BODY[HEADER]<0> {8}\na: b\n\n)\nTAG OK done\n",
    }
    with faulty.imap(answers) as server:
        mailbox = connected(server)
        assert [(m.raw, m.error) for m in mailbox.fetch([1], 5)] == [(b"a: b\r\n\r\n", "")]
        mailbox.close()


def test_a_body_that_is_nil_is_not_an_empty_message() -> None:
    answers = {
        r"UID FETCH 1 \(RFC822.SIZE": SIZE_OF_1,
        r"UID FETCH 1 \(BODY": "* 1 FETCH (UID 1 BODY[] NIL)\nTAG OK done\n",
    }
    with faulty.imap(answers) as server:
        mailbox = connected(server)
        assert [(m.whole, m.error) for m in mailbox.fetch([1])] == [(False, "BODY[] NIL")]
        mailbox.close()


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        (
            "* 3 EXISTS\nTAG OK [READ-WRITE] x\n",
            "no da un UIDVALIDITY válido",
        ),  # hazard 50: no UID can be trusted
        ("TAG NO [NONEXISTENT] no such mailbox\n", "no such mailbox"),
        (None, "la conexión se cortó"),
    ],
)
def test_a_folder_that_cannot_be_read_is_an_error(select: str | None, expected: str) -> None:
    with faulty.imap({"SELECT": select}) as server, pytest.raises(TransportError, match=expected):
        connected(server)


def test_a_server_without_uidnext_is_asked_for_its_last_message() -> None:
    """RFC 3501 §6.3.1: a server may leave UIDNEXT out."""
    select = "* 3 EXISTS\n* OK [UIDVALIDITY 7] x\nTAG OK [READ-WRITE] x\n"
    with faulty.imap({"SELECT": select, r"UID SEARCH UID \*": "* SEARCH 41\nTAG OK done\n"}) as server:
        mailbox = connected(server)
        assert mailbox.select("INBOX").uidnext == 42
        mailbox.close()


@pytest.mark.parametrize(
    ("login", "permanent"),
    [
        ("TAG NO [AUTHENTICATIONFAILED] bad\n", True),
        ("TAG NO [UNAVAILABLE] later\n", False),  # RFC 5530: the directory behind it is down
        (None, False),  # cut: no wrong password
    ],
)
def test_a_login_that_failed_for_now_is_no_wrong_password(login: str | None, permanent: bool) -> None:
    """Hazard 55: what a person must mend is told apart from what passes."""
    with faulty.imap({"LOGIN": login}) as server:
        mailbox = ImapMailbox(settings("a@mesa.example", imap=server.port), lambda: PASSWORD, QUICK)
        with pytest.raises(TransportError, match=r"Entrar como a@mesa\.example") as caught:
            mailbox.connect()
        assert caught.value.permanent is permanent


def test_neither_seen_nor_expunge_nor_a_sequence_number_is_ever_sent(
    dotted: dovecot.Dovecot, address: str
) -> None:
    """Invariant 1, lesson 2: read from Dovecot's own record of what we said."""
    log = dotted.base / "mail" / address / "dovecot.rawlog"
    log.mkdir(parents=True)
    dovecot.give_to_mail_user(dotted.base / "mail" / address)
    dotted.deliver(MAIL, address)
    mailbox = inbox(dotted, address)
    mailbox.ensure_folder("Procesados")
    list(mailbox.fetch(mailbox.uids(0)))
    list(mailbox.fetch(mailbox.uids(0), 10))
    mailbox.move(mailbox.uids(0), "Procesados")
    mailbox.close()
    said = b"".join(file.read_bytes() for file in log.glob("*.in")).upper()
    assert b"UID EXPUNGE" in said
    assert said.count(b"EXPUNGE") == said.count(b"UID EXPUNGE")
    assert said.count(b"FETCH") == said.count(b"UID FETCH") > 0
    assert said.count(b"BODY[") == 0
    assert b"SEEN" not in said


@pytest.mark.parametrize(
    ("uid_set", "expected"),
    [(b"4", [4]), (b"4,7:9", [4, 7, 8, 9]), (b"9:7", [7, 8, 9])],
)
def test_a_uid_set_is_read_as_rfc_3501_defines_it(uid_set: bytes, expected: list[int]) -> None:
    assert list(numbers(uid_set)) == expected


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ('* STATUS "Crear caso" (UIDVALIDITY 9 UIDNEXT 12)\nTAG OK done\n', Selected(9, 12)),
        ("TAG OK done\n", Selected(0, 0)),
        ("TAG NO there is none\n", None),
    ],
)
def test_a_folder_is_looked_at_without_being_selected(said: str, found: Selected | None) -> None:
    """Also by a server that tells nothing: then it must be selected."""
    with faulty.imap({"STATUS": said}) as server:
        mailbox = connected(server)
        mailbox.select("INBOX")
        assert (mailbox.status("Crear caso"), mailbox.folder) == (found, "INBOX")
        mailbox.close()
