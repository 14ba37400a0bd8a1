"""The simulator: its first histories, that a seed gives the same one again, and that it finds what is broken."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailbot.desk.hours import Calendar
from simulate.database import Database
from simulate.history import play
from simulate.run import report, several

HERE = Path(__file__).parent.parent.parent
FIRST = 200
#: histories after which what is broken on purpose is found
SOON = 40


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    made = Database()
    yield made
    made.close()


@pytest.mark.parametrize("first", range(1, FIRST, 20))
def test_the_first_histories_keep_every_promise(first: int) -> None:
    tally = several(range(first, first + 20))
    assert tally.broken == []
    assert (tally.histories, tally.checks > tally.steps) == (20, True)


def test_a_seed_gives_the_same_history_again() -> None:
    """In another process, where strings hash otherwise."""
    journals = [
        subprocess.run(
            [sys.executable, "-m", "simulate.run", "--seed", "127"],
            cwd=HERE,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for hash_seed in ("1", "2")
    ]
    assert journals[0] == journals[1]
    assert len(journals[0].splitlines()) > 20


LONG_AGO = timedelta(days=-400)
due = Calendar.due

#: what is broken on purpose → the promise that is then seen to be broken
BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "a deadline is an hour shorter": (
        {"mailbot.desk.hours.Calendar.due": lambda *args: due(*args) - timedelta(hours=1)},
        "a deadline is as long as was said",
    ),
    "cases close without the mailbox being read": (
        {
            "mailbot.desk.due.GRACE": LONG_AGO,
            "mailbot.store.clocks.BEYOND": {"answer": LONG_AGO, "reminder": LONG_AGO},
        },
        "a precaso closes only when its mailbox was read beyond its deadline",
    ),
    "what is stale is sent": (
        {"mailbot.sending.still_needed": lambda *_: True},
        "a stale reply is not sent",
    ),
    "robots are taken for people": (
        {"mailbot.mail.message.Message.automatic": False},
        "a robot",
    ),
    "the same mail is not known again": (
        {"mailbot.store.known._original": lambda *_: None},
        "what a person wants to be a case is one",
    ),
    "results are not noted": (
        {"mailbot.pipeline.settle_all": lambda worker, *_: worker.untold.clear()},
        "everything comes to an end",
    ),
    "a number is a key": (
        {"mailbot.store.lookup.takes_part": lambda *_: True},
        "a number is no key",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_it_finds_what_is_broken_on_purpose(
    what: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says of which seed, so that it can be seen again."""
    changes, promise = BROKEN[what]
    for target, value in changes.items():
        monkeypatch.setattr(target, value)
    found = next((told for n in range(1, SOON) if (told := play(n, database)).broken), None)
    assert found is not None
    assert found.broken[0].startswith(promise)
    assert f"python -m simulate.run --seed {found.seed}" in report(found)
