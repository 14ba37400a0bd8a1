"""How one daemon grows with its mailboxes: `python -m bench.sizing [N …] [--postgresql] [--rules 100] [--tree TREE]`.

A real Dovecot has N mailboxes behind TLS, and `bench.sink` takes what is sent, behind TLS too; both are verified
against all authorities of this machine and one more. The daemon starts, rests, gets mails into every mailbox at once,
loads its config anew, and is stopped. A row for each N, and a JSON line on stderr. Memory is VmHWM in MB, CPU user
and system; turns are context switches, which tell how often something is looked at, whatever the database. With
`--postgresql`, run by `tests/servers.sh`, transactions and connections are counted, too.
"""

import argparse
import json
import re
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import config
from bench.corpus import DESK, corpus
from bench.memory import memory
from bench.sink import Sink
from bench.throughput import Look, cpu_of_tree, database, machine, say
from tests.dovecot import PASSWORD, Dovecot, give_to_mail_user

HERE = Path(__file__).parent.parent
MAILBOXES = (1, 10, 50, 200)
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
LONGEST, PAUSE = 600.0, 0.1
#: as whoever has 200 people's mail sets Dovecot up; a user may have 128 inotify instances, so beyond it looks itself
MORE_OF_DOVECOT = """
mailbox_idle_check_interval = 2 s
service imap-login {
  service_count = 0
  client_limit = 1000
}
"""
MAILBOX = """[mailbox.m{n}]
address = "m{n}@example.com"
password = {{ file = "{password}" }}
start = "all"
answer_backlog = true
imap = {{ host = "localhost", port = {imap}, ca_file = "{ca}" }}
smtp = {{ host = "localhost", port = {smtp}, security = "tls", ca_file = "{ca}" }}
"""
READ = "SELECT count(*) FROM progress WHERE read_up_to IS NOT NULL"
STORED = "SELECT count(*) FROM message"
ON_WAY = "SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')"
TRANSACTIONS = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'bench'"
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'bench' AND pid <> pg_backend_pid()"


@dataclass(frozen=True)
class Size:
    """One daemon. Seconds of the clock, but for `start_cpu`; `…_rest`: after all was read, before any mail came."""

    mailboxes: int
    rules: int
    seconds_to_read_all: float
    start_cpu: float
    mb_rest: float
    mb_peak: float
    threads: int
    files: int
    #: percent of a core; of each second
    cpu_rest: float
    turns_rest: float
    #: mails that came at once, seconds until all was answered, ms of CPU for each
    mails: int
    seconds_at_work: float
    cpu_a_mail: float
    reload: float
    stop: float
    #: lines of the log that tell of an error
    errors: int
    #: of each second; and how many there were at most
    transactions_rest: float = 0.0
    connections: int = 0


class Daemon:
    """`mailbot run`, seen from outside."""

    def __init__(self, tree: Path, path: Path, look: Look) -> None:
        self.log, self.look, self.most = path.with_name("log"), look, 0
        with self.log.open("w") as said:
            command: list[str | Path] = [sys.executable, "-m", "mailbot", "run", "--config", path]
            self.process = subprocess.Popen(command, cwd=tree, stdout=said, stderr=said)  # noqa: S603
        self.pid = self.process.pid

    def one(self, query: str) -> int:
        """-1 as long as there is no such table."""
        with suppress(Exception):
            return int(self.look(query)[0][0])
        return -1

    def until(self, is_so: Callable[[], bool]) -> float:
        """Seconds that it took."""
        began = time.monotonic()
        while not is_so():
            if time.monotonic() - began > LONGEST or self.process.poll() is not None:
                raise RuntimeError(self.log.read_text()[-3000:])
            self.most = max(self.most, self.one(CONNECTIONS))
            time.sleep(PAUSE)
        return time.monotonic() - began

    def turns(self) -> int:
        tasks = Path(f"/proc/{self.pid}/task").glob("*/status")
        return sum(int(n) for task in tasks for n in re.findall(r"ctxt_switches:\s+(\d+)", task.read_text()))

    def said(self, event: str) -> Callable[[], bool]:
        return lambda: f'"{event}"' in self.log.read_text()


