"""`mailbot rules import`: the desk's own list of categories, as Excel saves it, becomes rules."""

import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import click

from mailbot.cli import layout
from mailbot.cli.amounts import counted
from mailbot.cli.base import Command
from mailbot.cli.check import KEYS
from mailbot.cli.common import DONE, NO, as_json, config_file, fail, show_json, told
from mailbot.config import faults, problem, written
from mailbot.config.append import ChangedMeanwhile, append
from mailbot.config.categories import NotUsable, read
from mailbot.config.imported import Imported, rules_of
from mailbot.config.load import ConfigError, find, load
from mailbot.values import Problem


@click.command("import", cls=Command)
@click.argument("file", metavar="CATEGORIAS.csv", type=click.Path(path_type=Path))
@click.option("--append", "to_config", is_flag=True, help="Las agrega al final de config.toml.")
@config_file
@as_json
def import_(file: Path, to_config: bool, config: Path | None, as_json: bool) -> None:
    """Convierte en reglas la lista de categorías de la mesa, guardada desde Excel como CSV.

    Columnas: categoría, subcategoría, palabras clave, grupo, severidad, tipo, datos requeridos. Escribe las reglas en
    la salida; con --append, al final de config.toml, solo si todo queda bien, y lo anterior queda en
    config.toml.bak. Las filas que no se pudieron usar se cuentan aparte, cada una con su línea y su remedio.
    """
    with told(ChangedMeanwhile):
        path = find(config)
        imported = _read(file, path)
        toml = "\n".join(written.rule(rule) for rule in imported.rules)
        problems = list(imported.problems)
        copy = None
        if to_config and imported.rules:
            copy, warnings = _append(path, toml)
            problems += warnings
    unused = [p for p in problems if p.level == "error"]
    if as_json:
        show_json(
            {
                "rules": [rule.model_dump(mode="json", by_alias=True) for rule in imported.rules],
                "toml": toml,
                "appended": copy is not None,
                "problems": [{key: getattr(p, key) for key in KEYS} for p in problems],
            }
        )
    else:
        _tell(imported, problems, toml, path, copy)
    raise click.exceptions.Exit(NO if unused or not imported.rules else DONE)


def _read(file: Path, config: Path) -> Imported:
    try:
        content = file.read_bytes()
    except OSError as error:
        fail(f"No se pudo leer {file}: {faults.said(error)}.")
    try:
        return rules_of(read(content), load(config), str(file))
    except NotUsable as why:
        fail(f"{file}: {why}")


def _append(path: Path, toml: str) -> tuple[Path, tuple[Problem, ...]]:
    try:
        return append(path, toml)
    except ConfigError as error:
        fail(f"{problem.lines(error.problems)}\nNo se agregó nada: {path} queda como estaba.", NO)
    except OSError as error:
        fail(f"No se pudo escribir {path}: {faults.said(error)}.")


def _tell(imported: Imported, problems: Sequence[Problem], toml: str, path: Path, copy: Path | None) -> None:
    """Rules to stdout, so that they can be kept; everything about them to stderr."""
    if copy is None:
        click.echo(toml, nl=False)
    for found in problems:
        _say(layout.line(_line(found)), "red" if found.level == "error" else "yellow")
    unused = sum(p.level == "error" for p in problems)
    said = counted(len(imported.rules), "regla", "reglas")
    if unused:
        said += f"; {counted(unused, 'fila no se usó', 'filas no se usaron')}"
    click.echo(f"{said}.", err=True)
    if copy is not None:
        _say(f"Están al final de {path}, que está bien; como era antes quedó en {copy}.")
        _say("Gana la primera regla que coincide: suba las nuevas si deben ir antes de otra.")


def _say(text: str, colour: str | None = None) -> None:
    """To stderr: wrapped on a terminal, whole elsewhere."""
    lines = [text]
    if sys.stderr.isatty():
        room = layout.width()
        lines = textwrap.wrap(
            text, room, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
        )
    for each in lines:
        click.secho(each, fg=colour, err=True)


def _line(found: Problem) -> str:
    """`categorias.csv, línea 7: …`: a row has no column that a person would count."""
    if not found.line or found.path:
        return problem.line(found)
    warned = "aviso: " if found.level == "warning" else ""
    cure = f" → {found.hint}" if found.hint else ""
    return f"{found.file}, línea {found.line}: {warned}{found.message}{cure}"
