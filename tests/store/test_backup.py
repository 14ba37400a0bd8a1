"""`mailbot db backup`: of one moment while others write, whole and looked through, or not there at all."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, text

from mailbot.desk.case import State
from mailbot.store import StoreError, cases, check, ledger, migrate, origin
from mailbot.store.backup import backup
from mailbot.store.engine import Store
from tests.store import kept
from tests.store.desk import HOUR, NOW, apply, mail, move, opened, queued, stored
from tests.store.test_kept import content, load

#: writes two values that are always the same, each pair in a transaction, until it is ended
WRITER = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
for n in range(10**9):
    database.execute("BEGIN IMMEDIATE")
    for key in ("one", "two"):
        database.execute("INSERT OR REPLACE INTO setting VALUES (?, ?, '2026-01-01')", (f"{key}{n % 50}", n))
    database.execute("COMMIT")
    print(n, flush=True)
"""
#: stops when some of it is copied
STOPS = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from mailbot.store import backup
from mailbot.store.engine import Store

def tell(done, total):
    print(f"{done} of {total}", flush=True)
    time.sleep(600)

backup.PAGES = 10
backup.backup(Store.open(sys.argv[1]), Path(sys.argv[2]), datetime.now(UTC), tell=tell)
"""
#: no file may become larger than that
FULL = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from mailbot.store import backup
from mailbot.store.engine import Store

store = Store.open(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
try:
    backup.backup(store, Path(sys.argv[2]), datetime.now(UTC))
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.fixture
def busy(sqlite_store: Store) -> Store:
    """A bit of everything."""
    queued(sqlite_store, opened(sqlite_store))
    stored(sqlite_store, mail())
    return sqlite_store


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    folder = tmp_path / "copies"
    folder.mkdir()
    return folder


def python(code: str, *words: object) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", code, *map(str, words)], stdout=subprocess.PIPE, text=True)


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline()


@contextmanager
def read_copy(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        yield connection


# -- what it is ------------------------------------------------------------------------------------------


def test_a_copy_is_a_whole_database_of_its_own(busy: Store, copies: Path) -> None:
    """Taken while another transaction is under way, which is not in it."""
    target = copies / "copy.sqlite3"
    with busy.transaction() as s:
        apply(s, move(cases.by_id(s, 1), State.ANULADO), None, NOW)
        made = backup(busy, target, NOW)

    assert (made.path, made.size, made.faults, made.removed) == (target, target.stat().st_size, (), ())
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in copies.iterdir()] == ["copy.sqlite3"]
    copy = Store.open(target, upgrade=False)
    with copy.reading() as s:
        assert origin.is_copy(s)
        assert cases.by_id(s, 1).state is State.PRECASO
        assert check.integrity(s) == ()
        assert ledger.raw(s, 1)
    copy.dispose()


def test_it_is_of_one_moment_and_ends_however_much_others_write(
    busy: Store, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite would begin anew with each of their transactions; and they go on meanwhile."""
    monkeypatch.setattr("mailbot.store.backup.PAGES", 5)
    writers = [python(WRITER, busy.path) for _ in range(2)]
    seen: list[int] = []

    def tell(done: int, total: int) -> None:
        seen.append(done)
        for writer in writers:  # each writes between any two steps
            assert line(writer)

    for writer in writers:
        assert line(writer)
    made = backup(busy, copies / "copy.sqlite3", NOW, tell=tell)
    for writer in writers:
        writer.terminate()
        writer.communicate()
    assert seen == sorted(set(seen))
    assert len(seen) > 5
    assert made.faults == ()
    with read_copy(made.path) as copy:
        pairs = copy.execute(
            "SELECT a.value, b.value FROM setting a JOIN setting b ON substr(a.key, 4) = substr(b.key, 4)"
            " WHERE a.key LIKE 'one%' AND b.key LIKE 'two%'"
        ).fetchall()
    assert pairs
    assert all(one == two for one, two in pairs)


def test_a_copy_of_what_is_damaged_is_not_made(busy: Store, copies: Path) -> None:
    """It would take the place of a good one."""
    with closing(sqlite3.connect(busy.path)) as other, other:
        other.execute("PRAGMA ignore_check_constraints = ON")
        other.execute("UPDATE event SET to_state = 'perdido'")
    with pytest.raises(StoreError, match=r"dañada: .* No se hizo la copia, y las anteriores siguen ahí"):
        backup(busy, copies, NOW)
    assert list(copies.iterdir()) == []


