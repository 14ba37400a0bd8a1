"""How cost grows with what is stored: `python -m bench.growth [--home DIR] [--sizes 0 10000 100000 1000000]`.

Databases of these sizes are made (`bench.grown`; with `--home` they stay there, and are not made again), and each is
copied once. Then they take turns: the same mails of the mix are taken in and answered by `mailbot run --once` on a
real Dovecot and `bench.sink`, the clocks are looked at, commands are run. Medians are told; a JSON line for each turn
goes to `--json`, from which `bench.curves` draws them. At last, the same mails with 10, 1,000 and 10,000 rules.

What is told of mails is without the start, which has lines of its own. Files were read before: no disk is measured.
"""

import argparse
import json
import os
import select
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import config
from bench.corpus import DESK, corpus
from bench.grown import MAILBOT, grown
from bench.sink import Sink
from bench.throughput import Bench, cpu_of_tree, machine, say
from mailbot.config.live import Live
from mailbot.config.load import load
from mailbot.daemon import logs
from mailbot.pipeline import tick
from mailbot.store import queries
from mailbot.store.engine import Store
from tests.dovecot import PASSWORD, Dovecot, give_to_mail_user

SIZES = (0, 10_000, 100_000, 1_000_000)
RULES = (10, 1_000, 10_000)
UIDVALIDITY, GUID = 1_234_567_890, "3085f01b7f11094c501100008c4a11c1"
#: of a turn: what was measured, and how much
Turn = dict[str, float]
DUE = 10
COMMANDS = {
    "cases --limit 50": ("cases", "--limit", "50"),
    "messages --limit 50": ("messages", "--limit", "50"),
    "status": ("status",),
    "case, the last": ("case", "{case}"),
    "explain, the last": ("explain", "{message}"),
}


@dataclass(frozen=True)
class Database:
    """A copy to work on, its config, and how much was in it."""

    size: int
    rules: int
    path: Path
    config: Path

    def one(self, sql: str) -> int:
        with closing(sqlite3.connect(self.path)) as database:
            found = database.execute(sql).fetchone()
        return int(found[0] or 0) if found else 0

    def run(self, *words: str) -> tuple[float, float]:
        """Seconds of the clock and of the processor; `status` says by its exit code that no daemon runs."""
        log = self.config.with_name("log")
        with log.open("w") as said:
            began = time.perf_counter()
            process = subprocess.Popen([MAILBOT, *words, "--config", self.config], stdout=said, stderr=said)  # noqa: S603
            _, status, used = os.wait4(process.pid, 0)
        if os.waitstatus_to_exitcode(status) not in (0, int(words[0] == "status")):
            raise RuntimeError(log.read_text()[-3000:])
        return time.perf_counter() - began, used.ru_utime + used.ru_stime

    def connected(self) -> tuple[float, float]:
        """Seconds of both kinds from the start of the daemon to its first look at the mailbox."""
        took = 0.0, 0.0
        command: list[str | Path] = [MAILBOT, "run", "--config", self.config]
        began = time.perf_counter()
        with subprocess.Popen(command, stderr=subprocess.PIPE) as daemon:  # noqa: S603
            assert daemon.stderr  # noqa: S101 - it is a pipe
            while not took[0] and select.select([daemon.stderr], [], [], 60)[0]:
                if b"mailbox.connected" in daemon.stderr.readline():
                    took = time.perf_counter() - began, cpu_of_tree(daemon.pid)
            daemon.send_signal(signal.SIGTERM)
            daemon.stderr.read()
        return took


class Growth:
    """The servers, the mails of each turn, and the databases."""

    def __init__(self, server: Dovecot, sink: Sink, home: Path, work: Path, mails: int, runs: int) -> None:
        self.server, self.sink, self.home, self.work, self.mails = server, sink, home, work, mails
        # others in each turn: what is stored already is a duplicate
        self.turns = [Bench(server, work, f"turn-{n}", list(corpus(mails, seed=7 + n))) for n in range(runs)]

    def database(self, size: int, rules: int = config.RULES) -> Database:
        """A copy of the one of that size, which is made where it is missing."""
        grown_up, home = self.home / f"{size}.sqlite3", self.work / f"{size}-{rules}"
        if size and not grown_up.exists():
            unfinished = self.work / f"{size}.sqlite3"
            grown(unfinished, size, self.server, UIDVALIDITY)
            shutil.move(unfinished, grown_up)
        path = config.written(
            home,
            imap=self.server.imap_port,
            smtp=self.sink.port,
            user=DESK,
            password=PASSWORD,
            database=str(home / "mailbot.sqlite3"),
            rules=rules,
        )
        if size:
            Store.open(grown_up).dispose()  # it may have been made by an older mailbot
            shutil.copyfile(grown_up, home / "mailbot.sqlite3")
        database = Database(size, rules, home / "mailbot.sqlite3", path)
        database.run("db", "upgrade")
        return database

    def turn(self, database: Database, n: int) -> Turn:
        self._fill(database, n, empty=True)
        database.run("run", "--once")  # the first after a copy, or a new database
        start, start_cpu = database.run("run", "--once")
        connected, connected_cpu = database.connected()
        self._fill(database, n)
        seconds, cpu = database.run("run", "--once")
        return {
            "mails/s": self.mails / (seconds - start),
            "CPU ms/mail": (cpu - start_cpu) / self.mails * 1e3,
            "start, CPU ms": start_cpu * 1e3,
            "start of the daemon, ms": connected * 1e3,
            "start of the daemon, CPU ms": connected_cpu * 1e3,
        }

    def whole_turn(self, database: Database, n: int) -> Turn:
        return {**self.turn(database, n), **inside(database), **dict(commands(database))}

    def _fill(self, database: Database, n: int, *, empty: bool = False) -> None:
        """The mailbox goes on where it was left: it is the same by its UIDVALIDITY, and its next UID."""
        self.turns[n].fill(empty=empty)
        seen = database.one("SELECT uid_seen FROM progress WHERE folder = 'INBOX'")
        inbox = self.server.base / "mail" / DESK
        (inbox / "dovecot-uidlist").write_text(f"3 V{UIDVALIDITY} N{seen + 1} G{GUID}\n")
        give_to_mail_user(inbox)


