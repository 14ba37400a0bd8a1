"""Our form, filled in where it came back quoted; and never taken for an answer where it was not (hazard 23)."""

import textwrap
import time

import pytest

from mailbot.mail.html import to_text
from mailbot.mail.quoted_request import quoted_request
from mailbot.mail.reply_text import MARKER, reply_text
from mailbot.replies.templates import Templates
from mailbot.replies.variables import SITUATIONS
from mailbot.rules.answer import read
from mailbot.rules.found import Answer
from mailbot.rules.required import find
from mailbot.rules.settings import Field
from tests.rules.messages import message
from tests.rules.respuestas import fields

TEMPLATES = Templates()
FIELDS = {one.name: one for rule in ("equipo", "usuarios", "acceso") for one in fields("", rule)} | {
    one.name: one
    for rule in ("puesto", "identidad")
    for one in fields("espana", rule)
    if one.name != "telefono"
}
ATTRIBUTION = "El mar, 17 nov 2026 a las 9:05, Mesa de Servicios <soporte@mesa.example> escribió:"
HEADER = "De: Mesa de Servicios <soporte@mesa.example>\nEnviado: 17 de noviembre de 2026\nPara: Ana\nAsunto: Hola\n"


def request(template: str, *asked: str) -> list[str]:
    """Our mail as text, twice: our own, and our HTML as text."""
    missing = tuple({"etiqueta": FIELDS[n].label, "pista": FIELDS[n].hint, "ilegible": True} for n in asked)
    facts = SITUATIONS["falta un dato, con nombre"]
    said = TEMPLATES.render(
        template, {**facts, "faltantes": missing, "plazo": "miércoles 7 de octubre, 9:15 a. m."}
    )
    return [said.text, to_text(said.html)]


def found(text: str, *asked: str, name: str = "") -> dict[str, str]:
    every = [FIELDS[one] for one in asked]
    mail = message(reply_text(text), text=text, subject="Re: Hola [MS-000123]", name=name)
    return {key: value.value for key, value in find(every, mail, asked).values.items()}


def reshaped(text: str) -> list[str]:
    """As programs return it: quoted, indented, wrapped, without empty lines, run into one line."""
    lines = text.splitlines()
    full = [line for line in lines if line.strip()]
    wrapped = [
        [part for line in lines for part in textwrap.wrap(line, width) or [""]] for width in range(24, 90, 3)
    ]
    shapes = [lines, full, *wrapped, [" ".join(full)], [lines[0], " ".join(full[1:])]]
    prefixes = ("", "> ", "    ", ">> ")
    return ["\n".join((prefix + line).rstrip() for line in shape) for shape in shapes for prefix in prefixes]


@pytest.mark.parametrize("template", ["pedir_datos", "pedir_faltantes", "recordatorio"])
@pytest.mark.parametrize("asked", [tuple(FIELDS), *((name,) for name in FIELDS)], ids=lambda asked: asked[0])
def test_our_own_words_are_never_an_answer(template: str, asked: tuple[str, ...]) -> None:
    taken = [
        (shape, values)
        for body in request(template, *asked)
        for shape in reshaped(body)
        if (values := found(f"{ATTRIBUTION}\n\n{shape}", *asked))
    ]

    assert taken == []


ASKED = ("telefono", "sede", "placa")


def typed(**values: str) -> str:
    """Our text with something behind its labels."""
    text = request("pedir_datos", *ASKED)[0]
    for name, value in values.items():
        text = text.replace(f"{FIELDS[name].label}:\n", f"{FIELDS[name].label}: {value}\n", 1)
    return text


@pytest.mark.parametrize("prefix", ["", "> "])
@pytest.mark.parametrize("above", ["", "Gracias\n\n", "Ver abajo\n\nCordialmente,\nAna\n\n"])
def test_what_is_typed_behind_a_label_is_its_value(prefix: str, above: str) -> None:
    quoted = "\n".join(prefix + line for line in typed(telefono="300 555 0101", sede="Cali").splitlines())
    header = ATTRIBUTION if prefix else HEADER

    assert found(f"{above}{header}\n{quoted}", *ASKED) == {"telefono": "300 555 0101", "sede": "Cali"}


def test_thanks_above_a_form_that_was_filled_in_are_more_than_a_courtesy() -> None:
    """«Gracias» alone changes nothing; here the data stand below it."""
    asked = [FIELDS[one] for one in ASKED]
    full, empty = (
        message("Gracias", text=f"Gracias\n\n{HEADER}\n{form}") for form in (typed(sede="Cali"), typed())
    )

    assert (read(full, asked), read(empty, asked)) == (Answer.OTHER, Answer.COURTESY)


def test_only_what_was_asked_for_is_read() -> None:
    """What the case has already stays as it is."""
    text = f"{HEADER}\n{typed(telefono='300 555 0101', sede='Cali')}"
    mail = message("", text=text)

    assert set(find([FIELDS[one] for one in ASKED], mail, ("sede",)).values) == {"sede"}
    assert find([FIELDS[one] for one in ASKED], mail).values == {}


