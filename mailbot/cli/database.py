"""`mailbot db`: upgrade, check, backup."""

from pathlib import Path
from typing import Annotated

import typer

from mailbot.cli.common import DONE, NO, ConfigFile, opened, read_config, told
from mailbot.config import problem
from mailbot.config.paths import database_url
from mailbot.store.backup import backup as copy
from mailbot.store.check import integrity
from mailbot.store.engine import Store

app = typer.Typer(help="La base de datos: actualizarla, revisarla, copiarla.", no_args_is_help=True)


@app.command()
def upgrade(config: ConfigFile = None) -> None:
    """Crea la base de datos, o la lleva a la versión de este programa."""
    with opened(config) as (settings, _):
        typer.echo(f"La base de datos está al día: {database_url(settings)}")


@app.command()
def check(config: ConfigFile = None) -> None:
    """Revisa su integridad: archivo, restricciones, huérfanos, un desenlace por mensaje."""
    with opened(config) as (_, store), store.reading() as s:
        problems = integrity(s)
    for found in problems:
        typer.echo(problem.line(found))
    typer.echo("La base de datos está bien." if not problems else f"{len(problems)} problema(s).")
    raise typer.Exit(NO if problems else DONE)


@app.command()
def backup(
    target: Annotated[
        Path, typer.Argument(metavar="ARCHIVO", help="Donde se guarda la copia; no debe existir.")
    ],
    config: ConfigFile = None,
) -> None:
    """Copia la base de datos, también con el servicio en marcha, y comprueba la copia."""
    with told():
        store = Store.open(database_url(read_config(config)), upgrade=False)
        try:
            copy(store, target)
        finally:
            store.dispose()
    typer.echo(f"Copia hecha y comprobada: {target}")
