"""Opening, transactions, and what happens when the database fails."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from mailbot.store import (
    AlreadyRunning,
    Conflict,
    SchemaTooNew,
    SchemaTooOld,
    StoreError,
    StoreUnavailable,
    faults,
    locks,
    queries,
    settings,
)
from mailbot.store.engine import Store
from mailbot.store.locks import Presence
from mailbot.store.migrate import HEAD
from mailbot.store.transaction import Transaction
from tests.store.desk import NOW, mail, opened, stored


def test_a_transaction_is_stored_whole_or_not_at_all(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction() as s:  # noqa: PT012 - the failure must come inside
        settings.keep(s, "a", 1, NOW)
        raise RuntimeError
    with store.transaction() as s:
        settings.keep(s, "b", [2, {"c": None}], NOW)

    with store.reading() as s:
        assert (settings.get(s, "a"), settings.get(s, "b")) == (None, [2, {"c": None}])


@pytest.mark.parametrize("how", ["deleted", "moved", "replaced"])
def test_nothing_is_written_to_a_file_that_is_no_longer_in_its_place(sqlite_store: Store, how: str) -> None:
    """SQLite goes on in the nameless file: mail would be moved upon outcomes that end with the process."""
    aside = sqlite_store.path.with_name("aside")
    sqlite_store.path.rename(aside)
    if how == "deleted":
        aside.unlink()
    if how == "replaced":
        sqlite_store.path.write_bytes(aside.read_bytes())

    with pytest.raises(StoreUnavailable, match=r"ya no es el que se abrió.*reconcile --repair"):
        sqlite_store.run(lambda s: settings.keep(s, "a", 1, NOW))
    with pytest.raises(StoreUnavailable), sqlite_store.reading() as s:
        settings.get(s, "a")


def test_a_file_that_comes_back_to_its_place_is_used_again(sqlite_store: Store) -> None:
    aside = sqlite_store.path.with_name("aside")
    sqlite_store.path.rename(aside)
    with pytest.raises(StoreUnavailable):
        sqlite_store.run(lambda s: settings.keep(s, "a", 1, NOW))
    aside.rename(sqlite_store.path)

    sqlite_store.run(lambda s: settings.keep(s, "a", 1, NOW))

    with sqlite_store.reading() as s:
        assert settings.get(s, "a") == 1


def test_no_update_is_lost_between_threads(store: Store) -> None:
    """With Python's own transactions SQLite loses updates without a word."""
    with store.transaction() as s:
        settings.keep(s, "n", 0, NOW)

    def add() -> None:
        while True:
            try:
                with store.transaction() as s:
                    settings.keep(s, "n", settings.get(s, "n") + 1, NOW)
            except Conflict:
                continue
            return

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(add) for _ in range(40)]:
            done.result()

    with store.reading() as s:
        assert settings.get(s, "n") == 40


def test_reading_sees_one_moment_though_others_write(store: Store) -> None:
    with store.reading() as s:
        assert settings.get(s, "a") is None
        with store.transaction() as other:
            settings.keep(other, "a", 1, NOW)
        assert settings.get(s, "a") is None
    with store.reading() as s:
        assert settings.get(s, "a") == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\0b", "ab"),  # PostgreSQL refuses NUL, SQLite does not
        ("a\ud800b", "ab"),  # a lone surrogate is no UTF-8
        ("ñandú 👋", "ñandú 👋"),
        ("back\\u0000slash", "back\\u0000slash"),  # these are six characters, not a NUL
    ],
)
def test_text_from_mail_is_stored_alike_on_both_databases(store: Store, given: str, kept: str) -> None:
    """Hazard 42."""
    message_id = stored(store, mail(subject=given, repaired=(given,)))

    with store.reading() as s:
        read = queries.message(s, message_id)
    assert read
    assert (read["subject"], read["repaired"]) == (kept, [kept])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE \"case\" SET state = 'perdido'",
        'UPDATE "case" SET severity = 6',
        "UPDATE message SET outcome = 'eaten'",
        "UPDATE message SET outcome = NULL",
        "UPDATE event SET to_state = 'perdido'",
        "UPDATE message SET case_id = 4711",
    ],
)
def test_the_database_itself_refuses_what_must_not_be(store: Store, statement: str) -> None:
    opened(store)
    with pytest.raises(Exception, match=r"(?i)constraint"), store.transaction() as s:
        s.connection().execute(text(statement))


