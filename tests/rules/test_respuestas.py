"""What people answer, read as a person reads it: no field is ever filled with a wrong value (hazard 23, lesson 30)."""

import email
import hashlib
import re
from collections import Counter

import pytest

from tests.rules.respuestas import FOLDER, NAMES, answers, fields, load


@pytest.mark.parametrize("name", NAMES)
def test_no_value_is_wrong(name: str) -> None:
    """Where it is not sure, it is asked for."""
    assert load(name).wrong == {}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_given_is_found_but_for_what_the_twin_admits(name: str) -> None:
    """A miss that is new is a regression; one that is gone is to be taken out of the twin."""
    answer = load(name)

    assert sorted(answer.missed) == sorted(answer.misses)


@pytest.mark.parametrize("name", NAMES)
def test_the_reply_text_is_what_this_person_wrote_now(name: str) -> None:
    assert load(name).text_faults == []


@pytest.mark.parametrize("name", NAMES)
def test_a_twin_is_well_formed(name: str) -> None:
    """A misspelt key would be an expectation that nobody checks."""
    answer = load(name)
    required = {one.name for one in fields(answer.desk, answer.rule)}
    asked, expected = set(answer.asked), set(answer.expected)

    assert set(answer.expect) == {"ask", "values", "reply_text"}
    assert set(answer.expect["reply_text"]) == {"has", "lacks"}
    assert asked | expected | answer.typed.keys() | answer.between.keys() <= required
    assert set(answer.expect["ask"]) == asked - expected
    assert set(answer.misses) <= expected
    assert answer.about.endswith(".")


def test_every_answer_has_a_twin() -> None:
    twins = {path.stem for path in FOLDER.glob("*.toml")} - {"desk_espana"}

    assert twins == set(NAMES)
    assert len(NAMES) >= 120


def test_a_third_is_held_out_by_its_name() -> None:
    """Chosen by hash, so that nobody chooses the easy ones."""
    chosen = {name for name in NAMES if int(hashlib.sha256(name.encode()).hexdigest(), 16) % 3 == 0}

    assert {answer.name for answer in answers(held_out=True)} == chosen


def test_every_placeholder_is_filled_in() -> None:
    assert [
        answer.name for answer in answers() if re.search(rb"@(?:QUOTE|SUBJECT|REFERENCE)@", answer.raw)
    ] == []


@pytest.mark.parametrize("name", NAMES)
def test_lines_end_as_on_the_wire(name: str) -> None:
    """CRLF, and nothing else: RFC 5322 §2.3."""
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", (FOLDER / f"{name}.eml").read_bytes())


def test_message_ids_are_of_one_mail_each() -> None:
    ids = Counter(email.message_from_bytes(load(name).raw)["Message-ID"] for name in NAMES)

    assert [one for one, times in ids.items() if times > 1] == []
