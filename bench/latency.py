"""How long a person waits for a reply: `python -m bench.latency [--beside TREE]`.

A daemon (`mailbot run`, a thousand rules) reads a mailbox of a real Dovecot; requests are delivered one at a time by
LMTP, at irregular intervals; each gets one reply, by an SMTP server that does nothing else. Once with IDLE, once with
`poll = "100ms"`. Time counts from the moment when Dovecot had taken the mail, and from the moment when it announced it
on the daemon's connection (bench/relay.py), to the moment when the reply was accepted. Then the daemon is left alone,
and its CPU counted; many mails come at once; and it finds 2,000 replies in its database and sends them over one
connection.
"""

import argparse
import json
import os
import random
import smtplib
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import config
from bench.corpus import Mail, corpus
from bench.relay import Relay
from bench.sink import Sink
from bench.throughput import machine, say
from tests.dovecot import PASSWORD, Dovecot, free_ports, give_to_mail_user

HERE = Path(__file__).parent.parent
#: mails that are not counted: the first replies read their templates, the first of all dials
WARM = 5
#: seconds between a reply and the next mail
PAUSES = 0.4, 1.6


@dataclass(frozen=True)
class Latency:
    """One daemon. ms: median, 95th percentile, most; `cpu`: % of a core while nothing comes."""

    measure: str
    tree: str
    poll: str
    mails: int
    delivered: tuple[float, float, float]
    announced: tuple[float, float, float]
    cpu: float
    #: commands to the IMAP server in a second while nothing comes
    commands: dict[str, float]


@dataclass(frozen=True)
class Replies:
    """A daemon that finds a full outbox. CPU in ms a reply."""

    measure: str
    tree: str
    replies: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        return self.replies / self.seconds


@dataclass(frozen=True)
class Burst:
    """Mails that come at once: ms from the moment when the server told of the first, until a reply was accepted."""

    measure: str
    tree: str
    mails: int
    first: float
    median: float
    last: float


class Bench:
    """One Dovecot; each daemon has an account of its own, and a new database."""

    def __init__(self, server: Dovecot, home: Path, tree: Path, name: str) -> None:
        self.server, self.tree, self.name = server, tree, name
        self.home = home / name
        self.user = f"{name}@example.com"

    def latency(self, poll: str, count: int, idle: float) -> Latency:
        dice, waits = random.Random(5), []  # noqa: S311 - the same pauses on every run
        with (
            Relay(self.server.imap_port) as relay,
            Sink() as sink,
            self.daemon(relay.port, sink.port, poll) as pid,
        ):
            for n, mail in enumerate(requests(WARM + count), start=1):
                began = time.perf_counter()
                delivered = self.deliver(mail)
                accepted = sink.wait_for(n)
                waits.append((accepted - delivered, accepted - relay.first_after(began)))
                time.sleep(dice.uniform(*PAUSES))
            cpu, said = cpu_of(pid), relay.commands.copy()
            time.sleep(idle)
            share = (cpu_of(pid) - cpu) / idle * 100
            heard = {name: times / idle for name, times in (relay.commands - said).items()}
        delivered_, announced = zip(*waits[WARM:], strict=True)
        return Latency(
            "latency", str(self.tree), poll, count, spread(delivered_), spread(announced), share, heard
        )

    def burst(self, count: int) -> Burst:
        mails = requests(WARM + count)
        with (
            Relay(self.server.imap_port) as relay,
            Sink() as sink,
            self.daemon(relay.port, sink.port, "60s"),
        ):
            for n, mail in enumerate(mails[:WARM], start=1):
                self.deliver(mail)
                sink.wait_for(n)
            time.sleep(1)  # it waits again
            began = time.perf_counter()
            self.fill(mails[WARM:])
            sink.wait_for(WARM + count, 300)
            announced = relay.first_after(began)
        waits = sorted((at - announced) * 1e3 for at in sink.at[WARM:])
        return Burst("burst", str(self.tree), count, waits[0], statistics.median(waits), waits[-1])

    def replies(self, count: int) -> Replies:
        self.fill(requests(count + 2))  # one is tried while nobody is there, and comes later
        (port,) = free_ports(1)
        path = self.written(self.server.imap_port, port)
        self.mailbot("run", "--once", "--config", str(path)).wait()  # nobody is there to take the replies
        with Sink(port) as sink:
            process = self.mailbot("run", "--config", str(path))
            began = sink.wait_for(1)
            cpu = cpu_of(process.pid)
            ended = sink.wait_for(count + 1, 600)
            cpu = cpu_of(process.pid) - cpu
            process.terminate()
            process.wait()
        return Replies("replies", str(self.tree), count, ended - began, cpu / count * 1e3)

    @contextmanager
    def daemon(self, imap: int, smtp: int, poll: str) -> Iterator[int]:
        process = self.mailbot("run", "--config", str(self.written(imap, smtp, poll)))
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait()

    def mailbot(self, *words: str) -> subprocess.Popen[bytes]:
        with (self.home / "log").open("a") as said:
            command = [sys.executable, "-m", "mailbot", *words]
            return subprocess.Popen(command, cwd=self.tree, stdout=said, stderr=said)  # noqa: S603

    def written(self, imap: int, smtp: int, poll: str = "60s") -> Path:
        database = str(self.home / "mailbot.sqlite3")
        return config.written(
            self.home, imap=imap, smtp=smtp, user=self.user, password=PASSWORD, database=database, poll=poll
        )

    def fill(self, mails: list[Mail]) -> None:
        """They lie in the mailbox at once."""
        inbox = self.server.base / "mail" / self.user
        for name in ("cur", "new", "tmp"):
            (inbox / name).mkdir(parents=True, exist_ok=True)
        files = [inbox / "tmp" / f"{int(time.time())}.M{n}.bench" for n, _ in enumerate(mails)]
        for file, mail in zip(files, mails, strict=True):
            file.write_bytes(mail.raw)
        give_to_mail_user(inbox)
        for file in files:
            file.rename(inbox / "new" / file.name)

    def deliver(self, mail: Mail) -> float:
        """When the server took it."""
        with smtplib.LMTP("127.0.0.1", self.server.lmtp_port, local_hostname="localhost") as client:
            client.sendmail(mail.sender, [self.user], mail.raw)
            return time.perf_counter()


