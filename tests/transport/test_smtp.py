"""Sending one reply: accepted, refused, certainly not sent, or nobody knows."""

import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from mailbot.sandbox.servers import Sandbox
from mailbot.transport.connect import Timeouts
from mailbot.transport.errors import Refused, TransportError, Uncertain, Unreachable
from mailbot.transport.smtp import Smtp, on_the_wire
from tests.dovecot import free_ports
from tests.transport import certificates, faulty
from tests.transport.conftest import PASSWORD, settings
from tests.transport.test_tls import configured

US, ANA = "soporte@mesa.example", "ana@mesa.example"
MAIL = b"Subject: Re: clave\r\n\r\nBuenos d=C3=ADas.\r\n"


@pytest.fixture
def sandbox_smtp() -> Iterator[tuple[Sandbox, Smtp]]:
    with Sandbox([US], password=PASSWORD) as servers:
        smtp = Smtp(settings(US, smtp=servers.smtp_port), lambda: PASSWORD, QUICK)
        yield servers, smtp
        smtp.close()


QUICK = Timeouts(connect=2, read=1, accept=1)


def to(server: faulty.Faulty, **more: object) -> Smtp:
    mailbox = settings(US, smtp=server.port)
    return Smtp(
        mailbox.model_copy(update={"smtp": mailbox.smtp.model_copy(update=more)}), lambda: PASSWORD, QUICK
    )


def test_a_message_arrives_as_it_was_given(sandbox_smtp: tuple[Sandbox, Smtp]) -> None:
    """Invariant 4: the bytes are those that were stored."""
    servers, smtp = sandbox_smtp
    receipt = smtp.send(US, ANA, MAIL)
    assert receipt.said == "2.0.0 Ok"
    assert servers.sent_to(ANA) == [MAIL]


def test_the_final_dot_does_not_wait_for_the_text_to_be_acknowledged(
    sandbox_smtp: tuple[Sandbox, Smtp],
) -> None:
    """Two writes without an answer between them meet Nagle and a delayed acknowledgement: 40 ms a message."""
    _, smtp = sandbox_smtp
    smtp.connect()
    assert smtp._smtp is not None
    assert smtp._smtp.sock is not None
    assert smtp._smtp.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize(
    ("given", "arrives"),
    [
        (b"a: b\r\n\r\n.\r\n..x\r\n.y\r\n", b"a: b\r\n\r\n.\r\n..x\r\n.y\r\n"),  # dots
        (b"a: b\n\nx\ry\n", b"a: b\r\n\r\nx\r\ny\r\n"),  # hazard 35: CRLF only
        (b"a: b\n\nx\n.\nMAIL FROM:<e@x>\n", b"a: b\r\n\r\nx\r\n.\r\nMAIL FROM:<e@x>\r\n"),
        (b"a: b\r\n\r\nx", b"a: b\r\n\r\nx\r\n"),
        ("a: b\r\n\r\nñ\r\n".encode(), "a: b\r\n\r\nñ\r\n".encode()),  # 8BITMIME
    ],
)
def test_nothing_in_a_message_ends_it_early(
    sandbox_smtp: tuple[Sandbox, Smtp], given: bytes, arrives: bytes
) -> None:
    servers, smtp = sandbox_smtp
    smtp.send(US, ANA, given)
    assert servers.sent_to(ANA) == [arrives]


def test_the_wire_holds_no_bare_line_end() -> None:
    assert on_the_wire(b"a\nb\rc\r\n.\n") == b"a\r\nb\r\nc\r\n..\r\n"


def test_the_null_return_path_and_several_messages_use_one_connection() -> None:
    with faulty.smtp() as server:
        smtp = to(server)
        for sender in (US, "", US):
            smtp.send(sender, ANA, MAIL)
        smtp.close()
        assert server.connections == 1
        assert b"MAIL FROM:<> SIZE=%d\r\n" % len(MAIL) in server.heard
        assert server.heard[-1].upper() == b"QUIT\r\n"