# -- SQLite ----------------------------------------------------------------------------------------------


def test_a_database_is_created_with_its_folder_for_its_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "lib" / "mailbot.sqlite3"
    before = os.umask(0)
    try:
        store = Store.open(path)
        opened(store)
        modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
        store.dispose()
    finally:
        os.umask(before)

    assert modes == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_sqlite_keeps_what_was_committed_through_a_power_cut(tmp_path: Path) -> None:
    """Hazards 60, 61: read from the connection that writes."""
    store = Store.open(tmp_path / "mailbot.sqlite3")
    with store.transaction() as s:
        read = {name: s.connection().execute(text(f"PRAGMA {name}")).scalar() for name in PRAGMAS}
    store.dispose()

    assert read == PRAGMAS


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}


def test_a_writer_takes_the_lock_at_once(tmp_path: Path) -> None:
    """BEGIN IMMEDIATE: a transaction that reads first and writes later must not fail then."""
    path = tmp_path / "mailbot.sqlite3"
    store = Store.open(path)
    with store.transaction() as s:
        settings.get(s, "a")
        other = sqlite3.connect(path, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()
    store.dispose()


def test_a_file_that_is_no_database_is_told_with_a_cure(tmp_path: Path) -> None:
    path = tmp_path / "mailbot.sqlite3"
    path.write_bytes(b"no database " * 100)
    with pytest.raises(StoreUnavailable, match=r"No se puede usar la base de datos.*restaure"):
        Store.open(path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="file"):
        Store.open(tmp_path / "file" / "mailbot.sqlite3")


def test_a_full_disk_stops_the_transaction_and_nothing_else(tmp_path: Path) -> None:
    """Hazard 62: nothing is stored, the daemon may try again."""
    store = Store.open(tmp_path / "mailbot.sqlite3")
    with pytest.raises(StoreUnavailable, match="el disco está lleno"), store.transaction() as s:  # noqa: PT012
        s.connection().execute(text("PRAGMA max_page_count = 1"))
        settings.keep(s, "a", "x" * 1_000_000, NOW)
    with store.reading() as s:
        assert settings.get(s, "a") is None
    store.dispose()


def test_a_second_daemon_on_one_file_refuses_to_start(tmp_path: Path) -> None:
    path = tmp_path / "mailbot.sqlite3"
    first, second = Store.open(path), Store.open(path)
    with first.hold(), pytest.raises(AlreadyRunning, match=rf"proceso {os.getpid()}"), second.hold():
        pass
    with second.hold():
        pass
    first.dispose()
    second.dispose()


def test_an_unknown_kind_of_database_is_told() -> None:
    with pytest.raises(StoreError, match="mysql"):
        Store.open("mysql://root@localhost/mailbot")


def test_what_the_wal_became_while_somebody_read_for_long_is_given_back(sqlite_store: Store) -> None:
    wal = sqlite_store.path.with_name(f"{sqlite_store.path.name}-wal")
    most = 16 * 1024 * 1024

    def write(times: int) -> None:
        for n in range(times):
            with sqlite_store.transaction() as s:
                settings.keep(s, "large", str(n % 10) * 1_000_000, NOW)

    with sqlite_store.reading() as reader:
        settings.get(reader, "large")
        write(20)
        assert wal.stat().st_size > most
    write(6)

    assert wal.stat().st_size <= most


# -- versions --------------------------------------------------------------------------------------------


def test_a_database_newer_than_the_program_is_refused_by_name(store: Store, url: str) -> None:
    set_version(store, "0099")
    try:
        with pytest.raises(
            SchemaTooNew, match=rf"esquema 99, más nuevo que el de este mailbot \S+ \({HEAD}\)"
        ):
            Store.open(url)
    finally:
        set_version(store, f"{HEAD:04d}")


def test_without_leave_to_upgrade_an_old_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaTooOld, match="mailbot db upgrade"):
        Store.open(tmp_path / "mailbot.sqlite3", upgrade=False)


