"""A few messages that wait together are stored in one transaction, and each has its own outcome all the same."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from mailbot import pipeline
from mailbot.desk.decide import decide
from mailbot.desk.decision import Outcome
from mailbot.pipeline import receive, settle_alone
from mailbot.reading import TOGETHER, Folder, together
from mailbot.store import StoreUnavailable, ledger, outbox
from mailbot.transport import imap_fetch
from mailbot.transport.errors import TransportError
from mailbot.transport.imap_fetch import PIECE, Fetched
from tests.pipeline.given import ANA, LUZ, NOW, SUBJECT, Desk, Killed, broken, commits_fail, mail, poison

OPENED, FAILED = Outcome.OPENED, Outcome.FAILED
ONE_BY_ONE = "messages.one_by_one"
SUBJECTS = [f"{SUBJECT} {n}" for n in range(4)]


def commits(desk: Desk, mails: int) -> int:
    """Of a poll that finds so many."""
    for n in range(mails):
        desk.gets(mail(f"{SUBJECT} {mails}-{n}"))
    made = []

    def count(_: Any) -> None:
        made.append(1)

    event.listen(desk.store.engine, "commit", count)
    assert desk.poll() == [OPENED] * mails
    event.remove(desk.store.engine, "commit", count)
    return len(made)


def test_several_cost_no_more_transactions_than_one(desk: Desk) -> None:
    desk.poll()
    one = commits(desk, 1)
    assert commits(desk, TOGETHER) == one
    assert commits(desk, TOGETHER + 1) == one + 1


def test_if_the_process_dies_before_the_commit_nothing_of_any_is_stored(desk: Desk) -> None:
    """Invariants 1 and 2."""
    for subject in SUBJECTS:
        desk.gets(mail(subject))
    desk.imap()
    with commits_fail(desk.store, Killed()), pytest.raises(Killed):
        desk.poll()
    desk.restart()
    assert (desk.messages(), desk.lies_in("INBOX")) == ([], SUBJECTS)
    assert desk.poll() == [OPENED] * 4
    assert (len(desk.cases()), len(desk.replies())) == (4, 4)


def test_while_the_database_is_away_each_of_them_stays_for_the_next_poll(desk: Desk) -> None:
    for subject in SUBJECTS:
        desk.gets(mail(subject))
    with broken(outbox, "queue", StoreUnavailable("sin base de datos")), pytest.raises(StoreUnavailable):
        desk.poll()
    assert (desk.messages(), desk.lies_in("INBOX")) == ([], SUBJECTS)
    assert desk.poll() == [OPENED] * 4


def test_one_that_cannot_be_read_takes_none_of_the_others_with_it(desk: Desk) -> None:
    """Lesson 7, hazard 49."""
    for raw in (mail(SUBJECTS[0]), poison(), mail(SUBJECTS[1])):
        desk.gets(raw)
    assert desk.poll() == [OPENED, FAILED, OPENED]
    assert desk.lies_in("Por revisar") == ["veneno"]


def breaking(monkeypatch: pytest.MonkeyPatch, *calls: int) -> None:
    """These calls of `decide`, counted from 1, meet a mistake of ours."""
    made: list[Any] = []

    def breaks(*given: Any) -> Any:
        made.append(given)
        if len(made) in calls:
            raise ZeroDivisionError("maldito")
        return decide(*given)

    monkeypatch.setattr(pipeline, "decide", breaks)


def test_one_on_which_nothing_can_be_decided_takes_none_with_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hazard 49: the third breaks it among the others, and again by itself."""
    for subject in SUBJECTS:
        desk.gets(mail(subject))
    breaking(monkeypatch, 3, 6)
    assert desk.poll() == [OPENED, OPENED, FAILED, OPENED]
    assert [case["subject"] for case in desk.cases()] == [SUBJECTS[0], SUBJECTS[1], SUBJECTS[3]]
    assert len(desk.replies()) == 3


def test_what_went_wrong_only_among_others_goes_well_by_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for subject in SUBJECTS:
        desk.gets(mail(subject))
    breaking(monkeypatch, 3)
    assert desk.poll() == [OPENED] * 4
    assert [case["subject"] for case in desk.cases()] == SUBJECTS
    assert len(desk.replies()) == 4


