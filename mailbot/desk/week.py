"""Weekly hours as they are written in `[hours.NAME] days`, read into minutes."""

import re
from collections.abc import Mapping
from itertools import pairwise

ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPANISH = ("lun", "mar", "mie", "jue", "vie", "sab", "dom")
WEEKDAYS = {name: n for names in (ENGLISH, SPANISH) for n, name in enumerate(names)}
STRETCH = re.compile(r"(\d\d?):([0-5]\d)-(\d\d?):([0-5]\d)")

#: per weekday, Monday first: (opens, closes) in minutes after midnight, ascending
Week = tuple[tuple[tuple[int, int], ...], ...]


def week(written: Mapping[str, str]) -> Week:
    """The weekly hours read; raises ValueError, in Spanish, where they cannot be or are never open."""
    days: list[list[tuple[int, int]]] = [[] for _ in ENGLISH]
    for names, times in written.items():
        stretches = [_stretch(one) for one in times.split()]
        for day in _weekdays(names):
            days[day].extend(stretches)
    if not any(days):
        raise ValueError('este calendario nunca abre; escriba por ejemplo: mon-fri = "08:00-17:00"')
    for stretches in days:
        stretches.sort()
        if any(before[1] > after[0] for before, after in pairwise(stretches)):
            raise ValueError("dos horarios del mismo día se cruzan")
    return tuple(tuple(stretches) for stretches in days)


def _weekdays(written: str) -> list[int]:
    """`"mon-fri"`, `"sat"`, `"lun,mié"` → weekdays, Monday 0. `"fri-mon"` goes round the weekend."""
    found: list[int] = []
    for part in written.lower().replace("é", "e").replace("á", "a").split(","):
        first, _, last = part.strip().partition("-")
        if not {first, last or first} <= WEEKDAYS.keys():
            raise ValueError(f'"{written}" no es un día; se escribe "mon-fri", "sat" o "lun-vie", "lun,mie"')
        start = WEEKDAYS[first]
        span = (WEEKDAYS[last or first] - start) % 7
        found += [(start + n) % 7 for n in range(span + 1)]
    return found


def _stretch(written: str) -> tuple[int, int]:
    """`"08:00-12:00"` → minutes after midnight; `24:00` is the end of the day."""
    if not (match := STRETCH.fullmatch(written)):
        raise ValueError(f'"{written}" no es un horario; se escribe "08:00-12:00 13:00-17:00"')
    h1, m1, h2, m2 = map(int, match.groups())
    start, end = h1 * 60 + m1, h2 * 60 + m2
    if not start < end <= 24 * 60:
        raise ValueError(
            f'"{written}" debe terminar después de empezar, y a las 24:00 a más tardar; parta la noche en dos días'
        )
    return start, end
