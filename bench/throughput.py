"""mailbot beside the yardstick, in one run: `make bench`, or `python -m bench.throughput --help`.

The same seeded mails lie in a mailbox of a real Dovecot; each program empties it, with a new database, from its start
until all is done: every mail has its outcome and lies where it belongs, and every reply was accepted by an SMTP
server. They take turns, so that whatever else the machine does meets them alike; medians are told, with the smallest
and the largest. `mailbot` is the daemon, `once` is `mailbot run --once`, `postgresql` the daemon on PostgreSQL.
"""

import argparse
import json
import os
import platform
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from bench import config
from bench.backlog import resident
from bench.corpus import DESK, Mail, corpus
from bench.sink import Sink
from tests.dovecot import PASSWORD, Dovecot, give_to_mail_user

#: where `tests/servers.sh` says that PostgreSQL is
POSTGRES = "MAILBOT_TEST_POSTGRES"
#: programs that end by themselves
ONE_SHOT = ("yardstick", "once")
TICKS = os.sysconf("SC_CLK_TCK")
#: Message-ID → the request that it belongs to
THREADS = {
    "yardstick": "SELECT message_id, request_id FROM message",
    "mailbot": "SELECT message_id, case_id FROM message WHERE duplicate_of IS NULL",
}
#: what a daemon has still to do; it was never idle, as long as it has not read the mailbox once
LEFT = """SELECT (SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending'))
    + (SELECT count(*) FROM location WHERE to_move)
    + (SELECT CASE WHEN count(read_up_to) = 0 THEN 1 ELSE 0 END FROM progress)"""


@dataclass(frozen=True)
class Run:
    """One program, once, over the whole mailbox. CPU is user and system, in ms a mail; seconds of the clock."""

    program: str
    corpus: str
    mails: int
    seconds: float
    cpu: float
    #: of Dovecot's processes, and of PostgreSQL's
    cpu_imap: float
    cpu_database: float
    #: MB at most
    rss: float
    sent: int
    #: messages that stand in no request, or in another than they belong to
    misplaced: int

    @property
    def rate(self) -> float:
        return self.mails / self.seconds


class Bench:
    """One Dovecot, one folder of mails, and what the programs need."""

    def __init__(self, server: Dovecot, home: Path, name: str, mails: list[Mail]) -> None:
        self.server, self.home, self.name, self.mails = server, home, name, mails
        self.store = server.base / f"corpus-{name}"
        self.store.mkdir()
        now = time.time()
        for n, mail in enumerate(mails):
            file = self.store / f"{int(now) + n}.M{n}.bench"
            file.write_bytes(mail.raw)
            os.utime(file, (now - len(mails) + n, now - len(mails) + n))
        give_to_mail_user(self.store)

    def fill(self, *, empty: bool = False) -> None:
        """The mails lie unread in a mailbox made anew; hard links will do, for Dovecot renames and never rewrites."""
        inbox = self.server.base / "mail" / DESK
        shutil.rmtree(inbox, ignore_errors=True)
        for name in ("cur", "new", "tmp"):
            (inbox / name).mkdir(parents=True)
        for file in [] if empty else self.store.iterdir():
            os.link(file, inbox / "new" / file.name)
        give_to_mail_user(inbox)

    def run(self, program: str, *, empty: bool = False) -> Run:
        self.fill(empty=empty)
        with Sink() as sink, database(program, self.home) as (url, look, server):
            command = self._command(program, sink.port, url)
            before = cpu_of_tree(server), cpu_of_tree(self._dovecot)
            began = time.perf_counter()
            with (self.home / "log").open("w") as said:
                process = subprocess.Popen(command, stdout=said, stderr=said)  # noqa: S603
                peak = watched(process.pid, None if program in ONE_SHOT else look)
                seconds = time.perf_counter() - began
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGTERM)
                _, status, used = os.wait4(process.pid, 0)
            if status:
                raise RuntimeError((self.home / "log").read_text()[-3000:])
            after = cpu_of_tree(server), cpu_of_tree(self._dovecot)
            mails = len(self.mails)
            return Run(
                program,
                "empty" if empty else self.name,
                mails,
                seconds,
                cpu=(used.ru_utime + used.ru_stime) / mails * 1e3,
                cpu_imap=(after[1] - before[1]) / mails * 1e3,
                cpu_database=(after[0] - before[0]) / mails * 1e3,
                rss=peak,
                sent=len(sink.recipients),
                misplaced=0
                if empty
                else misplaced(self.mails, dict(look(THREADS.get(program, THREADS["mailbot"])))),
            )

    @property
    def _dovecot(self) -> int:
        return int((self.server.base / "run" / "master.pid").read_text())

    def _command(self, program: str, smtp: int, url: str) -> list[str]:
        imap = self.server.imap_port
        if program == "yardstick":
            ports = ["--imap", str(imap), "--smtp", str(smtp)]
            login = ["--user", DESK, "--password", PASSWORD, "--database", url]
            return [sys.executable, "-m", "bench.yardstick", *ports, *login]
        path = config.written(
            self.home / "config", imap=imap, smtp=smtp, user=DESK, password=PASSWORD, database=url
        )
        mailbot = Path(sys.executable).with_name("mailbot")
        return [str(mailbot), "run", *(["--once"] if program in ONE_SHOT else []), "--config", str(path)]


