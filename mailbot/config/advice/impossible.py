"""What no text can give a pattern: told from the signs that every match of it needs.

Nothing is tried out: the pattern is taken apart, and only what follows from its parts is said. Where Python
cannot read what RE2 can, nothing is; nor on a Python whose parser, which is private, gives other parts than these.
"""

import re
import warnings
from collections.abc import Callable, Sequence
from typing import Any
from unicodedata import category

from mailbot.config.syntax import CURLY
from mailbot.rules import patterns
from mailbot.rules.fold import fold
from mailbot.rules.lines import COLUMNS, plain

op: Any
_parser: Any
try:
    from re import _constants as op, _parser  # type: ignore[attr-defined, no-redef]
except ImportError:
    op = _parser = None

#: is this sign ever in the text?
Possible = Callable[[str], bool]
#: RE2's classes by Unicode property, which Python does not know
PROPERTY = re.compile(r"\\[pP](?:\{\^?\w+\}|[A-Z])")
#: a pattern with all that is looked at here, and how Python reads it
PROBE = r"^\A(ab|[b-d])?e{2}f*?\Z$"
READ = (
    "[(AT, AT_BEGINNING), (AT, AT_BEGINNING_STRING), (MAX_REPEAT, (0, 1, [(SUBPATTERN, (1, 0, 0, "
    "[(BRANCH, (None, [[(LITERAL, 97), (LITERAL, 98)], [(IN, [(RANGE, (98, 100))])]]))]))])), "
    "(MAX_REPEAT, (2, 2, [(LITERAL, 101)])), (MIN_REPEAT, (0, MAXREPEAT, [(LITERAL, 102)])), "
    "(AT, AT_END_STRING), (AT, AT_END)]"
)
#: a range with more signs than this has a possible one
MANY = 300


def in_subject(pattern: str, strict: bool) -> str:
    """The sign, in Spanish, that it needs and a subject that is being compared never has; "" if there is none."""

    def possible(sign: str) -> bool:
        return sign == " " or (_is_text(sign) and _stays(sign, fold(sign, strict)))

    parts = _parts(pattern)
    blanks = "dos espacios seguidos, o uno al comienzo o al final"
    return _needed(parts, possible) or (blanks if _needs_blanks(parts) else "")


def in_line(pattern: str) -> str:
    """The same for a line of a mail; or that it is longer than any, or has nothing in it."""

    def possible(sign: str) -> bool:
        return sign in " \t" or (_is_text(sign) and _stays(sign, plain(sign)))

    parts = _parts(pattern)
    if parts and parts.getwidth()[1] == 0:
        return "un texto vacío"
    if parts and parts.getwidth()[0] > COLUMNS:
        return f"más de {COLUMNS} caracteres"
    return _needed(parts, possible)


def curly_quote(pattern: str) -> str:
    """The word processor's quote that every match has."""
    return _needed(_parts(pattern), lambda sign: sign not in CURLY).strip('"')


def first_group_is_optional(pattern: str) -> bool:
    """`(57)?3\\d{9}`: where the group takes part, it alone is the value."""
    return any(
        _repeats(kind) and value[0] == 0 and any(k is op.SUBPATTERN and v[0] == 1 for k, v in value[2])
        for kind, value in _parts(pattern)
    )


def _parts(pattern: str) -> Any:
    if not _is_read():
        return ()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _parser.parse(PROPERTY.sub(r"\\w", pattern).replace(r"\z", r"\Z"), re.IGNORECASE)
    except (re.error, OverflowError, RecursionError):
        return ()


def _is_read() -> bool:
    return _parser is not None and repr(list(_parser.parse(PROBE))) == READ


def _repeats(kind: Any) -> bool:
    return kind in (op.MAX_REPEAT, op.MIN_REPEAT)


def _is_text(sign: str) -> bool:
    return not sign.isspace() and category(sign) != "Cc"


def _stays(sign: str, read: str) -> bool:
    """It still stands for itself in the text as it is read."""
    return patterns.compile(re.escape(sign)).search(read) is not None


def _needed(parts: Any, possible: Possible) -> str:
    """The first sign without which nothing matches, and which is not possible."""
    for n, (kind, value) in enumerate(parts):
        needed = _needed_by(kind, value, possible)
        if kind is op.AT and value in (op.AT_BEGINNING, op.AT_BEGINNING_STRING) and _wide(parts[:n]):
            needed = 'algo antes de "^", que es el comienzo'
        if kind is op.AT and value in (op.AT_END, op.AT_END_STRING) and _wide(parts[n + 1 :]):
            needed = 'algo después de "$", que es el final'
        if needed:
            return needed
    return ""


def _needed_by(kind: Any, value: Any, possible: Possible) -> str:
    if kind is op.LITERAL:
        return "" if possible(chr(value)) else said(chr(value))
    if kind is op.IN:
        signs = _signs(value)
        return said(signs[0]) if signs and not any(map(possible, signs)) else ""
    if kind is op.BRANCH:
        needed = [_needed(each, possible) for each in value[1]]
        return needed[0] if all(needed) else ""
    if kind is op.SUBPATTERN:
        return _needed(value[3], possible)
    if _repeats(kind) and value[0]:
        return _needed(value[2], possible)
    return ""


def _signs(members: Sequence[tuple[Any, Any]]) -> list[str]:
    """All that a class admits, if they can be counted."""
    signs: list[str] = []
    for kind, value in members:
        if kind is op.LITERAL:
            signs.append(chr(value))
        elif kind is op.RANGE and value[1] - value[0] < MANY:
            signs += map(chr, range(value[0], value[1] + 1))
        else:
            return []
    return signs


def _wide(parts: Any) -> bool:
    return bool(len(parts)) and parts.getwidth()[0] > 0


def _needs_blanks(parts: Any) -> bool:
    """A subject's words have one blank between them, and none around them."""
    blank = (op.LITERAL, ord(" "))
    for n, part in enumerate(parts):
        before = parts[n - 1] if n else None
        after = parts[n + 1] if n + 1 < len(parts) else None
        if part == blank and (before in (blank, (op.AT, op.AT_BEGINNING)) or after == (op.AT, op.AT_END)):
            return True
    return False


def said(sign: str) -> str:
    """A sign as it is told to a person."""
    names = {"\n": "un salto de línea", "\t": "un tabulador", "\x08": 'el carácter de control "\\b"'}
    if sign in names:
        return names[sign]
    if sign.isspace():
        return (
            "un espacio especial, de los de un procesador de texto" if sign > "\x7f" else "un salto de línea"
        )
    if not sign.isprintable():
        return f"el carácter invisible U+{ord(sign):04X}"
    return f'"{sign}"'
