"""A mail's text as patterns are run on it."""

import re
from unicodedata import category, normalize

from hypothesis import given, settings, strategies as st

from mailbot.rules.lines import plain

WRITTEN = st.text(
    st.one_of(st.characters(max_codepoint=0x2FF), st.sampled_from("\u0301\u2010\u2212\u2003\u200b–\ud800\n"))
)


@settings(deadline=None)
@given(st.one_of(st.text(), WRITTEN))
def test_blanks_and_hyphens_are_plain_and_invisible_signs_are_gone(text: str) -> None:
    """Text that is printable but for its line ends is let through as it is: such a sign is never printable."""
    composed = re.sub("[\u2010-\u2012\u2212]", "-", normalize("NFC", text))
    blank = re.sub("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]", " ", composed)
    assert plain(text) == "".join(sign for sign in blank if category(sign) not in ("Cf", "Cs"))
