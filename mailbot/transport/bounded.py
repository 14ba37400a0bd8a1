"""Clients that believe no server without limit: one answer ends, in octets and in time, or the connection does."""

import imaplib
import smtplib
import socket
import time
from collections.abc import Callable
from typing import Any

from imapclient import IMAPClient, imap4, tls  # type: ignore[import-untyped]

#: Octets and seconds of all that answers one IMAP command. We ask for 2 MB at once; a SEARCH of a folder with
#: 100,000 messages answers in one line of some 700 KB, which is longer than imaplib's own limit.
MOST_OCTETS, MOST_SECONDS = 32_000_000, 900.0
#: octets that a line counts at least
LEAST = 100
#: lines of one SMTP answer
MOST_LINES = 500


class TooMuch(imaplib.IMAP4.abort):
    """The server goes on and on."""


class TooManyLines(smtplib.SMTPServerDisconnected):
    """The server goes on and on."""


class Bounded:
    """What both of imapclient's connections read goes through here. Once it was too much, it stays so."""

    _heard = 0
    _began: float | None = None
    #: called as each command begins: the last one came to its end
    alive: Callable[[], None] = staticmethod(lambda: None)

    def _new_tag(self) -> Any:
        """imaplib: the next command begins."""
        self._count(0)
        self._heard, self._began = 0, time.monotonic()
        self.alive()
        return super()._new_tag()  # type: ignore[misc]

    def read(self, size: int) -> Any:
        self._count(size)
        return super().read(size)  # type: ignore[misc]

    def readline(self) -> Any:
        self._count(0)
        line = self.file.readline(MOST_OCTETS - self._heard + 1)  # type: ignore[attr-defined]
        self._count(max(len(line), LEAST))  # what even the shortest costs us
        return line

    def _count(self, octets: int) -> None:
        self._heard += octets
        took = time.monotonic() - self._began if self._began is not None else 0
        if self._heard > MOST_OCTETS or took > MOST_SECONDS:
            self._heard = MOST_OCTETS + 1
            raise TooMuch("one command was answered without end")


class Plain(Bounded, imap4.IMAP4WithTimeout):  # type: ignore[misc]
    pass


class Encrypted(Bounded, tls.IMAP4_TLS):  # type: ignore[misc]
    pass


class BoundedIMAPClient(IMAPClient):  # type: ignore[misc]
    def _create_IMAP4(self) -> Any:  # noqa: N802 - imapclient's name
        patience = self._timeout.connect
        if self.ssl:
            return Encrypted(self.host, self.port, self.ssl_context, patience)
        return Plain(self.host, self.port, patience)


class OneReply:
    """A server's lines, so many for one reply."""

    def __init__(self, lines: Any) -> None:
        self._lines = lines
        self.left = MOST_LINES

    def readline(self, limit: int = -1) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise TooManyLines("one command was answered without end")
        line: bytes = self._lines.readline(limit)
        return line

    def close(self) -> None:
        self._lines.close()


class _Bounded:
    """smtplib reads through `file`, which it makes anew for each socket."""

    file: Any
    sock: socket.socket | None

    def getreply(self) -> tuple[int, bytes]:
        if self.sock is not None:
            self.file = OneReply(self.sock.makefile("rb")) if self.file is None else self.file
            self.file.left = MOST_LINES
        answer: tuple[int, bytes] = super().getreply()  # type: ignore[misc]
        return answer


class BoundedSMTP(_Bounded, smtplib.SMTP):
    pass


class BoundedSMTPSSL(_Bounded, smtplib.SMTP_SSL):
    pass
