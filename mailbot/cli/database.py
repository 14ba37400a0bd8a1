"""`mailbot db`: upgrade, check, backup."""

from pathlib import Path

import click

from mailbot.cli import layout
from mailbot.cli.base import Group
from mailbot.cli.common import (
    DONE,
    NO,
    as_json,
    config_before,
    config_file,
    missing,
    opened,
    read_config,
    show_json,
    told,
)
from mailbot.config import problem
from mailbot.config.paths import database_url
from mailbot.store.backup import backup as copy
from mailbot.store.check import integrity
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
        Store.open(url).dispose()
    click.echo(f"Base de datos creada: {url}" if was_missing else "La base de datos está al día.")


@database.command()
@config_file
@as_json
def check(config: Path | None, as_json: bool) -> None:
    """Revisa que esté entera: el archivo, las restricciones, un desenlace por mensaje."""
    with opened(config) as (_, store), store.reading() as s:
        problems = integrity(s)
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
    "target", metavar="ARCHIVO", type=click.Path(path_type=Path), help="La copia; no debe existir."
)
@config_file
def backup(target: Path, config: Path | None) -> None:
    """Copia la base de datos, también con el servicio en marcha, y comprueba la copia."""
    with opened(config) as (_, store):
        copy(store, target)
    click.echo(f"Copia hecha y comprobada: {target}")
