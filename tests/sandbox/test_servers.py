"""The embedded servers behave as real ones do, as far as the demo and a person's mail program can tell."""

import gc
import smtplib
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from imapclient import IMAPClient  # type: ignore[import-untyped]

from mailbot.sandbox.servers import LARGEST, Sandbox

DESK, ANA = "soporte@mesa.example", "ana@mesa.example"
MAIL = "Subject: Olvidé la clave\r\nFrom: ana@mesa.example\r\n\r\nBuenos días\r\n".encode()
THEN = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)


@pytest.fixture
def servers() -> Iterator[Sandbox]:
    with Sandbox([DESK], lambda: THEN) as servers:
        yield servers


def program(servers: Sandbox, address: str) -> IMAPClient:
    """A person's mail program, INBOX open."""
    client = IMAPClient("127.0.0.1", servers.imap_port, ssl=False, timeout=5)
    client.normalise_times = False
    client.login(address, "secreto")
    client.select_folder("INBOX")
    return client


def submit(servers: Sandbox, to: str, raw: bytes = MAIL, sender: str = ANA) -> None:
    with smtplib.SMTP("127.0.0.1", servers.smtp_port, timeout=10) as smtp:
        smtp.sendmail(sender, [to], raw)


def inbox(client: IMAPClient) -> list[bytes]:
    client.noop()
    return [m[b"BODY[]"] for m in client.fetch(client.search(), ["BODY.PEEK[]"]).values()]


def test_what_is_sent_is_in_the_inbox_with_its_return_path(servers: Sandbox) -> None:
    """RFC 5321 §4.4: a robot is known by the null return path, so the sandbox must write it."""
    submit(servers, DESK, b"Return-Path: <falso@x>\r\n" + MAIL, sender="")
    with program(servers, DESK) as client:
        assert inbox(client) == [b"Return-Path: <>\r\n" + MAIL]


def test_the_clock_of_the_sandbox_is_the_time_of_arrival(servers: Sandbox) -> None:
    """So that the demo can let a day pass."""
    submit(servers, DESK)
    servers.deliver(MAIL, DESK)
    with program(servers, DESK) as client:
        dates = [m[b"INTERNALDATE"] for m in client.fetch(client.search(), ["INTERNALDATE"]).values()]
        assert dates == [THEN, THEN]


def test_a_delivered_message_stays_byte_for_byte(servers: Sandbox) -> None:
    raw = b"X: \xff\xfe\nA: b\r\n\r\n\x00bare\nlines\r\n" + b"x" * 5000
    servers.deliver(raw, DESK)
    with program(servers, DESK) as client:
        assert inbox(client) == [raw]


def test_mail_to_a_person_is_kept_and_lies_in_their_own_mailbox(servers: Sandbox) -> None:
    """Any address is an account once something is sent to it, whatever its case."""
    submit(servers, "Luis@Otra.example")
    assert servers.sent_to("luis@otra.example") == [MAIL]
    assert servers.sent_to(DESK) == []
    with program(servers, "luis@otra.example") as client:
        assert inbox(client) == [b"Return-Path: <ana@mesa.example>\r\n" + MAIL]


def test_somebody_who_got_no_mail_yet_can_log_in_and_wait(servers: Sandbox) -> None:
    with program(servers, "NUEVA@mesa.example") as client:
        client.idle()
        submit(servers, "nueva@mesa.example")
        assert hears(client, b"* 1 EXISTS\r\n")
        client.shutdown()


def test_idle_tells_what_came_before_it(servers: Sandbox) -> None:
    """pymap alone is deaf to it, and the demo would wait for its next poll."""
    with program(servers, DESK) as client:
        servers.deliver(MAIL, DESK)
        client.idle()
        assert hears(client, b"* 1 EXISTS\r\n")
        client.shutdown()


def test_idle_misses_nothing_of_many_messages(servers: Sandbox) -> None:
    with program(servers, DESK) as client:
        client.idle()
        sender = Thread(target=deliver_many, args=(servers, 30))
        sender.start()
        assert hears(client, b"* 30 EXISTS\r\n")
        sender.join()
        client.shutdown()


def hears(client: IMAPClient, line: bytes) -> bool:
    """By whole lines, which `idle_check` does not wait for; a silent server ends this with a time-out."""
    return line in iter(client._imap.readline, b"")


