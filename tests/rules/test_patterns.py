import pytest

from mailbot.rules import patterns


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"clave(?=s)", "look-ahead"),
        (r"clave(?!s)", "look-ahead"),
        (r"(?<!la )clave", "look-behind"),
        (r"(?>a+)b", "atómico"),
        (r"(\d)\1", "back-reference"),
        (r"a{1,2000}", "hasta {1000}"),
        (r"(abierto", "cerrar un paréntesis"),
        (r"[abierto", "cerrar un corchete"),
        (r"a**", "repetición"),
    ],
)
def test_what_re2_refuses_is_explained_in_spanish(pattern: str, said: str) -> None:
    with pytest.raises(ValueError, match=r"RE2|falta|repite") as refused:
        patterns.compile(pattern)
    assert said in str(refused.value)


def test_case_does_not_count() -> None:
    assert patterns.compile("ñandú").search("ÑANDÚ")


def test_a_nested_repetition_is_linear() -> None:
    """Hazard 44: 5 s on 26 characters with `re`; here the time is that of the text."""
    assert patterns.compile(r"(a+)+$").search("a" * 100_000 + "!") is None


def test_word_edges_know_ascii_only() -> None:
    """Why a rule's pattern runs on folded text, and the docstring says so."""
    assert patterns.compile(r"\bñ\b").search("ñ") is None
