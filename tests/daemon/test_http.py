"""The little server of `[service] http`: for programs of this machine, and no client can hold it up."""

import errno
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus

import pytest

from mailbot.daemon.published import server as pages
from mailbot.daemon.published.server import Reply, Server, text

HOST = "127.0.0.1"


def hello(accept: str) -> Reply:
    return Reply(HTTPStatus.OK, "text/plain", f"hola {accept}".encode())


def broken(_: str) -> Reply:
    raise RuntimeError("secreto")


class Running:
    """A server on a free port."""

    def __init__(self) -> None:
        self.server = Server(HOST, 0, {"/hola": hello, "/roto": broken, "/mal": lambda _: ILL})
        self.port: int = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve)
        self.thread.start()

    def says(self, request: bytes) -> bytes:
        """Its whole answer."""
        with socket.create_connection((HOST, self.port), timeout=30) as line:
            line.sendall(request)
            return all_of(line)

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
        line = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            line.request(method, path, headers=headers)
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()

    def stop(self) -> None:
        self.server.end()
        self.thread.join(30)
        assert not self.thread.is_alive()


ILL = text(HTTPStatus.SERVICE_UNAVAILABLE, "mal")


def all_of(line: socket.socket) -> bytes:
    said = b""
    while more := line.recv(65536):
        said += more
    return said


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    running = Running()
    yield running
    running.stop()


def test_a_page_is_given_by_its_path_whatever_is_asked_behind_it(running: Running) -> None:
    assert running.get("/hola", Accept="a/b") == (200, b"hola a/b")
    assert running.get("/hola?x=1", Accept="") == (200, b"hola ")
    assert running.get("/mal") == (503, b"mal\n")


def test_a_head_has_no_body(running: Running) -> None:
    said = running.says(b"HEAD /hola HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert said.startswith(b"HTTP/1.0 200 ")
    assert b"\r\nContent-Length: 5\r\n" in said
    assert said.endswith(b"\r\n\r\n")


def test_other_paths_are_not_found_and_those_that_are_there_are_named(running: Running) -> None:
    assert running.get("/") == (404, b"/hola\n/roto\n/mal\n")
    assert running.get("/../etc/passwd")[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "XYZZY"])
def test_other_methods_are_refused(running: Running, method: str) -> None:
    status, said = running.get("/hola", method)
    assert status == 501
    assert b"<" not in said


@pytest.mark.parametrize(
    "host", ["127.0.0.1:9103", "localhost:9103", "[::1]:9103", "localhost", "127.9.8.7:1"]
)
def test_this_machine_may_be_called_by_each_of_its_names(running: Running, host: str) -> None:
    assert running.get("/hola", Host=host)[0] == 200


