"""Mutated mails by number, in several processes: `python -m fuzz.run N SEED [PROCESSES]`.

The same seed gives the same mails. What breaks a promise is made small and kept in fuzz/found/; then the exit
code is 1.
"""

import multiprocessing
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from fuzz.minimise import minimised
from fuzz.mutate import mutant
from fuzz.path import Broken, some, through
from fuzz.seeds import seeds

FOUND = Path(__file__).parent / "found"
#: seconds of wall time after which a mail hangs, also where the machine is busy
HANGS = 30
#: mails between two reports of a process
SLICE = 500


@dataclass
class Tally:
    """What a number of mails came to."""

    mails: int = 0
    unreadable: int = 0
    slowest: float = 0.0
    slowest_number: int = -1
    written: int = 0
    left_out: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    broken: dict[str, tuple[int, str]] = field(default_factory=dict)
    #: of the process, in KiB
    memory: int = 0

    def add(self, other: "Tally") -> None:
        self.mails += other.mails
        self.unreadable += other.unreadable
        if other.slowest > self.slowest:
            self.slowest, self.slowest_number = other.slowest, other.slowest_number
        self.written += other.written
        self.left_out += other.left_out
        self.outcomes += other.outcomes
        self.kinds += other.kinds
        self.broken = other.broken | self.broken
        self.memory = max(self.memory, other.memory)


def main() -> int:
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    processes = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    began, total = time.monotonic(), Tally()
    for tally in _tallies(count, seed, processes):
        for promise in tally.broken.keys() - total.broken.keys():
            _keep(promise, *tally.broken[promise], seed)
        total.add(tally)
        if total.mails % (SLICE * 20) == 0 or total.mails >= count:
            _say(total, seed, time.monotonic() - began)
    return 1 if total.broken else 0


def _tallies(count: int, seed: int, processes: int) -> Iterator[Tally]:
    slices = [(seed, first, min(first + SLICE, count)) for first in range(0, count, SLICE)]
    if processes == 1:
        yield from map(_slice, slices)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(_slice, slices)


_checked: set[int] = set()


def _slice(numbers: tuple[int, int, int]) -> Tally:
    seed, first, end = numbers
    signal.signal(signal.SIGALRM, _hangs)
    tally = Tally()
    for number in range(first, end):
        _one(mutant(seeds(), seed, number), number, tally)
    tally.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return tally


def _one(raw: bytes, number: int, tally: Tally) -> None:
    began = time.thread_time()
    signal.alarm(HANGS)
    try:
        trip = through(raw, some(raw), _checked)
    except Broken as broken:
        tally.broken.setdefault(broken.promise, (number, broken.detail))
    else:
        tally.outcomes.update(trip.outcomes.values())
        tally.written += trip.mails
        tally.left_out += trip.left_out
        tally.kinds.update([trip.message.kind] if trip.message else [])
        tally.unreadable += trip.message is None
    finally:
        signal.alarm(0)
    tally.mails += 1
    took = time.thread_time() - began
    if took > tally.slowest:
        tally.slowest, tally.slowest_number = took, number


def _hangs(_signal: int, _frame: object) -> None:
    raise Broken("a mail does not hang", f"{HANGS} s")


def _say(total: Tally, seed: int, took: float) -> None:
    print(  # noqa: T201
        f"{total.mails} mails of seed {seed} in {took:.0f} s ({total.mails / took:.0f}/s),"
        f" {total.unreadable} unreadable, {len(total.broken)} promises broken;"
        f" {total.written} replies written and checked, {total.left_out} left out as like others;"
        f" slowest {total.slowest:.2f} s (number {total.slowest_number}); {total.memory // 1024} MiB",
        flush=True,
    )
    for counted in (total.outcomes, total.kinds):
        print("  ", ", ".join(f"{name} {count}" for name, count in counted.most_common()), flush=True)  # noqa: T201


def _keep(promise: str, number: int, detail: str, seed: int) -> None:
    raw = mutant(seeds(), seed, number)
    small = minimised(raw, promise)
    FOUND.mkdir(exist_ok=True)
    name = sha256(promise.encode()).hexdigest()[:8]
    (FOUND / f"{name}.eml").write_bytes(small)
    (FOUND / f"{name}.txt").write_text(f"{promise}\n{detail}\nseed {seed}, number {number}\n", "utf-8")
    print(f"BROKEN: {promise}: {detail[:300]} (number {number}; fuzz/found/{name}.eml)", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
