"""Where mailbot's time goes on the mails of `bench.corpus`: `make profile`.

`mailbot run --once` in this process under cProfile: functions by own time, and rooms (of mailbot, and each library)
by the own time of all their functions: CPU of its one thread, not the clock's, for a disk or a neighbour that is slow
is not what is looked for. What the profiler itself costs falls on small functions: figures are shares.
"""

import argparse
import cProfile
import pstats
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench import config
from bench.corpus import DESK, corpus
from bench.sink import Sink
from bench.throughput import Bench, say
from mailbot.config.load import load
from mailbot.daemon import logs
from mailbot.daemon.service import run_once
from mailbot.store.engine import Store
from tests.dovecot import PASSWORD, Dovecot

#: functions that are told
TOP = 25


def profiled(mails: int, *, attachments: bool, postgresql: str = "") -> pstats.Stats:
    """Reading, deciding and sending; the start of the process is left out."""
    with Dovecot() as server, tempfile.TemporaryDirectory() as home, Sink() as sink:
        Bench(server, Path(home), "mix", list(corpus(mails, attachments=attachments))).fill()
        database = postgresql or str(Path(home) / "database.sqlite3")
        path = config.written(
            Path(home), imap=server.imap_port, smtp=sink.port, user=DESK, password=PASSWORD, database=database
        )
        settings = load(path)
        with (Path(home) / "log").open("w") as said:
            logs.configure(stream=said)
            profiler, store = cProfile.Profile(time.thread_time), Store.open(database)
            profiler.runcall(run_once, settings, store)
            store.dispose()
    return pstats.Stats(profiler)


def room(file: str) -> str:
    """`mailbot.store`, `sqlalchemy`, `email`; what is written in C has no file, and goes by its caller's."""
    path = Path(file)
    for part, depth in (("site-packages", 1), ("python3.11", 1), ("mailbot", 2)):
        if part in path.parts:
            below = path.parts[path.parts.index(part) + 1 :]
            if part != "mailbot":
                return below[0] if len(below) > 1 else path.stem
            return ".".join(("mailbot", *below[: depth - 1])).removesuffix(".py")
    return path.name


def rooms(stats: pstats.Stats) -> Counter[str]:
    spent: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, callers) in stats.stats.items():  # type: ignore[attr-defined]
        if file == "~":
            for (caller, _, _), (_, _, share, _) in callers.items():
                spent[room(caller) if caller != "~" else "C"] += share
        else:
            spent[room(file)] += own
    return spent


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mails", type=int, default=500)
    options.add_argument("--text", action="store_true", help="without attachments")
    options.add_argument("--save", type=Path, help="the whole profile, for pstats or a viewer")
    given = options.parse_args()
    stats = profiled(given.mails, attachments=not given.text)
    if given.save:
        stats.dump_stats(given.save)
    say("ms a mail  room")
    for name, seconds in rooms(stats).most_common(TOP):
        say(f"{seconds / given.mails * 1e3:9.3f}  {name}")
    stats.stream = sys.stdout  # type: ignore[attr-defined]
    stats.sort_stats("tottime").print_stats(TOP)


if __name__ == "__main__":
    main()