def verbs(server: faulty.Faulty) -> list[str]:
    """What the server was told to do, the messages themselves left out."""
    words = (line.split()[0].decode().upper() for line in server.heard if line.split())
    return [word for word in words if word in ("EHLO", "RSET", "NOOP", "MAIL", "RCPT", "DATA", "QUIT")]


def test_nothing_is_asked_between_two_messages() -> None:
    """After the 250 the server is at its beginning (RFC 5321 §4.1.1.4): a round trip less for each reply."""
    with faulty.smtp() as server:
        smtp = to(server)
        for _ in range(2):
            smtp.send(US, ANA, MAIL)
        smtp.close()
        assert verbs(server) == ["EHLO", *(["MAIL", "RCPT", "DATA"] * 2), "QUIT"]


@pytest.mark.parametrize(
    ("answers", "dot"),
    [({"RCPT": "550 5.1.1 No such user\n"}, "250 ok\n"), ({}, "554 5.7.1 Spam\n")],
    ids=["recipient", "message"],
)
def test_what_a_refusal_left_is_put_aside_before_the_next_message(
    answers: dict[str, str | None], dot: str
) -> None:
    """Else its MAIL would come within another (RFC 5321 §4.1.4)."""
    with faulty.smtp(answers, dot=dot) as server:
        smtp = to(server)
        for _ in range(2):
            with pytest.raises(Refused):
                smtp.send(US, ANA, MAIL)
        smtp.close()
        assert server.connections == 1
        again = verbs(server)[1:].index("MAIL", 1) + 1
        assert verbs(server)[again - 1] == "RSET"


def ends_once(verb: str, said: str | None) -> faulty.Faulty:
    """One message is accepted; then `verb` is answered so, and the connection is over. The next one is good."""

    def talk(lines: faulty.Lines) -> None:
        faulty.say(lines, "220 hi\n")
        for line in iter(lines.readline, b""):
            server.heard.append(line)
            word = line.strip().decode().partition(" ")[0].upper()
            if word == verb and server.connections == 1 and b".\r\n" in server.heard:
                faulty.say(lines, said or "")
                return
            if word == "DATA":
                faulty.say(lines, "354 go\n")
                while (part := lines.readline()) not in (b".\r\n", b""):
                    server.heard.append(part)
                server.heard.append(part)
            faulty.say(lines, "250 ok\n")

    server = faulty.Faulty(talk)
    return server


@pytest.mark.parametrize(
    ("verb", "said"),
    [("MAIL", None), ("MAIL", "421 4.4.2 idle for too long\n"), ("RCPT", None), ("DATA", "421 bye\n")],
)
def test_a_connection_that_ended_in_between_is_opened_again(verb: str, said: str | None) -> None:
    """Servers close what is not used for some minutes; that costs no reply an attempt (hazard 57)."""
    with ends_once(verb, said) as server:
        smtp = to(server)
        for _ in range(2):
            smtp.send(US, ANA, MAIL)
        smtp.close()
        assert server.connections == 2
        assert server.heard.count(b".\r\n") == 2


def test_a_new_connection_that_ends_too_is_not_replaced_again() -> None:
    with faulty.smtp({"MAIL": None}) as server:
        smtp = to(server)
        for connections in (1, 2):
            with pytest.raises(Unreachable):
                smtp.send(US, ANA, MAIL)
            assert server.connections == connections
        smtp.close()


