"""Required data (A18, A19): what a mail gives of them, and above all what it does not."""

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.mail.message import Kind
from mailbot.rules.found import Source
from mailbot.rules.required import find
from mailbot.rules.settings import Field
from tests.rules.messages import message

DESK = tomllib.loads((Path(__file__).parent / "desk.toml").read_text())
FIELDS = {name: Field(name=name, **written) for name, written in DESK["field"].items()}


def given_in(
    text: str, *names: str, subject: str = "x", asked: tuple[str, ...] = (), **changes: Any
) -> dict[str, str]:
    """Field → value, for the desk's fields of these names, or all of them."""
    fields = [FIELDS[name].model_copy(update=changes) for name in names or FIELDS]
    found = find(fields, message(text, subject=subject, name="Ana Ruiz"), asked)
    return {name: one.value for name, one in found.values.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Teléfono: 300 123 4567", {"telefono": "300 123 4567"}),
        ("TELEFONO : 300 123 4567", {"telefono": "300 123 4567"}),  # folded
        ("Teléfono de contacto: 300 123 4567", {"telefono": "300 123 4567"}),  # our form's own label
        ("Teléfono - 300 123 4567", {"telefono": "300 123 4567"}),
        ("Teléfono – 300 123 4567", {"telefono": "300 123 4567"}),
        ("Sede.- Bogotá", {"sede": "Bogotá"}),  # as in letters
        ("Tel: casa 12 3001234567", {"telefono": "3001234567"}),  # not in groups: no piece of a longer one
        ("Tel. 300 1234567", {"telefono": "300 1234567"}),
        ("CELULAR 3001234567", {"telefono": "3001234567"}),
        ("*Teléfono:* 3001234567", {"telefono": "3001234567"}),  # bold, in plain text
        ("• Teléfono: 3001234567", {"telefono": "3001234567"}),
        ("- Teléfono: 3001234567", {"telefono": "3001234567"}),
        ("1. Teléfono: 3001234567", {"telefono": "3001234567"}),
        ("b) Teléfono: 3001234567", {"telefono": "3001234567"}),
        ("Teléfono (celular): 300 123 4567", {"telefono": "300 123 4567"}),
        ("Tel/Cel: 3001234567", {"telefono": "3001234567"}),  # two labels of one field
        ("Telefno: 3001234567", {"telefono": "3001234567"}),  # one slip, before a colon
        ("Telefno 3001234567", {}),  # without a colon it is a word like another
        ("Mi número de celular: 300 123 4567", {"telefono": "300 123 4567"}),
        ("Teléfono: mi celular es el 300 123 4567 (mañanas)", {"telefono": "300 123 4567"}),
        ("Hablé con Pedro y mi celular es 3001234567", {"telefono": "3001234567"}),
        ("Hola, mi celular es 3001234567 y la pantalla no prende", {"telefono": "3001234567"}),
        ("Teléfono:\n3001234567", {"telefono": "3001234567"}),  # on the line below
        ("Tel: 300\u00a0123\u00a04567", {"telefono": "300 123 4567"}),  # no-break blanks
        ("Tel: 300\u2011123\u20114567", {"telefono": "300-123-4567"}),  # no-break hyphens
        ("Tel: 601 555 1234 ext 45", {"telefono": "601 555 1234 ext 45"}),  # ext is part of the value
        ("Tel: 601 555 1234 Ext: 45", {"telefono": "601 555 1234 Ext: 45"}),
        ("Extensión: 4521", {"telefono": "Extensión: 4521"}),  # the pattern needs the label's word
        ("Placa | 12345", {"placa": "12345"}),  # a table's row
        ("Placa\tPC-12345", {"placa": "PC-12345"}),  # its hyphen begins no second value
        ("Placa: No. 12345", {"placa": "12345"}),  # a number sign is no denial
        ("Placa: no tengo", {"placa": "no tengo"}),  # this field's pattern accepts it
        ("Placa: la 12345", {"placa": "12345"}),
        ("C.C. 1.032.456.789", {"cedula": "1.032.456.789"}),
        ("Sede → Bogotá, piso 4", {"sede": "Bogotá, piso 4"}),
        ("Sede: Bogotá D.C.", {"sede": "Bogotá D.C."}),
        ("Sede: Bogotá.", {"sede": "Bogotá"}),
        ("Sede: Bogotá, piso: 4", {"sede": "Bogotá, piso: 4"}),  # a label of the same field is part of it
        ("Ciudad: Bogotá\nPiso: 4", {"sede": "Bogotá, Piso 4"}),  # parts of what label and hint ask for
        ("nombre completo del funcionario: Ana Ruiz", {"nombre": "Ana Ruiz"}),
        (
            "Nombre: Ana Ruiz Tel: 300 123 4567 Sede: Bogotá",
            {"nombre": "Ana Ruiz", "telefono": "300 123 4567", "sede": "Bogotá"},
        ),
        ("Nombre:Ana Ruiz|Tel:3001234567", {"nombre": "Ana Ruiz", "telefono": "3001234567"}),
        ("Sede: Cali\nSede: CALI", {"sede": "Cali"}),  # said twice, once in capitals
        ("Celular: 3001234567\nTel: 6015551234", {"telefono": "3001234567"}),  # both are right: the first
    ],
)
def test_a_labelled_value_is_taken(text: str, expected: dict[str, str]) -> None:
    assert given_in(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Sede, piso u oficina:\nPlaca de inventario del equipo:\n",  # our form, as it was sent
        "Sede, piso u oficina:\nGracias",  # a courtesy is no value
        "Sede, piso u oficina:\n\nAna Ruiz",  # a signature after a blank line
        "Contraseña del usuario: abc123",  # the label of something else, and a secret
        "Teléfono del jefe: 300 123 4567",
        "Teléfono: ya no es el 300 123 4567",
        "No es mi celular 3001234567",
        "Hablé con Pedro, celular del jefe 3001234567",
        "Cualquier cosa con Pedro Gil, cel 3001234567",
        "Pedro es quien sabe, su celular es 3001234567",
        "Comuníquese con la doctora Ruiz al 3001234567",
        "Sede: ya la conocen",
        "Usuario - no puedo ingresar",  # a dash in a title
        "Usuario: no puedo ingresar",
        "Usuario: ¿cuál?",
        "Sede: Edificio nuevo hora: 3pm",  # where does the value end?
        "Sede: Bogotá\nSede: Cali",  # which?
        "Nombre: Ana Ruiz\nSolicitante: Pedro Gil",
        "Sede: " + "muy lejos " * 30,  # a story
        "> Teléfono: 3001234567",  # a quote that was left
        "No funciona el internet ni el teléfono 3",
        "La placa no la encuentro",
        "http://sede:8080/",
        "Nos vemos a las 8:00 en la oficina",
        "Aplicación lenta: Word y Excel",
        "El usuario dice: no me deja",
        "Sede: ver firma",
        "Usuario: va en el adjunto",
        "Sede\tPlaca\nNorte\t12345\nSur\t12346",  # a table of two, its heads no value of one another
        "Nombre completo\tÁrea\tMotivo\nPedro Gil\tJurídica\tRetiro",
        "Sede\tBogotá\tÁrea\tJurídica",
        "Tel. 93 601 555 1234",  # a piece of a longer number
    ],
)
def test_where_it_is_not_sure_nothing_is_filled_in(text: str) -> None:
    """A wrong value is worse than a question."""
    assert given_in(text) == {}


