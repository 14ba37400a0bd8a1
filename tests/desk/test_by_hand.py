"""What a person of the desk does to a case."""

import pytest

from mailbot.desk.by_hand import NotAllowed, attended, move, note, relate, requester, set_data
from mailbot.desk.case import ANSWER_WAS_IN_TIME, TRANSITIONS, State, may_move
from mailbot.desk.decision import ASKED_ANOTHER, Keep, Role, StopClock
from mailbot.desk.settings import Replies
from mailbot.mail.message import Address
from mailbot.rules.found import Source

from .given import ANA, OURS, POLICY, Senders, case, datum, policy, templates

BY = "cli:ana"
LUZ = Address("luz@mesa.example")


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
    """A34, A37, lesson 28."""
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


def test_the_desk_makes_a_forwarded_request_that_of_who_asked() -> None:
    """Lesson 29: they are asked, with a time of their own, and may join the case by its number."""
    forwarded = case(forwarded_from=Address(LUZ.email, "Luz Gil"), attention="cannot_answer")
    decision = requester(forwarded, LUZ, BY, POLICY)

    assert decision.change is not None
    change = decision.change
    assert change.requester == Address(LUZ.email, "Luz Gil")
    assert change.participants == (change.requester,)
    assert (change.events[0].kind, change.events[0].reason) == ("requester", LUZ.email)
    assert change.events[0].data == {"before": ANA.email}
    assert [(o.template, o.to, o.role) for o in decision.replies] == [
        ("pedir_datos", LUZ.email, Role.REQUEST)
    ]
    assert (change.requests, change.attention) == (1, None)
    assert {c.result for c in change.clocks if isinstance(c, StopClock)} == {ASKED_ANOTHER}


@pytest.mark.parametrize("state", sorted(set(State) - {State.PRECASO}))
def test_the_new_requester_of_a_case_is_asked_nothing(state: State) -> None:
    decision = requester(case(state, attention="new_mail"), LUZ, BY, POLICY)

    assert decision.change is not None
    assert (decision.replies, decision.change.clocks, decision.change.attention) == ((), (), Keep.ATTENTION)


@pytest.mark.parametrize(
    ("source", "name", "value"),
    [
        (Source.SENDER, "Luz Gil", "Luz Gil"),  # the name in From, if it is a name
        (Source.SENDER, "OTI", None),
        (Source.REMEMBERED, "Luz Gil", None),  # what another person gave before
    ],
)
def test_what_was_known_of_the_sender_is_not_said_of_another(
    source: Source, name: str, value: str | None
) -> None:
    data = {"nombre": datum("Ana Ruiz", source=source), "telefono": datum("3001234567")}
    change = requester(case(data=data), Address(LUZ.email, name), BY, POLICY).change

    assert change is not None
    assert {field: d.value for field, d in change.data.items()} == {"nombre": value}


def test_two_requests_are_enough_whomever_they_went_to() -> None:
    decision = requester(case(requests=2), LUZ, BY, POLICY)

    assert decision.change is not None
    assert (decision.replies, decision.change.attention) == ((), "still_missing")


def test_in_a_pilot_the_new_requester_waits_for_a_person() -> None:
    decision = requester(case(), LUZ, BY, policy(replies=Replies(send="none")))

    assert decision.change is not None
    assert (decision.replies[0].withheld, decision.change.attention) == ("not_in_pilot", "not_in_pilot")


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (ANA, "ya es de ana@oti.example"),
        (Address(OURS), "es una dirección de la mesa"),
        (Address("eve@otra.example"), r"no está en \[senders\] ours"),  # A16
    ],
)
def test_who_cannot_be_a_requester(who: Address, why: str) -> None:
    with pytest.raises(NotAllowed, match=why):
        requester(case(), who, BY, policy(senders=Senders(ours=("*@mesa.example", "*@oti.example"))))


def test_a_precaso_that_waits_for_a_person_is_not_left_without_anybody() -> None:
    """Its clocks ended when it was handed over: without attention nobody would ever see it again."""
    with pytest.raises(NotAllowed, match="--set"):
        attended(case(attention="answer_not_understood"), BY)

    assert attended(case(State.SOLUCIONADO, attention="new_mail"), BY).change is not None


def test_what_a_person_types_is_believed_and_marked_where_its_form_is_strange() -> None:
    change = set_data(case(), {"telefono": "la de siempre", "sede": "Cali"}, BY, POLICY).change

    assert change is not None
    assert {n: d.doubtful for n, d in change.data.items()} == {"telefono": True, "sede": False}
