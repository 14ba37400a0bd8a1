"""A command on a terminal of its own, typed at by a person who waits for each question."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.cli.conftest import MAILBOT

#: seconds; a loaded machine is slow
PATIENCE = 90
#: and after which a person presses a key again
AGAIN = 15
#: makes the terminal the process's own, so that Ctrl-C reaches it
LAUNCH = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
CTRL_C = "\x03"


class Terminal:
    """`with Terminal("init", cwd=folder) as t:` and what it showed in `t.screen`, colours taken off."""

    def __init__(self, *words: object, cwd: Path) -> None:
        self.screen = ""
        self._seen = 0
        self._own, theirs = pty.openpty()
        command = [sys.executable, "-c", LAUNCH, str(MAILBOT), *map(str, words)]
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
        environment.pop("MAILBOT_CONFIG", None)
        self.process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            cwd=cwd,
            env=environment,
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        os.close(self._own)

    def types(self, after: str, text: str, enter: str = "\n") -> None:
        """Once `after` is on the screen, behind what was answered before."""
        end = time.monotonic() + PATIENCE
        while after not in self.screen[self._seen :]:
            if not self._read(end - time.monotonic()):
                raise AssertionError(f"waited for {after!r}; the screen shows:\n{self.screen}")
        self._seen = self.screen.index(after, self._seen) + len(after)
        os.write(self._own, (text + enter).encode())

    def ends(self) -> int:
        """Its exit code."""
        end = time.monotonic() + PATIENCE
        while self._read(end - time.monotonic()):
            pass
        return self.process.wait(PATIENCE)

    def interrupt(self) -> int:
        """Ctrl-C at what it asks now, again if that came just before it waited for an answer; its exit code."""
        for _ in range(PATIENCE // AGAIN):
            os.write(self._own, CTRL_C.encode())
            end = time.monotonic() + AGAIN
            while self._read(end - time.monotonic()):
                pass
            with suppress(subprocess.TimeoutExpired):
                return self.process.wait(max(0.1, end - time.monotonic()))
        raise AssertionError(f"it goes on; the screen shows:\n{self.screen}")

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._own], [], [], max(seconds, 0))
        try:
            read = os.read(self._own, 4096) if ready else b""
        except OSError:  # EIO: the other end is closed
            read = b""
        self.screen += COLOURS.sub("", read.decode("utf-8", "replace")).replace("\r\n", "\n")
        return bool(read)
