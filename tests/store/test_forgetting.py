"""`mailbot forget`: nothing that is stored says who a person was, or what they wrote (Ley 1581 de 2012, art. 8 e)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from mailbot.desk.case import Case, State
from mailbot.desk.decision import FORWARDED, Change, Event, Outcome, Verdict
from mailbot.desk.joining import stops
from mailbot.store import cases, forgetting, ledger, outbox, queries, tables
from mailbot.store.check import integrity
from mailbot.store.columns import table
from mailbot.store.engine import Store
from mailbot.store.forgetting import StillLive
from mailbot.store.statements import add
from tests.pipeline.given import Killed
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
from tests.store.test_retention import ended, everything, sent

remembered, person = table(tables.Remembered), table(tables.Person)
#: of her; and what stands in Eve's case too
SECRETS = ("Ana", "ana@", "Ayuda", "300 555", "bytes")
SUBJECT = "Olvidé"


def forget(store: Store, address: str = ANA.email, now: datetime = NOW) -> None:
    forgetting.forget(store, address, "cli:luz", now)


def found(store: Store, address: str = ANA.email) -> forgetting.Stored:
    with store.reading() as s:
        return forgetting.stored(s, address)


def a_life(store: Store) -> None:
    """Everything that there may be of a person who has no live case."""
    ended(store, State.NO_GESTIONADO)
    message = stored(store, mail(text="Ayuda", subject="Olvidé otra cosa"), raw=b"Ayuda, soy Ana")
    sent(store, None, message_id=message, order=order(template="sin_regla"))
    with store.transaction() as s:
        ledger.record_failed(s, place(), b"Ayuda", NOW, "roto", NOW, sender=ANA.email, subject="Olvidé")
        add(
            s,
            remembered,
            address=ANA.email,
            field="telefono",
            value="300 555 0101",
            message_id=message,
            at=NOW,
        )
        add(s, person, address=ANA.email, name="Ana Ruiz", role="")


def others_case(store: Store, *, live: bool) -> Case:
    """Of Eve, on which Ana wrote too, and gave a datum."""
    case = opened(store, mail(EVE, text="Socorro"), clocks=asks())
    with store.transaction() as s:
        written = ledger.record(s, arrival(mail(subject="RE:")), place(), b"Ayuda", _updated(), now=NOW)
        case = cases.by_id(s, case.id)
        by_her = (Event("answered", f"mail:{ANA.email}"),)
        told = Change(case=case, events=by_her, data=give(telefono="300 555 0101"), participants=(ANA,))
        case = apply(s, told, written, NOW)
        if not live:
            case = apply(s, replace(move(case, State.ANULADO), clocks=stops("ended")), None, NOW)
    return case


def _updated() -> Verdict:
    return Verdict(outcome=Outcome.UPDATED, reasons=())


def test_nothing_that_is_stored_tells_of_the_person_any_more(store: Store) -> None:
    a_life(store)
    forget(store)

    assert [secret for secret in (*SECRETS, SUBJECT) if secret in everything(store)] == []
    with store.reading() as s:
        assert integrity(s) == ()


def test_a_written_address_is_theirs_in_whatever_letters(store: Store) -> None:
    a_life(store)
    forget(store, "  ANA@mesa.Example ")
    assert "ana@" not in everything(store)


def test_an_address_with_a_tag_is_another_one(store: Store) -> None:
    a_life(store)
    before = everything(store)
    with store.reading() as s:
        assert forgetting.stored(s, "ana+x@mesa.example").is_nothing
    forget(store, "ana+x@mesa.example")
    assert before.count("ana@") == everything(store).count("ana@")


def test_the_case_stays_as_a_number_with_states_and_times(store: Store) -> None:
    case = ended(store)
    forget(store)

    with store.reading() as s:
        shown = queries.case(s, case.number)
    assert shown
    assert (shown["state"], shown["closed_at"], shown["requester"]["email"]) == (
        State.ANULADO,
        "2026-03-02T15:00:00Z",
        "",
    )
    assert shown["history"][-1] | {"at": ""} == {
        "at": "",
        "kind": "removed",
        "from_state": None,
        "to_state": None,
        "by": "cli:luz",
        "reason": "forgotten",
    }


def test_a_mail_that_still_lies_on_the_server_is_known_by_its_content(store: Store) -> None:
    written = mail()
    message = stored(store, written, place=place(5))
    forget(store)
    with store.reading() as s:
        assert ledger.recorded(s, [written.content_hash]) == {written.content_hash: message}
        assert ledger.outcome_at(s, place(5)) is Outcome.UNMATCHED


def test_what_could_not_be_read_waits_for_nobody_any_more(store: Store) -> None:
    with store.transaction() as s:
        message = ledger.record_failed(s, place(), b"Ayuda", NOW, "roto", NOW, sender=ANA.email)
    forget(store)
    with store.reading() as s:
        shown = queries.message(s, message)
    assert shown
    assert (shown["outcome"], shown["reasons"][0]["said"]) == (Outcome.IGNORED, "forgotten")


def test_a_person_with_a_live_case_is_not_forgotten_half(store: Store) -> None:
    a_life(store)
    live = opened(store)
    before = everything(store)

    assert found(store).live == [live.number]
    with pytest.raises(StillLive) as refused:
        forget(store)
    assert refused.value.numbers == [live.number]
    assert everything(store) == before


def test_what_they_wrote_on_a_live_case_of_another_stays_until_that_ends(store: Store) -> None:
    case = others_case(store, live=True)
    assert found(store).others == [case.number]

    forget(store)
    assert reload(store, case).data["telefono"].value == "300 555 0101"
    assert "ana@" in everything(store)

    with store.transaction() as s:
        apply(s, replace(move(reload(store, case), State.ANULADO), clocks=stops("ended")), None, NOW)
    forget(store)
    told = everything(store)
    assert [secret for secret in SECRETS if secret in told] == []
    assert "Socorro" in told  # and what Eve wrote is hers


def test_on_an_ended_case_of_another_only_what_is_theirs_goes(store: Store) -> None:
    case = others_case(store, live=False)
    forget(store)

    told = everything(store)
    assert [secret for secret in SECRETS if secret in told] == []
    after = reload(store, case)
    assert (after.requester, after.is_removed, after.data) == (EVE, False, {})


def test_a_live_case_of_another_keeps_what_was_written_to_both(store: Store) -> None:
    """What Eve got because of Ana's mail is history of Eve's case: with its address, for whoever works on it."""
    case = others_case(store, live=True)
    reply = sent(store, case, order=order(to=EVE.email), party=ANA.email)
    forget(store)
    with store.reading() as s:
        shown = queries.case(s, case.number)
    assert shown
    assert [(r["id"], r["to"]) for r in shown["replies"]] == [(reply, EVE.email)]


def test_it_is_told_of_a_live_case_on_which_they_wrote_without_being_asked(store: Store) -> None:
    """A third party becomes no participant (invariant 5), and what they wrote stays all the same."""
    case = opened(store, mail(EVE), clocks=asks())
    with store.transaction() as s:
        written = ledger.record(s, arrival(mail()), place(), b"Ayuda", _updated(), now=NOW)
        apply(s, Change(case=cases.by_id(s, case.id)), written, NOW)
    assert found(store).others == [case.number]


FORWARDED_BY_EVE = Event(FORWARDED, "mailbot", ANA.email, data={"email": ANA.email, "name": ANA.name})
GIVEN_TO_EVE = Event("requester", "cli:luz", EVE.email, data={"before": ANA.email})
GIVEN_BY_EVE = Event("requester", "cli:luz", ANA.email, data={"before": EVE.email})


@pytest.mark.parametrize("event", [FORWARDED_BY_EVE, GIVEN_TO_EVE, GIVEN_BY_EVE])
def test_a_history_that_names_them_stays_until_the_case_ends(store: Store, event: Event) -> None:
    case = opened(store, mail(EVE), clocks=asks())
    with store.transaction() as s:
        cases.tell(s, case.id, event, NOW)
    forget(store)
    assert found(store).others == [case.number]
    assert ANA.email in everything(store)

    with store.transaction() as s:
        apply(s, replace(move(reload(store, case), State.ANULADO), clocks=stops("ended")), None, NOW)
    forget(store)
    assert [secret for secret in (ANA.email, ANA.name) if secret in everything(store)] == []


def test_a_case_that_was_given_to_another_keeps_none_of_their_words(store: Store) -> None:
    case = opened(store, mail(subject="Olvidé"), clocks=asks())
    with store.transaction() as s:
        given = apply(s, Change(case=case, requester=EVE), None, NOW)
        apply(s, replace(move(given, State.ANULADO), clocks=stops("ended")), None, NOW)
    forget(store)
    assert [secret for secret in (*SECRETS, SUBJECT) if secret in everything(store)] == []
    assert reload(store, case).requester == EVE


def test_somebody_whose_address_ends_like_theirs_is_not_forgotten(store: Store) -> None:
    case = opened(store, mail(EVE), clocks=asks())
    mariana = Event(FORWARDED, "mailbot", "mariana@mesa.example", data={"email": "mariana@mesa.example"})
    with store.transaction() as s:
        cases.tell(s, case.id, mariana, NOW)
        apply(s, replace(move(case, State.ANULADO), clocks=stops("ended")), None, NOW)
    forget(store)
    assert everything(store).count("mariana@") == 2


def test_a_reply_on_its_way_leaves_first(store: Store) -> None:
    """It would be an empty mail otherwise."""
    case = ended(store)
    reply, written = queued(store, case)
    assert (found(store).on_way, found(store).waiting) == (1, [case.number])
    forget(store)
    with store.transaction() as s:
        claimed = outbox.claim(s, "soporte", NOW, "w")
        assert claimed
        assert (claimed.data, claimed.to) == (written.data, ANA.email)
        outbox.settle(s, reply, "sent", "", NOW)
    forget(store)
    assert "ana@" not in everything(store)


def test_it_is_told_what_there_is_before_anything_is_done(store: Store) -> None:
    a_life(store)
    with store.reading() as s:
        (case,) = queries.cases(s)
    before = everything(store)

    told = found(store)

    assert (told.cases, told.live, told.messages, told.replies) == ([case["number"]], [], 3, 2)
    assert told.remembered == ["telefono"]
    assert told.on_server == [{"mailbox": "soporte", "folder": "INBOX", "n": 3}]
    assert everything(store) == before


def test_that_it_was_done_is_on_record_without_the_address(store: Store) -> None:
    a_life(store)
    forget(store, now=NOW + DAY)

    assert found(store).before == NOW + DAY
    assert found(store, EVE.email).before is None
    assert found(store).is_nothing


def test_a_mail_that_comes_later_is_a_new_person(store: Store) -> None:
    a_life(store)
    forget(store)
    case = opened(store, now=NOW + DAY)
    assert reload(store, case).requester == ANA
    assert found(store).live == [case.number]


@pytest.mark.parametrize("moment", range(7))
def test_what_a_kill_broke_off_is_done_by_doing_it_again(
    store: Store, moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_life(store)
    others_case(store, live=False)
    with killed_at(store, moment, monkeypatch), pytest.raises(Killed):
        forget(store)
    with store.reading() as s:
        assert integrity(s) == ()

    forget(store)
    assert [secret for secret in SECRETS if secret in everything(store)] == []


@contextmanager
def killed_at(store: Store, moment: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process dies in its nth transaction."""
    real, left = store.run, [moment]

    def run(work: object) -> object:
        if not left[0]:
            raise Killed
        left[0] -= 1
        return real(work)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(store, "run", run)
        yield


def test_nothing_is_left_in_the_file_of_a_sqlite_database(sqlite_store: Store) -> None:
    """Pages that are given free keep what stood in them, and so does the log beside the file."""
    case = opened(sqlite_store, mail(text="Mi clave secreta es Xochimilco42 " * 50))
    with sqlite_store.transaction() as s:
        apply(s, replace(move(case, State.ANULADO), clocks=stops("ended")), None, NOW)
    assert b"Xochimilco42" in bytes_of(sqlite_store)

    with sqlite_store.reading() as s:
        assert queries.cases(s)
        assert forgetting.forget(sqlite_store, ANA.email, "cli:luz", NOW) is False
        assert b"Xochimilco42" in bytes_of(sqlite_store)  # somebody reads what was there
    assert forgetting.forget(sqlite_store, ANA.email, "cli:luz", NOW) is True
    assert b"Xochimilco42" not in bytes_of(sqlite_store)
    assert ANA.email.encode() not in bytes_of(sqlite_store)


def bytes_of(store: Store) -> bytes:
    return b"".join(path.read_bytes() for path in Path(store.path).parent.glob(f"{store.path.name}*"))
