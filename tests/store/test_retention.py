"""`[retention]`: what goes, what stays whatever is set, and that nobody notices but who looks for it.

The desk of `tests/pipeline/test_retention.py` shows that a removed mail is never taken for new.
"""

import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from mailbot.desk.case import Case, State
from mailbot.desk.decision import Change, Event, Outcome, Verdict
from mailbot.desk.delivery import Status
from mailbot.desk.joining import stops
from mailbot.store import cases, ledger, numbers, outbox, queries, raw, removal, retention, tables
from mailbot.store.check import integrity
from mailbot.store.columns import table
from mailbot.store.engine import Store
from mailbot.store.retention import Kept
from mailbot.store.statements import rows, scalar
from tests.store.desk import (
    ANA,
    DAY,
    EVE,
    NOW,
    apply,
    arrival,
    asks,
    give,
    mail,
    move,
    opened,
    order,
    place,
    queued,
    reload,
    stored,
)

ROOT = Path(__file__).parents[2]
raw_chunk, outboxes, relation = table(tables.RawChunk), table(tables.Outbox), table(tables.Relation)

ALL = Kept(raw=30 * DAY, decisions=60 * DAY, cases=90 * DAY)
LATER = NOW + 100 * DAY
SECRETS = ("Ana", "ana@", "Ayuda", "Olvidé", "300 555", "bytes")


def remove(store: Store, kept: Kept = ALL, now: datetime = LATER) -> dict[str, int]:
    return dict(retention.remove(store, kept, now, lambda: True))


def ended(store: Store, state: State = State.ANULADO, now: datetime = NOW) -> Case:
    """A case with its data, a reply that was sent, a note; ended at once."""
    case = opened(store, now=now, data=give(telefono="300 555 0101"), clocks=asks(now))
    sent(store, case)
    with store.transaction() as s:
        cases.tell(s, case.id, Event("note", "cli:luz", "Llamó Ana, 300 555 0101"), now)
        change = replace(move(case, state, "Ana insistió", by="cli:luz"), clocks=stops("ended"))
        return apply(s, change, None, now)


def sent(store: Store, case: Case | None, **rest: Any) -> int:
    reply, _ = queued(store, case, **rest)
    with store.transaction() as s:
        outbox.claim(s, "soporte", NOW, "w")
        outbox.settle(s, reply, Status.SENT, "250 ok", NOW, sent_message_id="<provider.1@x.example>")
    return reply


def everything(store: Store) -> str:
    """All that stands in the database."""
    with store.reading() as s:
        return str([[tuple(row) for row in rows(s, each.select())] for each in tables.ALL.sorted_tables])


# -- cases -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.ANULADO, State.NO_GESTIONADO])
def test_of_a_case_that_ended_long_ago_only_its_number_states_and_times_stay(
    store: Store, state: State
) -> None:
    case = ended(store, state)

    assert remove(store, Kept(cases=90 * DAY)) == {"cases": 1}

    assert [secret for secret in SECRETS if secret in everything(store)] == []
    with store.reading() as s:
        shown = queries.case(s, case.number)
        assert integrity(s) == ()
    assert shown
    assert (shown["number"], shown["state"], shown["subject"]) == (case.number, state, "")
    assert shown["requester"] == {"name": "", "email": ""}
    assert (shown["required"], shown["missing"]) == ({}, [])
    assert [(e["kind"], e["to_state"], e["by"]) for e in shown["history"]] == [
        ("registered", State.PRECASO, "mailbot"),
        ("moved", state, "cli:luz"),
        ("removed", None, "mailbot"),
    ]
    assert shown["removed_at"] == "2026-06-10T15:00:00Z"


def test_a_message_that_was_removed_says_when_and_why(store: Store) -> None:
    case = ended(store)
    remove(store)

    with store.reading() as s:
        (message,) = ledger.of_case(s, case.id)
        shown = queries.message(s, message)
    assert shown
    assert shown["reasons"] == [{"check": "removed", "said": "retention", "detail": "2026-06-10"}]
    assert (shown["case"], shown["outcome"]) == (case.number, Outcome.OPENED)
    assert shown["removed_at"]


def test_a_case_that_somebody_works_on_is_left_alone_however_old(store: Store) -> None:
    case = opened(store, data=give(telefono="300 555 0101"))
    before = everything(store)

    assert remove(store) == {}
    assert everything(store) == before
    assert reload(store, case).is_removed is False


def test_a_case_that_ended_lately_is_left_alone(store: Store) -> None:
    ended(store, now=LATER - 90 * DAY)
    assert remove(store, Kept(cases=90 * DAY)) == {}


