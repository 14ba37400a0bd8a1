"""A case that a machine opened, as the desk sees it (A39)."""

import pytest

from mailbot.cli.case_page import _numbers
from mailbot.sandbox import samples
from tests.cli.conftest import Desk

FIRST, AGAIN, OVER = "nagios_problema", "nagios_se_repite", "nagios_recuperado"


def nagios(desk: Desk, like: str) -> str:
    """A mail of its own by Nagios; the number of its case."""
    sample = samples.load(like)
    fresh = sample.raw.replace(b"Message-Id: <", b"Message-Id: <%d." % next(desk._people))
    seen = desk.stage.play(samples.Sample(like, fresh, "", sample.to, "", ""))
    assert seen.case is not None
    return str(seen.case["number"])


@pytest.fixture
def case(desk: Desk) -> str:
    """A new fault: what an earlier test opened is solved."""
    for old in desk.json("cases")["cases"]:
        if old["rule"] == "nagios" and old["state"] == "abierto":
            desk.mailbot("case", old["number"], "--move", "solucionado")
    return nagios(desk, FIRST)


def test_one_alarm_is_shown_with_its_time(desk: Desk, case: str) -> None:
    page = desk.mailbot("case", case).stdout
    at = desk.json("case", case)["last_alarm_at"]
    assert at is not None
    assert "\n  avisos       1, 2026-" in page
    assert "el último" not in page


def test_what_was_told_often_is_counted_and_its_end_shown(desk: Desk, case: str) -> None:
    for like in (AGAIN, AGAIN, OVER):
        assert nagios(desk, like) == case
    page = desk.mailbot("case", case).stdout
    line = next(x for x in page.splitlines() if x.lstrip().startswith("avisos"))
    assert "3, el último 2026-" in line
    assert "; recuperado 2026-" in line
    assert "espera       a una persona: la falla terminó: si quedó bien, cierre el caso\n" in page
    assert "· la misma falla" not in page
    assert page.count("la misma falla otra vez: ** PROBLEM") == 2


def test_a_fault_that_is_back_waits_for_nobody(desk: Desk, case: str) -> None:
    for like in (OVER, AGAIN):
        nagios(desk, like)
    shown = desk.json("case", case)
    assert (shown["alarms"], shown["recovered_at"], shown["attention"]) == (2, None, None)
    assert "recuperado" not in desk.mailbot("case", case).stdout


def test_a_long_history_of_a_machine_is_shown_in_short(desk: Desk, case: str) -> None:
    """Five hundred lines of the same would hide what a person wrote between them."""
    for _ in range(9):
        nagios(desk, AGAIN)
    desk.mailbot("case", case, "--note", "Avisado el proveedor")
    nagios(desk, OVER)

    page = desk.mailbot("case", case).stdout
    assert page.count("la misma falla otra vez") == 2
    assert "… 7 avisos más de la misma falla\n" in page
    assert (
        page.index("… 7 avisos más") < page.index("Avisado el proveedor") < page.index("la falla terminó: **")
    )
    assert len(desk.json("case", case)["history"]) == 13


def test_an_end_without_its_problem_tells_why_nothing_happens(desk: Desk, case: str) -> None:
    desk.mailbot("case", case, "--move", "solucionado")
    sample = samples.load(OVER)
    seen = desk.stage.play(
        samples.Sample(OVER, sample.raw.replace(b"srv-orfeo-01", b"srv-x"), "", sample.to, "", "")
    )
    page = desk.mailbot("explain", seen.message["id"]).stdout
    assert "· avisa el fin de una falla que no tiene caso abierto: srv-x/http\n" in page


def test_where_no_pattern_tells_the_fault_the_page_says_what_does(desk: Desk) -> None:
    """Invariant 8."""
    sample = samples.load("alarma_desconocida")
    desk.seen["alarma_desconocida"] = desk.stage.play(sample)
    page = desk.mailbot("explain", desk.message("alarma_desconocida")).stdout
    assert "· correlate no halla cuál es la falla: el mismo asunto es la misma falla\n" in page


def test_the_number_of_a_problem_in_the_text_is_told(desk: Desk) -> None:
    desk.seen["zabbix_html"] = desk.stage.play(samples.load("zabbix_html"))
    page = desk.mailbot("explain", desk.message("zabbix_html")).stdout
    assert "· cuál es la falla lo dice el texto: 884305\n" in page


def test_many_messages_are_counted() -> None:
    assert _numbers([1, 2, 3]) == "1, 2, 3"
    assert _numbers(list(range(1, 41))) == "1, 2, … 40 (40 en total)"
