"""Whatever an admin does to the file, it is explained: no exception, no English, no problem without a place."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings, strategies as st

from mailbot.config.check import check
from mailbot.config.load import examine
from mailbot.config.positions import Positions

LINES = (Path(__file__).parent / "contract.toml").read_text("utf-8").split("\n")
places = st.integers(0, len(LINES) - 1)
VALUES = [
    "1",
    "-1",
    "9" * 5000,
    "true",
    '""',
    '"x"',
    "[]",
    "[1]",
    '[""]',
    "{}",
    "{ a = {} }",
    "1979-05-27",
    "nan",
    "“x”",
]


def without(text: str, n: int) -> str:
    lines = text.split("\n")
    return "\n".join(lines[:n] + lines[n + 1 :])


def with_value(n: int, value: str) -> str:
    key, equals, _ = LINES[n].partition("=")
    return "\n".join([*LINES[:n], f"{key}={value}" if equals else LINES[n], *LINES[n + 1 :]])


def cut_at(n: int, column: int) -> str:
    return "\n".join([*LINES[:n], LINES[n][:column]])


def moved(n: int, to: int) -> str:
    rest = LINES[:n] + LINES[n + 1 :]
    return "\n".join([*rest[:to], LINES[n], *rest[to:]])


edits = (
    st.builds(with_value, places, st.sampled_from(VALUES))
    | st.builds(without, st.just("\n".join(LINES)), places)
    | st.builds(cut_at, places, st.integers(0, 60))
    | st.builds(moved, places, places)
)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits)
def test_any_edit_is_explained(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")

    for problem in (*examine(path)[1], *check(path)):
        assert problem.message
        assert "Input should" not in problem.message + problem.hint
        assert problem.line or problem.path in ("mailbox", "") or not text.strip()


SHIPPED = (Path(__file__).parents[2] / "config.toml").read_bytes()
#: what editors, word processors and slips of the hand put into a file
BITS = [
    *(
        sign.encode()
        for sign in ("“", "”", "«", "ñ", '"', "'", "\t", "\r", "\ufeff", "\u2028", "\\", "[", "]", "=", "#")
    ),
    b"\xf1",
    b"\x00",
    b"[[rule]]\n",
    b"[service]\n",
    b'"*"',
    b"any_subject = true\n",
    b"pattern = '\\n'\n",
]
offsets = st.integers(0, len(SHIPPED))


def put_in(at: int, bit: bytes, over: int) -> bytes:
    return SHIPPED[:at] + bit + SHIPPED[at + over :]


def doubled(at: int, to: int) -> bytes:
    """A piece of the file a second time."""
    first, last = sorted((at, to))
    return SHIPPED[:last] + SHIPPED[first:last] + SHIPPED[last:]


slips = (
    st.builds(put_in, offsets, st.sampled_from(BITS), st.integers(0, 40))
    | st.builds(doubled, offsets, offsets)
    | st.builds(lambda at: SHIPPED[:at], offsets)
    | st.just(SHIPPED.decode().encode("cp1252", "replace"))
    | st.just(SHIPPED.replace(b'"', "“".encode()))
    | st.just(SHIPPED.replace(b"\n", b"\r\n"))
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(slips)
def test_any_slip_in_the_shipped_config_is_explained_with_its_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)

    for problem in check(path):
        assert problem.message
        assert problem.line or problem.path == "mailbox" or not content.strip()


def test_a_text_that_cannot_be_read_has_no_places() -> None:
    assert Positions("x = ").of(("x",)) == (0, 0)
