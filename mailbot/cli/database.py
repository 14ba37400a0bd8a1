"""`mailbot db`: upgrade, check, backup."""

import sys
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click

from mailbot.cli import amounts, layout
from mailbot.cli.base import Group
from mailbot.cli.common import (
    DONE,
    NO,
    Count,
    as_json,
    config_before,
    config_file,
    missing,
    now,
    opened,
    read_config,
    show_json,
    told,
)
from mailbot.config import problem
from mailbot.config.paths import database_url
from mailbot.store.backup import backup as copy
from mailbot.store.check import integrity
from mailbot.store.check.mail import deep as every_byte
from mailbot.store.engine import Store


@click.group(cls=Group)
@config_before
def database() -> None:
    """La base de datos: crearla o actualizarla, revisarla, copiarla."""


@database.command()
@config_file
def upgrade(config: Path | None) -> None:
    """Crea la base de datos, o la lleva a la versión de este programa."""
    with told():
        url = database_url(read_config(config))
        was_missing = missing(url)
        Store.open(url, meanwhile=_tell_upgrade).dispose()
    click.echo(f"Base de datos creada: {url}" if was_missing else "La base de datos está al día.")


def _tell_upgrade(found: int, head: int) -> AbstractContextManager[None]:
    if found:
        click.echo(f"Actualizando la base de datos del esquema {found} al {head}…", err=True)
    return nullcontext()


@database.command()
@click.option("--deep", is_flag=True, help="Lee además los bytes de cada mensaje.")
@config_file
@as_json
def check(deep: bool, config: Path | None, as_json: bool) -> None:
    """Revisa que esté entera: el archivo, las restricciones, un desenlace por mensaje, y que nadie espere en vano.

    Se puede con el servicio en marcha. Con un millón de mensajes tarda menos de un minuto; con --deep, unos minutos.
    """
    with opened(config) as (_, store):
        with store.reading() as s:
            problems = integrity(s)
        if deep:
            problems += tuple(every_byte(store))
    if as_json:
        show_json(
            {"ok": not problems, "problems": [{"message": p.message, "hint": p.hint} for p in problems]}
        )
    else:
        for found in problems:
            click.echo(layout.plain(problem.line(found)))
        n = len(problems)
        click.echo(f"{n} problema{'s' * (n != 1)}." if n else "La base de datos está bien.")
    raise click.exceptions.Exit(NO if problems else DONE)


@database.command()
@click.argument(
    "target",
    metavar="ARCHIVO",
    type=click.Path(path_type=Path),
    help="La copia, que no debe existir; o una carpeta, y la copia lleva la fecha en su nombre.",
)
@click.option(
    "--keep",
    type=Count(),
    metavar="N",
    help="En una carpeta: quedan las N últimas, y se borran las anteriores.",
)
@config_file
def backup(target: Path, keep: int | None, config: Path | None) -> None:
    """Copia la base de datos, también con el servicio en marcha, y comprueba la copia.

    De PostgreSQL hace la copia pg_dump. Si la base de datos tiene problemas, la copia se hace, no se borra ninguna
    anterior y termina con 1; si está dañada, no se hace.
    """
    began = time.monotonic()
    with opened(config) as (_, store):
        made = copy(store, target, now(), keep, _progress if sys.stderr.isatty() else None)
    took = f"{amounts.size(made.size)}, {time.monotonic() - began:.0f} s"
    click.echo(f"Copia hecha y comprobada: {made.path} ({took}).")
    if made.removed:
        n = amounts.counted(len(made.removed), "copia anterior", "copias anteriores")
        click.echo(f"Borré {n}.")
    for found in made.faults:
        click.echo(layout.plain(problem.line(found)), err=True)
    if made.faults:
        click.echo("La base de datos tiene estos problemas, y la copia también.", err=True)
    raise click.exceptions.Exit(NO if made.faults else DONE)


def _progress(done: int, total: int) -> None:
    """On a terminal; the last word stays while the copy is looked through."""
    said = f"Copiando: {100 * done // total} %" if done < total else "Comprobando la copia…"
    click.echo(f"\r{said:<24}", nl=done == total, err=True)
