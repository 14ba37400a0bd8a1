"""Broken configs: what is said, where, and what to write instead."""

import re
from pathlib import Path

import pytest

from mailbot.config.load import ConfigError, examine, load
from mailbot.config.problem import lines
from mailbot.values import Problem
from tests.config.mistakes import ERRORS, UNREADABLE
from tests.config.toml import VALID, line_of, rule


def problems_of(text: str, folder: Path) -> tuple[Problem, ...]:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return examine(path)[1]


def errors_of(text: str, folder: Path) -> list[Problem]:
    return [problem for problem in problems_of(text, folder) if problem.level == "error"]


@pytest.mark.parametrize(("text", "path", "message", "hint"), ERRORS)
def test_a_mistake_is_named_with_path_line_and_cure(
    text: str, path: str, message: str, hint: str, tmp_path: Path
) -> None:
    """Exactly one problem for one mistake, so that nobody mends what is right."""
    [problem] = errors_of(text, tmp_path)

    assert (problem.path, problem.line) == (path, line_of(text))
    assert message in problem.message
    assert hint in problem.hint
    assert problem.file == str(tmp_path / "config.toml")


@pytest.mark.parametrize(("text", "message", "hint"), UNREADABLE)
def test_what_is_not_toml_is_explained_in_spanish(text: str, message: str, hint: str, tmp_path: Path) -> None:
    [problem] = errors_of(text, tmp_path)

    assert problem.line == line_of(text)
    assert problem.column > 0
    assert message in problem.message
    assert hint in problem.hint


ENGLISH = re.compile(
    r"\b(should|must|input|valid|error|required|expected|invalid|type|field|the)\b", re.IGNORECASE
)


@pytest.mark.parametrize("text", [row[0] for row in (*ERRORS, *UNREADABLE)])
def test_no_english_leaks(text: str, tmp_path: Path) -> None:
    for problem in problems_of(text, tmp_path):
        assert not ENGLISH.search(problem.message.split('"')[0]), problem


@pytest.mark.parametrize(
    "value", ["1", "1.5", "true", '"x"', "2026-01-31", "[]", "[[]]", "[1]", "{}", "{ a = 1 }", "nan"]
)
@pytest.mark.parametrize(
    "section", ["service", "precaso", "mailbox", "field", "rule", "group", "hours", "retention"]
)
def test_any_value_in_the_place_of_a_section_is_explained(section: str, value: str, tmp_path: Path) -> None:
    text = f"{section} = {value}\n" + ("" if section == "mailbox" else VALID)

    for problem in problems_of(text, tmp_path):
        assert not ENGLISH.search(problem.message.split('"')[0]), problem
        assert problem.line > 0 or problem.path == "mailbox"


def test_all_problems_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    """Shape and references in one report, so that one round of mending is enough (style 14)."""
    text = (
        VALID.replace("mesa.example", "mesa example", 1)
        + '[service]\nprefix = "ms"\ntimezon = "x"\n[field.telefono]\nlabell = "x"\n'
        + rule('requires = ["telefno"]', "severity = 7")
    )

    found = [(p.line, p.path) for p in errors_of(text, tmp_path)]

    assert found == [
        (3, "mailbox.soporte.address"),
        (11, "service.prefix"),
        (12, "service.timezon"),
        (14, "field.telefono.labell"),
        (19, "rule[0].requires[0]"),
        (20, "rule[0].severity"),
    ]


def test_a_misspelt_key_is_not_also_a_rule_that_cannot_match(tmp_path: Path) -> None:
    text = VALID + rule(keywords='keyword = ["clave"]')

    assert [p.path for p in errors_of(text, tmp_path)] == ["rule[0].keyword"]


def test_every_line_with_a_curly_quote_is_named(tmp_path: Path) -> None:
    text = "[service]\nname = “Mesa”\n# “aquí sí”\nlanguage = ‘es’\n"

    assert [p.line for p in errors_of(text, tmp_path)] == [2, 4]


def test_each_broken_line_is_named_that_does_not_depend_on_another(tmp_path: Path) -> None:
    """Five patterns between double quotes would be five rounds otherwise (style 14)."""
    text = '[field.a]\npattern = "\\d+"\n[field.b]\npattern = "\\w"\nanywhere = si\n[[rule]]\nname = "a\nname = "b"\n'

    assert [p.line for p in errors_of(text, tmp_path)] == [2, 4, 5, 7]


@pytest.mark.parametrize(
    "text",
    ['keywords = ["a",\n "b"\nname = "x"\nkind = "y"\n', "[a]\n[a]\nb = 1\n[a]\n", 'a = """x\nb = 1 2\n'],
)
def test_what_follows_from_a_mistake_is_no_mistake(text: str, tmp_path: Path) -> None:
    assert len(errors_of(text, tmp_path)) == 1


def test_curly_quotes_inside_straight_ones_are_text(tmp_path: Path) -> None:
    text = VALID + '[service]\nname = "La «Mesa» “de” Servicios"\n'

    assert not problems_of(text, tmp_path)


def test_the_line_is_right_in_a_file_from_windows(tmp_path: Path) -> None:
    """CRLF, and the byte order mark that Notepad writes."""
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + (VALID + "[service]\nprefix = 1\n").replace("\n", "\r\n").encode())

    [problem] = examine(path)[1]

    assert (problem.path, problem.line, problem.column) == ("service.prefix", VALID.count("\n") + 2, 10)


def test_a_file_that_is_not_utf8_names_the_place(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'[service]\nname = "Atenci\xf3n"\n')

    [problem] = examine(path)[1]

    assert (problem.line, problem.column) == (2, 15)
    assert "UTF-8" in problem.message


def test_a_file_that_is_not_there_is_a_problem_like_others(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load(tmp_path / "falta.toml")

    [problem] = refused.value.problems
    assert "no existe" in problem.message
    assert problem.file.endswith("falta.toml")


def test_a_folder_is_no_config(tmp_path: Path) -> None:
    [problem] = examine(tmp_path)[1]

    assert "carpeta" in problem.message


def test_lists_without_end_are_refused_not_crashed_on(tmp_path: Path) -> None:
    [problem] = errors_of("a = " + "[" * 5000, tmp_path)

    assert "listas" in problem.message


def test_problems_read_as_lines_of_text(tmp_path: Path) -> None:
    text = VALID + rule(keywords='keyword = ["x"]')
    [problem] = errors_of(text, tmp_path)

    where = f"{tmp_path}/config.toml:{problem.line}:1"
    assert (
        lines([problem])
        == f'{where}: rule[0].keyword: clave desconocida "keyword" → ¿quiso decir "keywords"?'
    )


def test_a_warning_says_that_it_is_one(tmp_path: Path) -> None:
    [problem] = problems_of(VALID + '[service]\nhttp = "127.0.0.1:80"\n', tmp_path)

    assert ": service.http: aviso: " in lines([problem])
