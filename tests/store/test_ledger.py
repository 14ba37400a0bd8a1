"""What came, where it lies, what became of it: nothing is lost, nothing is doubled (invariants 1, 2)."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from mailbot.desk.decision import Outcome, Verdict
from mailbot.mail.message import Attachment
from mailbot.store import Conflict, ledger, queries
from mailbot.store.engine import Store
from mailbot.store.ledger import MoveDue, Progress, Seen
from mailbot.store.raw import CHUNK, SMALL
from mailbot.values import Reason
from tests.mail.elsewhere import Elsewhere
from tests.store.desk import ANA, BOX, DAY, EVE, HOUR, NOW, arrival, mail, opened, place, stored

# -- outcomes --------------------------------------------------------------------------------------------


def test_a_message_is_recorded_with_its_outcome_and_why(store: Store) -> None:
    """Invariants 1 and 8."""
    attachment = Attachment("../../etc/passwd.pdf", "application/pdf", 5, "ab" * 32)
    message = mail(
        text="Ayuda.", reply_text="Ayuda", attachments=(attachment,), repaired=("charset",), verified=True
    )
    at = place(uid=4_294_967_295, uidvalidity=4_294_967_295)  # RFC 9051 §9: 32 bits without a sign
    reasons = (Reason("rule", "matched", "clave"), Reason("reply", "none", "robot"))
    decision = Verdict(outcome=Outcome.INFORMATIVO, reasons=reasons, may_answer=True)
    with store.transaction() as s:
        message_id = ledger.record(s, arrival(message), at, b"raw", decision, now=NOW + HOUR)

    with store.reading() as s:
        assert ledger.outcome_at(s, at) is Outcome.INFORMATIVO
        assert ledger.outcome_at(s, replace(at, uid=1)) is None
        assert ledger.seen(s, at, "another") == Seen(Outcome.INFORMATIVO, None, None)
        assert ledger.seen(s, replace(at, uid=1), message.content_hash) == Seen(None, message_id, "handled")
        assert queries.message(s, message_id) == {
            "id": message_id,
            "mailbox": BOX,
            "message_id": message.message_id,
            "from": ANA.email,
            "subject": "Olvidé la clave",
            "received_at": "2026-03-02T15:00:00Z",
            "outcome": "informativo",
            "case": None,
            "rule": "acceso",
            "automatic": False,
            "may_answer": True,
            "also_matched": ["otra"],
            "words": ["clave"],
            "sender_verified": True,
            "repaired": ["charset"],
            "reasons": [
                {"check": "rule", "said": "matched", "detail": "clave"},
                {"check": "reply", "said": "none", "detail": "robot"},
            ],
            "text": "Ayuda.",
            "reply_text": "Ayuda",
            "attachments": [
                {
                    "name": "../../etc/passwd.pdf",
                    "type": "application/pdf",
                    "size": 5,
                    "sha256": "ab" * 32,
                    "inside": "",
                }
            ],
            "locations": [{"folder": "INBOX", "uidvalidity": 4_294_967_295, "uid": 4_294_967_295}],
            "kind": "person",
            "duplicate_of": None,
            "earlier": [],
            "removed_at": None,
        }


def test_one_place_has_one_message(store: Store) -> None:
    """Lesson 1, hazard 54: the key, not a lock, keeps two pollers apart."""
    at = place()
    stored(store, mail(), place=at)
    with pytest.raises(Conflict):
        stored(store, mail(), place=at)
    with store.reading() as s:
        assert len(queries.messages(s)) == 1


def test_one_content_is_one_message_and_its_copies_say_so(store: Store) -> None:
    """Lesson 22: two mailboxes, a new UIDVALIDITY, two deliveries."""
    message = mail()
    original = stored(store, message, raw=b"the bytes")
    with pytest.raises(Conflict):
        stored(store, message)
    copies = [
        stored(store, message, Outcome.DUPLICATE, duplicate_of=original, raw=b"as routed") for _ in range(2)
    ]

    with store.reading() as s:
        assert ledger.recorded(s, [message.content_hash, "unknown"]) == {message.content_hash: original}
        # the first one's bytes serve for all
        assert {ledger.raw(s, i) for i in (original, *copies)} == {b"the bytes"}


def test_two_different_mails_with_one_message_id_are_both_kept(store: Store) -> None:
    """Invariant 2, hazard 53."""
    for _ in range(2):
        stored(store, mail(message_id="<reused@evil.example>"))
    with store.reading() as s:
        assert len(queries.messages(s)) == 2


def test_a_message_without_sender_or_with_an_endless_message_id_is_stored(store: Store) -> None:
    """PostgreSQL's indexes refuse long entries; a stranger must not stop a mailbox with one."""
    long = f"<{'ñ' * 4000}@x>"
    message_id = stored(
        store, mail(sender=None, message_id=long), arrival=arrival(mail(None, message_id=long), rule=None)
    )
    with store.reading() as s:
        read = queries.message(s, message_id)
        assert read
        assert (read["from"], read["rule"], read["words"]) == ("", None, [])
        assert queries.find_message(s, long) == message_id