def requests(count: int) -> list[Mail]:
    """Each of another person; each is answered once."""
    return [mail for mail in corpus(2 * count, attachments=False) if mail.opens][:count]


def cpu_of(pid: int) -> float:
    """Seconds, to the nanosecond; no thread of a daemon that is left alone ends."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def spread(seconds: Sequence[float]) -> tuple[float, float, float]:
    """In ms."""
    given = sorted(each * 1e3 for each in seconds)
    return statistics.median(given), given[int(len(given) * 0.95)], given[-1]


# -- what is told ----------------------------------------------------------------------------------------

LATENCY = (
    "| code | poll | mails | delivered → accepted, ms: p50, p95, max | announced → accepted "
    "| idle: % of a core | commands a second, idle |\n|---|---|---:|---|---|---:|---|"
)
BURST = "| code | mails at once | first reply, ms | median | last |\n|---|---:|---:|---:|---:|"
REPLIES = "| code | replies | a second | CPU ms a reply |\n|---|---:|---:|---:|"


def told(name: str, found: Latency) -> str:
    times = " | ".join(", ".join(f"{ms:.1f}" for ms in which) for which in (found.delivered, found.announced))
    heard = ", ".join(f"{command} {times:.1f}" for command, times in sorted(found.commands.items()))
    return f"| {name} | {found.poll} | {found.mails} | {times} | {found.cpu:.2f} | {heard} |"


def cost_of_a_poll(idle: Latency, polling: Latency) -> str:
    """What the short poll takes more than IDLE, each time."""
    more = (polling.cpu - idle.cpu) / 100
    return f"CPU of a poll that finds nothing: {more / polling.commands['NOOP'] * 1e6:.0f} µs"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mails", type=int, default=60)
    options.add_argument("--idle", type=float, default=20, help="seconds in which nothing comes")
    options.add_argument("--bursts", type=int, nargs="*", default=[60, 1000], help="mails that come at once")
    options.add_argument("--replies", type=int, default=2000)
    options.add_argument("--beside", type=Path, help="another checkout, to be compared with")
    options.add_argument("--json", type=Path, help="a line for each result goes to the end of this file")
    given = options.parse_args()
    trees = {**({"beside": given.beside.resolve()} if given.beside else {}), "here": HERE}
    with Dovecot() as server, TemporaryDirectory() as home:
        if given.mails:
            say(f"{machine()}\n\n{LATENCY}")
            found = {}
            for poll in ("60s", "100ms"):
                for name, tree in trees.items():
                    bench = Bench(server, Path(home), tree, f"{name}-{poll}")
                    found[name, poll] = bench.latency(poll, given.mails, given.idle)
                    keep(found[name, poll], given.json)
                    say(told(name, found[name, poll]))
            for name in trees:
                say(f"\n{name}: {cost_of_a_poll(found[name, '60s'], found[name, '100ms'])}")
        if given.bursts:
            say(f"\n{machine()}\n\n{BURST}")
        for count in given.bursts:
            for name, tree in trees.items():
                burst = Bench(server, Path(home), tree, f"{name}-{count}").burst(count)
                keep(burst, given.json)
                say(f"| {name} | {count} | {burst.first:.0f} | {burst.median:.0f} | {burst.last:.0f} |")
        if given.replies:
            say(f"\n{machine()}\n\n{REPLIES}")
            for name, tree in trees.items():
                sent = Bench(server, Path(home), tree, f"{name}-replies").replies(given.replies)
                keep(sent, given.json)
                say(f"| {name} | {sent.replies} | {sent.rate:.0f} | {sent.cpu:.2f} |")


def keep(result: Latency | Burst | Replies, path: Path | None) -> None:
    line = json.dumps({"at": int(time.time()), "load": os.getloadavg()[0], **asdict(result)})
    sys.stderr.write(line + "\n")
    if path:
        with path.open("a") as file:
            file.write(line + "\n")


if __name__ == "__main__":
    main()
