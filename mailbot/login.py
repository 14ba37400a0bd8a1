"""How each mailbox logs in: with a password that is read when it is used, or with an access token.

A token is renewed ahead of time and kept in memory only. What it is renewed with, the client's secret or the
refresh token of a `mailbot login`, is read anew each time: another one works without a restart.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from mailbot.config import secrets
from mailbot.config.model import Config, Login, Mailbox, Secret
from mailbot.config.oauth2 import Client, client
from mailbot.store import StoreError, tokens
from mailbot.store.engine import Store
from mailbot.transport import oauth2
from mailbot.transport.connect import Timeouts
from mailbot.transport.errors import Unreachable
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.login import Credential, Token
from mailbot.transport.oauth2 import Granted, TokenError
from mailbot.transport.oauth2_cures import refused_by_server
from mailbot.transport.smtp import Sender, Smtp

#: a token is renewed when this much of its life is over
STALE = 0.8
#: seconds in which a provider that said no, or a server that refuses new tokens, is not asked again
PAUSE = 60.0
#: seconds between two looks whether somebody else is done with a refresh token
LOOK = 0.2
USUAL = Timeouts()


class Logins:
    """Of all mailboxes, for one process: a mailbox's reader and sender share its token."""

    def __init__(self, config: Config, store: Store | None, before: "Logins | None" = None) -> None:
        """`before`: of the config until now; what it holds for an account that has not changed serves on."""
        self.config, self.store = config, store
        self.tokens: dict[str, Tokens] = {}
        held = before.tokens if before else {}
        for name, login in _logins(config):
            if login.oauth2 and login.account not in self.tokens:
                asked, old = client(login.oauth2, name), held.get(login.account)
                same = old if old and old.client == asked else None
                self.tokens[login.account] = same or Tokens(asked, login.account, config.home, store)

    def imap(self, box: Mailbox, timeouts: Timeouts = USUAL) -> ImapMailbox:
        return ImapMailbox(box, self._credential(box.imap_login), timeouts)

    def smtp(self, box: Sender, timeouts: Timeouts = USUAL) -> Smtp:
        return Smtp(box, self._credential(box.smtp_login), timeouts)

    def _credential(self, login: Login) -> Credential:
        return self.tokens[login.account] if login.oauth2 else password(login.password, self.config.home)


def _logins(config: Config) -> Iterator[tuple[str, Login]]:
    """Of every server, with the name of its mailbox."""
    for box in config.mailbox.values():
        yield from ((box.name, login) for login in (box.imap_login, box.smtp_login))
    if config.service.smtp:
        yield "", config.service.smtp.smtp_login


class NoPassword(Unreachable):
    """Nothing was said to the server: what waits to be sent keeps waiting."""

    login = True


def password(secret: Secret | None, home: Path) -> Callable[[], str]:
    """Read only when it is used, and again for each connection: it may have been changed."""

    def read() -> str:
        try:
            return secrets.read(secret, home) if secret else ""
        except secrets.SecretError as error:
            cure = error.cure[:1].upper() + error.cure[1:]
            raise NoPassword("Leer la contraseña", error.said, cure, permanent=True) from error

    return read


@dataclass(frozen=True, slots=True)
class Held:
    """A token, until when it is fresh and until when it works (by the monotonic clock), and by which login."""

    token: Token
    fresh_until: float
    good_until: float
    login: str


