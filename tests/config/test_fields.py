"""Data that no answer can give, patterns that nothing can match, and our own words read back."""

from pathlib import Path

import pytest

from mailbot.config.advice import impossible
from mailbot.config.advice.impossible import curly_quote, first_group_is_optional, in_line, in_subject
from mailbot.config.check import check
from mailbot.rules import patterns
from mailbot.values import Problem
from tests.config.toml import VALID, rule

ASKED = rule('requires = ["telefono"]')


def field(*lines: str, label: str = "Teléfono de contacto") -> str:
    return "\n".join(["", "[field.telefono]", f'label = "{label}"', *lines, ""])


#: the field's lines → where, what is said, the cure
NEVER_FOUND = [
    # what every match needs is in no line
    (r"pattern = 'Tel\n\d+'", "pattern", "exige un salto de línea", "un solo renglón"),
    ("pattern = '^$'", "pattern", "exige un texto vacío", "quite eso"),
    (r"pattern = '\d{7}$ext'", "pattern", 'después de "$"', "quite eso"),
    (r"pattern = '\d+^\d'", "pattern", 'antes de "^"', "quite eso"),
    (r"pattern = '\d{999}\d{2}'", "pattern", "más de 1000 caracteres", "quite eso"),
    ("pattern = '\\d{3}\u00a0\\d{4}'", "pattern", "un espacio especial", "quite eso"),
    ("pattern = '\\d{3}\u2011\\d{4}'", "pattern", 'exige "\u2011"', ""),
    (r'pattern = "\b3\\d{9}"', "pattern", "carácter de control", "comillas simples"),
    # bars and quotes that are searched for
    (r"pattern = '\\d{7}'", "pattern", "busca una barra escrita", r"«\d»"),
    ("pattern = '“\\d{7}”'", "pattern", "exige la comilla “", "quite esas comillas"),
    (r"pattern = '\bñandú \d+'", "pattern", r"\b no reconoce la ñ", r"\PL"),
    # only a piece of what is meant
    (r"pattern = '(\+57)?3\d{9}'", "pattern", "el dato es solo eso", "(?:…)"),
    (r"pattern = '(\d{3}) (\d{4})'", "pattern", "tiene 2 paréntesis", "(?:…)"),
    # the closed list
    (
        r"pattern = '\d{7}'" + '\nvalues = ["Norte", "Sur"]',
        "pattern",
        '"Norte", "Sur" de values',
        "la lista basta",
    ),
    ('values = ["--", "Norte"]', "values.0", "ninguna palabra", "escriba una palabra"),
    ('values = ["Bogotá", "BOGOTA"]', "values.1", 'igual a "Bogotá"', "quítelo"),
    ('aliases = ["#"]', "aliases.0", "ninguna palabra", "escriba una palabra"),
    # our own mail comes back
    (
        r"pattern = '\d{7}'" + '\nhint = "como 6012345"',
        "hint",
        "trae un dato, «6012345»",
        "sin dar un ejemplo",
    ),
    ('values = ["Norte", "Sur"]\nhint = "por ejemplo Norte"', "hint", "trae un dato, «Norte»", "sin dar"),
    ("pattern = 'mensaje'\nanywhere = true", "pattern", "tomaría el valor «mensaje»", "o quite anywhere"),
    ('values = ["correo"]\nanywhere = true', "values", "tomaría el valor «correo»", "o quite anywhere"),
]

FOUND = [
    r"pattern = '\+?\d[\d ()-]{6,}\d'" + '\nanywhere = true\nhint = "fijo con extensión, o celular"',
    r"pattern = '\bplaca (\d{5})'",
    r"pattern = '\p{L}{3}-\pN+'",
    r"pattern = '[“\"]?\d{7}'",
    r"pattern = '\\\\servidor'",
    r"pattern = '\d{6}'" + "\nanywhere = true",
    'values = ["Norte", "Sur"]\nhint = "Norte o Sur"\nanywhere = true',
    r"pattern = 'sede \w+'" + '\nvalues = ["Norte"]\naliases = ["sede"]\n',
    'hint = "Ejemplo: 300 123 4567"',
    'aliases = ["tel", "N.º"]',
]


@pytest.fixture(autouse=True)
def credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "soporte-password").write_text("secreto")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))


def checked(text: str, folder: Path) -> tuple[Problem, ...]:
    path = folder / "config.toml"
    path.write_text(VALID + text, "utf-8")
    return check(path)


