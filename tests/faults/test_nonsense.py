"""Servers that lie, ramble and never end: an error in words, bounded memory, and never a wrong outcome."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from threading import Thread

import pytest

from mailbot.transport import bounded
from mailbot.transport.errors import TransportError, Uncertain, Unreachable
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.smtp import Smtp
from tests.faults.proxy import Lie
from tests.faults.station import Station
from tests.transport import faulty
from tests.transport.conftest import PASSWORD, QUICK, settings

SIZE = '* 1 FETCH (UID 1 RFC822.SIZE 9 INTERNALDATE "21-Nov-2026 10:00:00 -0500")\nTAG OK done\n'
MAIL = b"From: a@mesa.example\r\nTo: b@mesa.example\r\nSubject: x\r\n\r\nx\r\n"


def read(server: faulty.Faulty) -> list[bytes]:
    """What a poll does."""
    mailbox = ImapMailbox(settings("a@mesa.example", imap=server.port), lambda: PASSWORD, QUICK)
    with closing(mailbox):
        mailbox.connect()
        mailbox.select("INBOX")
        return [mail.raw[:] for mail in mailbox.fetch(mailbox.uids(0)) if not mail.error]


NONSENSE = {
    "a tag of somebody else": {"UID SEARCH": "zzz OK done\n"},
    "no tag": {"UID SEARCH": "* SEARCH 1\nOK done\n"},
    "not IMAP at all": {"UID SEARCH": "HTTP/1.1 400 Bad Request\n"},
    "bytes": {"UID SEARCH": "\x00\x01\ud7ff\n"},
    "BYE": {"UID SEARCH": "* BYE going down\n"},
    "BYE before all": {"LOGIN": "* BYE going down\n"},
    "NO to all": {".": "TAG NO no\n"},
    "BAD to all": {".": "TAG BAD what\n"},
    "a literal of a gigabyte": {"UID FETCH": "* 1 FETCH (UID 1 BODY[] {999999999}\nabc"},
    "a literal that ends too early": {"UID FETCH": "* 1 FETCH (UID 1 BODY[] {50}\nabc)\nTAG OK done\n"},
    "a size that is no number": {"UID FETCH": "* 1 FETCH (UID 1 RFC822.SIZE lots)\nTAG OK done\n"},
    "no size": {"UID FETCH": "* 1 FETCH (UID 1 FLAGS ())\nTAG OK done\n"},
    "no date": {"UID FETCH": "* 1 FETCH (UID 1 RFC822.SIZE 9)\nTAG OK done\n"},
    "a date that is none": {
        "UID FETCH": '* 1 FETCH (UID 1 RFC822.SIZE 9 INTERNALDATE "soon")\nTAG OK done\n'
    },
    "brackets that do not end": {"UID FETCH": "* 1 FETCH (UID 1 RFC822.SIZE (((\nTAG OK done\n"},
    "UIDs that are none": {"UID SEARCH": "* SEARCH one two\nTAG OK done\n"},
    "UIDVALIDITY that is none": {"SELECT": "* 1 EXISTS\n* OK [UIDVALIDITY x] x\nTAG OK done\n"},
    "no capabilities": {"CAPABILITY": "TAG OK done\n"},
}


@pytest.mark.parametrize("answers", NONSENSE.values(), ids=NONSENSE.keys())
def test_nonsense_is_an_error_in_words_and_never_a_mail(answers: dict[str, str | None]) -> None:
    usual = {"UID SEARCH": "* SEARCH 1\nTAG OK done\n", r"UID FETCH 1 \(RFC822.SIZE": SIZE}
    with faulty.imap({**usual, **answers}) as server:
        taken, said = attempt(server)
    assert taken == []
    assert said.endswith(".")
    assert len(said) < 700


def attempt(server: faulty.Faulty) -> tuple[list[bytes], str]:
    try:
        return read(server), "."
    except TransportError as error:
        return [], str(error)


def test_a_mail_that_nobody_asked_for_is_not_taken() -> None:
    """Its UID is another's, or none that the search gave."""
    both = "* 7 FETCH (UID 7 BODY[] {6}\notro\n)\n* 1 FETCH (UID 1 BODY[] {5}\nuno\n)\nTAG OK done\n"
    answers = {
        "UID SEARCH": "* SEARCH 1\nTAG OK done\n",
        r"UID FETCH 1 \(RFC822.SIZE": SIZE.replace("TAG", "* 7 FETCH (UID 7 RFC822.SIZE 5)\nTAG"),
        r"UID FETCH 1 \(BODY": both,
    }
    with faulty.imap(answers) as server:
        assert read(server) == [b"uno\r\n"]


def test_a_no_to_every_command_leaves_the_mailbox_as_it_is(station: Station) -> None:
    station.gets()
    station.imap_line.set(Lie(1, b"TAG NO no\r\n", lasts=True))
    assert not station.round()
    station.rest()
    station.prove()


