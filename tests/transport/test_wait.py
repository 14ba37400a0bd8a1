"""Waiting for mail: woken at once, never deaf, never hung, never a loop that burns the processor."""

import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from threading import Timer

import pytest

from mailbot.sandbox.servers import Sandbox
from mailbot.transport.connect import Timeouts
from mailbot.transport.errors import TransportError
from mailbot.transport.imap import ImapMailbox
from tests import dovecot
from tests.transport import faulty
from tests.transport.conftest import PASSWORD, QUICK, Served, settings

MAIL = b"Subject: hola\r\n\r\n"
EXISTS = "* 4 EXISTS\n"


def seconds(work: Callable[[], object]) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start


@pytest.fixture
def later() -> Iterator[Callable[[float, Callable[[], object]], None]]:
    """Do something in another thread after some seconds."""
    timers: list[Timer] = []

    def later(delay: float, work: Callable[[], object]) -> None:
        timers.append(Timer(delay, work))
        timers[-1].start()

    yield later
    for timer in timers:
        timer.join()


Later = Callable[[float, Callable[[], object]], None]


def test_new_mail_ends_the_wait_within_a_second(
    served: Served, mailbox: ImapMailbox, address: str, later: Later
) -> None:
    """IDLE. Dovecot looks every half second."""
    later(0.3, lambda: served.deliver(MAIL, address))
    assert seconds(lambda: mailbox.wait(20)) < 1.3
    assert len(mailbox.uids(0)) == 1


@pytest.mark.parametrize("short", [0.02, 0.1])
def test_new_mail_ends_a_wait_in_which_the_server_is_asked(
    served: Served, mailbox: ImapMailbox, address: str, later: Later, short: float
) -> None:
    """NOOP; what Dovecot tells in IDLE is half a second old."""
    later(0.3, lambda: served.deliver(MAIL, address))
    assert seconds(lambda: mailbox.wait(20, noop=short)) < 10
    assert len(mailbox.uids(0)) == 1


