"""A case changes only upon the version that was decided on, and only along its transitions."""

from datetime import timedelta

import pytest
from hypothesis import given, settings, strategies as st
from sqlalchemy import text

from mailbot.desk.case import ANSWER_WAS_IN_TIME, TRANSITIONS, Case, Datum, Snapshot, State, may_move
from mailbot.desk.decision import (
    ASKED_ANOTHER,
    FORWARDED,
    Change,
    ClockKind,
    Event,
    StartClock,
    StopClock,
)
from mailbot.rules.found import Source
from mailbot.rules.settings import Field, RequestKind, Rule, TreatAs
from mailbot.store import Conflict, cases, lookup, snapshot
from mailbot.store.engine import Store
from tests.store.desk import (
    ANA,
    DAY,
    EVE,
    HOUR,
    NOW,
    SNAPSHOT,
    apply,
    asks,
    give,
    mail,
    move,
    opened,
    opening,
    reload,
)

# -- opening ---------------------------------------------------------------------------------------------


def test_a_case_is_read_back_as_it_was_opened(store: Store) -> None:
    case = opened(store, data=give(nombre="Ana Ruiz"), attention="cannot_answer")

    assert case == Case(
        id=1,
        number="MS-000001",
        state=State.PRECASO,
        version=1,
        mailbox="soporte",
        snapshot=SNAPSHOT,
        requester=ANA,
        subject="Olvidé la clave",
        answer_to=ANA.email,
        registered_at=NOW,
        state_since=NOW,
        data=give(nombre="Ana Ruiz"),
        attention="cannot_answer",
        requests=1,
        group="Mesa de servicios",
    )
    assert [field.name for field in case.missing] == ["telefono"]
    with store.reading() as s:
        assert cases.get(s, "MS-000001") == cases.get(s, "[ms-000001]") == cases.by_id(s, 1) == case
        assert cases.get(s, "MS-000002") is None


def test_a_complete_request_is_a_case_in_the_same_transaction_with_the_same_number(store: Store) -> None:
    """A23: precaso → abierto."""
    steps = (
        Event("registered", "mailbot", "", State.PRECASO),
        Event("completed", "mailbot", "", State.ABIERTO),
    )
    case = opened(store, events=steps)

    assert (case.number, case.state, case.version) == ("MS-000001", State.ABIERTO, 1)
    assert history(store, case) == [(1, None, "precaso"), (2, "precaso", "abierto")]


def test_a_number_is_never_given_twice_even_if_its_case_is_gone(store: Store) -> None:
    opened(store)
    second = opened(store)
    with store.transaction() as s:
        for table in ("event", "participant", "message", "case"):
            column = "id" if table == "case" else "case_id"
            if table == "message":
                s.connection().execute(text("UPDATE message SET case_id = NULL WHERE case_id = 2"))
            else:
                s.connection().execute(text(f'DELETE FROM "{table}" WHERE {column} = 2'))  # noqa: S608

    assert (second.number, opened(store).number) == ("MS-000002", "MS-000003")


def test_the_number_begins_with_the_prefix_of_the_service(store: Store) -> None:
    with store.transaction() as s:
        assert apply(s, opening(), None, NOW, prefix="OTI").number == "OTI-000001"


def test_without_a_first_state_nothing_is_opened(store: Store) -> None:
    with pytest.raises(ValueError, match="first state"), store.transaction() as s:
        apply(s, opening(events=(Event("registered", "mailbot"),)), None, NOW)


def test_the_message_that_opened_a_case_is_with_it(store: Store) -> None:
    case = opened(store)
    with store.reading() as s:
        assert s.connection().execute(text("SELECT case_id FROM message")).scalars().all() == [case.id]
        assert s.connection().execute(text("SELECT message_id FROM event")).scalars().all() == [1]


# -- changing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("to", list(State))
@pytest.mark.parametrize("reason", ["", ANSWER_WAS_IN_TIME])
def test_only_the_transitions_of_the_table_are_stored(
    sqlite_store: Store, state: State, to: State, reason: str
) -> None:
    case = opened(sqlite_store)
    with sqlite_store.transaction() as s:
        s.connection().execute(text('UPDATE "case" SET state = :state'), {"state": state})
    case = reload(sqlite_store, case)

    if may_move(state, to, reason):
        with sqlite_store.transaction() as s:
            assert apply(s, move(case, to, reason), None, NOW + HOUR).state is to
    else:
        with pytest.raises(ValueError, match="no step"), sqlite_store.transaction() as s:
            apply(s, move(case, to, reason), None, NOW + HOUR)
        assert reload(sqlite_store, case) == case


