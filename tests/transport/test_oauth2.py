"""Tokens asked for and used: a local token server, a real Dovecot that asks it, and SMTP servers (hazard 55)."""

import base64
import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from mailbot.config.model import OAuth2
from mailbot.config.oauth2 import Client, client
from mailbot.transport import oauth2
from mailbot.transport.errors import TransportError, Unreachable
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.login import Credential, Token, TokenRefused
from mailbot.transport.oauth2 import TokenError
from mailbot.transport.smtp import Smtp
from tests.dovecot import Dovecot, required
from tests.submission import Submission
from tests.token_server import CLIENT, SECRET, Canned, TokenServer
from tests.transport import certificates, faulty
from tests.transport.conftest import QUICK, settings
from tests.transport.test_smtp import ANA, MAIL, US

USER = "soporte@mesa.example"


@pytest.fixture
def provider() -> Iterator[TokenServer]:
    with TokenServer(USER) as server:
        yield server


def asking(provider: TokenServer, **more: Any) -> Client:
    """A client of that server, for a person unless `grant` says otherwise."""
    usual = {"grant": "login", "tenant": "mesa.example", "client_id": CLIENT, "token_url": provider.token_url}
    return client(OAuth2(provider="microsoft", **{**usual, **more}), "soporte")


def by_secret(provider: TokenServer, **more: Any) -> str:
    return oauth2.by_secret(asking(provider, **more), SECRET).access_token


# -- asking ------------------------------------------------------------------------------------------------


def test_an_application_gets_a_token_with_its_secret(provider: TokenServer) -> None:
    granted = oauth2.by_secret(asking(provider, grant="client_credentials"), SECRET)
    [form] = provider.asked_for("client_credentials")
    assert form["scope"] == "https://outlook.office365.com/.default"
    assert (granted.lifetime, granted.refresh_token) == (3600, "")
    assert provider.introspect({"token": granted.access_token}) == (200, {"active": True, "username": USER})


def test_a_device_code_is_good_once_somebody_has_typed_it(provider: TokenServer) -> None:
    """RFC 8628."""
    asked = asking(provider)
    code = oauth2.device_code(asked)
    assert (code.user_code, code.url) == ("ABCD-EFGH", "https://id.example/dispositivo")
    with pytest.raises(TokenError) as pending:
        oauth2.by_device_code(asked, SECRET, code)
    assert pending.value.code == "authorization_pending"
    provider.approve()
    granted = oauth2.by_device_code(asked, SECRET, code)
    assert (
        oauth2.by_refresh_token(asked, SECRET, granted.refresh_token).refresh_token != granted.refresh_token
    )


MICROSOFT = "AADSTS{}: Something in English. Trace ID: 2f\r\nCorrelation ID: 3a\r\nTimestamp: 2026"


@pytest.mark.parametrize(
    ("error", "number", "cure"),
    [
        ("invalid_client", "7000222", "client_secret venció"),
        ("invalid_client", "7000215", "no su Id"),
        ("invalid_client", "7000218", "clientes públicos"),
        ("unauthorized_client", "700016", "client_id y tenant"),
        ("invalid_request", "90002", "Revise tenant"),
        ("invalid_grant", "65001", "consentimiento"),
        ("invalid_grant", "53003", "acceso condicional"),
        ("invalid_grant", "700082", "mailbot login soporte"),
        ("invalid_grant", "50173", "mailbot login soporte"),
        ("invalid_grant", "", "mailbot login soporte"),
        ("invalid_client", "", "client_id y client_secret"),
        ("invalid_scope", "", "scope"),
        ("never_heard_of", "", "oauth2"),
    ],
)
def test_every_refusal_says_what_to_do(provider: TokenServer, error: str, number: str, cure: str) -> None:
    said = {"error": error} | ({"error_description": MICROSOFT.format(number)} if number else {})
    provider.next.append(Canned(400, json.dumps(said).encode()))
    with pytest.raises(TokenError, match=cure) as caught:
        by_secret(provider)
    assert caught.value.permanent
    assert (caught.value.code, "Trace ID" in str(caught.value)) == (error, False)
    assert str(caught.value).startswith("Pedir un token a 127.0.0.1: ")


