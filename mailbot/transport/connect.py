"""What both protocols need before the first command: ports, names, and TLS that really verifies."""

import socket
import ssl
from dataclasses import dataclass

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


def tls(server: Server) -> ssl.SSLContext:
    """Checks the certificate and its name, against `ca_file` or the system's authorities."""
    return ssl.create_default_context(cafile=server.ca_file or None)


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
