"""Guided by coverage: `python -m fuzz.coverage SECONDS` (atheris, from requirements-fuzz.lock).

Mail is kept that reaches code that no mail reached before; the corpus stays in fuzz/corpus/ for the next time.
A broken promise is kept in fuzz/found/, and ends the run: repair it, then go on.
"""

import importlib
import sys
from pathlib import Path
from random import Random

FOUND, CORPUS = Path(__file__).parent / "found", Path(__file__).parent / "corpus"
#: octets; longer mail is rarely about more
LONGEST = 32 * 1024
#: rooms whose branches are counted; what they import stays fast
ROOMS = ["mailbot.mail", "mailbot.rules", "mailbot.desk", "mailbot.replies"]


def main() -> None:
    seconds = int(sys.argv[1])
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(
        include=ROOMS
    ):  # only what is imported here for the first time is counted
        path = importlib.import_module("fuzz.path")
    mutations, seeds = (
        importlib.import_module("fuzz.mutate").MUTATIONS,
        importlib.import_module("fuzz.seeds").seeds,
    )

    def one(raw: bytes) -> None:
        path.through(raw, path.some(raw))

    def mutate(raw: bytes, longest: int, seed: int) -> bytes:
        """Half of the mails by what is known of mail, half by what libFuzzer does to any bytes."""
        dice = Random(seed)  # noqa: S311 - no secret
        made = dice.choice(mutations)(raw, dice) if dice.random() < 0.5 else atheris.Mutate(raw, longest)
        return bytes(made[:longest])

    CORPUS.mkdir(exist_ok=True)
    FOUND.mkdir(exist_ok=True)
    for n, raw in enumerate(seeds()):
        (CORPUS / f"seed-{n:03d}.eml").write_bytes(raw[:LONGEST])
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST}",
        "-timeout=30",
        f"-artifact_prefix={FOUND}/",
    ]
    atheris.Setup([sys.argv[0], *options, "-print_final_stats=1", str(CORPUS)], one, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