def test_an_application_of_its_own_is_not_told_to_log_in(provider: TokenServer) -> None:
    provider.next.append(Canned(400, b'{"error": "invalid_grant"}'))
    with pytest.raises(TokenError, match="Revise client_id") as caught:
        by_secret(provider, grant="client_credentials")
    assert "mailbot login" not in str(caught.value)


@pytest.mark.parametrize(
    "canned",
    [
        Canned(503, b"<html>Service Unavailable</html>"),
        Canned(429, b'{"error": "too_many_requests"}'),
        Canned(400, b'{"error": "temporarily_unavailable"}'),
        Canned(500, b""),
    ],
)
def test_a_provider_in_trouble_is_asked_again_and_nobody_is_called(
    provider: TokenServer, canned: Canned
) -> None:
    provider.next.append(canned)
    with pytest.raises(TokenError, match="Se volverá a intentar") as caught:
        by_secret(provider)
    assert not caught.value.permanent


@pytest.mark.parametrize(
    ("canned", "expected"),
    [
        (Canned(200, b"<html>Portal cautivo</html>"), "no es la de un servidor de tokens"),
        (Canned(200, b"[1]"), "no es la de un servidor de tokens"),
        (Canned(200, b'{"token_type": "Bearer"}'), "access_token"),
        (Canned(200, b'{"access_token": 4711}'), "access_token"),
        # what would end a field of SASL, or a line
        (Canned(200, b'{"access_token": "a\\u0001auth=x"}'), "access_token"),
        (Canned(200, b'{"access_token": "a\\r\\nA1 LOGOUT"}'), "access_token"),
        (Canned(200, b'{"access_token": "a", "token_type": "mac"}'), "clase desconocida"),
        (Canned(200, b'{"access_token": "' + b"a" * 300_000 + b'"}'), "demasiado grande"),
        (Canned(200, b"[" * 100_000), "no es la de un servidor de tokens"),
        (Canned(400, b'{"error": "x", "error_description": "' + b"a" * 300_000 + b'"}'), "HTTP 400"),
    ],
)
def test_an_answer_that_is_none_is_refused(provider: TokenServer, canned: Canned, expected: str) -> None:
    provider.next.append(canned)
    with pytest.raises(TokenError, match=expected):
        by_secret(provider)


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_is_not_followed(provider: TokenServer, status: int) -> None:
    """The secret goes to the address that the admin wrote."""
    with TokenServer(USER) as other:
        provider.next.append(Canned(status, headers={"Location": other.token_url}))
        with pytest.raises(TokenError, match=f"HTTP {status}"):
            by_secret(provider)
        assert other.asked == []


def test_a_provider_that_hangs_is_given_up(provider: TokenServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oauth2, "STEP", 0.3)
    provider.next.append(Canned(after=(held := Event())))
    with pytest.raises(TokenError, match="no contestó a tiempo") as caught:
        by_secret(provider)
    held.set()
    assert not caught.value.permanent


def test_a_provider_that_cannot_be_reached_is_told_apart() -> None:
    with TokenServer(USER) as gone:
        pass
    with pytest.raises(TokenError, match=r"rechaza la conexión.*HTTPS_PROXY"):
        by_secret(gone)
    nowhere = OAuth2(token_url="https://no-existe.invalid/t", scope="x", client_id="c")
    with pytest.raises(TokenError, match=r"servidor llamado|averiguar la dirección"):
        oauth2.by_secret(client(nowhere, "soporte"), SECRET)