def test_what_could_not_be_read_is_not_recorded_as_if_it_were(store: Store) -> None:
    came = replace(arrival(mail()), message=None)
    with pytest.raises(ValueError, match="record_failed"), store.transaction() as s:
        ledger.record(s, came, place(), b"", Verdict(outcome=Outcome.IGNORED), now=NOW)


# -- failures --------------------------------------------------------------------------------------------


def failed(store: Store, raw: bytes = b"\xff broken", **rest: Any) -> int:
    with store.transaction() as s:
        return ledger.record_failed(s, place(), raw, NOW, "RecursionError()", NOW, **rest)


def test_what_cannot_be_read_is_kept_whole_and_set_aside(store: Store) -> None:
    """Invariant 1, hazard 49."""
    message_id = failed(store, sender="ana@mesa.example")
    with store.reading() as s:
        read = queries.message(s, message_id)
        assert read
        assert (read["outcome"], read["from"]) == ("failed", "ana@mesa.example")
        assert read["reasons"] == [{"check": "failed", "said": "error", "detail": "RecursionError()"}]
        assert ledger.raw(s, message_id) == b"\xff broken"
        assert [m.filed for m in ledger.moves_due(s, BOX, "INBOX", 7)] == ["review"]


def test_the_same_broken_bytes_again_do_not_stop_the_mailbox(store: Store) -> None:
    first, second = failed(store), failed(store)
    with store.reading() as s:
        read = queries.message(s, second)
        assert read
        assert read["duplicate_of"] == first


@pytest.mark.parametrize(
    ("sender", "since", "until", "found"),
    [
        (None, -HOUR, HOUR, True),  # anybody's
        (EVE.email, -HOUR, HOUR, True),  # hers
        (ANA.email, -HOUR, HOUR, False),  # not Ana's
        (EVE.email, HOUR, DAY, False),  # later
        (EVE.email, -DAY, -HOUR, False),  # earlier
    ],
)
def test_whether_somebodys_mail_could_not_be_read(store: Store, sender, since, until, found) -> None:  # type: ignore[no-untyped-def]
    failed(store, sender=EVE.email)
    stored(store, mail(ANA))
    with store.reading() as s:
        assert ledger.failed_since(s, BOX, sender, NOW + since, NOW + until) is found
        assert not ledger.failed_since(s, "ventas", sender, NOW + since, NOW + until)


def test_a_broken_mail_of_nobody_knows_whom_may_be_anybodys(store: Store) -> None:
    failed(store)
    with store.reading() as s:
        assert ledger.failed_since(s, BOX, ANA.email, NOW - HOUR, NOW)


