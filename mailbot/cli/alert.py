"""`mailbot alert --test`: whether alerts arrive, tried on the way that the service uses."""

from pathlib import Path

import click

from mailbot.cli.base import Command
from mailbot.cli.common import DONE, NO, config_file, fail, now, read_config, told


@click.command(cls=Command)
@click.option("--test", is_flag=True, required=True, help="Envía ahora un aviso de prueba.")
@config_file
def alert(test: bool, config: Path | None) -> None:
    """Envía un aviso de prueba a [service] alert_to, y dice qué servidor lo aceptó.

    Sale por donde saldría un aviso de verdad: por [service.smtp] si está, y si no por los servidores de los buzones, en
    orden, hasta que uno lo acepte. Termina con 1 si para alguna dirección no lo aceptó ninguno.
    """
    from mailbot.cli.around import known  # noqa: PLC0415 - `mailbot --help` needs none of it
    from mailbot.config.live import Live  # noqa: PLC0415
    from mailbot.config.paths import database_url  # noqa: PLC0415
    from mailbot.daemon.alerts.letter import trial  # noqa: PLC0415
    from mailbot.daemon.alerts.ways import PATIENCE, send, ways  # noqa: PLC0415
    from mailbot.login import Logins  # noqa: PLC0415

    with told():
        settings = read_config(config)
    if not settings.service.alert_to:
        fail('No hay a quién avisar. Escriba en config.toml, en [service]: alert_to = ["ti@mesa.example"]')
    with known(database_url(settings)) as store:
        letter, logins = trial(Live.of(settings), now()), Logins(settings, store)
        sent = send(letter, letter.to, ways(settings), logins, PATIENCE)
    for address, server in sent.servers.items():
        click.echo(f"{address}: lo aceptó {server}.")
    for address in sent.left:
        click.echo(f"{address}: no lo aceptó ningún servidor.")
    for server, why in sent.said.items():
        click.echo(f"{server}: {why}", err=True)
    raise click.exceptions.Exit(NO if sent.left else DONE)
