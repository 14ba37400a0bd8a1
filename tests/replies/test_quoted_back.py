"""Our own words come back quoted in every answer: none of them may be taken for a datum or a command (hazard 23)."""

import tomllib
from pathlib import Path

import pytest

from mailbot.mail.html import to_text
from mailbot.mail.reply_text import MARKER, reply_text
from mailbot.replies.templates import NAMES, Rendered, Templates
from mailbot.replies.variables import SITUATIONS
from mailbot.rules.patterns import compile as compile_pattern
from mailbot.rules.required import find
from mailbot.rules.settings import Field
from tests.replies.make import message

CONFIG = Path(__file__).parents[2] / "config.toml"
TEMPLATES = Templates()
REQUESTS = ["pedir_datos", "pedir_faltantes", "recordatorio", "no_gestionado"]


def fields() -> tuple[Field, ...]:
    """Those of the example config."""
    written = tomllib.loads(CONFIG.read_text("utf-8"))["field"]
    return tuple(Field(**{**keys, "name": name}) for name, keys in written.items())


def asking(template: str, asked: tuple[Field, ...]) -> Rendered:
    missing = tuple({"etiqueta": f.label, "pista": f.hint, "ilegible": True} for f in asked)
    facts = {
        **SITUATIONS["falta un dato, con nombre"],
        "faltantes": missing,
        "plazo": "miércoles 7 de octubre, 9:15 a. m.",
    }
    return TEMPLATES.render(template, {**facts, "motivo": "", "mensaje": "", "solicitante": ""})


def bodies(said: Rendered) -> tuple[str, str]:
    return said.text, to_text(said.html)


@pytest.mark.parametrize("name", NAMES)
def test_no_line_of_ours_holds_what_a_field_would_take(name: str) -> None:
    """The rule of the drafts: neither a number alone on its line, nor «hasta el 7 de octubre», nor an example."""
    patterns = {field.name: compile_pattern(field.pattern) for field in fields() if field.pattern}
    taken = [
        (name, field, line)
        for text in bodies(asking(name, fields()))
        for line in text.splitlines()
        for field, pattern in patterns.items()
        if pattern.search(line.strip(" >-•*"))
    ]
    assert not taken


@pytest.mark.parametrize("template", REQUESTS)
@pytest.mark.parametrize("quoting", ["{}", "> {}", "| {}", "    {}"])
def test_our_request_brought_back_fills_nothing_in(template: str, quoting: str) -> None:
    for body in bodies(asking(template, fields())):
        back = "\n".join(quoting.format(line) for line in body.splitlines())
        assert reply_text(f"Gracias, ya le cuento.\n\n{back}").strip() == "Gracias, ya le cuento."


@pytest.mark.parametrize("template", [*REQUESTS, "caso_abierto", "caso_cerrado", "a_la_mesa"])
def test_the_summary_for_the_inbox_is_no_text_of_the_mail(template: str) -> None:
    """It stands above the marker, so it would be read where a program quotes the page without a sign."""
    html = asking(template, fields()).html
    assert "display:none" in html
    assert reply_text(to_text(f"<p>Gracias, ya le cuento.</p>{html}")) == "Gracias, ya le cuento."


@pytest.mark.parametrize("name", ["cancelado", "sin_regla", "muy_grande"])
@pytest.mark.parametrize("quoting", ["{}", "> {}"])
def test_what_has_no_marker_is_known_as_quoted_by_what_stands_above_it(name: str, quoting: str) -> None:
    for body in bodies(asking(name, fields())):
        back = "\n".join(quoting.format(line) for line in body.splitlines())
        above = "El mié, 7 oct 2026 a las 9:15, Mesa (<soporte@mesa.example>) escribió:"
        assert reply_text(f"Gracias, ya le cuento.\n\n{above}\n\n{back}") == "Gracias, ya le cuento."


@pytest.mark.parametrize("template", REQUESTS)
def test_our_request_fills_nothing_in_even_without_its_marker(template: str) -> None:
    """Some answer above nothing, cut the first line off, or forward it."""
    every = fields()
    for asked in (every, *((one,) for one in every)):
        for body in bodies(asking(template, asked)):
            text = body.replace(MARKER, "")
            found = find(
                asked, message(text=text, reply_text=text, subject="Re: Hola [MS-000123]", from_=None)
            )
            assert not found.values, found.values