def test_what_the_database_says_wrongly_is_copied_told_and_costs_no_earlier_copy(
    busy: Store, copies: Path
) -> None:
    first = backup(busy, copies, NOW, keep=1)
    with busy.transaction() as s:
        s.connection().execute(text("DELETE FROM location"))
    made = backup(busy, copies, NOW + HOUR, keep=1)
    assert [fault.message for fault in made.faults] == [
        "Del mensaje 1 no consta de dónde vino.",
        "Del mensaje 2 no consta de dónde vino.",
    ]
    assert sorted(copies.iterdir()) == [first.path, made.path]


# -- where -----------------------------------------------------------------------------------------------


def test_in_a_folder_copies_have_a_date_and_the_last_ones_stay(busy: Store, copies: Path) -> None:
    """Nothing goes that was not made so: neither what a person named, nor another's."""
    others = [
        copies / name for name in ("antes.sqlite3", "mailbot-viejo.sqlite3", "mailbot-20260101T000000Z.dump")
    ]
    for other in others:
        other.touch()
    made = [backup(busy, copies, NOW + timedelta(days=n), keep=2) for n in range(4)]
    assert made[-1].path.name == "mailbot-20260305T150000Z.sqlite3"
    assert [copy.removed for copy in made] == [(), (), (made[0].path,), (made[1].path,)]
    assert set(copies.iterdir()) == {*others, made[2].path, made[3].path}


def test_only_in_a_folder_there_are_earlier_ones(busy: Store, copies: Path) -> None:
    with pytest.raises(StoreError, match="no es una carpeta"):
        backup(busy, copies / "copy.sqlite3", NOW, keep=3)


def test_a_copy_never_overwrites(busy: Store, copies: Path) -> None:
    target = copies / "copy.sqlite3"
    target.write_text("an older copy")
    with pytest.raises(StoreError, match="ya existe"):
        backup(busy, target, NOW)
    assert target.read_text() == "an older copy"


def test_a_folder_that_is_not_there_is_named(busy: Store, copies: Path) -> None:
    with pytest.raises(StoreError, match=f"La carpeta {copies}/nowhere no existe"):
        backup(busy, copies / "nowhere" / "copy.sqlite3", NOW)


def test_a_place_where_nobody_may_write_is_told(busy: Store) -> None:
    with pytest.raises(StoreError, match=r"No se pudo copiar a /proc/copy\.sqlite3: no existe\."):
        backup(busy, Path("/proc/copy.sqlite3"), NOW)


def test_a_folder_of_another_user_is_told_with_whose_it_must_be(busy: Store) -> None:
    """Root, too, may make no file there."""
    with pytest.raises(
        StoreError, match=r"/sys/copy\.sqlite3: no .*permi.*debe ser del usuario del servicio\."
    ):
        backup(busy, Path("/sys/copy.sqlite3"), NOW)


def test_on_another_filesystem_it_is_the_same(busy: Store) -> None:
    target = Path(f"/dev/shm/mailbot-{os.getpid()}.sqlite3")  # noqa: S108
    try:
        assert backup(busy, target, NOW).path == target
    finally:
        target.unlink(missing_ok=True)


def test_too_little_room_is_told_before_anything_is_written(
    busy: Store, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_bavail=7, f_frsize=4096))
    with pytest.raises(StoreError, match=r"En .*copies quedan 0 MB, y la copia necesita \d MB"):
        backup(busy, copies, NOW)
    assert list(copies.iterdir()) == []


# -- what cuts it ----------------------------------------------------------------------------------------


def test_a_disk_that_fills_leaves_nothing_and_is_told(busy: Store, copies: Path) -> None:
    with python(FULL, busy.path, copies) as process:
        said = process.communicate()[0]
    assert said.startswith(f"StoreError No se pudo copiar a {copies}: ")
    assert list(copies.iterdir()) == []


def test_ctrl_c_leaves_nothing(busy: Store, copies: Path) -> None:
    with python(STOPS, busy.path, copies) as process:
        assert " of " in line(process)
        assert len(list(copies.iterdir())) > 0
        process.send_signal(signal.SIGINT)
    assert process.returncode != 0
    assert list(copies.iterdir()) == []