def test_what_was_decided_on_an_older_version_is_not_stored(store: Store) -> None:
    """Invariant 2: the answer and the deadline were decided at once; the second gathers again."""
    case = opened(store)
    with store.transaction() as s:
        complete = Change(
            case=case, events=(Event("completed", "mail:ana", "", State.ABIERTO),), data=give(telefono="1")
        )
        apply(s, complete, None, NOW + HOUR)
    with pytest.raises(Conflict, match="MS-000001"), store.transaction() as s:
        apply(s, move(case, State.NO_GESTIONADO), None, NOW + DAY)

    after = reload(store, case)
    assert (after.state, after.version, after.state_since) == (State.ABIERTO, 2, NOW + HOUR)
    assert history(store, case) == [(1, None, "precaso"), (2, "precaso", "abierto")]


def test_attention_is_set_kept_and_cleared(store: Store) -> None:
    case = opened(store)
    seen = []
    for change in ({"attention": "new_mail"}, {}, {"attention": None}):
        with store.transaction() as s:
            case = apply(s, Change(case=case, **change), None, NOW)
        seen.append(case.attention)
    assert seen == ["new_mail", "new_mail", None]


def test_requests_add_up_and_the_reminder_is_remembered(store: Store) -> None:
    case = opened(store)
    with store.transaction() as s:
        case = apply(s, Change(case=case, requests=1, reminded=True), None, NOW)
    with store.transaction() as s:
        case = apply(s, Change(case=case), None, NOW)
    assert (case.requests, case.reminded) == (2, True)


def test_a_datum_is_replaced_and_the_others_stay(store: Store) -> None:
    misfit = Datum(None, Source.LABEL, misfit="no sé", by=ANA.email)
    case = opened(store, data={"telefono": misfit} | give(nombre="Ana"))
    doubtful = Datum("no sé", Source.LABEL, doubtful=True, misfit="no sé", by=EVE.email, third_party=True)
    with store.transaction() as s:
        case = apply(s, Change(case=case, data={"telefono": doubtful}), None, NOW)
    assert case.data == give(nombre="Ana") | {"telefono": doubtful}


def test_times_of_opening_solving_and_ending_follow_the_states(store: Store) -> None:
    case = opened(store)
    times = []
    way = (State.ABIERTO, State.SOLUCIONADO, State.EN_PROCESO, State.SOLUCIONADO, State.CERRADO)
    for hour, state in enumerate(way, start=1):
        with store.transaction() as s:
            case = apply(s, move(case, state), None, NOW + hour * HOUR)
            row = s.connection().execute(text('SELECT opened_at, solved_at, closed_at FROM "case"')).one()
        times.append([at is not None for at in row])
    # a case that goes on after an objection is not solved
    assert times == [[1, 0, 0], [1, 1, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]]


def test_a_reopened_precaso_has_not_ended(store: Store) -> None:
    case = opened(store)
    for state, reason in ((State.NO_GESTIONADO, ""), (State.PRECASO, ANSWER_WAS_IN_TIME)):
        with store.transaction() as s:
            case = apply(s, move(case, state, reason), None, NOW)
    with store.reading() as s:
        assert s.connection().execute(text('SELECT closed_at FROM "case"')).scalar() is None


# -- clocks, relations, participants ---------------------------------------------------------------------


def test_the_deadline_is_that_of_the_answer_clock_also_after_it_ended(store: Store) -> None:
    case = opened(store, clocks=(*asks(), StartClock(ClockKind.REMINDER, NOW, NOW + HOUR, "24/7")))
    assert case.deadline == NOW + DAY
    with store.transaction() as s:
        case = apply(s, Change(case=case, clocks=(StopClock(ClockKind.ANSWER, "answered"),)), None, NOW)
    assert case.deadline == NOW + DAY
    assert clocks(store) == [("answer", True, "answered"), ("reminder", False, None)]


def test_a_clock_that_starts_again_takes_the_place_of_the_one_that_runs(store: Store) -> None:
    case = opened(store, clocks=asks())
    with store.transaction() as s:
        case = apply(s, Change(case=case, clocks=asks(NOW + HOUR)), None, NOW)
    assert case.deadline == NOW + DAY + HOUR
    assert clocks(store) == [("answer", True, "restarted"), ("answer", False, None)]


