"""Replies go out: one message to one recipient, step by step, so that we always know how far it came."""

import re
import smtplib
import time
from contextlib import suppress
from dataclasses import dataclass
from threading import Event
from typing import Protocol

from mailbot.config.model import Login, Server
from mailbot.transport import connect
from mailbot.transport.bounded import BoundedSMTP, BoundedSMTPSSL
from mailbot.transport.errors import (
    LATER,
    Refused,
    TransportError,
    Uncertain,
    Unreachable,
    encrypting,
    printable,
    trying,
)
from mailbot.transport.login import Credential, TokenRefused, log_in_smtp, logging_in
from mailbot.transport.throttling import LONGEST, asked_to_wait

PORTS = {"tls": smtplib.SMTP_SSL_PORT, "starttls": 587, "none": smtplib.SMTP_PORT}
#: What may stand between `<` and `>`; everything else would be another command or parameter.
ADDRESS = re.compile(r"[^\s<>\x00-\x1f\x7f]*")
#: Some providers replace our Message-ID and say so in their 250.
MESSAGE_ID = re.compile(r"<[^\s<>@]+@[^\s<>@]+>")
#: These are about our login, not about the message (RFC 4954 §6).
NOT_LOGGED_IN = (530, 534, 535, 538)
#: Whatever was asked, the server is not there for anybody (RFC 5321 §3.8), and has not accepted anything.
CLOSING = 421
#: A 552 that says one of these will never be taken (RFC 3463 §3.3, §3.4); another is a full mailbox.
TOO_BIG = ("5.2.3", "5.3.4")


