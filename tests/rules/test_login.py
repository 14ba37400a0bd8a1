"""Where a login belongs: one word that may be one; an ordinary word or a phrase is asked for again (hazard 23)."""

import pytest

from mailbot.rules import login
from mailbot.rules.required import find
from tests.rules.messages import message
from tests.rules.respuestas import fields

FIELDS = {one.name: one for one in fields("", "acceso")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jperez", "jperez"),
        ("JPEREZ", "JPEREZ"),
        ("Jperez", "Jperez"),  # a telephone's capital
        ("MESA\\jperez", "MESA\\jperez"),
        ("ana.perez@mesa.example", "ana.perez@mesa.example"),
        ("79555021", "79555021"),
        ("mhurtado", "mhurtado"),  # no word begins so
        ("jcano.bloqueado", "jcano.bloqueado"),
        ("aruiz", "aruiz"),
        ("es jperez", "jperez"),
        ("mi usuario de red es jperez.", "jperez"),
        ("jperez (el de red)", "jperez"),
        ("jperez, gracias", "jperez"),
    ],
)
def test_a_login_is_one_word(text: str, expected: str) -> None:
    assert login.login(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "nuevo",
        "Nueva",
        "bloqueado",
        "está bloqueado",
        "inactiva",
        "pendiente",
        "institucional",
        "desconocido",
        "el de red",
        "el del correo",
        "red",
        "clave",
        "creación",
        "desbloquear",
        "mi cédula",
        "Pedro Gil",
        "Luisa",
        "de la contratista",
        "jperez Clave2026*",
        "jperez y bgil",
        "jperez, bgil",
        "(el de red)",
        "",
    ],
)
def test_a_word_or_a_phrase_is_none(text: str) -> None:
    assert login.login(text) is None


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Usuario con el que ingresa", True),
        ("Nombre de usuario", True),
        ("Su usuario de red", True),
        ("Login", True),
        ("Nombre del usuario", False),  # a person
        ("Tipo de usuario", False),
        ("Correo del usuario", False),
        ("Sede", False),
    ],
)
def test_a_label_tells_that_a_login_is_asked_for(label: str, expected: bool) -> None:
    assert login.asked_by(label) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Usuario: jperez", "jperez"),
        ("Usuario\taruiz\nAplicativo\tOrfeo", "aruiz"),  # a table
        ("Usuario - jperez", "jperez"),
        ("Usuario - aruiz", None),  # may as well be a title
        ("Usuario - impresora", None),
        ("Usuario - clave", None),
        ("Usuario: nuevo", None),
        ("Usuario:\nbloqueado", None),
        ("Usuario: el de red", None),
        ("Usuario: siif", None),  # the application
    ],
)
def test_behind_its_label_too(text: str, expected: str | None) -> None:
    found = find(list(FIELDS.values()), message(text)).values
    assert (found["usuario"].value if "usuario" in found else None) == expected


def test_what_is_none_is_asked_for_with_the_hint() -> None:
    """As a value that does not fit a pattern: given again, it is taken as doubtful (design, required data)."""
    assert find([FIELDS["usuario"]], message("Usuario: nuevo")).misfits == {"usuario": "nuevo"}
    for text in ("Usuario - clave", "Usuario: pendiente", "Usuario: no puedo ingresar", "Usuario: ¿cuál?"):
        assert find([FIELDS["usuario"]], message(text)).misfits == {}