def test_a_retry_replaces_the_outcome_and_keeps_the_old_one_as_history(store: Store) -> None:
    """One row, one outcome, however often it is tried."""
    message_id = failed(store)
    message = mail()
    decision = Verdict(outcome=Outcome.IGNORED, reasons=(Reason("rule", "none"),), filed="handled")
    with store.transaction() as s:
        ledger.again(s, message_id, arrival(message), decision, now=NOW + DAY)

    with store.reading() as s:
        read = queries.message(s, message_id)
        assert read
        assert (read["outcome"], read["message_id"]) == ("ignored", message.message_id)
        [past] = read["earlier"]
        assert (past["outcome"], past["at"], past["reasons"][0]["said"]) == (
            "failed",
            "2026-03-03T15:00:00+00:00",
            "error",
        )
        assert ledger.recorded(s, [message.content_hash]) == {message.content_hash: message_id}


def test_a_message_whose_outcome_changed_is_moved_from_where_it_lies_now(store: Store) -> None:
    message_id = failed(store)
    with store.transaction() as s:
        [due] = ledger.moves_due(s, BOX, "INBOX", 7)
        ledger.moved(s, "Por revisar", {due.location_id: (8, 1)}, NOW)
        ledger.again(
            s, message_id, arrival(mail()), Verdict(outcome=Outcome.IGNORED, filed="handled"), now=NOW
        )

    with store.reading() as s:
        assert ledger.moves_due(s, BOX, "INBOX", 7) == []
        assert [(m.uid, m.filed) for m in ledger.moves_due(s, BOX, "Por revisar", 8)] == [(1, "handled")]


def test_a_stored_message_is_seen_as_a_retry_needs_it(store: Store) -> None:
    message_id = failed(store)
    with store.reading() as s:
        seen = ledger.stored(s, message_id)
        assert ledger.stored(s, message_id + 1) is None
    assert seen == ledger.Stored(message_id, BOX, NOW, Outcome.FAILED, None, None, not_given=False)


# -- bytes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, SMALL - 1, SMALL, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_a_message_comes_back_as_it_came(store: Store, size: int) -> None:
    raw = hashlib.shake_256(b"seed").digest(size)
    message_id = stored(store, mail(), raw=raw)
    with store.reading() as s:
        assert ledger.raw(s, message_id) == raw


def test_small_mail_is_compressed_and_large_mail_lies_in_pieces(store: Store) -> None:
    """Compressing attachments costs more than it saves."""
    stored(store, mail(), raw=b"a" * (SMALL - 1))
    stored(store, mail(), raw=b"a" * (CHUNK + 1))
    with store.reading() as s:
        rows = s.connection().execute(
            text("SELECT n, compressed, length(data) AS size FROM raw_chunk ORDER BY message_id, n")
        )
        kept = [(row.n, bool(row.compressed), row.size) for row in rows]
    assert kept[0][:2] == (0, True)
    assert kept[0][2] < 1000
    assert kept[1:] == [(0, False, CHUNK), (1, False, 1)]


@pytest.mark.parametrize("size", [0, SMALL, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])
def test_a_large_message_is_read_a_chunk_at_a_time(store: Store, size: int) -> None:
    """Hazard 43: any piece of it, also one that begins in a chunk and ends in another."""
    raw = hashlib.shake_256(b"seed").digest(size)
    message_id = stored(store, mail(), raw=raw)
    with store.reading() as s:
        octets = ledger.octets(s, message_id)
        assert (len(octets), octets[:]) == (size, raw)
        for start, stop in ((0, 10), (CHUNK - 1, CHUNK + 1), (5, 2 * CHUNK), (CHUNK, CHUNK), (7, 9 * CHUNK)):
            assert octets[start:stop] == raw[start:stop]


def test_a_message_that_is_no_bytes_is_stored_as_it_is(store: Store) -> None:
    raw = hashlib.shake_256(b"seed").digest(2 * CHUNK + 1)
    message_id = stored(store, mail(), raw=Elsewhere(raw))
    with store.reading() as s:
        assert ledger.raw(s, message_id) == raw
    assert ledger.raw_hash(Elsewhere(raw)) == ledger.raw_hash(raw)


def test_bytes_that_are_not_there_are_told(store: Store) -> None:
    with pytest.raises(LookupError, match="4711"), store.reading() as s:
        ledger.raw(s, 4711)


# -- places ----------------------------------------------------------------------------------------------


