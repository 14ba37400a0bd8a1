"""What is shown to whom: people see their own words, the desk sees the case, nobody sees what is remembered."""

from dataclasses import replace
from typing import Any

import pytest

from mailbot.desk.case import Case, Datum, State
from mailbot.desk.decision import Order, Role
from mailbot.mail.html import to_text
from mailbot.mail.message import Address, Bounce, Message
from mailbot.replies.facts import IN_THE_CASE, DeskIdentity, facts
from mailbot.replies.variables import VARIABLES
from mailbot.rules.found import Source
from mailbot.rules.settings import Field, Rule
from tests.replies.make import FIELDS, IDENTITY, MARTA, NOW, TEMPLATES, by_marta, case, message, order

LUIS = Address("luis@otra.example", "Luis Díaz")
DESK = Order("aviso_caso", "mesa@mesa.example", Role.DESK)


def known(
    asked: Order, case: Case | None, answered: Message | None, *, identity: DeskIdentity = IDENTITY
) -> dict[str, Any]:
    return facts(asked, case, answered, identity, NOW)


def values(said: dict[str, Any]) -> list[str]:
    return [datum["valor"] for datum in said["datos"]]


def test_every_documented_variable_is_given_with_and_without_a_case() -> None:
    assert set(VARIABLES) == set(known(order(), case(), message())) == set(known(order(), None, message()))


def test_the_facts_of_a_precaso() -> None:
    said = known(order(), case({"nombre": by_marta("Marta Pérez")}), message())
    assert (said["numero"], said["tema"], said["estado"]) == ("MS-000123", "Impresión y escáner", "precaso")
    assert (said["horas"], said["fecha"], said["plazo"]) == ("24 horas", "martes 6 de octubre", "")
    assert [missing["etiqueta"] for missing in said["faltantes"]] == [
        "Sede, piso u oficina",
        "Placa de inventario del equipo",
    ]


def test_without_a_title_the_rules_name_is_said() -> None:
    said = known(order(), case(rule=Rule(name="correo_y_teams")), message())
    assert said["tema"] == "correo y teams"


@pytest.mark.parametrize(
    ("datum", "shown"),
    [
        (by_marta("piso 3"), True),
        # a remembered value is never printed in a mail (invariant 4)
        (Datum("piso 3", Source.REMEMBERED, by=MARTA.email), False),
        # by someone to whom our mail was forwarded (invariant 5)
        (Datum("piso 3", Source.LABEL, by=LUIS.email, third_party=True), False),
        (Datum("piso 3", Source.LABEL, by=LUIS.email), False),
        # after a phone call
        (Datum("piso 3", Source.PERSON, by="cli:ana"), True),
    ],
)
def test_people_are_shown_what_they_said_themselves(datum: Datum, shown: bool) -> None:
    assert values(known(order(), case({"sede": datum}), message())) == (["piso 3"] if shown else [])


def test_who_was_forwarded_our_mail_is_shown_nothing_of_the_others() -> None:
    """Hazard 17: inbound text is never shown to anyone but its sender."""
    data = {"sede": by_marta("piso 3"), "nombre": Datum("Marta Pérez", Source.PERSON, by="cli:ana")}
    said = known(order(to=LUIS.email), case(data), message(from_=LUIS, verified=True))
    assert values(said) == []
    assert said["saludo"] == "Cordial saludo, Luis Díaz:"


def test_a_reply_to_another_address_of_theirs_shows_them_their_own_words() -> None:
    said = known(order(to="buzon@mesa.example"), case({"sede": by_marta("piso 3")}), message())
    assert values(said) == ["piso 3"]


def test_a_sensitive_value_stands_in_no_mail() -> None:
    secret = tuple(Field(**{**f.model_dump(), "sensitive": True}) for f in FIELDS)
    made = case({"sede": by_marta("piso 3")})
    made = case(
        made.data,
        snapshot=type(made.snapshot)(
            "r", "t", made.snapshot.rule, secret, made.snapshot.answer_within, "24/7"
        ),
    )
    assert values(known(order(), made, message())) == []
    assert values(known(DESK, made, message())) == [IN_THE_CASE]


def test_the_desk_is_told_of_remembered_values_and_where_to_see_them() -> None:
    data = {
        "sede": Datum("piso 3", Source.REMEMBERED, by=MARTA.email),
        "placa": by_marta("sin placa", doubtful=True),
    }
    assert known(DESK, case(data), message())["datos"] == (
        {"etiqueta": "Sede, piso u oficina", "valor": IN_THE_CASE, "dudoso": False},
        {"etiqueta": "Placa de inventario del equipo", "valor": "sin placa", "dudoso": True},
    )


def test_a_reply_to_the_requester_shows_nothing_of_a_participant_who_answered() -> None:
    """Luis, in copy, answers; the reply goes to Marta: neither his words, his subject nor his name stand in it."""
    data = {"sede": Datum("piso 3", Source.LABEL, by=LUIS.email), "placa": by_marta("sin placa")}
    answered = message(from_=LUIS, subject="RV: cosas de Luis", verified=True)
    said = known(order("pedir_faltantes"), case(data), answered)
    assert values(said) == ["sin placa"]
    assert (said["nombre"], said["asunto"], said["asunto_citado"]) == (
        "Marta Pérez",
        "La impresora no imprime",
        "",
    )


def test_what_could_not_be_read_is_said_to_who_wrote_it() -> None:
    data = {"placa": by_marta(None, misfit="la del escritorio")}
    ask = known(order(), case(data), message())["faltantes"]
    assert [(f["etiqueta"], f["ilegible"]) for f in ask][-1] == ("Placa de inventario del equipo", True)
    other = known(order(to=LUIS.email), case(data), message(from_=LUIS))["faltantes"]
    assert not any(f["ilegible"] for f in other)