class Sender(Protocol):
    """Who sends: a mailbox, or the service itself when it tells that something is ill."""

    @property
    def address(self) -> str: ...
    @property
    def smtp(self) -> Server: ...
    @property
    def smtp_login(self) -> Login: ...
    @property
    def per_minute(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server took responsibility (RFC 5321 §6.1): its words, and the Message-ID it names, if any."""

    said: str
    message_id: str | None = None


class LoggedOut(Unreachable):
    """The server does not know who we are, or no more."""

    login = True


class Closing(Unreachable):
    """The server ends the connection (RFC 5321 §3.8)."""


class Smtp:
    """The way out of one mailbox, or of alerts. The connection is kept between messages; one thread uses it.

    `send` raises `Unreachable` (certainly not accepted), `Refused` (the server said no) or `Uncertain` (cut
    after the final dot); after each of them it can be called again.
    """

    def __init__(
        self,
        settings: Sender,
        credential: Credential,
        timeouts: connect.Timeouts = connect.Timeouts(),  # noqa: B008  (frozen)
    ) -> None:
        self.settings = settings
        self.server = settings.smtp
        self.credential = credential
        self.timeouts = timeouts
        self._smtp: smtplib.SMTP | None = None
        #: the last message was begun, and not accepted: the server may still be in the midst of it
        self._unfinished = False
        self._next = self._rest_until = 0.0
        self._called = Event()

    def connect(self) -> None:
        """Connect and log in, unless that is done already: what `check --connect` wants to know."""
        self._connected()

    def send(self, envelope_from: str, to: str, data: bytes) -> Receipt:
        """Send `data`, a whole RFC 5322 message, to `to`; `envelope_from` "" is the null return path."""
        what = f"Enviar un correo a {printable(to)}"
        self._wait_for_turn(what)
        body = on_the_wire(data)
        try:
            with trying(what, self.server, Unreachable):
                smtp = self._begin(what, envelope_from, to, body)
                smtp.send(body)
            with trying(what, self.server, Uncertain):
                return self._end(what, smtp)
        except Refused:
            raise  # the connection is as good as before
        except TransportError as trouble:
            self._rest_until = time.monotonic() + trouble.wait
            self._drop()
            raise

    def _connected(self) -> smtplib.SMTP:
        """Names no recipient: what is wrong there is the same for all."""
        with trying("Conectar con el servidor SMTP", self.server, Unreachable):
            return self._ready()

    def _begin(self, what: str, envelope_from: str, to: str, body: bytes) -> smtplib.SMTP:
        """A kept connection that is over, or on which our login is, as the token that it was made with, is replaced.

        That shows when it is used: to ask before would take a round trip for each reply.
        """
        sender, recipient = _address(what, envelope_from), _address(what, to)
        kept, smtp = self._smtp, self._connected()
        self._unfinished = True
        try:
            return _envelope(smtp, what, sender, recipient, body)
        except (OSError, Unreachable) as over:  # some servers say 451 to whom they are about to leave
            if smtp is not kept or (isinstance(over, Unreachable) and over.wait):
                raise
        self._drop()
        return _envelope(self._connected(), what, sender, recipient, body)

    def _end(self, what: str, smtp: smtplib.SMTP) -> Receipt:
        """The final dot. From here on a cut line says nothing about what the server did (hazard 57)."""
        _wait_at_most(smtp, self.timeouts.accept)
        smtp.send(b".\r\n")
        try:
            said = _judge(what, *smtp.getreply(), expected=2)
        finally:
            _wait_at_most(smtp, self.timeouts.read)
        self._unfinished = False
        found = MESSAGE_ID.search(said)
        return Receipt(said, found[0] if found else None)

    def _wait_for_turn(self, what: str) -> None:
        """Keep messages 60 / `per_minute` seconds apart."""
        if not self.settings.per_minute:
            return
        if self._called.wait(max(self._next - time.monotonic(), 0)):
            self._called.clear()
            raise Unreachable(what, "se interrumpió la espera que impone per_minute")
        self._next = time.monotonic() + 60 / self.settings.per_minute

    @property
    def rests(self) -> bool:
        """Whether the server asked to be left alone, and that time is not over."""
        return time.monotonic() < self._rest_until

    def wake(self) -> None:
        """From another thread: end the pause between two messages; that message is `Unreachable`."""
        self._called.set()

    def _ready(self) -> smtplib.SMTP:
        """A connection at its beginning: the kept one, or a new one."""
        if self._smtp is not None:
            if not self._unfinished:
                return self._smtp
            with suppress(OSError, smtplib.SMTPException):
                if self._smtp.rset()[0] == 250:
                    return self._smtp
            self._drop()
        return self._open()

    def _open(self) -> smtplib.SMTP:
        """Where a token is refused, once more on another connection if another token can be had."""
        try:
            return self._dial()
        except TokenRefused as refused:
            if not refused.token.discard():
                raise
            return self._dial()

    def _dial(self) -> smtplib.SMTP:
        server = self.server
        port = server.port or PORTS[server.security]
        name = _ascii_domain(self.settings.address).rpartition("@")[2]  # for EHLO: no DNS, no host name told
        tls = connect.tls(server) if server.security != "none" else None
        patience = self.timeouts.connect
        if server.security == "tls":
            smtp: smtplib.SMTP = BoundedSMTPSSL(server.host, port, name, timeout=patience, context=tls)
        else:
            smtp = BoundedSMTP(server.host, port, name, patience)
        self._smtp = smtp
        if smtp.sock is not None:
            connect.at_once(smtp.sock)
            connect.keep_alive(smtp.sock)
        try:
            if server.security == "starttls":
                with encrypting():
                    smtp.starttls(context=tls)
            _wait_at_most(smtp, self.timeouts.read)
            smtp.ehlo_or_helo_if_needed()
            self._login(smtp)
        except BaseException:
            self._drop()
            raise
        return smtp

    def _login(self, smtp: smtplib.SMTP) -> None:
        """Where a password or `oauth2` is configured and the server asks for a login; a relay may not."""
        login = self.settings.smtp_login
        if not (login.password or login.oauth2) or not smtp.has_extn("auth"):
            return
        credential = self.credential()
        what = f"Entrar como {login.username} en el servidor SMTP"
        with logging_in(what, self.server, credential, Unreachable):
            log_in_smtp(smtp, login.username, credential)

    def close(self) -> None:
        """Say QUIT, and forget the connection."""
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                _wait_at_most(self._smtp, 1)
                self._smtp.quit()
        self._drop()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def on_the_wire(data: bytes) -> bytes:
    """CRLF only, so that no server can see another message in it (hazard 35), and dots doubled."""
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n.", b"\n..").removesuffix(b"\n")
    dot = b"." if lines.startswith(b".") else b""
    return dot + lines.replace(b"\n", b"\r\n") + b"\r\n"


def _envelope(smtp: smtplib.SMTP, what: str, sender: str, recipient: str, body: bytes) -> smtplib.SMTP:
    """From whom to whom, and that the message comes now."""
    extras = ""
    if smtp.has_extn("size"):
        extras += f" SIZE={len(body)}"
    if not body.isascii() and smtp.has_extn("8bitmime"):
        extras += " BODY=8BITMIME"
    if international := not (sender + recipient).isascii():
        if not smtp.has_extn("smtputf8"):
            said = "la dirección lleva letras que el servidor no admite (no ofrece SMTPUTF8)"
            raise Refused(what, 553, said, permanent=True)
        extras += " SMTPUTF8"
    smtp.command_encoding = "utf-8" if international else "ascii"
    try:
        _step(what, smtp, f"MAIL FROM:<{sender}>{extras}")
    except Refused as refused:
        if refused.permanent:
            raise
        # about the server or us, not about this recipient
        raise Unreachable(what, refused.said, "Se volverá a intentar") from refused
    _step(what, smtp, f"RCPT TO:<{recipient}>")
    _step(what, smtp, "DATA", expected=3)
    return smtp


def _step(what: str, smtp: smtplib.SMTP, command: str, expected: int = 2) -> None:
    _judge(what, *smtp.docmd(command), expected=expected)


def _judge(what: str, code: int, reply: bytes, *, expected: int) -> str:
    """What the server said, if it is what we hoped for."""
    said = printable(reply)
    if code // 100 == expected:
        return said
    if code in NOT_LOGGED_IN:
        cure = "Revise username y password, u oauth2, del servidor SMTP"
        raise LoggedOut(what, f"{code} {said}", cure, permanent=True)
    if not 400 <= code < 600:
        raise smtplib.SMTPResponseException(code, reply)
    if (wait := asked_to_wait(said)) and (
        code < 500 or wait == LONGEST
    ):  # a quota: what is full today is a 5xx
        raise Unreachable(what, f"{code} {said}", LATER.format(round(wait)), wait=wait)
    if code == CLOSING:
        raise Closing(what, f"{code} {said}", "Se volverá a conectar")
    full = code == 552 and not said.startswith(TOO_BIG)
    raise Refused(what, code, said, permanent=code >= 500 and not full)


def _address(what: str, address: str) -> str:
    if not ADDRESS.fullmatch(address):
        raise Refused(what, 501, "la dirección contiene caracteres no permitidos", permanent=True)
    try:
        return _ascii_domain(address)
    except UnicodeError:
        raise Refused(what, 501, "el dominio de la dirección no es válido", permanent=True) from None


def _ascii_domain(address: str) -> str:
    """`ana@año.example` → `ana@xn--ao-zja.example`: foreign letters in the domain need no SMTPUTF8."""
    local, at, domain = address.rpartition("@")
    return local + at + (domain if domain.isascii() else domain.encode("idna").decode())


def _wait_at_most(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)
