"""A request for another person's account: who writes is not who it is for (A18, hazard 23)."""

import pytest

from mailbot.rules.required import find
from tests.rules.messages import message
from tests.rules.respuestas import fields

FIELDS = fields("", "usuarios")
SENDER = "Ana Pérez Gómez"


def named(text: str, *, asked: tuple[str, ...] = (), name: str = SENDER) -> str | None:
    found = find(FIELDS, message(text, name=name), asked).values
    return found["persona"].value if "persona" in found else None


@pytest.mark.parametrize(
    "text",
    [
        "Nombre: Kelly Mosquera",
        "Nombres y apellidos: Kelly Mosquera",
        "Contratista: Kelly Mosquera",
        "Nombre - Kelly Mosquera",
        "Nombre\tKelly Mosquera\nCédula\t79555021",
        "Nombre completo de la persona de la cuenta: Kelly Mosquera",
    ],
)
def test_the_name_stands_behind_its_label(text: str) -> None:
    assert named(text) == "Kelly Mosquera"


@pytest.mark.parametrize(
    "text",
    [
        "Cédula: 79555021\nTeléfono: 300 555 0101",
        "Solicitante: Ana Pérez Gómez",
        "Nombre del solicitante: Ana Pérez Gómez",
        "Nombre de usuario: kmosquera",
        "Nombre: nuevo contratista",
        "Persona: la contratista nueva",
        "Contratista: contrato 123 de 2026",
        "Nombre: Kelly Mosquera CC 79555021",
        "Nombre: Kelly Mosquera y Juan Gil",
        "Nombres: Kelly\nApellidos: Mosquera Gil",
        "Contratista - Asuntos Disciplinarios",
        "Funcionario: Oficina Jurídica",
        "No ingresa\nAna Pérez\nContratista - Asuntos Disciplinarios",
    ],
)
def test_otherwise_it_is_asked_for(text: str) -> None:
    assert named(text) is None
    assert named(text, name="") is None


def test_a_bare_answer_is_the_name_unless_it_is_the_sender_s() -> None:
    asked = ("persona",)
    assert named("Kelly Mosquera", asked=asked) == "Kelly Mosquera"
    assert named("Ana Pérez", asked=asked) is None
    assert named("Ana María Pérez Gómez", asked=asked) is None
    assert named("Soy Ana Pérez Gómez", asked=asked) is None
    assert (
        named("Soy Kelly Mosquera", asked=asked, name="") is None
    )  # whoever writes from an office's address


def test_the_first_of_several_lines_is_the_name_unless_it_is_the_sender_s() -> None:
    asked = ("persona", "telefono", "aplicativo")
    assert named("Kelly Mosquera\n300 555 0101\nOrfeo", asked=asked) == "Kelly Mosquera"
    assert named("Ana Pérez Gómez\n300 555 0101\nOrfeo", asked=asked) is None
