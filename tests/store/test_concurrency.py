"""Several threads, or several daemons, at once: unique keys and compare-and-set decide, never luck (invariant 2)."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from mailbot.desk.case import State
from mailbot.desk.decision import Change, Event, Outcome, Verdict
from mailbot.store import Conflict, check, known, ledger, outbox, queries
from mailbot.store.engine import Store
from tests.store.desk import (
    BOX,
    DAY,
    NOW,
    POLICY,
    apply,
    arrival,
    asks,
    composed,
    give,
    mail,
    opened,
    opening,
    order,
    place,
    queued,
    reload,
)

THREADS = 4


def together(work: Callable[[int], Any]) -> list[Any]:
    """The results of so many threads that begin at the same moment."""
    start = threading.Barrier(THREADS)

    def run(n: int) -> Any:
        start.wait()
        return work(n)

    with ThreadPoolExecutor(THREADS) as pool:
        return [done.result() for done in [pool.submit(run, n) for n in range(THREADS)]]


def test_one_message_read_by_several_makes_one_case_and_one_reply(store: Store, url: str) -> None:
    """Lesson 37, hazard 54: gathered, decided and stored as the pipeline does it, each with a store of its own."""
    came = arrival(mail())
    at = place()

    def receive(n: int) -> Outcome | None:
        daemon = Store.open(url)
        try:
            return take_in(daemon)
        finally:
            daemon.dispose()

    def take_in(daemon: Store) -> Outcome | None:
        while True:
            try:
                with daemon.transaction() as s:
                    if ledger.outcome_at(s, at):
                        return None
                    about = known.about(s, came, POLICY, NOW)
                    change = None if about.duplicate_of else opening()
                    decision = Verdict(outcome=Outcome.OPENED if change else Outcome.DUPLICATE, change=change)
                    message_id = ledger.record(
                        s, came, at, b"raw", decision, duplicate_of=about.duplicate_of, now=NOW
                    )
                    if change:
                        apply(s, change, message_id, NOW)
            except Conflict:
                continue
            return decision.outcome

    assert Counter(together(receive)) == {Outcome.OPENED: 1, None: THREADS - 1}
    with store.reading() as s:
        assert (len(queries.cases(s)), len(queries.messages(s))) == (1, 1)


def test_the_same_place_is_recorded_by_one(store: Store) -> None:
    at = place()

    def record(n: int) -> bool:
        try:
            with store.transaction() as s:
                ledger.record(s, arrival(mail()), at, b"raw", Verdict(outcome=Outcome.IGNORED), now=NOW)
        except Conflict:
            return False
        return True

    assert sorted(together(record)) == [False] * (THREADS - 1) + [True]


def test_an_answer_and_the_deadline_at_once_leave_one_of_both(store: Store) -> None:
    """Hazard 66: whoever comes second decides again on what is then true."""
    for _ in range(5):
        case = opened(store, clocks=asks())
        answer = Change(
            case=case, events=(Event("completed", "mail:ana", "", State.ABIERTO),), data=give(telefono="1")
        )
        expiry = Change(case=case, events=(Event("expired", "mailbot", "", State.NO_GESTIONADO),))

        def settle(n: int, changes: tuple[Change, Change] = (answer, expiry)) -> bool:
            try:
                with store.transaction() as s:
                    apply(s, changes[n % 2], None, NOW + DAY)
            except Conflict:
                return False
            return True

        assert together(settle).count(True) == 1
        assert reload(store, case).version == 2


def test_every_reply_is_claimed_exactly_once(store: Store) -> None:
    """Two daemons on one outbox: SKIP LOCKED or BEGIN IMMEDIATE, and compare-and-set."""
    wanted = sorted(queued(store)[0] for _ in range(30))

    def send(n: int) -> list[int]:
        sent: list[int] = []
        while True:
            try:
                with store.transaction() as s:
                    claimed = outbox.claim(s, BOX, NOW, f"worker {n}")
            except Conflict:
                continue
            if claimed is None:
                return sent
            sent.append(claimed.id)

    assert sorted(reply for sent in together(send) for reply in sent) == wanted


def test_those_who_have_nothing_in_common_do_not_hinder_each_other(store: Store) -> None:
    """No Conflict: on PostgreSQL, too, several busy mailboxes must not do half of their work again."""

    def work(n: int) -> None:
        for _ in range(5):
            with store.transaction() as s:
                message = mail()
                known.about(s, arrival(message), POLICY, NOW)
                decision = Verdict(outcome=Outcome.OPENED, change=opening(clocks=asks()))
                message_id = ledger.record(s, arrival(message), place(), b"raw", decision, now=NOW)
                case = apply(s, opening(clocks=asks()), message_id, NOW)
                outbox.queue(s, order(), composed(), case=case, message_id=message_id, mailbox=BOX, now=NOW)

    together(work)
    with store.reading() as s:
        numbers = [row["number"] for row in queries.cases(s)]
        assert check.integrity(s) == ()
    assert len(numbers) == len(set(numbers)) == THREADS * 5
