"""Waiting for mail: IDLE (RFC 2177) without its pitfalls, or a pause; both end at once when called."""

import selectors
import socket
import ssl
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


def pause(seconds: float, ear: socket.socket) -> None:
    """Sleep, unless called."""
    _until_readable(seconds, ear)


def _until_readable(seconds: float, ear: socket.socket, *others: Any) -> None:
    with selectors.DefaultSelector() as selector:
        for sock in (ear, *others):
            selector.register(sock, selectors.EVENT_READ)
        ready = selector.select(max(seconds, 0))
    if any(key.fileobj is ear for key, _ in ready):
        ear.recv(4096)


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