# -- without end -----------------------------------------------------------------------------------------


FLOODS = {
    "one line": (b"* SEARCH", b" 1" * 50_000),
    "many lines": (b"", b"* 1 EXISTS\r\n" * 10_000),
    "one literal": (b"* 1 FETCH (UID 1 BODY[] {999999999}\r\n", b"x" * 100_000),
    "many literals": (b"", b"* 1 FETCH (UID 1 BODY[] {1000}\r\n" + b"x" * 1000 + b")\r\n"),
}
READER = """
import resource, sys
from tests.faults.test_nonsense import settings, ImapMailbox, QUICK, TransportError
mailbox = ImapMailbox(settings("a@mesa.example", imap=int(sys.argv[1])), lambda: "x", QUICK)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    mailbox.connect()
except TransportError as error:
    print(error)
mailbox.close()
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.fixture
def flood() -> Iterator[Callable[[bytes, bytes], int]]:
    """A server that greets, and then says this and that without end; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve(first: bytes, again: bytes) -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    connection.sendall(b"* OK ready\r\n" + first)
                    while True:
                        connection.sendall(again)
                except OSError:
                    return

        def start(first: bytes, again: bytes) -> int:
            Thread(target=serve, args=(first, again), daemon=True).start()
            port: int = listener.getsockname()[1]
            return port

        yield start


@pytest.mark.parametrize("what", FLOODS.values(), ids=FLOODS.keys())
def test_an_answer_without_end_ends_in_bounded_memory(
    flood: Callable[[bytes, bytes], int], what: tuple[bytes, bytes]
) -> None:
    """Measured in a process of its own: at most some 200 MB more than before, for 32 MB of lines of twelve octets."""
    port = flood(*what)
    done = subprocess.run(
        [sys.executable, "-c", READER, str(port)], capture_output=True, text=True, timeout=120, check=True
    )
    said, megabytes = done.stdout.splitlines()
    assert "contestó sin fin a una sola orden" in said
    assert int(megabytes) < 250


@pytest.mark.parametrize("step", ["BANNER", "EHLO", "MAIL", "DOT"])
def test_an_smtp_answer_without_end_ends(step: str) -> None:
    endless = "250-more\n" * (bounded.MOST_LINES + 100)
    if step == "BANNER":
        endless = endless.replace("250", "220")
    dot = endless if step == "DOT" else "250 Ok\n"
    with faulty.smtp({} if step == "DOT" else {step: endless}, dot=dot) as server:
        box = settings("a@mesa.example", smtp=server.port)
        smtp = Smtp(box, lambda: PASSWORD, QUICK)
        with pytest.raises(Uncertain if step == "DOT" else Unreachable, match="contestó sin fin"):
            smtp.send("a@mesa.example", "b@mesa.example", MAIL)
        smtp.close()


SMTP_NONSENSE = [
    "HTTP/1.1 400 Bad Request\n",
    "\x00\x01\n",
    "250\n",
    "999 what\n",
    "x" * 10_000 + "\n",
    "250 \n",
]


@pytest.mark.parametrize("step", ["BANNER", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("said", SMTP_NONSENSE)
def test_smtp_nonsense_before_the_final_dot_is_never_taken_for_a_yes(step: str, said: str) -> None:
    with faulty.smtp({step: said, "HELO": said}) as server:
        smtp = Smtp(settings("a@mesa.example", smtp=server.port), lambda: PASSWORD, QUICK)
        positive = said.startswith("250") and step in ("EHLO", "MAIL", "RCPT")
        if positive:
            smtp.send("a@mesa.example", "b@mesa.example", MAIL)
        else:
            with pytest.raises(Unreachable):
                smtp.send("a@mesa.example", "b@mesa.example", MAIL)
        smtp.close()


@pytest.mark.parametrize("said", ["HTTP/1.1 400 Bad Request\n", "\x00\x01\n", "999 what\n", "354 go on\n"])
def test_smtp_nonsense_after_the_final_dot_is_neither_yes_nor_no(said: str) -> None:
    """Hazard 57: nobody can know."""
    with faulty.smtp(dot=said) as server:
        smtp = Smtp(settings("a@mesa.example", smtp=server.port), lambda: PASSWORD, QUICK)
        with pytest.raises(Uncertain):
            smtp.send("a@mesa.example", "b@mesa.example", MAIL)
        smtp.close()


def test_a_line_that_is_dead_is_told_from_a_server_that_is_slow(station: Station) -> None:
    """Hazard 56: the kernel asks every ten seconds after thirty of silence; read from the sockets in use."""
    with station.connected() as imap:
        sockets = [imap.client.socket()]
        station.smtp.connect()
        sockets.append(station.smtp._smtp.sock)  # type: ignore[union-attr]
        for used in sockets:
            assert used.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            idle, every, times = (
                used.getsockopt(socket.IPPROTO_TCP, option)
                for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            )
            assert idle + every * times <= 60
