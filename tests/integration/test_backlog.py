"""A full mailbox is read in bounded memory, by the real process on a real Dovecot (`make bench-backlog` for more)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bench.backlog import Desk, a_desk
from tests.dovecot import required

#: MB more than for an empty mailbox: the mails are 17 MB, and several times that once they are understood
MOST = 16.0
MAILS, LINES = 2_000, 100


@pytest.fixture
def desk() -> Iterator[Desk]:
    required()
    with a_desk() as desk:
        yield desk


def test_a_mailbox_full_of_mail_is_read_in_bounded_memory(desk: Desk) -> None:
    """Each has its outcome, and is kept whole."""
    empty = desk.run()
    desk.forget()
    desk.fill(MAILS, datetime.now(UTC) - timedelta(days=365), LINES)
    cost = desk.run('"all"')
    assert cost.stored == MAILS
    assert cost.peak < empty.peak + MOST


def test_at_a_first_connection_old_mail_is_not_even_read(desk: Desk) -> None:
    """Lesson 33: `start = "now"`, and a date."""
    now = datetime.now(UTC)
    desk.fill(MAILS, now - timedelta(days=365))
    desk.fill(3, now)
    assert desk.run('"now"').stored == 0
    desk.forget()
    assert desk.run(f"{now.date() - timedelta(days=2)}").stored == 3
