"""Replies whose sending broke off: a damaged one harms no other, and the database's outage makes none twice."""

import sqlite3
from contextlib import closing
from datetime import datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from mailbot.desk.delivery import Status
from mailbot.sending import Attempt, Fate, Worker, claim, settle
from mailbot.store import StoreUnavailable
from mailbot.store.engine import Store
from mailbot.transport.smtp import Smtp
from tests.pipeline.given import ANA, DAY, HOUR, LUZ, NOW, Desk, Killed, broken, mail

DAMAGE = "UPDATE \"case\" SET snapshot = json_set(snapshot, '$.rule', 7) WHERE id = 1"


#: damage is done behind the database's back
sqlite_only = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


@pytest.fixture
def two(desk: Desk) -> Desk:
    """Ana's and Luz's replies are queued."""
    for sender in (ANA, LUZ):
        desk.gets(mail(sender=sender))
    desk.poll()
    return desk


def harm(desk: Desk, statement: str) -> str:
    """Done by hand; what was there before."""
    with closing(sqlite3.connect(desk.store.path)) as connection:
        before = connection.execute('SELECT snapshot FROM "case" WHERE id = 1').fetchone()[0]
        connection.execute(statement)
        connection.commit()
        return str(before)


def statuses(desk: Desk) -> list[str]:
    with closing(sqlite3.connect(desk.store.path)) as connection:
        query = "SELECT status FROM outbox WHERE role <> 'desk' ORDER BY id"
        return [status for (status,) in connection.execute(query)]


@sqlite_only
def test_a_reply_of_a_damaged_case_is_told_and_waits_and_the_others_go_out(two: Desk) -> None:
    """Hazard 49; somebody may mend it, and then it goes out too."""
    before = harm(two, DAMAGE)
    with capture_logs() as logged:
        two.deliver()
    assert statuses(two) == ["queued", "sent"]
    assert len(two.got(LUZ)) == 1
    assert [(e["reply"], e["log_level"]) for e in logged if e["event"] == "reply.damaged"] == [(1, "error")]
    two.deliver()
    assert statuses(two)[0] == "queued", "not each second"

    with closing(sqlite3.connect(two.store.path)) as connection:
        connection.execute('UPDATE "case" SET snapshot = ? WHERE id = 1', [before])
        connection.commit()
    two.clock.move(2 * HOUR)
    two.deliver()
    assert statuses(two) == ["sent", "sent"]
    assert len(two.got(ANA)) == 1


@sqlite_only
def test_a_reply_that_is_damaged_does_not_undo_the_result_of_the_one_before(two: Desk) -> None:
    """Hazard 49: a result is stored and the next reply claimed in one transaction, where both are sound."""
    harm(two, DAMAGE.replace("id = 1", "id = 2"))
    two.deliver()
    assert statuses(two) == ["sent", "queued"]
    two.deliver()
    assert (statuses(two), len(two.got(ANA))) == (["sent", "queued"], 1)


@sqlite_only
def test_a_case_that_is_damaged_while_its_reply_is_sent_keeps_the_reply_from_being_sent_twice(
    two: Desk,
) -> None:
    send = Smtp.send

    def and_damage(*args: Any) -> Any:
        harm(two, DAMAGE)
        return send(*args)

    with pytest.MonkeyPatch.context() as patch, capture_logs() as logged:
        patch.setattr(Smtp, "send", and_damage)
        two.deliver()
    assert statuses(two) == ["sent", "sent"]
    assert "reply.case_not_told" in [e["event"] for e in logged]
    two.clock.move(DAY)
    two.deliver()
    assert len(two.got(ANA)) == 1


@sqlite_only
def test_a_damaged_case_does_not_keep_what_a_crash_left_from_being_taken_up(two: Desk) -> None:
    for _ in range(2):
        with broken(Smtp, "send", Killed()), pytest.raises(Killed):
            two.deliver()
    harm(two, DAMAGE)
    two.restart()
    two.abandoned()
    assert statuses(two) == ["uncertain", "uncertain"]
    two.deliver()
    assert statuses(two) == ["uncertain", "sent"]


@sqlite_only
def test_a_send_that_breaks_in_an_unexpected_way_is_uncertain_and_stops_no_other(two: Desk) -> None:
    """Nobody knows how far it came."""
    send, failed = Smtp.send, iter([True])

    def once(*args: Any) -> Any:
        if next(failed, False):
            raise ZeroDivisionError
        return send(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Smtp, "send", once)
        two.deliver()
    assert statuses(two) == ["uncertain", "sent"]
    two.clock.move(HOUR)
    two.deliver()
    assert statuses(two) == ["sent", "sent"]


# -- the database is away when a result is to be stored ---------------------------------------------------


@pytest.fixture
def away(desk: Desk) -> Desk:
    """A reply was accepted by its server, and nobody could note it."""
    desk.gets(mail())
    desk.poll()
    run = Store.run
    calls = iter([True])

    def only_the_claim(store: Store, work: Any) -> Any:
        if next(calls, False):
            return run(store, work)
        raise StoreUnavailable("No se puede usar la base de datos")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "run", only_the_claim)
        with pytest.raises(StoreUnavailable):
            desk.deliver()
    return desk


def test_what_is_known_of_a_reply_is_stored_as_soon_as_the_database_is_back(away: Desk) -> None:
    """Its 24 hours began when it was accepted, and it is not sent again."""
    assert away.replies()[0]["status"] == "sending"
    away.clock.move(3 * HOUR)
    away.abandoned()
    assert away.deliver() == 0
    assert (away.replies()[0]["status"], len(away.got())) == ("sent", 1)
    assert datetime.fromisoformat(away.case()["deadline"]) == NOW + 24 * HOUR


def test_if_the_process_ends_before_that_it_is_sent_once_more(away: Desk) -> None:
    away.restart()
    away.abandoned()
    away.deliver()
    assert (away.replies()[0]["status"], len(away.got())) == ("sent", 2)


# -- one that was given up for dead -----------------------------------------------------------------------


def test_the_clock_of_a_reply_that_two_have_sent_is_started_once(desk: Desk) -> None:
    """The first was stopped for an hour in the middle; then both were accepted."""
    desk.gets(mail())
    desk.poll()
    slow = Worker("slow")
    claimed = claim("soporte", desk.store, desk.clock(), slow)
    assert claimed
    desk.clock.move(HOUR)
    desk.abandoned()
    desk.deliver()
    deadline = desk.case()["deadline"]
    with capture_logs() as logged:
        settle(Attempt(claimed, Fate(Status.SENT, "250 Ok"), desk.clock()), desk.live, desk.store)
        settle(Attempt(claimed, Fate(Status.UNCERTAIN, "cut"), desk.clock()), desk.live, desk.store)
    assert [e["event"] for e in logged] == ["reply.was_taken_over"] * 2
    assert desk.case()["deadline"] == deadline
    assert desk.replies()[0]["status"] == "sent"


@sqlite_only
def test_looking_for_what_others_left_needs_no_lock_when_there_is_nothing(two: Desk) -> None:
    """Every two seconds, by each daemon: nobody who writes is disturbed, or waited for."""
    with closing(sqlite3.connect(two.store.path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        two.abandoned()
        assert two.tick() == 0
