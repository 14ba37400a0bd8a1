"""What every room may use: the frozen base of all settings, durations, instants as text, and a reason."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, overload

from pydantic import BaseModel, BeforeValidator, ConfigDict

UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
DURATION = re.compile(r"(\d+)(ms|s|m|h|d)")
#: of what is added to a date, so that there is still a date
LONGEST_DAYS = 36_500


class Settings(BaseModel):
    """A piece of config.toml: typed, complete with its defaults, unchangeable; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def duration(written: Any) -> Any:
    """`"24h"` as a timedelta; what is none is left for pydantic to refuse."""
    if not isinstance(written, str):
        return written
    if not (match := DURATION.fullmatch(written.strip())):
        raise ValueError('una duración se escribe así: "100ms", "30s", "10m", "24h" o "7d"')
    try:
        length = timedelta(**{UNITS[match[2]]: int(match[1])})
    except (OverflowError, ValueError):  # int() takes no more than some thousand figures
        length = timedelta.max
    if length.days > LONGEST_DAYS:
        raise ValueError(f'una duración no pasa de cien años: "{LONGEST_DAYS}d"')
    return length


Duration = Annotated[timedelta, BeforeValidator(duration)]


@overload
def rfc3339(at: datetime, to: str = "auto") -> str: ...
@overload
def rfc3339(at: datetime | None, to: str = "auto") -> str | None: ...
def rfc3339(at: datetime | None, to: str = "auto") -> str | None:
    """`2026-03-02T16:00:00Z`: an instant in UTC, as JSON and the log tell it; `to`: `seconds` leaves fractions out."""
    return at.astimezone(UTC).isoformat(timespec=to).replace("+00:00", "Z") if at else None


#: the time as an aware UTC instant, and whether to go on: given by who runs the work
Now = Callable[[], datetime]
Going = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a decision: which check, what it said, and the words, header or number it saw.

    `check` and `said` are stable names (`thread`, `joined`); `detail` is for people.
    """

    check: str
    said: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an admin must mend: where, what, and what to write instead (in Spanish).

    `level` is `error`, `warning`, or `info` for what may well be meant; `line` and `column` count from 1,
    0 where there is none.
    """

    message: str
    hint: str = ""
    path: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    level: str = "error"
