"""A full mailbox is read in bounded memory, by the real process on a real Dovecot (`make bench-backlog` for more)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bench.backlog import Desk, a_desk
from bench.memory import with_file
from mailbot.mail.parse import parse
from mailbot.store import queries, raw
from mailbot.store.engine import Store
from tests.dovecot import give_to_mail_user, required

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


def test_a_mail_of_40_mb_is_read_and_kept_whole_in_little_memory(desk: Desk) -> None:
    """Hazard 43: it goes through a file, and its attachment is never in memory."""
    desk.fill(1, datetime.now(UTC))
    empty = desk.run('"all"')
    desk.forget()
    mail = with_file(30_000_000).replace(b"\n", b"\r\n")
    (desk.inbox / "new" / "1.M1.bench").write_bytes(mail)
    give_to_mail_user(desk.inbox)
    cost = desk.run('"all"')
    store = Store.open(desk.home / "mailbot.sqlite3")
    with store.reading() as s:
        found = queries.find_message(s, "<30000000@empresa.example>")
        assert found is not None
        kept, seen = raw.raw(s, found), queries.message(s, found)
    store.dispose()
    assert kept == mail
    assert seen is not None
    (attachment,) = parse(mail).attachments
    assert (attachment.size, attachment.sha256) == (30_000_000, seen["attachments"][0]["sha256"])
    assert cost.peak < empty.peak + MOST
