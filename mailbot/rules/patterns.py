r"""The admin's own regular expressions, run by RE2: linear in the text, whatever is written (hazard 44).

Upper and lower case are one. `\b`, `\w` and `\d` know ASCII only: on text as written, `\bñ\b` never matches
and `\w` stops at an accent; write `\pL` for any letter. A rule's pattern runs on the folded subject, where
letters have lost their accents.
"""

from collections.abc import Iterator
from typing import Protocol

import re2  # type: ignore[import-untyped]

EXPLAINED = (
    ("invalid perl operator: (?=", "mira lo que viene después (look-ahead), y RE2 no lo admite"),
    ("invalid perl operator: (?!", "mira lo que viene después (look-ahead), y RE2 no lo admite; use unless"),
    ("invalid perl operator: (?<", "mira lo que está antes (look-behind), y RE2 no lo admite"),
    ("invalid perl operator: (?>", "es un grupo atómico, y RE2 no lo admite ni lo necesita; use (?:…)"),
    ("invalid repetition size", "repite demasiado: RE2 admite hasta {1000}"),
    ("bad repetition operator", "repite una repetición; deje una sola, o agrupe con (?:…)"),
    ("no argument for repetition operator", "repite, pero no hay nada antes que repetir"),
    ("invalid character class", "es un conjunto o un rango de caracteres que RE2 no conoce"),
    ("missing )", "falta cerrar un paréntesis"),
    ("unexpected )", "sobra un paréntesis de cierre"),
    ("missing ]", "falta cerrar un corchete"),
    ("invalid escape sequence", "es un escape que RE2 no conoce"),
)


class Found(Protocol):
    """One place where a pattern matched; offsets count characters of the text."""

    def group(self, number: int = 0, /) -> str | None: ...
    def start(self, number: int = 0, /) -> int: ...
    def end(self, number: int = 0, /) -> int: ...


class Pattern(Protocol):
    @property
    def groups(self) -> int: ...
    def search(self, text: str, /) -> Found | None: ...
    def fullmatch(self, text: str, /) -> Found | None: ...
    def finditer(self, text: str, /) -> Iterator[Found]: ...


def compile(pattern: str) -> Pattern:  # noqa: A001 - patterns.compile reads as re.compile does
    """The pattern, ignoring case. ValueError, in Spanish and with the way out, for what RE2 refuses."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    try:
        compiled: Pattern = re2.compile(pattern, options)
    except re2.error as refused:
        raise ValueError(_explained(refused.args[0].decode())) from None
    return compiled


def _explained(said: str) -> str:
    _, _, where = said.partition(": ")
    if where[:1] == "\\" and where[1:].isdigit():
        return f"«{where}» repite lo que halló otro grupo (back-reference), y RE2 no lo admite"
    why = next((why for start, why in EXPLAINED if said.startswith(start)), f"RE2 no lo acepta ({said})")
    return f"«{where}»: {why}"