def test_text_beside_an_unknown_label_ends_at_the_sign_before_it() -> None:
    assert given_in("Sede: Bogotá. Nota: es urgente") == {"sede": "Bogotá"}


@pytest.mark.parametrize(
    ("text", "misfits", "declined"),
    [
        ("Teléfono: 12", {"telefono": "12"}, ()),
        ("Teléfono: no tengo", {}, ("telefono",)),
        ("Teléfono: N/A", {}, ("telefono",)),
        ("Teléfono: no sé", {}, ("telefono",)),
        ("Sede: ninguna", {}, ("sede",)),
        ("Teléfono:", {}, ()),  # the form as it was
        ("Telefno: 12", {}, ()),  # not surely the label
        ("Teléfono: 12\nTeléfono: 300 123 4567", {}, ()),  # a value came after all
    ],
)
def test_what_does_not_fit_and_what_is_refused_is_told(
    text: str, misfits: dict[str, str], declined: tuple[str, ...]
) -> None:
    found = find(list(FIELDS.values()), message(text))
    assert (found.misfits, found.declined) == (misfits, declined)


def test_an_automatic_message_gives_nothing() -> None:
    """Invariant 3, lesson 14: an out-of-office notice is never the data."""
    text = "Estoy de vacaciones. Teléfono: 300 123 4567"
    field = FIELDS["telefono"].model_copy(update={"anywhere": True})
    assert find([field], message(text, kind=Kind.AUTO_REPLY)).values == {}


