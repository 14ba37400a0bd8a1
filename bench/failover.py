"""How soon one daemon takes over from another: `tests/servers.sh python -m bench.failover [--mailboxes 20]`.

Daemons share mailboxes of a real Dovecot and one PostgreSQL. They start one after the other; then the one that reads
most is killed, or stopped (SIGSTOP: as a machine that vanishes, it says nothing more, and nobody closes its
connections). Told are how many mailboxes each reads, the connections to PostgreSQL, what the ones that wait cost, and
the seconds until the first, and until all of the mailboxes were read by somebody else.
"""

import argparse
import signal
import ssl
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.sink import Sink
from bench.sizing import CONNECTIONS, MORE_OF_DOVECOT, Daemon, Sizing, encrypting
from bench.throughput import Look, cpu_of_tree, database, machine, say
from tests.dovecot import Dovecot

HERE = Path(__file__).parent.parent
REST = 20.0
HEAD = (
    "| end of the first | read before | and after | connections | CPU % at rest | s to the first | all |\n"
    "|---|---|---|---:|---|---:|---:|"
)
ENDS = {"SIGTERM": signal.SIGTERM, "SIGKILL": signal.SIGKILL, "SIGSTOP": signal.SIGSTOP}


def reads(daemon: Daemon) -> int:
    return daemon.log.read_text().count('"mailbox.connected"')


def waits(daemon: Daemon) -> int:
    return daemon.log.read_text().count('"mailbox.held_elsewhere"')


def started(tree: Path, path: Path, look: Look, name: str) -> Daemon:
    """With a log of its own; the config is the same."""
    own = path.parent / name
    own.mkdir()
    copy = own / path.name
    copy.write_text(path.read_text())
    return Daemon(tree, copy, look)


def experiment(sizing: Sizing, tree: Path, how: str, boxes: int, daemons: int) -> str:
    """A row of the table."""
    for n in range(boxes):
        sizing.inbox(n)
    with database("postgresql", sizing.home) as (url, look, _):
        path = sizing.config(url, boxes, 100)
        running = [started(tree, path, look, f"{how}-0")]
        try:
            running[0].until(lambda: reads(running[0]) == boxes)
            for n in range(1, daemons):
                running.append(started(tree, path, look, f"{how}-{n}"))
                running[-1].until(lambda: reads(running[-1]) + waits(running[-1]) == boxes)
            each = [reads(daemon) for daemon in running]
            connections, before = running[0].one(CONNECTIONS), [cpu_of_tree(d.pid) for d in running]
            time.sleep(REST)
            cpu = [(cpu_of_tree(d.pid) - b) / REST * 100 for d, b in zip(running, before, strict=True)]
            first, rest = running[0], running[1:]
            ended = time.monotonic()
            first.process.send_signal(ENDS[how])
            rest[0].until(lambda: any(reads(daemon) for daemon in rest))
            soonest = time.monotonic() - ended
            rest[0].until(lambda: sum(reads(daemon) for daemon in rest) == boxes)
            last = time.monotonic() - ended
            after = [reads(daemon) for daemon in rest]
        finally:
            for daemon in running:
                daemon.process.kill()
                daemon.process.wait()
    used = " / ".join(f"{each:.1f}" for each in cpu)
    return f"| {how} | {each} | {after} | {connections} | {used} | {soonest:.1f} | {last:.1f} |"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("how", nargs="*", default=list(ENDS))
    options.add_argument("--mailboxes", type=int, default=20)
    options.add_argument("--daemons", type=int, default=2)
    options.add_argument("--tree", type=Path, default=HERE, help="the checkout that is measured")
    given = options.parse_args()
    say(f"{machine()}\n\n{HEAD}")
    server = Dovecot()
    with (server.base / "dovecot.conf").open("a") as conf:
        conf.write(MORE_OF_DOVECOT)
    tls: ssl.SSLContext = encrypting(server)
    with server, Sink(tls=tls) as sink, TemporaryDirectory() as home:
        sizing = Sizing(server, sink, Path(home), REST, 1)
        for how in given.how:
            say(experiment(sizing, given.tree, how, given.mailboxes, given.daemons))


if __name__ == "__main__":
    main()
