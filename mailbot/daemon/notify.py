"""What systemd is told of the service: that it is ready, what it does, that it still works (sd_notify(3))."""

import os
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress

#: microseconds until it is heard of again: a pause, and an attempt
PATIENCE = 300_000_000


class Systemd:
    """Speaks to the socket that `Type=notify` names; started by anything else, it says nothing.

    What cannot be said is left unsaid: no mail waits for the service manager.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        path = environ.get("NOTIFY_SOCKET", "")
        #: a name in the kernel's own space begins with NUL (unix(7)) and is written with @
        self.address = "\0" + path[1:] if path.startswith("@") else path
        #: seconds between two signs of life, half of what the unit allows; None: nobody waits for them
        self.every = _watchdog(environ)
        self._fed = float("-inf")
        self._status = ""

    def ready(self, status: str) -> None:
        """The start, or a reload, is over."""
        self._status = status
        self._send("READY=1", f"STATUS={_line(status)}")

    def status(self, status: str) -> None:
        """One line, as `systemctl status` shows it."""
        if status != self._status:
            self._status = status
            self._send(f"STATUS={_line(status)}")

    def waits(self, status: str) -> None:
        """Not ready yet, for something that must come first: however long that takes, the start is not given up."""
        self._status = status
        self._send(f"STATUS={_line(status)}", f"EXTEND_TIMEOUT_USEC={PATIENCE}")

    def reloading(self) -> None:
        """Until `ready`. Newer systemd (253, `Type=notify-reload`) wants to know since when."""
        since = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._send("RELOADING=1", f"MONOTONIC_USEC={since}")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def feed(self) -> None:
        """A sign of life, where one is due: call it as often as is convenient, as long as all is well."""
        now = time.monotonic()
        if self.every is not None and now - self._fed >= self.every:
            self._fed = now
            self._send("WATCHDOG=1")

    def _send(self, *lines: str) -> None:
        if not self.address:
            return
        with (
            suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line,
        ):
            line.setblocking(False)
            line.sendto("\n".join(lines).encode(), self.address)


class Promises:
    """When each part of the daemon will be heard of again. One that is overdue hangs (hazard 56).

    A part that meets trouble and says when it tries again keeps its promise: a restart brings no server back.
    """

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def back_within(self, part: str, seconds: float) -> None:
        """`part` has done some work, and will have done more by then."""
        with self._lock:
            self._until[part] = time.monotonic() + seconds

    def over(self, part: str) -> None:
        """It has ended, as it should."""
        with self._lock:
            self._until.pop(part, None)

    def broken(self) -> list[str]:
        """Who should have been heard of by now."""
        now = time.monotonic()
        with self._lock:
            return sorted(part for part, until in self._until.items() if until < now)


def _watchdog(environ: Mapping[str, str]) -> float | None:
    usec, pid = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    ours = not pid or pid == str(os.getpid())
    return int(usec) / 2_000_000 if ours and usec.isdecimal() and int(usec) else None


def _line(text: str) -> str:
    """Another line would be another message."""
    return " ".join(text.split())
