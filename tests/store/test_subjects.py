"""What suggestions are drawn from (B37): persons' subjects with what became of them, by rule or by hand."""

from typing import Any

import pytest

from mailbot.desk.case import State
from mailbot.desk.decision import Outcome, Verdict
from mailbot.mail.message import Address, Kind
from mailbot.rules.suggest.lines import Became, Seen
from mailbot.store import history, ledger, subjects
from mailbot.store.engine import Store
from mailbot.values import Reason
from tests.store.desk import ANA, DAY, NOW, RULE, apply, arrival, mail, move, opening, place, stored

PROMOTED = Reason("by_hand", "promoted", "acceso (cli:luz)")
FILED = Reason("by_hand", "filed", "informativo (folder:Informativo)")


def seen(store: Store, days: int = 90) -> list[Seen]:
    with store.reading() as s:
        return list(subjects.seen(s, NOW - DAY * days))


def record(store: Store, outcome: Outcome, *reasons: Reason, rule: bool = False, **more: Any) -> None:
    message = mail(subject="El huellero", **more)
    came = arrival(message, rule=RULE if rule else None)
    with store.transaction() as s:
        ledger.record(s, came, place(), b"raw", Verdict(outcome=outcome, reasons=reasons), now=NOW)


def opened(store: Store, *states: State, reasons: tuple[Reason, ...] = (), rule: bool = True) -> None:
    """A mail that opened a case, which then went that way."""
    message = mail(subject="Mi clave")
    decision = Verdict(outcome=Outcome.OPENED, reasons=reasons, change=opening(ANA))
    with store.transaction() as s:
        came = arrival(message, rule=RULE if rule else None)
        message_id = ledger.record(s, came, place(), b"raw", decision, now=NOW)
        case = apply(s, opening(ANA), message_id, NOW)
    for state in states:
        with store.transaction() as s:
            case = apply(s, move(case, state), None, NOW)


def test_mail_without_a_rule_comes_with_its_sender_and_their_name(store: Store) -> None:
    """A sender's own name in the subject is no keyword, so that it must be known."""
    stored(store, mail(subject="El huellero"), arrival=arrival(mail(subject="El huellero"), rule=None))
    (one,) = seen(store)
    assert one == Seen("El huellero", ANA.email, Became.UNMATCHED, "", ANA.name, "soporte")


@pytest.mark.parametrize(
    ("states", "became"),
    [
        ((), Became.CASE),
        ((State.ABIERTO,), Became.CASE),
        ((State.NO_GESTIONADO,), Became.NO_CASE),
        ((State.ABIERTO, State.ANULADO), Became.NO_CASE),
    ],
)
def test_a_matched_mail_is_judged_by_how_its_case_ended(
    store: Store, states: tuple[State, ...], became: Became
) -> None:
    opened(store, *states)
    assert [(one.became, one.rule) for one in seen(store)] == [(became, "acceso")]


def test_what_a_person_promoted_names_the_rule_of_its_case(store: Store) -> None:
    opened(store, reasons=(PROMOTED,), rule=False)
    assert [(one.became, one.rule) for one in seen(store)] == [(Became.PROMOTED, "acceso")]


def test_what_a_person_filed_is_no_request_and_a_fault_of_the_rule_that_took_it(store: Store) -> None:
    record(store, Outcome.INFORMATIVO, FILED)
    record(store, Outcome.INFORMATIVO, FILED, rule=True)
    assert [(one.became, one.rule) for one in seen(store)] == [
        (Became.INFORMATIVO, ""),
        (Became.NO_CASE, "acceso"),
    ]


def test_robots_strangers_and_answers_say_nothing_of_the_rules(store: Store) -> None:
    """A16, A41: these have no case for another reason than their subject."""
    record(store, Outcome.IGNORED, kind=Kind.AUTO_GENERATED)
    record(store, Outcome.UNMATCHED, kind=Kind.LIST)
    record(store, Outcome.UNMATCHED, Reason("sender", "outside_ours", "x@y.example"))
    record(store, Outcome.UNMATCHED, Reason("thread", "answers_unknown", "<x@y.example>"))
    record(store, Outcome.UPDATED)
    record(store, Outcome.DUPLICATE)
    assert seen(store) == []


def test_mail_older_than_the_first_connection_counts_too(store: Store) -> None:
    """On the first days there is hardly other mail."""
    record(store, Outcome.BACKLOG)
    record(store, Outcome.BACKLOG, rule=True)
    assert [one.became for one in seen(store)] == [Became.UNMATCHED, Became.CASE]


def test_only_the_last_days_are_read(store: Store) -> None:
    for age in (1, 40):
        message = mail(subject=f"hace {age}")
        stored(store, message, arrival=arrival(message, NOW - DAY * age, rule=None))
    assert [one.subject for one in seen(store, 30)] == ["hace 1"]


def test_many_mails_come_in_pages_each_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subjects, "PAGE", 3)
    for n in range(7):
        message = mail(Address(f"p{n}@mesa.example"), f"asunto {n}")
        stored(store, message, arrival=arrival(message, rule=None))
    assert [one.subject for one in seen(store)] == [f"asunto {n}" for n in range(7)]


def test_of_very_many_mails_only_the_newest_are_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subjects, "MOST", 2)
    for n in range(5):
        message = mail(subject=f"asunto {n}")
        stored(store, message, arrival=arrival(message, rule=None))
    assert [one.subject for one in seen(store)] == ["asunto 3", "asunto 4"]


def test_where_a_time_begins_is_found_among_the_ids_without_reading_what_came_before(store: Store) -> None:
    """A mail was stored each day; a day is left for clocks that differ."""
    for n in range(20):
        stored(store, mail(), now=NOW + n * DAY)
    with store.reading() as s:
        found = [history.last_before(s, NOW + n * DAY) for n in range(23)]

    assert found == [0, 0, *range(1, 20), 20, 20]


def test_of_all_pages_each_mail_is_seen_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(7):
        stored(store, mail(subject=f"El huellero {n}"), now=NOW)
    monkeypatch.setattr(subjects, "PAGE", 3)

    assert [one.subject for one in seen(store)] == [f"El huellero {n}" for n in range(7)]
