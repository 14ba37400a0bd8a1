"""Whether another version of mailbot understands mail as this one does: `python -m fuzz.same CHECKOUT`.

For what changes the cost of reading and nothing else. Each version, in a process of its own, reads the same mails:
the samples, a bench's, and mutants of both. Compared is the whole `Message`, the rule that its subject matches and
what is found of the data of every rule, asked for or not; of two versions that agree nothing is told but how many.
"""

import argparse
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from bench.corpus import corpus
from fuzz.mutate import mutant
from fuzz.seeds import seeds
from fuzz.situations import CONFIG, MAILBOX
from mailbot.config.live import Live
from mailbot.config.load import load
from mailbot.desk.opening import snapshot_of
from mailbot.mail.parse import parse
from mailbot.rules.required import find
from mailbot.rules.settings import Field

HERE = Path(__file__).parents[1]
#: mails of the bench among the samples
WRITTEN = 50


def mails(mutants: int, seed: int) -> Iterator[bytes]:
    samples = [*seeds(), *(mail.raw for mail in corpus(WRITTEN, attachments=False))]
    yield from samples
    yield from (mutant(samples, seed, number) for number in range(mutants))


def told(checkout: Path, file: Path) -> list[str]:
    """What that version makes of each mail in the file."""
    run = [sys.executable, "-P", __file__, "--tell", str(file)]
    env = {**os.environ, "PYTHONPATH": str(checkout)}
    done = subprocess.run(run, env=env, cwd=checkout, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return done.stdout.splitlines()


def _tell(file: Path) -> Iterator[str]:
    config, every = pickle.loads(file.read_bytes())  # noqa: S301 - written by us, a moment ago
    live = Live.of(load(config))
    asked = list(dict.fromkeys(snapshot_of(rule, live.policy).fields for rule in live.policy.rules))
    for raw in every:
        yield sha256(repr(_understood(raw, live, asked)).encode("utf-8", "surrogatepass")).hexdigest()


def _understood(raw: bytes, live: Live, asked: list[tuple[Field, ...]]) -> list[object]:
    try:
        message = parse(raw)
        found = [
            find(fields, message, asked=[f.name for f in some]) for fields in asked for some in ((), fields)
        ]
        return [message, live.match(message, MAILBOX), *found]
    except Exception as broken:  # what breaks one version must break the other
        return [repr(broken)]


def differences(other: Path, mutants: int, seed: int) -> tuple[int, list[bytes]]:
    """How many mails both have read, and those that they understand in different ways."""
    every = list(mails(mutants, seed))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mails"
        file.write_bytes(pickle.dumps((CONFIG, every)))
        both = zip(told(HERE, file), told(other, file), strict=True)
        unlike = [raw for raw, (ours, theirs) in zip(every, both, strict=True) if ours != theirs]
    return len(every), unlike


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("checkout", type=Path, nargs="?", help="folder of the other version")
    options.add_argument("--mutants", type=int, default=2000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument(
        "--keep", type=Path, help="folder for the mails that they understand in different ways"
    )
    options.add_argument("--tell", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.tell:
        sys.stdout.writelines(f"{line}\n" for line in _tell(given.tell))
        return 0
    count, unlike = differences(given.checkout.resolve(), given.mutants, given.seed)
    sys.stdout.write(f"{count} mails, {len(unlike)} understood in different ways\n")
    for n, raw in enumerate(unlike if given.keep else ()):
        given.keep.mkdir(parents=True, exist_ok=True)
        (given.keep / f"{n}.eml").write_bytes(raw)
    return bool(unlike)


if __name__ == "__main__":
    sys.exit(main())
