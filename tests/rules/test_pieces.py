"""A piece of a longer number, and the number of something else, are no telephone; one of several names is no answer."""

import pytest

from mailbot.rules.required import find
from mailbot.rules.settings import Field
from tests.rules.messages import message
from tests.rules.respuestas import fields

IMPRESION = fields("", "impresion")


def phone(text: str) -> str | None:
    found = find(IMPRESION, message(text)).values
    return found["telefono"].value if "telefono" in found else None


@pytest.mark.parametrize(
    "text",
    [
        "Teléfono: 300 123 4567 8",
        "Teléfono: 3001234567 8",
        "Mi celular es 300 123 4567 89",
        "Teléfono: 300-123-4567-8",
        "Teléfono: 93 601 555 1234",
        "Teléfono: +52 55 5555 1234 ext. 405",
        "Escríbame al +52 55 5555 1234 (ext. 405)",
        "Extensión 4521 4522",
    ],
)
def test_a_piece_of_a_longer_run_of_figures_is_no_value(text: str) -> None:
    assert phone(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "CC 3001234567",
        "C.C. 3001234567",
        "C.C. No. 3001234567",
        "Cédula de ciudadanía N° 3001234567",
        "NIT 3001234567",
        "nit: 3001234567",
        "radicado No 3001234567",
        "el documento es el 3001234567",
        "factura 3001234567",
        "T.I. 3001234567",
        "N.I.T. 3001234567",
        "S/N 3001234567",
        "el pedido 3001234567",
        "factura FE-3001234567",
        "Teléfono: CC 3001234567",
    ],
)
def test_the_number_of_a_document_is_no_telephone(text: str) -> None:
    assert phone(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Teléfono: 300 123 4567", "300 123 4567"),
        ("Teléfono: 300 123 4567.", "300 123 4567"),
        ("Teléfono: 3001234567 601 555 1234", "3001234567"),  # two whole ones
        ("Cel 3001234567, oficina 405", "3001234567"),
        ("CC 79555021, cel 3001234567", "3001234567"),
        ("Escríbame, cel-3001234567", "3001234567"),
        ("Sede Norte, piso 4, ext 4521", "ext 4521"),
        ("Placa 12345, ext 4521", "ext 4521"),
        ("601 555 1234 (ext. 405)", "601 555 1234 (ext. 405)"),
    ],
)
def test_a_whole_number_stays_one(text: str, expected: str) -> None:
    assert phone(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Llamar a Pedro 300 123 4567",
        "Pregunte por la doctora Ruiz, 300 123 4567",
        "Contacten a la ingeniera Luz Gil, 300 123 4567",
    ],
)
def test_the_number_of_whom_to_call_instead_is_not_the_sender_s(text: str) -> None:
    assert phone(text) is None
    assert phone(f"{text}\nMi celular: 310 999 8888") == "310 999 8888"


@pytest.mark.parametrize(
    "number",
    [
        "91 555 12 34",
        "91 555 12 34 (ext. 405)",
        "93 555 12 34 ext 405",
        "915 551 234",
        "912 34 56 78",
        "612 345 678",
        "612 34 56 78",
        "712 345 678",
        "+34 612 34 56 78",
        "+34 91 555 12 34",
        "+34 606 12 34 56",
        "+34612345678",
        "612345678",
        "912345678",
    ],
)
def test_the_example_takes_the_numbers_of_spain_whole(number: str) -> None:
    assert phone(f"Teléfono: {number}") == number


@pytest.mark.parametrize(
    "text",
    [
        "Teléfono: 601 555 123",  # a figure is missing
        "Teléfono: 91 555 12 3",
        "el oficio con consecutivo 912345678",
        "la orden 612345678 del almacén",
        "son 712.345.678 pesos",
        "NIT 900.123.456-1",
        "Teléfono: 900123456",
    ],
)
def test_what_is_like_a_number_of_spain_is_none(text: str) -> None:
    assert phone(text) is None


def test_a_name_behind_a_number_is_no_piece_of_it() -> None:
    """Of two names in free text, neither is dropped so that the other looks like the only one."""
    found = find(fields("", "usuarios"), message("CC 79.555.021 Orfeo y SIIF")).values
    assert "aplicativo" not in found


def test_a_field_s_own_word_before_its_number_is_its_label() -> None:
    case = Field(
        name="radicado", label="Radicado", aliases=("expediente",), pattern=r"\b\d{8}\b", anywhere=True
    )
    assert find([case], message("Radicado No. 20261234")).values["radicado"].value == "20261234"
    assert find([case], message("sobre el expediente 20261234")).values["radicado"].value == "20261234"
    assert find([case], message("la factura 20261234")).values == {}


def test_an_hour_behind_a_date_is_no_more_of_it() -> None:
    day = Field(name="dia", label="Día", pattern=r"\b\d{1,2}/\d{1,2}/20\d{2}\b")
    assert find([day], message("Día: 24/11/2026 8:30")).values["dia"].value == "24/11/2026"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sistemas: Orfeo", "Orfeo"),
        ("Aplicativo: SECOP II", "SECOP II"),
        ("Aplicativo: Orfeo, gracias", "Orfeo"),
        ("Aplicativo: Orfeo, no me deja entrar", "Orfeo"),
        ("Aplicativo: Orfeo (el de radicación)", "Orfeo"),
        ("Sistemas: Orfeo y SECOP II", None),
        ("Sistemas: Orfeo / Kactus", None),
        ("Aplicativo: Orfeo y Aranda", None),  # not in the list
        ("Aplicativo: Orfeo, Aranda", None),
        ("Aplicativo: Orfeo + Aranda", None),
        ("Aplicativo: Word; Orfeo", None),
        ("Aplicativo: Orfeo 3", None),
        ("Buenos días, aplicativo: Orfeo", "Orfeo"),
    ],
)
def test_one_of_several_names_is_not_the_answer(text: str, expected: str | None) -> None:
    """A closed list tells one value: where more are given, it is asked which."""
    for field in (fields("", "acceso")[3], LISTED):
        found = find([field], message(text)).values
        assert (found[field.name].value if found else None) == expected, field


LISTED = Field(
    name="aplicativo",
    label="Aplicativo",
    aliases=("sistemas",),
    values=("Orfeo", "SECOP II", "Kactus"),
    anywhere=True,
)
