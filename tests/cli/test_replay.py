"""`mailbot rules replay`: what edited rules would change, before they do (lesson 23)."""

import sys
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from mailbot.cli import layout, replay as command
from mailbot.cli.common import since
from mailbot.config.live import Live
from mailbot.config.load import load
from mailbot.desk.account import Account
from tests.cli.conftest import Desk
from tests.cli.test_json import TIME, times

CHANGES = ["newly", "lost", "moved", "more", "less", "informativo", "monitoreo", "same"]
APART = ["of_case", "report", "duplicate", "backlog", "failed", "by_hand"]


@pytest.fixture
def edited(desk: Desk, tmp_path: Path) -> Path:
    """`acceso` takes mail about a dinner and asks for the office; `conectividad` has another name."""
    text = desk.config.read_text("utf-8")
    for old, new in (
        ('"contraseña", "contaseña"', '"contraseña", "cena", "contaseña"'),
        (
            'requires = ["nombre", "telefono", "usuario", "aplicativo"]',
            'requires = ["nombre", "telefono", "sede"]',
        ),
        ('name     = "conectividad"', 'name     = "redes"'),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    config = tmp_path / "config.toml"
    config.write_text(text, "utf-8")
    return config


def test_the_rules_as_they_are_change_nothing(desk: Desk) -> None:
    found = desk.json("rules", "replay")
    assert list(found) == ["days", "mails", "by_rules", "apart", "by_hand", "changes", "groups", "messages"]
    assert list(found["changes"]) == CHANGES
    assert list(found["apart"]) == APART
    assert found["mails"] == len(desk.json("messages")["messages"])
    assert found["by_rules"] == found["changes"]["same"] == found["mails"] - sum(found["apart"].values())
    assert (found["days"], found["groups"], found["messages"]) == (30, [], [])
    assert found["by_hand"] == {"same": 0, "messages": []}
    page = desk.mailbot("rules", "replay").stdout
    assert page.endswith("Qué cambiaría\n  nada\n")


def test_every_difference_is_told_with_before_and_after(desk: Desk, edited: Path) -> None:
    desk.write("Cena sobre el horario")
    desk.write("Sin internet en la sede")
    found = desk.json("rules", "replay", "--config", edited)
    by_subject = {m["subject"]: m for m in found["messages"]}
    newly, moved = by_subject["Cena sobre el horario"], by_subject["Sin internet en la sede"]
    assert list(newly) == ["id", "subject", "from", "received_at", "change", "before", "after"]
    assert newly["before"] == {
        "rule": None,
        "treat_as": None,
        "outcome": "unmatched",
        "missing": [],
    }
    assert newly["after"] == {
        "rule": "acceso",
        "treat_as": "precaso",
        "outcome": "opened",
        "missing": ["telefono", "sede"],
        "words": ["Cena"],
    }
    assert (moved["change"], moved["before"]["rule"], moved["after"]["rule"]) == (
        "moved",
        "conectividad",
        "redes",
    )
    assert sum(found["changes"].values()) == found["by_rules"]
    assert len(found["messages"]) == found["by_rules"] - found["changes"]["same"]
    assert sum(group["mails"] for group in found["groups"]) == len(found["messages"])
    assert [m["id"] for m in found["messages"]] == sorted(m["id"] for m in found["messages"])
    assert all(TIME.fullmatch(t) for t in times(found))
    few = desk.json("rules", "replay", "--config", edited, "--limit", 2)
    assert few["messages"] == found["messages"][:2]
    assert few["changes"] == found["changes"]


def test_a_mail_of_the_list_can_be_looked_at_further(desk: Desk, edited: Path) -> None:
    desk.write("Cena de vacaciones")
    last = desk.json("rules", "replay", "--config", edited)["messages"][-1]
    tried = desk.json("rules", "test", last["id"], "--config", edited)
    assert (tried["outcome"], tried["rule"], tried["missing"]) == (
        last["after"]["outcome"],
        last["after"]["rule"],
        last["after"]["missing"],
    )
    assert desk.json("explain", last["id"])["outcome"] == last["before"]["outcome"]


def test_the_page_counts_groups_and_shows_some(desk: Desk, edited: Path) -> None:
    for _ in range(3):
        desk.write("Cena de fin de año")
    desk.write("Sin internet en la sede")
    done = desk.mailbot("rules", "replay", "--config", edited, "--limit", 2)
    page = done.stdout
    assert done.stderr == ""
    assert page.startswith(f"Las reglas de {edited}  con los correos de los últimos 30 días\n")
    assert "abrirían un caso, y no abrieron ninguno\n" in page
    assert "· conectividad → redes: " in page
    assert "; «conectividad» ya no está en el archivo\n" in page
    newly = page.partition("Abrirían un caso")[2].partition("\n\n")[0]
    assert "· acceso: " in newly
    assert newly.count("«Cena» de fin de año\tpediría telefono, sede") == 2
    more = page.partition("Se les pediría algo más")[2].partition("\n\n")[0]
    assert "pediría sede" in more


def test_a_page_fits_a_terminal(desk: Desk, edited: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    desk.write("Cena " + "muy larga " * 20)
    lines = desk.mailbot("rules", "replay", "--config", edited).stdout.splitlines()
    shown = [line for line in lines if not line.startswith("Las reglas de ")]  # the path of the test
    assert max(map(layout.cells, shown)) <= 80
    assert any("«mailbot rules test ID»" in line for line in lines)


def test_the_bar_is_for_a_terminal_only(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    live = Live.of(load(desk.config))
    command.run(live, desk.stage.store, since(30), Account())
    assert capsys.readouterr().err == ""
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    command.run(live, desk.stage.store, since(30), Account())
    assert "Correos  [####" in screen.getvalue()


def test_days_without_mail_are_told(desk: Desk) -> None:
    """A number that no calendar has is as good as any."""
    assert desk.json("rules", "replay", "--days", 999_999_999)["mails"]
    none = Account()
    command.run(Live.of(load(desk.config)), desk.stage.store, datetime.now(UTC), none)
    assert none.mails == 0


def test_what_is_wrong_in_the_file_is_told_and_nothing_replayed(desk: Desk, tmp_path: Path) -> None:
    """Not by the last good copy: what is being edited is what is tried."""
    broken = tmp_path / "config.toml"
    broken.write_text(desk.config.read_text("utf-8").replace("\nkeywords", "\nkeyword", 1), "utf-8")
    for words in (("replay",), ("replay", "--json"), ("list",)):
        done = desk.mailbot("rules", *words, "--config", broken)
        assert (done.exit_code, done.stdout) == (2, "")
        assert "clave desconocida" in done.stderr
        assert "keywords" in done.stderr


def test_nothing_is_stored(desk: Desk, edited: Path) -> None:
    before = desk.json("cases"), desk.json("messages")
    desk.json("rules", "replay", "--config", edited)
    desk.json("rules", "list", "--config", edited)
    assert (desk.json("cases"), desk.json("messages")) == before
