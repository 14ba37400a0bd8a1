"""What was told is remembered, whatever the database and the disk do: else each look would tell it anew."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from mailbot.daemon.alerts import rhythm
from mailbot.daemon.alerts.memory import NAME, Memory, load
from mailbot.daemon.alerts.rhythm import State
from mailbot.daemon.service import utc_now
from mailbot.health import Illness, Kind
from mailbot.store import settings
from mailbot.store.engine import Store

Away = Callable[[], None]
NOW = utc_now()
ILL = Illness(Kind.DATABASE, "", NOW, "La base de datos no responde", "Revísela")


@pytest.fixture
def memory(sqlite_store: Store, tmp_path: Path) -> Memory:
    return again(sqlite_store, tmp_path)


def again(store: Store, folder: Path) -> Memory:
    """That of another process."""
    return Memory(store, str(store.path), folder / "var", utc_now)


@pytest.fixture
def away(sqlite_store: Store) -> Away:
    """The database goes, or comes back."""
    elsewhere = sqlite_store.path.with_name("elsewhere")

    def move() -> None:
        if elsewhere.exists():
            elsewhere.rename(sqlite_store.path)
        else:
            sqlite_store.path.rename(elsewhere)

    return move


def tell(memory: Memory) -> bool:
    """Whether it was to be told; then it was."""

    def work(state: State) -> tuple[State, bool]:
        now = NOW + timedelta(minutes=2)
        state = rhythm.observe(state, [ILL], "a", lambda _: True, now)
        mail = rhythm.due(state, now)
        return (rhythm.told(state, mail, "a", now) if mail else state), mail is not None

    return memory.change(work)


def see(memory: Memory) -> None:
    memory.change(lambda state: (rhythm.observe(state, [ILL], "a", lambda _: True, NOW), None))


def test_it_is_told_once_also_by_another_process(memory: Memory, sqlite_store: Store, tmp_path: Path) -> None:
    see(memory)
    assert tell(memory)
    assert not tell(memory)
    assert not tell(again(sqlite_store, tmp_path))


def test_without_the_database_the_file_remembers(
    memory: Memory, away: Away, sqlite_store: Store, tmp_path: Path
) -> None:
    see(memory)
    away()
    assert tell(memory)
    assert not tell(memory)
    assert not tell(again(sqlite_store, tmp_path))


def test_when_the_database_is_back_it_takes_over(
    memory: Memory, away: Away, sqlite_store: Store, tmp_path: Path
) -> None:
    see(memory)
    away()
    assert tell(memory)
    away()
    other = again(sqlite_store, tmp_path)
    assert not tell(other)
    assert not other.path.read_bytes().strip()
    with sqlite_store.reading() as s:
        assert load(s).sent == memory.state.sent


def test_with_neither_database_nor_disk_this_process_remembers(
    memory: Memory, away: Away, tmp_path: Path
) -> None:
    see(memory)
    memory.path.unlink()
    memory.path.mkdir()
    away()
    assert tell(memory)
    assert not any(tell(memory) for _ in range(3))


def test_a_file_that_was_damaged_is_written_anew(memory: Memory, away: Away) -> None:
    see(memory)
    memory.path.write_bytes(b"{")
    away()
    assert tell(memory)
    assert not tell(memory)


def test_its_room_is_taken_while_there_is_some(memory: Memory) -> None:
    """On a disk that is full by then it can be written over (hazard 62)."""
    see(memory)
    assert memory.path.stat().st_size > 10_000
    assert memory.path.stat().st_mode & 0o077 == 0


def test_what_a_newer_version_wrote_says_nothing_to_us(memory: Memory, sqlite_store: Store) -> None:
    sqlite_store.run(lambda s: settings.keep(s, NAME, {"courses": [{"kind": "new"}]}, NOW))
    see(memory)
    assert tell(memory)


def test_a_database_that_hangs_is_not_asked(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks it waits for ever, and nobody hears of it."""
    memory = Memory(sqlite_store, "db", tmp_path, lambda: NOW, lambda: True)
    monkeypatch.setattr(Store, "reading", lambda *_: pytest.fail("asked"))
    assert memory.change(lambda state: (state, "found")) == "found"
