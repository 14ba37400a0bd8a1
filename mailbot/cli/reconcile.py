"""`mailbot reconcile`: the proof that nothing is lost and nothing doubled."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import groupby
from pathlib import Path

import click

from mailbot.cli import layout
from mailbot.cli.base import Command
from mailbot.cli.common import COULD_NOT, DONE, NO, as_json, config_file, now, opened, show_json
from mailbot.cli.mending import alone
from mailbot.config.live import Live
from mailbot.daemon import logs
from mailbot.login import Logins
from mailbot.reconcile import Account, Entry, reconcile as account_for
from mailbot.repair import Repaired, repair_all
from mailbot.transport.errors import TransportError


@click.command(cls=Command)
@click.option(
    "--repair",
    "mend",
    is_flag=True,
    help="Después de restaurar una copia de la base de datos: recoge lo que se procesó desde entonces.",
)
@config_file
@as_json
def reconcile(mend: bool, config: Path | None, as_json: bool) -> None:
    """Comprueba que cada mensaje del servidor tiene exactamente un desenlace.

    Mira la carpeta de cada buzón y aquellas a las que mailbot mueve correo. Sin --repair no cambia nada.

    Con --repair registra lo que el servidor ya tiene procesado y la base de datos no conoce. No responde a nadie: esos
    casos quedan para una persona («mailbot cases --attention»), y los números siguen por encima de todos los que
    se pudieron dar. El servicio debe estar detenido.
    """
    logs.configure("warning")
    account, done, unreached = Account(), None, {}
    with opened(config, TransportError) as (settings, store):
        live, logins = Live.of(settings), Logins(settings, store)
        if mend:
            with store.hold(), alone(settings, store):
                done = repair_all(live, store, now())
        for box in settings.mailbox.values():
            with closing(logins.imap(box)) as imap:
                try:
                    imap.connect()
                    account_for(box, imap, live, store, account)
                except TransportError as trouble:  # the others are accounted for all the same
                    unreached[box.name] = str(trouble)
    if as_json:
        repaired = {"repaired": done.as_json()} if done else {}
        show_json(account.as_json() | {"unreached": unreached} | repaired)
    else:
        _tell_repair(done)
        _tell(account, unreached)
    raise click.exceptions.Exit(COULD_NOT if unreached else DONE if account.agrees else NO)


def _tell_repair(done: Repaired | None) -> None:
    if done is None:
        return
    with_case = sum(entry["case"] is not None for entry in done.taken)
    layout.facts(
        [
            ("recogidos", f"{len(done.taken)}, de ellos {with_case} con caso; a nadie se le respondió"),
            ("respuestas retenidas", f"{len(done.held)}: no se sabe si salieron"),
            ("plazos vencidos", f"{len(done.overdue)}: no se sabe qué se avisó"),
            ("siguiente caso", done.next_number),
        ]
    )
    if done.taken or done.held or done.overdue:
        click.echo("\nLo que espera a una persona: mailbot cases --attention\n")
    else:
        click.echo("\nNo había nada que reparar.\n")


def _tell(account: Account, unreached: dict[str, str]) -> None:
    layout.facts(
        [
            ("en el servidor", str(account.on_server)),
            ("con desenlace", str(account.recorded)),
            ("sin leer aún", str(account.unread)),
        ]
    )
    if account.missing:
        layout.heading("Sin desenlace")
        layout.items(_places(account.missing))
    if account.doubled:
        layout.heading("Con más de un desenlace")
        layout.items(
            f"buzón {entry['mailbox']}, contenido {entry['content_hash']}" for entry in account.doubled
        )
    if unreached:
        layout.heading("No se pudo mirar")
        layout.items(f"{mailbox}: {said}" for mailbox, said in unreached.items())
    click.echo(f"\n{_verdict(account, unreached)}")
    if account.missing:
        click.echo("Si la base de datos se restauró de una copia: mailbot reconcile --repair")


def _verdict(account: Account, unreached: dict[str, str]) -> str:
    if not account.agrees:
        return "No cuadra."
    return "Lo que se pudo mirar cuadra." if unreached else "Todo cuadra."


def _places(entries: Iterable[Entry]) -> Iterator[str]:
    """A line a folder, however many messages of it are told: `buzón soporte, carpeta INBOX: UID 3–9, 12`."""
    folders = defaultdict(list)
    for entry in entries:
        folders[entry["mailbox"], entry["folder"], entry["uidvalidity"]].append(entry["uid"])
    for (mailbox, folder, uidvalidity), uids in folders.items():
        where = f"buzón {mailbox}, carpeta {folder} (UIDVALIDITY {uidvalidity})"
        yield f"{where}: {len(uids)}, UID {', '.join(_runs(uids))}"


def _runs(uids: Iterable[int]) -> Iterator[str]:
    for _, run in groupby(enumerate(sorted(uids)), key=lambda pair: pair[1] - pair[0]):
        first, *rest = (uid for _, uid in run)
        yield f"{first}–{rest[-1]}" if rest else str(first)
