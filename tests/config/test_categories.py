"""The desk's list of categories as Excel saves it: which rows become rules, and what is said of the others."""

import tomllib
from pathlib import Path

import pytest

from mailbot.config import written
from mailbot.config.categories import NotUsable, entries, read
from mailbot.config.imported import Imported, rules_of
from mailbot.config.model import Config
from mailbot.config.shape import validate
from mailbot.rules.settings import Rule

FIXTURES = Path(__file__).parents[1] / "fixtures"
HEAD = "categoría;subcategoría;palabras clave;grupo;severidad;tipo;datos requeridos\n"


def config(**more: object) -> Config:
    tables = {
        "field": {
            "nombre": {"label": "Nombre completo", "aliases": ["nombres"]},
            "sede": {"label": "Sede, piso u oficina"},
        },
        "rule": [{"name": "acceso", "keywords": ["contraseña", "clave"]}],
        **more,
    }
    mailbox = {"x": {"address": "x@mesa.example", "imap": {"host": "h"}, "smtp": {"host": "h"}, "name": "x"}}
    for name, field in tables["field"].items():  # type: ignore[attr-defined]
        field["name"] = name
    return validate({"mailbox": mailbox, **tables}, Path())


def imported(content: str | bytes, **more: object) -> Imported:
    raw = content.encode() if isinstance(content, str) else content
    return rules_of(read(raw), config(**more), "c.csv")


def row(text: str) -> Rule:
    (rule,) = imported(HEAD + text).rules
    return rule


def said(found: Imported) -> list[tuple[int, str, str]]:
    return [(p.line, p.level, p.message) for p in found.problems]


# -- what the file may look like --------------------------------------------------------------------------


def test_excel_in_colombia_saves_semicolons_and_windows_letters() -> None:
    """With a title above, joined cells, line ends within a cell, and CRLF."""
    found = imported((FIXTURES / "categorias_excel.csv").read_bytes())
    names = [rule.name for rule in found.rules]
    assert names == ["videobeam", "pantalla_de_sala", "biometrico", "carne", "cambio_de_toner_de_color"]
    screen = found.rules[1]
    assert screen.category == "Proyección"  # the joined cell above
    assert screen.keywords == ("pantalla de la sala", "pantalla interactiva", "smart board")


def test_a_mark_before_utf8_and_commas_are_read() -> None:
    found = imported((FIXTURES / "categorias_utf8.csv").read_bytes())
    assert [rule.title for rule in found.rules] == ['Nómina "Humano", web', r"C:\Orfeo\cliente"]
    assert found.rules[0].keywords == ("nómina web", "humano web")


def test_tabs_are_read() -> None:
    found = imported((FIXTURES / "categorias_tabuladores.csv").read_bytes())
    assert [(r.name, r.keywords) for r in found.rules] == [
        ("huella", ("huella", "huellero")),
        ("datafono", ("datáfono",)),
    ]


def test_excels_unicode_text_and_its_own_line_about_the_delimiter_are_read() -> None:
    assert imported(f"{HEAD};Huella;huella;;;;\n".encode("utf-16")).rules[0].name == "huella"
    assert imported(f"sep=;\n{HEAD};Huella;huella;;;;\n").rules[0].name == "huella"


@pytest.mark.parametrize(
    "head",
    ["CATEGORIA;KEYWORDS", "Categoría; Palabras_Clave (separadas por coma)", "categorías;Palabra clave"],
)
def test_headings_may_be_written_in_many_ways(head: str) -> None:
    assert imported(f"{head}\nHuella;huella\n").rules[0].keywords == ("huella",)


def test_columns_that_say_nothing_to_a_rule_are_told() -> None:
    found = imported("Categoría;Palabras clave;Costo\nHuella;huella;3\n")
    assert said(found) == [(0, "warning", "la columna «Costo» no se usa")]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "está vacío"),
        ("a;b\n1;2\n", "no se encontró una columna de palabras clave"),
        (f'{HEAD}x;y;"clave;;;;\nz;z;z;;;;\n', "la línea 2 abre una comilla que no se cierra"),
    ],
)
def test_a_file_that_is_no_list_of_categories_is_told_with_its_cure(content: str, why: str) -> None:
    with pytest.raises(NotUsable, match=why):
        imported(content)


# -- what a row becomes -----------------------------------------------------------------------------------


def test_a_row_is_a_rule() -> None:
    rule = row(
        'Carnés;Biométrico;"biométrico, huella | huellero";Mesa de servicios;Alta;Incidente;Nombres, sede\n'
    )
    assert rule.model_dump(include={"name", "title", "category", "kind", "severity", "group"}) == {
        "name": "biometrico",
        "title": "Biométrico",
        "category": "Carnés",
        "kind": "incidente",
        "severity": 2,
        "group": "Mesa de servicios",
    }
    assert rule.keywords == ("biométrico", "huella", "huellero")
    assert rule.requires == ("nombre", "sede")


@pytest.mark.parametrize(
    ("written_", "severity"),
    [
        ("1", 1),
        ("Crítica", 1),
        ("ALTA", 2),
        ("3 - Media", 3),
        ("baja", 4),
        ("Solicitud", 5),
        ("S2", 2),
        ("", 3),
    ],
)
def test_a_severity_is_a_number_or_a_word(written_: str, severity: int) -> None:
    """B11–B16; an incident that says none is of the middle."""
    assert row(f"c;s;huella;;{written_};incidente;\n").severity == severity