def test_quoted_text_does_not_count() -> None:
    """Hazard 23: only `reply_text` is read, which has no quotes."""
    found = find([FIELDS["telefono"]], message("Gracias", text="Gracias\n> Teléfono: 300 123 4567"))
    assert found.values == {}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ana Ruiz", "Ana Ruiz"),
        ("Pérez Gómez, Ana María", "Ana María Pérez Gómez"),  # as directories write it
        ("Juan de la Cruz", "Juan de la Cruz"),
        ("Ana Ruiz (Contratista)", "Ana Ruiz"),
        ("María-José O'Neil", "María-José O'Neil"),
        ("Ana", ""),  # one word may be anything
        ("Ana M.", ""),
        ("De La", ""),
        ("Ana Mesa", "Ana Mesa"),
        ("Mesa Central", ""),
        ("Soporte TI", ""),
        ("Mesa de Servicios", ""),
        ("Zabbix Server", ""),
        ("Ana Ruiz 2", ""),
        ("ana@mesa.example", ""),
        ("Ana Ruiz - OTI", ""),
        ("", ""),
    ],
)
def test_the_sender_name_is_taken_where_it_is_a_person_s(name: str, expected: str) -> None:
    field = FIELDS["nombre"].model_copy(update={"from_sender": True})
    found = find([field], message("Hola", name=name)).values
    assert {one.value for one in found.values()} == ({expected} if expected else set())


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        ("300 123 4567", "300 123 4567"),
        ("Me pueden llamar al 300 123 4567", "300 123 4567"),
        ("Con gusto", "320 111 2233"),
    ],
)
def test_what_is_answered_is_believed_before_a_signature_that_begins_with_a_label(
    above: str, expected: str
) -> None:
    """Of an answer's signature only the data are left, so that it looks like a form."""
    text = f"{above}\n\nAtentamente,\nCel: 320 111 2233"
    assert given_in(text, "telefono", asked=("telefono",), anywhere=True) == {"telefono": expected}


@pytest.mark.parametrize("said", ["Solicitante - Oficina Jurídica", "Solicitante: Oficina Jurídica"])
def test_an_office_is_no_name_of_a_person(said: str) -> None:
    """As signatures tell it below the name: «Contratista - Oficina Jurídica»."""
    field = FIELDS["nombre"].model_copy(update={"from_sender": True})
    found = find([field], message(f"No prende\nAna Ruiz\n{said}", name="Ana Ruiz Gil")).values
    assert found["nombre"].value == "Ana Ruiz Gil"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Solicitante - Asuntos Disciplinarios", set()),  # whose name, or what office?
        ("No prende\n\nAna Ruiz\nSolicitante - Asuntos Disciplinarios", {"Ana Ruiz Gil"}),  # a signature
        ("Nombre - Ana Ruiz", {"Ana Ruiz"}),
        ("Nombre: Pedro Gil", {"Pedro Gil"}),  # who asks for another says so by a colon
    ],
)
def test_a_name_behind_a_dash_is_believed_where_it_is_the_sender_s(said: str, expected: set[str]) -> None:
    field = FIELDS["nombre"].model_copy(update={"from_sender": True})
    found = find([field], message(said, name="Ana Ruiz Gil")).values
    assert {one.value for one in found.values()} == expected


def test_a_label_is_believed_before_the_sender_and_before_free_text() -> None:
    name = FIELDS["nombre"].model_copy(update={"from_sender": True})
    phone = FIELDS["telefono"].model_copy(update={"anywhere": True})
    text = "Nombre: Pedro Gil\nTel: 300 123 4567\nLlame al 310 999 8888"
    found = find([name, phone], message(text, name="Ana Ruiz")).values
    assert {n: (one.value, one.source) for n, one in found.items()} == {
        "nombre": ("Pedro Gil", Source.LABEL),
        "telefono": ("300 123 4567", Source.LABEL),
    }


