"""Between mailbot and a server: a line that can be cut at any byte, hang, lie, or be refused."""

import selectors
import socket
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Literal, Self

LOOPBACK = "127.0.0.1"
Way = Literal["up", "down"]  # to the server, from the server
What = Literal["cut", "hang"]


@dataclass(frozen=True)
class Fault:
    """After so many octets in one direction, counted over all connections since it was set."""

    way: Way
    after: int
    what: What = "cut"
    #: once, or on every connection from then on
    lasts: bool = False


@dataclass(frozen=True)
class Lie:
    """The n-th command since it was set never reaches the server; `TAG` in the answer becomes its tag."""

    command: int
    answer: bytes
    lasts: bool = False


class Proxy:
    """`passed` counts the octets of both directions since the last `set` or `heal`."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self.listener.getsockname()[1]
        self.passed: dict[Way, int] = {"up": 0, "down": 0}
        self.connections = 0
        self.faults = 0
        self.commands = 0
        self._fault: Fault | Lie | None = None
        self._lock = Lock()
        self._open: set[socket.socket] = set()
        self._accept()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.refuse()

    def set(self, fault: Fault | Lie) -> None:
        with self._lock:
            self._fault, self.passed, self.commands = fault, {"up": 0, "down": 0}, 0

    def heal(self) -> None:
        """All works again; connections that hang are closed."""
        with self._lock:
            self._fault, self.passed, self.commands = None, {"up": 0, "down": 0}, 0
        self.drop()
        if self.listener.fileno() < 0:
            self.listener = socket.create_server((LOOPBACK, self.port))
            self._accept()

    def drop(self) -> None:
        """Cut all connections that are open."""
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def refuse(self) -> None:
        """As if nobody listened."""
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.drop()

    def _accept(self) -> None:
        Thread(target=self._serve, args=(self.listener,), daemon=True).start()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            Thread(target=self._join, args=(client,), daemon=True).start()

    def _join(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection((LOOPBACK, self.target)) as server:
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open |= {client, server}
            try:
                self._pump(client, server)
            finally:
                self._open -= {client, server}

    def _pump(self, client: socket.socket, server: socket.socket) -> None:
        ways: dict[socket.socket, tuple[Way, socket.socket]] = {
            client: ("up", server),
            server: ("down", client),
        }
        hangs, said = False, b""
        with selectors.DefaultSelector() as selector:
            for end in ways:
                selector.register(end, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    end = client if key.fileobj is client else server
                    data = end.recv(65536)
                    if not data:
                        return
                    if hangs:
                        continue
                    way, other = ways[end]
                    if way == "up" and isinstance(self._fault, Lie):
                        said += data
                        if not said.endswith(b"\r\n"):
                            continue
                        data, said = said, b""
                        if lie := self._lie(data):
                            end.sendall(lie)
                            continue
                    passes, what = self._allow(way, len(data))
                    other.sendall(data[:passes])
                    if what == "cut":
                        return
                    hangs = what == "hang"

    def _lie(self, data: bytes) -> bytes:
        """mailbot waits for each answer, so what comes at once is one command."""
        with self._lock:
            fault, self.commands = self._fault, self.commands + 1
            if not isinstance(fault, Lie) or self.commands < fault.command:
                return b""
            self.faults += 1
            if not fault.lasts:
                self._fault = None
            return fault.answer.replace(b"TAG", data.split()[0])

    def _allow(self, way: Way, octets: int) -> tuple[int, What | None]:
        """How many of these octets may pass, and what happens then."""
        with self._lock:
            fault, before = self._fault, self.passed[way]
            if not isinstance(fault, Fault) or way != fault.way or before + octets < fault.after:
                self.passed[way] += octets
                return octets, None
            self.faults += 1
            if not fault.lasts:
                self._fault = None
            passes = max(0, fault.after - before)
            self.passed[way] += passes
            return passes, fault.what