def test_a_case_is_made_another_person_s(store: Store) -> None:
    """Lesson 29: their replies, their place in the case; the deadline of who was asked before is not theirs."""
    original = {"email": EVE.email, "name": EVE.name}
    steps = (
        Event("registered", "mailbot", "", State.PRECASO),
        Event(FORWARDED, "mailbot", EVE.email, data=original),
    )
    case = opened(store, events=steps, clocks=asks())
    assert (case.requester, case.forwarded_from, case.deadline) == (ANA, EVE, NOW + DAY)
    given = Change(
        case=case, requester=EVE, participants=(EVE,), clocks=(StopClock(ClockKind.ANSWER, ASKED_ANOTHER),)
    )
    with store.transaction() as s:
        case = apply(s, given, None, NOW)
        assert (case.requester, case.answer_to, case.deadline) == (EVE, EVE.email, None)
        assert lookup.takes_part(s, case.id, EVE)
        assert lookup.takes_part(s, case.id, ANA)
    with store.transaction() as s:
        assert apply(s, Change(case=case, clocks=asks(NOW + HOUR)), None, NOW).deadline == NOW + DAY + HOUR


def test_stopping_a_clock_that_does_not_run_changes_nothing(store: Store) -> None:
    case = opened(store)
    with store.transaction() as s:
        apply(s, Change(case=case, clocks=(StopClock(ClockKind.ANSWER, "answered"),)), None, NOW)
    assert clocks(store) == []


def test_a_relation_is_kept_once(store: Store) -> None:
    """A37, A38."""
    first, second = opened(store), opened(store)
    for _ in range(2):
        with store.transaction() as s:
            second = apply(s, Change(case=second, relations=((first.id, "new_after"),)), None, NOW)
    with store.reading() as s:
        assert s.connection().execute(text("SELECT a, b, kind FROM relation")).all() == [(2, 1, "new_after")]


def test_who_wrote_or_was_written_to_takes_part(store: Store) -> None:
    """Invariant 5."""
    case = opened(store, mail(ANA, to=(EVE,)))
    with store.reading() as s:
        assert lookup.takes_part(s, case.id, ANA)
        assert lookup.takes_part(s, case.id, EVE)
        assert not lookup.takes_part(s, case.id, None)
        assert not lookup.takes_part(s, case.id + 1, ANA)


# -- snapshots -------------------------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
fields = st.builds(
    Field, name=texts, label=texts, aliases=st.tuples(texts), remember=st.booleans(), hint=texts
)
lengths = st.none() | st.timedeltas(timedelta(milliseconds=1), timedelta(days=999)).map(
    lambda length: length - length % timedelta(milliseconds=1)
)
rules = st.builds(
    Rule,
    name=texts,
    keywords=st.tuples(texts, texts),
    from_=st.tuples(texts),
    treat_as=st.sampled_from(TreatAs),
    kind=st.sampled_from(RequestKind),
    severity=st.integers(1, 5),
    requires=st.tuples(texts),
    answer_within=lengths,
)


@given(st.builds(Snapshot, texts, texts, rules, st.tuples(fields, fields), lengths.filter(bool), texts))
@settings(deadline=None, max_examples=50)
def test_a_snapshot_survives_the_way_through_json(taken: Snapshot) -> None:
    assert snapshot.from_json(snapshot.to_json(taken)) == taken


def test_a_snapshot_of_an_older_version_is_still_read() -> None:
    """An upgrade that drops a key of rules or fields must not lose the cases that have it."""
    old = snapshot.to_json(SNAPSHOT)
    old["rule"]["colour"] = "red"
    old["fields"][0]["shape"] = "round"
    assert snapshot.from_json(old) == SNAPSHOT


def test_every_transition_is_tried_above() -> None:
    assert set(TRANSITIONS) == set(State)


# -- in common -------------------------------------------------------------------------------------------


def history(store: Store, case: Case) -> list[tuple[int, str | None, str | None]]:
    with store.reading() as s:
        query = text("SELECT seq, from_state, to_state FROM event WHERE case_id = :id ORDER BY seq")
        return [tuple(row) for row in s.connection().execute(query, {"id": case.id})]


def clocks(store: Store) -> list[tuple[str, bool, str | None]]:
    with store.reading() as s:
        rows = s.connection().execute(text("SELECT kind, done_at, result FROM clock ORDER BY id"))
        return [(row.kind, row.done_at is not None, row.result) for row in rows]
