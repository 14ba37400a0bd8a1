"""Servers that break off, stall and refuse on purpose: a few lines of protocol over a real socket."""

import re
import socket
from collections.abc import Callable, Mapping
from threading import Thread
from types import TracebackType
from typing import IO, Self, cast

Lines = IO[bytes]


class Faulty:
    """Accepts connections, one after the other, and lets `talk` play each of them."""

    def __init__(self, talk: Callable[[Lines], None]) -> None:
        self.talk = talk
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.connections = 0
        self.heard: list[bytes] = []
        self._open: list[socket.socket] = []
        self._thread = Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self._open:
            connection.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            with connection, connection.makefile("rwb") as lines:
                try:
                    self.talk(cast(Lines, lines))
                except (OSError, ValueError):
                    continue


def say(lines: Lines, text: str) -> None:
    lines.write(text.replace("\n", "\r\n").encode())
    lines.flush()


EHLO = "250-faulty\n250-SIZE 1000000\n250 8BITMIME\n"


def smtp(
    answers: Mapping[str, str | None] | None = None, *, dot: str | None = "250 2.0.0 Ok\n", ehlo: str = EHLO
) -> Faulty:
    """An SMTP server; `answers` by verb or "BANNER", `dot` after the final dot: text, None cuts, "" stays silent."""
    said: dict[str, str | None] = {"EHLO": ehlo, "QUIT": "221 bye\n", "DATA": "354 go\n", **(answers or {})}

    def talk(lines: Lines) -> None:
        if (banner := said.get("BANNER", "220 faulty ESMTP\n")) is None:
            return
        say(lines, banner)
        for line in iter(lines.readline, b""):
            server.heard.append(line)
            verb = line.split()[0].decode().upper()
            if (answer := said.get(verb, "250 2.0.0 Ok\n")) is None:
                return
            say(lines, answer)
            if verb == "DATA" and answer.startswith("354"):
                for part in iter(lines.readline, b""):
                    server.heard.append(part)
                    if part == b".\r\n":
                        break
                else:
                    return
                if dot is None:
                    return
                say(lines, dot)

    server = Faulty(talk)
    return server


def imap(answers: Mapping[str, str | None] | None = None) -> Faulty:
    """An IMAP server of one folder; `answers` by command line (a pattern): `TAG` becomes the tag, None cuts."""
    usual: dict[str, str | None] = {
        "CAPABILITY": "* CAPABILITY IMAP4rev1 IDLE MOVE\nTAG OK done\n",
        "LIST": '* LIST (\\Noselect) "/" ""\nTAG OK done\n',
        "SELECT": "* 3 EXISTS\n* OK [UIDVALIDITY 7] x\n* OK [UIDNEXT 4] x\nTAG OK [READ-WRITE] x\n",
        "LOGOUT": "* BYE\nTAG OK done\n",
    }
    said = {**(answers or {}), **usual, **(answers or {})}

    def talk(lines: Lines) -> None:
        say(lines, "* OK ready\n")
        idle_tag = ""
        for line in iter(lines.readline, b""):
            server.heard.append(line)
            tag, _, command = line.decode().strip().partition(" ")
            if tag == "DONE":
                tag, command = idle_tag, "DONE"
            elif command == "IDLE":
                idle_tag = tag
            match = next((a for p, a in said.items() if re.match(p, command)), "TAG OK done\n")
            if match is None:
                return
            say(lines, match.replace("TAG", tag))

    server = Faulty(talk)
    return server
