"""An SMTP server in a process of its own that keeps what it accepts, whatever becomes of its clients.

    with Recorder(folder) as smtp:
        smtp.port
    accepted(folder / "LOGIN.jsonl")    what a login has sent

A message is written down before the 250 is said, also when nobody is left to hear it: that is the window of
RFC 5321 §4.5.3.2.6 (hazard 57).
"""

import asyncio
import base64
import hashlib
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from tests.dovecot import free_ports

LARGEST = 1 << 24
END = b"\r\n.\r\n"


@dataclass(frozen=True, slots=True)
class Accepted:
    """One mail: envelope recipient, bytes without dot-stuffing (as Latin-1), their SHA-256, Unix time."""

    to: str
    raw: str
    digest: str
    at: float


class Recorder:
    """The process, until the block ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (self.port,) = free_ports(1)

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.crash.recorder", str(self.folder), str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.communicate()


def accepted(path: Path, start: int = 0) -> tuple[list[Accepted], int]:
    """What was written down from the byte `start` on, in the order in which it was accepted; where to go on."""
    if not path.exists():
        return [], start
    with path.open("rb") as file:
        file.seek(start)
        lines = [line for line in file if line.endswith(b"\n")]
    return [Accepted(**json.loads(line)) for line in lines], start + sum(map(len, lines))


async def serve(folder: Path, port: int) -> None:
    async def talk(lines: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        try:
            await _talk(lines, out, folder)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client was killed
        finally:
            out.close()

    server = await asyncio.start_server(talk, "127.0.0.1", port, limit=LARGEST)
    print("ready", flush=True)  # noqa: T201
    await server.serve_forever()


async def _talk(lines: asyncio.StreamReader, out: asyncio.StreamWriter, folder: Path) -> None:
    login = to = ""
    answers = {
        b"EHLO": "250-recorder\r\n250-AUTH PLAIN\r\n250 8BITMIME",
        b"QUIT": "221 bye",
        b"DATA": "354 go",
    }
    out.write(b"220 recorder\r\n")
    while True:
        line = await lines.readuntil(b"\r\n")
        verb, _, rest = line.strip().partition(b" ")
        said = answers.get(verb.upper(), "250 Ok")
        if verb.upper() == b"AUTH":
            login, said = base64.b64decode(rest.split()[1]).split(b"\0")[1].decode(), "235 Ok"
        elif verb.upper() == b"RCPT":
            to = rest.partition(b"<")[2].partition(b">")[0].decode().lower()
        out.write(f"{said}\r\n".encode())
        if verb.upper() == b"DATA":
            body = await lines.readuntil(END)
            _write_down(folder / f"{login}.jsonl", to, body.removesuffix(b".\r\n"))
            out.write(b"250 2.0.0 Ok\r\n")
        elif verb.upper() == b"QUIT":
            return
        await out.drain()


def _write_down(path: Path, to: str, body: bytes) -> None:
    raw = body.replace(b"\r\n..", b"\r\n.")
    mail = Accepted(to, raw.decode("latin-1"), hashlib.sha256(raw).hexdigest(), time.time())
    with path.open("a", encoding="ascii") as file:
        file.write(json.dumps(asdict(mail)) + "\n")


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
