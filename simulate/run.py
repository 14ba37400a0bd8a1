"""Many histories, in several processes: `python -m simulate.run N [FIRST [PROCESSES]]`; one: `--seed N`.

Exit code 1 where a promise was broken: its seed is told, and the last of its journal.
"""

import argparse
import gc
import hashlib
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from simulate.database import Database
from simulate.history import Told, play

#: histories between two reports of a process, and steps that a failing seed shows
SLICE, SHOWN = 25, 40


@dataclass
class Tally:
    """What a number of histories came to."""

    histories: int = 0
    steps: int = 0
    checks: int = 0
    letters: int = 0
    replies: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def add(self, told: Told) -> None:
        self.histories += 1
        self.steps += told.steps
        self.checks += told.checks
        self.letters += len(told.world.letters)
        self.replies += len(told.world.accepted)
        self.faults += told.world.faults.counted
        self.outcomes.update(told.outcomes)
        self.broken += [report(told)] if told.broken else []

    def join(self, other: "Tally") -> None:
        for name in ("histories", "steps", "checks", "letters", "replies"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.faults += other.faults
        self.outcomes += other.outcomes
        self.broken += other.broken

    def __str__(self) -> str:
        return (
            f"{self.histories} histories, {self.steps} steps, {self.letters} mails, {self.replies} replies"
            f" accepted, {self.checks} times all promises checked, {len(self.broken)} broken\n"
            f"   {sum(self.faults.values())} faults: {_listed(self.faults)}\n"
            f"   outcomes: {_listed(self.outcomes)}"
        )


def _listed(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counted.most_common())


def report(told: Told) -> str:
    """What a person needs to see why a seed failed."""
    first, *_ = told.broken
    journal = "\n".join(told.world.journal[-SHOWN:])
    return (
        f"{journal}\nBROKEN seed {told.seed}, step {told.steps}: {first}\n"
        f"again: python -m simulate.run --seed {told.seed}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m simulate.run", description=__doc__)
    parser.add_argument("numbers", nargs="*", type=int, help="N, the first seed, processes")
    parser.add_argument("--seed", type=int, help="only this one, with its whole journal")
    given = parser.parse_args()
    if given.seed is not None:
        return one(given.seed)
    return many(*given.numbers)


def one(seed: int) -> int:
    database = Database()
    told = play(seed, database)
    database.close()
    journal = "\n".join(told.world.journal)
    _say(f"{journal}\n{hashlib.sha256(journal.encode()).hexdigest()}")
    if told.broken:
        _say(report(told).rpartition("BROKEN")[2])
    return 1 if told.broken else 0


def many(count: int = 1000, first: int = 1, processes: int = 2) -> int:
    began, total = time.monotonic(), Tally()
    for tally in _tallies(count, first, processes):
        for broken in tally.broken:
            _say(broken)
        total.join(tally)
        if total.histories % (SLICE * 4) == 0 or total.histories >= count:
            _say(f"{time.monotonic() - began:.0f} s: {total}")
    return 1 if total.broken else 0


def _tallies(count: int, first: int, processes: int) -> Iterator[Tally]:
    slices = [range(n, min(n + SLICE, first + count)) for n in range(first, first + count, SLICE)]
    if processes == 1:
        yield from map(several, slices)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(several, slices)


def several(seeds: range) -> Tally:
    """The histories of these seeds on one database file."""
    gc.set_threshold(50_000)  # a tenth of the time otherwise
    database, tally = Database(), Tally()
    for seed in seeds:
        tally.add(play(seed, database))
    database.close()
    return tally


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
