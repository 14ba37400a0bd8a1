"""The database is full, read-only, locked or gone: nothing in the mailbox is touched, and all is done afterwards."""

import resource
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from mailbot.store import drivers
from mailbot.store.engine import Store
from tests.faults.daemon import Child, until
from tests.faults.station import Station

Harm = Callable[[Station], "Iterator[None]"]


@contextmanager
def full_by_pages(station: Station) -> Iterator[None]:
    """PRAGMA max_page_count: SQLITE_FULL, as on a full disk."""
    station.store.dispose()

    def fill(connection: sqlite3.Connection, record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}").close()

    with listening(station.store, fill):
        yield
    station.store.dispose()


@contextmanager
def listening(store: Store, on_connect: Callable[[sqlite3.Connection, object], None]) -> Iterator[None]:
    event.listen(store.engine, "connect", on_connect)
    yield
    event.remove(store.engine, "connect", on_connect)


@contextmanager
def full_by_limit(station: Station) -> Iterator[None]:
    """RLIMIT_FSIZE: the operating system refuses to let a file grow (EFBIG)."""
    with closing(sqlite3.connect(station.store.path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def only_to_be_read(station: Station) -> Iterator[None]:
    """As root no permission keeps us out, so SQLite itself is told."""
    station.store.dispose()
    with listening(station.store, lambda c, _: c.execute("PRAGMA query_only = ON").close()):
        yield
    station.store.dispose()


@contextmanager
def locked(station: Station) -> Iterator[None]:
    """Another process writes and does not end."""
    with closing(sqlite3.connect(station.store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def gone(station: Station) -> Iterator[None]:
    """The folder is not mounted."""
    station.store.dispose()
    path = station.store.path
    aside = path.with_name("aside")
    path.rename(aside)
    path.mkdir()
    yield
    path.rmdir()
    aside.rename(path)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (full_by_pages, "el disco está lleno"),
        (full_by_limit, "disk"),
        (only_to_be_read, "readonly"),
        (locked, "database is locked"),
        (gone, "unable to open"),
    ],
)
def test_while_nothing_can_be_stored_nothing_is_touched_and_then_all_is_done(
    station: Station, monkeypatch: pytest.MonkeyPatch, harm: Callable[[Station], Iterator[None]], said: str
) -> None:
    """Hazards 60, 62: with mail half taken in, and a reply waiting."""
    monkeypatch.setattr(drivers, "PRAGMAS", (*drivers.PRAGMAS[:3], "PRAGMA busy_timeout = 200"))
    station.store.dispose()
    station.gets()
    station.asked(1)
    station.gets()
    before = lying(station)
    station.troubles.clear()
    with harm(station):  # type: ignore[attr-defined]
        for _ in range(2):
            assert not station.round()
        assert lying(station) == before
    assert said in station.troubles[0]
    assert said == "readonly" or "se intentará de nuevo" in station.troubles[0]
    station.rest()
    station.prove()


def lying(station: Station) -> dict[str, int]:
    with station.connected() as imap:
        return {name: len(imap.list(name)[1]) for name in ("INBOX", "Procesados", "Por revisar")}


def test_a_daemon_that_waits_for_a_lock_ends_when_it_is_told(
    station: Station, sqlite_store: Store, tmp_path: Path
) -> None:
    """It does not sit out the thirty seconds of its patience; what it had in hand is not lost."""
    ports = station.imap_line.port, station.smtp_line.port
    child = Child(tmp_path, station.address, *ports, str(sqlite_store.path))
    child.start()
    try:
        until(lambda: child.events("mailbox.connected"))
        with closing(sqlite3.connect(sqlite_store.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            station.gets()
            with pytest.raises(AssertionError):
                until(lambda: child.events("message.opened"), seconds=2)
            child.tell(signal.SIGTERM)
            assert child.wait(20) == 0
            assert child.events("service.stopped")[0]["unfinished"] != []
    finally:
        child.end(signal.SIGKILL)
    station.rest()
    station.prove()
