"""`docs/operations.md`: its commands are typed, and its list of events is that of the code.

`python -m tests.docs.test_operations` writes into the page what its commands print now: look at it before you keep it.
"""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from mailbot.health import Kind
from tests.docs.events import events
from tests.docs.guide import Typed, commands, passing, printed, rewritten

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
TYPED = list(enumerate(commands(PAGE.read_text("utf-8"))))
EVENT = re.compile(r"`([a-z]+\.[a-z_]+)`")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return printed(PAGE.read_text("utf-8"), tmp_path_factory.mktemp("page"))


@pytest.mark.parametrize(("n", "typed"), TYPED, ids=[f"{n}: {typed.command}" for n, typed in TYPED])
def test_the_page_says_what_the_command_prints(n: int, typed: Typed, told: list[str]) -> None:
    assert passing(told[n]) == passing(typed.said)


def test_every_event_of_the_log_is_explained_and_none_that_there_is_not() -> None:
    log = PAGE.read_text("utf-8").partition("## The log")[2].partition("\n## ")[0]
    cells = [line.split("|")[1] for line in log.splitlines() if line.startswith("| `")]
    assert sorted(EVENT.findall(" ".join(cells))) == sorted(events())


def test_every_kind_of_illness_has_its_first_thing_to_do() -> None:
    part = PAGE.read_text("utf-8").partition("## Health and alerts")[2].partition("\n## ")[0]
    assert set(re.findall(r"(?m)^\| `(\w+)` \|", part)) == {*Kind}


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        text = PAGE.read_text("utf-8")
        PAGE.write_text(rewritten(text, printed(text, Path(folder))), "utf-8")