@pytest.mark.parametrize(
    ("answers", "dot", "code", "permanent"),
    [
        ({"RCPT": "550 5.1.1 No such user\n"}, "250 ok\n", 550, True),
        ({"RCPT": "451 4.7.1 Greylisted\n"}, "250 ok\n", 451, False),
        ({"DATA": "554 5.7.1 No\n"}, "250 ok\n", 554, True),
        ({}, "554 5.7.1 Spam\n", 554, True),
        ({}, "451 later\n", 451, False),
        ({"RCPT": "552 5.2.2 Mailbox full\n"}, "250 ok\n", 552, False),  # may empty: RFC 5321 §4.5.3.1.10
        ({"MAIL": "552 5.3.4 Message too big\n"}, "250 ok\n", 552, True),
    ],
)
def test_a_refusal_is_told_with_its_code(
    answers: dict[str, str | None], dot: str, code: int, permanent: bool
) -> None:
    """Hazard 59: 4xx is tried again, 5xx is told; the next message is not touched by it."""
    with faulty.smtp(answers, dot=dot) as server:
        smtp = to(server)
        for _ in range(2):
            with pytest.raises(Refused, match=rf"Enviar un correo a ana@mesa\.example: {code}") as caught:
                smtp.send(US, ANA, MAIL)
            assert caught.value.code == code
            assert caught.value.permanent is permanent
        assert server.connections == 1
        smtp.close()


@pytest.mark.parametrize(
    ("answers", "dot"),
    [
        ({"MAIL": "452 4.3.1 Disk full\n"}, "250 ok\n"),  # it does not even know the recipient
        ({"RCPT": "421 4.3.2 Shutting down\n"}, "250 ok\n"),  # RFC 5321 §3.8: it closes
        ({}, "421 4.3.2 Shutting down\n"),
    ],
)
def test_a_server_that_is_not_there_for_anybody_is_not_reached(
    answers: dict[str, str | None], dot: str
) -> None:
    """Not accepted for sure, and no fault of this recipient: the others wait too (hazard 58)."""
    with faulty.smtp(answers, dot=dot) as server:
        smtp = to(server)
        for _ in range(2):
            with pytest.raises(Unreachable, match=r"Enviar un correo a ana@mesa\.example: 4"):
                smtp.send(US, ANA, MAIL)
        assert server.connections == 2
        smtp.close()


@pytest.mark.parametrize(
    "answers",
    [
        {"EHLO": None},
        {"MAIL": None},
        {"RCPT": None},
        {"DATA": None},  # before the message
        {"RCPT": ""},  # silence
        {"RCPT": "what?\n"},  # no SMTP
    ],
)
def test_what_breaks_before_the_final_dot_is_certainly_not_sent(answers: dict[str, str | None]) -> None:
    """Hazard 57."""
    with faulty.smtp(answers) as server:
        smtp = to(server)
        with pytest.raises(Unreachable):
            smtp.send(US, ANA, MAIL)
        smtp.close()


def test_a_line_cut_in_the_middle_of_the_message_is_certainly_not_sent() -> None:
    """The server reads some of it and goes; more than the socket's buffers hold must follow."""

    def talk(lines: faulty.Lines) -> None:
        faulty.say(lines, "220 hi\n")
        for answer in ("250 ok\n", "250 ok\n", "250 ok\n", "354 go\n"):
            lines.readline()
            faulty.say(lines, answer)
        lines.readline()

    with faulty.Faulty(talk) as server:
        smtp = to(server)
        with pytest.raises(Unreachable):
            smtp.send(US, ANA, b"a: b\r\n\r\n" + b"x" * 78 * 300_000)
        smtp.close()


@pytest.mark.parametrize(
    "dot",
    [
        None,  # cut before the 250
        "",  # silence
        "gracias\n",  # no SMTP
    ],
)
def test_what_breaks_after_the_final_dot_is_uncertain(dot: str | None) -> None:
    """Hazard 57: the server has the whole message; only the answer is missing."""
    with faulty.smtp(dot=dot) as server:
        smtp = to(server)
        with pytest.raises(Uncertain):
            smtp.send(US, ANA, MAIL)
        assert server.heard[-1] == b".\r\n"
        smtp.close()


def test_after_an_uncertain_message_the_next_one_has_a_new_connection() -> None:
    with faulty.smtp(dot=None) as server:
        smtp = to(server)
        for _ in range(2):
            with pytest.raises(Uncertain):
                smtp.send(US, ANA, MAIL)
        assert server.connections == 2
        smtp.close()


