"""Which daemons are at work, and on which config: told by locks, not by what they wrote before they ended."""

import os
import threading
import time
from datetime import timedelta
from pathlib import Path

from mailbot.store import in_force, locks
from mailbot.store.engine import Store
from tests.store.desk import NOW

OURS = f"maquina:{os.getpid()}:1"
OTHER = "maquina:1:2"


def known(store: Store) -> list[str]:
    with store.reading() as s:
        return [each["hash"] for each in in_force.known(s)]


def test_the_latest_that_a_daemon_wrote_counts(store: Store) -> None:
    for digest in ("a", "b"):
        in_force.keep(store, OURS, {"hash": digest}, NOW)
    assert known(store) == ["b"]


def test_what_a_daemon_wrote_that_ended_is_forgotten(store: Store) -> None:
    """On a SQLite file there is only one; on PostgreSQL its name may only be missing for a while."""
    in_force.keep(store, OTHER, {"hash": "a"}, NOW)
    in_force.keep(store, OURS, {"hash": "b"}, NOW + timedelta(hours=1))
    assert known(store) == (["b"] if store.is_sqlite else ["a", "b"])
    in_force.keep(store, OURS, {"hash": "c"}, NOW + timedelta(days=2))
    assert known(store) == ["c"]


def test_of_a_daemon_that_is_started_again_and_again_little_is_kept(store: Store) -> None:
    """What it says of its health is many octets, and is remembered for an hour."""
    for n in range(5):
        in_force.keep(store, f"maquina:1:{n}", {"hash": n}, NOW + n * timedelta(hours=1), in_force.HEALTH)
    with store.reading() as s:
        assert len(in_force.known(s, in_force.HEALTH)) <= 3


def test_what_a_process_of_our_own_id_wrote_before_a_restart_is_forgotten(sqlite_store: Store) -> None:
    """Ids come again: in a container it is 1 each time."""
    with sqlite_store.hold():
        in_force.keep(sqlite_store, f"maquina:{os.getpid()}:0", {"hash": "a"}, NOW)
        in_force.keep(sqlite_store, OURS, {"hash": "b"}, NOW + timedelta(minutes=1))
    assert known(sqlite_store) == ["b"]


def test_a_daemon_is_at_work_as_long_as_it_holds_its_lock(store: Store) -> None:
    presence = store.presence(OURS)
    assert (store.working([OURS, OTHER]), store.is_held()) == (set(), False)
    with store.hold():
        presence.start()
        assert (store.working([OURS, OTHER]), store.is_held()) == ({OURS}, store.is_sqlite)
        presence.stop()
    assert (store.working([OURS, OTHER]), store.is_held()) == (set(), False)


def test_who_looks_whether_a_daemon_runs_does_not_keep_one_from_starting(sqlite_store: Store) -> None:
    looking, done = threading.Event(), threading.Event()

    def look() -> None:
        while not done.is_set():
            assert locks.holder(sqlite_store.path) in (None, "?", str(os.getpid()))
            looking.set()
            time.sleep(0.001)

    with sqlite_store.hold():
        pass
    watcher = threading.Thread(target=look)
    watcher.start()
    looking.wait()
    try:
        for _ in range(100):
            with sqlite_store.hold():
                pass
    finally:
        done.set()
        watcher.join()


def test_where_no_daemon_ever_ran_nobody_does(tmp_path: Path) -> None:
    assert locks.holder(tmp_path / "x.sqlite3") is None
    assert list(tmp_path.iterdir()) == []