def test_mail_that_ended_a_wait_is_found_without_asking_for_the_folder_again(
    served: Served, mailbox: ImapMailbox, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once: after that nothing is known of it until it is selected."""
    mailbox.ensure_folder("Otra")
    selected = mailbox.select("INBOX")
    for wait in (partial(mailbox.wait, 20), partial(mailbox.wait, 20, noop=0.02)):
        served.deliver(MAIL, address)
        wait()
        with monkeypatch.context() as patch:
            patch.setattr(mailbox.client, "select_folder", None)
            patch.setattr(mailbox.client, "noop", None)
            assert mailbox.look("INBOX").uidvalidity == selected.uidvalidity
            found = mailbox.uids(0)
        assert mailbox.look("INBOX").uidnext == found[-1] + 1
    served.deliver(MAIL, address)
    mailbox.wait(20)
    assert mailbox.look("Otra") != mailbox.look("INBOX")
    assert len(mailbox.uids(0)) == 3


def test_a_wait_without_mail_asks_nothing_but_noop() -> None:
    with faulty.imap() as server:
        mailbox = connected(server)
        asked = len(server.heard)
        mailbox.wait(0.3, noop=0.01)
        said = [line.split()[1] for line in server.heard[asked:]]
        assert len(said) > 3
        assert set(said) == {b"NOOP"}
        mailbox.close()


def test_mail_that_came_before_the_wait_ends_it_too(
    served: Served, mailbox: ImapMailbox, address: str
) -> None:
    served.deliver(MAIL, address)
    assert seconds(lambda: mailbox.wait(20)) < 1
    assert len(mailbox.uids(0)) == 1


def test_mail_that_comes_while_we_search_ends_the_wait(
    served: Served, mailbox: ImapMailbox, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to a SEARCH may announce a message that it does not name yet (RFC 3501 §7)."""
    search = mailbox._search

    def just_before(uid_set: str, since: date | None = None) -> list[int]:
        served.deliver(MAIL, address)
        return search(uid_set, since)

    monkeypatch.setattr(mailbox, "_search", just_before)
    found = mailbox.uids(0)
    monkeypatch.undo()
    if not found:
        assert seconds(lambda: mailbox.wait(20)) < 1.3
        found = mailbox.uids(0)
    assert len(found) == 1


def test_a_call_from_another_thread_ends_the_wait_at_once(mailbox: ImapMailbox, later: Later) -> None:
    """SIGTERM ends the daemon in under five seconds."""
    later(0.2, mailbox.wake)
    assert seconds(lambda: mailbox.wait(20)) < 0.5


@pytest.mark.parametrize("noop", [0, 10])
def test_a_call_that_came_before_the_wait_is_not_lost(mailbox: ImapMailbox, noop: float) -> None:
    mailbox.wake()
    assert seconds(lambda: mailbox.wait(20, noop=noop)) < 0.3


@pytest.mark.parametrize("noop", [0, 0.1])
def test_the_next_wait_is_a_wait_again(mailbox: ImapMailbox, noop: float) -> None:
    mailbox.wake()
    mailbox.wait(20)
    assert seconds(lambda: mailbox.wait(1, noop=noop)) > 0.9


@pytest.mark.parametrize("length", [0.0, 0.1, 1.0])
def test_a_wait_ends_after_its_time(mailbox: ImapMailbox, length: float) -> None:
    assert length <= seconds(lambda: mailbox.wait(length)) < length + 0.5
    assert mailbox.uids(0) == []  # the connection is still good


def test_the_embedded_server_that_stops_ends_the_wait_with_an_error(later: Later, address: str) -> None:
    servers = Sandbox(password=PASSWORD).__enter__()
    mailbox = ImapMailbox(settings(address, imap=servers.imap_port), lambda: PASSWORD, QUICK)
    mailbox.connect()
    mailbox.select("INBOX")
    later(0.3, servers.__exit__)
    with pytest.raises(TransportError):
        mailbox.wait(20)
    mailbox.close()


def test_a_dovecot_that_stops_ends_the_wait_and_is_found_again(later: Later, address: str) -> None:
    """Hazard 56, lesson 8: an error and not a hang; the same object connects again."""
    dovecot.required()
    with dovecot.Dovecot() as server:
        mailbox = ImapMailbox(settings(address, imap=server.imap_port), lambda: PASSWORD, QUICK)
        mailbox.connect()
        mailbox.select("INBOX")
        later(0.3, server.stop)
        with pytest.raises(TransportError):
            mailbox.wait(20)
        with pytest.raises(TransportError, match="rechaza la conexión"):
            mailbox.connect()
        server.start()
        server.deliver(MAIL, address)
        mailbox.connect()
        mailbox.select("INBOX")
        assert len(mailbox.uids(0)) == 1
        mailbox.close()


@pytest.mark.parametrize(
    ("idle", "done"),
    [
        (f"+ idling\n{EXISTS}", "TAG OK done\n"),  # in one packet: no select would see it
        ("+ idling\n* OK Still here\n", "TAG OK done\n"),  # anything ends it
    ],
)
def test_news_in_the_packet_of_the_continuation_is_noticed(idle: str, done: str) -> None:
    """libraries: the lost wake-up."""
    with faulty.imap({"IDLE": idle, "DONE": done}) as server:
        mailbox = connected(server)
        assert seconds(lambda: mailbox.wait(20)) < 1
        mailbox.close()


@pytest.mark.parametrize("noop", [None, "", "* BYE\n", "TAG NO not now\n", "* 4 EXI"])
def test_whatever_breaks_noop_is_an_error_too(noop: str | None) -> None:
    with faulty.imap({"NOOP": noop}) as server:
        mailbox = connected(server)
        with pytest.raises(TransportError):
            mailbox.wait(5, noop=0.01)
        mailbox.close()


@pytest.mark.parametrize(
    ("idle", "done"),
    [
        (None, "TAG OK done\n"),  # cut before it answers
        (f"{EXISTS}+ idling\n", "TAG OK done\n"),  # the library cannot read this order
        ("+ idling\n* BYE\n", None),  # the server takes its leave
        ("+ idling\n* 4 EXI", None),  # a line cut in two
        ("TAG NO not now\n", "TAG OK done\n"),
        ("+ idling\n", ""),  # a dead line: nobody answers DONE
    ],
)
def test_whatever_breaks_idle_is_an_error_and_never_a_loop(idle: str | None, done: str | None) -> None:
    with faulty.imap({"IDLE": idle, "DONE": done}) as server:
        mailbox = connected(server)
        with pytest.raises(TransportError):
            mailbox.wait(1)
        mailbox.close()


def test_a_server_that_falls_silent_is_an_error_within_the_time_allowed() -> None:
    """Hazard 56: a time-out on every read."""
    with faulty.imap({"UID FETCH": ""}) as server:
        mailbox = connected(server)
        with pytest.raises(TransportError, match="no contestó a tiempo"):
            list(mailbox.fetch([1]))
        mailbox.close()


def test_what_the_server_announces_is_not_kept_for_ever() -> None:
    """libraries: imaplib collects untagged answers until the next SELECT."""
    with faulty.imap(
        {"NOOP": EXISTS * 100 + "TAG OK done\n", "UID SEARCH": "* SEARCH\nTAG OK done\n"}
    ) as server:
        mailbox = connected(server)
        for _ in range(5):
            mailbox.uids(0)
            mailbox.wait(0)
        assert len(mailbox.client._imap.untagged_responses.get("EXISTS", [])) <= 100
        mailbox.close()


def connected(server: faulty.Faulty) -> ImapMailbox:
    timeouts = Timeouts(connect=3, read=1)
    mailbox = ImapMailbox(settings("a@mesa.example", imap=server.port), lambda: PASSWORD, timeouts)
    mailbox.connect()
    try:
        mailbox.select("INBOX")
    except TransportError:
        mailbox.close()
        raise
    return mailbox


def test_mail_that_came_while_another_folder_was_selected_is_not_waited_for(
    served: Served, mailbox: ImapMailbox, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No server announces it once the folder is selected again: it was there then."""
    mailbox.ensure_folder("Otra")
    mailbox.select("INBOX")
    mailbox.uids(0)
    mailbox.select("Otra")
    served.deliver(MAIL, address)
    mailbox.select("INBOX")
    with monkeypatch.context() as patch:
        patch.setattr("mailbot.transport.imap.idle", None)  # it is not even begun
        mailbox.wait(60)
    (uid,) = mailbox.uids(0)
    mailbox.select("Otra")
    mailbox.select("INBOX")
    assert (mailbox.uids(uid), mailbox._news()) == ([], False)


def test_what_was_announced_while_other_mail_was_taken_in_is_looked_for_anew() -> None:
    """Since then more may have come: a poll must not count as of now by what the server said before it."""
    with faulty.imap(
        {"UID FETCH": "* 4 EXISTS\nTAG OK done\n", "UID SEARCH": "* SEARCH 4\nTAG OK done\n"}
    ) as server:
        mailbox = connected(server)
        list(mailbox.fetch([1]))
        mailbox.wait(20)
        server.heard.clear()
        mailbox.look("INBOX")
        mailbox.uids(0)
        asked = [line.split()[1] for line in server.heard]
        assert asked.index(b"SELECT") < asked.index(b"NOOP") < asked.index(b"UID")
        mailbox.close()


def test_each_command_is_a_sign_of_life_to_who_waits_for_one() -> None:
    """One that takes long must not be taken for one that hangs (a watchdog would end the whole service)."""
    signs: list[int] = []
    with faulty.imap({"UID SEARCH": "* SEARCH 4\nTAG OK done\n"}) as server:
        mailbox = connected(server)
        mailbox.close()
        mailbox.alive = lambda: signs.append(1)
        mailbox.connect()
        mailbox.select("INBOX")
        before = len(signs)
        mailbox.uids(0)
        assert before > 0
        assert len(signs) == before + 2  # NOOP, SEARCH
        mailbox.close()
