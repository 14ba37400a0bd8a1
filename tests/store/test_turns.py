"""The threads of one process write in turn."""

import threading

import pytest

from mailbot.store import StoreUnavailable, status, turns
from mailbot.store.engine import Store
from mailbot.store.turns import Turns


def test_those_who_wait_write_in_the_order_in_which_they_came() -> None:
    line, wrote = Turns(), []

    def write(name: int) -> None:
        with line.mine():
            wrote.append(name)

    waiting = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    with line.mine():
        for n, thread in enumerate(waiting):
            thread.start()
            while len(line._line) < n + 2:
                thread.join(0.001)
    for thread in waiting:
        thread.join()
    assert wrote == list(range(8))


def test_who_waits_too_long_gives_up_and_stands_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    line, said = Turns(), []
    monkeypatch.setattr(turns, "PATIENCE", 0.01)

    def write() -> None:
        with pytest.raises(StoreUnavailable, match="ocupada"), line.mine():
            said.append("written")

    with line.mine():
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    with line.mine():
        said.append("mine")
    assert said == ["mine"]


def test_a_writer_that_fails_gives_its_turn_on() -> None:
    line = Turns()
    with pytest.raises(ZeroDivisionError), line.mine():
        raise ZeroDivisionError
    with line.mine():
        pass


def test_those_who_wait_to_write_keep_no_connection_from_others(store: Store) -> None:
    """On PostgreSQL, too: threads of hundreds of mailboxes share a few, and some waited for one in vain."""

    def write() -> None:
        with store.transaction():
            pass

    waiting = [threading.Thread(target=write) for _ in range(30)]
    with store.transaction():
        for n, thread in enumerate(waiting):
            thread.start()
            while len(store.turns._line) < n + 2:
                thread.join(0.001)
        with store.reading() as s:
            assert status.failed(s) == 0
        assert store.engine.pool.checkedout() == 1  # type: ignore[attr-defined]
    for thread in waiting:
        thread.join()