def test_a_proxy_of_the_environment_is_used_but_not_to_reach_this_machine(
    provider: TokenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert by_secret(provider)
    elsewhere = asking(provider, token_url="http://id.mesa.example/token")
    with pytest.raises(TokenError, match="rechaza la conexión"):
        oauth2.by_secret(elsewhere, SECRET)


def test_its_certificate_is_checked(tmp_path: Path) -> None:
    ca = certificates.make_ca(tmp_path)
    made = certificates.make(tmp_path, ca)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.cert, made.key)
    with TokenServer(USER) as provider:
        provider._server.socket = context.wrap_socket(provider._server.socket, server_side=True)
        url = provider.token_url.replace("http://127.0.0.1", "https://localhost")
        with pytest.raises(TokenError, match="ca_file de oauth2"):
            oauth2.by_secret(asking(provider, token_url=url), SECRET)
        assert oauth2.by_secret(asking(provider, token_url=url, ca_file=str(ca.cert)), SECRET).access_token


def test_nothing_secret_is_in_an_error_or_a_repr(provider: TokenServer) -> None:
    """Also where a server repeats what it was sent."""
    echo = {"error": "invalid_grant", "error_description": f"token 4711-r and secret {SECRET} are no good"}
    provider.next.append(Canned(400, json.dumps(echo).encode()))
    asked = asking(provider)
    with pytest.raises(TokenError) as caught:
        oauth2.by_refresh_token(asked, SECRET, "4711-r")
    granted = oauth2.by_secret(asked, SECRET)
    code = oauth2.device_code(asked)
    shown = f"{caught.value!r} {caught.value} {granted!r} {code!r} {asked!r}"
    assert "…" in shown
    for secret in ("4711-r", SECRET, granted.access_token, code.code):
        assert secret not in shown


# -- using -------------------------------------------------------------------------------------------------


class Hand:
    """A credential that gives these tokens, one after the other: the next once one was discarded."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)

    def __call__(self) -> Token:
        given = self.tokens[0]
        replaced = lambda: self.tokens[:1] != [given]  # noqa: E731
        return Token(given, self._discard, replaced, "Ejecute «mailbot login soporte»")

    def _discard(self) -> bool:
        del self.tokens[0]
        return bool(self.tokens)


@pytest.fixture(scope="module")
def mail_provider() -> Iterator[TokenServer]:
    with TokenServer(USER) as server:
        yield server


@pytest.fixture(scope="module", params=["", "IMAP4rev1 AUTH=XOAUTH2 IDLE MOVE"], ids=["full", "XOAUTH2 only"])
def server(request: pytest.FixtureRequest, mail_provider: TokenServer) -> Iterator[Dovecot]:
    """As it is: OAUTHBEARER and SASL-IR; and one that offers the old mechanism only, with a round for each step."""
    required()
    with Dovecot(introspection=mail_provider.introspection, capability=request.param) as server:
        yield server


def box(server: Dovecot, credential: Credential) -> ImapMailbox:
    return ImapMailbox(settings(USER, imap=server.imap_port), credential, QUICK)


def test_a_mailbox_is_read_with_a_token(server: Dovecot, mail_provider: TokenServer) -> None:
    mailbox = box(server, Hand(by_secret(mail_provider)))
    mailbox.connect()
    server.deliver(MAIL, USER)
    mailbox.select("INBOX")
    assert mailbox.uids(0)
    mailbox.close()


def test_a_refused_token_is_tried_no_second_time_unless_there_is_another(
    server: Dovecot, mail_provider: TokenServer
) -> None:
    """On AUTHENTICATIONFAILED: a new token and a new connection, once."""
    good = by_secret(mail_provider)
    mailbox = box(server, Hand("viejo", good))
    mailbox.connect()
    mailbox.close()

    hand = Hand("viejo", "otro", good)
    mailbox = box(server, hand)
    with pytest.raises(TokenRefused, match=r"Entrar como soporte@.*mailbot login soporte") as caught:
        mailbox.connect()
    assert hand.tokens == ["otro", good]
    assert "viejo" not in str(caught.value) + repr(caught.value)
    mailbox.close()


def test_a_connection_is_made_anew_before_its_token_is_over(
    server: Dovecot, mail_provider: TokenServer
) -> None:
    """Google cuts connections whose token is over, which would be an error every hour."""
    hand = Hand(by_secret(mail_provider), by_secret(mail_provider))
    mailbox = box(server, hand)
    mailbox.connect()
    first = mailbox.client
    mailbox.keep_up()
    assert mailbox.client is first
    del hand.tokens[0]
    mailbox.keep_up()
    assert mailbox.client is not first
    assert mailbox.select("INBOX")
    mailbox.close()


def test_a_long_token_fits(server: Dovecot, mail_provider: TokenServer) -> None:
    """Microsoft's have two to four thousand octets."""
    with mail_provider._lock:
        mail_provider._access[long := "l" * 4000] = mail_provider._access[next(iter(mail_provider._access))]
    mailbox = box(server, Hand(long))
    mailbox.connect()
    mailbox.close()


