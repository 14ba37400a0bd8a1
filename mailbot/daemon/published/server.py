"""A few pages for programs of this machine, by HTTP/1.0 on a thread of its own: no mail waits for them.

It is imported only where `[service] http` names an address. RFC numbers: 9110 semantics, 9112 messages.
"""

import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import TCPServer
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import structlog

from mailbot.config.hosts import is_loopback

log = structlog.get_logger("mailbot")

#: requests that are answered at once; the others wait in the kernel's queue
MOST = 8
#: seconds from a request's first byte to its answer's last: slow ones are cut off
PATIENCE = 10.0
#: seconds between two looks at who is slow, and at whether to end
LOOK = 0.5


class Reply(NamedTuple):
    status: HTTPStatus
    kind: str
    body: bytes


#: answers a request by its Accept
Page = Callable[[str], Reply]


def text(status: HTTPStatus, said: str) -> Reply:
    return Reply(status, "text/plain; charset=utf-8", f"{said}\n".encode())


class Server(HTTPServer):
    """`pages` by path. Raises OSError where the address cannot be had."""

    request_queue_size = 16

    def __init__(self, host: str, port: int, pages: Mapping[str, Page]) -> None:
        self.pages = pages
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.timeout = LOOK
        self.slots = threading.Semaphore(MOST)
        self.ending = threading.Event()
        self._since: dict[socket.socket, float] = {}
        super().__init__(("127.0.0.1" if host == "localhost" else host, port), Handler)

    def server_bind(self) -> None:
        """Without HTTPServer's question to DNS who we are."""
        TCPServer.server_bind(self)

    def end(self) -> None:
        """Whatever is in hand; `serve` returns at once."""
        self.ending.set()
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def serve(self) -> None:
        """Until `end`."""
        try:
            while not self.ending.is_set():
                self.handle_request()
                self.cut_off_slow_ones()
        finally:
            self.ending.set()
            self.server_close()
            self.cut_off_slow_ones()

    def get_request(self) -> Any:
        """Where no descriptor is left (accept(2)), the next attempt is not made at once."""
        try:
            return super().get_request()
        except OSError:
            self.ending.wait(LOOK)
            raise

    def process_request(self, request: Any, client_address: Any) -> None:
        while not self.slots.acquire(timeout=LOOK):
            self.cut_off_slow_ones()
        self._since[request] = time.monotonic()
        try:
            threading.Thread(target=self._answer, args=(request, client_address), daemon=True).start()
        except RuntimeError:  # there are as many threads as there may be
            self._left(request)
            raise

    def _answer(self, request: socket.socket, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        except OSError:
            log.debug("http.client_left")
        except Exception:
            log.exception("http.broken")
        finally:
            self._left(request)
            self.shutdown_request(request)

    def _left(self, request: socket.socket) -> None:
        del self._since[request]
        self.slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """What the base class tells stderr."""
        log.error("http.broken", exc_info=sys.exc_info()[1])

    def cut_off_slow_ones(self) -> None:
        """Whatever they wait for, reading and writing ends; at the end, of all."""
        latest = time.monotonic() - (0 if self.ending.is_set() else PATIENCE)
        for request, since in self._since.copy().items():
            if since <= latest:
                with suppress(OSError):  # it has just left
                    request.shutdown(socket.SHUT_RDWR)


class Handler(BaseHTTPRequestHandler):
    """One request; the connection is closed after it."""

    server: Server
    error_message_format = "%(code)d %(message)s\n"
    error_content_type = "text/plain; charset=utf-8"

    def do_GET(self) -> None:
        self._send(self._reply())

    def do_HEAD(self) -> None:
        """The same without its body (RFC 9110 §9.3.2); other methods are none of ours (§15.6.2)."""
        self.do_GET()

    def _reply(self) -> Reply:
        try:
            target = urlsplit(self.path)
            if refused := self._not_for_us(target.hostname):
                return refused
        except ValueError:
            return text(HTTPStatus.BAD_REQUEST, "la dirección no se entiende")
        page = self.server.pages.get(target.path)
        if page is None:
            return text(HTTPStatus.NOT_FOUND, "\n".join(self.server.pages))
        try:
            return page(self.headers.get("Accept", ""))
        except Exception:
            log.exception("http.broken", page=target.path)
            return text(HTTPStatus.INTERNAL_SERVER_ERROR, "vea el registro: journalctl -u mailbot")

    def _not_for_us(self, asked: str | None) -> Reply | None:
        """A page of the Web whose name leads here (DNS rebinding) asks by that name, and is told nothing.

        `asked`: the host in the request line, if it stands there (RFC 9112 §3.2.2).
        """
        hosts = self.headers.get_all("Host", [])
        if len(hosts) > 1 or (not hosts and self.request_version == "HTTP/1.1"):  # RFC 9112 §3.2
            return text(HTTPStatus.BAD_REQUEST, "falta Host, o está dos veces")
        named = [urlsplit(f"//{host}").hostname or "" for host in hosts] + ([asked] if asked else [])
        if all(is_loopback(name) for name in named):
            return None
        return text(HTTPStatus.MISDIRECTED_REQUEST, "solo para esta máquina, por su dirección")

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def version_string(self) -> str:
        """Nobody need know which Python this is."""
        return "mailbot"

    def log_message(self, *_: Any) -> None:
        """A scrape every few seconds is no news."""
