"""What was recorded of a mail beside what other rules would decide: which change that is, as a table."""

import pytest

from mailbot.desk.decision import Outcome
from mailbot.desk.difference import (
    Apart,
    Change,
    Decided,
    apart,
    by_hand,
    change,
    decided,
    known_then,
    promoted,
    thread_then,
)
from mailbot.mail.message import Kind
from mailbot.rules.settings import TreatAs
from mailbot.values import Reason

NOTHING = Decided(None, None, Outcome.UNMATCHED)
FILED = Decided("boletin", TreatAs.INFORMATIVO, Outcome.INFORMATIVO)
ALARM = Decided("alarma", TreatAs.MONITOREO, Outcome.OPENED)


def asks(*missing: str, rule: str = "acceso") -> Decided:
    return Decided(rule, TreatAs.PRECASO, Outcome.OPENED, missing)


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (NOTHING, NOTHING, Change.SAME),
        (NOTHING, asks("sede"), Change.NEWLY),
        (FILED, asks(), Change.NEWLY),
        (asks("sede"), NOTHING, Change.LOST),
        (FILED, NOTHING, Change.LOST),
        (ALARM, NOTHING, Change.LOST),
        (asks("sede"), asks("sede"), Change.SAME),
        (asks("sede", "telefono"), asks("telefono", "sede"), Change.SAME),
        (asks("sede"), asks("sede", "telefono"), Change.MORE),
        (asks("sede"), asks("telefono"), Change.MORE),
        (asks("sede"), asks(), Change.LESS),
        (asks("sede"), asks("sede", rule="clave"), Change.MOVED),
        (asks("sede"), asks("telefono", rule="clave"), Change.MOVED),
        (ALARM, asks(rule="alarma"), Change.MOVED),
        (NOTHING, FILED, Change.INFORMATIVO),
        (asks(), FILED, Change.INFORMATIVO),
        (FILED, FILED, Change.SAME),
        (FILED, Decided("circular", TreatAs.INFORMATIVO, Outcome.INFORMATIVO), Change.MOVED),
        (NOTHING, ALARM, Change.MONITOREO),
        (FILED, ALARM, Change.MONITOREO),
        (Decided("alarma", TreatAs.MONITOREO, Outcome.UPDATED), ALARM, Change.SAME),
    ],
)
def test_a_change_is_told_by_the_rule_by_how_it_treats_mail_and_by_what_it_asks(
    before: Decided, after: Decided, what: Change
) -> None:
    assert change(before, after) is what


@pytest.mark.parametrize(
    ("outcome", "reason", "why"),
    [
        (Outcome.OPENED, Reason("data", "missing", "sede"), None),
        (Outcome.UNMATCHED, Reason("rule", "nothing_matched"), None),
        (Outcome.UNMATCHED, Reason("thread", "answers_unknown", "<a@b>"), None),
        (Outcome.UPDATED, Reason("machine", "repeated", "MS-000001"), None),
        (Outcome.UPDATED, Reason("thread", "reference", "<a@b>"), Apart.OF_CASE),
        (Outcome.UPDATED, Reason("thread", "same_subject", "MS-000001"), Apart.OF_CASE),
        (Outcome.OPENED, Reason("thread", "reference", "<a@b>"), Apart.OF_CASE),
        (Outcome.OPENED, Reason("thread", "lost_case", "MS-000009"), Apart.OF_CASE),
        (Outcome.ON_CLOSED_CASE, Reason("thread", "number"), Apart.OF_CASE),
        (Outcome.DUPLICATE, Reason("identity", "duplicate_of", "1"), Apart.DUPLICATE),
        (Outcome.BOUNCE, Reason("bounce", "did_not_arrive"), Apart.REPORT),
        (Outcome.BACKLOG, Reason("start", "older_than_first_connection"), Apart.BACKLOG),
        (Outcome.FAILED, Reason("failed", "error"), Apart.FAILED),
        (Outcome.OPENED, Reason("by_hand", "promoted", "acceso (cli:luz)"), Apart.BY_HAND),
        (Outcome.INFORMATIVO, Reason("by_hand", "filed", "informativo (folder:Informativo)"), Apart.BY_HAND),
    ],
)
def test_what_no_rule_decided_is_told_apart(outcome: Outcome, reason: Reason, why: Apart | None) -> None:
    assert apart(Kind.PERSON, outcome, (Reason("rule", "none"), reason)) is why


def test_a_report_about_mail_is_apart_unless_a_machine_s_rule_took_it() -> None:
    assert apart(Kind.READ_RECEIPT, Outcome.IGNORED, ()) is Apart.REPORT
    assert apart(Kind.BOUNCE, Outcome.OPENED, (Reason("machine", "opened"),)) is None


def test_what_a_person_moved_and_was_of_a_case_all_the_same_was_not_decided_by_hand() -> None:
    reasons = (Reason("by_hand", "found", "folder:Crear caso"), Reason("thread", "reference"))
    assert not by_hand(reasons)
    assert apart(Kind.PERSON, Outcome.UPDATED, reasons) is Apart.OF_CASE


def test_how_mail_was_treated_and_what_was_asked_is_read_from_the_reasons() -> None:
    opened = decided("acceso", Outcome.OPENED, (Reason("data", "missing", "telefono, sede"),))
    assert (opened.treat_as, opened.missing) == (TreatAs.PRECASO, ("telefono", "sede"))
    assert decided("acceso", Outcome.OPENED, ()).missing == ()
    assert decided("x", Outcome.OPENED, (Reason("machine", "opened"),)).treat_as is TreatAs.MONITOREO
    late = (Reason("machine", "recovery_without_problem"),)
    assert decided("x", Outcome.IGNORED, late).treat_as is TreatAs.MONITOREO
    assert decided("acceso", Outcome.IGNORED, (Reason("rule", "matched"),)).treat_as is None


def test_the_rule_that_a_person_chose_is_told_without_who_chose() -> None:
    assert promoted((Reason("by_hand", "promoted", "acceso (viejo) (cli:luz)"),)) == "acceso (viejo)"
    assert promoted((Reason("by_hand", "filed", "informativo (folder:Informativo)"),)) is None


def test_what_a_sender_had_given_before_and_what_a_mail_answered_is_still_known() -> None:
    data = (Reason("data", "found", "sede (remembered)"), Reason("data", "found", "telefono (label)"))
    assert known_then(data) == {"sede"}
    assert thread_then((Reason("thread", "answers_unknown", "<a@b>, <c@d>"),)) == ("<a@b>", "<c@d>")
