"""The real daemon, in this process or as a child, for faults that need its threads and its patience."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.station import config_text
from tests.pipeline.given import PASSWORD

#: patient, for the machine may be busy
SECONDS = 60.0


def until(holds: Callable[[], Any], seconds: float = SECONDS) -> Any:
    """Wait until something holds; its value."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, f"not within {seconds} seconds"
        time.sleep(0.05)
    return found


class Child:
    """`mailbot run` on a config of its own; `before` is Python that is run first, in the same process."""

    def __init__(
        self,
        home: Path,
        address: str,
        imap: int,
        smtp: int,
        database: str,
        *,
        name: str = "a",
        before: str = "",
    ) -> None:
        self.home = home / name
        self.home.mkdir()
        self.config = self.home / "config.toml"
        service = f'[service]\ndatabase = "{database}"\n'
        self.config.write_text(service + config_text(address, imap, smtp), encoding="utf-8")
        self.log = self.home / "log"
        self.before = before
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self, *arguments: str) -> None:
        code = f"{self.before}\nfrom mailbot.cli import main; main()"
        command = [sys.executable, "-c", code, "run", *arguments, "--config", str(self.config)]
        environment = {**os.environ, "MAILBOT_TEST_PASSWORD": PASSWORD}
        with self.log.open("ab") as stderr:
            self.process = subprocess.Popen(command, stderr=stderr, env=environment)

    def tell(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def wait(self, seconds: float = SECONDS) -> int:
        assert self.process is not None
        return self.process.wait(seconds)

    def end(self, number: int = signal.SIGTERM) -> int:
        if self.process is None or self.process.poll() is not None:
            return self.process.returncode if self.process else 0
        if number == signal.SIGKILL:
            self.process.send_signal(signal.SIGCONT)
        self.process.send_signal(number)
        return self.process.wait(SECONDS)

    def events(self, name: str = "") -> list[dict[str, Any]]:
        """What it logged so far."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        found = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return [event for event in found if name in ("", event["event"])]
