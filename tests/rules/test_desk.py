"""A desk's whole rule book: its patterns and rules do what the comments beside them promise."""

import tomllib
from pathlib import Path

import pytest

from mailbot.rules import patterns
from mailbot.rules.match import Rulebook
from mailbot.rules.required import find
from mailbot.rules.settings import Field, Rule
from tests.rules.messages import message

DESK = tomllib.loads((Path(__file__).parent / "desk.toml").read_text())
FIELDS = {name: Field(name=name, **written) for name, written in DESK["field"].items()}
BOOK = Rulebook([Rule(**written) for written in DESK["rule"]])


@pytest.mark.parametrize(
    "pattern", [f.pattern for f in FIELDS.values()] + [r.get("pattern", "") for r in DESK["rule"]]
)
def test_every_pattern_compiles(pattern: str) -> None:
    patterns.compile(pattern)


@pytest.mark.parametrize(
    ("name", "after_the_label", "value"),
    [
        ("telefono", "+57 300 123 4567", "+57 300 123 4567"),
        ("telefono", "3001234567", "3001234567"),
        ("telefono", "+57 (300) 123 45 67", "+57 (300) 123 45 67"),
        ("telefono", "(601) 555 1234 ext. 45", "(601) 555 1234 ext. 45"),
        ("telefono", "555 12 34 ext 45", "555 12 34 ext 45"),  # seven figures only with an extension
        ("telefono", "555 12 34", None),
        ("telefono", "ext. 4521", "ext. 4521"),  # the extension alone
        ("telefono", "1.032.456.789", None),  # an identity card
        ("telefono", "018000 123 456", None),
        ("telefono", "30/06/2026", None),
        ("placa", "12345", "12345"),
        ("placa", "PC-12345", "PC-12345"),
        ("placa", "no la veo", "no la veo"),
        ("placa", "n/a", "n/a"),
        ("placa", "la de siempre", None),
        ("cedula", "1.032.456.789", "1.032.456.789"),
        ("cedula", "52123456", "52123456"),
        ("cedula", "3001234567", None),  # a mobile
        ("fecha_fin", "30/06/2026", "30/06/2026"),
        ("fecha_fin", "2026-06-30", "2026-06-30"),
        ("fecha_fin", "30 de junio de 2026", "30 de junio de 2026"),
        ("fecha_fin", "indefinido", "indefinido"),
        ("fecha_fin", "pronto", None),
        ("aplicativo", "Orfeo, el módulo de radicación", "Orfeo"),
        ("aplicativo", "outlook", None),  # «Enviado desde Outlook para iOS» is none
    ],
)
def test_the_fields_take_what_they_promise(name: str, after_the_label: str, value: str | None) -> None:
    field = FIELDS[name]
    found = find([field], message(f"{field.label}: {after_the_label}")).values
    assert (found[name].value if found else None) == value


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("placa", "El equipo de placa 12345 no prende", "12345"),  # after its word
        ("placa", "12345", "12345"),  # alone
        ("placa", "Cuesta 12345 pesos", None),
        ("placa", "Código postal 110111", None),
        ("cedula", "con cédula 1.032.456.789 de Bogotá", "1.032.456.789"),
        ("cedula", "Vale 1.500.000 pesos", None),
        ("fecha_fin", "El contrato va hasta el 30/06/2026", "30/06/2026"),
        ("fecha_fin", "La cita es el 30/06/2026", None),
        ("aplicativo", "no me abre el SIIF Nación", "SIIF Nación"),
    ],
)
def test_in_free_text_a_value_stands_alone_or_after_its_word(name: str, text: str, value: str | None) -> None:
    field = FIELDS[name].model_copy(update={"anywhere": True})
    found = find([field], message(text)).values
    assert (found[name].value if found else None) == value


@pytest.mark.parametrize(
    ("subject", "rule"),
    [
        ("No puedo ingresar, olvidé la CONTRASEÑA", "acceso"),
        ("RE: RV: Impresoras del piso 3", "impresion"),
        ("¡Boletín semanal!", "informativo"),
        ("No puedo abrir el boletín", None),
        ("Se cayó el sistema", "servicio_caido"),
        ("Sin sistema de agua", None),  # `unless`
        ("Permiso sindical", None),
        ("Palabra clave del evento", None),
        ("", "asunto_generico"),
        ("URGENTE!!!", "asunto_generico"),
        ("RE: Ayuda, por favor", "asunto_generico"),
        ("Acta de la reunión", None),
    ],
)
def test_the_rules_take_what_they_promise(subject: str, rule: str | None) -> None:
    match = BOOK.match(subject, "ana@mesa.example", "soporte")
    assert (match.rule.name if match else None) == rule
