"""Keywords that do nothing, or something else than was meant."""

from pathlib import Path

import pytest

from mailbot.config.advice import keywords
from mailbot.config.load import load
from tests.config.toml import VALID, rule

#: the rule's lines → where, what is said, the cure
IDLE = [
    # the same twice in one list
    ('keywords = ["impresión", "impresion"]', "keywords.1", 'igual a "impresión"', "quítela"),
    ('keywords = ["x", "x"]', "keywords.1", '"x" ya está en la lista', "quítela"),
    ('keywords = ["x"]\nall = ["clave|CLAVÉ"]', "all.0", 'igual a "clave"', "quítela"),
    # one text where several were meant
    ('keywords = ["clave, usuario"]', "keywords.0", "una sola frase", '"clave", "usuario"'),
    ('keywords = ["clave”, “usuario"]', "keywords.0", "una sola frase", '"clave", "usuario"'),
    (
        'keywords = ["x"]\nunless = ["«boletín» «oferta»"]',
        "unless.0",
        "una sola frase",
        '"boletín", "oferta"',
    ),
    # signs of a word processor
    ('keywords = ["“clave”"]', "keywords.0", "no cuentan", 'escriba "clave"'),
    # a star that ends no stem
    ('keywords = ["des*bloqueo"]', "keywords.0", "un * que no hace nada", "desbloque*"),
    ('keywords = ["*clave"]', "keywords.0", "un * que no hace nada", "desbloque*"),
    ('keywords = ["clave *"]', "keywords.0", "un * que no hace nada", "desbloque*"),
    # taken off every subject
    ('keywords = ["RE: clave"]', "keywords.0", 'empieza con "re:"', "lo que sigue"),
    # the rule's own unless
    ('keywords = ["x", "mi clave"]\nunless = ["claves"]', "keywords.1", 'nunca cuenta: "claves"', "quítela"),
]

WELL = [
    'keywords = ["clave", "claves", "d’Or", "desbloque*", "no abre*", "1.5", "e-mail"]',
    'keywords = ["año", "ano"]\nstrict = true',
    'keywords = ["licencia"]\nunless = ["licencia de maternidad"]',
    'keywords = ["clave*"]\nunless = ["clave"]',
    "any_subject = true\nunless = ['boletín']",
]


def said(lines: str, folder: Path) -> list[tuple[str, str, str, str]]:
    path = folder / "config.toml"
    path.write_text(VALID + rule(keywords=lines), "utf-8")
    return [
        (one.level, ".".join(map(str, one.at[2:])), one.message, one.hint)
        for one in keywords.findings(0, load(path).rule[0])
    ]


@pytest.mark.parametrize(("lines", "at", "message", "cure"), IDLE)
def test_a_word_that_does_not_do_what_was_meant_is_told(
    lines: str, at: str, message: str, cure: str, tmp_path: Path
) -> None:
    [(level, where, told, hint)] = said(lines, tmp_path)

    assert (level, where) == ("warning", at)
    assert message in told
    assert cure in hint


@pytest.mark.parametrize("lines", WELL)
def test_words_that_do_what_they_say_are_left_alone(lines: str, tmp_path: Path) -> None:
    assert said(lines, tmp_path) == []


@pytest.mark.parametrize(
    "lines",
    [
        'keywords = ["clave", "mis claves"]\nunless = ["clave"]',
        'keywords = ["x"]\nall = ["portal|portal web"]\nunless = ["portal"]',
    ],
)
def test_a_rule_that_excludes_all_that_it_looks_for_cannot_match(lines: str, tmp_path: Path) -> None:
    whole = [message for _, at, message, _ in said(lines, tmp_path) if not at]

    assert whole == ['la regla "acceso" no puede coincidir: su unless excluye todas sus palabras']
