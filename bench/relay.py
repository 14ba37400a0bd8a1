"""Stands between a mail program and its IMAP server on loopback, passes on every byte, and notes what went by.

So what the server announced, and when, is known without the program's help; a copy of each packet costs 50 µs.
"""

import re
import selectors
import socket
import threading
import time
from collections import Counter
from typing import Self

ANNOUNCED = re.compile(rb"(?m)^\* \d+ EXISTS\r$")
COMMAND = re.compile(rb"(?m)^[A-Z]{4}\d+ (?:UID )?([A-Z]+)")


class Relay:
    """On a free port of loopback, without TLS; `exists`: when such lines passed (`time.perf_counter`)."""

    def __init__(self, server_port: int) -> None:
        self.exists: list[float] = []
        self.commands: Counter[str] = Counter()
        self._to = server_port
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._door, selectors.EVENT_READ)
        self._ends = threading.Event()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ends.set()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]

    def first_after(self, moment: float) -> float:
        """When the next mail was announced."""
        return next(at for at in self.exists if at >= moment)

    def _serve(self) -> None:
        while not self._ends.is_set():
            for key, _ in self._selector.select(0.2):
                if key.fileobj is self._door:
                    self._let_in()
                elif key.fileobj.fileno() >= 0:  # type: ignore[union-attr]  # else its other end was closed just now
                    self._pass_on(key)

    def _let_in(self) -> None:
        program, _ = self._door.accept()
        server = socket.create_connection(("127.0.0.1", self._to))
        for one, other, says in ((program, server, "program"), (server, program, "server")):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(one, selectors.EVENT_READ, (other, says))

    def _pass_on(self, key: selectors.SelectorKey) -> None:
        one, (other, says) = key.fileobj, key.data
        try:
            heard = one.recv(1_000_000)  # type: ignore[union-attr]
            now = time.perf_counter()
            other.sendall(heard)
        except OSError:
            heard = b""
        if not heard:
            for end in (one, other):
                self._selector.unregister(end)
                end.close()  # type: ignore[union-attr]
        elif says == "program":
            self.commands.update(name.decode() for name in COMMAND.findall(heard))
        elif ANNOUNCED.search(heard):
            self.exists.append(now)
