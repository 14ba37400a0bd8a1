"""`mailbot reconcile`: the proof that nothing is lost and nothing doubled."""

from pathlib import Path

import click

from mailbot.cli import layout
from mailbot.cli.base import Command
from mailbot.cli.common import DONE, NO, as_json, config_file, opened, show_json
from mailbot.config.live import Live
from mailbot.daemon import logs
from mailbot.login import Logins
from mailbot.reconcile import Account, Entry, reconcile as account_for
from mailbot.transport.errors import TransportError


@click.command(cls=Command)
@config_file
@as_json
def reconcile(config: Path | None, as_json: bool) -> None:
    """Comprueba que cada mensaje del servidor tiene exactamente un desenlace.

    Mira la carpeta de cada buzón y aquellas a las que mailbot mueve correo. No cambia nada.
    """
    logs.configure("warning")
    account = Account()
    with opened(config, TransportError) as (settings, store):
        live, logins = Live.of(settings), Logins(settings, store)
        for box in settings.mailbox.values():
            imap = logins.imap(box)
            try:
                imap.connect()
                account_for(box, imap, live, store, account)
            finally:
                imap.close()
    if as_json:
        show_json(account.as_json())
    else:
        _tell(account)
    raise click.exceptions.Exit(DONE if account.agrees else NO)


def _tell(account: Account) -> None:
    layout.facts(
        [
            ("en el servidor", str(account.on_server)),
            ("con desenlace", str(account.recorded)),
            ("sin leer aún", str(account.unread)),
        ]
    )
    for said, entries in (("Sin desenlace", account.missing), ("Con más de un desenlace", account.doubled)):
        if entries:
            layout.heading(said)
            layout.items(_place(entry) for entry in entries)
    click.echo("\nTodo cuadra." if account.agrees else "\nNo cuadra.")


def _place(entry: Entry) -> str:
    words = {"mailbox": "buzón", "folder": "carpeta", "uidvalidity": "UIDVALIDITY", "uid": "UID"}
    return ", ".join(f"{words.get(name, name)} {value}" for name, value in entry.items())