def test_rows_that_differ_in_their_keywords_only_are_one_rule() -> None:
    found = imported(f"{HEAD}c;s;uno;;3;incidente;\nc;s;dos;;3;incidente;\n")
    assert [(r.name, r.keywords) for r in found.rules] == [("s", ("uno", "dos"))]


def test_names_are_plain_and_nobody_elses() -> None:
    found = imported(
        f"{HEAD}Claves;Acceso;uno;;3;;\nOtras;Acceso;dos;;3;;\nOtras;Acceso;tres;;2;;\n;¡!;cuatro;;3;;\n"
    )
    assert [r.name for r in found.rules] == ["claves_acceso", "otras_acceso", "acceso_2", "regla"]


def test_entries_are_parted_by_many_signs_and_lose_their_quotes() -> None:
    assert entries('"clave", “contraseña”|usuario;\n«otro»') == ["clave", "contraseña", "usuario", "otro"]


# -- what could not be used -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("c;s;;;;;", "la fila no tiene palabras clave", "comas"),
        (";;huella;;;;", "la fila no tiene categoría ni subcategoría", "al menos una"),
        ("c;s;huella;;urgentísima;;", 'la severidad "urgentísima" no se conoce', "1 crítica"),
        ("c;s;huella;;;queja;", 'el tipo "queja" no se conoce', "incidente o requerimiento"),
        ("c;s;claves;;;;", 'todas sus palabras clave son ya de "acceso"', "deje una"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_by_its_line_with_its_cure(
    text: str, message: str, hint: str
) -> None:
    found = imported(f'{HEAD}c;"s\ns";huellero;;;;\n{text}\n')
    assert len(found.rules) == 1
    (problem,) = found.problems
    assert (problem.line, problem.level) == (4, "error")  # the row before takes two lines
    assert problem.message.startswith(message)
    assert hint in problem.hint


def test_a_keyword_that_an_earlier_rule_has_is_left_out_and_told() -> None:
    """The first rule that matches wins."""
    found = imported(f"{HEAD}c;s;clave, huella;;;;\nc;t;huella, huellero;;;;\n")
    assert [r.keywords for r in found.rules] == [("huella",), ("huellero",)]
    assert said(found) == [
        (2, "warning", '"clave" ya es de la regla "acceso", que va antes'),
        (3, "warning", '"huella" ya es de la regla "s", que va antes'),
    ]


def test_a_phrase_that_an_earlier_rules_word_takes_is_told_with_what_to_do() -> None:
    found = imported(f"{HEAD}c;s;clave wifi;;;;\n")
    assert found.rules[0].keywords == ("clave wifi",)
    assert [(p.message, p.hint) for p in found.problems] == [
        ('"clave wifi" coincide antes con la regla "acceso"', "suba esta regla sobre aquella")
    ]


def test_a_datum_that_is_not_declared_is_told_with_what_to_declare() -> None:
    found = imported(f"{HEAD}c;s;huella;;;;nombre, Número de serie\n")
    assert found.rules[0].requires == ("nombre",)
    (problem,) = found.problems
    assert problem.message == 'el dato "Número de serie" no está en config.toml: la regla no lo pide'
    assert "[field.numero_de_serie]" in problem.hint


def test_a_new_group_is_told_once_and_one_that_is_nearly_known_with_what_was_meant() -> None:
    found = imported(f"{HEAD}c;s;uno;Redes;;;\nc;t;dos;Redes;;;\nc;u;tres;Mesa de servicio;;;\n")
    assert [r.group for r in found.rules] == ["Redes", "Redes", "Mesa de servicio"]
    new, near = found.problems
    assert '[group."Redes"]' in new.hint
    assert near.hint.startswith('¿quiso decir "Mesa de servicios"?')


def test_a_group_is_written_as_it_is_known() -> None:
    assert row("c;s;uno;MESA DE SERVICIOS;;;\n").group == "Mesa de servicios"


# -- nothing in a cell breaks TOML ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "comillas \"dobles\" y 'simples'",
        r"barra \ y C:\nueva\tabla \u00",
        "curvas “a” ‘b’ «c»",
        '"""tres"""',
        "con\x7fdel",
        "# ] = [[rule]]",
        "emoji 🖨️ y ñ",
        "línea\\",
    ],
)
def test_whatever_a_cell_holds_the_block_is_toml_and_says_the_same(title: str) -> None:
    rule = Rule(name="x", title=title, keywords=("a b", title), group=title, category=title)
    back = tomllib.loads(written.rule(rule))["rule"]
    assert len(back) == 1
    assert back[0]["title"] == back[0]["group"] == back[0]["category"] == back[0]["keywords"][1] == title


def test_line_ends_within_a_cell_become_blanks() -> None:
    assert row('"Uno\r\ndos";"Tres\n cuatro\x07";huella;"Mesa\nde servicios";;;\n').title == "Tres cuatro"


def test_many_keywords_take_several_lines() -> None:
    rule = Rule(name="x", keywords=tuple(f"palabra número {n}" for n in range(40)))
    text = written.rule(rule)
    assert max(map(len, text.split("\n"))) <= 110
    assert tomllib.loads(text)["rule"][0]["keywords"] == list(rule.keywords)
