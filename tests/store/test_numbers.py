"""Case numbers are given once, also after the database was restored from an older copy; on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from mailbot.store import known, ledger, numbers, places
from mailbot.store.engine import Store
from mailbot.store.ledger import Place
from mailbot.store.statements import run
from tests.store.desk import BOX, NOW, POLICY, apply, mail, opened, opening, stored


def number(store: Store, given: int | None = None) -> str:
    """Of a new case; `given`: the number that it had before."""
    change = opening()
    assert change.opening
    with store.transaction() as s:
        return apply(s, replace(change, opening=replace(change.opening, number=given)), None, NOW).number


@pytest.mark.parametrize("first", [False, True], ids=["none given yet", "one given"])
def test_they_go_on_above_what_they_are_told(store: Store, first: bool) -> None:
    if first:
        assert number(store) == "MS-000001"
    with store.transaction() as s:
        numbers.go_on_above(s, 100, NOW)
        assert numbers.last_given(s) == 100
    assert number(store) == "MS-000101"


def test_they_have_six_digits_or_as_many_as_it_takes(store: Store) -> None:
    for last in (999_998, 9_999_998):
        with store.transaction() as s:
            numbers.go_on_above(s, last, NOW)
        assert [number(store), number(store)] == [f"MS-{last + 1}", f"MS-{last + 2}"]


def test_a_case_has_the_number_of_its_id_also_where_sqlite_s_counter_was_lost(store: Store) -> None:
    number(store)
    with store.transaction() as s:
        if store.is_sqlite:
            run(s, text("DELETE FROM sqlite_sequence"))
    assert [number(store), number(store)] == ["MS-000002", "MS-000003"]


def test_they_never_go_back(store: Store) -> None:
    with store.transaction() as s:
        numbers.go_on_above(s, 100, NOW)
        numbers.go_on_above(s, 7, NOW)
    assert number(store) == "MS-000101"


def test_a_case_may_have_the_number_that_it_had(store: Store) -> None:
    with store.transaction() as s:
        numbers.go_on_above(s, 100, NOW)
    assert [number(store, 41), number(store)] == ["MS-000041", "MS-000101"]


def test_a_number_of_the_gap_without_a_case_is_a_lost_one(store: Store) -> None:
    """It is told apart from one that was never given, and from one that a case has."""
    opened(store)
    with store.transaction() as s:
        numbers.go_on_above(s, 100, NOW)
    number(store, 41)
    with store.reading() as s:
        named = {
            n: known.threading(s, mail(subject=f"Re: clave [MS-{n:06d}]"), POLICY.prefix)
            for n in (1, 40, 41, 777)
        }
    assert {n: found.lost for n, found in named.items()} == {1: "", 40: "MS-000040", 41: "", 777: ""}


# -- what else a restore and a folder made anew need of the ledger ------------------------------------------


def test_the_places_of_a_folder_made_anew_are_left_and_nothing_moves_from_there(store: Store) -> None:
    stored(store, mail())
    with store.transaction() as s:
        (due,) = places.moves_due(s, BOX, "INBOX", 7)
        places.all_gone(s, BOX, "INBOX", 8, NOW)
        assert places.moves_due(s, BOX, "INBOX", 7) == []
        assert ledger.outcome_at(s, Place(BOX, "INBOX", 7, due.uid)) is not None


def test_known_names_counts_each_once(store: Store) -> None:
    message = mail()
    stored(store, message)
    with store.reading() as s:
        assert ledger.known_names(s, [message.message_id, "<other@mesa.example>"]) == 1
