"""Two workers side by side, and the servers that they share."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from tests.crash.experiment import Found, Job
from tests.crash.recorder import Recorder
from tests.crash.world import Servers
from tests.dovecot import PASSWORD, Dovecot

WORKERS = 2


class Team:
    """Jobs are begun at once, in their order; `of()` waits for a finding."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._idle: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()
        self._workers = [self._worker() for _ in range(WORKERS)]
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(WORKERS)
        self._found: dict[Job, Future[Found]] = {}

    def begin(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            self._found[job] = self._threads.submit(self._do, job)

    def of(self, job: Job) -> Found:
        if job not in self._found:
            self.begin([job])
        return self._found[job].result()

    def end(self) -> None:
        self._threads.shutdown(cancel_futures=True)
        for worker in self._workers:
            worker.communicate("")

    def _worker(self) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.crash.worker", self._servers.as_json()]
        environment = {**os.environ, "MAILBOT_TEST_PASSWORD": PASSWORD}
        pipe: Any = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment)

    def _do(self, job: Job) -> Found:
        worker = self._idle.get()
        assert worker.stdin is not None
        assert worker.stdout is not None
        try:
            worker.stdin.write(json.dumps(asdict(job)) + "\n")
            worker.stdin.flush()
            return Found(**json.loads(worker.stdout.readline()))
        finally:
            self._idle.put(worker)


@contextmanager
def servers(postgres: str = "") -> Iterator[Servers]:
    """Dovecot and the recorder, until the block ends. `postgres`: URL of a running server's database."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="mailbot-crash-"))
        dovecot = stack.enter_context(Dovecot())
        smtp = stack.enter_context(Recorder(Path(folder)))
        yield Servers(
            name=str(os.getpid()),
            folder=folder,
            mail=str(dovecot.base / "mail"),
            imap_port=dovecot.imap_port,
            lmtp_port=dovecot.lmtp_port,
            smtp_port=smtp.port,
            postgres=postgres,
        )


@contextmanager
def team(postgres: str = "") -> Iterator[Team]:
    with servers(postgres) as known:
        working = Team(known)
        try:
            yield working
        finally:
            working.end()
