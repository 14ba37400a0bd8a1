"""`docs/reglas.md`, the admin's guide to rules, typed from its first line to its last.

`python -m tests.docs.test_reglas` writes into the guide what its commands print now: look at it before you keep it.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.docs.guide import Typed, commands, passing, printed, rewritten

GUIDE = Path(__file__).parents[2] / "docs" / "reglas.md"
TYPED = list(enumerate(commands(GUIDE.read_text("utf-8"))))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return printed(GUIDE.read_text("utf-8"), tmp_path_factory.mktemp("guide"))


@pytest.mark.parametrize(("n", "typed"), TYPED, ids=[f"{n}: {typed.command}" for n, typed in TYPED])
def test_the_guide_says_what_the_command_prints(n: int, typed: Typed, told: list[str]) -> None:
    assert passing(told[n]) == passing(typed.said)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        text = GUIDE.read_text("utf-8")
        GUIDE.write_text(rewritten(text, printed(text, Path(folder))), "utf-8")
