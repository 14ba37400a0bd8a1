"""CPU that commands take before they have anything to do: `python -m bench.start [--beside TREE]`.

Each command is a process of its own, on an empty mailbox of a real Dovecot and a database without cases, with ten
rules and with a thousand. They take turns, those of another checkout (`--beside`) too: medians of user and system.
"""

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import config
from bench.corpus import DESK
from bench.sink import Sink
from bench.throughput import machine, say
from tests.dovecot import PASSWORD, Dovecot

HERE = Path(__file__).parent.parent
#: the name of a command: its words, and whether the database is a new one each time
COMMANDS = {
    "--help": (("--help",), False),
    "cases": (("cases",), False),
    "check": (("check",), False),
    "run --once": (("run", "--once"), False),
    "run --once, new database": (("run", "--once"), True),
}


def seconds(tree: Path, words: tuple[str, ...], path: Path) -> float:
    """User and system of `mailbot WORDS` as it stands in `tree`."""
    environment = {**os.environ, "MAILBOT_CONFIG": str(path)}
    with (path.parent / "log").open("w") as said:
        command = [sys.executable, "-m", "mailbot", *words]
        process = subprocess.Popen(command, cwd=tree, env=environment, stdout=said, stderr=said)  # noqa: S603
        _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError((path.parent / "log").read_text()[-3000:])
    return used.ru_utime + used.ru_stime


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=7)
    options.add_argument("--beside", type=Path, help="another checkout, to be compared with")
    given = options.parse_args()
    trees = [*([given.beside] if given.beside else []), HERE]
    say(
        f"{machine()}\n\n| rules | command | CPU ms{', beside and here' if given.beside else ''} |\n|---:|---|---:|"
    )
    with Dovecot() as server, Sink() as sink, TemporaryDirectory() as folder:
        for rules in (10, 1000):
            home = Path(folder) / str(rules)
            path = config.written(
                home,
                imap=server.imap_port,
                smtp=sink.port,
                user=DESK,
                password=PASSWORD,
                database=str(home / "mailbot.sqlite3"),
                rules=rules,
            )
            for name, (words, new) in COMMANDS.items():
                seconds(HERE, ("db", "upgrade"), path)
                took: dict[Path, list[float]] = {tree: [] for tree in trees}
                for n in range(given.runs + 1):
                    for tree in trees:
                        for old in home.glob("mailbot.sqlite3*") if new else ():
                            old.unlink()
                        took[tree][n:] = [seconds(tree, words, path)]
                # the first of each compiled what it imports
                told = ", ".join(f"{statistics.median(took[tree][1:]) * 1e3:.0f}" for tree in trees)
                say(f"| {rules} | {name} | {told} |")


if __name__ == "__main__":
    main()
