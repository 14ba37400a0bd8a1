"""Replies: fixed when stored, claimed once, the attempt recorded first, their fate kept (invariant 4)."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from mailbot.desk.decision import Role
from mailbot.desk.delivery import Status
from mailbot.store import Conflict, outbox, queries, unfinished
from mailbot.store.engine import Store
from mailbot.store.outbox import Claimed
from tests.store.desk import ANA, BOX, DAY, HOUR, MINUTE, NOW, arrival, mail, opened, order, queued, stored


def claim(store: Store, mailbox: str = BOX, now=NOW, worker: str = "w1") -> Claimed | None:  # type: ignore[no-untyped-def]
    with store.transaction() as s:
        return outbox.claim(s, mailbox, now, worker)


def settle(store: Store, reply: int, status: str, said: str = "said", **rest) -> None:  # type: ignore[no-untyped-def]
    with store.transaction() as s:
        outbox.settle(s, reply, status, said, rest.pop("now", NOW), **rest)


def status(store: Store, reply: int) -> str:
    with store.reading() as s:
        query = text("SELECT status FROM outbox WHERE id = :id")
        return str(s.connection().execute(query, {"id": reply}).scalar())


def test_a_reply_is_claimed_with_the_bytes_it_was_stored_with(store: Store) -> None:
    case = opened(store)
    reply, written = queued(store, case)
    assert claim(store) == Claimed(
        id=reply,
        mailbox=BOX,
        to=ANA.email,
        envelope_from="soporte@mesa.example",
        data=written.data,
        role=Role.REQUEST,
        template="pedir_datos",
        case=case,
        attempts=1,
        was_uncertain=False,
        queued_at=NOW,
        message_id=written.message_id,
        reference=written.reference,
    )


def test_a_reply_knows_when_the_mail_came_that_it_answers_at_once(store: Store) -> None:
    """Not so that of a mail which waited for a person first, nor that of a clock."""
    came = NOW - MINUTE
    mails = {
        "at once": stored(store, mail(), arrival=arrival(mail(), came)),
        "promoted": stored(store, mail(), arrival=arrival(mail(), came), now=NOW - HOUR),
        "a clock": None,
    }
    replies = {why: queued(store, message_id=message)[0] for why, message in mails.items()}
    claimed = {reply.id: reply for _ in mails if (reply := claim(store))}
    assert {why: claimed[reply].arrived_at for why, reply in replies.items()} == {
        "at once": came,
        "promoted": None,
        "a clock": None,
    }
    with store.reading() as s:
        assert outbox.read(s, replies["at once"]).arrived_at == came


def test_a_claimed_reply_is_not_claimed_again(store: Store) -> None:
    """Hazard 57: the attempt is recorded before anybody dials."""
    reply, _ = queued(store)
    assert claim(store)
    assert claim(store) is None
    assert status(store, reply) == "sending"


def test_the_oldest_of_its_mailbox_comes_first(store: Store) -> None:
    queued(store, mailbox="ventas", now=NOW - HOUR)
    later, _ = queued(store, now=NOW - MINUTE)
    first, _ = queued(store, now=NOW - HOUR)
    assert [c and c.id for c in (claim(store), claim(store), claim(store))] == [first, later, None]


def test_the_mailboxes_with_replies_whose_time_has_come_are_known(store: Store) -> None:
    """And none that wait for theirs, are on their way, or rest."""
    later, _ = queued(store, opened(store))
    with store.transaction() as s:
        assert outbox.ready(s, NOW) == {BOX}
    claim(store)
    with store.transaction() as s:
        assert outbox.ready(s, NOW) == set()
    settle(store, later, Status.QUEUED, next_attempt=NOW + HOUR)
    with store.transaction() as s:
        assert outbox.ready(s, NOW) == set()
        assert outbox.ready(s, NOW + HOUR) == {BOX}
    claim(store, now=NOW + HOUR)
    settle(store, later, Status.SENT)
    with store.transaction() as s:
        assert outbox.ready(s, NOW + DAY) == set()


@pytest.mark.parametrize("final", ["failed", "not_needed"])
def test_what_could_or_need_not_be_sent_is_kept_and_never_claimed(store: Store, final: str) -> None:
    queued(store, opened(store), composed=None, status=final, error="la plantilla falla")
    assert claim(store) is None
    with store.reading() as s:
        shown = queries.case(s, "MS-000001")
        assert shown
        [reply] = shown["replies"]
        assert (reply["status"], reply["to"], reply["said"]) == (final, ANA.email, "la plantilla falla")
        assert outbox.pending(s) == {}


def test_two_replies_that_could_not_be_written_do_not_collide(store: Store) -> None:
    for _ in range(2):
        queued(store, composed=None, status="failed")


def test_one_message_id_is_one_reply(store: Store) -> None:
    _, written = queued(store)
    with pytest.raises(Conflict):
        queued(store, composed=written)


@pytest.mark.parametrize("fate", ["sent", "refused", "given_up", "not_needed", "uncertain"])
def test_a_settled_reply_rests(store: Store, fate: str) -> None:
    reply, _ = queued(store)
    claim(store)
    settle(store, reply, fate)
    assert claim(store, now=NOW + 30 * DAY) is None
    assert status(store, reply) == fate


def test_a_reply_that_waits_is_tried_when_its_time_comes(store: Store) -> None:
    """Hazards 58, 59: 4xx."""
    reply, written = queued(store)
    claim(store)
    settle(store, reply, "queued", "451 later", next_attempt=NOW + HOUR)

    assert claim(store, now=NOW + HOUR - MINUTE) is None
    again = claim(store, now=NOW + HOUR)
    assert again
    assert (again.attempts, again.was_uncertain, again.data) == (2, False, written.data)


def test_an_uncertain_reply_that_is_tried_again_says_so(store: Store) -> None:
    """Hazard 57: at most one blind retry; whoever claims it must know."""
    reply, written = queued(store)
    claim(store)
    settle(store, reply, "uncertain", next_attempt=NOW)
    again = claim(store)
    assert again
    assert (again.was_uncertain, again.message_id) == (True, written.message_id)


def test_a_bounce_that_was_faster_than_our_own_record_stays(store: Store) -> None:
    reply, _ = queued(store, opened(store))
    claim(store)
    settle(store, reply, "bounced")
    settle(store, reply, "sent")
    assert status(store, reply) == "bounced"


def test_the_first_mail_that_left_is_the_first_response(store: Store) -> None:
    case = opened(store)
    to_desk, _ = queued(store, case, order=order(Role.DESK))
    first, _ = queued(store, case)
    second, _ = queued(store, case)
    seen = []
    for hour, reply in enumerate((to_desk, first, second)):
        settle(store, reply, "sent", now=NOW + hour * HOUR)
        with store.reading() as s:
            shown = queries.case(s, case.number)
            assert shown
            seen.append(shown["first_response_at"])
    # that somebody was told is no new version of the case
    assert seen == [None, "2026-03-02T16:00:00Z", "2026-03-02T16:00:00Z"]


def test_the_case_of_a_reply_is_read_as_it_is_now(store: Store) -> None:
    case = opened(store)
    with_case, without = queued(store, case)[0], queued(store)[0]
    with store.reading() as s:
        assert outbox.case_of(s, with_case) == case
        assert outbox.case_of(s, without) is None


# -- a worker that died ----------------------------------------------------------------------------------


def test_what_a_dead_worker_left_is_tried_once_more_and_then_rests(store: Store) -> None:
    reply, _ = queued(store)
    claim(store, worker="dead")
    assert not take_over(store, reply, "alive"), "it is in the hand of another"

    assert take_over(store, reply, "dead")
    assert status(store, reply) == "uncertain"
    again = claim(store, worker="dead too")
    assert again
    assert again.was_uncertain

    assert not take_over(store, reply, "dead"), "it has changed hands"
    assert take_over(store, reply, "dead too")
    assert claim(store, now=NOW + DAY) is None
    assert status(store, reply) == "uncertain"


def take_over(store: Store, reply: int, worker: str) -> bool:
    with store.transaction() as s:
        assert set(unfinished.in_hand(s)) <= {reply}
        return unfinished.interrupted(s, reply, worker, NOW)


def test_what_a_worker_claimed_without_knowing_it_is_as_it_was_before(store: Store) -> None:
    """The COMMIT came through and the answer to it did not: certainly nobody dialled."""
    fresh, _ = queued(store)
    claim(store)
    put_back(store)
    assert (status(store, fresh), claimed_again(store)) == ("queued", (2, False))

    settle(store, fresh, "uncertain", next_attempt=NOW)
    claim(store)
    put_back(store)
    assert (status(store, fresh), claimed_again(store)) == ("uncertain", (4, True))


def put_back(store: Store) -> None:
    with store.transaction() as s:
        unfinished.put_back(s, BOX, "another", NOW)
        unfinished.put_back(s, "ventas", "w1", NOW)
        assert unfinished.in_hand(s), "those of others are not touched"
        unfinished.put_back(s, BOX, "w1", NOW)


def claimed_again(store: Store) -> tuple[int, bool]:
    again = claim(store)
    assert again
    return again.attempts, again.was_uncertain


# -- one that was taken over, and comes back after all ----------------------------------------------------


@pytest.fixture
def taken_over(store: Store) -> int:
    """The first attempt was thought to be dead; the second is under way."""
    reply, _ = queued(store, opened(store))
    claim(store, worker="slow")
    take_over(store, reply, "slow")
    claim(store, worker="other")
    return reply


def result(store: Store, reply: int, fate: str, attempt: int) -> bool:
    with store.transaction() as s:
        return outbox.settle(s, reply, fate, "said", NOW, attempt=attempt)


@pytest.mark.parametrize("fate", ["queued", "uncertain", "refused", "given_up", "not_needed"])
def test_the_result_of_an_attempt_that_was_given_up_for_dead_counts_no_more(
    store: Store, taken_over: int, fate: str
) -> None:
    assert not result(store, taken_over, fate, attempt=1)
    assert status(store, taken_over) == "sending"
    assert result(store, taken_over, fate, attempt=2)
    assert status(store, taken_over) == fate


@pytest.mark.parametrize("other", ["sent", "uncertain", "queued"])
def test_that_a_reply_was_accepted_is_always_news_and_told_once(
    store: Store, taken_over: int, other: str
) -> None:
    """Whoever thought it lost does not undo it, and does not start its clock a second time."""
    assert result(store, taken_over, "sent", attempt=1)
    assert not result(store, taken_over, other, attempt=2)
    assert status(store, taken_over) == "sent"
    assert claim(store, now=NOW + DAY) is None


# -- damage ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE \"case\" SET snapshot = '{}'",
        "UPDATE outbox SET case_id = 4711",
    ],
)
def test_a_reply_that_cannot_be_read_is_told_by_its_number(sqlite_store: Store, damage: str) -> None:
    reply, _ = queued(sqlite_store, opened(sqlite_store))
    with closing(sqlite3.connect(sqlite_store.path)) as connection:
        connection.execute(damage)
        connection.commit()
    with pytest.raises(outbox.Unreadable) as caught:
        claim(sqlite_store)
    assert (caught.value.id, caught.value.attempts) == (reply, 1)
    with sqlite_store.transaction() as s:
        unfinished.put_off(s, reply, 1, "dañada", NOW + HOUR)
    assert claim(sqlite_store) is None
    assert status(sqlite_store, reply) == "queued"


# -- counts ----------------------------------------------------------------------------------------------


def test_what_is_on_its_way_is_counted(store: Store) -> None:
    for fate in (None, "sent", "queued", "uncertain"):
        reply, _ = queued(store)
        claim(store)
        if fate:
            settle(store, reply, fate, next_attempt=None if fate == "sent" else NOW + DAY)
    queued(store, mailbox="ventas")
    with store.reading() as s:
        assert outbox.pending(s) == {"sending": 1, "queued": 2, "uncertain": 1}
        assert outbox.pending(s, "ventas") == {"queued": 1}
        assert queries.replies_waiting(s) == 4


def test_the_reply_to_a_message_is_that_to_a_person(store: Store) -> None:
    first = stored(store, mail())
    queued(store, message_id=first, order=order(Role.DESK))
    reply, written = queued(store, message_id=first)
    with store.reading() as s:
        shown = queries.reply_to(s, first)
        assert queries.reply_to(s, first + 1) is None
    assert shown == {
        "id": reply,
        "template": "pedir_datos",
        "to": ANA.email,
        "subject": written.subject,
        "status": Status.QUEUED,
        "queued_at": "2026-03-02T15:00:00Z",
        "sent_at": None,
        "attempts": 0,
        "said": "",
    }
