"""What is asked first because it is quick says the same as what would be asked otherwise."""

from zoneinfo import available_timezones

import pytest
from hypothesis import example, given, strategies as st

from mailbot.config.references import is_zone
from mailbot.config.rules import SURELY_A_WORD
from mailbot.rules.keywords import phrase

NO_PLACES = (
    "",
    ".",
    "America",
    "America/Bogta",
    "America/Bogota/",
    "America//Bogota",
    "america/../America/Bogota",
    "../zoneinfo/America/Bogota",
    "/usr/share/zoneinfo/America/Bogota",
    "posix/America/Bogota",
    "right/America/Bogota",
    "posixrules",
    "zone.tab",
    "Ñ",
    "\0",
    "\ud800",
    "A" * 5000,
)


def test_every_timezone_that_there_is_is_one() -> None:
    assert [zone for zone in available_timezones() if not is_zone(zone)] == []


@pytest.mark.parametrize("written", NO_PLACES)
def test_what_is_no_timezone_is_none(written: str) -> None:
    assert not is_zone(written)
    assert written not in available_timezones()


@given(st.text(), st.sampled_from("azAZ059"), st.text(), st.booleans())
@example("n", "a", "\u0303", True)
@example("\u200b", "Z", "\u0301\u0301", False)
def test_a_keyword_with_a_plain_letter_or_figure_always_has_a_word(
    before: str, sign: str, after: str, strict: bool
) -> None:
    keyword = before + sign + after
    assert SURELY_A_WORD.search(keyword)
    assert phrase(keyword, strict)
