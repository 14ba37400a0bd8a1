"""`mailbot rules list`: what each rule has done; which ones are dead, and which words say too little (B37)."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailbot.cli import layout, listing
from mailbot.cli.listing import Listed
from mailbot.desk.case import State
from mailbot.rules.settings import Rule
from mailbot.store.usage import Used
from tests.cli.conftest import Desk
from tests.cli.test_json import TIME, times

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)


def rules(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {rule["name"]: rule for rule in found["rules"]}


def test_rules_are_listed_in_the_order_of_the_file_with_what_they_did(desk: Desk) -> None:
    found = desk.json("rules", "list")
    assert list(found) == ["days", "mails", "rules", "gone"]
    names = ["name", "treat_as", "keywords", "mails", "opened", "no_gestionado", "last_hit", "idle"]
    assert all(list(rule) == names for rule in found["rules"])
    order = [line.split("\t")[0] for line in desk.mailbot("rules", "list").stdout.splitlines()]
    assert order == [rule["name"] for rule in found["rules"]]
    acceso = rules(found)["acceso"]
    opened = [c for c in desk.json("cases")["cases"] if c["rule"] == "acceso"]
    # other tests of this desk promote mail, which came by no word of the rule
    first = [m for m in desk.json("messages")["messages"] if m["case"] in {c["number"] for c in opened}]
    told = [desk.json("explain", str(m["id"]))["reasons"] for m in first if m["outcome"] == "opened"]
    promoted = sum(any(reason["check"] == "by_hand" for reason in reasons) for reasons in told)
    assert acceso["opened"] == acceso["mails"] + promoted == len(opened)
    assert (acceso["no_gestionado"], acceso["idle"]) == (0, None)
    assert all(TIME.fullmatch(t) for t in [*times(found), acceso["last_hit"]])


def test_every_keyword_has_the_mails_in_whose_subject_it_stands(desk: Desk) -> None:
    def counted() -> dict[str, Any]:
        words = rules(desk.json("rules", "list"))["acceso"]["keywords"]
        return {word["keyword"]: word for word in words}

    before = counted()
    desk.write("No recuerdo el doble factor")
    after = counted()
    assert after["doble factor"]["mails"] == before["doble factor"]["mails"] + 1
    assert after["mfa"] == {"keyword": "mfa", "mails": 0, "share": 0.0, "too_common": False}


def test_a_rule_that_never_took_a_mail_says_so(desk: Desk) -> None:
    silent = rules(desk.json("rules", "list"))["telefonia"]
    assert (silent["mails"], silent["last_hit"], silent["idle"]) == (0, None, "never")
    line = next(x for x in desk.mailbot("rules", "list").stdout.splitlines() if x.startswith("telefonia\t"))
    assert line.endswith("\tnunca\tnunca ha tomado un correo")


def test_a_precaso_without_its_data_is_counted_apart(desk: Desk) -> None:
    """A35: no_gestionado counts in no report."""
    before = rules(desk.json("rules", "list"))["acceso"]
    number = desk.precaso()
    desk.mailbot("case", number, "--move", State.NO_GESTIONADO, "--reason", "prueba")
    after = rules(desk.json("rules", "list"))["acceso"]
    assert after["opened"] == before["opened"] + 1
    assert after["no_gestionado"] == before["no_gestionado"] + 1


def test_rules_that_are_gone_are_told_last(desk: Desk, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        desk.config.read_text("utf-8").replace('name     = "acceso"', 'name     = "claves"'), "utf-8"
    )
    found = desk.json("rules", "list", "--config", config)
    assert [one["name"] for one in found["gone"]] == ["acceso"]
    assert "acceso" not in rules(found)
    assert rules(found)["claves"]["idle"] == "never"
    last = desk.mailbot("rules", "list", "--config", config).stdout.splitlines()[-1]
    assert last.startswith("Ya no están en el archivo: acceso (")


def listed(mails: int = 1, at: datetime | None = NOW, **keywords: int) -> Listed:
    return Listed(Rule(name="x", keywords=tuple(keywords)), Used(mails, last_hit=at), keywords)


def test_a_word_in_more_than_a_third_of_the_subjects_says_nothing() -> None:
    one = listed(solicitud=34, clave=33)
    assert one.too_common(100) == {"solicitud": 0.34}
    assert one.too_common(99) == {"solicitud": 34 / 99}
    assert one.too_common(20) == {}, "of so few nothing can be told"
    notes = list(listing._notes(one, listing.Listing(30, 100, [one], {})))
    assert notes == ["«solicitud» está en el 34 % de los asuntos"]


def test_a_rule_without_mail_in_the_period_is_not_one_that_never_had_any() -> None:
    assert listed(0).idle == "period"
    assert listed(0, None).idle == "never"
    assert listed().idle is None
    notes = list(listing._notes(listed(0), listing.Listing(1, 100, [], {})))
    assert notes == ["ningún correo del último día"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (Rule(name="x", keywords=("a", "b")), "2: a, b"),
        (Rule(name="x", all=("portal", "abre|carga")), "all portal, abre|carga"),
        (Rule(name="x", keywords=("a",), pattern="b"), "1: a; pattern"),
        (Rule(name="x", any_subject=True), "cualquier asunto"),
        (Rule(name="x"), "ninguna"),
    ],
)
def test_what_a_rule_listens_to_is_told_in_short(rule: Rule, said: str) -> None:
    assert listing._words(rule) == said


@pytest.mark.parametrize("columns", [80, 140])
def test_the_list_fits_a_terminal(desk: Desk, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setattr(layout, "is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = desk.mailbot("rules", "list").stdout.splitlines()
    assert lines[0].split() == ["regla", "trato", "palabras", "correos", "casos", "no", "gest.", "último"]
    assert max(map(layout.cells, lines)) <= columns
