"""Keywords are found by a tree and by forms that are looked up: the same as by trying each on each word."""

import random
from collections.abc import Iterator, Sequence

from hypothesis import given, strategies as st

from mailbot.rules.keywords import Hit, Index, Part, Use, forms, phrase

#: letters that Spanish plurals turn on
WORDS = st.text("aeslzcn1ñ", min_size=1, max_size=7)


@given(WORDS, WORDS)
def test_to_be_a_form_of_one_another_is_mutual(one: str, other: str) -> None:
    for near in (other, one + "s", one + "es", one[:-1] + "ces", one[:-3] + "z"):
        assert (near in forms(one)) == (one in forms(near))


def test_every_keyword_is_found_as_by_trying_each() -> None:
    for seed in range(60):
        dice = random.Random(seed)  # noqa: S311 - the same words on every run
        index, written = Index(), _keywords(dice)
        for number, keyword in enumerate(written):
            index.add(keyword, Use(number, Part.KEYWORD))
            if number % 10 == 0:  # an index may be asked, and then know more
                said = _subject(dice)
                assert sorted(index.find(said)) == sorted(_tried(written[: number + 1], said))
        for said in (_subject(dice) for _ in range(20)):
            assert sorted(index.find(said)) == sorted(_tried(written, said))


def test_a_phrase_whose_words_are_known_is_found_after_the_index_was_asked() -> None:
    index = Index()
    index.add("clave correo", Use(0, Part.KEYWORD))
    assert not index.find(["correo"])
    index.add("correo", Use(1, Part.KEYWORD))
    assert [hit.use.rule for hit in index.find(["correo"])] == [1]


def test_the_plural_of_the_longest_word_is_found_and_nothing_that_only_begins_so() -> None:
    index = Index()
    index.add("pared", Use(0, Part.KEYWORD))
    assert [len(index.find([word])) for word in ("pared", "paredes", "paredesx", "paredes" * 9)] == [
        1,
        1,
        0,
        0,
    ]


def _keywords(dice: random.Random) -> list[str]:
    ends = ("", "", "s", "es", "*")
    return [
        " ".join(_word(dice) + dice.choice(ends) for _ in range(dice.choice((1, 1, 2, 3)))) for _ in range(30)
    ]


def _subject(dice: random.Random) -> list[str]:
    """Folded words, also far longer ones than any keyword's."""
    return [_word(dice) + dice.choice(("", "", "s", "es", "ces", "x" * 50)) for _ in range(8)]


def _word(dice: random.Random) -> str:
    return "".join(dice.choices("aszc", k=dice.choice((1, 2, 3, 3))))


def _tried(keywords: Sequence[str], said: Sequence[str]) -> Iterator[Hit]:
    for number, keyword in enumerate(keywords):
        words = phrase(keyword)
        for first in range(len(said) - len(words) + 1):
            if all(_stands_for(*pair) for pair in zip(words, said[first:], strict=False)):
                yield Hit(Use(number, Part.KEYWORD), first, first + len(words))


def _stands_for(keyword: str, word: str) -> bool:
    return word.startswith(keyword[:-1]) if keyword.endswith("*") else word in forms(keyword)
