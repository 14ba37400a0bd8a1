"""The one judgement of what is ill (hazards I8, 55, 56, 62; lessons 8, 10, 34): what is known → kinds of illness."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.health import (
    Box,
    Complaint,
    Counted,
    Disk,
    Earlier,
    Illness,
    Kind,
    Seen,
    Waiting,
    age,
    in_words,
    judge,
    octets,
)

NOW = datetime(2026, 3, 2, 16, tzinfo=UTC)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def why(minutes: float, **more: bool) -> Complaint:
    return Complaint("Conectar: el servidor no contesta", "Revise host", ago(minutes), **more)


#: a mailbox that has been read for hours, and a minute ago
WELL = Box("soporte", ago(300), connected=ago(200), read=ago(1), reached=ago(100), left=0)
#: one whose daemon has begun, and knows nothing
NEW = Box("soporte", ago(0.1))
NOTHING = Counted({})
DISK = Disk("/var/lib/mailbot", 9_000_000_000, 40_000_000_000)


def kinds(
    seen: Seen | Box, counted: Counted | None = NOTHING, before: Iterable[Illness] = ()
) -> list[tuple[str, str]]:
    seen = seen if isinstance(seen, Seen) else Seen((seen,))
    return [illness.key for illness in judge(seen, counted, NOW, before)]


def known(kind: Kind, about: str = "", minutes: float = 60) -> Illness:
    return Illness(kind, about, ago(minutes), "como antes", "la cura de antes")


def test_a_daemon_that_is_well_has_no_illness() -> None:
    assert judge(Seen((WELL,), disk=DISK), Counted({"soporte": Waiting(2, ago(1))}, sent=499), NOW) == ()


UNREAD, LOGIN, REPLIES = [("unread", "soporte")], [("login", "soporte")], [("replies", "soporte")]


@pytest.mark.parametrize(
    ("box", "found"),
    [
        # without a read, whatever the cause (I8)
        (replace(WELL, read=ago(14.9)), []),
        (replace(WELL, read=ago(15)), UNREAD),
        (replace(WELL, read=ago(15), reading=why(14)), UNREAD),
        # a server that is away for a moment, or asks to be left alone, is not ill at once
        (replace(WELL, reading=why(0.5)), []),
        (replace(WELL, read=ago(10), reading=why(9, asked=True)), []),
        (replace(WELL, read=ago(16), reading=why(15, asked=True)), UNREAD),
        # a long first read gives one message after the other
        (replace(WELL, read=ago(40), taken=ago(0.1), left=90_000), []),
        (replace(WELL, read=ago(40), taken=ago(15), left=90_000), UNREAD),
        # a daemon that has just begun gets as long
        (NEW, []),
        (replace(NEW, since=ago(14)), []),
        (replace(NEW, since=ago(15)), UNREAD),
        # who polls each half an hour, as the admin wished, is not ill between
        (replace(WELL, read=ago(40), poll=timedelta(minutes=30)), []),
        (replace(WELL, read=ago(60), poll=timedelta(minutes=30)), UNREAD),
        # what only a person can mend is told at once
        (replace(WELL, reading=why(0, permanent=True)), UNREAD),
        (replace(WELL, reading=why(0, permanent=True, login=True)), LOGIN),
        (replace(NEW, reading=why(0, permanent=True, login=True)), LOGIN),
        (replace(WELL, read=ago(60), reading=why(50, permanent=True, login=True)), LOGIN),
        # another daemon reads it
        (replace(WELL, read=ago(600), elsewhere=True), []),
        # the database is in the way: that is said once, not for each mailbox
        (replace(WELL, read=ago(60), reading=why(59, database=True)), []),
        # the way out
        (replace(WELL, sending=why(14)), []),
        (replace(WELL, sending=why(15)), REPLIES),
        (replace(WELL, sending=why(0, permanent=True)), REPLIES),
        (replace(WELL, sending=why(0, permanent=True, login=True)), LOGIN),
        (replace(WELL, sending=why(14, asked=True)), []),
        (replace(WELL, read=ago(20), sending=why(20)), [*UNREAD, *REPLIES]),
    ],
)
def test_a_mailbox(box: Box, found: list[tuple[str, str]]) -> None:
    counted = Counted({"soporte": Waiting(1)})
    assert kinds(box, counted) == found


@pytest.mark.parametrize(
    ("waiting", "reached", "found"),
    [
        (Waiting(3, ago(14)), ago(60), []),
        (Waiting(3, ago(15)), ago(60), REPLIES),
        (Waiting(3, ago(15)), None, REPLIES),
        # they are retried later: nothing is due
        (Waiting(3, None), ago(60), []),
        # `per_minute` lets a long queue out one by one
        (Waiting(900, ago(59)), ago(0.1), []),
        (Waiting(900, ago(60)), ago(0.1), REPLIES),
    ],
)
def test_replies_that_are_due_and_do_not_leave(
    waiting: Waiting, reached: datetime | None, found: list[tuple[str, str]]
) -> None:
    """Lesson 34."""
    assert kinds(replace(WELL, reached=reached), Counted({"soporte": waiting})) == found


def test_a_server_that_was_away_when_the_last_reply_was_tried_is_not_missed_by_none() -> None:
    assert kinds(replace(WELL, sending=why(600)), Counted({})) == []


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        # a token dies in silence elsewhere (hazard 55, lesson 10)
        (Seen((WELL,), tokens=(("soporte", why(0, permanent=True, login=True)),)), LOGIN),
        (Seen((WELL,), tokens=(("soporte", why(14)),)), []),
        (Seen((WELL,), tokens=(("soporte", why(15)),)), LOGIN),
        (Seen((WELL,), tokens=(("soporte", why(60, database=True)),)), []),
        (Seen((WELL,), tokens=(("", why(0, login=True)),)), [("login", "")]),
        # a database that is started anew is no illness (hazard 62)
        (Seen((WELL,), database=why(0.9, database=True)), []),
        (Seen((WELL,), database=why(1, database=True)), [("database", "")]),
        # the watchdog's broken promises (hazard 56)
        (Seen((WELL,), hangs=("reader-soporte", "clock")), [("hangs", "")]),
        # a bad config never stops the service, and is loud (invariant 7)
        (Seen((WELL,), config=why(0)), [("config", "")]),
        # nobody can ask for /healthz and /metrics
        (Seen((WELL,), http=why(0)), [("http", "")]),
        # a mistake of ours in the clock
        (Seen((WELL,), clock=why(14)), []),
        (Seen((WELL,), clock=why(15)), [("deadlines", "")]),
        (Seen((WELL,), clock=why(15, database=True)), []),
    ],
)
def test_the_parts_of_the_daemon(seen: Seen, found: list[tuple[str, str]]) -> None:
    assert kinds(seen) == found


@pytest.mark.parametrize(
    ("counted", "found"),
    [
        # what waits for its mailbox to be read is not counted as overdue; what could be judged is, by a clock at work
        (Counted({}, overdue=40, stuck=ago(14)), []),
        (Counted({}, overdue=40, stuck=ago(15)), ["deadlines"]),
        (Counted({}, failed=1), ["failed"]),
        (Counted({}, sent=499, per_hour=500), []),
        (Counted({}, sent=500, per_hour=500), ["breaker"]),
        (Counted({}, sent=0, per_hour=0), []),
        # a database that was lost: nobody but a person knows whether there is a copy
        (Counted({}, earlier=Earlier("soporte", "MS-000123", "MS-001001", ago(1))), ["empty"]),
        (Counted({}, earlier=Earlier("soporte", "MS-000123", "MS-001001", ago(24 * 60))), []),
    ],
)
def test_what_the_store_counts(counted: Counted, found: list[str]) -> None:
    assert [kind for kind, _ in kinds(WELL, counted)] == found


@pytest.mark.parametrize(
    ("free", "total", "ill"),
    [
        (499_000_000, 4_000_000_000, True),
        (501_000_000, 4_000_000_000, False),
        (1_900_000_000, 40_000_000_000, True),
        (2_100_000_000, 40_000_000_000, False),
        # 5 % of a large disk is room enough
        (5_100_000_000, 8_000_000_000_000, False),
        (4_900_000_000, 8_000_000_000_000, True),
    ],
)
def test_room_on_the_disk(free: int, total: int, ill: bool) -> None:
    """Hazard 62."""
    assert kinds(Seen(disk=Disk("/x", free, total))) == ([("disk", "")] if ill else [])


# -- from one look to the next ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "seen", "counted"),
    [
        (Kind.DISK, Seen(disk=Disk("/x", 510_000_000, 4_000_000_000)), NOTHING),
        (Kind.BREAKER, Seen(), Counted({}, sent=460)),
    ],
)
def test_what_is_near_its_limit_is_not_ill_and_well_in_turns(
    kind: Kind, seen: Seen, counted: Counted
) -> None:
    assert kinds(seen, counted) == []
    assert kinds(seen, counted, [known(kind)]) == [(kind, "")]


@pytest.mark.parametrize("kind", [Kind.LOGIN, Kind.UNREAD])
def test_a_mailbox_that_was_ill_is_so_still_while_the_database_keeps_it_from_being_tried(kind: Kind) -> None:
    """Else ops are told that a password is right again, which nobody has tried."""
    box = replace(WELL, read=ago(60), reading=why(1, database=True))
    before = [known(kind, "soporte")]
    assert [*judge(Seen((box,)), NOTHING, NOW, before)] == before


def test_what_only_the_database_knows_stays_as_it_was_while_it_is_away() -> None:
    away, before = Seen(database=why(5, database=True)), [known(Kind.FAILED), known(Kind.DEADLINES)]
    assert kinds(away, None, before) == [("database", ""), ("failed", ""), ("deadlines", "")]


@pytest.mark.parametrize("kind", [Kind.UNREAD, Kind.LOGIN])
def test_a_mailbox_that_was_ill_before_a_restart_is_until_it_is_read(kind: Kind) -> None:
    """Else each restart would tell that all is well."""
    before = [known(kind, "soporte")]
    assert kinds(NEW, before=before) == [(kind, "soporte")]
    assert kinds(replace(NEW, read=NOW), before=before) == []
    assert kinds(replace(NEW, elsewhere=True), before=before) == []


def test_a_server_that_was_away_before_a_restart_is_still_ill_when_it_does_not_answer() -> None:
    box, before = replace(NEW, reading=why(0)), [known(Kind.UNREAD, "soporte")]
    [illness] = judge(Seen((box,)), NOTHING, NOW, before)
    assert (illness.key, illness.since) == (("unread", "soporte"), ago(60))
    assert kinds(box) == []


def test_replies_that_did_not_leave_before_a_restart_do_not_until_one_does() -> None:
    before, waiting = [known(Kind.REPLIES, "soporte")], Counted({"soporte": Waiting(2)})
    new = replace(NEW, read=NOW)
    assert kinds(new, waiting, before) == REPLIES
    assert kinds(replace(new, sending=why(0)), waiting, before) == REPLIES
    assert kinds(replace(new, reached=NOW), waiting, before) == []
    assert kinds(new, Counted({}), before) == []


def test_an_illness_began_when_it_was_first_seen() -> None:
    [illness] = judge(Seen(), Counted({}, failed=3), NOW, [known(Kind.FAILED, minutes=90)])
    assert (illness.since, illness.said) == (ago(90), "3 correos no se pudieron leer")
    [illness] = judge(Seen(), Counted({}, failed=1), NOW)
    assert illness.since == NOW


def test_of_each_kind_and_mailbox_there_is_one_and_what_stops_most_comes_first() -> None:
    refused = why(0, permanent=True, login=True)
    box = replace(WELL, reading=refused, sending=refused)
    seen = Seen(
        (box,), (("soporte", refused),), hangs=("clock",), config=why(0), database=why(5, database=True)
    )
    found = kinds(seen, Counted({}, failed=1))
    assert found == [("database", ""), ("hangs", ""), *LOGIN, ("failed", ""), ("config", "")]


# -- words -----------------------------------------------------------------------------------------------


def test_an_illness_says_what_the_server_said_and_what_to_do() -> None:
    refused = Complaint(
        "Entrar como soporte en el servidor IMAP (imap.example:993): [AUTHENTICATIONFAILED] no",
        "Revise username y password; el servidor no los acepta",
        ago(2),
        permanent=True,
        login=True,
    )
    [illness] = judge(Seen((replace(WELL, reading=refused),)), NOTHING, NOW)
    assert illness.said == f"No se puede entrar al buzón «soporte»: {refused.said}"
    assert (illness.cure, illness.since) == (refused.cure, ago(2))


def test_every_illness_is_a_sentence_without_its_full_stop_and_has_a_cure() -> None:
    box = replace(WELL, read=ago(60), reading=why(60), sending=why(60))
    seen = Seen(
        (
            box,
            replace(WELL, name="redes", reached=None),
            replace(WELL, name="ti", reading=why(0, login=True)),
        ),
        clock=why(60),
        database=why(60, database=True),
        config=why(0),
        hangs=("reader-soporte",),
        disk=Disk("/x", 0, 1),
        http=why(0),
    )
    earlier = Earlier("soporte", "MS-000123", "MS-001001", ago(1))
    counted = Counted({"soporte": Waiting(1), "redes": Waiting(1, ago(20))}, 2, sent=900, earlier=earlier)
    found = judge(seen, counted, NOW)
    assert {illness.kind for illness in found} == set(Kind)
    assert all(illness.cure and not illness.said.endswith(".") for illness in found)
    assert not any(illness.said[0].islower() for illness in found)


def test_parts_ages_and_sizes_in_words() -> None:
    assert in_words("reader-mesa-norte") == "la lectura del buzón «mesa-norte»"
    assert [in_words(part) for part in ("clock", "unknown")] == ["el reloj de los plazos", "unknown"]
    assert [age(timedelta(seconds=n)) for n in (1, 119, 120, 7200, 172800)] == [
        "1 segundo",
        "119 segundos",
        "2 minutos",
        "2 horas",
        "2 días",
    ]
    assert [octets(n) for n in (999, 5_000_000, 1_500_000_000)] == ["0 KB", "5 MB", "1,5 GB"]
