"""What an answer says in sentences: taken where it is sure, asked for again where it may be something else."""

import time
from dataclasses import replace

import pytest

from mailbot.mail.message import Kind
from mailbot.rules.required import find
from tests.rules.messages import message
from tests.rules.respuestas import fields

FIELDS = {one.name: one for rule in ("impresion", "acceso", "usuarios") for one in fields("", rule)}
SENDER = "Ana Pérez Gómez"


def given(text: str, *asked: str, name: str = "") -> dict[str, str]:
    found = find([FIELDS[one] for one in asked], message(text, name=name), asked).values
    return {key: one.value for key, one in found.items()}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Estoy en la sede Norte, piso 4.", "sede Norte, piso 4"),
        ("estamos en el edificio Murillo piso 3 y mi jefe es Luis", "edificio Murillo piso 3"),
        ("Buenas tardes. Me encuentro en la oficina de Tesorería. Gracias", "oficina de Tesorería"),
        ("Trabajo en el bloque B oficina 12", "bloque B oficina 12"),
        ("Sede Norte piso 2", "Sede Norte piso 2"),
        ("Hola,\nNeiva, piso 2\nGracias", "Neiva, piso 2"),
        ("Sede, piso u oficina Neiva, piso 2", "Neiva, piso 2"),
        (
            "Buenas tardes, gracias por su respuesta\nSede Norte piso 2\nGracias\nLuisa Gil\nOficina Jurídica",
            "Sede Norte piso 2",
        ),
    ],
)
def test_a_place_is_read_in_a_sentence_or_alone(text: str, place: str) -> None:
    assert given(text, "sede", "placa") == {"sede": place}


@pytest.mark.parametrize(
    "text",
    [
        "Estoy en vacaciones",
        "Estoy en casa",
        "Estoy en la oficina",
        "Estoy en la oficina de 8 a 5",
        "Estoy en la oficina hasta las 5:30 p. m.",
        "Estoy en la oficina todos los días",
        "Estoy en la sede Norte hoy",
        "Estoy en la sede Norte pero el equipo está en la sede Sur",
        "Estoy en la sede Norte. Estoy en la sede Sur",
        "Estoy en teletrabajo, la oficina está cerrada",
        "¿Estoy en la sede Norte?",
        "Sede sin internet",
        "Oficina cerrada",
        "oficina de tesoreria pide toner negro",
        "La impresora de la sede Norte no imprime",
        "La oficina de Tesorería pide una impresora nueva\nGracias",
        "Sede Norte\nSede Sur",
        "Sede Norte\nLuisa Gil",
        "Gracias\nOficina Jurídica",
        "Quedo atenta\nLuisa Gil\nOficina Jurídica",
        "Antes de la mudanza estaba en el piso 2",
        "Cede: Arauca piso 3",
        "Señores Oficina de Sistemas",
        "Buenos días oficina de sistemas",
        "Cambio de sede a Medellín",
        "venir a la oficina 305",
        "El computador de la oficina 302",
        "vivo en el piso 3",
        "Piso 3 o 4",
        "Oficina 301 y 302",
        "Oficina virtual",
        "Estoy en la sede de siempre",
        "Dirección: Calle 26, piso 3",
    ],
)
def test_what_may_be_another_place_or_none_is_asked_for_again(text: str) -> None:
    """Hazard 23, A23: a wrong value is worse than a question."""
    assert given(text, "sede", "placa") == {}


@pytest.mark.parametrize(
    "text",
    [
        "Soy Edilma Tapias Roa",
        "soy Edilma Tapias Roa, de Tesorería",
        "Mi nombre es Edilma Tapias Roa y no puedo imprimir",
        "Me llamo Edilma Tapias Roa.",
        "Buenas. Mi nombre completo es: Edilma Tapias Roa",
        "Edilma Tapias Roa\nSede Norte\n300 555 0101",
    ],
)
def test_a_name_is_read_where_its_owner_tells_it(text: str) -> None:
    assert given(text, "nombre", "sede", "telefono")["nombre"] == "Edilma Tapias Roa"