FIRST = base64.b64encode(f"user={USER}\x01auth=Bearer tok\x01\x01".encode())
BEARER = base64.b64encode(f"n,a={USER},\x01auth=Bearer tok\x01\x01".encode())


@pytest.mark.parametrize(
    ("capability", "said"),
    [
        ("AUTH=XOAUTH2 SASL-IR", b"AUTHENTICATE XOAUTH2 " + FIRST),
        ("AUTH=XOAUTH2 AUTH=OAUTHBEARER SASL-IR", b"AUTHENTICATE OAUTHBEARER " + BEARER),
        ("AUTH=XOAUTH2", b"AUTHENTICATE XOAUTH2"),
    ],
)
def test_what_is_said_first_stands_on_the_commands_line_where_that_is_allowed(
    capability: str, said: bytes
) -> None:
    """RFC 4959."""
    answers = {"CAPABILITY": f"* CAPABILITY IMAP4rev1 {capability}\nTAG OK done\n"}
    with faulty.imap(answers) as server:
        mailbox = ImapMailbox(settings(USER, imap=server.port), Hand("tok"), QUICK)
        mailbox.connect()
        mailbox.close()
    assert [line.strip().partition(b" ")[2] for line in server.heard if b"AUTH" in line] == [said]


@pytest.mark.parametrize(("mechanism", "acknowledged"), [("XOAUTH2", b"\r\n"), ("OAUTHBEARER", b"AQ==\r\n")])
def test_the_reasons_for_a_refusal_are_acknowledged_and_not_answered_with_the_token(
    mechanism: str, acknowledged: bytes
) -> None:
    """RFC 7628 §3.2.3; of XOAUTH2 Google's and Microsoft's pages: an empty line."""
    reasons = base64.b64encode(b'{"status":"401"}').decode()
    lines: list[bytes] = []

    def talk(connection: faulty.Lines) -> None:
        faulty.say(connection, "* OK ready\n")
        for line in iter(connection.readline, b""):
            tag, _, command = line.decode().strip().partition(" ")
            if command.startswith("CAPABILITY"):
                faulty.say(connection, f"* CAPABILITY IMAP4rev1 SASL-IR AUTH={mechanism}\n{tag} OK done\n")
            elif command.startswith("AUTHENTICATE"):
                faulty.say(connection, f"+ {reasons}\n")
                lines.append(connection.readline())
                faulty.say(connection, f"{tag} NO [AUTHENTICATIONFAILED] no\n")
            else:
                faulty.say(connection, f"* BYE\n{tag} OK\n")

    with faulty.Faulty(talk) as server:
        mailbox = ImapMailbox(settings(USER, imap=server.port), Hand("tok"), QUICK)
        with pytest.raises(TokenRefused, match="AUTHENTICATIONFAILED"):
            mailbox.connect()
    assert lines == [acknowledged]


