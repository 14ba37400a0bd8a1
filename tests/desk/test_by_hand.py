"""What a person of the desk does to a case."""

import pytest

from mailbot.desk.by_hand import NotAllowed, move, note, relate, set_data
from mailbot.desk.case import ANSWER_WAS_IN_TIME, TRANSITIONS, State, may_move
from mailbot.desk.decision import StopClock

from .given import POLICY, case, datum, templates

BY = "cli:ana"


@pytest.mark.parametrize("from_", list(State))
@pytest.mark.parametrize("to", list(State))
def test_a_case_moves_only_along_the_table_of_transitions(from_: State, to: State) -> None:
    allowed = to in TRANSITIONS[from_] and from_ is not State.NO_GESTIONADO

    assert allowed == may_move(from_, to)


def test_no_gestionado_is_left_for_one_reason_only() -> None:
    assert may_move(State.NO_GESTIONADO, State.ABIERTO, ANSWER_WAS_IN_TIME)
    assert not may_move(State.NO_GESTIONADO, State.ABIERTO, "porque sí")


def test_a_step_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(NotAllowed, match=r"abierto.*pasa a: anulado, en_proceso, solucionado"):
        move(case(State.ABIERTO), State.CERRADO, "", BY, POLICY)


def test_moving_a_case_ends_its_clocks_and_its_attention() -> None:
    change = move(case(attention="new_mail"), State.ANULADO, "duplicado", BY, POLICY).change

    assert change is not None
    assert (None, {"moved"}) == (
        change.attention,
        {c.result for c in change.clocks if isinstance(c, StopClock)},
    )


def test_data_learned_by_phone_complete_the_precaso_as_an_answer_by_mail_would() -> None:
    """A21, A23."""
    decision = set_data(case(data={"sede": datum("Cali")}), {"telefono": "3001234567"}, BY, POLICY)

    assert decision.change is not None
    assert [e.to_state for e in decision.change.events] == [State.ABIERTO]
    assert templates(decision) == ["caso_abierto"]


def test_a_field_that_the_case_does_not_have_is_refused_with_those_it_has() -> None:
    with pytest.raises(NotAllowed, match=r"«fax»; sus datos son: sede, telefono"):
        set_data(case(), {"fax": "1"}, BY, POLICY)


def test_notes_and_relations_are_history() -> None:
    """A34, A37."""
    other = case(id=8, number="MS-000008")
    noted = note(case(), "llamé, no contesta", BY).change
    related = relate(case(), other, BY).change

    assert noted is not None
    assert related is not None
    assert (noted.events[0].kind, noted.events[0].by) == ("note", BY)
    assert related.relations == ((8, "related"),)


def test_a_case_is_not_related_to_itself() -> None:
    with pytest.raises(NotAllowed):
        relate(case(), case(), BY)
