r"""The admin's own regular expressions, run by RE2: linear in the text, whatever is written (hazard 44).

Upper and lower case are one. `\b`, `\w` and `\d` know ASCII only: on text as written, `\bñ\b` never matches
and `\w` stops at an accent; write `\pL` for any letter. A rule's pattern runs on the folded subject, where
letters have lost their accents.
"""

from collections.abc import Iterator
from typing import Protocol

import re2  # type: ignore[import-untyped]

DATUM = "quite (?…): el patrón describe solo el dato"
#: how RE2's message begins → why, and what to write instead
EXPLAINED = (
    ("invalid perl operator: (?=", "mira lo que viene después (look-ahead), y RE2 no lo admite", DATUM),
    (
        "invalid perl operator: (?!",
        "mira lo que viene después (look-ahead), y RE2 no lo admite; use unless",
        DATUM,
    ),
    ("invalid perl operator: (?<", "mira lo que está antes (look-behind), y RE2 no lo admite", DATUM),
    (
        "invalid perl operator: (?>",
        "es un grupo atómico, y RE2 no lo admite ni lo necesita",
        "escriba (?:…) en su lugar",
    ),
    ("invalid perl operator: (?#", "es un comentario, y RE2 no los admite", "escríbalo después, tras un #"),
    ("invalid perl operator: (?(", "es una condición, y RE2 no las admite", "escriba los dos casos: (?:…|…)"),
    (
        "invalid perl operator: (?x",
        "permite espacios entre las partes, y RE2 no lo admite",
        "quítelo, y los espacios",
    ),
    ("invalid perl operator: (?P", "repite otro grupo, y RE2 no lo admite", "escriba de nuevo lo que va ahí"),
    ("invalid perl operator", "RE2 no conoce este (?…)", "quítelo, o escriba (?:…) si solo agrupa"),
    ("invalid named capture", "el nombre del grupo está mal escrito", "no hace falta nombre: (…)"),
    (
        "invalid repetition size",
        "repite demasiado: RE2 admite hasta {1000}",
        "de menor a mayor, como {7,10}; sin límite, {7,}",
    ),
    (
        "bad repetition operator",
        "repite una repetición; deje una sola, o agrupe con (?:…)",
        "a+ en lugar de a++ o a**",
    ),
    (
        "no argument for repetition operator",
        "repite, pero no hay nada antes que repetir",
        r"si busca ese signo tal cual, va tras una barra: \+, \*, \?",
    ),
    (
        "invalid character class",
        "es un conjunto o un rango de caracteres que RE2 no conoce",
        r"un rango va de menor a mayor, como [a-z] o [0-9]; cualquier letra es \pL",
    ),
    ("missing )", "falta cerrar un paréntesis", r"agregue «)»; si lo busca tal cual, escriba «\(»"),
    ("unexpected )", "sobra un paréntesis de cierre", r"quítelo; si lo busca tal cual, escriba «\)»"),
    ("missing ]", "falta cerrar un corchete", r"agregue «]»; si lo busca tal cual, escriba «\[»"),
    ("trailing \\", "termina en una barra suelta", r"quítela; si la busca tal cual, escriba «\\»"),
    (
        "invalid escape sequence",
        "es un escape que RE2 no conoce",
        r"una letra va sin barra; hay \d cifra, \w letra o cifra, \s espacio, \b borde, $ final",
    ),
    ("pattern too large", "es demasiado grande", "baje los números entre llaves"),
)


class Refused(ValueError):
    """What RE2 does not take, why, and in `cure` what to write instead, in Spanish."""

    def __init__(self, said: str, cure: str) -> None:
        super().__init__(said)
        self.cure = cure


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
    """The pattern, ignoring case. Raises Refused, with the way out."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    try:
        compiled: Pattern = re2.compile(pattern, options)
    except re2.error as refused:
        raise _explained(refused.args[0].decode()) from None
    return compiled


def _explained(said: str) -> Refused:
    what, _, where = said.partition(": ")
    if where[:1] == "\\" and where[1:].isdigit():
        why = f"«{where}» repite lo que halló otro grupo (back-reference), y RE2 no lo admite"
        return Refused(why, "escriba de nuevo lo que va ahí")
    for start, why, cure in EXPLAINED:
        if said.startswith(start):
            return Refused(f"«{where or what[-1:]}»: {why}", cure)
    return Refused(f"«{where}»: RE2 no lo acepta ({said})", r"entre comillas simples: '\d{7}'")
