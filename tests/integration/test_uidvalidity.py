"""UIDVALIDITY changes on a real Dovecot and UIDs name other mail than before: 0 lost, 0 doubled (hazard 50)."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from mailbot.desk.decision import Outcome
from mailbot.reading import A_FEW
from mailbot.store.engine import Store
from mailbot.transport.errors import NotMoved
from mailbot.transport.imap import ImapMailbox
from tests.dovecot import Dovecot, required
from tests.integration.on_dovecot import account, desk_on, lay, maildir
from tests.pipeline.given import ANA, LUZ, Desk, broken, mail

YEAR = timedelta(days=365)


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    required()
    with Dovecot() as server:
        yield server


@pytest.fixture
def desk(
    dovecot: Dovecot, sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """Mail stays in its INBOX, in which five mails of last year lay before the first connection."""
    monkeypatch.setenv("MAILBOT_TEST_PASSWORD", "secreto")
    with desk_on(dovecot, sqlite_store, tmp_path) as desk:
        for n in range(5):
            lay(dovecot, mail(f"Vieja contraseña {n}"), desk.clock() - YEAR)
        desk.change_box(handled="", review="")
        assert desk.poll() == []
        yield desk


def rebuild(desk: Desk, dovecot: Dovecot, came: datetime | None = None) -> None:
    """As when the mailbox comes back from a backup: Dovecot numbers its files anew; `came`: their new times."""
    before = desk.imap().select("INBOX").uidvalidity
    desk.disconnect()
    inbox = maildir(dovecot)
    for name in (
        "dovecot-uidlist",
        "dovecot-uidvalidity",
        "dovecot.index",
        "dovecot.index.log",
        "dovecot.index.cache",
    ):
        (inbox / name).unlink(missing_ok=True)
    header = f"3 V{before + 7} N1 G{uuid4().hex}\n"
    (inbox / "dovecot-uidlist").write_text(header)
    os.chown(inbox / "dovecot-uidlist", inbox.stat().st_uid, inbox.stat().st_gid)
    for file in (*(inbox / "cur").iterdir(), *(inbox / "new").iterdir()):
        if came:
            os.utime(file, (came.timestamp(), came.timestamp()))
    assert desk.imap().select("INBOX").uidvalidity == before + 7


def uids(desk: Desk) -> set[int]:
    return {place["uid"] for m in desk.messages() for place in m["locations"]}


def test_nothing_is_lost_nothing_doubled_and_nobody_is_answered_again(desk: Desk, dovecot: Dovecot) -> None:
    for n in range(12):
        desk.gets(mail(f"contraseña {n}", sender=LUZ if n % 2 else ANA))
    desk.round()
    before = uids(desk)
    answered = len(desk.got(ANA)) + len(desk.got(LUZ))
    assert answered == 10  # five an hour for each of the two

    for n in range(3):
        lay(dovecot, mail(f"Nueva contraseña {n}"), datetime.now(UTC))
    rebuild(desk, dovecot)
    outcomes = desk.round()
    assert sorted(outcomes) == [*[Outcome.DUPLICATE] * 12, *[Outcome.OPENED] * 3]
    assert uids(desk) & before  # numbers that named other mail
    assert desk.poll() == []
    assert (len(desk.cases()), len(desk.got(ANA)) + len(desk.got(LUZ))) == (15, answered)
    found = account(desk)
    assert (found.on_server, found.recorded, found.missing, found.doubled) == (15, 15, [], [])


def test_old_mail_whose_times_a_restore_lost_is_not_answered(desk: Desk, dovecot: Dovecot) -> None:
    """INBOX holds the mail of years, all of it with the time of the restore; new mail is answered."""
    desk.gets(mail())
    assert desk.poll() == [Outcome.OPENED]
    for n in range(A_FEW + 1):
        old = mail(f"contraseña de hace años {n}", date="Mon, 02 Mar 2020 10:00:00 +0000")
        lay(dovecot, old, desk.clock() - YEAR)
    lay(dovecot, mail("Nueva contraseña", sender=LUZ), datetime.now(UTC))
    rebuild(desk, dovecot, came=datetime.now(UTC))
    outcomes = desk.poll()
    # the five of the fixture have no Date: nobody can tell them from new mail
    assert sorted(outcomes) == [*["backlog"] * (A_FEW + 1), "duplicate", *["opened"] * 6]
    assert account(desk).agrees


def test_what_was_not_moved_yet_is_moved_under_its_new_number(desk: Desk, dovecot: Dovecot) -> None:
    """The process died between its commit and the move, and then the folder was made anew."""
    desk.change_box(handled="Procesados", review="Por revisar")
    for subject in ("contraseña", "Almuerzo"):
        desk.gets(mail(subject))
    with broken(ImapMailbox, "move", NotMoved("Mover", "no")):
        desk.poll()
    assert desk.lies_in("INBOX")[-2:] == ["contraseña", "Almuerzo"]
    rebuild(desk, dovecot)
    assert desk.poll() == [Outcome.DUPLICATE, Outcome.DUPLICATE]
    assert (desk.lies_in("Procesados"), desk.lies_in("Por revisar")) == (["contraseña"], ["Almuerzo"])
    assert account(desk).agrees
