"""`mailbot hours`: when the desk is open, and when a deadline asked for now would end (B17, B19, lesson 36)."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailbot.cli.hours_report import report
from mailbot.config.load import load
from tests.cli.conftest import typed

HEAD = """
[mailbox.soporte]
address  = "soporte@mesa.example"
password = { credential = "soporte-password" }
imap = { host = "imap.mesa.example" }
smtp = { host = "smtp.mesa.example" }
"""
OFFICE = """
[hours.oficina]
days     = { mon-fri = "08:00-12:00 13:00-17:00" }
holidays = "CO"
extra    = [2026-12-24, 2026-12-31]
"""
NIGHTS = """
[hours.guardia]
days = { fri-sat = "22:00-24:00", sat-sun = "00:00-06:00" }
"""
PRECASO = '[precaso]\ncalendar = "oficina"\n'
RULE = """
[[rule]]
name     = "red"
keywords = ["red"]
calendar = "guardia"
answer_within = "90m"
"""
WHOLE = HEAD + PRECASO + OFFICE + NIGHTS + RULE


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(WHOLE, "utf-8")
    return path


def rewritten(config: Path, text: str) -> Path:
    config.write_text(text, "utf-8")
    return config


def told(config: Path, *words: str) -> str:
    done = typed("hours", *words, "--config", config)
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


def document(config: Path, *words: str) -> Any:
    return json.loads(told(config, *words, "--json"))


def test_a_calendar_is_told_with_its_openings_holidays_and_a_deadline(config: Path) -> None:
    assert told(config, "oficina", "--at", "2026-12-22 16:30") == (
        """mar 22 dic 2026, 16:30, hora de America/Bogota

oficina  abierto; cierra hoy 17:00
  horario    lun–vie 08:00–12:00 13:00–17:00
  festivos   CO
  se usa en  [precaso]

Próximas aperturas
  · hoy 13:00–17:00
  · mañana 08:00–12:00
  · mañana 13:00–17:00
  · lun 28 dic 08:00–12:00
  · lun 28 dic 13:00–17:00

Festivos en los próximos 60 días
  · jue 24 dic: día propio
  · vie 25 dic: Navidad
  · jue 31 dic: día propio
  · vie 1 ene 2027: Año Nuevo
  · lun 11 ene 2027: Día de los Reyes Magos (observado)

Un plazo que empieza en este momento
  · 24 horas hábiles: vence mar 29 dic 16:30; recordatorio, lun 28 dic 11:30
"""
    )


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        ("2026-12-22 12:00", "cerrado; abre hoy 13:00"),
        ("2026-12-22 17:00", "cerrado; abre mañana 08:00"),
        ("2026-12-24 10:00", "cerrado (día propio); abre lun 28 dic 08:00"),
        ("2026-12-25", "cerrado (Navidad); abre lun 28 dic 08:00"),
        # the last days of a year
        ("2026-12-31 10:00", "cerrado (día propio); abre lun 4 ene 2027 08:00"),
        # with its own offset
        ("2026-12-22T22:30:00+01:00", "abierto; cierra hoy 17:00"),
    ],
)
def test_open_or_closed_and_until_when(config: Path, moment: str, state: str) -> None:
    assert f"oficina  {state}\n" in told(config, "oficina", "--at", moment)


def test_a_night_that_is_written_in_two_days_is_one_opening(config: Path) -> None:
    """The rule's deadline is counted in it; `remind_after` would be longer than that."""
    said = told(config, "guardia", "--at", "2026-11-27 23:00")

    assert "guardia  abierto; cierra mañana 06:00\n" in said
    assert "  se usa en  la regla «red»\n" in said
    assert "  · hoy 22:00 – mañana 06:00\n  · mañana 22:00 – dom 29 nov 06:00\n" in said
    assert "regla «red», 1 hora hábil y 30 minutos hábiles: vence mañana 00:30" in said
    assert "sin recordatorio, que sería después de 12 horas hábiles\n" in said


