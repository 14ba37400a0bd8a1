"""A prepared statement says and finds what SQLAlchemy would, on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import DBAPIError

from mailbot.store import Conflict, StoreUnavailable, settings, tables
from mailbot.store.columns import table
from mailbot.store.engine import Store
from mailbot.store.prepared import Prepared
from mailbot.store.statements import add, add_all, first, put, rows, run, scalar, scalars
from mailbot.store.transaction import Transaction

NOW = datetime(2026, 3, 2, 14, 5, 6, 789, tzinfo=UTC)
setting, progress = table(tables.Setting), table(tables.Progress)
THESE = select(setting.c.key, setting.c.value, setting.c.at).where(
    setting.c.key.in_(bindparam("keys", expanding=True))
)
PREPARED = Prepared(THESE.order_by(setting.c.key), "keys")


def given(s: Transaction, *names: str) -> None:
    add_all(s, setting, [{"key": name, "value": {"of": name}, "at": NOW} for name in names])


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8])
def test_a_list_of_any_length_finds_what_is_in_it(store: Store, count: int) -> None:
    names = [f"k{n}" for n in range(9)]
    with store.transaction() as s:
        given(s, *names)
        found = rows(s, PREPARED, keys=names[:count])
        same = s.connection().execute(THESE.order_by(setting.c.key), {"keys": names[:count]}).all()
    assert [tuple(row) for row in found] == [tuple(row) for row in same]
    assert [row.key for row in found] == names[:count]


def test_lists_of_many_lengths_need_few_forms(store: Store) -> None:
    statement = Prepared(THESE, "keys")
    with store.reading() as s:
        for count in range(100):
            rows(s, statement, keys=[str(n) for n in range(count)])
    assert len(statement._forms) == 8  # 1, 2, 4, … 128


def test_times_enumerations_and_json_come_back_as_they_went(store: Store) -> None:
    bogota = NOW.astimezone(timezone(timedelta(hours=-5)))
    with store.transaction() as s:
        put(s, setting, {"key": "a", "value": {"ñ": [1, None, "«»"]}, "at": bogota})
        row = first(s, PREPARED, keys=["a"])
    assert (row.value, row.at) == ({"ñ": [1, None, "«»"]}, NOW)
    assert row.at.tzinfo is UTC


@pytest.mark.parametrize(("text", "kept"), [("a\0b", "ab"), ("a\ud800b", "ab"), ("ñ😀", "ñ😀")])
def test_text_is_cleaned_alone_in_a_list_and_within_json(store: Store, text: str, kept: str) -> None:
    with store.transaction() as s:
        put(s, setting, {"key": text, "value": {text: [text]}, "at": NOW})
        row = first(s, PREPARED, keys=["other", text])
    assert (row.key, row.value) == (kept, {kept: [kept]})


def test_an_update_sets_the_columns_that_are_given_and_tells_how_many_rows(store: Store) -> None:
    statement = Prepared(update(setting).where(setting.c.key == bindparam("its_key")))
    with store.transaction() as s:
        given(s, "a", "b")
        assert run(s, statement, its_key="a", value=1) == 1
        assert run(s, statement, its_key="b", value=2, at=NOW + timedelta(days=1)) == 1
        assert run(s, statement, its_key="c", value=3) == 0
        found = {row.key: (row.value, row.at) for row in rows(s, PREPARED, keys=["a", "b"])}
    assert found == {"a": (1, NOW), "b": (2, NOW + timedelta(days=1))}


def test_nothing_found_is_none_and_an_empty_list(store: Store) -> None:
    with store.reading() as s:
        assert first(s, PREPARED, keys=["a"]) is None
        assert scalar(s, PREPARED, keys=["a"]) is None
        assert scalars(s, PREPARED, keys=["a"]) == []


def test_what_is_there_already_is_a_conflict(store: Store) -> None:
    with pytest.raises(Conflict), store.transaction() as s:
        given(s, "a", "b", "a")


def test_an_error_tells_the_statement_and_no_value(store: Store) -> None:
    """Values are mail."""
    with pytest.raises(DBAPIError) as told, store.transaction() as s:  # noqa: PT012
        settings.keep(s, "a", "secreto", NOW)
        add(s, progress, **dict.fromkeys(("mailbox", "folder"), "secreto"))
    assert "INSERT INTO progress" in str(told.value)
    assert "secreto" not in str(told.value).partition("DETAIL")[0]


def test_what_is_prepared_and_what_is_not_are_one_transaction(store: Store) -> None:
    def broken(s: Transaction) -> Any:
        given(s, "a")
        s.connection().execute(setting.insert(), {"key": "b", "value": 1, "at": NOW})
        assert len(rows(s, PREPARED, keys=["a", "b"])) == 2
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.run(broken)
    with store.reading() as s:
        assert rows(s, PREPARED, keys=["a", "b"]) == []


def test_a_page_that_cannot_be_read_is_an_outage_also_after_the_first_row(tmp_path: Path) -> None:
    """SQLite reads as it is asked for rows; no mail is to blame for a disk (invariant 1)."""
    path = tmp_path / "mailbot.sqlite3"
    with closing_store(path) as store, store.transaction() as s:
        add_all(s, setting, [{"key": f"k{n:05d}", "value": "v" * 800, "at": NOW} for n in range(400)])
    octets = bytearray(path.read_bytes())
    page = octets.find(b'k00300"vvvv') // 4096 * 4096
    octets[page : page + 4096] = b"\xff" * 4096
    path.write_bytes(octets)
    with closing_store(path) as store, pytest.raises(StoreUnavailable), store.reading() as s:
        rows(s, Prepared(select(setting).where(setting.c.value.is_not(None))))


@contextmanager
def closing_store(path: Path) -> Iterator[Store]:
    store = Store.open(path)
    yield store
    store.dispose()