@pytest.mark.parametrize(
    ("said", "message_id"),
    [
        ("250 2.0.0 Ok: queued as 4ABC\n", None),
        ("250 2.0.0 OK <AM0.x@EURP.PROD.OUTLOOK.COM> [Hostname=AM0]\n", "<AM0.x@EURP.PROD.OUTLOOK.COM>"),
    ],
)
def test_a_message_id_put_in_place_of_ours_is_read(said: str, message_id: str | None) -> None:
    """Lesson 17: providers rewrite it and tell the new one in their 250."""
    with faulty.smtp(dot=said) as server:
        smtp = to(server)
        assert smtp.send(US, ANA, MAIL).message_id == message_id
        smtp.close()


@pytest.mark.parametrize(
    "address",
    ["ana@mesa.example>\r\nRCPT TO:<eva@x", "ana@mesa.example> NOTIFY=NEVER", "a na@mesa.example", "a\x00@x"],
)
def test_an_address_never_becomes_a_command(address: str) -> None:
    """Hazard 24: refused before anything is said."""
    with faulty.smtp() as server:
        smtp = to(server)
        with pytest.raises(Refused) as caught:
            smtp.send(US, address, MAIL)
        assert caught.value.permanent
        with pytest.raises(Refused):
            smtp.send(address, ANA, MAIL)
        assert not any(line.startswith((b"MAIL", b"RCPT")) for line in server.heard)
        smtp.close()


def test_letters_in_the_domain_need_no_smtputf8(sandbox_smtp: tuple[Sandbox, Smtp]) -> None:
    servers, smtp = sandbox_smtp
    smtp.send(US, "ana@añil.example", MAIL)
    assert servers.sent_to("ana@xn--ail-7ma.example") == [MAIL]


def test_letters_in_the_name_use_smtputf8_where_it_is_offered(sandbox_smtp: tuple[Sandbox, Smtp]) -> None:
    """RFC 6531."""
    servers, smtp = sandbox_smtp
    smtp.send(US, "peña@mesa.example", MAIL)
    smtp.send(US, ANA, MAIL)
    assert servers.sent_to("peña@mesa.example") == servers.sent_to(ANA) == [MAIL]
    with faulty.smtp() as server:
        other = to(server)
        with pytest.raises(Refused, match="SMTPUTF8"):
            other.send(US, "peña@mesa.example", MAIL)
        other.close()


def test_per_minute_keeps_messages_apart(sandbox_smtp: tuple[Sandbox, Smtp]) -> None:
    servers, _ = sandbox_smtp
    mailbox = settings(US, smtp=servers.smtp_port)
    smtp = Smtp(
        mailbox.model_copy(update={"smtp": mailbox.smtp.model_copy(update={"per_minute": 240})}),
        lambda: PASSWORD,
        QUICK,
    )
    start = time.monotonic()
    for _ in range(3):
        smtp.send(US, ANA, MAIL)
    assert 0.5 <= time.monotonic() - start < 1.5
    smtp.close()


def test_the_pause_between_messages_ends_when_we_are_called() -> None:
    """SIGTERM ends the daemon in under five seconds."""
    with faulty.smtp() as server:
        smtp = to(server, per_minute=1)
        smtp.send(US, ANA, MAIL)
        for _ in range(2):  # the call is used up by one pause
            timer = Timer(0.2, smtp.wake)
            timer.start()
            start = time.monotonic()
            with pytest.raises(Unreachable, match="per_minute"):
                smtp.send(US, ANA, MAIL)
            assert 0.1 < time.monotonic() - start < 1
            timer.join()
        smtp.close()


AUTH = "250-faulty\n250 AUTH PLAIN LOGIN\n"


