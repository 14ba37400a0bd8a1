"""Which fault a machine's mail is about, and whether it is over (A39, lesson 35)."""

from typing import Any

import pytest

from mailbot.rules.fault import Told
from mailbot.rules.match import Match, Rulebook
from mailbot.rules.settings import Rule

DISK = {"keywords": ["problem"], "recover": ["resolved"], "correlate": r"\bon (\S+)"}


def match(subject: str, text: str = "", **rule: Any) -> Match:
    book = Rulebook([Rule(name="m", treat_as="monitoreo", **(rule or DISK))])
    found = book.match(subject, None, "soporte", text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "subject",
    [
        "Problem: disk full on web01",
        "PROBLEM: Disk full on Web01",
        "  problem:  disk full on web01 ",
        "RE: resolved: disk full on WEB01",
        "[EXTERNO] RV: Problem: disk full on web01 \u2014 30 min",
        "\U0001f534 Problem: disk full on web01",
        "Problem: disk full on web\u200b01",
        "Problem: disk full on w\u00e9b01",
    ],
)
def test_one_fault_has_one_name_however_it_is_written(subject: str) -> None:
    """Upper case, accents, blanks, invisible signs, and what programs put before a subject."""
    found = match(subject)
    assert (found.correlation, found.told) == ("web01", Told.SUBJECT)


def test_blanks_within_a_name_are_one() -> None:
    found = match("Problem:  Disco   lleno\u00a0en  srv", keywords=["problem"], correlate="problem: (.+)")
    assert found.correlation == "disco lleno en srv"


def test_what_the_subject_does_not_tell_the_text_does() -> None:
    """A39: cases from their content."""
    found = match("Problem: disk full", "Host: a\r\nWhere: on db-7\r\n")
    assert (found.correlation, found.told) == ("db-7", Told.TEXT)


def test_the_subject_goes_before_the_text() -> None:
    assert match("Problem: disk full on web01", "on db-7").correlation == "web01"


def test_a_group_that_holds_nothing_tells_nothing() -> None:
    """Alertmanager without group_by: «[FIRING:3]  (node critical)»."""
    found = match("[FIRING:3]  (x)", "] Disk (", keywords=["firing"], correlate=r"\]([^(]*)")
    assert (found.correlation, found.told) == ("disk", Told.TEXT)


@pytest.mark.parametrize("rule", [DISK, {"keywords": ["problem"]}])
def test_where_nothing_tells_the_same_subject_is_the_same_fault(rule: dict[str, Any]) -> None:
    """Five hundred alarms must not be five hundred cases."""
    found = match("RE: Problem:  Disk FULL", "nothing", **rule)
    assert (found.correlation, found.told) == ("problem: disk full", Told.WHOLE_SUBJECT)


def test_mails_without_any_subject_are_of_one_fault() -> None:
    assert match("", any_subject=True).correlation == match(" \u200b ", any_subject=True).correlation != ""


def test_a_rule_for_people_tells_of_no_fault() -> None:
    found = Rulebook([Rule(name="r", keywords=["disk"])]).match("Disk full on web01", None, "soporte")
    assert found is not None
    assert (found.correlation, found.told, found.recovered) == (None, None, False)


@pytest.mark.parametrize(
    ("subject", "recovered", "doubtful"),
    [
        ("Problem: disk full on web01", False, False),
        ("Resolved in 5m: disk full on web01", True, False),
        ("Resolved problem: disk full on web01", True, True),  # both are said
        ("Problem: disk full on resolved", False, False),  # the name of the fault says nothing of its end
        ("Resolved in 5m: disk full on problem", True, False),
        ("Problem: resolved queue full on web01", True, True),
    ],
)
def test_a_fault_is_over_where_a_word_of_recover_stands_outside_its_name(
    subject: str, recovered: bool, doubtful: bool
) -> None:
    found = match(subject)
    assert (found.recovered, found.doubtful) == (recovered, doubtful)


def test_a_phrase_of_recover_that_holds_a_keyword_leaves_no_doubt() -> None:
    found = match("Alerta recuperada en web01", keywords=["alerta"], recover=["alerta recuperada"])
    assert (found.recovered, found.doubtful) == (True, False)


def test_a_name_from_the_text_covers_nothing_of_the_subject() -> None:
    """Its place is another: the first letters of the subject are not it."""
    found = match("Resolved: disk", "on web01")
    assert (found.recovered, found.told) == (True, Told.TEXT)


def test_of_two_rules_the_one_that_wins_tells_the_fault() -> None:
    rules = [
        Rule(name=name, treat_as="monitoreo", keywords=["problem"], from_=[sender], correlate=correlate)
        for name, sender, correlate in (("a", "a@x", "on (.)"), ("b", "b@x", "on (..)"))
    ]
    found = [Rulebook(rules).match("Problem on web", sender, "soporte") for sender in ("a@x", "b@x")]
    assert [(m.rule.name, m.correlation) for m in found if m] == [("a", "w"), ("b", "we")]
