"""What is done in one transaction; `engine` begins and ends it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from mailbot.store.prepared import Form, Prepared


class Transaction:
    """One connection while its transaction lasts: for what is prepared its driver's cursor, else SQLAlchemy."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect: Any = connection.dialect
        self._cursor: Any = None

    def connection(self) -> Connection:
        """For statements that are made for the occasion."""
        return self._connection

    def begin(self, statement: str) -> None:
        """No driver begins as we need it."""
        self._execute(statement, ())

    def close(self) -> None:
        """SQLite keeps a closed connection, and its lock, as long as a cursor of it has a statement."""
        cursor, self._cursor = self._cursor, None
        if cursor is not None:
            with suppress(self._dialect.loaded_dbapi.Error):  # its connection is closed already
                cursor.close()

    def fetch(self, prepared: Prepared, given: dict[str, Any]) -> tuple[Form, list[Any]]:
        """The form in which it was executed, and all that it found; SQLite reads most of it only now."""
        form = prepared.form(self._dialect, given)
        self._execute(form.sql, form.parameters(given))
        return form, self._run(form.sql, self._cursor.fetchall)

    def execute(self, prepared: Prepared, given: dict[str, Any]) -> int:
        """How many rows it touched."""
        form = prepared.form(self._dialect, given)
        self._execute(form.sql, form.parameters(given))
        return int(self._cursor.rowcount)

    def execute_all(self, prepared: Prepared, given: list[dict[str, Any]]) -> None:
        """Once for each of `given`, which have the same names."""
        form = prepared.form(self._dialect, given[0])
        if len(given) == 1:
            self._execute(form.sql, form.parameters(given[0]))
        else:
            self._execute(
                form.sql, [form.parameters(values) for values in given], self._dialect.do_executemany
            )

    def _execute(self, sql: str, parameters: Any, how: Callable[..., None] | None = None) -> None:
        if self._cursor is None:
            self._cursor = self._run(sql, self._connection.connection.cursor)
        self._run(sql, how or self._dialect.do_execute, self._cursor, sql, parameters)

    def _run(self, sql: str, call: Callable[..., Any], *given: Any) -> Any:
        try:
            return call(*given)
        except self._dialect.loaded_dbapi.Error as error:
            raise self._told(error, sql) from error

    def _told(self, error: Exception, sql: str) -> BaseException:
        """As SQLAlchemy tells it; a connection that is gone is used no more, and no parameter is told: it is mail."""
        raw = self._connection.connection.dbapi_connection
        is_gone = self._dialect.is_disconnect(error, raw, self._cursor)
        if is_gone:
            self._connection.invalidate(error)
        base = self._dialect.loaded_dbapi.Error
        told = DBAPIError.instance(
            sql,
            None,
            error,
            base,
            hide_parameters=True,
            connection_invalidated=is_gone,
            dialect=self._dialect,
        )
        assert isinstance(told, BaseException)  # noqa: S101 - its signature promises less
        return told