#: rows of a query
Look = Callable[[str], list[Any]]


class database:  # noqa: N801 - used as a function
    """A new database for a program: its address, a look at its threads, and the process id of its server."""

    def __init__(self, program: str, home: Path) -> None:
        self.program, self.home = program, home

    def __enter__(self) -> tuple[str, Look, int]:
        if self.program == "postgresql":
            return self._postgresql()
        path = self.home / "database.sqlite3"
        for old in self.home.glob("database.sqlite3*"):
            old.unlink()

        def look(query: str) -> list[Any]:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as opened:
                return opened.execute(query).fetchall()

        return str(path), look, 0

    def __exit__(self, *error: object) -> None:
        pass

    def _postgresql(self) -> tuple[str, Look, int]:
        url = make_url(os.environ[POSTGRES])
        server = create_engine(url, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text("DROP DATABASE IF EXISTS bench WITH (FORCE)"))
            connection.execute(text("CREATE DATABASE bench"))
            if connection.scalar(text("SHOW fsync")) != "on":
                raise RuntimeError("PostgreSQL runs with fsync off: nothing it says would hold for a desk")
            home = str(connection.scalar(text("SHOW data_directory")))
        server.dispose()
        own = url.set(database="bench")

        opened = create_engine(own)

        def look(query: str) -> list[Any]:
            with opened.connect() as connection:
                return [tuple(row) for row in connection.execute(text(query))]

        pid = int((Path(home) / "postmaster.pid").read_text().split()[0])
        return own.render_as_string(hide_password=False), look, pid


def cpu_of_tree(pid: int) -> float:
    """Seconds that a server and its children took, also those that have ended; 0: there is no server."""
    if not pid:
        return 0.0
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return _cpu(pid, 4) + sum(_cpu(int(child), 2) for child in children)