@pytest.mark.parametrize(
    ("text", "subject", "expected"),
    [
        ("no prende, llame al 300 123 4567", "x", "300 123 4567"),
        ("no prende", "No prende (310 999 8888)", "310 999 8888"),
        ("300 123 4567\no al 3001234567", "x", "300 123 4567"),  # the same, written twice
        ("300 123 4567 o 310 999 8888", "x", None),  # a choice
        ("El teléfono del jefe es 300 123 4567", "x", None),
        ("ayuda", "RE: x [MS-3001234567]", None),  # a tag is no datum
        ("Usuario: 3001234567", "x", None),  # it belongs to another field
    ],
)
def test_free_text_is_searched_where_the_field_allows_it(
    text: str, subject: str, expected: str | None
) -> None:
    fields = [FIELDS["telefono"].model_copy(update={"anywhere": True}), FIELDS["usuario"]]
    found = find(fields, message(text, subject=subject)).values
    assert (found["telefono"].value if "telefono" in found else None) == expected


def test_free_text_that_two_fields_want_is_nobody_s() -> None:
    a = Field(name="a", label="A", pattern=r"\d{10}", anywhere=True)
    b = Field(name="b", label="B", pattern=r"\d{8,10}")
    assert find([a, b], message("3001234567")).values == {}
    assert find([a], message("3001234567")).values.keys() == {"a"}


def test_free_text_is_not_searched_otherwise() -> None:
    assert given_in("no prende, llame al 300 123 4567", "telefono") == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sede: bogota", "Bogotá"),  # as the admin spells it
        ("Sede: BOGOTÁ NORTE, piso 3", "Bogotá Norte"),  # the longer entry
        ("Sede:\ncali", "Cali"),
        ("Estoy en Cali", "Cali"),  # anywhere
        ("Sede: Bogotá o Cali", None),
        ("Sede: Pasto", None),
        ("Calima", None),  # whole words
    ],
)
def test_a_closed_list_is_compared_folded(text: str, expected: str | None) -> None:
    found = given_in(text, "sede", values=("Bogotá", "Bogotá Norte", "Cali"), anywhere=True)
    assert found.get("sede") == expected


def test_the_first_group_of_a_pattern_is_the_value() -> None:
    field = Field(name="radicado", label="Radicado", pattern=r"(?:rad\.?|n[°º])?\s*(\d{6})\b")
    found = find([field], message("Radicado: N° 123456 de ayer")).values
    assert found["radicado"].value == "123456"


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("3001234567", ("telefono",), {"telefono": "3001234567"}),
        ("Hola,\nes el 3001234567\nMuchas gracias", ("telefono",), {"telefono": "3001234567"}),
        ("Mi jefe Pedro 3001234567 autoriza", ("telefono",), {}),  # whose?
        ("¿3001234567?", ("telefono",), {}),
        ("3001234567", (), {}),  # nobody asked
        ("Bogotá, piso 4", ("sede",), {"sede": "Bogotá, piso 4"}),
        ("Calle 26 No. 57-41", ("sede",), {"sede": "Calle 26 No. 57-41"}),
        ("¿cuál sede?", ("sede",), {}),
        ("ya lo envié", ("sede",), {}),
        ("no tengo", ("sede",), {}),
        ("Gracias", ("sede",), {}),
        ("Gracias\nPepe Gil", ("sede",), {}),  # a signature
        ("Ana Ruiz", ("sede",), {}),  # the sender's name
        ("Ana Ruiz", ("nombre",), {}),  # not where From's name is not meant
        ("Pepe Gil", ("nombre",), {"nombre": "Pepe Gil"}),
        ("la del fondo a la derecha junto al ascensor", ("sede",), {}),  # too long to be sure
        ("Bogotá\nla de siempre", ("sede",), {}),
        (
            "3001234567\nBogotá\n12345",
            ("telefono", "sede", "placa"),
            {"telefono": "3001234567", "sede": "Bogotá", "placa": "12345"},  # in the order of the request
        ),
        (
            "3001234567\n12345\nBogotá",  # in another order: the last may be a signature
            ("telefono", "sede", "placa"),
            {"telefono": "3001234567", "placa": "12345"},
        ),
        (
            "3001234567\nla placa es\n12345",
            ("telefono", "sede", "placa"),
            {"telefono": "3001234567", "placa": "12345"},
        ),
        ("3001234567\n3109998888", ("telefono", "placa"), {}),  # which?
        ("Bogotá", ("sede", "nombre"), {}),  # which field?
        ("Sede: Cali\n3001234567", ("telefono",), {"sede": "Cali"}),  # who uses labels uses them throughout
    ],
)
def test_a_bare_answer_to_a_question_is_taken_where_it_can_only_be_that(
    text: str, asked: tuple[str, ...], expected: dict[str, str]
) -> None:
    assert given_in(text, asked=asked) == expected


