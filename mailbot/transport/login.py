"""Logging in: with a password, or with an access token by SASL (RFC 7628 OAUTHBEARER, the older XOAUTH2).

ImapMailbox and Smtp ask for a `Credential` when they connect, and for another one if a token is refused.
"""

import imaplib
import smtplib
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from imapclient.exceptions import LoginError  # type: ignore[import-untyped]

from mailbot.config.model import Server
from mailbot.transport.connect import clean
from mailbot.transport.errors import SMTP_AUTH_OFF, TransportError, Unreachable, trying

#: RFC 5321 §4.5.3.1.4, without CRLF; RFC 4954 §4: what is longer goes in a line of its own
SMTP_LINE = 510
#: RFC 2683 §3.2.1.5: servers take lines up to 8,000 octets
IMAP_LINE = 8000
NO_TOKENS = "el servidor no admite tokens: no ofrece XOAUTH2 ni OAUTHBEARER"


@dataclass(frozen=True, slots=True)
class Token:
    """An access token. `discard` says that a server refused it; True: there may be a better one.

    `replaced`: whether another one took its place, as happens before it is over.
    """

    access: str = field(repr=False)
    discard: Callable[[], bool] = field(repr=False, compare=False)
    replaced: Callable[[], bool] = field(repr=False, compare=False)
    #: what to do where servers refuse it all the same, for a person
    cure: str = ""


#: A password or a token, fetched at the moment of use. Raises `Unreachable`.
Credential = Callable[[], "str | Token"]


class TokenRefused(Unreachable):
    """The server knows the way we log in, and does not take this token."""

    def __init__(self, tried: str, said: str, token: Token) -> None:
        super().__init__(tried, said, token.cure, permanent=True)
        self.token, self.login = token, True


@contextmanager
def logging_in(
    what: str, server: Server, credential: str | Token, failure: type[TransportError] = TransportError
) -> Iterator[None]:
    """As `trying`; a token that is refused is told apart, since another one may do."""
    try:
        with trying(what, server, failure):
            yield
    except TransportError as error:
        said_no = isinstance(error.__cause__, LoginError | smtplib.SMTPAuthenticationError)
        if isinstance(credential, Token) and said_no and error.permanent and error.cure != SMTP_AUTH_OFF:
            raise TokenRefused(error.tried, error.said, credential) from error.__cause__
        error.login = error.permanent
        if isinstance(error, failure):
            raise
        told = failure(error.tried, error.said, error.cure, permanent=error.permanent, wait=error.wait)
        told.login = error.login
        raise told from error


def log_in_imap(client: Any, user: str, credential: str | Token) -> None:
    """Raises what imapclient raises; `LoginError` if the server says no."""
    user = clean(user, "username")
    if isinstance(credential, str):
        secret = clean(credential, "password")
        # LOGIN carries ASCII only
        (client.login if (user + secret).isascii() else client.plain_login)(user, secret)
        return
    _authenticate(client, mechanism(lambda name: client.has_capability(f"AUTH={name}"), user, credential))


def log_in_smtp(smtp: smtplib.SMTP, user: str, credential: str | Token) -> None:
    """Raises what smtplib raises; `SMTPAuthenticationError` if the server says no."""
    user = clean(user, "username")
    if isinstance(credential, Token):
        offered = smtp.esmtp_features.get("auth", "").upper().split()
        code, said = _auth(smtp, mechanism(offered.__contains__, user, credential))
    elif (user + clean(credential, "password")).isascii():
        smtp.login(user, credential)
        return
    else:
        response = b64encode(f"\0{user}\0{credential}".encode()).decode()  # smtplib knows ASCII only
        code, said = smtp.docmd("AUTH", f"PLAIN {response}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, said)


# -- by token ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mechanism:
    """What is said first, and what after the server's reasons for a refusal, so that it gives its verdict."""

    name: str
    first: bytes = field(repr=False)
    acknowledge: bytes


def mechanism(offers: Callable[[str], bool], user: str, token: Token) -> Mechanism:
    """The standard one where the server has it. Raises `TransportError`."""
    if offers("OAUTHBEARER"):
        name = user.replace("=", "=3D").replace(",", "=2C")
        first = f"n,a={name},\x01auth=Bearer {token.access}\x01\x01"
        return Mechanism("OAUTHBEARER", first.encode(), acknowledge=b"\x01")
    if offers("XOAUTH2"):
        first = f"user={user}\x01auth=Bearer {token.access}\x01\x01"
        return Mechanism("XOAUTH2", first.encode(), acknowledge=b"")
    raise TransportError("Entrar con un token", NO_TOKENS, "Use password en lugar de oauth2", permanent=True)


def _authenticate(client: Any, how: Mechanism) -> None:
    """AUTHENTICATE, with what is said first on its line where the server allows it (RFC 4959)."""
    imap, first = client._imap, b64encode(how.first).decode()
    at_once = client.has_capability("SASL-IR") and len(first) < IMAP_LINE
    answers = iter([] if at_once else [how.first])

    def respond(_: bytes) -> bytes:
        return next(answers, how.acknowledge)

    # imaplib's own authenticate() would know no initial response
    imap.literal = imaplib._Authenticator(respond).process
    kind, said = imap._simple_command("AUTHENTICATE", how.name, *([first] if at_once else []))
    if kind != "OK":
        raise LoginError(said[-1].decode("utf-8", "replace") if said and said[-1] else "")
    imap.state = "AUTH"


def _auth(smtp: smtplib.SMTP, how: Mechanism) -> tuple[int, bytes]:
    """smtplib's auth() would answer the reasons for a refusal with the token once more."""
    first = b64encode(how.first).decode()
    if len(f"AUTH {how.name} {first}") <= SMTP_LINE:
        code, said = smtp.docmd("AUTH", f"{how.name} {first}")
    else:
        code, said = smtp.docmd("AUTH", how.name)
        if code == 334:
            code, said = smtp.docmd(first)
    if code == 334:
        code, said = smtp.docmd(b64encode(how.acknowledge).decode())
    return code, said