LARGE = mail("Grande", "una línea y otra\n" * (PIECE // 15))


def test_a_large_one_for_which_there_is_no_room_keeps_back_none_before_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk has room for the small ones (hazard 49)."""
    record = ledger.record

    def no_room(s: Any, arrival: Any, place: Any, raw: Any, *rest: Any, **more: Any) -> int:
        if len(raw) > PIECE:
            raise StoreUnavailable("el disco está lleno")
        return record(s, arrival, place, raw, *rest, **more)

    monkeypatch.setattr(ledger, "record", no_room)
    for raw in (*map(mail, SUBJECTS), LARGE):
        desk.gets(raw)
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            desk.poll()
    assert [case["subject"] for case in desk.cases()] == SUBJECTS


def test_none_waits_until_the_server_has_given_a_large_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[int] = []
    in_pieces = imap_fetch._in_pieces

    def slowly(*given: Any) -> Any:
        stored.append(len(desk.messages()))
        return in_pieces(*given)

    monkeypatch.setattr(imap_fetch, "_in_pieces", slowly)
    for raw in (*map(mail, SUBJECTS), LARGE):
        desk.gets(raw)
    assert len(desk.poll()) == len(SUBJECTS) + 1
    assert stored == [len(SUBJECTS)]


def test_each_that_is_taken_in_by_itself_is_told_before_the_next_is_begun(desk: Desk) -> None:
    """Its reply waits for no other, and it counts also where the database goes away at the next."""
    for raw in (mail(SUBJECTS[0]), mail(SUBJECTS[1]), poison()):
        desk.gets(raw)
    told: list[Outcome | None] = []

    def stored(_: Folder, __: Fetched, outcome: Outcome | None) -> None:
        told.append(outcome)

    box, imap = desk.box(), desk.imap()
    with (
        broken(ledger, "record_failed", StoreUnavailable("sin base de datos")),
        pytest.raises(StoreUnavailable),
    ):
        receive(box, imap, desk.live, desk.store, desk.clock, lambda: True, stored)
    assert told == [OPENED, OPENED]


def test_one_that_the_server_does_not_give_is_not_decided_by_what_there_is_of_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lesson 7: it is asked for again, and the others have their outcome."""
    for subject in SUBJECTS:
        desk.gets(mail(subject))
    imap = desk.imap()
    fetch = imap.fetch

    def withheld(*given: Any) -> Iterator[Fetched]:
        for n, each in enumerate(fetch(*given)):
            yield replace(each, error="SERVERBUG") if n == 1 else each

    monkeypatch.setattr(imap, "fetch", withheld)
    assert desk.poll() == [OPENED] * 3
    assert [case["subject"] for case in desk.cases()] == [SUBJECTS[0], *SUBJECTS[2:]]
    monkeypatch.undo()
    assert desk.poll() == [OPENED]


def test_only_a_mistake_of_ours_is_told_as_one_among_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else nobody would hear of one that goes well by itself; a mail that cannot be read is told of as `failed`."""
    for raw in (mail(SUBJECTS[0]), poison()):
        desk.gets(raw)
    with capture_logs() as of_poison:
        desk.poll()
    for subject in SUBJECTS[1:3]:
        desk.gets(mail(subject))
    breaking(monkeypatch, 1)
    with capture_logs() as of_ours:
        assert desk.poll() == [OPENED, OPENED]
    said = [[e["log_level"] for e in events if e["event"] == ONE_BY_ONE] for events in (of_poison, of_ours)]
    assert said == [[], ["warning"]]


def test_two_deliveries_that_are_read_together_are_one_case(desk: Desk) -> None:
    """Invariant 2: the second one finds the first, which is not committed yet."""
    raw = mail()
    for _ in range(2):
        desk.gets(raw)
    assert desk.poll() == [OPENED, Outcome.DUPLICATE]
    assert (len(desk.cases()), len(desk.replies())) == (1, 1)


def test_a_second_mail_finds_the_precaso_that_the_first_one_opens_with_it(desk: Desk) -> None:
    for text in ("Hola, no puedo entrar.", "Teléfono: 300 555 0147"):
        desk.gets(mail(text=text))
    desk.gets(mail(sender=LUZ))
    assert desk.poll() == [OPENED, Outcome.UPDATED, OPENED]
    assert [case["requester"]["email"] for case in desk.cases()] == [ANA.addr_spec, LUZ.addr_spec]


def test_what_became_of_each_is_told_only_when_it_is_committed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []

    def tell(*_: Any) -> Outcome:
        told.append(len(desk.messages()))
        return OPENED

    monkeypatch.setattr(pipeline, "tell", tell)
    for subject in SUBJECTS:
        desk.gets(mail(subject))
    desk.poll()
    assert told == [4, 4, 4, 4]


def test_one_alone_is_stored_as_it_is_among_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The outcome of another daemon that was faster is taken over in both."""
    desk.gets(mail())
    found: list[Outcome] = []

    def after_another(*given: Any) -> Outcome:
        settle_alone(*given)
        found.append(settle_alone(*given))
        return found[0]

    monkeypatch.setattr(pipeline, "settle_alone", after_another)
    assert desk.poll() == found == [OPENED]
    assert len(desk.cases()) == 1


# -- which are taken together ------------------------------------------------------------------------------


def fetched(*answers: int) -> Iterator[Fetched]:
    """So many messages in each answer of the server."""
    for answer in answers:
        for n in range(1, answer + 1):
            yield Fetched(n, NOW, 5, b"", whole=True, last=n == answer)


@pytest.mark.parametrize(
    ("answers", "taken"),
    [
        ([], []),
        ([1], [1]),
        ([TOGETHER], [TOGETHER]),
        ([2 * TOGETHER + 1], [TOGETHER, TOGETHER, 1]),
        ([2, 1, TOGETHER + 1], [2, 1, TOGETHER, 1]),
    ],
)
def test_a_few_of_one_answer_are_taken_together(answers: list[int], taken: list[int]) -> None:
    assert [len(some) for some in together(fetched(*answers))] == taken


def test_where_the_last_one_of_an_answer_is_gone_the_others_are_taken_with_the_next() -> None:
    found = [replace(mail, last=False) for mail in fetched(2)]
    assert [len(some) for some in together([*found, *fetched(2)])] == [4]


@pytest.mark.parametrize(
    "error", [TransportError("Leer", "la conexión se cortó"), AttributeError("un error nuestro")]
)
def test_what_came_before_the_reading_broke_is_taken_all_the_same(error: Exception) -> None:
    """What breaks at the same mail each time would else keep back those before it."""

    def breaks() -> Iterator[Fetched]:
        yield from fetched(3)
        yield from islice(fetched(3), 2)
        raise error

    some = together(breaks())
    assert [len(next(some)), len(next(some))] == [3, 2]
    with pytest.raises(type(error)):
        next(some)


def test_whoever_stops_between_two_is_given_no_more() -> None:
    some: Any = together(fetched(TOGETHER + 1))
    assert len(next(some)) == TOGETHER
    some.close()
    assert list(some) == []