@pytest.mark.parametrize(
    ("answer", "permanent", "said"),
    [
        ("535 5.7.8 Bad credentials\n", True, "Revise username y password"),
        ("454 4.7.0 Try later\n", False, "no atiende ahora"),
    ],
)
@pytest.mark.parametrize("password", ["secreto", "contraseña"])
def test_a_refused_login_is_no_fault_of_the_message(
    answer: str, permanent: bool, said: str, password: str
) -> None:
    """It stays in the outbox; a person is told what to mend."""
    with faulty.smtp({"AUTH": answer}, ehlo=AUTH) as server:
        smtp = to(server)
        smtp.credential = lambda: password
        with pytest.raises(Unreachable, match=said) as caught:
            smtp.send(US, ANA, MAIL)
        assert caught.value.permanent is permanent
        assert password not in str(caught.value)
        smtp.close()


def test_a_server_that_wants_a_login_does_not_spoil_the_message() -> None:
    """530 is about us: were it a refusal, the case would be marked as bounced."""
    with faulty.smtp({"MAIL": "530 5.7.0 Authentication required\n"}) as server:
        smtp = to(server)
        with pytest.raises(Unreachable, match="Revise username y password") as caught:
            smtp.send(US, ANA, MAIL)
        assert caught.value.permanent
        smtp.close()


@pytest.mark.parametrize(
    ("password", "good"),
    [("contraseña", True), ("otra", False), (PASSWORD, False)],
    ids=["ñ", "other", "old"],
)
def test_a_password_is_used_where_the_server_asks_for_one(password: str, good: bool) -> None:
    """Also one with accents, which smtplib cannot send."""
    with Sandbox(password="contraseña") as servers:
        smtp = Smtp(settings(US, smtp=servers.smtp_port), lambda: password, QUICK)
        if good:
            smtp.connect()
        else:
            with pytest.raises(Unreachable):
                smtp.connect()
        smtp.close()


def test_without_a_configured_password_none_is_asked_for() -> None:
    """A relay on our own machine."""

    def unused() -> str:
        raise AssertionError("no secret may be read")

    with faulty.smtp(ehlo=AUTH) as server:
        smtp = to(server)
        smtp.settings = settings(US, smtp=server.port).model_copy(update={"password": None})
        smtp.credential = unused
        smtp.send(US, ANA, MAIL)
        smtp.close()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_message_is_sent_over_tls(tmp_path: Path, security: str) -> None:
    ca = certificates.make_ca(tmp_path)
    made = certificates.make(tmp_path, ca)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.cert, made.key)
    taken: list[bytes] = []

    def welcome(*_: object) -> AuthResult:
        return AuthResult(success=True)

    class Handler:
        async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
            taken.append(envelope.content)  # type: ignore[attr-defined]
            return "250 ok"

    wrapped = (
        {"ssl_context": context} if security == "tls" else {"tls_context": context, "require_starttls": True}
    )
    controller = Controller(Handler(), "localhost", free_ports(1)[0], authenticator=welcome, **wrapped)
    controller.start()
    smtp = Smtp(
        configured("smtp", controller.port, ca_file=ca.cert, security=security), lambda: PASSWORD, QUICK
    )
    smtp.send(US, ANA, MAIL)
    smtp.close()
    controller.stop()
    assert taken == [MAIL]


def test_every_failure_is_one_of_ours_and_in_spanish() -> None:
    """What the outbox stores as `said` and what an admin reads."""
    with faulty.smtp({"RCPT": "550 \x1b[31mrojo\x07\n"}) as server:
        smtp = to(server)
        with pytest.raises(TransportError) as caught:
            smtp.send(US, ANA, MAIL)
        assert caught.value.said == "[31mrojo"
        assert str(caught.value).startswith("Enviar un correo a ana@mesa.example: 550 ")
        smtp.close()


def test_what_an_idle_server_said_before_it_left_is_no_answer_to_the_next_message() -> None:
    """Some say 451 where RFC 5321 §3.8 wants 421: nothing was begun, so a new connection is tried at once."""
    with faulty.smtp(dot="250 2.0.0 Ok\n451 4.7.0 Timeout waiting for client input\n") as server:
        smtp = to(server)
        assert [smtp.send(US, ANA, MAIL).said for _ in range(2)] == ["2.0.0 Ok", "2.0.0 Ok"]
        assert server.connections == 2
        smtp.close()