class Sizing:
    """The servers, and a folder for config and database."""

    def __init__(self, server: Dovecot, sink: Sink, home: Path, rest: float, each: int) -> None:
        self.server, self.sink, self.home, self.rest, self.each = server, sink, home, rest, each
        self.ca = home / "authorities.pem"
        self.ca.write_bytes(server.ca_file.read_bytes() + AUTHORITIES.read_bytes())

    def run(self, tree: Path, program: str, boxes: int, rules: int) -> Size:
        shutil.rmtree(self.server.base / "mail", ignore_errors=True)
        inboxes = [self.inbox(n) for n in range(boxes)]
        with database(program, self.home) as (url, look, _):
            path = self.config(url, boxes, rules)
            daemon = Daemon(tree, path, look)
            try:
                return self._measured(daemon, path, inboxes, rules)
            finally:
                daemon.process.kill()
                daemon.process.wait()

    def _measured(self, daemon: Daemon, path: Path, inboxes: list[Path], rules: int) -> Size:
        to_read_all = daemon.until(lambda: daemon.one(READ) == len(inboxes))
        start_cpu = cpu_of_tree(daemon.pid)
        time.sleep(3)
        cpu, turns, done = cpu_of_tree(daemon.pid), daemon.turns(), daemon.one(TRANSACTIONS)
        time.sleep(self.rest)
        cpu_rest = (cpu_of_tree(daemon.pid) - cpu) / self.rest * 100
        turns_rest = (daemon.turns() - turns) / self.rest
        transactions = (daemon.one(TRANSACTIONS) - done) / self.rest
        at_rest = memory(daemon.pid, "VmHWM")
        cpu = cpu_of_tree(daemon.pid)
        mails = self._fill(inboxes)
        at_work = daemon.until(lambda: daemon.one(STORED) == mails and daemon.one(ON_WAY) == 0)
        cpu_a_mail = (cpu_of_tree(daemon.pid) - cpu) / mails * 1e3
        threads, files = int(memory(daemon.pid, "Threads") * 1024), len(open_files(daemon.pid))
        path.write_text(path.read_text().replace("Mesa de Servicios", "Mesa"))
        daemon.process.send_signal(signal.SIGHUP)
        reloaded = daemon.until(daemon.said("config.reloaded"))
        peak, began = memory(daemon.pid, "VmHWM"), time.monotonic()
        daemon.process.terminate()
        if daemon.process.wait(60):
            raise RuntimeError(daemon.log.read_text()[-3000:])
        return Size(
            mailboxes=len(inboxes),
            rules=rules,
            seconds_to_read_all=to_read_all,
            start_cpu=start_cpu,
            mb_rest=at_rest,
            mb_peak=peak,
            threads=threads,
            files=files,
            cpu_rest=cpu_rest,
            turns_rest=turns_rest,
            mails=mails,
            seconds_at_work=at_work,
            cpu_a_mail=cpu_a_mail,
            reload=reloaded,
            stop=time.monotonic() - began,
            errors=daemon.log.read_text().count('"level": "error"'),
            transactions_rest=transactions,
            connections=daemon.most,
        )

    def inbox(self, n: int) -> Path:
        inbox = self.server.base / "mail" / f"m{n}@example.com"
        for name in ("cur", "new", "tmp"):
            (inbox / name).mkdir(parents=True, exist_ok=True)
        give_to_mail_user(self.server.base / "mail")
        return inbox

    def _fill(self, inboxes: list[Path]) -> int:
        """The same number into each; they appear as Maildir wants it, whole."""
        mails, now = self.each * len(inboxes), int(time.time())
        for n, mail in enumerate(corpus(mails)):
            inbox, name = inboxes[n % len(inboxes)], f"{now}.M{n}.bench"
            (inbox / "tmp" / name).write_bytes(mail.raw)
            shutil.chown(inbox / "tmp" / name, "mail", "mail")
            (inbox / "tmp" / name).rename(inbox / "new" / name)
        return mails

    def config(self, url: str, boxes: int, rules: int) -> Path:
        smtp = self.sink.port
        path = config.written(
            self.home, imap=1, smtp=smtp, user=DESK, password=PASSWORD, database=url, rules=rules
        )
        text = path.read_text(encoding="utf-8")
        ports = {"imap": self.server.imaps_port, "smtp": smtp, "ca": self.ca}
        more = "".join(MAILBOX.format(n=n, password=self.home / "password", **ports) for n in range(boxes))
        path.write_text(re.sub(r"(?ms)^\[mailbox\.soporte\].*?(?=^\[)", "", text) + more, encoding="utf-8")
        return path


def open_files(pid: int) -> list[Path]:
    return list(Path(f"/proc/{pid}/fd").iterdir())


def encrypting(server: Dovecot) -> ssl.SSLContext:
    """With the certificate that Dovecot shows."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(server.base / "server.pem", server.base / "server.key")
    return context


HEAD = (
    "| mailboxes | rules | s to read all | CPU s of it | MB at rest | MB at most | threads | files | CPU % at rest "
    "| turns/s at rest | transactions/s at rest | connections | mails | s at work | CPU ms/mail | reload s | stop s "
    "| errors |\n"
    "|" + "---:|" * 18
)


def told(size: Size) -> str:
    return (
        f"| {size.mailboxes} | {size.rules} | {size.seconds_to_read_all:.1f} | {size.start_cpu:.1f} "
        f"| {size.mb_rest:.0f} | {size.mb_peak:.0f} | {size.threads} | {size.files} | {size.cpu_rest:.1f} "
        f"| {size.turns_rest:.0f} | {size.transactions_rest:.0f} | {size.connections} | {size.mails} "
        f"| {size.seconds_at_work:.0f} | {size.cpu_a_mail:.1f} | {size.reload:.1f} | {size.stop:.1f} | {size.errors} |"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("mailboxes", nargs="*", type=int, default=MAILBOXES)
    options.add_argument("--rules", type=int, default=100)
    options.add_argument("--rest", type=float, default=30.0, help="seconds of rest that are looked at")
    options.add_argument("--each", type=int, default=5, help="mails that come to each mailbox")
    options.add_argument("--postgresql", action="store_true")
    options.add_argument("--tree", type=Path, default=HERE, help="the checkout that is measured")
    given = options.parse_args()
    say(f"{machine()}\n\n{HEAD}")
    server = Dovecot()
    with (server.base / "dovecot.conf").open("a") as conf:
        conf.write(MORE_OF_DOVECOT)
    with server, Sink(tls=encrypting(server)) as sink, TemporaryDirectory() as home:
        sizing = Sizing(server, sink, Path(home), given.rest, given.each)
        for boxes in given.mailboxes:
            program = "postgresql" if given.postgresql else "mailbot"
            size = sizing.run(given.tree, program, boxes, given.rules)
            say(told(size))
            sys.stderr.write(json.dumps({"at": int(time.time()), **asdict(size)}) + "\n")


if __name__ == "__main__":
    main()
