"""`mailbot demo`."""

import click

from mailbot.cli.base import Command
from mailbot.cli.common import fail

PORT = click.IntRange(0, 65535)


@click.command(cls=Command)
@click.option(
    "--exit", "leave", is_flag=True, help="Termina después de la función; 0 si todo salió como debía."
)
@click.option("--imap-port", type=PORT, default=0, metavar="PUERTO", help="Si falta, uno que esté libre.")
@click.option("--smtp-port", type=PORT, default=0, metavar="PUERTO", help="Si falta, uno que esté libre.")
def demo(leave: bool, imap_port: int, smtp_port: int) -> None:
    """Muestra el trabajo completo, con servidores de correo incluidos y correos de ejemplo.

    Después sigue en marcha, para escribirle con cualquier programa de correo, hasta Ctrl-C.
    """
    try:
        from mailbot.sandbox import demo as show  # noqa: PLC0415 - its servers need not be installed
    except ImportError as error:
        fail(f"La demostración necesita pymap, aiosmtpd y rich: pip install 'mailbot[demo]' ({error.name})")
    raise click.exceptions.Exit(show.run(leave=leave, imap_port=imap_port, smtp_port=smtp_port))
