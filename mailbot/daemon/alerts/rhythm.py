"""What ops are told, and when: illnesses now + what was told → a mail, or none. No I/O, no clock.

- A mail when an illness has lasted for a minute (`SETTLES`), with all that is ill then: what begins together is one
  mail, and what is over within the minute is none.
- What begins later is told in another; how long after the last one, `SPACING` says: at once, then after 5 minutes,
  then 20, from the seventh of a day on an hour. So there are at most four mails in any hour and 28 in any day,
  whatever happens, and each says from when on there may be another.
- What was told is not told again but once a day while it lasts.
- One mail when nothing has been ill for 5 minutes (`QUIET`): what comes and goes more often is one illness.

Several daemons on one database share one `State`: an illness is over when none of those that are alive sees it.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from mailbot.health import Illness

SETTLES = timedelta(minutes=1)
QUIET = timedelta(minutes=5)
DAY = timedelta(days=1)
#: mails of the last day from which on there is so long between two
SPACING = (
    (6, timedelta(hours=1)),
    (2, timedelta(minutes=20)),
    (1, timedelta(minutes=5)),
    (0, timedelta()),
)
#: whoever is about to send and gives no sign of it for so long has died
CLAIM = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Course:
    """An illness from when it was first seen, in the words of then, until it was told that it is over.

    `told`: when last; `ended`: since when none of `seen_by`, names of daemons, sees it.
    """

    illness: Illness
    began: datetime
    seen_by: tuple[str, ...]
    told: datetime | None = None
    ended: datetime | None = None

    def ended_for(self, length: timedelta, now: datetime) -> bool:
        return self.ended is not None and now - self.ended >= length


@dataclass(frozen=True, slots=True)
class Claim:
    """Who is about to send a mail, and since when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class State:
    """All that is remembered. `sent`: the mails of the last day, oldest first."""

    courses: tuple[Course, ...] = ()
    sent: tuple[datetime, ...] = ()
    claim: Claim | None = None


class Tells(StrEnum):
    """What a mail says."""

    ILL = "ill"
    STILL_ILL = "still_ill"
    WELL = "well"


@dataclass(frozen=True, slots=True)
class Mail:
    """`new`: told for the first time; `known`: told before, and not over; `over`: the end of which is told."""

    tells: Tells
    new: tuple[Course, ...] = ()
    known: tuple[Course, ...] = ()
    over: tuple[Course, ...] = ()


def observe(
    state: State, ill: Iterable[Illness], me: str, gone: Callable[[str], bool], now: datetime
) -> State:
    """What `me` sees now. `gone`: whether another daemon certainly works no more."""
    seen = {illness.key: illness for illness in ill}
    known = {course.illness.key for course in state.courses}
    courses = [_looked_at(course, course.illness.key in seen, me, gone, now) for course in state.courses]
    courses += [Course(illness, now, (me,)) for key, illness in seen.items() if key not in known]
    claim = state.claim
    if claim and (claim.by == me or gone(claim.by) or abs(now - claim.at) >= CLAIM):
        claim = None  # whoever looks is not sending
    return State(
        tuple(course for course in courses if course.told or not course.ended_for(SETTLES, now)),
        tuple(at for at in state.sent if now - DAY < at <= now),
        claim,
    )


def _looked_at(course: Course, seen: bool, me: str, gone: Callable[[str], bool], now: datetime) -> Course:
    others = tuple(name for name in course.seen_by if name != me and not gone(name))
    seen_by = tuple(sorted((*others, me))) if seen else others
    ended = None if seen_by else min(course.ended or now, now)
    return replace(course, began=min(course.began, now), seen_by=seen_by, ended=ended)


def due(state: State, now: datetime) -> Mail | None:
    """The mail that is to be sent now, if any; nobody else is about to."""
    if state.claim or now < next_at(state.sent):
        return None
    ill = [course for course in state.courses if course.ended is None]
    new = tuple(course for course in ill if not course.told)
    known = tuple(course for course in ill if course.told)
    over = tuple(course for course in state.courses if course.told and course.ended_for(QUIET, now))
    if any(now - course.began >= SETTLES for course in new):
        return Mail(Tells.ILL, new, known, over)
    if any(course.told and now - course.told >= DAY for course in known):
        return Mail(Tells.STILL_ILL, new, known, over)
    told = [course for course in state.courses if course.told]
    return Mail(Tells.WELL, over=over) if over and len(over) == len(told) and not ill else None


def next_at(sent: tuple[datetime, ...]) -> datetime:
    """When another mail may be sent, after these of the last day."""
    if not sent:
        return datetime.min.replace(tzinfo=UTC)
    return sent[-1] + next(space for n, space in SPACING if len(sent) >= n)


def as_seen(mail: Mail, ill: Iterable[Illness]) -> Mail:
    """In the words of now."""
    seen = {illness.key: illness for illness in ill}

    def fresh(courses: tuple[Course, ...]) -> tuple[Course, ...]:
        return tuple(replace(c, illness=seen.get(c.illness.key, c.illness)) for c in courses)

    return replace(mail, new=fresh(mail.new), known=fresh(mail.known))


def token(mail: Mail) -> str:
    """The same whenever and by whomever the same is told: programs show one mail, also if two were sent."""
    told = [
        (*course.illness.key, course.began.isoformat(), str(course.told or ""), str(course.ended or ""))
        for course in (*mail.new, *mail.known, *mail.over)
    ]
    return hashlib.sha256(repr((str(mail.tells), sorted(told))).encode()).hexdigest()[:24]


def claimed(state: State, me: str, now: datetime) -> State:
    return replace(state, claim=Claim(me, now))


def released(state: State, me: str) -> State:
    """It was not sent: whoever can may try."""
    return replace(state, claim=None) if state.claim and state.claim.by == me else state


def told(state: State, mail: Mail, me: str, now: datetime) -> State:
    """It was sent. What came to its end unseen meanwhile is still to be told well."""
    courses = {course.illness.key: course for course in state.courses}
    for course in (*mail.new, *mail.known):
        key = course.illness.key
        courses[key] = replace(courses.get(key) or replace(course, seen_by=(), ended=now), told=now)
    for course in mail.over:
        here = courses.get(course.illness.key)
        if here and here.ended:
            del courses[course.illness.key]
        elif here:
            courses[course.illness.key] = replace(here, told=None)
    return State(tuple(courses.values()), (*state.sent, now), released(state, me).claim)


def merged(one: State, other: State) -> State:
    """Of what was remembered in two places, while one could not be reached."""
    courses = {course.illness.key: course for course in other.courses}
    for course in one.courses:
        there = courses.get(course.illness.key)
        courses[course.illness.key] = _merged(course, there) if there else course
    return State(tuple(courses.values()), tuple(sorted({*one.sent, *other.sent})), other.claim)


def _merged(one: Course, other: Course) -> Course:
    seen_by = tuple(sorted({*one.seen_by, *other.seen_by}))
    ended = max((at for at in (one.ended, other.ended) if at), default=None)
    return Course(
        one.illness,
        min(one.began, other.began),
        seen_by,
        max((at for at in (one.told, other.told) if at), default=None),
        None if seen_by else ended,
    )