def test_a_case_whose_reply_is_on_its_way_waits_for_it(store: Store) -> None:
    case = ended(store)
    reply, _ = queued(store, case)
    assert remove(store, Kept(cases=90 * DAY)) == {}

    with store.transaction() as s:
        claimed = outbox.claim(s, "soporte", NOW, "w")
        assert claimed
        assert claimed.id == reply
        assert claimed.data.startswith(b"bytes")
    assert remove(store, Kept(cases=90 * DAY)) == {}
    with store.transaction() as s:
        outbox.settle(s, reply, Status.SENT, "", NOW)
    assert remove(store, Kept(cases=90 * DAY)) == {"cases": 1}


def test_a_case_of_a_thousand_alarms_is_removed_in_more_than_one_transaction(store: Store) -> None:
    case = ended(store)
    with store.transaction() as s:
        for _ in range(removal.MOST + 5):
            ledger_id = _joined(s, case)
    batches = 0

    def going() -> bool:
        nonlocal batches
        batches += 1
        return True

    assert dict(retention.remove(store, Kept(cases=DAY), LATER, going)) == {"cases": 1}
    assert batches > 3
    with store.reading() as s:
        shown = queries.message(s, ledger_id)
        assert shown
        assert shown["removed_at"]
        assert integrity(s) == ()


def _joined(s: Any, case: Case) -> int:
    change = Change(case=cases.by_id(s, case.id), events=(Event("repeated", "mail:ana@mesa.example"),))
    message = ledger.record(
        s, arrival(mail()), place(), b"raw", Verdict(outcome=Outcome.UPDATED, reasons=()), now=NOW
    )
    apply(s, change, message, NOW)
    return message


def test_a_relation_to_a_live_case_stays_and_says_no_name(store: Store) -> None:
    old = ended(store)
    events = (Event("registered", "mail:ana@mesa.example", "acceso", State.PRECASO),)
    late = opened(store, mail(EVE), relations=((old.id, "late_answer_of"),), events=events)
    remove(store)

    with store.reading() as s:
        shown = queries.case(s, late.number)
        by = [row.by for row in rows(s, relation.select())]
    assert shown
    assert shown["related"] == [{"number": old.number, "how": "late_answer_of"}]
    assert by == ["mail:"]


# -- mail of no case -------------------------------------------------------------------------------------


def test_of_a_mail_of_no_case_only_its_trace_stays(store: Store) -> None:
    """Its content hash, Message-ID and place: it is never taken for new (invariants 1 and 2)."""
    written = mail(text="Ayuda, soy Ana, ana@mesa.example", subject="Olvidé la clave")
    message = stored(store, written, raw=b"Ayuda", place=place(9))
    sent(store, None, message_id=message, order=order(template="sin_regla"))

    assert remove(store, Kept(decisions=60 * DAY)) == {"messages": 1}

    assert [secret for secret in SECRETS if secret in everything(store)] == []
    with store.reading() as s:
        assert ledger.recorded(s, [written.content_hash]) == {written.content_hash: message}
        assert ledger.outcome_at(s, place(9)) is Outcome.UNMATCHED
        assert ledger.known_names(s, [written.message_id]) == 1
        assert queries.find_message(s, written.message_id) == message
        assert queries.reply_to(s, message) is None
        assert integrity(s) == ()
        with pytest.raises(LookupError):
            raw.raw(s, message)


def test_mail_of_a_case_and_mail_that_could_not_be_read_is_no_log_of_decisions(store: Store) -> None:
    opened(store)
    with store.transaction() as s:
        ledger.record_failed(s, place(), b"veneno", NOW, "demasiadas partes", NOW, sender="ana@mesa.example")
    before = everything(store)

    assert remove(store, Kept(decisions=60 * DAY)) == {}
    assert everything(store) == before


def test_a_mail_whose_answer_is_on_its_way_waits_for_it(store: Store) -> None:
    message = stored(store, mail())
    queued(store, None, message_id=message)
    assert remove(store, Kept(decisions=60 * DAY)) == {}


def test_what_was_stored_lately_stays_however_old_the_mail_is(store: Store) -> None:
    """A first connection with `start = "all"` must not throw away at once what it just read."""
    stored(store, mail(), now=LATER - 59 * DAY, arrival=arrival(mail(), NOW - 900 * DAY))
    assert remove(store, Kept(decisions=60 * DAY)) == {}


# -- bytes -----------------------------------------------------------------------------------------------


def test_bytes_go_and_what_was_understood_of_them_stays(store: Store) -> None:
    case = ended(store)
    with store.reading() as s:
        (message,) = ledger.of_case(s, case.id)
        before = queries.message(s, message)

    assert remove(store, Kept(raw=30 * DAY)) == {"raw": 1, "replies": 1}

    with store.reading() as s:
        assert queries.message(s, message) == before
        assert scalar(s, raw_chunk.select()) is None
        assert [row.data for row in rows(s, outboxes.select())] == [b""]
        assert integrity(s) == ()
        assert ledger.last_of(s, case.id, ANA.email) is None  # who would thread a reply on it
    assert remove(store, Kept(raw=30 * DAY)) == {}


