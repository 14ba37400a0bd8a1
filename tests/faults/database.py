"""A database whose statements and commits fail on purpose, as the driver would say it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest

from mailbot.store.engine import Store

#: the statement fails; the COMMIT fails; the COMMIT comes through and the answer to it does not
When = Literal["statement", "commit", "answer"]


def io_error() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    return error


class Calls:
    """How often the database was called, and how often it failed."""

    def __init__(self, failing: int, lasts: bool) -> None:
        self.failing, self.lasts = failing, lasts
        self.made = self.failed = 0

    def fails(self) -> bool:
        self.made += 1
        bad = self.made >= self.failing if self.lasts else self.made == self.failing
        self.failed += bad
        return bad


@contextmanager
def failing(store: Store, when: When, call: int, *, lasts: bool = False) -> Iterator[Calls]:
    """The call with this number fails; with `lasts` all after it, too. Statements and commits count apart."""
    calls = Calls(call, lasts)
    dialect: Any = store.engine.dialect
    commit = dialect.do_commit

    def failing_now(really: Callable[..., None]) -> Callable[..., None]:
        def execute(*given: Any) -> None:
            if calls.fails():
                raise io_error()
            really(*given)

        return execute

    def do_commit(connection: Any) -> None:
        bad = calls.fails()
        if not bad or when == "answer":
            commit(connection)
        if bad:
            raise io_error()

    with pytest.MonkeyPatch.context() as patch:
        if when == "statement":
            for name in ("do_execute", "do_executemany", "do_execute_no_params"):
                patch.setattr(dialect, name, failing_now(getattr(dialect, name)))
        else:
            patch.setattr(dialect, "do_commit", do_commit)
        yield calls
