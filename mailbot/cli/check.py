"""`mailbot check`: what is wrong with the config, and with `--connect` with the world around it."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from mailbot.cli import layout
from mailbot.cli.base import Command
from mailbot.cli.common import DONE, NO, as_json, config_file, missing, show_json
from mailbot.config import problem
from mailbot.config.check import checked
from mailbot.config.load import ConfigError, find
from mailbot.config.model import Config
from mailbot.config.paths import database_url
from mailbot.values import Problem

KEYS = ("file", "line", "column", "path", "message", "hint", "level")
COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}


@click.command(cls=Command)
@click.option("--connect", is_flag=True, help="Prueba también los servidores, la base de datos y el reloj.")
@config_file
@as_json
def check(connect: bool, config: Path | None, as_json: bool) -> None:
    """Revisa config.toml y las plantillas: todos los problemas de una vez, con su línea y su remedio.

    Con --connect entra además en cada buzón y en cada servidor de salida, y abre la base de datos. No cambia nada.
    """
    path, settings, problems = _examined(config)
    tested = ""
    if settings and not errors(problems):
        problems = (*problems, *_left_behind(settings))
        if connect:
            from mailbot.cli.around import around, tried  # noqa: PLC0415 - without --connect nobody waits for it

            problems, tested = (*problems, *around(settings)), tried(settings)
    ok = not errors(problems)
    if as_json:
        show_json({"ok": ok, "problems": [{k: getattr(p, k) for k in KEYS} for p in problems]})
    else:
        _tell(problems, path, tested=tested, asked=connect)
    raise click.exceptions.Exit(DONE if ok else NO)


def _examined(config: Path | None) -> tuple[Path, Config | None, tuple[Problem, ...]]:
    try:
        path = find(config)
    except ConfigError as error:
        return config or Path("config.toml"), None, error.problems
    with _nothing_thrown_away():
        return path, *checked(path)


def _left_behind(config: Config) -> Iterable[Problem]:
    if missing(database_url(config)):
        return ()
    from mailbot.cli.left_behind import left_behind  # noqa: PLC0415 - where there is no database it need not be read

    return left_behind(config)


@contextmanager
def _nothing_thrown_away() -> Iterator[None]:
    """Fifty thousand keywords are looked at in half the time if nobody looks for what is not needed any more."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def errors(problems: Iterable[Problem]) -> list[Problem]:
    return [p for p in problems if p.level == "error"]


def _tell(problems: tuple[Problem, ...], path: Path, *, tested: str, asked: bool) -> None:
    for found in problems:
        _tell_one(found)
    wrong = errors(problems)
    if not wrong:
        warned = len([p for p in problems if p.level == "warning"])
        but = f", con {'un aviso' if warned == 1 else f'{warned} avisos'}" if warned else ""
        more = f"; {tested} también" if tested else ""
        click.secho(f"{path}: está bien{but}{more}.", fg="green")
        return
    click.echo(f"{len(wrong)} {'error' if len(wrong) == 1 else 'errores'}.")
    if not tested:
        layout.paragraph("mailbot no usará esta configuración; si está en marcha, sigue con la última buena.")
    if asked and not tested:
        click.echo("Con --connect, los servidores se prueban cuando la configuración no tiene errores.")


def _tell_one(found: Problem) -> None:
    """A line each in a pipe, as compilers write it; on a terminal where it is, what, and the cure below."""
    if not layout.is_terminal():
        click.echo(layout.plain(problem.line(found)))
        return
    where, what = problem.where(found), problem.LEVELS[found.level] + found.message
    click.secho(layout.line(where) or layout.line(what), fg=COLOURS[found.level], bold=True)
    if where:
        layout.paragraph(layout.line(what), first="  ")
    if found.hint:
        layout.paragraph(layout.line(found.hint), first="  → ")