def test_a_server_without_tokens_says_so() -> None:
    with faulty.imap() as imap, faulty.smtp(ehlo="250-faulty\n250 AUTH PLAIN LOGIN\n") as smtp:
        mailbox = ImapMailbox(settings(USER, imap=imap.port), Hand("tok"), QUICK)
        with pytest.raises(TransportError, match=r"no admite tokens.*Use password"):
            mailbox.connect()
        out = Smtp(settings(USER, smtp=smtp.port), Hand("tok"), QUICK)
        with pytest.raises(Unreachable, match="no admite tokens"):
            out.send(US, ANA, MAIL)


# -- SMTP --------------------------------------------------------------------------------------------------


@pytest.fixture
def submission(provider: TokenServer) -> Iterator[Submission]:
    with Submission(provider) as server:
        yield server


def out(port: int, credential: Credential, **more: Any) -> Smtp:
    return Smtp(settings(USER, smtp=port, **more), credential, QUICK)


@pytest.mark.parametrize("length", [0, 450], ids=["on one line", "too long for one line"])
def test_a_message_is_sent_with_a_token(provider: TokenServer, submission: Submission, length: int) -> None:
    """RFC 4954 §4: a long token goes in a line of its own."""
    token = by_secret(provider)
    provider._access[token + "x" * length] = provider._access[token]
    smtp = out(submission.port, Hand(token + "x" * length))
    smtp.send(US, ANA, MAIL)
    smtp.send(US, ANA, MAIL)
    smtp.close()
    assert (submission.let_in, submission.taken) == ([token + "x" * length], [MAIL, MAIL])


def test_a_refused_token_is_acknowledged_and_another_one_used(
    provider: TokenServer, submission: Submission
) -> None:
    good = by_secret(provider)
    smtp = out(submission.port, Hand("viejo", good))
    smtp.send(US, ANA, MAIL)
    smtp.close()
    assert (submission.acknowledged, submission.let_in, submission.taken) == ([b"\r\n"], [good], [MAIL])
    smtp = out(submission.port, Hand("viejo", "otro"))
    with pytest.raises(Unreachable, match="mailbot login soporte") as caught:
        smtp.send(US, ANA, MAIL)
    assert caught.value.permanent


@pytest.mark.parametrize(
    ("answer", "expected", "permanent"),
    [
        (
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.\n",
            "Set-CASMailbox",
            True,
        ),
        ("454 4.7.0 Temporary authentication failure\n", "no atiende ahora", False),
    ],
)
def test_what_is_not_about_the_token_spends_no_other(answer: str, expected: str, permanent: bool) -> None:
    hand = Hand("uno", "dos")
    with faulty.smtp({"AUTH": answer}, ehlo="250-faulty\n250 AUTH LOGIN XOAUTH2\n") as server:
        smtp = out(server.port, hand)
        with pytest.raises(Unreachable, match=expected) as caught:
            smtp.send(US, ANA, MAIL)
        smtp.close()
    assert (caught.value.permanent, hand.tokens) == (permanent, ["uno", "dos"])


def test_a_login_that_is_over_on_a_kept_connection_is_made_anew() -> None:
    """A connection may outlive the token that it was made with; nobody is called, and nothing is sent twice."""
    mails: list[bytes] = []

    def talk(lines: faulty.Lines) -> None:
        faulty.say(lines, "220 hi\n")
        over = False
        for line in iter(lines.readline, b""):
            verb = line.split()[0].upper()
            if verb == b"EHLO":
                faulty.say(lines, "250-faulty\n250 AUTH XOAUTH2\n")
            elif verb == b"AUTH":
                faulty.say(lines, "235 2.7.0 Ok\n")
            elif verb == b"MAIL" and over:
                faulty.say(lines, "530 5.7.57 Client was not authenticated\n")
            elif verb == b"DATA":
                faulty.say(lines, "354 go\n")
                mails.append(b"".join(iter(lines.readline, b".\r\n")))
                over = True
                faulty.say(lines, "250 2.0.0 Ok\n")
            else:
                faulty.say(lines, "250 2.0.0 Ok\n")

    with faulty.Faulty(talk) as server:
        smtp = out(server.port, Hand("tok"))
        smtp.send(US, ANA, MAIL)
        smtp.send(US, ANA, MAIL)
        smtp.close()
    assert (server.connections, len(mails)) == (2, 2)