@pytest.mark.parametrize(
    "text",
    [
        "Soy nueva en la entidad",
        "Soy la secretaria de Marta Ruiz",
        "Soy Coordinadora Administrativa",
        "Soy Jefe De Sistemas",
        "Soy Edilma",
        "Soy Edilma Tapias Roa. Mi nombre es Luz Roa Gil",
        "Me llamo como siempre",
        "Soy Luz Roa Gil y la contratista nueva es Edilma Tapias Roa",
        "Mi nombre es Luz Roa Gil, pido un usuario para Edilma Tapias",
        "Luisa Gil Roa es la jefe",
        "300 555 0101\nSede Norte\nMesa De Ayuda",
        "trata de la contratista Luisa Gil",
    ],
)
def test_a_role_or_another_person_is_no_name(text: str) -> None:
    assert "nombre" not in given(text, "nombre", "sede", "telefono")


@pytest.mark.parametrize(
    "text",
    [
        "Mi usuario es aruiz",
        "El usuario de red es: aruiz\nGracias",
        "usuario aruiz\ncel 300 555 0101",
        "mi usuario es aruiz y mi celular es 300 555 0101",
        "300 555 0101, usuario de red aruiz",
    ],
)
def test_a_login_is_read_behind_its_word(text: str) -> None:
    assert given(text, "usuario", "telefono")["usuario"] == "aruiz"


@pytest.mark.parametrize(
    "text",
    [
        "Mi usuario es nuevo",
        "Usuario bloqueado",
        "usuario inactivo\ncel 300 555 0101",
        "El usuario es de la contratista",
        "El usuario es el mismo de siempre",
        "El usuario es aruiz. El usuario es bgil",
        "Mi usuario es aruiz?",
        "El usuario no es aruiz",
        "usuario y clave",
        "usuario remoto\ncel 300 555 0101",
        "usuario Luisa\ncel 300 555 0101",
        "cuenta institucional\ncel 300 555 0101",
    ],
)
def test_what_is_said_of_a_user_is_no_login(text: str) -> None:
    assert "usuario" not in given(text, "usuario", "telefono")


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("indefinido, es de planta", "indefinido"),
        ("Es de planta, indefinido", "indefinido"),
        ("31/12/2027, por favor", "31/12/2027"),
    ],
)
def test_a_clause_that_is_a_value_by_itself_answers_the_one_question(text: str, date: str) -> None:
    assert given(text, "fecha_fin") == {"fecha_fin": date}


@pytest.mark.parametrize(
    "text", ["indefinido, no", "31/12/2027, o 31/01/2028", "indefinido, creo", "31/12/2027, expediente 4411"]
)
def test_a_clause_that_another_takes_back_is_no_answer(text: str) -> None:
    assert given(text, "fecha_fin") == {}


def test_sentences_are_read_only_where_it_was_asked_and_a_person_wrote() -> None:
    """Lesson 14: an out-of-office notice is never the data."""
    text = "Estoy en la sede Norte, piso 4. Mi usuario es aruiz"
    every = [FIELDS["sede"], FIELDS["usuario"]]
    away = replace(message(text), kind=Kind.AUTO_REPLY)

    assert find(every, message(text)).values == {}
    assert find(every, away, ("sede", "usuario")).values == {}


@pytest.mark.parametrize(
    "line",
    ["estoy en la sede " * 60, "sede Norte, " * 80, "mi usuario es " * 70, "Soy Ana " * 120, "Soy " * 240],
)
def test_a_hostile_answer_costs_what_a_long_one_costs(line: str) -> None:
    """Hazard 44."""
    began = time.thread_time()
    given(f"{line}\n" * 300, "nombre", "sede", "usuario", "telefono")

    assert time.thread_time() - began < 2


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Cambio de sede a Medellín", "sede"),
        ("El computador de la oficina 302", "sede"),
        ("cuenta bloqueada", "usuario"),
        ("el usuario externo", "usuario"),
    ],
)
def test_the_one_line_of_an_answer_to_the_one_question_may_still_be_a_story(text: str, asked: str) -> None:
    assert given(text, asked) == {}