def test_bytes_that_somebody_needs_stay(store: Store) -> None:
    """Of a live case: attachments, threads. Of what could not be read: `retry`. Of what is to be sent."""
    live = opened(store)
    queued(store, live)
    with store.transaction() as s:
        ledger.record_failed(s, place(), b"veneno", NOW, "demasiadas partes", NOW)
    assert remove(store, Kept(raw=30 * DAY)) == {}

    with store.transaction() as s:
        apply(s, replace(move(live, State.ANULADO), clocks=stops("ended")), None, NOW)
    assert remove(store, Kept(raw=30 * DAY)) == {"raw": 1}


def test_bytes_of_a_reply_that_left_late_go_with_the_next_round(store: Store) -> None:
    """One that waited for years holds up no other."""
    waits, _ = queued(store, None, mailbox="gone")
    sent(store, None)
    assert remove(store, Kept(raw=30 * DAY)) == {"replies": 1}
    with store.transaction() as s:
        outbox.settle(s, waits, Status.SENT, "", NOW)

    assert remove(store, Kept(raw=30 * DAY)) == {"replies": 1}
    assert remove(store, Kept(raw=30 * DAY)) == {}


def test_large_mail_goes_one_by_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """50 MB of pages that are freed take a while; nobody waits for a hundred such."""
    monkeypatch.setattr(retention, "OCTETS", 10)
    for _ in range(3):
        stored(store, mail(), raw=b"x" * 20)
    turns = count(1)

    assert dict(retention.remove(store, Kept(raw=DAY), LATER, lambda: next(turns) > 0)) == {"raw": 3}
    assert next(turns) == 6  # three, one that finds nothing more, and one for replies


# -- what it is for --------------------------------------------------------------------------------------


def test_nothing_is_removed_where_nothing_is_set(store: Store) -> None:
    ended(store)
    stored(store, mail())
    before = everything(store)
    assert remove(store, Kept(), LATER + 9999 * DAY) == {}
    assert everything(store) == before


def test_it_ends_between_two_batches_and_goes_on_where_it_ended(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "MESSAGES", 2)
    for _ in range(5):
        stored(store, mail())
    turns = iter([True, True, False])

    assert retention.remove(store, Kept(decisions=DAY), LATER, lambda: next(turns)) == {"messages": 4}
    assert remove(store, Kept(decisions=DAY)) == {"messages": 1}


REMOVES = """
from mailbot.store import retention
from mailbot.store.engine import Store
from mailbot.store.retention import Kept
from tests.store.desk import DAY, NOW

retention.CASES, retention.MESSAGES = 1, 1
print("begins", flush=True)
retention.remove(Store.open({path!r}), Kept(DAY, DAY, DAY), NOW + 100 * DAY, lambda: True)
"""


def test_a_process_that_is_killed_leaves_a_sound_database_and_the_rest_for_the_next_round(
    sqlite_store: Store,
) -> None:
    for _ in range(20):
        ended(sqlite_store)
        stored(sqlite_store, mail())
    program = REMOVES.format(path=str(sqlite_store.path))
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout
        process.stdout.readline()
        while removed(sqlite_store) < 3:
            assert process.poll() is None or removed(sqlite_store) == 40
        process.kill()

    with sqlite_store.reading() as s:
        assert integrity(s) == ()
    remove(sqlite_store)
    assert removed(sqlite_store) == 40
    assert [secret for secret in SECRETS if secret in everything(sqlite_store)] == []


def removed(store: Store) -> int:
    """How many messages were."""
    with store.reading() as s:
        return sum("removed_at" in message for message in queries.messages(s))


def test_before_it_is_done_it_is_known_what_would_go(store: Store) -> None:
    ended(store)
    stored(store, mail(), raw=b"x" * 1000, now=NOW + DAY)
    sent(store, None)
    with store.reading() as s:
        due = retention.due(s, ALL, LATER)
    assert {name: (d["n"], d["octets"], d["oldest"]) for name, d in due.items()} == {
        "cases": (1, 0, NOW),
        "messages": (1, 1000, NOW + DAY),
        "raw": (2, 1000 + len(b"Subject: x\r\n\r\nAyuda.\r\n"), NOW),
        "replies": (2, due["replies"]["octets"], NOW),
    }
    assert due["replies"]["octets"] > 10
    assert remove(store) == {"cases": 1, "messages": 1, "replies": 1}


def test_a_number_is_never_given_again(store: Store) -> None:
    last = ended(store)
    remove(store)
    with store.reading() as s:
        assert numbers.last_given(s) == last.id
    assert opened(store).id == last.id + 1