@pytest.mark.parametrize(
    ("answered", "data", "greeting"),
    [
        (message(), {}, "Cordial saludo, Marta Pérez:"),
        # the field `nombre` wins over the From name
        (message(), {"nombre": by_marta("Marta Lucía Pérez")}, "Cordial saludo, Marta Lucía Pérez:"),
        (message(from_=Address(MARTA.email, "Visite www.evil.example")), {}, "Cordial saludo:"),
        (message(), {"nombre": by_marta("https://evil.example")}, "Cordial saludo, Marta Pérez:"),
        (
            message(from_=Address(MARTA.email)),
            {"nombre": Datum("Marta Pérez", Source.REMEMBERED)},
            "Cordial saludo:",
        ),
        # the reminder answers no mail
        (None, {}, "Cordial saludo, Marta Pérez:"),
    ],
)
def test_the_greeting_names_a_person_or_nobody(
    answered: Message | None, data: dict[str, Datum], greeting: str
) -> None:
    assert known(order(), case(data), answered)["saludo"] == greeting


def test_the_subject_is_cited_only_to_who_surely_wrote_it_short_and_without_links() -> None:
    long = "Vea www.evil.example " + "muy " * 30
    assert known(order(), case(), message(subject=long))["asunto_citado"] == ""
    said = known(order(), case(), message(subject=long, verified=True))["asunto_citado"]
    assert said.startswith("Vea www[.]evil[.]example")
    assert len(said) <= 75


def test_the_subject_is_that_of_the_mail_answered_or_of_the_case() -> None:
    assert known(order(), case(), message(subject="RE: Otra cosa [MS-000123]"))["asunto"] == "Otra cosa"
    assert known(order(), case(), None)["asunto"] == "La impresora no imprime"


def test_an_open_case_has_no_time_to_answer() -> None:
    at_once = known(order(), case(rule=Rule(name="red", open_at_once=True), state=State.ABIERTO), message())
    assert (at_once["abierto"], at_once["horas"]) == (True, "")


def test_the_desk_reads_what_the_person_wrote_without_links() -> None:
    said = known(DESK, case(), message(reply_text="Entre a http://evil.example\n\ny mire"))
    assert said["mensaje"] == "Entre a http[:]//evil[.]example\n\ny mire"
    assert said["solicitante"] == "Marta Pérez <marta@mesa.example>"
    assert (said["tipo"], said["severidad"], said["grupo"]) == (
        "requerimiento",
        "4 (baja)",
        "Mesa de servicios",
    )
    assert known(order(), case(), message())["mensaje"] == ""


def test_the_desk_is_told_the_persons_subject_not_that_of_the_report_that_returned_our_mail() -> None:
    report = message(
        subject="Undelivered Mail Returned to Sender",
        text="I'm sorry to have to inform you",
        bounce=Bounce("failed", "5.1.1", MARTA.email, "no such user"),
    )
    said = known(DESK, case(), report)
    assert (said["asunto_citado"], said["mensaje"]) == (case().subject, "")


def test_the_desk_reads_what_was_written_first_without_links_and_when() -> None:
    asked = Order("aviso_caso", "mesa@mesa.example", Role.DESK, {"mensaje_inicial": "http://evil.example"})
    said = known(asked, case(), message())
    assert said["mensaje_inicial"] == "http[:]//evil[.]example"
    assert said["registrado"] == "martes 6 de octubre, 9:15 a. m."


def test_the_desk_is_told_whose_mail_was_forwarded_until_the_case_is_theirs() -> None:
    """Lesson 29. People are never told."""
    forwarded = case(forwarded_from=LUIS)

    assert known(DESK, forwarded, message())["quien_pidio"] == "Luis Díaz <luis@otra.example>"
    assert known(DESK, replace(forwarded, requester=LUIS), message())["quien_pidio"] == ""
    assert known(order(), forwarded, message())["quien_pidio"] == ""


@pytest.mark.parametrize("template", ["aviso_caso", "aviso_atencion"])
def test_the_notices_say_who_forwarded_and_who_seems_to_have_asked(template: str) -> None:
    """The address is a stranger's: it never stands in an order that somebody may copy into a terminal."""
    told = TEMPLATES.render(template, known(DESK, case(forwarded_from=LUIS), message()))

    for text in (told.text, to_text(told.html)):
        said = " ".join(text.split())
        assert "reenvió Marta Pérez <marta@mesa.example>; quien pidió ayuda parece ser Luis Díaz" in said
        assert "mailbot case MS-000123 --requester DIRECCIÓN" in said


def test_the_orders_own_facts_win_and_codes_become_words() -> None:
    asked = Order(
        "aviso_atencion",
        "mesa@mesa.example",
        Role.DESK,
        {"motivo": "still_missing", "mensaje": "a\x00b", "relacionado": "MS-000001"},
    )
    said = known(asked, case(), message())
    assert said["motivo"].startswith("Los datos se pidieron dos veces")
    assert (said["mensaje"], said["relacionado"]) == ("ab", "MS-000001")
    assert known(order(motivo="otra cosa"), case(), None)["motivo"] == "otra cosa"


def test_a_late_answer_is_explained_as_the_admin_decided() -> None:
    tell = DeskIdentity("Mesa", "soporte@mesa.example", late_answer="tell")
    assert known(order(), case(), None, identity=tell)["respuesta_tardia"] == "avisar"
    assert known(order(), case(), None)["respuesta_tardia"] == "nueva"