def test_a_label_that_two_fields_claim_tells_nothing() -> None:
    fields = [Field(name="a", label="Documento"), Field(name="b", label="Cédula", aliases=("documento",))]
    assert find(fields, message("Documento: 123")).values == {}
    assert find(fields, message("Cédula: 123")).values.keys() == {"b"}


def test_a_field_s_key_is_a_label_too() -> None:
    """The contract's own example: `[field.telefono]` with the label "Teléfono de contacto"."""
    field = Field(
        name="telefono", label="Teléfono de contacto", aliases=("tel",), pattern=r"\+?\d[\d ()-]{6,}\d"
    )
    assert find([field], message("Teléfono: 300 123 4567")).values["telefono"].value == "300 123 4567"


def test_where_a_value_stood_is_told_unless_it_is_sensitive() -> None:
    open_ = find([FIELDS["telefono"]], message("• Tel: 3001234567 (casa)")).values["telefono"]
    hidden = FIELDS["telefono"].model_copy(update={"sensitive": True})
    assert open_.where == "Tel: 3001234567 (casa)"
    assert find([hidden], message("Tel: 3001234567")).values["telefono"].where == ""


@settings(deadline=None)
@given(st.text(st.sampled_from("Teléfono: 3001234567\nSede|-*•>.,¿?\t\u200b\u0301\ud800"), max_size=80))
def test_no_text_breaks_the_reading_and_every_value_fits(text: str) -> None:
    fields = [FIELDS["telefono"].model_copy(update={"anywhere": True}), FIELDS["sede"]]
    found = find(fields, message(text), asked=("telefono", "sede"))
    assert not found.values.keys() & (found.misfits.keys() | set(found.declined))
    assert all(one.value == one.value.strip() != "" for one in found.values.values())


@pytest.mark.parametrize(
    "line",
    [":a" * 500, "tel " * 300, " " * 900 + "tel : 3", "nombree: " * 20, "(" * 1000, "300 123 4567 " * 75],
)
def test_hostile_text_takes_no_time(line: str) -> None:
    """Hazard 44: what is read is bounded and no expression is quadratic (measured: under 0.3 s of processor time)."""
    before = time.process_time()
    find(list(FIELDS.values()), message((line + "\n") * 2000), asked=("telefono",))
    assert time.process_time() - before < 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sede\tÁrea\nNorte\tJurídica", None),  # the heads of two columns
        ("Sede | Área\nNorte | Jurídica", None),
        ("Sede\tÁrea\nNorte\tJurídica\nSur\tAlmacén", None),
        ("Sede:\tÁrea:\nNorte\tJurídica", None),
        ("Sede: Norte\tJurídica", None),  # which cells?
        ("Sede - Área\nNorte - Jurídica", None),
        ("Sede\tÁrea", None),
        ("Sede: Área: Piso:\nNorte Jurídica 3", None),
        ("Sede - Norte\nPlaca - 12345", "Norte"),
        ("Sede\tNorte\nÁrea\tJurídica", None),  # heads, or labels? It is asked
        ("Sede\tNorte", "Norte"),
        ("Sede\tNorte\nPlaca\t12345", "Norte"),
        ("Placa\t12345\nSede\tNorte\nÁrea\tJurídica", "Norte"),
        ("Sede\tNorte\n\nGracias", "Norte"),
        ("Sede\tTel\nNorte\t3001234567", "Norte"),  # all heads are known
    ],
)
def test_the_head_of_the_next_column_is_no_value(text: str, expected: str | None) -> None:
    assert given_in(text).get("sede") == expected