def test_what_a_copy_that_was_killed_left_the_next_one_removes(busy: Store, copies: Path) -> None:
    """And not what another is still writing."""
    with python(STOPS, busy.path, copies) as process:
        assert line(process)
        process.kill()
    (left, *_) = copies.iterdir()
    assert left.name.startswith(".mailbot-")
    with python(STOPS, busy.path, copies) as process:
        assert line(process)
        made = backup(busy, copies, NOW)
        assert not left.exists()
        assert any(path.name.endswith(f".{process.pid}.part") for path in copies.iterdir())
        process.kill()
    backup(busy, copies, NOW + HOUR)
    assert made.path in copies.iterdir()
    assert [path for path in copies.iterdir() if path.suffix != ".sqlite3"] == []


# -- PostgreSQL ------------------------------------------------------------------------------------------


@pytest.fixture
def server(postgres_url: str) -> Iterator[str]:
    """A database with a bit of everything, as a service has it that has started once."""
    with kept.new_postgresql(postgres_url) as url:
        load(migrate.HEAD, "postgresql", url)
        store = Store.open(url)
        with store.transaction() as s:
            origin.settled(s, NOW)
        store.dispose()
        yield url


def libpq(url: str) -> str:
    return url.replace("postgresql+psycopg", "postgresql")


def restored(dump: Path, url: str) -> None:
    """As docs/copias.md says."""
    command = ["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={libpq(url)}", str(dump)]
    subprocess.run(command, check=True)


def rows(url: str) -> object:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = content(connection)
    engine.dispose()
    return found


def test_postgresql_is_dumped_by_its_own_tool_and_comes_back_with_every_row(
    server: str, postgres_url: str, copies: Path
) -> None:
    store = Store.open(server)
    made = backup(store, copies, NOW)
    store.dispose()
    assert made.faults == ()
    assert made.path.name == "mailbot-20260302T150000Z.dump"
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    with kept.new_postgresql(postgres_url) as other:
        restored(made.path, other)
        assert rows(other) == rows(server)
        copy = Store.open(other, upgrade=False)
        with copy.reading() as s:
            assert check.integrity(s) == ()
        copy.dispose()


def test_a_dump_that_was_restored_is_recognised_also_under_the_old_name(
    server: str, postgres_url: str, copies: Path
) -> None:
    store = Store.open(server)
    with store.reading() as s:
        assert (origin.is_copy(s), origin.is_known(s)) == (False, True)
    made = backup(store, copies, NOW)
    store.dispose()
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    engine.dispose()
    restored(made.path, server)
    store = Store.open(server)
    with store.transaction() as s:
        assert origin.is_copy(s)
        origin.settled(s, NOW)
        assert not origin.is_copy(s)
    store.dispose()


def test_what_it_says_wrongly_is_told_of_the_same_moment(server: str, copies: Path) -> None:
    store = Store.open(server)
    with store.transaction() as s:
        s.connection().execute(text("DELETE FROM location WHERE message_id = 1"))
    made = backup(store, copies, NOW)
    store.dispose()
    assert [fault.message for fault in made.faults] == ["Del mensaje 1 no consta de dónde vino."]


def tool(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)


@pytest.mark.parametrize("who", ["mailbot:s3creto@{}", "mailbot@{}?password=s3creto"])
def test_no_password_is_seen_among_the_processes(
    server: str, copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    tool(bin_, "pg_dump", f'echo "$@" > {tmp_path}/words; echo "$PGPASSWORD" > {tmp_path}/secret')
    tool(bin_, "pg_restore", "exit 0")
    monkeypatch.setenv("PATH", f"{bin_}:{os.environ['PATH']}")
    scheme, _, at = server.partition("mailbot@")
    store = Store.open(scheme + who.format(at))
    backup(store, copies, NOW)
    store.dispose()
    assert "s3creto" not in (tmp_path / "words").read_text()
    assert (tmp_path / "secret").read_text() == "s3creto\n"


def test_a_tool_that_is_not_there_is_named_with_its_package(
    server: str, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(server)
    monkeypatch.setenv("PATH", str(copies))
    with pytest.raises(StoreError, match=r"«pg_dump», y no está .* postgresql-client"):
        backup(store, copies, NOW)
    store.dispose()
    assert list(copies.iterdir()) == []


@pytest.mark.parametrize("name", ["pg_dump", "pg_restore"])
def test_what_the_tool_says_is_told_and_nothing_is_left(
    server: str, copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    tool(bin_, name, "echo it is broken >&2; exit 1")
    monkeypatch.setenv("PATH", f"{bin_}:{os.environ['PATH']}")
    store = Store.open(server)
    with pytest.raises(StoreError, match=f"{name} dijo: it is broken"):
        backup(store, copies, NOW)
    store.dispose()
    assert list(copies.iterdir()) == []
