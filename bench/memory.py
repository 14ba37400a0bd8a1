"""What the daemon holds in memory: `python -m bench.memory [WHAT …] [--beside TREE]`, on a real Dovecot.

`idle`: one mailbox at rest; `mix`: 2,000 mails of the corpus in it, and whether the last quarter of the time needs
more than the second; `ten`: both with ten mailboxes; `large`: a mail with an attachment of 50 MB beside the same
daemon without it. Peaks are VmHWM of the process, the rest VmRSS, in MB; a line of JSON for each run goes to stderr.
"""

import argparse
import base64
import json
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import config
from bench.corpus import DESK, corpus
from bench.sink import Sink
from bench.throughput import machine, say
from tests.dovecot import PASSWORD, Dovecot, give_to_mail_user

HERE = Path(__file__).parent.parent
#: seconds between two looks, and of rest at the end of a run
PAUSE, REST = 0.1, 3.0
#: seconds after which a run counts as hung
LONGEST = 1200.0
FILE = 50 * 1000 * 1000
TEN = 10
MORE = """[mailbox.m{n}]
address = "m{n}@example.com"
password = {{ file = "{password}" }}
max_size = "200MB"
start = "all"
answer_backlog = true
imap = {{ host = "127.0.0.1", port = {imap}, security = "none" }}
smtp = {{ host = "127.0.0.1", port = {smtp}, security = "none" }}
"""


@dataclass(frozen=True)
class Run:
    """One daemon from its start to its end. `second` and `last`: medians of VmRSS in these quarters of it."""

    what: str
    tree: str
    mails: int
    seconds: float
    peak: float
    second: float
    last: float
    rest: float


class Bench:
    """One Dovecot and one SMTP server; for each run a database and mailboxes made anew."""

    def __init__(self, server: Dovecot, sink: Sink, home: Path) -> None:
        self.server, self.sink, self.home = server, sink, home

    def fill(self, mails: Iterator[bytes], boxes: int = 1) -> int:
        """One after the other to each mailbox in turn; how many."""
        inboxes = [
            self.server.base / "mail" / name
            for name in (DESK, *(f"m{n}@example.com" for n in range(1, boxes)))
        ]
        shutil.rmtree(self.server.base / "mail", ignore_errors=True)
        for inbox in inboxes:
            for name in ("cur", "new", "tmp"):
                (inbox / name).mkdir(parents=True)
        count, now = 0, time.time()
        for count, raw in enumerate(mails, start=1):
            (inboxes[count % boxes] / "new" / f"{int(now) + count}.M{count}.bench").write_bytes(raw)
        give_to_mail_user(self.server.base / "mail")
        return count

    def run(self, what: str, tree: Path, mails: int, boxes: int = 1) -> Run:
        """Until every mail is stored and every reply sent, or every mailbox was read."""
        began = time.monotonic()
        seen: list[float] = []
        with self._daemon(tree, boxes) as (pid, database):
            is_done = self._stored(database, mails) if mails else self._read(database, boxes)
            while not is_done():
                seen.append(memory(pid, "VmRSS"))
                if time.monotonic() - began > LONGEST:
                    raise RuntimeError((self.home / "log").read_text()[-3000:])
                time.sleep(PAUSE)
            seconds = time.monotonic() - began
            time.sleep(REST)
            quarter = len(seen) // 4 or 1
            return Run(
                what,
                tree.name,
                mails,
                seconds,
                peak=memory(pid, "VmHWM"),
                second=statistics.median(seen[quarter : 2 * quarter] or seen),
                last=statistics.median(seen[-quarter:]),
                rest=memory(pid, "VmRSS"),
            )

    @contextmanager
    def _daemon(self, tree: Path, boxes: int) -> Iterator[tuple[int, Path]]:
        database = self.home / "mailbot.sqlite3"
        for old in self.home.glob("mailbot.sqlite3*"):
            old.unlink()
        imap, smtp = self.server.imap_port, self.sink.port
        path = config.written(
            self.home, imap=imap, smtp=smtp, user=DESK, password=PASSWORD, database=str(database)
        )
        written = path.read_text(encoding="utf-8").replace(
            'start = "all"', 'start = "all"\nmax_size = "200MB"'
        )
        secret = self.home / "password"
        more = "".join(MORE.format(n=n, password=secret, imap=imap, smtp=smtp) for n in range(1, boxes))
        path.write_text(written + more, encoding="utf-8")
        with (self.home / "log").open("w") as said:
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "mailbot", "run", "--config", path], cwd=tree, stdout=said, stderr=said
            )
            try:
                yield process.pid, database
            finally:
                process.terminate()
                process.wait()

    def _stored(self, database: Path, mails: int) -> Callable[[], bool]:
        return lambda: (
            counted(database, "SELECT count(*) FROM message") == mails
            and not counted(database, "SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')")
        )

    def _read(self, database: Path, boxes: int) -> Callable[[], bool]:
        return lambda: counted(database, "SELECT count(*) FROM progress WHERE read_up_to > ''") == boxes


