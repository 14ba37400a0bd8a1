"""What both protocols need before the first command: ports, names, and TLS that really verifies."""

import os
import socket
import ssl
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from mailbot.config.model import Server
from mailbot.transport.errors import TransportError

#: seconds, seconds, probes; milliseconds for what we sent to be acknowledged
KEEPALIVE = {
    socket.TCP_KEEPIDLE: 30,
    socket.TCP_KEEPINTVL: 10,
    socket.TCP_KEEPCNT: 3,
    socket.TCP_USER_TIMEOUT: 60_000,
}


@dataclass(frozen=True)
class Timeouts:
    """Seconds: for the connection, for one answer, and for the answer to a message's final dot.

    The last is long because giving up there makes the result unknown (RFC 5321 §4.5.3.2.6), and still under
    the five minutes in which a hung line must be noticed (hazard 56).
    """

    connect: float = 15
    read: float = 60
    accept: float = 240


#: device and inode, size, and when it was written, of each file or folder; None: it is not there
Stamp = tuple[tuple[int, int, int, int] | None, ...]
_reading = Lock()


def tls(server: Server) -> ssl.SSLContext:
    """Checks the certificate and its name, against `ca_file` or the system's authorities."""
    return trusting(server.ca_file)


def trusting(ca_file: str) -> ssl.SSLContext:
    """One for all connections, and another when what is trusted was replaced on disk.

    A system's authorities take 0.9 MB and 20 ms each time that they are read: 200 mailboxes have 400 connections.
    """
    system = ssl.get_default_verify_paths()
    files = (ca_file,) if ca_file else (system.cafile, system.capath)
    with _reading:  # else all that start together read them
        return _context(ca_file, tuple(_stamp(path) for path in files if path))


@lru_cache(maxsize=8)
def _context(ca_file: str, stamp: Stamp) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_file or None)


def _stamp(path: str) -> tuple[int, int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:  # reading it will say why
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def at_once(connection: socket.socket) -> None:
    """Else what follows in a second write waits until the server has acknowledged the first: up to 40 ms each time.

    So do the end of an IMAP command, which imapclient sends apart, and the final dot of a message.
    """
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def keep_alive(connection: socket.socket) -> None:
    """A machine that is gone is told from one that is slow in a minute, also in IDLE (hazard 56)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in KEEPALIVE.items():
        connection.setsockopt(socket.IPPROTO_TCP, option, value)


def clean(value: str, what: str) -> str:
    """The value itself, refused if it could end a command and begin another (hazard 31)."""
    if any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise TransportError(
            f"Usar {what}", "contiene caracteres de control", f"Revise {what}", permanent=True
        )
    return value