def inside(database: Database) -> Turn:
    """What a process that runs already takes."""
    live = Live.of(load(database.config))
    store = Store.open(database.path)
    try:
        idle = milliseconds(lambda: tick(live, store, now))
        with store.reading() as s:
            listed = milliseconds(lambda: queries.cases(s, limit=50))
        some_due(database)
        due = milliseconds(lambda: tick(live, store, now), times=1) / DUE if database.size else 0.0
    finally:
        store.dispose()
    return {"tick, CPU ms": idle, "each due clock, CPU ms": due, "query of cases --limit 50, CPU ms": listed}


def some_due(database: Database) -> None:
    with closing(sqlite3.connect(database.path)) as opened:
        some = "SELECT id FROM clock WHERE kind = 'reminder' AND done_at IS NULL ORDER BY id DESC LIMIT ?"
        opened.execute(f"UPDATE clock SET due = ? WHERE id IN ({some})", (written(now()), DUE))  # noqa: S608
        opened.execute("UPDATE progress SET read_up_to = ? WHERE folder = 'INBOX'", (written(now()),))
        opened.commit()


def now() -> datetime:
    return datetime.now(UTC)


def written(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"


def milliseconds(work: Callable[[], object], times: int = 5) -> float:
    """Of the processor, for seconds of the clock tell as much of its other work."""
    took = []
    for _ in range(times):
        began = time.thread_time()
        work()
        took.append((time.thread_time() - began) * 1e3)
    return statistics.median(took)


def commands(database: Database) -> Iterator[tuple[str, float]]:
    last = {name: database.one(f'SELECT max(id) FROM "{name}"') for name in ("case", "message")}  # noqa: S608
    for name, words in COMMANDS.items():
        yield f"{name}, CPU ms", database.run(*(word.format(**last) for word in words))[1] * 1e3


# -- what is told ----------------------------------------------------------------------------------------


def table(turns: dict[int, list[Turn]], of: str) -> Iterator[str]:
    """A column for each size."""
    yield "| | " + " | ".join(f"{size:,} {of}" for size in turns) + " |"
    yield "|---|" + "---:|" * len(turns)
    for name in next(iter(turns.values()))[0]:
        yield (
            f"| {name} | "
            + " | ".join(told([turn[name] for turn in of_size]) for of_size in turns.values())
            + " |"
        )


def told(values: list[float]) -> str:
    return f"{figure(statistics.median(values))} ({figure(min(values))}–{figure(max(values))})"


def figure(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def keep(turn: Turn, database: Database, path: Path | None) -> None:
    facts = {
        "at": int(time.time()),
        "load": os.getloadavg()[0],
        "stored": database.size,
        "rules": database.rules,
    }
    line = json.dumps({**facts, **{name: round(value, 3) for name, value in turn.items()}})
    sys.stderr.write(line + "\n")
    if path:
        with path.open("a") as file:
            file.write(line + "\n")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--home", type=Path, help="where the databases stay; without it they are thrown away"
    )
    options.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options.add_argument("--rules", type=int, nargs="*", default=RULES)
    options.add_argument("--mails", type=int, default=300)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--json", type=Path, help="a line for each turn goes to the end of this file")
    given = options.parse_args()
    logs.configure("error")
    say(f"{machine()}\n")
    with ExitStack() as stack:
        work = Path(stack.enter_context(TemporaryDirectory(dir=given.home)))
        server, sink = stack.enter_context(Dovecot()), stack.enter_context(Sink())
        growth = Growth(server, sink, given.home or work, work, given.mails, given.runs)
        by_size = {size: growth.database(size) for size in given.sizes}
        stored = in_turns(by_size, growth.whole_turn, given.runs, given.json)
        say("\n".join(table(stored, "stored")) + "\n")
        # not the one that has these mails already
        growth.work = Path(stack.enter_context(TemporaryDirectory(dir=given.home)))
        by_rules = {rules: growth.database(0, rules) for rules in given.rules}
        if by_rules:
            say("\n".join(table(in_turns(by_rules, growth.turn, given.runs, given.json), "rules")))


def in_turns(
    databases: dict[int, Database], turn: Callable[[Database, int], Turn], runs: int, path: Path | None
) -> dict[int, list[Turn]]:
    turns: dict[int, list[Turn]] = {key: [] for key in databases}
    for n in range(runs):
        for key, database in databases.items():
            turns[key].append(turn(database, n))
            keep(turns[key][-1], database, path)
    return turns


if __name__ == "__main__":
    main()