def deliver_many(servers: Sandbox, count: int) -> None:
    for _ in range(count):
        servers.deliver(MAIL, DESK)


def test_only_the_password_lets_in(servers: Sandbox) -> None:
    for password in ("otra", "contraseña"):
        with pytest.raises(IMAPClient.Error, match="AUTHENTICATIONFAILED"):
            log_in(servers, password)
    with smtplib.SMTP("127.0.0.1", servers.smtp_port) as smtp:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            smtp.login(DESK, "otra")
        smtp.login(DESK, "secreto")


def log_in(servers: Sandbox, password: str) -> None:
    client = IMAPClient("127.0.0.1", servers.imap_port, ssl=False, timeout=5)
    try:
        client.plain_login(DESK, password)
    finally:
        client.shutdown()


def test_a_mail_program_can_file_copy_move_and_flag(servers: Sandbox) -> None:
    """What Thunderbird does: Sent by APPEND, folders, labels, deleting one message."""
    with program(servers, ANA) as client:
        client.create_folder("Enviados")
        client.subscribe_folder("Enviados")
        client.append("Enviados", MAIL, flags=[b"\\Seen"])
        client.append("INBOX", MAIL)
        client.append("INBOX", MAIL)
        first, second = client.search()
        client.copy([first], "Enviados")
        client.move([first], "Enviados")
        client.add_flags([second], [b"$label1"])
        assert client.search(["KEYWORD", "$label1"]) == [second]
        client.add_flags([second], [b"\\Deleted"])
        client.uid_expunge([second])
        assert client.search() == []
        client.select_folder("Enviados")
        assert len(client.search()) == 3


@pytest.mark.parametrize(
    ("size", "code"),
    [
        (1_000_000, 250),
        (LARGEST + 1, 552),
    ],
)
def test_mail_above_the_limit_is_refused(servers: Sandbox, size: int, code: int) -> None:
    """By the SIZE it announces, before it is sent."""
    with smtplib.SMTP("127.0.0.1", servers.smtp_port) as smtp:
        smtp.ehlo()
        assert smtp.mail(ANA, [f"SIZE={size}"])[0] == code


def test_lines_longer_than_the_standard_allows_are_taken(servers: Sandbox) -> None:
    """The HTML of real mail has them, and real servers take them."""
    raw = b"Subject: x\r\n\r\n" + b"<td>" * 50_000 + b"\r\n"
    submit(servers, "luis@otra.example", raw)
    assert servers.sent_to("luis@otra.example") == [raw]


def test_the_servers_end_with_clients_connected(servers: Sandbox) -> None:
    """Ctrl-C ends the demo although a mail program is in IDLE."""
    with Sandbox() as others:
        client = program(others, ANA)
        client.idle()
        smtp = smtplib.SMTP("127.0.0.1", others.smtp_port, timeout=2)
        start = time.monotonic()
    assert time.monotonic() - start < 2
    assert smtp.sock is not None
    assert smtp.sock.recv(10) == b""  # hung up, not left hanging
    client.shutdown()
    smtp.close()


def test_a_given_port_is_used_again_at_once() -> None:
    with Sandbox() as servers:
        ports = servers.imap_port, servers.smtp_port
    with Sandbox(imap_port=ports[0], smtp_port=ports[1]) as servers:
        assert (servers.imap_port, servers.smtp_port) == ports


def test_a_port_in_use_is_an_error_and_leaves_nothing_running(servers: Sandbox) -> None:
    with pytest.raises(OSError, match="address already in use"), Sandbox(imap_port=servers.imap_port):
        pass


def test_whoever_connects_while_the_servers_stop_leaves_nothing_open() -> None:
    """Else a ResourceWarning, which is an error here, meets whichever test runs then."""
    ended = Event()

    def connects(port: int) -> None:
        while not ended.is_set():
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                return

    for _ in range(4):
        with Sandbox([DESK]) as servers:
            people = [
                Thread(target=connects, args=(port,)) for port in (servers.imap_port, servers.smtp_port)
            ]
            for person in people:
                person.start()
            time.sleep(0.02)
        ended.set()
        for person in people:
            person.join()
        ended.clear()
    gc.collect()
