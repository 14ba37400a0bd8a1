"""What came in: `mailbot messages` and `mailbot explain`."""

from pathlib import Path
from typing import Any

import click

from mailbot.cli import layout, message_page, words
from mailbot.cli.base import Command
from mailbot.cli.common import NO, as_json, config_file, fail, limit, opened, show_json
from mailbot.desk.decision import Outcome
from mailbot.store import queries
from mailbot.store.engine import Store

OUTCOME = click.Choice([outcome.value for outcome in Outcome])
named = click.argument("message", metavar="MENSAJE", help="Su id, o su Message-ID.")


@click.command(cls=Command)
@click.option(
    "--outcome", type=OUTCOME, metavar="DESENLACE", help="Solo los que terminaron así; abajo, cuáles hay."
)
@limit
@config_file
@as_json
def messages(outcome: str | None, limit: int | None, config: Path | None, as_json: bool) -> None:
    """Lista los mensajes recibidos, del más antiguo al más reciente, con lo que fue de cada uno."""
    with opened(config) as (settings, store), store.reading() as s:
        found = queries.messages(s, outcome=outcome, limit=limit)
    if as_json:
        show_json({"messages": found})
    elif found:
        _list(found, settings.service.timezone)
    else:
        click.echo("No hay mensajes así." if outcome else "Todavía no hay mensajes.", err=True)


messages.epilog = "\b\nDesenlaces:\n" + "\n".join(
    f"  {name:<15} {said}" for name, said in words.OUTCOMES.items()
)


def _list(found: list[dict[str, Any]], zone: str) -> None:
    layout.table(
        ("id", "llegó", "qué fue", "caso", "de", "asunto"),
        [
            (
                str(m["id"]),
                layout.brief(m["received_at"], zone),
                words.SHORT[m["outcome"]],
                m["case"] or "",
                m["from"] or "—",
                words.subject(m),
            )
            for m in found
        ],
        flexible=(4, 5),
        notes=["" for _ in found],
    )


@click.command(cls=Command)
@named
@config_file
@as_json
def explain(message: str, config: Path | None, as_json: bool) -> None:
    """Cuenta qué fue de un mensaje y por qué: regla, palabras, hilo, datos y respuesta."""
    with opened(config) as (settings, store):
        found = read(store, identify(store, message))
        with store.reading() as s:
            reply = queries.reply_to(s, found["id"])
    if as_json:
        show_json(found)
    else:
        message_page.show(found, reply, settings.service.timezone)


def identify(store: Store, name: str) -> int:
    """The id of a message by its id or Message-ID."""
    found = find(store, name)
    if found is None:
        fail(not_there(name), NO)
    return found


def find(store: Store, name: str) -> int | None:
    with store.reading() as s:
        return queries.find_message(s, name)


def not_there(name: str) -> str:
    return f"No hay un mensaje {name}; «mailbot messages» los muestra."


def read(store: Store, message_id: int) -> dict[str, Any]:
    with store.reading() as s:
        return queries.message(s, message_id) or {}
