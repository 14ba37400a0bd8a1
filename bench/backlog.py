"""What a full mailbox costs: `make bench-backlog N=100000`, on a real Dovecot, with the real process.

Three first connections to a mailbox in which N old mails lie (`start` now, a date, all), and N mails that came
while nobody read: seconds, mails a second, and the peak of the process's memory beside that for an empty mailbox.
"""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.dovecot import PASSWORD, Dovecot, give_to_mail_user

ADDRESS = "soporte@mesa.example"
SUBJECTS = ("Olvidé la contraseña", "Almuerzo del viernes", "Boletín del mes", "No abre el portal")
#: replies are decided, written and stored, and stay there: no SMTP server is measured
CONFIG = """
[service]
database = "{database}"
[replies]
send = "none"
[mailbox.soporte]
address  = "{address}"
password = {{ env = "MAILBOT_BENCH_PASSWORD" }}
start    = {start}
imap = {{ host = "127.0.0.1", port = {port}, security = "none" }}
smtp = {{ host = "127.0.0.1", port = 9, security = "none" }}
[field.telefono]
label = "Teléfono"
[[rule]]
name = "boletin"
keywords = ["boletín"]
treat_as = "informativo"
[[rule]]
name = "acceso"
keywords = ["contraseña", "portal"]
requires = ["telefono"]
"""


@dataclass(frozen=True)
class Cost:
    """Of one run of the process; `peak` in MB is the most memory it had resident."""

    seconds: float
    peak: float
    #: messages in the database afterwards
    stored: int


class Desk:
    """One mailbox on one Dovecot, and a database for it that `forget` throws away."""

    def __init__(self, server: Dovecot, home: Path) -> None:
        self.server, self.home = server, home
        self.inbox = server.base / "mail" / ADDRESS

    def forget(self) -> None:
        for file in self.home.glob("mailbot.sqlite3*"):
            file.unlink()

    def fill(self, count: int, came: datetime, lines: int = 25) -> None:
        """Written straight into the Maildir, whose file times are INTERNALDATE; each of another sender."""
        folder = self.inbox / "new"
        for name in ("", "cur", "new", "tmp"):
            (self.inbox / name).mkdir(parents=True, exist_ok=True)
        start = len(list(folder.iterdir()))
        for n in range(start, start + count):
            file = folder / f"{came.timestamp():.0f}.M{n}.bench"
            file.write_bytes(mail(n, came, lines))
            os.utime(file, (came.timestamp(), came.timestamp()))
        give_to_mail_user(self.inbox)

    def run(self, start: str = '"now"', limit: float | None = None) -> Cost:
        """`mailbot run --once`, in a process of its own; ended after `limit` seconds, if given."""
        config = self.home / "config.toml"
        values = {"database": self.home / "mailbot.sqlite3", "address": ADDRESS, "start": start}
        config.write_text(CONFIG.format(port=self.server.imap_port, **values), encoding="utf-8")
        command: list[str | Path] = [
            Path(sys.executable).with_name("mailbot"),
            "run",
            "--once",
            "--config",
            config,
        ]
        began, peak = time.monotonic(), 0.0
        with (self.home / "log").open("w") as said:
            process = subprocess.Popen(  # noqa: S603
                command, stderr=said, env={**os.environ, "MAILBOT_BENCH_PASSWORD": PASSWORD}
            )
            while process.poll() is None:
                peak = max(peak, resident(process.pid))
                if limit and time.monotonic() - began > limit:
                    process.terminate()
                time.sleep(0.05)
        if process.returncode not in (0, -15):
            raise RuntimeError((self.home / "log").read_text()[-3000:])
        return Cost(time.monotonic() - began, peak, self.stored())

    def stored(self) -> int:
        with closing(sqlite3.connect(self.home / "mailbot.sqlite3")) as database:
            return int(database.execute("SELECT count(*) FROM message").fetchone()[0])


def resident(pid: int) -> float:
    """The most that it ever had resident, in MB; 0 when it has just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if "VmHWM" in line), 0.0)


def mail(n: int, came: datetime, lines: int) -> bytes:
    """As people write: 25 lines are about 2 KB."""
    text = "\n".join(
        f"Línea {line} de la solicitud {n}: no puedo entrar desde esta mañana." for line in range(lines)
    )
    header = (
        f"From: Persona {n} <p{n}@oti.example>\nTo: {ADDRESS}\nSubject: {SUBJECTS[n % len(SUBJECTS)]} {n}\n"
        f"Date: {format_datetime(came)}\nMessage-ID: <{n}.{came.timestamp():.0f}@oti.example>\n"
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    )
    return (header + text).encode()


@contextmanager
def a_desk() -> Iterator[Desk]:
    with Dovecot() as server, TemporaryDirectory() as home:
        yield Desk(server, Path(home))


def first_connections(count: int) -> Iterator[str]:
    """To a mailbox with `count` mails of a year ago, and ten of today."""
    now = datetime.now(UTC)
    with a_desk() as desk:
        empty = desk.run()
        desk.fill(count, now - timedelta(days=365))
        desk.fill(10, now - timedelta(minutes=5))
        subprocess.run(["sync"], check=True)  # noqa: S607
        for start in ('"now"', f"{now.date() - timedelta(days=1)}", '"all"'):
            desk.forget()
            yield row(f"{count + 10:,} old mails, start = {start}", desk.run(start), empty)


def worked_through(count: int, limit: float | None = None) -> Iterator[str]:
    """`count` mails that came while nobody read: each gets its outcome, half of them a case and a reply."""
    with a_desk() as desk:
        empty = desk.run()
        desk.fill(count, datetime.now(UTC))
        yield row("came while nobody read", desk.run(limit=limit), empty)
        if desk.stored() == count:
            yield row("the next poll", desk.run(), empty)


def row(what: str, cost: Cost, empty: Cost) -> str:
    speed = cost.stored / cost.seconds
    return f"| {what} | {cost.stored:,} | {cost.seconds:,.1f} | {speed:,.0f} | {empty.peak:.0f} | {cost.peak:.0f} |"


def main() -> None:
    """`count` mails came while nobody read, half as many lay there before; `minutes` to work through the former."""
    given = [int(argument) for argument in sys.argv[1:]]
    count, minutes = given[0] if given else 10_000, given[1] if len(given) > 1 else 60
    say("| what | in the database | seconds | mails/s | MB, empty mailbox | MB, peak |")
    say("|---|---:|---:|---:|---:|---:|")
    for lines in (first_connections(count // 2), worked_through(count, limit=minutes * 60)):
        for line in lines:
            say(line)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
