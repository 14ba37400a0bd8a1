"""A PostgreSQL of a test's own, which may be stopped and started: the others share theirs."""

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Self

import pytest

from tests.dovecot import free_ports


class Postgres:
    def __init__(self) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not found or os.geteuid() != 0:
            if os.environ.get("CI") == "true":
                pytest.fail("no PostgreSQL of our own can be started")
            pytest.skip("needs PostgreSQL's own programs, and root")
        self.programs = found[-1].parent
        self.home = Path(tempfile.mkdtemp(prefix="mailbot-postgres-"))
        shutil.chown(self.home, "postgres", "postgres")
        (self.port,) = free_ports(1)
        self.url = f"postgresql+psycopg://mailbot@127.0.0.1:{self.port}/postgres"
        self._run(
            "initdb", "--username=mailbot", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        with suppress(subprocess.CalledProcessError):  # stopped already
            self.stop()
        shutil.rmtree(self.home)

    def start(self) -> None:
        how = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c fsync=off -k {self.home}"
        self._run("pg_ctl", "--wait", "--silent", f"--log={self.home}/log", f"--options={how}", "start")

    def stop(self) -> None:
        """As a crash: nobody's transaction is waited for."""
        self._run("pg_ctl", "--wait", "--silent", "--mode=immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        data = f"--pgdata={self.home}/data"
        command = ["runuser", "-u", "postgres", "--", str(self.programs / program), data, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.home)