def test_what_has_an_outcome_is_known_by_its_place_alone(store: Store) -> None:
    r"""Lessons 3, 4: UIDs of another UIDVALIDITY say nothing, and `\Seen` is not asked."""
    stored(store, mail(), place=place(10))
    stored(store, mail(), place=place(12, uidvalidity=6))
    stored(store, mail(), place=place(13, mailbox="ventas"))
    with store.reading() as s:
        assert ledger.known_uids(s, BOX, "INBOX", 7, [9, 10, 11, 12, 13]) == {10}
        assert ledger.known_uids(s, BOX, "INBOX", 7, []) == set()


def test_what_is_stored_is_moved_once(store: Store) -> None:
    message_id = stored(store, mail(), place=place(10), filed="handled")
    stays_there = stored(store, mail(), place=place(11), filed="")
    with store.transaction() as s:
        [due] = ledger.moves_due(s, BOX, "INBOX", 7)
        assert (due.uid, due.filed) == (10, "handled")
        ledger.moved(s, "Procesados", {due.location_id: (3, 44)}, NOW)

    with store.reading() as s:
        assert ledger.moves_due(s, BOX, "INBOX", 7) == []
        assert ledger.known_uids(s, BOX, "INBOX", 7, [10, 11]) == {10, 11}  # a place is never forgotten
        assert ledger.known_uids(s, BOX, "Procesados", 3, [44]) == {44}
        assert places(s, message_id) == [("Procesados", 3, 44)]
        assert places(s, stays_there) == [("INBOX", 7, 11)]


@pytest.mark.parametrize(
    ("folder", "uidvalidity", "uid", "expected"),
    [
        ("Procesados", None, None, [("Procesados", None, None)]),  # a server without COPYUID
        ("", None, None, [("INBOX", 7, 10)]),  # it stays where it is
    ],
)
def test_a_move_may_tell_less(store: Store, folder, uidvalidity, uid, expected) -> None:  # type: ignore[no-untyped-def]
    message_id = stored(store, mail(), place=place(10))
    with store.transaction() as s:
        [due] = ledger.moves_due(s, BOX, "INBOX", 7)
        ledger.moved(s, folder, {due.location_id: (uidvalidity, uid) if uidvalidity and uid else None}, NOW)
    with store.reading() as s:
        assert places(s, message_id) == expected
        assert ledger.moves_due(s, BOX, "INBOX", 7) == []


def test_of_two_daemons_that_move_it_at_once_the_first_one_knows_where_it_lies(store: Store) -> None:
    """The server moved it once; the second daemon finds it gone. It lay in two places at once (simulate, seed 259)."""
    message_id = stored(store, mail(), place=place(10))
    with store.reading() as s:
        [due] = ledger.moves_due(s, BOX, "INBOX", 7)
    for there in ((3, 44), None):
        with store.transaction() as s:
            ledger.moved(s, "Procesados", {due.location_id: there}, NOW)
    with store.reading() as s:
        assert places(s, message_id) == [("Procesados", 3, 44)]


def test_two_messages_may_lie_somewhere_unknown_in_one_folder(store: Store) -> None:
    for uid in (10, 11):
        stored(store, mail(), place=place(uid))
    with store.transaction() as s:
        for due in ledger.moves_due(s, BOX, "INBOX", 7):
            ledger.moved(s, "Procesados", {due.location_id: None}, NOW)
    with store.reading() as s:
        assert places(s, 1) == places(s, 2) == [("Procesados", None, None)]


def test_what_somebody_else_took_away_is_nowhere(store: Store) -> None:
    message_id = stored(store, mail(), place=place(10))
    with store.transaction() as s:
        ledger.gone(s, [due.location_id for due in ledger.moves_due(s, BOX, "INBOX", 7)], NOW)
    with store.reading() as s:
        assert places(s, message_id) == []
        assert ledger.moves_due(s, BOX, "INBOX", 7) == []


