"""A person's message on a case: what it brings, and what follows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.desk.case import ANSWER_WAS_IN_TIME, Attention, Case, Datum, State
from mailbot.desk.decision import Decision, Keep, Outcome, Role, StopClock, Verdict
from mailbot.desk.known import Known
from mailbot.desk.settings import Precaso, Senders
from mailbot.mail.message import Address, Attachment
from mailbot.rules.found import Source

from .given import (
    ANA,
    NOW,
    SNAPSHOT,
    case,
    datum,
    decided,
    joined,
    message,
    notices,
    policy,
    replies,
    templates,
)

PHONE_ONLY = "Teléfono: 3001234567"
COMPLETE = f"{PHONE_ONLY}\nSede: Bogotá"
PHOTO = Attachment("foto.jpg", "image/jpeg", 1000, "00")


def answer(text: str, to: Case | None = None, **known: object) -> Verdict:
    return decided(message("Re: contraseña", text), joined(to or case(), **known))  # type: ignore[arg-type]


def results(decision: Decision) -> set[tuple[str, str]]:
    """Which clocks ended, and how."""
    assert decision.change is not None
    return {(c.kind, c.result) for c in decision.change.clocks if isinstance(c, StopClock)}


def states(decision: Decision) -> list[State]:
    assert decision.change is not None
    return [e.to_state for e in decision.change.events if e.to_state]


def test_an_answer_with_all_data_opens_the_case_and_ends_its_clocks() -> None:
    """A23."""
    decision = answer(COMPLETE)

    assert decision.change is not None
    assert states(decision) == [State.ABIERTO]
    assert {("answer", "answered"), ("reminder", "answered")} == results(decision)
    assert (templates(decision), notices(decision)) == (["caso_abierto"], ["aviso_caso"])


def test_a_partial_answer_is_kept_and_asked_once_more_for_the_rest_without_a_new_deadline() -> None:
    decision = answer(PHONE_ONLY)

    assert decision.change is not None
    assert list(decision.change.data) == ["telefono"]
    assert (
        templates(decision),
        decision.change.requests,
        decision.change.clocks,
    ) == (["pedir_faltantes"], 1, ())
    assert decision.replies[0].role == Role.REQUEST_AGAIN


def test_after_two_requests_a_person_takes_over() -> None:
    """At most two requests and one reminder for a precaso."""
    decision = answer(PHONE_ONLY, case(requests=2))

    assert decision.change is not None
    assert (decision.change.attention, templates(decision)) == (Attention.STILL_MISSING, ["a_la_mesa"])


@pytest.mark.parametrize(
    ("text", "attachments"),
    [
        ("", (PHOTO,)),  # a photo
        ("Adjunto el formato", (PHOTO,)),  # a PDF
        ("No tengo esos datos", ()),  # nothing to give
        ("¿Para qué los necesitan?", ()),  # a question
    ],
)
def test_an_answer_that_a_program_cannot_read_goes_to_the_desk_instead_of_being_closed(
    text: str, attachments: tuple[Attachment, ...]
) -> None:
    """A21: the sender is told, the clocks end."""
    decision = decided(replace(message("Re: contraseña", text), attachments=attachments), joined(case()))

    assert decision.change is not None
    assert decision.change.attention == Attention.ANSWER_NOT_UNDERSTOOD
    assert (templates(decision), notices(decision)) == (["a_la_mesa"], ["aviso_atencion"])
    assert {("answer", "handed_over"), ("reminder", "handed_over")} == results(decision)


def test_of_an_answer_without_words_of_its_own_the_desk_reads_the_whole_text() -> None:
    answered = replace(message("Re: contraseña", "> lo citado"), reply_text="", attachments=(PHOTO,))
    (notice,) = (o for o in decided(answered, joined(case())).replies if o.template == "aviso_atencion")

    assert notice.facts["mensaje"] == "> lo citado"


@pytest.mark.parametrize("state", [State.PRECASO, State.ABIERTO, State.SOLUCIONADO, State.NO_GESTIONADO])
def test_a_mere_courtesy_changes_nothing(state: State) -> None:
    """Lesson 27."""
    decision = answer("Ok, muchas gracias", case(state))

    assert decision.change is not None
    assert (
        decision.outcome,
        states(decision),
        decision.replies,
        decision.change.attention,
    ) == (Outcome.UPDATED, [], (), Keep.ATTENTION)


@pytest.mark.parametrize(
    "text",
    [
        f"{PHONE_ONLY}\nNo tengo ese dato de la sede",
        "No tengo la sede. Mi teléfono: 3001234567",
        f"{PHONE_ONLY}\n¿Cuál sede, la del trabajo o la del contrato?",
    ],
)
def test_part_of_the_data_with_a_question_or_a_no_tengo_goes_to_a_person_and_keeps_the_part(
    text: str,
) -> None:
    """Our request promises so; another form would be no answer."""
    decision = answer(text)

    assert decision.change is not None
    assert ("telefono" in decision.change.data, ["a_la_mesa"]) == (True, templates(decision))
    assert decision.change.attention == Attention.ANSWER_NOT_UNDERSTOOD


def test_a_promise_to_send_the_data_changes_nothing_so_the_clock_goes_on() -> None:
    decision = answer("Ok, ya se los envío")

    assert decision.change is not None
    assert (decision.change.clocks, decision.replies) == ((), ())


def test_cancelar_ends_the_precaso_as_its_sender_wishes() -> None:
    decision = answer("CANCELAR")

    assert states(decision) == [State.ANULADO]
    assert templates(decision) == ["cancelado"]


def test_a_third_party_cannot_cancel() -> None:
    assert states(answer("CANCELAR", participant=False)) == []


def test_the_data_of_a_third_party_count_and_are_marked_and_the_requester_is_answered() -> None:
    """Invariant 5."""
    luis = Address("luis@otra.example")
    decision = decided(message("Re: contraseña", COMPLETE, from_=luis), joined(case(), participant=False))

    assert decision.change is not None
    assert states(decision) == [State.ABIERTO]
    assert all(d.third_party and d.by == luis.email for d in decision.change.data.values())
    assert ANA.email == decision.replies[0].to
    assert decision.change.participants == ()


def test_a_value_that_does_not_fit_is_asked_for_once_more_and_then_taken_as_doubtful() -> None:
    first = answer("Teléfono: el de siempre")
    assert first.change is not None
    kept = first.change.data["telefono"]
    assert (kept.value, kept.misfit, templates(first)) == (None, "el de siempre", ["pedir_faltantes"])

    again = answer(
        "Teléfono: el de siempre", case(data={"telefono": kept, "sede": datum("Cali")}, requests=2)
    )
    assert again.change is not None
    assert (
        again.change.data["telefono"].value,
        again.change.data["telefono"].doubtful,
    ) == ("el de siempre", True)
    assert states(again) == [State.ABIERTO]


def test_mail_on_a_case_that_someone_works_on_is_shown_to_the_desk() -> None:
    """A32: the desk decides."""
    decision = answer(
        "Volvió a fallar", case(State.SOLUCIONADO, data={"telefono": datum("3"), "sede": datum("Cali")})
    )

    assert decision.change is not None
    assert (
        decision.change.attention,
        templates(decision),
        notices(decision),
    ) == (Attention.NEW_MAIL, [], ["aviso_atencion"])


def test_nuevo_on_the_first_line_opens_another_request_related_to_the_closed_one() -> None:
    """A33."""
    decision = answer("NUEVO\nLa clave no sirve", case(State.CERRADO))

    assert decision.change is not None
    assert decision.change.opening is not None
    assert (decision.outcome, decision.change.relations) == (Outcome.OPENED, ((7, "new_after"),))
    assert decision.replies[0].facts["relacionado"] == "MS-000007"


def test_thanks_on_a_closed_case_are_not_answered() -> None:
    """Lesson 27."""
    decision = answer("Gracias", case(State.CERRADO))

    assert (decision.outcome, decision.replies) == (Outcome.ON_CLOSED_CASE, ())


CLOSED = case(State.NO_GESTIONADO, deadline=NOW - timedelta(hours=2), data={"telefono": datum("3001234567")})
BEFORE, AFTER = NOW - timedelta(hours=3), NOW - timedelta(hours=1)


def late(text: str, arrived: object, **policies: object) -> Verdict:
    return decided(message("Re: contraseña", text), joined(CLOSED), policy(**policies), received_at=arrived)


def test_an_answer_that_came_in_time_reopens_the_precaso_however_late_it_is_read() -> None:
    """Invariant 3."""
    decision = late("Sede: Bogotá", BEFORE)

    assert decision.change is not None
    assert states(decision) == [State.PRECASO, State.ABIERTO]
    assert decision.change.events[0].reason == ANSWER_WAS_IN_TIME
    assert templates(decision) == ["caso_abierto"]


def test_a_late_answer_opens_a_new_related_precaso_with_the_data_given_so_far() -> None:
    """The old one stays as it is (A35)."""
    decision = late("Sede: Bogotá", AFTER)

    assert decision.change is not None
    assert decision.change.opening is not None
    assert (decision.outcome, decision.change.relations) == (Outcome.OPENED, ((7, "late_answer_of"),))
    assert {"telefono", "sede"} == set(decision.change.data)
    assert templates(decision) == ["caso_abierto"]


def test_a_late_answer_may_be_told_that_a_new_request_is_needed() -> None:
    decision = late("Sede: Bogotá", AFTER, precaso=Precaso(late_answer="tell"))

    assert (decision.outcome, templates(decision)) == (Outcome.ON_CLOSED_CASE, ["caso_cerrado"])


def test_what_somebody_else_gave_is_not_shown_to_the_one_who_answers_late() -> None:
    given = {"telefono": Datum("3001234567", datum("x").source, by="luis@otra.example")}
    closed = replace(CLOSED, data=given)
    decision = decided(message("Re: contraseña", "Sede: Cali"), joined(closed), received_at=AFTER)

    assert decision.change is not None
    assert decision.change.data["telefono"].third_party
    assert not decision.change.data["sede"].third_party


def test_who_may_not_be_answered_again_is_handed_to_the_desk() -> None:
    decision = decided(message("Re: contraseña", PHONE_ONLY, suppresses_replies=True), joined(case()))

    assert decision.change is not None
    assert decision.change.attention == Attention.CANNOT_ANSWER
    assert "telefono" in decision.change.data


def test_in_a_pilot_that_began_since_the_second_request_leaves_the_case_to_the_desk() -> None:
    """It is written and not sent, and a precaso that was reopened has no deadline that would end it."""
    decision = decided(message("Re: contraseña", PHONE_ONLY), joined(case()), replies(send="none"))

    assert decision.change is not None
    assert decision.change.attention == Attention.NOT_IN_PILOT
    assert [order.withheld for order in decision.replies if order.template == "pedir_faltantes"] == [
        "not_in_pilot"
    ]


REMEMBERING = SNAPSHOT.fields[0].model_copy(update={"remember": True}), SNAPSHOT.fields[1]


def remembering(verified: bool = True, shared: bool = False) -> Verdict:
    rules = policy(
        fields={f.name: f for f in REMEMBERING}, senders=Senders(shared=(ANA.email,) if shared else ())
    )
    kept = Known(remembered={"telefono": "3001234567", "sede": "Bogotá"})
    return decided(message(verified=verified), kept, rules)


def test_what_a_verified_person_gave_before_is_not_asked_again() -> None:
    decision = remembering()

    assert decision.change is not None
    assert {n: d.source for n, d in decision.change.data.items()} == {"telefono": Source.REMEMBERED}


@pytest.mark.parametrize(("verified", "shared"), [(False, False), (True, True)])
def test_nothing_is_remembered_for_the_unverified_or_for_a_shared_address(
    verified: bool, shared: bool
) -> None:
    decision = remembering(verified, shared)

    assert decision.change is not None
    assert dict(decision.change.data) == {}


@pytest.mark.parametrize(
    ("verified", "participant", "kept"),
    [
        (True, True, {"telefono": "3001234567"}),
        (False, True, {}),  # From is free text
        (True, False, {}),  # somebody else's answer
    ],
)
def test_what_is_kept_for_the_next_time_is_a_verified_person_s_own(
    verified: bool, participant: bool, kept: dict[str, str]
) -> None:
    snapshot = replace(SNAPSHOT, fields=REMEMBERING)
    decision = decided(
        message("Re: contraseña", COMPLETE, verified=verified),
        joined(case(snapshot=snapshot), participant=participant),
    )

    assert decision.change is not None
    assert kept == decision.change.remember
