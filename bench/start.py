"""CPU that commands take before they have anything to do: `python -m bench.start [--beside TREE] [--instructions]`.

Each command is a process of its own, on an empty mailbox of a real Dovecot and a database without cases, with ten
rules and with a thousand. They take turns, those of another checkout (`--beside`) too: medians of user and system.
All is compiled before, as an installation is. With `--instructions`, by valgrind, it is told how many millions of them
were carried out: the machine's other work does not move that figure.
"""

import argparse
import os
import re
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
    "run --once, new database": (("run", "--once"), True),
    "run --once": (("run", "--once"), False),
    "cases": (("cases",), False),
    "check": (("check",), False),
}


def milliseconds(tree: Path, words: tuple[str, ...], path: Path) -> float:
    """User and system of `mailbot WORDS` as it stands in `tree`."""
    with (path.parent / "log").open("w") as said:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "mailbot", *words],
            env=around(tree, path),
            cwd=tree,
            stdout=said,
            stderr=said,
        )
        _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError((path.parent / "log").read_text()[-3000:])
    return (used.ru_utime + used.ru_stime) * 1e3


def instructions(tree: Path, words: tuple[str, ...], path: Path) -> float:
    """Millions of them, for the same."""
    counted = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    command = [*counted, sys.executable, "-m", "mailbot", *words]
    done = subprocess.run(  # noqa: S603
        command,
        env=around(tree, path),
        cwd=tree,
        capture_output=True,
        text=True,
        errors="replace",
        check=True,
    )
    found = re.search(r"I +refs: +([\d,]+)", done.stderr)
    return int(found[1].replace(",", "")) / 1e6 if found else 0.0


def around(tree: Path, path: Path) -> dict[str, str]:
    """The modules of `tree`, compiled beside the config; hashes, and so the ways through dicts, always the same."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    compiled = str(path.parent.parent / "compiled")
    own = {"PYTHONPATH": str(tree), "PYTHONPYCACHEPREFIX": compiled, "PYTHONHASHSEED": "0"}
    return {**environment, **own, "MAILBOT_CONFIG": str(path)}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=7)
    options.add_argument("--beside", type=Path, help="another checkout, to be compared with")
    options.add_argument("--instructions", action="store_true", help="counted by valgrind, once")
    given = options.parse_args()
    measured, unit = (
        (instructions, "million instructions") if given.instructions else (milliseconds, "CPU ms")
    )
    runs = 1 if given.instructions else given.runs
    trees = [*([given.beside] if given.beside else []), HERE]
    say(
        f"{machine()}\n\n| rules | command | {unit}{', beside and here' if given.beside else ''} |\n|---:|---|---:|"
    )
    with Dovecot() as server, Sink() as sink, TemporaryDirectory() as folder:
        for rules in (10, 1000):
            homes = {tree: Path(folder) / f"{rules}-{n}" for n, tree in enumerate(trees)}
            paths = {tree: _config(home, server, sink, rules) for tree, home in homes.items()}
            for name, (words, new) in COMMANDS.items():
                took: dict[Path, list[float]] = {tree: [] for tree in trees}
                for _ in range(runs + 1):
                    for tree in trees:
                        for old in homes[tree].glob("mailbot.sqlite3*") if new else ():
                            old.unlink()
                        took[tree].append(measured(tree, words, paths[tree]))
                # the first of each compiled what it imports
                told = ", ".join(f"{statistics.median(took[tree][1:]):.0f}" for tree in trees)
                say(f"| {rules} | {name} | {told} |")


def _config(home: Path, server: Dovecot, sink: Sink, rules: int) -> Path:
    """With a database of its own: another checkout's schema may be another."""
    return config.written(
        home,
        imap=server.imap_port,
        smtp=sink.port,
        user=DESK,
        password=PASSWORD,
        database=str(home / "mailbot.sqlite3"),
        rules=rules,
    )


if __name__ == "__main__":
    main()