@pytest.mark.parametrize(
    ("request_line", "host"),
    [
        ("GET /hola HTTP/1.1", "evil.example:9103"),
        ("GET /hola HTTP/1.1", "127.0.0.1.evil.example"),
        ("GET /hola HTTP/1.1", "localhost.evil.example:9103"),
        ("GET /hola HTTP/1.1", "10.0.0.1"),
        ("GET /hola HTTP/1.1", ""),
        ("GET http://evil.example/hola HTTP/1.1", "127.0.0.1"),
    ],
)
def test_a_name_that_leads_here_and_is_not_ours_is_told_nothing(
    running: Running, request_line: str, host: str
) -> None:
    """DNS rebinding: a page in a browser on this machine reads what it asks for under its own name."""
    said = running.says(f"{request_line}\r\nHost: {host}\r\n\r\n".encode())
    assert said.startswith(b"HTTP/1.0 421 ")
    assert b"hola" not in said


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /hola HTTP/1.1\r\n\r\n",
        b"GET /hola HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        b"GET /hola HTTP/1.1\r\nHost: [::1\r\n\r\n",
        b"GET http://[/hola HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
        b"GET /hola HTTP/1.1 x y\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_as_such(running: Running, request_: bytes) -> None:
    """RFC 9112 §3.2: one Host, and no other number of them."""
    said = running.says(request_)
    assert b"hola" not in said.lower().replace(b"/hola", b"")
    assert said.startswith((b"HTTP/1.0 400 ", b"400 "))  # the status line is missing where a version is


def test_a_request_of_http_1_0_needs_no_host(running: Running) -> None:
    assert running.says(b"GET /hola HTTP/1.0\r\n\r\n").endswith(b"hola ")


def test_what_is_sent_does_not_say_which_python_this_is(running: Running) -> None:
    said = running.says(b"GET /hola HTTP/1.0\r\n\r\n")
    assert b"\r\nServer: mailbot\r\n" in said
    assert b"\r\nCache-Control: no-store\r\n" in said


def test_a_page_that_breaks_says_so_without_its_reason_and_the_next_is_given(running: Running) -> None:
    status, said = running.get("/roto")
    assert status == 500
    assert b"secreto" not in said
    assert running.get("/hola")[0] == 200


def test_clients_that_say_nothing_are_cut_off_and_the_others_are_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also one that goes on, a letter now and then: what counts is the whole request."""
    monkeypatch.setattr(pages, "PATIENCE", 0.3)
    monkeypatch.setattr(pages, "LOOK", 0.05)
    running = Running()
    try:
        with ExitStack() as lines:
            silent = [
                lines.enter_context(socket.create_connection((HOST, running.port), timeout=30))
                for _ in range(pages.MOST)
            ]
            for line in silent:
                line.sendall(b"GET /ho")
            dripping = threading.Thread(target=drip, args=(silent[0],))
            dripping.start()
            assert running.get("/hola")[0] == 200
            assert [ended(line) for line in silent] == [True] * pages.MOST
            dripping.join()
    finally:
        running.stop()


def drip(line: socket.socket) -> None:
    try:
        while True:
            line.sendall(b"l")
            time.sleep(0.01)
    except OSError:
        return


def ended(line: socket.socket) -> bool:
    try:
        return b" 200 " not in all_of(line)
    except ConnectionError:
        return True


def test_a_client_that_reads_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PATIENCE", 0.2)
    running = Running()
    running.server.pages = {"/todo": lambda _: Reply(HTTPStatus.OK, "text/plain", b"x" * 50_000_000)}
    try:
        with socket.create_connection((HOST, running.port), timeout=30) as line:
            line.sendall(b"GET /todo HTTP/1.0\r\n\r\n")
            assert line.recv(1)
            while running.server._since:
                time.sleep(0.01)
    finally:
        running.stop()


class Full:
    """A listening socket of a process that has as many files open as it may."""

    def __init__(self, listening: socket.socket) -> None:
        self.listening, self.asked = listening, 0

    def accept(self) -> None:
        self.asked += 1
        raise OSError(errno.EMFILE, "Too many open files")

    def __getattr__(self, name: str) -> object:
        return getattr(self.listening, name)


def test_without_a_descriptor_left_it_does_not_ask_all_the_time() -> None:
    """Who is connected and cannot be let in would be told of again at once, and again."""
    running = Running()
    full = Full(running.server.socket)
    running.server.socket = full  # type: ignore[assignment]
    try:
        with socket.create_connection((HOST, running.port), timeout=30):
            while not full.asked:
                time.sleep(0.01)
            time.sleep(0.2)
            assert full.asked < 20
    finally:
        running.stop()


def test_it_ends_at_once_with_requests_in_hand() -> None:
    running = Running()
    with socket.create_connection((HOST, running.port), timeout=30) as line:
        line.sendall(b"GET /hola HTT")
        while not running.server._since:
            time.sleep(0.01)
        running.stop()
        assert ended(line)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, running.port), timeout=30)


def test_the_address_of_an_instance_that_has_just_ended_can_be_had_at_once() -> None:
    """A restart: connections of before are still in TIME_WAIT."""
    first = Running()
    assert first.get("/hola")[0] == 200
    first.stop()
    Server(HOST, first.port, {}).server_close()


def test_an_address_that_somebody_has_cannot_be_had_twice(running: Running) -> None:
    with pytest.raises(OSError, match="in use"):
        Server(HOST, running.port, {})


def test_ipv6_has_a_loopback_too() -> None:
    server = Server("::1", 0, {})
    assert server.server_address[0] == "::1"
    server.server_close()