@pytest.mark.parametrize(("lines", "at", "said", "cure"), NEVER_FOUND)
def test_a_datum_that_no_answer_gives_as_meant_is_told(
    lines: str, at: str, said: str, cure: str, tmp_path: Path
) -> None:
    [problem] = checked(field(lines) + ASKED, tmp_path)

    where = f"field.telefono.{at}" if "." not in at else f"field.telefono.{at.replace('.', '[')}]"
    assert (problem.level, problem.path) == ("warning", where)
    assert said in problem.message
    assert cure in problem.hint
    assert problem.line


@pytest.mark.parametrize("lines", FOUND)
def test_a_datum_that_people_can_give_is_left_alone(lines: str, tmp_path: Path) -> None:
    assert checked(field(lines) + ASKED, tmp_path) == ()


@pytest.mark.parametrize("label", ["--", "Sede: piso u oficina", "¿?"])
def test_a_label_whose_line_would_not_be_read_when_it_comes_back_is_told(label: str, tmp_path: Path) -> None:
    [problem] = checked(field(label=label) + ASKED, tmp_path)

    assert problem.path == "field.telefono.label"
    assert "renglón" in problem.message


def test_two_data_of_one_request_cannot_share_a_label(tmp_path: Path) -> None:
    other = '\n[field.jefe]\nlabel = "Teléfono del jefe"\naliases = ["TELEFONO DE CONTACTO"]\n'

    [problem] = checked(field() + other + rule('requires = ["telefono", "jefe"]'), tmp_path)
    assert problem.path == "field.telefono.label"
    assert 'es también de "jefe", y la regla "acceso" pide los dos' in problem.message
    assert checked(field() + other + ASKED, tmp_path) == ()


@pytest.mark.parametrize(
    ("lines", "path", "said"),
    [
        ('keywords = ["clave", "MS"]', "rule[0].keywords[1]", '"MS" coincide con el asunto de nuestras'),
        (r"pattern = '\b\d{6}\b'", "rule[0].pattern", "«Re: … [MS-000123]»"),
        (r"pattern = 'clave\nwifi'", "rule[0].pattern", "exige un salto de línea"),
        (r"pattern = 'clave  wifi'", "rule[0].pattern", "dos espacios seguidos"),
        (r"pattern = '^ clave'", "rule[0].pattern", "al comienzo"),
        (r"pattern = 'contrase\xf1a'", "rule[0].pattern", 'exige "ñ"'),
        (r'pattern = "\bclave\b"', "rule[0].pattern", "carácter de control"),
    ],
)
def test_a_pattern_that_no_subject_matches_or_our_own_do_is_told(
    lines: str, path: str, said: str, tmp_path: Path
) -> None:
    [problem] = checked(rule(keywords=lines), tmp_path)

    assert (problem.level, problem.path) == ("warning", path)
    assert said in problem.message


@pytest.mark.parametrize(
    "pattern", ["contraseña", "[áé]lta", r"a\sb", r"(?s)a.b", "a|b\n", r"\bclave$", "^clave", "x{0}\nz?", "ς"]
)
def test_a_pattern_that_some_subject_may_match_is_possible(pattern: str) -> None:
    assert in_subject(pattern.replace("ñ", "n").replace("á", "a").replace("é", "e"), strict=False) == "" or (
        pattern == "x{0}\nz?"
    )


@pytest.mark.parametrize("pattern", ["[[:alpha:]]+", r"\C\n", r"(?P<a>x)\n(?<b>y)", "a{,3}\n"])
def test_of_what_only_re2_can_read_nothing_false_is_said(pattern: str) -> None:
    """Where Python reads it otherwise or not at all: no claim, or one that holds."""
    said = in_line(pattern)

    assert not said or patterns.compile(pattern).search("a b x y :alph") is None


def test_parts_of_a_pattern_are_told_apart() -> None:
    assert curly_quote('[“"]x') == ""
    assert curly_quote("“x") == "“"
    assert not first_group_is_optional(r"(?:57)?(3\d)")
    assert first_group_is_optional(r"(57)*3\d")


@pytest.mark.parametrize(("name", "other"), [("_parser", None), ("READ", "[(OTHER, 97)]")])
def test_a_python_that_reads_patterns_in_another_way_has_less_told(
    name: str, other: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its parser is private: another Python may have none, or one with other parts."""
    monkeypatch.setattr(impossible, name, other)

    assert checked(field(r"pattern = 'Tel\n\d+'") + ASKED, tmp_path) == ()
    [problem] = checked(field(r"pattern = '(\d{3}) (\d{4})'") + ASKED, tmp_path)
    assert "tiene 2 paréntesis" in problem.message