def set_version(store: Store, version: str) -> None:
    with store.transaction() as s:
        s.connection().execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})


# -- PostgreSQL ------------------------------------------------------------------------------------------


@pytest.fixture
def presences(store: Store, url: str) -> Iterator[Callable[[str], Presence]]:
    """Processes by these names on one database, each with a store of its own, until the test ends."""
    with ExitStack() as end:

        def start(worker: str) -> Presence:
            own = Store.open(url)
            end.callback(own.dispose)
            presence = own.presence(worker)
            presence.start()
            end.callback(presence.stop)
            return presence

        yield start


def test_a_mailbox_is_held_by_one_daemon_until_it_lets_go(
    presences: Callable[[str], Presence], store: Store
) -> None:
    first = presences("a")
    lease = first.hold("soporte")
    assert lease is not None
    assert lease.is_held
    if store.is_sqlite:
        return  # nobody else is there
    other = presences("b")
    assert other.hold("soporte") is None
    assert other.hold("ventas") is not None

    lease.release()
    taken = other.hold("soporte")
    assert taken is not None
    other.stop()
    assert not taken.is_held
    until(lambda: first.hold("soporte"))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A heart that beats faster."""
    for name, seconds in {"BEAT": 0.05, "FRESH": 0.5, "SILENT": 1, "GRACE": 0.3}.items():
        monkeypatch.setattr(locks, name, seconds)


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("quick")
def test_a_lost_session_loses_the_mailbox_and_is_begun_anew(
    postgres: Store, presences: Callable[[str], Presence]
) -> None:
    first = presences("a")
    lease = first.hold("soporte")
    assert lease is not None
    cut_all_others(postgres)
    lease.release()  # found out here before the heart beats, or after it
    with suppress(StoreUnavailable):
        first.hold("ventas")
    until(lambda: not lease.is_held)
    until(lambda: first.is_alive)
    assert not lease.is_held, "who has it now must ask again"
    until(lambda: first.hold("soporte"))
    lease.release()
    assert presences("b").hold("soporte") is None, "what was lost cannot be given back"


@pytest.mark.usefixtures("quick")
def test_who_is_alive_is_never_gone_and_who_ended_is_gone_after_a_grace(
    presences: Callable[[str], Presence], store: Store
) -> None:
    if store.is_sqlite:
        assert presences("a").gone(["b", ""]) == {"b", ""}, "nobody else works on this file"
        return
    first, second = presences("a"), presences("b")
    assert first.gone(["b", "c"]) == set(), "it may be back in a moment"
    assert presences("d").gone(["b", "c"], stale=["b", "c"]) == {"c"}, "it would have ended by itself"
    until(lambda: first.gone(["b", "c"]) == {"c"})
    second.stop()
    assert first.gone(["b"]) == set()
    until(lambda: first.gone(["b"]) == {"b"})
    assert first.gone([]) == set()
    assert first.gone(["b"]) == set(), "nobody is missed who was not asked for all the time"


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("quick")
def test_who_is_stopped_loses_its_name_though_its_connection_lives(
    postgres: Store, presences: Callable[[str], Presence], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGSTOP, or a machine that sleeps: the kernel keeps the connection open, and no sign of life comes."""
    monkeypatch.setattr(locks, "BEAT", 3600.0)
    stopped = presences("stopped")
    lease = stopped.hold("soporte")
    assert lease is not None
    monkeypatch.setattr(locks, "BEAT", 0.05)
    other = presences("other")
    until(lambda: not stopped.is_alive)
    assert not lease.is_held, "it must know before others can have it"
    until(lambda: other.hold("soporte"))
    until(lambda: other.gone(["stopped"]))