@pytest.mark.parametrize("said", ["no tengo", "N/A", "no aplica"])
def test_a_label_answered_with_nothing_to_give_is_declined(said: str) -> None:
    text = f"{HEADER}\n{typed(placa=said)}"

    assert find([FIELDS[one] for one in ASKED], message("", text=text), ASKED).declined == ("placa",)


@pytest.mark.parametrize(
    "said", ["pendiente", "la misma de siempre", "¿cuál?", "_____", "(ciudad, y piso u oficina)"]
)
def test_what_is_no_value_is_asked_again(said: str) -> None:
    assert found(f"{HEADER}\n{typed(sede=said)}", *ASKED) == {}


def test_labels_above_win_over_the_form() -> None:
    text = f"Sede: Pasto\n\n{HEADER}\n{typed(sede='Cali')}"

    assert found(text, *ASKED) == {"sede": "Pasto"}


def test_a_number_above_that_contradicts_the_form_is_a_question() -> None:
    text = f"Mejor llámeme al 300 555 0102\n\n{HEADER}\n{typed(telefono='300 555 0101')}"

    assert found(text, *ASKED) == {}


def test_a_form_in_somebody_elses_mail_is_not_read() -> None:
    """The boss answers over what another person filled in."""
    theirs = HEADER.replace("Mesa de Servicios <soporte@mesa.example>", "Luisa <luisa@mesa.example>")
    text = f"Luisa ya respondió.\n\n{theirs}\nListo\n\n{HEADER}\n{typed(sede='Cali')}"

    assert found(text, *ASKED) == {}


def test_a_signature_under_a_cut_quote_is_no_value() -> None:
    """«> Sede:», the rest of the quote deleted, and a name below."""
    text = f"{ATTRIBUTION}\n> {MARKER}\n>\n> Sede, piso u oficina:\n\nAna Ruiz Gil\n"

    assert found(text, "sede", name="Ana Ruiz Gil") == {}


def test_unquoted_lines_between_quoted_ones_answer_the_label_above_them() -> None:
    form = "\n".join(
        f"> {FIELDS[one].label}:\n{said}"
        for one, said in zip(ASKED, ("300 555 0101", "Cali", "12345"), strict=True)
    )
    text = f"{ATTRIBUTION}\n> {MARKER}\n>\n{form}\n> Si no tiene alguno de esos datos…\n"

    assert found(text, *ASKED) == {"telefono": "300 555 0101", "sede": "Cali", "placa": "12345"}


def test_only_the_newest_request_counts() -> None:
    older = typed(sede="Cali")
    assert found(f"{HEADER}\n{typed()}\n\n{older}", *ASKED) == {}


@pytest.mark.parametrize("prefix", ["", "> "])
@pytest.mark.parametrize(
    "begins",
    [
        HEADER.replace("Mesa de Servicios <soporte@mesa.example>", "Luisa <luisa@mesa.example>"),
        "El lun, 16 nov 2026 a las 9:05, Luisa <luisa@mesa.example> escribió:\n",
        "-----Mensaje original-----\n",
        "--limite\nContent-Type: message/rfc822\n\nSubject: Clave\n",
        "--limite\nContent-Disposition: inline\n",
        "Return-Path: <luisa@mesa.example>\nSubject: Clave\n",
        "MIME-Version: 1.0\nMessage-ID: <a@mesa.example>\n",
        "--limite\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n",
    ],
)
def test_what_stands_in_another_message_below_our_request_was_not_typed_into_it(
    begins: str, prefix: str
) -> None:
    """Hazard 23: also in the text of a mail whose parts cannot be told apart. Fuzzing: seed 13, number 11245."""
    below = "\n".join(
        prefix + line
        for line in f"{MARKER}\n\nFalta un dato.\n\n{begins}\nTeléfono de contacto: 314 555 0161".splitlines()
    )

    assert found(f"Gracias\n\n{HEADER}\n{below}\n", *ASKED) == {}


def test_our_mail_without_its_marker_is_not_looked_for() -> None:
    assert quoted_request(typed(sede="Cali").replace(MARKER, "")) == []


def test_a_label_with_the_hint_of_a_desks_own_template_behind_it_is_empty() -> None:
    field = Field(name="sede", label="Sede", hint="ciudad y piso")
    text = f"{HEADER}\n{MARKER}\n\nSede: (ciudad y piso)\n\nGracias\n"

    assert find([field], message("", text=text), ("sede",)).values == {}


@pytest.mark.parametrize(
    "line", ["> " * 500, "a" + " " * 900, "Sede" * 200, "Sede, piso u oficina: " * 40, "*" * 900]
)
def test_a_hostile_quote_costs_what_a_long_one_costs(line: str) -> None:
    """Hazard 44."""
    text = f"{HEADER}\n{MARKER}\n\n" + f"{line}\n" * 600
    start = time.process_time()
    found(text, *ASKED)

    assert time.process_time() - start < 2
