"""Which messages are fetched in one answer: none is ever left out."""

from mailbot.transport.imap_fetch import BUNDLE, PIECE, bundles

LIMIT = 50_000_000


def test_a_large_message_is_alone_and_one_of_no_octets_is_not_lost_beside_it() -> None:
    """RFC822.SIZE 0: a file that a full disk left empty."""
    assert list(bundles({1: PIECE + 1, 2: 0, 3: 10}, LIMIT)) == [[1], [2, 3]]
    assert list(bundles({1: LIMIT + 1, 2: 0}, LIMIT)) == [[1], [2]]
    assert list(bundles({1: 0, 2: PIECE + 1, 3: 0}, LIMIT)) == [[1], [2], [3]]


def test_what_fits_into_one_answer_comes_together() -> None:
    assert list(bundles({1: BUNDLE // 2, 2: BUNDLE // 2, 3: 1}, LIMIT)) == [[1, 2], [3]]