class Tokens:
    """The access token of one account. Threads may share it; each call gives one that works.

    Raises `TokenError` and `Unreachable`, once for each time that the provider was asked or could not be.
    """

    def __init__(
        self,
        client: Client,
        account: str,
        home: Path,
        store: Store | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.client, self.account, self.home, self.store, self.clock = client, account, home, store, clock
        self._lock = Lock()
        self._held: Held | None = None
        self._unsaved: tuple[tokens.Kept, Granted] | None = None
        self._refused: tuple[float, str, Unreachable] | None = None
        self._discarded = -PAUSE

    def __call__(self) -> Token:
        """The one that is held while it is fresh; else another, or the old one if it still works and no other comes."""
        with self._lock:
            if not self._is_fresh():
                try:
                    self._renew()
                except Unreachable:
                    if self._held is None or self.clock() >= self._held.good_until:
                        raise
            assert self._held is not None  # noqa: S101
            return self._held.token

    def renew(self) -> bool:
        """Ahead of time, so that whatever is wrong is heard of while the old one still works.

        True: there is a fresh one. False: there is none, and it is too early to ask again.
        """
        with self._lock:
            if self._is_fresh():
                return True
            if self._is_paused():
                return False
            self._renew()
            return True

    def _is_fresh(self) -> bool:
        held = self._held
        return held is not None and self.clock() < held.fresh_until and held.login == self._login(held.login)

    def _login(self, otherwise: str) -> str:
        """Which `mailbot login` is in force; it may have been done by another process."""
        if not self.client.by_login or self.store is None:
            return ""
        with suppress(StoreError), self.store.reading() as s:
            return tokens.login_of(s, self.account)
        return otherwise

    def _is_paused(self) -> bool:
        return self._refused is not None and (
            self.clock() < self._refused[0] and self._login(self._refused[1]) == self._refused[1]
        )

    def _renew(self) -> None:
        if self._is_paused():
            assert self._refused is not None  # noqa: S101
            raise self._refused[2].with_traceback(None)
        login = self._login("")
        try:
            granted, login = self._by_login() if self.client.by_login else (self._by_secret(), "")
        except Unreachable as refused:
            self._refused = self.clock() + PAUSE, login, refused
            raise
        now = self.clock()
        access = granted.access_token
        token = Token(
            access, self._discarding(access), self._replacing(access), refused_by_server(self.client)
        )
        self._held = Held(token, now + STALE * granted.lifetime, now + granted.lifetime, login)
        self._refused = None

    def _discarding(self, access: str) -> Callable[[], bool]:
        """A server refused this token: it was revoked, or a new login took its place."""

        def discard() -> bool:
            with self._lock:
                if self._held is None or self._held.token.access != access:
                    return True  # there is another one already
                if self.clock() < self._discarded + PAUSE:
                    return False
                self._discarded, self._held = self.clock(), None
                return True

        return discard

    def _replacing(self, access: str) -> Callable[[], bool]:
        def replaced() -> bool:
            held = self._held
            return held is not None and held.token.access != access

        return replaced

    # -- asking for one ------------------------------------------------------------------------------------

    def _by_secret(self) -> Granted:
        return oauth2.by_secret(self.client, self._secret())

    def _secret(self) -> str:
        try:
            return secrets.read(self.client.secret, self.home) if self.client.secret else ""
        except secrets.SecretError as error:
            raise TokenError("Leer client_secret", error.said, error.cure, permanent=True) from error

    def _by_login(self) -> tuple[Granted, str]:
        """A new refresh token is stored before its access token is used: it may be the only one that counts."""
        try:
            if self._unsaved is None:
                self._unsaved = self._spend()
            kept, granted = self._unsaved
            self._put_back(kept, granted.refresh_token or kept.refresh_token)
        except StoreError as trouble:
            raise Unreachable("Guardar el permiso del buzón", str(trouble).rstrip(".")) from trouble
        self._unsaved = None
        return granted, kept.login

    def _spend(self) -> tuple[tokens.Kept, Granted]:
        secret, kept = self._secret(), self._take()
        try:
            return kept, oauth2.by_refresh_token(self.client, secret, kept.refresh_token)
        except TokenError:
            with suppress(StoreError):
                self._put_back(kept, kept.refresh_token)
            raise

    def _take(self) -> tokens.Kept:
        """Alone: the reader, the sender, commands and other daemons must not spend one refresh token twice."""
        tried, cure = "Usar el permiso del buzón", f"Ejecute «mailbot login {self.client.mailbox}»"
        if self.store is None:
            raise TokenError(tried, "todavía no hay base de datos que lo guarde", cure, permanent=True)
        store, by, end = self.store, f"{os.uname().nodename}:{os.getpid()}", time.monotonic() + LEASE
        while True:
            try:
                kept = store.run(lambda s: tokens.take(s, self.account, by, now()))
                break
            except tokens.Busy:
                if time.monotonic() > end:
                    raise Unreachable(tried, "otro proceso lo está usando", "Se volverá a intentar") from None
                time.sleep(LOOK)
        if kept is None:
            raise TokenError(tried, "todavía nadie lo ha dado", cure, permanent=True)
        if kept.client_id != self.client.client_id:
            self._put_back(kept, kept.refresh_token)
            raise TokenError(tried, "se dio a otra aplicación (otro client_id)", cure, permanent=True)
        return kept

    def _put_back(self, kept: tokens.Kept, refresh_token: str) -> None:
        assert self.store is not None  # noqa: S101
        self.store.run(lambda s: tokens.put_back(s, kept, refresh_token, now()))


#: seconds; a little more than what another worker may keep a refresh token
LEASE = tokens.LEASE.total_seconds() + 5


def now() -> datetime:
    return datetime.now(UTC)
