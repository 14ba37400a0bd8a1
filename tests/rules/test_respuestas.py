"""What people answer, read as a person reads it: no field is ever filled with a wrong value (hazard 23, lesson 30)."""

import pytest

from tests.rules.respuestas import NAMES, answers, load

EVERY = answers()


@pytest.mark.parametrize("name", NAMES)
def test_no_value_is_wrong(name: str) -> None:
    """Where it is not sure, it is asked for."""
    assert load(name).wrong == {}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_given_is_found_but_for_what_the_twin_admits(name: str) -> None:
    """A miss that is new is a regression; one that is gone is to be taken out of the twin."""
    answer = load(name)

    assert set(answer.missed) == set(answer.misses)


@pytest.mark.parametrize("name", NAMES)
def test_the_reply_text_is_what_this_person_wrote_now(name: str) -> None:
    answer = load(name)

    assert answer.text_faults == [] or answer.expect["reply_text"].get("fails"), answer.message.reply_text