# -- providers that ask to be left alone -------------------------------------------------------------------


def use(mailbox: ImapMailbox) -> None:
    mailbox.connect()
    mailbox.select("INBOX")
    mailbox.uids(0)


THROTTLED = "Request is throttled. Suggested Backoff Time: 89117 milliseconds"


@pytest.mark.parametrize(
    ("answers", "wait"),
    [
        ({"UID SEARCH": f"TAG BAD {THROTTLED}\n"}, 89.117),
        ({"UID SEARCH": f"TAG NO {THROTTLED}\n"}, 89.117),
        ({"LOGIN": f"TAG NO {THROTTLED}\n"}, 89.117),
        ({"LOGIN": "TAG NO [ALERT] Too many simultaneous connections. (Failure)\n"}, 60),
        ({"LIST": "TAG BAD User is authenticated but not connected.\n"}, 30),
        ({"SELECT": "TAG NO [UNAVAILABLE] Server busy\n"}, 30),
    ],
)
def test_imap_throttling_is_no_fault_and_says_how_long(answers: dict[str, str], wait: float) -> None:
    with faulty.imap(answers) as server:
        mailbox = ImapMailbox(settings(USER, imap=server.port), lambda: "secreto", QUICK)
        with pytest.raises(TransportError, match="pide esperar") as caught:
            use(mailbox)
        mailbox.close()
    assert (caught.value.wait, caught.value.permanent) == (wait, False)


@pytest.mark.parametrize(
    ("answers", "dot", "wait"),
    [
        ({"MAIL": "432 4.3.2 Concurrent connections limit exceeded\n"}, "250 ok\n", 60),
        ({}, "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded\n", 60),
        ({"MAIL": "421 4.3.2 Service not active\n"}, "250 ok\n", 60),
        ({"RCPT": "451 4.7.500 Server busy. Please try again later\n"}, "250 ok\n", 60),
        ({}, "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException\n", 3600),
        ({}, "550 5.4.5 Daily user sending limit exceeded.\n", 3600),
    ],
)
def test_smtp_throttling_is_no_refusal_and_the_others_wait_too(
    answers: dict[str, str], dot: str, wait: float
) -> None:
    """Were it a refusal, the case would be marked; were the next one tried, the wait would grow."""
    with faulty.smtp(answers, dot=dot) as server:
        smtp = out(server.port, lambda: "")
        assert not smtp.rests
        with pytest.raises(Unreachable, match="pide esperar") as caught:
            smtp.send(US, ANA, MAIL)
        assert (caught.value.wait, caught.value.permanent, smtp.rests) == (wait, False, True)
        smtp.close()


@pytest.mark.parametrize(
    "said",
    [
        # of one recipient, not of our mailbox
        "450 4.2.1 The user you are trying to contact is receiving mail too quickly\n",
        "451 4.7.1 Greylisted, please try again\n",
        "452 4.2.2 Over quota\n",
        "550 5.7.1 Message rate limit of this recipient\n",
    ],
)
def test_what_concerns_one_recipient_keeps_nobody_else_waiting(said: str) -> None:
    with faulty.smtp({"RCPT": said}) as server:
        smtp = out(server.port, lambda: "")
        with pytest.raises(TransportError) as caught:
            smtp.send(US, ANA, MAIL)
        assert not isinstance(caught.value, Unreachable)
        assert not smtp.rests
        smtp.close()
