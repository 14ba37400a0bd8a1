"""What ops are told and when, as histories of illnesses: one mail when ill, one when well, never a storm."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.daemon.alerts.rhythm import (
    QUIET,
    SETTLES,
    Mail,
    State,
    Tells,
    claimed,
    due,
    merged,
    observe,
    released,
    token,
    told,
)
from mailbot.health import Illness, Kind

START = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("minutes", "hours", "days"))
LOOK = timedelta(seconds=20)

#: of the other daemons, these are gone
nobody, everybody = set[str]().__contains__, {"one", "two"}.__contains__

#: an illness, when it begins and when it ends, in minutes
Spell = tuple[str, float, float]


def ill(about: str, kind: Kind = Kind.LOGIN) -> Illness:
    return Illness(kind, about, START, f"No se puede entrar al buzón «{about}»: no", "Revise la contraseña")


@dataclass
class Told:
    """A mail of the history: when, what for, and of which mailboxes."""

    at: timedelta
    tells: Tells
    new: set[str]
    known: set[str] = field(default_factory=set)
    over: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, mail: Mail, at: timedelta) -> "Told":
        new, known, over = ({c.illness.about for c in part} for part in (mail.new, mail.known, mail.over))
        return cls(at, mail.tells, new, known, over)


def history(spells: Iterable[Spell], minutes: float, look: timedelta = LOOK) -> list[Told]:
    """What one daemon tells while these go by."""
    state, mails, at = State(), [], timedelta()
    spells = [*spells]
    while at <= minutes * MINUTE:
        now = START + at
        names = {name for name, begin, end in spells if begin * MINUTE <= at < end * MINUTE}
        state = observe(state, [ill(name) for name in sorted(names)], "a", nobody, now)
        if mail := due(state, now):
            mails.append(Told.of(mail, at))
            state = told(claimed(state, "a", now), mail, "a", now)
        at += look
    return mails


def summary(mails: Iterable[Told]) -> list[tuple[int, str, str]]:
    """When (in minutes), what, and of what: new ones, or those that are over."""
    return [(int(m.at / MINUTE), str(m.tells), " ".join(sorted(m.new or m.over))) for m in mails]


@pytest.mark.parametrize(
    ("spells", "minutes", "mails"),
    [
        # one illness: told after a minute, and when it was well for five
        ([("a", 0, 10)], 60, [(1, "ill", "a"), (15, "well", "a")]),
        # over before it was told
        ([("a", 0, 0.6)], 60, []),
        # what begins together is one mail, also within its first minute
        ([("a", 0, 10), ("b", 0.5, 12)], 60, [(1, "ill", "a b"), (17, "well", "a b")]),
        # what begins later is another, after a while; it is well when all is
        (
            [("a", 0, 40), ("b", 2, 30), ("c", 3, 20)],
            60,
            [(1, "ill", "a"), (6, "ill", "b c"), (45, "well", "a b c")],
        ),
        # it comes and goes: one illness
        ([("a", n, n + 2) for n in range(0, 60, 4)], 80, [(1, "ill", "a"), (63, "well", "a")]),
        ([("a", n, n + 0.5) for n in range(20)], 40, [(1, "ill", "a"), (24, "well", "a")]),
        # it goes on for days: said again once a day, not every hour
        (
            [("a", 0, 2.5 * 1440)],
            4000,
            [(1, "ill", "a"), (1441, "still_ill", ""), (2881, "still_ill", ""), (3605, "well", "a")],
        ),
        # a new one among old ones, of which one is over
        (
            [("a", 0, 10), ("b", 0, 100), ("c", 60, 100)],
            120,
            [(1, "ill", "a b"), (61, "ill", "c"), (105, "well", "b c")],
        ),
    ],
)
def test_a_history_is_told(spells: list[Spell], minutes: float, mails: list[tuple[int, str, str]]) -> None:
    assert summary(history(spells, minutes)) == mails


def test_a_mail_says_also_what_goes_on_and_what_is_over() -> None:
    *_, third, last = history([("a", 0, 10), ("b", 0, 100), ("c", 60, 100)], 120)
    assert (third.new, third.known, third.over) == ({"c"}, {"b"}, {"a"})
    assert last.over == {"b", "c"}


@pytest.mark.parametrize("length", [6, 10, 20])
def test_two_days_of_coming_and_going_make_no_storm(length: int) -> None:
    """As long well as it was ill."""
    mails = history([("a", n, n + length) for n in range(0, 2880, 2 * length)], 3000, MINUTE)
    assert most_within(HOUR, mails) <= 4
    assert most_within(DAY, mails) <= 28
    assert mails[-1].tells is Tells.WELL


SPELLS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.floats(0, 600), st.floats(0.1, 300)).map(
        lambda one: (one[0], one[1], one[1] + one[2])
    )
    | st.tuples(st.sampled_from("abcd"), st.floats(0, 300), st.floats(0.1, 15)).map(
        lambda one: (one[0], one[1], one[1] + one[2])
    ),
    max_size=25,
)


def most_within(length: timedelta, mails: list[Told]) -> int:
    return max(
        (sum(timedelta() <= other.at - one.at < length for other in mails) for one in mails), default=0
    )


def united(spells: Iterable[Spell]) -> list[Spell]:
    """Without those that overlap or follow so soon that they are one."""
    found: list[Spell] = []
    for name, begin, end in sorted(spells):
        if found and found[-1][0] == name and begin <= found[-1][2] + 1:
            found[-1] = name, found[-1][1], max(end, found[-1][2])
        else:
            found.append((name, begin, end))
    return found


@settings(max_examples=100, deadline=None)
@given(SPELLS)
def test_there_is_never_a_storm(spells: list[Spell]) -> None:
    assert most_within(HOUR, history(spells, 1100, MINUTE)) <= 4


@settings(max_examples=100, deadline=None)
@given(SPELLS)
def test_what_lasts_is_told_once_and_then_that_it_is_well(spells: list[Spell]) -> None:
    """Where nothing else was told within the last hour, before it ends."""
    mails = history(spells, 1100, MINUTE)
    known: set[str] = set()
    for mail in mails:
        assert not mail.new & known, "it was told before, and not that it is over"
        assert mail.known <= known
        assert mail.over <= known | mail.new
        known = (known | mail.new) - mail.over
        assert mail.tells is not Tells.WELL or not known
    assert not known, "in the end it is told that all is well"
    for name, begin, end in united(spells):
        if end - begin > 65:  # the longest time between two mails, and what it takes to settle
            during = [m for m in mails if begin * MINUTE <= m.at <= end * MINUTE and name in m.new | m.known]
            told_before = [m for m in mails if m.at < begin * MINUTE and name in m.new | m.known | m.over]
            assert during or (told_before and name not in told_before[-1].over)


@settings(max_examples=100, deadline=None)
@given(SPELLS)
def test_alone_what_lasts_five_minutes_is_told_before_it_ends(spells: list[Spell]) -> None:
    first = min(united(spells), key=lambda one: one[1], default=None)
    if first and first[2] - first[1] > 5:
        mails = history(spells, first[2])
        assert first[0] in mails[0].new or mails[0].at < first[1] * MINUTE


# -- several daemons on one database -----------------------------------------------------------------------


def test_a_second_daemon_tells_nothing_that_the_first_is_about_to_tell() -> None:
    now = START + 2 * MINUTE
    state = observe(State(), [ill("a")], "one", nobody, START)
    state = observe(state, [ill("a")], "two", nobody, now)
    assert due(state, now)
    state = claimed(state, "one", now)
    assert due(observe(state, [ill("a")], "two", nobody, now), now) is None


@pytest.mark.parametrize(
    ("gone", "later", "again"),
    [
        (nobody, MINUTE, False),
        # it died with the mail in its hands
        (everybody, MINUTE, True),
        # or it should have been done long since
        (nobody, 11 * MINUTE, True),
    ],
)
def test_a_mail_of_a_daemon_that_died_is_sent_by_another(
    gone: Callable[[str], bool], later: timedelta, again: bool
) -> None:
    now = START + 2 * MINUTE
    state = claimed(observe(State(), [ill("a")], "one", nobody, START), "one", now)
    state = observe(state, [ill("a")], "two", gone, now + later)
    assert bool(due(state, now + later)) is again


def test_it_is_well_when_none_of_those_that_live_sees_it() -> None:
    state = seen_by_two()
    later = START + HOUR
    state = observe(state, [], "one", nobody, later)
    assert due(observe(state, [], "one", nobody, later + QUIET), later + QUIET) is None
    state = observe(state, [], "one", everybody, later + QUIET)
    mail = due(observe(state, [], "one", everybody, later + 2 * QUIET), later + 2 * QUIET)
    assert mail
    assert mail.tells is Tells.WELL


def seen_by_two() -> State:
    state = observe(State(), [ill("a")], "one", nobody, START)
    state = observe(state, [ill("a")], "two", nobody, START + SETTLES)
    mail = due(state, START + SETTLES)
    assert mail
    return told(state, mail, "one", START + SETTLES)


# -- what goes wrong ---------------------------------------------------------------------------------------


def test_what_was_not_sent_is_tried_again_and_is_the_same_mail() -> None:
    state = observe(State(), [ill("a")], "one", everybody, START)
    first = due(state, START + MINUTE)
    state = released(claimed(state, "one", START + MINUTE), "one")
    second = due(observe(state, [ill("a")], "one", everybody, START + 2 * MINUTE), START + 2 * MINUTE)
    assert first
    assert second
    assert token(first) == token(second)


def test_what_is_over_while_its_mail_is_on_the_way_is_told_to_be_well() -> None:
    state = observe(State(), [ill("a")], "one", everybody, START)
    mail = due(state, START + MINUTE)
    assert mail
    state = observe(claimed(state, "one", START + MINUTE), [], "one", everybody, START + 2 * MINUTE)
    state = observe(state, [], "one", everybody, START + 4 * MINUTE)
    assert not state.courses
    state = told(state, mail, "one", START + 5 * MINUTE)
    well = due(observe(state, [], "one", everybody, START + 15 * MINUTE), START + 15 * MINUTE)
    assert well
    assert well.tells is Tells.WELL


def test_what_is_ill_again_while_it_is_told_to_be_well_is_told_anew() -> None:
    state = seen_by_two()
    state = observe(state, [], "one", everybody, START + HOUR)
    well = due(state, START + 2 * HOUR)
    assert well
    state = observe(state, [ill("a")], "one", everybody, START + 2 * HOUR)
    state = told(state, well, "one", START + 2 * HOUR)
    again = due(state, START + 3 * HOUR)
    assert again
    assert again.tells is Tells.ILL


@pytest.mark.parametrize("back", [HOUR, 30 * DAY])
def test_a_clock_that_is_set_back_silences_nobody(back: timedelta) -> None:
    state = observe(seen_by_two(), [ill("a"), ill("b")], "one", everybody, START - back)
    now = START - back + MINUTE
    mail = due(observe(state, [ill("a"), ill("b")], "one", everybody, now), now)
    assert mail
    assert [c.illness.about for c in mail.new] == ["b"]


def test_what_was_told_without_the_database_is_known_when_it_is_back() -> None:
    told_alone = seen_by_two()
    before = observe(State(), [ill("a"), ill("b")], "two", nobody, START - MINUTE)
    state = merged(told_alone, before)
    assert {c.illness.about: bool(c.told) for c in state.courses} == {"a": True, "b": False}
    assert state.sent == told_alone.sent
    assert merged(state, state) == state
