"""What came in: `messages`, `explain`, `retry`, `promote`, `reconcile`."""

from typing import Annotated, Any

import structlog
import typer

from mailbot import again
from mailbot.cli import show, words
from mailbot.cli.common import DONE, NO, AsJson, ConfigFile, Limit, fail, opened, show_json, who
from mailbot.config.live import Live
from mailbot.daemon.service import imap_for, utc_now
from mailbot.desk.decision import Outcome
from mailbot.reconcile import Account, reconcile as account_for
from mailbot.store import queries
from mailbot.store.engine import Store

log = structlog.get_logger("mailbot")

Name = Annotated[str, typer.Argument(metavar="MENSAJE", help="Su id, o su Message-ID.")]


def messages(
    outcome: Annotated[
        Outcome | None, typer.Option("--outcome", metavar="DESENLACE", help="Solo los que terminaron así.")
    ] = None,
    limit: Limit = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Lista los mensajes recibidos, con su desenlace."""
    with opened(config) as (settings, store), store.reading() as s:
        found = queries.messages(s, outcome=outcome, limit=limit)
        if as_json:
            show_json({"messages": found})
        elif found:
            show.messages(found, settings.service.timezone)
        else:
            typer.echo("No hay mensajes así.")


def explain(message: Name, config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Cuenta qué fue de un mensaje y por qué: regla, palabras, hilo, datos y respuesta."""
    with opened(config) as (settings, store):
        found = _read(store, _id(store, message))
        if as_json:
            show_json(found)
        else:
            show.message(found, settings.service.timezone)


def retry(message: Name, config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Vuelve a procesar un mensaje que no se pudo leer."""
    with opened(config) as (settings, store):
        message_id = _id(store, message)
        judged = again.retry(message_id, Live.of(settings), store, utc_now())
        _result(store, message_id, judged, as_json)


def promote(
    message: Name,
    rule: Annotated[str, typer.Option("--rule", metavar="REGLA", help="La regla que se le aplica.")],
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Convierte en precaso un mensaje que no abrió ninguno."""
    with opened(config) as (settings, store):
        message_id = _id(store, message)
        judged = again.promote(message_id, rule, who(), Live.of(settings), store, utc_now())
        _result(store, message_id, judged, as_json)


def reconcile(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Comprueba que cada mensaje del servidor tiene exactamente un desenlace."""
    account = Account()
    with opened(config) as (settings, store):
        live = Live.of(settings)
        for box in settings.mailbox.values():
            imap = imap_for(settings, box)
            try:
                imap.connect()
                account_for(box, imap, live, store, account)
            finally:
                imap.close()
    if as_json:
        show_json(account.as_json())
    else:
        _tell(account)
    raise typer.Exit(DONE if account.agrees else NO)


def _id(store: Store, name: str) -> int:
    with store.reading() as s:
        found = queries.find_message(s, name)
    if found is None:
        fail(f"No hay un mensaje {name}; «mailbot messages» los muestra.", NO)
    return found


def _read(store: Store, message_id: int) -> dict[str, Any]:
    with store.reading() as s:
        found = queries.message(s, message_id)
    if found is None:
        fail(f"No hay un mensaje {message_id}.", NO)
    return found


def _result(store: Store, message_id: int, judged: again.Judged, as_json: bool) -> None:
    if as_json:
        show_json(_read(store, message_id))
        return
    typer.echo(
        f"Mensaje {message_id}: {words.OUTCOMES[judged.outcome]}"
        + (f" ({judged.case})" if judged.case else "")
    )


def _tell(account: Account) -> None:
    typer.echo(
        f"En el servidor {account.on_server}, con desenlace {account.recorded}, sin leer aún {account.unread}."
    )
    for entry in account.missing:
        typer.echo(f"Sin desenlace: {entry['mailbox']}, carpeta {entry['folder']}, UID {entry['uid']}")
    for entry in account.doubled:
        typer.echo(f"Con más de un desenlace: {entry}")
    typer.echo(
        "Todo cuadra."
        if account.agrees
        else "No cuadra: «mailbot explain» y el registro ayudan a ver por qué."
    )