def test_all_calendars_are_told_and_24_7_where_it_is_used(config: Path) -> None:
    assert [c["name"] for c in document(config)["calendars"]] == ["oficina", "guardia"]
    rewritten(config, HEAD + OFFICE)
    assert [c["name"] for c in document(config)["calendars"]] == ["oficina", "24/7"]
    assert 'nada todavía; escriba calendar = "oficina" en [precaso] o en una regla' in told(config)


def test_with_24_7_only_it_says_so_and_what_it_takes_to_have_another(config: Path) -> None:
    rewritten(config, HEAD)

    said = told(config, "--at", "2026-11-22 03:00")

    assert "24/7  siempre abierto\n" in said
    assert "· 24 horas: vence mañana 03:00; recordatorio, hoy 15:00\n" in said
    assert "todos los plazos corren de día y de noche,\ntambién en festivos." in said
    assert 'nómbrelo: calendar = "oficina", en [precaso] o en una regla' in said
    section = "\n".join(
        line.strip() for line in said.splitlines() if line.startswith("  [hours") or " = " in line
    )
    section = section[section.index("[hours") : section.index("\ny nómbrelo")]
    rewritten(config, HEAD + PRECASO + section + "\n")
    assert "oficina  cerrado" in told(config, "--at", "2026-11-22 03:00"), "it works as it stands there"


def test_round_the_clock_by_hand_has_no_closing(config: Path) -> None:
    rewritten(config, HEAD + '[hours.siempre]\ndays = { mon-sun = "00:00-24:00" }\n')

    said = told(config, "siempre", "--at", "2026-11-22 10:00")

    assert "siempre  siempre abierto\n" in said
    assert "· hoy 00:00, sin cierre en 60 días\n" in said


def test_as_json_times_are_utc(config: Path) -> None:
    found = document(config, "oficina", "--at", "2026-12-22 16:30")

    [office] = found["calendars"]
    assert (found["at"], found["timezone"]) == ("2026-12-22T21:30:00Z", "America/Bogota")
    assert (office["open"], office["until"]) == (True, "2026-12-22T22:00:00Z")
    assert office["openings"][1] == {"opens": "2026-12-23T13:00:00Z", "closes": "2026-12-23T17:00:00Z"}
    assert office["holidays"][1] == {"date": "2026-12-25", "name": "Navidad"}
    assert office["deadlines"] == [
        {
            "rule": None,
            "used": True,
            "answer_within": "24h",
            "deadline": "2026-12-29T21:30:00Z",
            "remind_after": "12h",
            "reminder": "2026-12-28T16:30:00Z",
        }
    ]


def test_each_rule_with_a_time_of_its_own_has_its_deadline(config: Path) -> None:
    more = '\n[[rule]]\nname = "vpn"\nkeywords = ["vpn"]\nanswer_within = "4h"\n'
    rewritten(config, WHOLE + more)
    now = load(config)

    [office] = report(now, "oficina", datetime(2026, 11, 18, 13, tzinfo=UTC))["calendars"]

    assert [(d["rule"], d["answer_within"]) for d in office["deadlines"]] == [(None, "24h"), ("vpn", "4h")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ofcina"], 'No hay un calendario «ofcina» en [hours]: ¿quiso decir "oficina"?'),
        (["--at", "mañana"], '«mañana» no es un momento; se escribe así: --at "2026-12-24 16:00"'),
        (["--at", "2026-13-01"], "no es un momento"),
        (["--at", "9999-01-01"], "9999 está demasiado lejos"),
    ],
)
def test_what_cannot_be_told_is_said(config: Path, words: list[str], said: str) -> None:
    done = typed("hours", *words, "--config", config)

    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_calendar_that_is_not_there_is_a_mistake_of_the_config(config: Path) -> None:
    rewritten(config, HEAD + '[precaso]\ncalendar = "12/5"\n')

    done = typed("hours", "--config", config)

    assert done.exit_code == 2
    assert 'escriba [hours."12/5"] y debajo days = { mon-fri = "07:00-19:00" }' in done.stderr
