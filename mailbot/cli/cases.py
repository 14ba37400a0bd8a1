"""`mailbot cases` and `mailbot case`: what the desk sees, and by which options it changes a case."""

from pathlib import Path
from typing import Any

import click

from mailbot.cli import case_page, layout, words
from mailbot.cli.base import Command
from mailbot.cli.case_page import waits
from mailbot.cli.common import NO, as_json, config_file, fail, limit, opened, show_json
from mailbot.desk.by_hand import NotAllowed
from mailbot.desk.case import State
from mailbot.store import cases as stored, queries

STATE = click.Choice([state.value for state in State])


@click.command(cls=Command)
@click.option("--state", type=STATE, metavar="ESTADO", help=f"Solo los que están en: {', '.join(State)}.")
@click.option("--attention", is_flag=True, help="Solo los que esperan a una persona.")
@limit
@config_file
@as_json
def cases(state: str | None, attention: bool, limit: int | None, config: Path | None, as_json: bool) -> None:
    """Lista los casos, del más antiguo al más reciente.

    Debajo de cada caso que espera a una persona se dice por qué.
    """
    with opened(config) as (settings, store), store.reading() as s:
        found = queries.cases(s, state=state, attention=attention, limit=limit)
    if as_json:
        show_json({"cases": found})
    elif found:
        _list(found, settings.service.timezone)
    else:
        click.echo("No hay casos así." if state or attention else "Todavía no hay casos.", err=True)


def _list(found: list[dict[str, Any]], zone: str) -> None:
    layout.table(
        ("caso", "estado", "vence", "solicitante", "asunto"),
        [
            (
                c["number"],
                c["state"],
                layout.brief(c["deadline"], zone) if waits(c) else "",
                _requester(c),
                words.subject(c),
            )
            for c in found
        ],
        flexible=(3, 4),
        notes=[words.ATTENTION.get(c["attention"] or "", c["attention"] or "") for c in found],
    )


def _requester(c: dict[str, Any]) -> str:
    """On a terminal the name, which is shorter; in a pipe the address, which is what programs look for."""
    name, email = c["requester"]["name"], c["requester"]["email"]
    return str(name or email if layout.is_terminal() else email)


@click.command(cls=Command)
@click.argument("number", metavar="CASO", help="Su número, como MS-000123.")
@click.option("--move", type=STATE, metavar="ESTADO", help="Pasa el caso a este estado.")
@click.option(
    "--reason",
    metavar="TEXTO",
    help="Con --move: por qué; queda en la historia. Obligatorio para anular.",
)
@click.option(
    "--set", "values", multiple=True, metavar="DATO=VALOR", help="Escribe un dato; se puede repetir."
)
@click.option("--note", metavar="TEXTO", help="Agrega una nota.")
@click.option("--relate", metavar="CASO", help="Lo relaciona con otro caso.")
@click.option(
    "--requester", metavar="DIRECCIÓN", help="De quién es: la persona que pidió ayuda en un correo reenviado."
)
@click.option("--attended", is_flag=True, help="Ya no espera a una persona.")
@config_file
@as_json
def case(number: str, config: Path | None, as_json: bool, **wanted: Any) -> None:
    """Muestra un caso completo, o lo cambia.

    Varios cambios en una misma orden se guardan todos o ninguno. Un precaso al que se le escribe el último dato
    que faltaba queda abierto, y se le avisa a quien lo pidió.
    """
    with opened(config, NotAllowed) as (settings, store):
        if any(value not in (None, (), False) for value in wanted.values()):
            from mailbot.cli.changes import change  # noqa: PLC0415 - only who changes a case waits for it

            change(settings, store, number, **wanted)
        with store.reading() as s:
            known = stored.get(s, number)
            found = queries.case(s, known.number) if known else None
    if found is None:
        fail(f"No hay un caso {number}; «mailbot cases» los muestra.", NO)
    if as_json:
        show_json(found)
    else:
        case_page.show(found, settings.service.timezone)
