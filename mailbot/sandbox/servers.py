"""IMAP (pymap) and SMTP (aiosmtpd) on loopback, joined: what is sent is at once in the recipient's INBOX."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import CancelledError
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from threading import Thread
from typing import Any, Self, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pymap.parsing.message import AppendMessage

from mailbot.sandbox.imap import ImapServer

LOOPBACK = "127.0.0.1"
#: Octets; what is larger gets a 552.
LARGEST = 50_000_000
RETURN_PATH = re.compile(rb"(?im)^return-path:.*\r?\n(?:[ \t].*\r?\n)*")

T = TypeVar("T")


def now() -> datetime:
    return datetime.now(UTC)


class Sandbox:
    """`with Sandbox(["soporte@mesa.example"]) as servers:` both servers run in a thread until the block ends.

    Every address has a mailbox as soon as mail for it arrives or somebody logs in; all share one `password`.
    Mail to an address that is not among `addresses` is also kept, as it came, for `sent_to`. `clock` gives
    INTERNALDATE, the server's arrival time. SMTP takes mail without a login, and with one.
    """

    def __init__(
        self,
        addresses: Iterable[str] = (),
        clock: Callable[[], datetime] = now,
        *,
        password: str = "secreto",  # noqa: S107  (loopback, and printed by the demo)
        imap_port: int = 0,
        smtp_port: int = 0,
    ) -> None:
        self.addresses = frozenset(a.lower() for a in addresses)
        self.clock = clock
        self.password = password
        self.imap_port = imap_port
        self.smtp_port = smtp_port
        self._imap = ImapServer(password)
        self._sent: dict[str, list[bytes]] = defaultdict(list)
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="sandbox", daemon=True)
        self._servers = AsyncExitStack()

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self._do(self._start())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._do(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def deliver(self, raw: bytes, to: str) -> None:
        """Put a message into the INBOX of `to`, as it is; clients in IDLE are told before this returns."""
        self._do(self._deliver(raw, to))

    def sent_to(self, address: str) -> list[bytes]:
        """What SMTP took for an address that is not one of ours, oldest first, as it came over the wire."""
        return list(self._sent[address.lower()])

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _start(self) -> None:
        imap = await self._imap.start(LOOPBACK, self.imap_port)
        self._servers.push_async_callback(_close, imap)
        smtp = await self._loop.create_server(self._smtp, LOOPBACK, self.smtp_port)
        self._servers.push_async_callback(_close, smtp)
        self.imap_port, self.smtp_port = (s.sockets[0].getsockname()[1] for s in (imap, smtp))

    async def _stop(self) -> None:
        """Listeners first, then the connections that are still open."""
        await self._servers.aclose()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _smtp(self) -> SMTP:
        return Connection(
            self,
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            hostname="localhost",
            auth_require_tls=False,
            authenticator=self._authenticate,
            loop=self._loop,
        )

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, how: str, who: Any
    ) -> AuthResult:
        right = isinstance(who, LoginPassword) and who.password == self.password.encode()
        return AuthResult(success=right, handled=False)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """aiosmtpd's hook. RFC 5321 §4.4: the last server writes the return path."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        header, blank, body = content.partition(b"\r\n\r\n")
        header = RETURN_PATH.sub(b"", header + b"\r\n").removesuffix(b"\r\n")
        sender = (envelope.mail_from or "").strip("<>").encode(errors="surrogateescape")
        raw = b"Return-Path: <%s>\r\n%s%s%s" % (sender, header, blank, body)
        for to in envelope.rcpt_tos:
            if to.lower() not in self.addresses:
                self._sent[to.lower()].append(content)
            await self._deliver(raw, to)
        return "250 2.0.0 Ok"

    async def _deliver(self, raw: bytes, to: str) -> None:
        await self._imap.append(to, AppendMessage(raw, self.clock()))


#: turns of the loop until a connection that was accepted in the last moment has somebody who closes it
ACCEPTS = 5


class Connection(SMTP):
    """Takes lines above RFC 5321's 1,000 octets, which real mail has and real servers take."""

    line_length_limit = 1 << 20

    def _create_session(self) -> Session:
        return QuietSession(self.loop)


class QuietSession(Session):
    """Without a warning in the log at each login, about an attribute that aiosmtpd itself sets."""

    login_data = None


async def _close(server: asyncio.Server) -> None:
    """A connection accepted in the last moment is left open by asyncio, unless its server stands a little longer."""
    for listener in server.sockets:
        asyncio.get_running_loop().remove_reader(listener)
    for _ in range(ACCEPTS):
        await asyncio.sleep(0)
    server.close()
    with suppress(CancelledError):
        await server.wait_closed()
