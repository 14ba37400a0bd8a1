"""An SMTP server that takes every mail and keeps none: one thread a connection, nothing parsed, no delay."""

import socket
import ssl
import threading
import time
from typing import Self

GREETING = b"220 sink.example\r\n"
EHLO = b"250 sink.example\r\n"
OK, GO_ON, BYE = b"250 2.0.0 ok\r\n", b"354 go on\r\n", b"221 2.0.0 bye\r\n"
END = b"\r\n.\r\n"


class Sink:
    """On a free port of loopback. `recipients`: of each accepted mail, in their order; `at`: when that was.

    With `tls` all is encrypted from the first octet.
    """

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.recipients: list[bytes] = []
        self.at: list[float] = []
        self.came = threading.Condition()
        self._server = socket.create_server(("127.0.0.1", port))
        self.port: int = self._server.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def wait_for(self, count: int, seconds: float = 60) -> float:
        """When the `count`-th mail was accepted (`time.perf_counter`)."""
        with self.came:
            if not self.came.wait_for(lambda: len(self.at) >= count, seconds):
                raise TimeoutError(f"{len(self.at)} of {count} mails after {seconds} seconds")
            return self.at[count - 1]

    def _took(self, recipient: bytes) -> None:
        with self.came:
            self.recipients.append(recipient)
            self.at.append(time.perf_counter())
            self.came.notify_all()

    def _talk(self, plain: socket.socket) -> None:
        buffer, recipient = b"", b""
        with self._tls.wrap_socket(plain, server_side=True) if self._tls else plain as connection:
            connection.sendall(GREETING)
            while True:
                while b"\r\n" not in buffer:
                    if not (more := connection.recv(65_536)):
                        return
                    buffer += more
                line, _, buffer = buffer.partition(b"\r\n")
                command = line[:4].upper()
                if command == b"DATA":
                    connection.sendall(GO_ON)
                    if (rest := _data(connection, buffer)) is None:
                        return
                    buffer = rest
                    self._took(recipient)
                elif command == b"RCPT":
                    recipient = line[8:].strip(b"<> ")
                connection.sendall(BYE if command == b"QUIT" else EHLO if command == b"EHLO" else OK)
                if command == b"QUIT":
                    return


def _data(connection: socket.socket, buffer: bytes) -> bytes | None:
    """What follows the message; None: the client is gone."""
    while END not in buffer:
        if not (more := connection.recv(65_536)):
            return None
        buffer += more
    return buffer.partition(END)[2]
