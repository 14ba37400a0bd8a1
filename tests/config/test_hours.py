"""`[hours.NAME]`: a calendar that cannot work, or does not mean what was meant, is told with its cure (B17, B19)."""

from pathlib import Path

import pytest

from mailbot.config.check import check
from mailbot.config.hours import example
from mailbot.values import Problem
from tests.config.toml import HERE, VALID, rule

TWELVE_FIVE = '[hours."12/5"]\ndays = { mon-fri = "07:00-19:00" }\n'
MINUTE = '[hours.minuto]\ndays = { mon = "08:00-08:01" }\n'
SATURDAY = '[hours.sabado]\ndays = { sat = "09:00-11:00" }\n'


def checked(text: str, tmp_path: Path) -> tuple[Problem, ...]:
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    credential = tmp_path / "credentials" / "soporte-password"
    credential.parent.mkdir(exist_ok=True)
    credential.write_text("x")
    credential.chmod(0o600)
    return check(path)


@pytest.mark.parametrize(
    "text",
    [
        # B19: coverage as contracts name it is a calendar like others
        VALID + TWELVE_FIVE + '[precaso]\ncalendar = "12/5"\n',
        VALID + TWELVE_FIVE + rule('calendar = "12/5"'),
        VALID + '[precaso]\ncalendar = "24/7"\n',
        # round the clock without weekends; a night in two days
        VALID + '[hours."24/5"]\ndays = { mon-fri = "00:00-24:00" }\n',
        VALID + '[hours.noche]\ndays = { fri = "22:00-24:00", sat = "00:00-06:00" }\n',
        VALID
        + '[hours.oficina]\ndays = { lun-vie = "08:00-17:00" }\nholidays = "CO-DC"\nextra = [2026-12-24]\n',
    ],
)
def test_calendars_that_work_are_fine(text: str, tmp_path: Path) -> None:
    assert checked(text, tmp_path) == ()


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("12/5", '[hours."12/5"] y debajo days = { mon-fri = "07:00-19:00" }'),
        ("8/5", '[hours."8/5"] y debajo days = { mon-fri = "09:00-17:00" }'),
        ("12/7", '[hours."12/7"] y debajo days = { mon-sun = "07:00-19:00" }'),
        ("24/6", '[hours."24/6"] y debajo days = { mon-sat = "00:00-24:00" }'),
        ("oficina", '[hours.oficina] y debajo days = { mon-fri = "08:00-12:00 13:00-17:00" }'),
        ("90/5", '[hours."90/5"] y debajo days = { mon-fri = "08:00-12:00 13:00-17:00" }'),
    ],
)
def test_the_cure_of_a_calendar_that_is_not_there_works_as_it_is_written(
    name: str, cure: str, tmp_path: Path
) -> None:
    wrong = VALID + f'[precaso]\ncalendar = "{name}" {HERE}\n'

    [problem] = checked(wrong, tmp_path)

    assert problem.message == f'el calendario "{name}" no existe'
    assert problem.hint.endswith(f"escriba {cure}")
    assert example(name) == cure
    assert checked(wrong + "\n" + cure.replace(" y debajo ", "\n") + "\n", tmp_path) == ()


@pytest.mark.parametrize(
    ("text", "path", "said", "cure"),
    [
        (VALID + f'[precaso]\ncalendar = "24x7" {HERE}\n', "precaso.calendar", "no existe", '"24/7"'),
        (VALID + TWELVE_FIVE + rule(f'calendar = "12x5" {HERE}'), "rule[0].calendar", "no existe", '"12/5"'),
        (
            VALID + f'[hours."24/7"] {HERE}\ndays = {{ mon = "08:00-12:00" }}\n',
            'hours."24/7"',
            "ya existe",
            "otro nombre",
        ),
        (
            VALID + f'[hours.o]\ndays = {{ mon = "08:00-12:00" }}\nholidays = "ES-Madrid" {HERE}\n',
            "hours.o.holidays",
            'no se conocen los festivos de "ES-Madrid"',
            '¿quiso decir "ES-MD"?',
        ),
        # a deadline that nobody lives to see
        (
            VALID + MINUTE + f'[precaso]\nanswer_within = "24h" {HERE}\ncalendar = "minuto"\n',
            "precaso.answer_within",
            'con el calendario "minuto", 24 h abiertas son unas 1440 semanas',
            "answer_within",
        ),
        (VALID + MINUTE + rule(f'calendar = "minuto" {HERE}'), "rule[0].calendar", "1440 semanas", ""),
    ],
)
def test_a_calendar_that_does_not_work_is_an_error(
    text: str, path: str, said: str, cure: str, tmp_path: Path
) -> None:
    [problem] = checked(text, tmp_path)

    assert (problem.level, problem.path) == ("error", path)
    assert said in problem.message
    assert cure in problem.hint
    assert HERE in text.split("\n")[problem.line - 1]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (SATURDAY + '[precaso]\ncalendar = "sabado"\n', "precaso.answer_within"),
        (SATURDAY + rule('calendar = "sabado"'), "rule[0].calendar"),
        (SATURDAY + rule('calendar = "sabado"', 'answer_within = "20h"'), "rule[0].answer_within"),
    ],
)
def test_a_deadline_of_months_is_likely_not_meant(text: str, path: str, tmp_path: Path) -> None:
    """Of a calendar only open hours count: a day of work is twelve Saturdays of two hours."""
    [problem] = checked(VALID + text, tmp_path)

    assert (problem.level, problem.path) == ("warning", path)
    assert "cuenta solo las horas en que el calendario abre" in problem.hint


def test_a_week_of_elapsed_time_is_as_long_as_was_written(tmp_path: Path) -> None:
    assert checked(VALID + '[precaso]\nanswer_within = "90d"\nremind_after = "1d"\n', tmp_path) == ()