def _cpu(pid: int, fields: int) -> float:
    """utime and stime of /proc/pid/stat, and those of ended children."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return (
            sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11 : 11 + fields]))
            / TICKS
        )
    return 0.0


def watched(pid: int, look: Look | None) -> float:
    """MB at most until it ends, or until a daemon has nothing left to do.

    What `wait4` tells of that counts our own memory, which it had before it began.
    """
    peak = 0.0
    while not os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        peak = max(peak, resident(pid))
        if look and is_done(look):
            break
        time.sleep(0.02)
    return peak


def is_done(look: Look) -> bool:
    try:
        return bool(look(LEFT) == [(0,)])
    except (sqlite3.OperationalError, ProgrammingError):
        return False  # its tables are not there yet


def misplaced(mails: list[Mail], threads: dict[str, int]) -> int:
    """Requests without a case of their own, answers that do not stand with theirs, robots that have one."""
    wrong, opened = 0, set[int]()
    for mail in mails:
        request = threads.get(mail.message_id)
        if mail.opens:
            wrong += request is None or request in opened
            opened.add(request or 0)
        elif mail.answers:
            wrong += request is None or request != threads.get(mail.answers)
        else:
            wrong += request is not None
    return wrong


# -- what is told ----------------------------------------------------------------------------------------


def median(values: Iterator[float] | list[float]) -> tuple[float, float, float]:
    given = sorted(values)
    return statistics.median(given), given[0], given[-1]


def told(name: str, runs: list[Run], yardsticks: list[Run], idle: dict[str, Run]) -> str:
    rate, slow, fast = median([run.rate for run in runs])
    cpu, least, most = median([run.cpu for run in runs])
    start = idle[name].cpu
    pairs = list(zip(runs, yardsticks, strict=True))
    beside = [run.rate / yard.rate for run, yard in pairs]
    cpus = [run.cpu / yard.cpu for run, yard in pairs]
    # a daemon starts once, a program that cron calls at each poll
    yard_start, own_start = idle["yardstick"], idle[name]
    net = [(run.cpu - start) / (yard.cpu - yard_start.cpu) for run, yard in pairs]
    rates = [(yard.seconds - yard_start.seconds) / (run.seconds - own_start.seconds) for run, yard in pairs]
    servers = f"{middle([r.cpu_imap for r in runs])} | {middle([r.cpu_database for r in runs])}"
    return (
        f"| {runs[0].corpus} | {name} | {rate:.0f} ({slow:.0f}–{fast:.0f}) | {cpu:.2f} ({least:.2f}–{most:.2f}) "
        f"| {start:.2f} | {servers} | {max(r.rss for r in runs):.0f} | {ratio(beside)} | {ratio(rates)} "
        f"| {ratio(cpus)} | {ratio(net)} "
        f"| {runs[-1].sent} | {runs[-1].misplaced} |"
    )


def middle(values: list[float]) -> str:
    return f"{statistics.median(values):.2f}"


def ratio(values: list[float]) -> str:
    middle, low, high = median(values)
    return f"{middle:.2f} ({low:.2f}–{high:.2f})"


HEAD = (
    "| mails | program | mails/s | CPU ms/mail | of it start | CPU Dovecot | CPU PostgreSQL "
    "| MB | rate ÷ yardstick's | without starts | CPU ÷ yardstick's | without starts | replies | misplaced |\n"
    "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    kind = f"{len(names)} × {names[0] if names else '?'}"
    return f"{kind}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mails", type=int, default=500)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--corpus", choices=("mix", "text", "both"), default="both")
    options.add_argument("--json", type=Path, help="a line for each run goes to the end of this file")
    given = options.parse_args()
    programs = ["yardstick", "mailbot", "once", *(["postgresql"] if os.environ.get(POSTGRES) else [])]
    say(f"{machine()}\n\n{HEAD}")
    with Dovecot() as server, TemporaryDirectory() as home:
        for name in ("mix", "text") if given.corpus == "both" else (given.corpus,):
            mails = list(corpus(given.mails, attachments=name == "mix"))
            bench = Bench(server, Path(home), name, mails)
            idle = {program: bench.run(program, empty=True) for program in programs}
            runs: dict[str, list[Run]] = {program: [] for program in programs}
            for _ in range(given.runs):
                for program in programs:
                    runs[program].append(bench.run(program))
                    keep(runs[program][-1], given.json)
            for program in programs:
                say(told(program, runs[program], runs["yardstick"], idle))


def keep(run: Run, path: Path | None) -> None:
    line = json.dumps({"at": int(time.time()), **asdict(run)})
    sys.stderr.write(line + "\n")
    if path:
        with path.open("a") as file:
            file.write(line + "\n")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