def counted(database: Path, statement: str) -> int:
    """-1 as long as there is no such table, or no such file."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
            return int(opened.execute(statement).fetchone()[0])
    except sqlite3.OperationalError:
        return -1


def memory(pid: int, name: str) -> float:
    """A line of /proc/pid/status, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


def with_file(size: int) -> bytes:
    """As a mail program writes it: a text, and a file of noise in lines of 76 letters."""
    noise = random.Random(5).randbytes(size)  # noqa: S311 - the same mail on every run
    return (
        f"From: Ana <ana@empresa.example>\nTo: {DESK}\nSubject: No puedo acceder a mi cuenta\n"
        f"Message-ID: <{size}@empresa.example>\nDate: Mon, 02 Mar 2026 08:00:00 +0000\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="=_uno"\n\n--=_uno\nContent-Type: text/plain; charset=utf-8\n\n'
        "Buenos días, adjunto el registro.\n--=_uno\nContent-Type: application/zip\n"
        'Content-Disposition: attachment; filename="registro.zip"\nContent-Transfer-Encoding: base64\n\n'
    ).encode() + (base64.encodebytes(noise) + b"--=_uno--\n")


def runs(bench: Bench, what: str, tree: Path, mails: int) -> Iterator[Run]:
    match what:
        case "idle":
            yield bench.run("one mailbox at rest", tree, bench.fill(iter(())))
        case "ten":
            yield bench.run("ten mailboxes at rest", tree, bench.fill(iter(()), TEN), TEN)
            count = bench.fill((mail.raw for mail in corpus(mails)), TEN)
            yield bench.run(f"ten mailboxes, {mails} mails", tree, count, TEN)
        case "mix":
            count = bench.fill(mail.raw for mail in corpus(mails))
            yield bench.run(f"one mailbox, {mails} mails", tree, count)
        case "large":
            for size in (1000, FILE):
                count = bench.fill(iter([with_file(size)]))
                yield bench.run(f"one mail with a file of {size / 1e6:g} MB", tree, count)


def told(run: Run) -> str:
    return (
        f"| {run.what} | {run.tree} | {run.peak:.0f} | {run.second:.0f} | {run.last:.0f} | {run.rest:.0f} "
        f"| {run.seconds:.0f} |"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("what", nargs="*", default=["idle", "ten", "mix", "large"])
    options.add_argument("--mails", type=int, default=2000)
    options.add_argument("--beside", type=Path, help="another checkout, to be compared with")
    given = options.parse_args()
    trees = [*([given.beside] if given.beside else []), HERE]
    say(f"{machine()}\n\n| what | tree | MB, peak | second quarter | last quarter | at rest | seconds |")
    say("|---|---|---:|---:|---:|---:|---:|")
    with Dovecot() as server, Sink() as sink, TemporaryDirectory() as home:
        bench = Bench(server, sink, Path(home))
        for what in given.what:
            for tree in trees:
                for run in runs(bench, what, tree, given.mails):
                    say(told(run))
                    sys.stderr.write(json.dumps({"at": int(time.time()), **asdict(run)}) + "\n")


if __name__ == "__main__":
    main()
