"""Waiting for mail: IDLE (RFC 2177) without its pitfalls, NOOP again and again, or a pause; each ends when called."""

import select
import socket
import ssl
import time
from contextlib import suppress
from typing import Any

#: Seconds. RFC 2177 allows 29 minutes; a dead line shows only when IDLE ends, so rounds are short.
ROUND = 200.0


def idle(client: Any, seconds: float, ear: socket.socket) -> None:
    """Whatever the server says ends it; what it was is not read here, since the caller searches in any case.

    A closed connection also makes the socket readable, and then DONE fails: no silent loop.
    Raises what imapclient raises; the connection must then be given up.
    """
    client.idle()
    if not _already_here(client):
        _until_readable(seconds, ear, client.socket())
    client.idle_done()


def ask(client: Any, seconds: float, every: float, ear: socket.socket) -> None:
    """NOOP every so many seconds, until mail is announced: some servers hold back what they tell in IDLE.

    Dovecot gathers news for half a second.
    """
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0 and not _until_readable(min(every, left), ear):
        client.noop()
        if announced(client):
            return


def announced(client: Any) -> bool:
    """Whether the server told of mail that we have not looked for."""
    return "EXISTS" in client._imap.untagged_responses


def pause(seconds: float, ear: socket.socket) -> None:
    """Sleep, unless called."""
    _until_readable(seconds, ear)


def _until_readable(seconds: float, ear: socket.socket, *others: Any) -> bool:
    """Whether we were called."""
    ready = select.poll()
    for sock in (ear, *others):
        ready.register(sock, select.POLLIN)
    if called := ear.fileno() in dict(ready.poll(max(seconds, 0) * 1000)):
        ear.recv(4096)
    return called


def _already_here(client: Any) -> bool:
    """News that came in one packet with `+ idling` waits in imaplib's buffer, where no select sees it."""
    sock = client.socket()
    timeout = sock.gettimeout()
    sock.settimeout(0)
    with suppress(BlockingIOError, ssl.SSLWantReadError):
        try:
            return bool(client._imap.file.peek(1))
        finally:
            sock.settimeout(timeout)
    return False