def test_a_connection_that_dies_is_told_and_the_next_one_works(postgres: Store, postgres_url: str) -> None:
    """The daemon tries again; nothing of the transaction was stored."""
    store = Store.open(postgres_url)
    with pytest.raises(StoreUnavailable), store.transaction() as s:  # noqa: PT012 - it dies inside
        settings.keep(s, "dies", 1, NOW)
        cut_all_others(postgres)
        settings.keep(s, "dies", 2, NOW)

    with store.transaction() as s:
        assert settings.get(s, "dies") is None
    store.dispose()


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(StoreUnavailable, match="No se puede usar"):
        Store.open("postgresql+psycopg://nobody@127.0.0.1:1/mailbot")


def test_two_daemons_that_start_at_once_upgrade_once(postgres: Store, postgres_url: str) -> None:
    with postgres.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    together = threading.Barrier(2)

    def start() -> None:
        together.wait()
        Store.open(postgres_url).dispose()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(start) for _ in range(2)]:
            done.result()


def cut_all_others(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


def test_the_database_of_another_program_is_not_taken_over(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.sqlite3")) as other:
        other.execute("CREATE TABLE foo (bar)")
    with pytest.raises(StoreError, match="de otro programa: tiene las tablas foo"):
        Store.open(tmp_path / "other.sqlite3")


def test_a_database_opened_twice_in_a_process_survives_another_process_that_leaves(tmp_path: Path) -> None:
    """POSIX locks go when any descriptor of the file is closed; who leaves last would take the -wal file along."""
    path = tmp_path / "mailbot.sqlite3"
    first = Store.open(path)
    with first.transaction() as s:
        settings.keep(s, "before", 1, NOW)
    Store.open(path, upgrade=False).dispose()
    visit = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM setting'); c.close()"
    )
    subprocess.run([sys.executable, "-c", visit, str(path)], check=True)
    assert path.with_name("mailbot.sqlite3-wal").exists()
    with first.transaction() as s:
        settings.keep(s, "after", 2, NOW)
    first.dispose()


def test_what_a_driver_says_ends_with_one_full_stop() -> None:
    """libpq's own sentences have one."""
    assert "se cortó. Revise" in str(faults.unavailable("se cortó."))
    assert "se cortó. Revise" in str(faults.unavailable("se cortó"))


def test_whoever_reads_cannot_write(postgres: Store) -> None:
    """PostgreSQL refuses it; on SQLite a reading transaction takes no lock, and tests watch its statements."""
    with pytest.raises(StoreUnavailable, match="read-only"), postgres.reading() as s:
        s.connection().execute(text("DELETE FROM setting"))


def test_a_transaction_that_is_broken_off_at_its_commit_holds_no_lock(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever still refers to it: SQLAlchemy closes the connection then, and SQLite waits for its statements."""

    def broken_off(_: Any) -> None:
        raise KeyboardInterrupt

    kept = []

    def work(s: Transaction) -> None:
        kept.append(s)
        settings.keep(s, "a", 1, NOW)

    with monkeypatch.context() as patch:
        patch.setattr(sqlite_store.engine.dialect, "do_commit", broken_off)
        with pytest.raises(KeyboardInterrupt):
            sqlite_store.run(work)
    with closing(sqlite3.connect(sqlite_store.path, timeout=0)) as other:
        other.execute("BEGIN IMMEDIATE")


def test_a_file_that_is_missing_for_a_moment_is_not_made_anew(sqlite_store: Store) -> None:
    """An empty one would stay in the pool, without a table, when the file is back."""
    path, away = sqlite_store.path, sqlite_store.path.with_name("elsewhere")
    path.rename(away)
    with pytest.raises(StoreUnavailable, match="ya no es el que se abrió"):
        sqlite_store.engine.pool.recreate().connect()
    assert not path.exists()
    away.rename(path)
    with sqlite_store.reading() as s:
        assert settings.get(s, "nothing") is None
