"""The desk's own list of categories, as Excel saves it, as rules: CSV bytes → rules, and what could not be used.

Nothing is guessed where a guess could be wrong: a row with a word that nobody here knows is told, with its line.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mailbot.rules.fold import fold, words

#: how desks head the columns of what a rule needs
HEADINGS = {
    "name": "nombre de la regla|regla|codigo",
    "category": "categoria|categorias|categoria principal|nivel 1",
    "subcategory": "subcategoria|subcategorias|sub categoria|detalle|nivel 2|tema",
    "keywords": "palabras clave|palabra clave|palabras claves|keywords|keyword|palabras|claves|terminos|etiquetas",
    "group": "grupo|grupo resolutor|grupo de atencion|grupo asignado|grupo responsable",
    "severity": "severidad|prioridad|criticidad|nivel de severidad",
    "kind": "tipo|tipo de solicitud|tipo de caso|tipo de servicio|clase",
    "requires": "datos requeridos|datos|datos necesarios|campos requeridos|campos|informacion requerida|requisitos"
    "|dato requerido|datos obligatorios",
}
COLUMNS = {heading: column for column, all_ in HEADINGS.items() for heading in all_.split("|")}
DELIMITERS = (";", ",", "\t", "|")
#: lines above the headings: a title, a date, blanks
TITLES = 15
#: characters of one cell
LARGEST_CELL = 1_000_000
#: how .xlsx, .ods and .xls begin
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
SEPARATOR = re.compile(r"(?i)\s*sep=(.)\s*")
#: between keywords, and between data
BETWEEN = re.compile(r"[,;|\n\r]|•|·")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: its cells by column, tidied; `line` is where it begins, from 1."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


class NotUsable(ValueError):
    """The file is no list of categories; what to do, in Spanish."""


@dataclass(frozen=True, slots=True)
class Listed:
    rows: tuple[Row, ...]
    #: headings that say nothing to a rule
    unknown: tuple[str, ...] = ()


def read(content: bytes) -> Listed:
    """Its rows below the headings, without blank ones. Raises NotUsable."""
    if content.startswith(WORKBOOKS):
        raise NotUsable(
            "es un libro de Excel → en Excel: Archivo, Guardar como, CSV UTF-8 (delimitado por comas)"
        )
    text = decoded(content)
    if not text.strip():
        raise NotUsable("el archivo está vacío")
    best = max((_headed(text, d) for d in _delimiters(text)), key=lambda found: len(found.columns))
    if "keywords" not in best.columns.values():
        raise NotUsable(
            "no se encontró una columna de palabras clave → la primera fila debe nombrar las columnas: "
            "categoría; subcategoría; palabras clave; grupo; severidad; tipo; datos requeridos"
        )
    _check_quotes(text, best.delimiter)
    return _listed(text, best)


def _check_quotes(text: str, delimiter: str) -> None:
    """One that is never closed would make a single cell of all that follows."""
    begins = 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for _ in reader:
            begins = reader.line_num + 1
    except csv.Error as error:
        if "unexpected end" in str(error):
            said = f"la fila que empieza en la línea {begins} abre una comilla que no se cierra"
            raise NotUsable(f"{said} → ciérrela, o quítela") from error


def decoded(content: bytes) -> str:
    """As Excel saves: UTF-8 with a mark or without, "Unicode" (UTF-16), or else the Windows code page."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = content.decode("utf-16", "replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")
    return text.replace("\0", "")


class _Headed(NamedTuple):
    delimiter: str
    #: the line with the headings, and their columns by number
    line: int
    columns: dict[int, str]
    headings: list[str]


def _delimiters(text: str) -> Sequence[str]:
    """Excel's own `sep=;` on the first line is believed."""
    said = SEPARATOR.fullmatch(text.split("\n", 1)[0].rstrip("\r"))
    return (said[1],) if said else DELIMITERS


def _headed(text: str, delimiter: str) -> _Headed:
    """The first line that names most columns, if this is the delimiter."""
    best = _Headed(delimiter, 0, {}, [])
    for n, (line, cells) in enumerate(_lines(text, delimiter)):
        columns = {i: COLUMNS[h] for i, cell in enumerate(cells) if (h := heading(cell)) in COLUMNS}
        if len(set(columns.values())) > len(best.columns):
            best = _Headed(delimiter, line, _each_once(columns), cells)
        if n >= TITLES:
            break
    return best


def _each_once(columns: dict[int, str]) -> dict[int, str]:
    """Of two columns of one meaning the first."""
    first = {column: i for i, column in reversed(columns.items())}
    return {i: column for i, column in columns.items() if first[column] == i}


def heading(cell: str) -> str:
    """`  Palabras_Clave (separadas por coma) ` → `palabras clave`."""
    return " ".join(words(fold(re.sub(r"\([^()]*\)", " ", cell))))


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line where it begins. Raises NotUsable where a quote is never closed."""
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise NotUsable(
            f"desde la línea {begins} no se entiende ({error}) → guárdelo de nuevo como CSV"
        ) from error


def _listed(text: str, headed: _Headed) -> Listed:
    rows = []
    above = ""
    for line, cells in _lines(text, headed.delimiter):
        if line <= headed.line or not any(cell.strip() for cell in cells):
            continue
        found = {column: cells[i] for i, column in headed.columns.items() if i < len(cells)}
        tidy = {column: _tidied(column, cell) for column, cell in found.items()}
        # cells that were joined in Excel hold their text in the first row only
        above = tidy["category"] = tidy.get("category") or (above if tidy.get("subcategory") else "")
        rows.append(Row(line, tidy))
    unknown = [h for i, h in enumerate(headed.headings) if i not in headed.columns and h.strip()]
    return Listed(tuple(rows), tuple(" ".join(h.split()) for h in unknown))


def _tidied(column: str, cell: str) -> str:
    """On one line, without what cannot be seen; lists keep their line ends, which part their entries."""
    kept = "\n" if column in ("keywords", "requires") else ""
    plain = "".join(c if c.isprintable() or c in kept else " " for c in cell.replace("\r\n", "\n"))
    return "\n".join(" ".join(line.split()) for line in plain.split("\n")).strip()


def entries(cell: str) -> list[str]:
    """`"clave", “contraseña”|usuario` → three; quotes around one are the writer's, not the word's."""
    found = (piece.strip().strip("\"'“”‘’«»´`").strip() for piece in BETWEEN.split(cell))
    return [piece for piece in found if piece]