def test_a_move_is_due_in_the_order_of_uids_and_of_this_folder_alone(store: Store) -> None:
    for uid in (12, 10, 11):
        stored(store, mail(), place=place(uid), filed="Alertas")
    stored(store, mail(), place=place(9, folder="Otra"))
    with store.reading() as s:
        due = ledger.moves_due(s, BOX, "INBOX", 7)
        assert due == [MoveDue(2, 10, "Alertas"), MoveDue(3, 11, "Alertas"), MoveDue(1, 12, "Alertas")]


# -- progress --------------------------------------------------------------------------------------------


def test_progress_is_kept_and_advances(store: Store) -> None:
    begun = Progress(7, 10, 11, NOW)
    with store.transaction() as s:
        assert ledger.progress(s, BOX, "INBOX") is None
        assert ledger.read_up_to(s, BOX) is None
        ledger.save_progress(s, BOX, "INBOX", begun)
        ledger.advance(s, BOX, "INBOX", 7, 20, None)
    with store.transaction() as s:
        assert ledger.progress(s, BOX, "INBOX") == replace(begun, uid_seen=20)
        ledger.advance(s, BOX, "INBOX", 7, 15, NOW + HOUR)  # never backwards
        ledger.advance(s, BOX, "INBOX", 6, 99, NOW + DAY)  # of a UIDVALIDITY that is gone
    with store.reading() as s:
        assert ledger.progress(s, BOX, "INBOX") == replace(begun, uid_seen=20, read_up_to=NOW + HOUR)
        assert ledger.read_up_to(s, BOX) == NOW + HOUR


def test_a_mailbox_was_read_as_far_as_the_folder_that_is_polled_now(store: Store) -> None:
    """The admin may name another folder: the row of the old one stays as it was."""
    with store.transaction() as s:
        ledger.save_progress(s, BOX, "INBOX", Progress(7, 10, 11, NOW, NOW))
        ledger.save_progress(s, BOX, "Entrada", Progress(8, 1, 1, NOW, NOW + DAY))
        ledger.save_progress(s, "ventas", "INBOX", Progress(9, 1, 1, NOW, NOW + 2 * DAY))
    with store.reading() as s:
        assert ledger.read_up_to(s, BOX) == NOW + DAY


def places(s, message_id: int) -> list[tuple[str, int | None, int | None]]:  # type: ignore[no-untyped-def]
    read = queries.message(s, message_id)
    assert read
    return [(at["folder"], at["uidvalidity"], at["uid"]) for at in read["locations"]]


def test_the_senders_last_message_of_a_case_is_found(store: Store) -> None:
    """What a reminder answers."""
    case = opened(store, mail(ANA))
    for sender in (ANA, EVE):
        with store.transaction() as s:
            ledger.record(
                s,
                arrival(mail(sender)),
                place(),
                b"raw",
                Verdict(outcome=Outcome.UPDATED),
                case_id=case.id,
                now=NOW,
            )
    with store.reading() as s:
        assert ledger.last_of(s, case.id, ANA.email) == 2
        assert ledger.last_of(s, case.id, "nobody@x") is None


def test_what_was_written_first_in_a_case_is_found(store: Store) -> None:
    """What the desk reads beside a later answer."""
    first = replace(mail(ANA), text="No imprime.\n> cita", reply_text="No imprime.")
    case = opened(store, first)
    with store.transaction() as s:
        answer = arrival(replace(mail(ANA), reply_text="Piso 3"))
        ledger.record(s, answer, place(), b"raw", Verdict(outcome=Outcome.UPDATED), case_id=case.id, now=NOW)
    with store.reading() as s:
        assert ledger.first_words(s, case.id) == (1, "No imprime.")
        assert ledger.first_words(s, 999) is None


def test_where_only_quotes_were_written_the_whole_text_is_found(store: Store) -> None:
    case = opened(store, replace(mail(ANA), text="> cita", reply_text=""))
    with store.reading() as s:
        assert ledger.first_words(s, case.id) == (1, "> cita")


def test_no_content_has_two_outcomes_of_its_own(store: Store) -> None:
    message = mail()
    first = stored(store, message)
    stored(store, message, Outcome.DUPLICATE, duplicate_of=first)
    with store.reading() as s:
        assert ledger.doubled(s, BOX) == []
