"""The daemon is killed at random moments while mail comes in: the small version of `make chaos`."""

import json
import subprocess
import sys

from tests.dovecot import required


def test_fifteen_random_kills_while_two_hundred_mails_come_lose_and_double_nothing() -> None:
    """At most one reply is sent twice for each kill, with the same bytes (hazard 57); no mail is (invariant 2)."""
    required()
    command = [sys.executable, "-m", "tests.crash.chaos", "200", "15", "1", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    figures = json.loads(done.stdout)
    assert "\n".join(figures["wrong"]) == ""
    assert sum(figures["outcomes"].values()) == 200
    assert figures["duplicates"] <= figures["kills"] == 15
