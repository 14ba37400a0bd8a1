"""Several `mailbot run` on one database: nothing doubled, and what one leaves the other takes (hazard 54)."""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from mailbot.daemon.reader import ELSEWHERE
from mailbot.daemon.service import TICK
from mailbot.sandbox.servers import Sandbox
from mailbot.store import locks
from mailbot.store.engine import Store
from tests.dovecot import Dovecot
from tests.faults.daemon import Child, until
from tests.faults.proxy import Fault
from tests.faults.station import Station

Start = Callable[..., Child]
#: takes over four times as fast, and is still patient with a busy machine
QUICK = "from mailbot.store import locks; locks.BEAT, locks.FRESH, locks.SILENT, locks.GRACE = 1, 8, 10, 4"
#: what a lock that is broken would do: everybody gets everything
ALWAYS_YES = "from mailbot.store import locks; locks.Shared.hold = lambda *_: locks.Lease()"


@pytest.fixture
def shared(url: str, real: Dovecot, people: Sandbox, tmp_path: Path) -> Iterator[Station]:
    store = Store.open(url)
    with Station(store, real, people, tmp_path) as station:
        yield station
    store.dispose()


@pytest.fixture
def start(shared: Station, url: str, tmp_path: Path) -> Iterator[Start]:
    """One more daemon on that mailbox and database."""
    with ExitStack() as end:

        def one(name: str, before: str = "", *arguments: str) -> Child:
            ports = shared.imap_line.port, shared.smtp_line.port
            child = Child(tmp_path, shared.address, *ports, url, name=name, before=before)
            end.callback(child.end, signal.SIGKILL)
            child.start(*arguments)
            return child

        yield one


postgres_only = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


def at_work(child: Child) -> list[dict[str, Any]]:
    return child.events("mailbox.connected")


def all_answered(station: Station) -> bool:
    wanted = sum(sent.replies for sent in station.came)
    sent = station.rows("SELECT count(*) FROM outbox WHERE status = 'sent' AND role <> 'desk'")
    return sent == [(wanted,)] and not station.rows("SELECT id FROM outbox WHERE status <> 'sent'")


def stopped(child: Child) -> int:
    """SIGTERM; its exit code."""
    child.tell(signal.SIGTERM)
    return child.wait()


def in_hand_of(station: Station) -> int:
    """The process that is sending a reply; 0: none."""
    found = station.rows("SELECT claimed_by FROM outbox WHERE status = 'sending'")
    return int(found[0][0].split(":")[1]) if found else 0


@postgres_only
def test_nothing_is_doubled_even_if_both_believe_that_they_hold_the_mailbox(
    shared: Station, start: Start
) -> None:
    """Invariant 2 rests on unique keys and compare-and-set, never on a lock."""
    first, second = start("a", ALWAYS_YES), start("b", ALWAYS_YES)
    until(lambda: at_work(first) and at_work(second))
    for _ in range(10):
        shared.gets()
    until(lambda: all_answered(shared))
    assert [stopped(first), stopped(second)] == [0, 0]
    shared.rest()
    shared.prove(unknown=0, copies=True)
    both = [child.events("reply.sent") for child in (first, second)]
    assert sum(map(len, both)) == len(shared.rows("SELECT id FROM outbox"))
    # that the other has moved a message already is told by the server, and then forgotten
    told = [e for c in (first, second) for e in c.events() if e["level"] == "error"]
    assert [e for e in told if "EXPUNGEISSUED" not in e["said"]] == []


@postgres_only
def test_one_reads_both_send_and_both_end_when_told(shared: Station, start: Start) -> None:
    first = start("a")
    until(lambda: at_work(first))
    second = start("b")
    until(lambda: second.events("mailbox.held_elsewhere"))
    shared.gets()
    until(lambda: all_answered(shared))
    assert [stopped(second), stopped(first)] == [0, 0]
    assert at_work(second) == []
    assert len(second.events("mailbox.held_elsewhere")) == 1, "that is said once"
    shared.rest()
    shared.prove(unknown=0)


@postgres_only
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_what_is_left_by_one_that_dies_or_hangs_is_taken_over_and_by_one_that_is_slow_is_not(
    shared: Station, start: Start, how: signal.Signals
) -> None:
    """A reply in the middle of DATA, and the mailbox. Who comes back after that changes and doubles nothing."""
    first = start("a", QUICK)
    until(lambda: at_work(first))
    shared.smtp_line.set(Fault("up", 1500, "hang", lasts=True))
    shared.gets(alone=True)
    until(lambda: in_hand_of(shared))
    second = start("b", QUICK)
    until(lambda: second.events("mailbox.held_elsewhere"))

    with pytest.raises(AssertionError):
        until(lambda: in_hand_of(shared) == 0, seconds=8)
    first.tell(how)
    shared.smtp_line.heal()
    shared.gets(alone=True)
    until(lambda: all_answered(shared))
    assert at_work(second)
    (taken,) = second.events("reply.interrupted")
    assert f":{first.pid}:" in taken["worker"]

    if how is signal.SIGSTOP:
        first.tell(signal.SIGCONT)
    shared.gets(alone=True)
    until(lambda: all_answered(shared))
    assert stopped(second) == 0
    if how is signal.SIGSTOP:
        assert stopped(first) == 0
    shared.rest()
    shared.prove(unknown=1)


def test_the_other_is_at_work_within_a_minute() -> None:
    """Computed for the worst of them, one that is stopped: its session dies, and it is missed for a while."""
    assert locks.BEAT * 2 < locks.FRESH < locks.SILENT
    assert locks.SILENT + locks.GRACE + TICK + TICK < 60  # who looks at the clocks calls the senders
    assert locks.SILENT + ELSEWHERE + TICK < 60


@postgres_only
def test_one_round_beside_a_daemon_doubles_nothing(shared: Station, start: Start) -> None:
    daemon = start("a")
    until(lambda: at_work(daemon))
    shared.gets()
    once = start("b", "", "--once")
    assert once.wait() in (0, 1), "1: the daemon had a reply in its hand"
    until(lambda: all_answered(shared))
    assert stopped(daemon) == 0
    shared.rest()
    shared.prove(unknown=0, copies=True)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("arguments", [(), ("--once",)])
def test_on_one_sqlite_file_the_second_refuses_to_start_and_says_why(
    shared: Station, start: Start, arguments: tuple[str, ...]
) -> None:
    first = start("a")
    until(lambda: at_work(first))
    second = start("b", "", *arguments)
    assert second.wait() == 2
    said = second.log.read_text(encoding="utf-8")
    assert f"Otro mailbot (proceso {first.pid})" in said
    assert "PostgreSQL" in said
    assert "Traceback" not in said
    assert stopped(first) == 0
