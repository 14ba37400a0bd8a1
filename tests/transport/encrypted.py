"""A mail server that encrypts, with a certificate of our choice, and notes all that it hears."""

import socket
import ssl
from contextlib import suppress
from threading import Thread
from types import TracebackType
from typing import Self

from tests.transport.certificates import Certificate

GREETING = {"imap": b"* OK ready\r\n", "smtp": b"220 ready ESMTP\r\n"}
#: by command; OFFER becomes STARTTLS before it is encrypted
IMAP = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1 OFFER AUTH=PLAIN\r\n",
    b"LIST": b'* LIST (\\Noselect) "/" ""\r\n',
}
SMTP = {
    b"EHLO": b"250-ready\r\n250-OFFER\r\n250 AUTH PLAIN\r\n",
    b"STARTTLS": b"220 begin\r\n",
    b"AUTH": b"235 in\r\n",
    b"QUIT": b"221 bye\r\n",
}


class Encrypted:
    """One connection of IMAP or SMTP: encrypted from the first byte, or after STARTTLS.

    `injected`: what somebody in between puts behind the answer to STARTTLS, in clear.
    """

    def __init__(
        self,
        kind: str,
        certificate: Certificate,
        security: str = "tls",
        *,
        greeting: bytes = b"",
        injected: bytes = b"",
    ) -> None:
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(certificate.cert, certificate.key)
        self.kind, self.security, self.injected = kind, security, injected
        self.greeting = greeting or GREETING[kind]
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.in_clear: list[bytes] = []
        self.in_secret: list[bytes] = []
        self._thread = Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.join(10)
        self.listener.close()

    def _serve(self) -> None:
        self.listener.settimeout(10)
        connection, _ = self.listener.accept()
        connection.settimeout(10)
        with suppress(OSError), connection:  # a client that thinks nothing of our certificate hangs up
            if self.security == "starttls":
                connection.sendall(self.greeting)
                self._talk(connection, self.in_clear, offer=b"STARTTLS")
            with self.context.wrap_socket(connection, server_side=True) as encrypted:
                if self.security == "tls":
                    encrypted.sendall(self.greeting)
                self._talk(encrypted, self.in_secret, offer=b"")

    def _talk(self, connection: socket.socket, heard: list[bytes], offer: bytes) -> None:
        """Until the client leaves or wants to encrypt."""
        for line in connection.makefile("rb"):
            heard.append(line.rstrip())
            words = line.split()
            if offer in words:
                connection.sendall(self._answer(words, offer) + self.injected)
                return
            connection.sendall(self._answer(words, offer))

    def _answer(self, words: list[bytes], offer: bytes) -> bytes:
        if self.kind == "imap":
            tag, command = words[:2]
            return IMAP.get(command, b"").replace(b"OFFER", offer) + tag + b" OK done\r\n"
        return SMTP.get(words[0].upper(), b"250 ok\r\n").replace(b"OFFER", offer or b"8BITMIME")
