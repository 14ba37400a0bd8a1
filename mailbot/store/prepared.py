"""Statements that every message needs: written once in SQLAlchemy, then given to the driver without a detour.

SQLAlchemy takes 20 to 30 µs to run a statement that it knows, and 100 where other work has taken its place in the
processor's caches, which is between any two messages; SQLite itself takes two. So what it makes of a statement, the
SQL and how values are converted, is kept here, for each set of parameters that occurs.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect, Executable, Integer, LargeBinary

from mailbot.store.text import clean

Convert = Callable[[Any], Any]
Values = Mapping[str, Any]


class Prepared:
    """A statement for one purpose; `lists` are its parameters that take several values (`IN`).

    An UPDATE or INSERT sets the columns that are named in the values given.
    """

    def __init__(self, statement: Executable, *lists: str) -> None:
        self.statement: Any = statement
        self.lists = lists
        self._forms: dict[tuple[Any, ...], Form] = {}

    def form(self, dialect: Dialect, given: dict[str, Any]) -> "Form":
        """As the driver of this database takes it, for parameters of these names.

        Lists in `given` are made longer: else there would be a form for every length.
        """
        for name in self.lists:
            given[name] = _lengthened(given[name])
        shape = (dialect.name, *given, *(len(given[name]) for name in self.lists))
        form = self._forms.get(shape)
        if form is None:
            form = self._forms[shape] = Form(self.statement, dialect, given)
        return form


class Form:
    """Its SQL, how parameters are put in their places, and how rows are read."""

    def __init__(self, statement: Any, dialect: Dialect, given: Values) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(given))
        expanded = compiled.construct_expanded_state(given)
        self.sql: str = expanded.statement
        self._lists: dict[str, list[str]] = {
            name: names for name, names in expanded.parameter_expansion.items() if name in given
        }
        into = {**_cleaning(compiled), **compiled._bind_processors, **expanded.processors}
        of_values = {*given, *(name for names in self._lists.values() for name in names)}
        #: for a driver that goes by name
        self._names = None if expanded.positiontup is not None else list(expanded.parameters)
        #: where each parameter comes from: a name of the values and how it is converted, or "" and its own value
        self._plan = [
            (name, into.get(name))
            if name in of_values
            else ("", _converted(into.get(name), expanded.parameters[name]))
            for name in expanded.positiontup or expanded.parameters
        ]
        columns = compiled._result_columns
        names = [column.keyname for column in columns]
        kind: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
        self._row: Callable[[Sequence[Any]], Any] = kind._make
        self._from: list[tuple[int, Convert]] = [
            (n, convert)
            for n, column in enumerate(columns)
            if (convert := column.type._cached_result_processor(dialect, None))
        ]

    def parameters(self, given: dict[str, Any]) -> Any:
        """A list where the driver goes by position, else by name."""
        for name, names in self._lists.items():
            given.update(zip(names, map(clean, given.pop(name)), strict=True))
        values = [(how(given[name]) if how else given[name]) if name else how for name, how in self._plan]
        return values if self._names is None else dict(zip(self._names, values, strict=True))

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """With an attribute for each column."""
        if not self._from:
            return [self._row(values) for values in found]
        return [self._row(self._read(values)) for values in found]

    def values(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """Of the first column."""
        convert = next((convert for n, convert in self._from if n == 0), None)
        return [convert(row[0]) if convert else row[0] for row in found]

    def _read(self, values: Sequence[Any]) -> list[Any]:
        made = list(values)
        for n, convert in self._from:
            made[n] = convert(made[n])
        return made


def _cleaning(compiled: Any) -> dict[str, Convert]:
    """Of the parameters that may be a stranger's text; what has a conversion of its own is clean after it."""
    binds = compiled.binds.items()
    return {name: clean for name, bind in binds if not isinstance(bind.type, Integer | LargeBinary)}


def _converted(convert: Convert | None, value: Any) -> Any:
    return clean(convert(value) if convert else value)


def _lengthened(values: Sequence[Any]) -> list[Any]:
    """To the next power of two, by the last value again, which finds nothing more; nothing is in a list of NULL.

    (Nor outside of it: `NOT IN` is not for lists that may be empty.)
    """
    most = 1 << max(len(values) - 1, 0).bit_length()
    return [*values, *[values[-1] if values else None] * (most - len(values))]
