"""What is not TOML at all: where, and what to write instead, for someone who has never heard of TOML."""

import re
import tomllib
from typing import Any

from mailbot.values import Problem

PLACE = re.compile(r"^(.*) \(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)
CURLY = "“”„«»‘’"
STRING_OR_COMMENT = re.compile(r"""#.*|"[^"]*"|'[^']*'""")
#: where a value begins
CURLY_VALUE = re.compile(rf"(?:^|[=\[,{{])\s*([{CURLY}])")

#: and where one ends that a straight quote began
CURLY_END = re.compile(r"""["'][^"']*([“”‘’])[\s\],}]*$""")
CURLY_SECTION = re.compile(rf"""^\s*\[[^"'#]*?([{CURLY}])""")
KEY = re.compile(r"""\s*[\w."'-]+\s*=""")
TRIPLE = re.compile(r"\"\"\"|\'\'\'")
#: mistakes told at once, and signs of a file that is read again for each of them
MOST, LONGEST = 20, 200_000

QUOTES = (
    'los textos van entre comillas rectas: "…"; los demás valores son números, true, false o una lista […]'
)
REPEATED = "deje una sola; las reglas, que son varias, empiezan cada una con [[rule]]"
#: how tomllib's message begins → what to say, what to write instead
EXPLAINED = {
    "Invalid value": ("aquí falta un valor o está mal escrito", QUOTES),
    "Invalid statement": ("esta línea no se entiende", "escriba [sección], clave = valor, o # comentario"),
    "Invalid initial character for a key part": (
        "esta línea no se entiende",
        "escriba [sección], clave = valor, o # comentario",
    ),
    "Expected '=' after a key": (
        'falta el signo "=" después del nombre de la clave',
        'un nombre con espacios o tildes va entre comillas: [group."Mesa de servicios"]',
    ),
    "Expected ']]'": ('falta "]]" al final', "escriba [[rule]] solo en su línea"),
    "Expected ']'": (
        'falta "]" al final del nombre de la sección',
        'un nombre con espacios o tildes va entre comillas: [group."Mesa de servicios"]',
    ),
    "Expected newline": (
        "sobra texto después del valor",
        "un valor por línea; los comentarios empiezan con #",
    ),
    "Cannot overwrite a value": ("esta clave está repetida en su sección", "deje una sola"),
    "Duplicate inline table key": ("esta clave está repetida", "deje una sola"),
    "Cannot declare": ("esta sección está repetida", REPEATED),
    "Cannot mutate": ("esta sección ya se había escrito de otra forma", REPEATED),
    "Cannot redefine": ("esta sección ya se había escrito de otra forma", REPEATED),
    "Unclosed array": ("la lista no se cierra, o falta una coma", 'escriba ["uno", "dos"]'),
    "Unclosed inline table": ("no se cierra, o falta una coma", 'escriba { credential = "nombre" }'),
    "Unterminated string": ("falta la comilla que cierra el texto", QUOTES),
    'Expected "\'"': ("falta la comilla que cierra el texto", QUOTES),
    "Unescaped '\\'": (
        'entre comillas dobles la barra "\\" tiene un significado especial',
        r"use comillas simples: '\d{7}', 'C:\ruta'",
    ),
    "Invalid hex value": (
        'entre comillas dobles "\\u" y "\\x" tienen un significado especial',
        r"use comillas simples: '\d{7}', 'C:\ruta'",
    ),
    "Illegal character '\\n'": ("falta la comilla que cierra el texto en esta línea", QUOTES),
    "Illegal character": (
        "aquí hay un carácter invisible que no se admite",
        "borre la línea y escríbala de nuevo",
    ),
    "Found invalid character": (
        "aquí hay un carácter que no se admite",
        "borre la línea y escríbala de nuevo",
    ),
    "Invalid date": ("la fecha no existe", "año-mes-día: 2026-01-31"),
}
NOT_TOML = ("desde aquí el archivo no se entiende", "escriba [sección], clave = valor, o # comentario")


#: the same mistake, told by what stands at its place: how the message begins, what stands there, what to say
AT_PLACE = (
    (
        "Expected '=' after a key",
        re.compile(r"\s*:"),
        ('después del nombre de la clave va "=", no ":"', 'escriba clave = "valor"'),
    ),
    (
        "Expected '=' after a key",
        re.compile(r"[^\S \t\n]|[\u200b\ufeff]"),
        (
            "aquí hay un espacio especial, que no se ve y no se admite",
            "bórrelo y escriba un espacio corriente; suele venir de copiar de una página",
        ),
    ),
    (
        "Invalid initial character for a key part",
        re.compile(r"(?<=[{, \t])[ \t]*(?:#.*)?\r?\n"),
        ("lo que va entre llaves { } va en una sola línea", 'escriba { credential = "nombre" }'),
    ),
)


def parse(content: bytes, file: str) -> tuple[dict[str, Any], str, list[Problem]]:
    """The tables, the text they were written in, and the problems, if it is not TOML."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return {}, "", [_not_utf8(content, error.start, file)]
    try:
        return tomllib.loads(text), text, []
    except ValueError as error:  # TOMLDecodeError, or a number too long for int()
        return {}, text, curly(text, file) or _all(str(error), text, file)
    except RecursionError:
        return (
            {},
            text,
            [Problem("hay demasiadas listas dentro de listas", "cierre cada [ con su ]", file=file)],
        )


def _all(said: str, text: str, file: str) -> list[Problem]:
    """The first mistake, and those that are seen when the line of the one before is left out."""
    found, lines = [explain(said, text, file)], text.split("\n")
    while len(found) < MOST and len(text) < LONGEST and _stands_alone(lines, found[-1].line):
        lines[found[-1].line - 1] = ""
        try:
            tomllib.loads("\n".join(lines))
        except ValueError as error:
            following = explain(str(error), "\n".join(lines), file)
        else:
            break
        if following.line <= found[-1].line:
            break
        found.append(following)
    return found


def _stands_alone(lines: list[str], number: int) -> bool:
    """A key and its value on one line, whose absence makes nothing else wrong."""
    line = lines[number - 1]
    whole = all(line.count(a) == line.count(b) for a, b in ("[]", "{}")) and not TRIPLE.search(line)
    if not (whole and KEY.match(line)):
        return False
    try:
        tomllib.loads("\n".join(lines[: number - 1]))
    except ValueError:
        return False
    return True


def explain(said: str, text: str, file: str) -> Problem:
    """tomllib's one sentence, in Spanish, with a cure."""
    match = PLACE.match(said)
    what = match[1] if match else said
    last = text.count("\n") + 1
    line = int(match[2]) if match and match[2] else last
    column = int(match[3]) if match and match[3] else 1
    message, hint = next((told for start, told in EXPLAINED.items() if what.startswith(start)), NOT_TOML)
    here = "\n".join(text.split("\n")[line - 1 : line + 1])
    for start, there, told in AT_PLACE:
        if what.startswith(start) and there.match(here, column - 1):
            message, hint = told
    return Problem(message, hint, file=file, line=line, column=column)


def curly(text: str, file: str) -> list[Problem]:
    """Every text and every section's name that a word processor's quote begins or ends."""
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        plain = STRING_OR_COMMENT.sub(lambda one: "" if one[0][0] == "#" else "x" * len(one[0]), line)
        for sign in (CURLY_VALUE, CURLY_SECTION, CURLY_END):
            if match := sign.search(plain):
                found.append(_curly(match[1], file, number, match.start(1) + 1))
                break
    return found


def _curly(quote: str, file: str, line: int, column: int) -> Problem:
    return Problem(
        f"la comilla {quote} viene de un procesador de texto y aquí no sirve",
        'cambie las comillas de esta línea por comillas rectas: "',
        file=file,
        line=line,
        column=column,
    )


def _not_utf8(content: bytes, start: int, file: str) -> Problem:
    before = content[:start]
    return Problem(
        "el archivo no está guardado en UTF-8",
        "guárdelo de nuevo con la codificación UTF-8 (en el Bloc de notas: Guardar como, Codificación)",
        file=file,
        line=before.count(b"\n") + 1,
        column=start - (before.rfind(b"\n") + 1) + 1,
    )
