"""`mailbot cases` and `mailbot case`: what the desk sees and does."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer
from sqlmodel import Session

from mailbot.carry_out import carry_out
from mailbot.cli import show
from mailbot.cli.common import NO, AsJson, ConfigFile, Limit, fail, opened, show_json, who
from mailbot.config.live import Live
from mailbot.config.model import Config
from mailbot.daemon.service import utc_now
from mailbot.desk import by_hand
from mailbot.desk.case import Case, State
from mailbot.desk.decision import Decision
from mailbot.store import cases as stored, queries
from mailbot.store.engine import Store

Number = Annotated[str, typer.Argument(metavar="NÚMERO", help="Por ejemplo MS-000123.")]


def cases(
    state: Annotated[
        State | None, typer.Option("--state", metavar="ESTADO", help="Solo los que están en este estado.")
    ] = None,
    attention: Annotated[
        bool, typer.Option("--attention", help="Solo los que esperan a una persona.")
    ] = False,
    limit: Limit = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Lista los casos, del más antiguo al más reciente."""
    with opened(config) as (settings, store), store.reading() as s:
        found = queries.cases(s, state=state, attention=attention, limit=limit)
        if as_json:
            show_json({"cases": found})
        elif found:
            show.cases(found, settings.service.timezone)
        else:
            typer.echo("No hay casos así.")


def case(
    number: Number,
    move: Annotated[
        State | None, typer.Option("--move", metavar="ESTADO", help="Pasa el caso a este estado.")
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXTO", help="Por qué; queda en la historia.")
    ] = "",
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="DATO=VALOR", help="Completa un dato; se puede repetir."),
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXTO", help="Agrega una nota.")] = "",
    relate: Annotated[
        str, typer.Option("--relate", metavar="NÚMERO", help="Relaciona el caso con otro.")
    ] = "",
    attended: Annotated[bool, typer.Option("--attended", help="Ya no espera a una persona.")] = False,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Muestra un caso completo, o lo cambia: --move, --set, --note, --relate, --attended."""
    with opened(config) as (settings, store):
        desk = ByHand(settings, store, number)
        if move:
            desk.does(lambda c, s: by_hand.move(c, move, reason, who(), desk.live.policy))
        if values:
            desk.does(lambda c, s: by_hand.set_data(c, _pairs(values), who(), desk.live.policy))
        if note:
            desk.does(lambda c, s: by_hand.note(c, note, who()))
        if relate:
            desk.does(lambda c, s: by_hand.relate(c, find(s, relate), who()))
        if attended:
            desk.does(lambda c, s: by_hand.attended(c, who()))
        with store.reading() as s:
            found = queries.case(s, find(s, number).number)
    if found is None:
        fail(f"No hay un caso {number}.", NO)
    if as_json:
        show_json(found)
    else:
        show.case(found, settings.service.timezone)


class ByHand:
    """The change of one case by a person, each decided and stored like those of mail."""

    def __init__(self, config: Config, store: Store, number: str) -> None:
        self.live, self.store, self.number = Live.of(config), store, number

    def does(self, decide: Callable[[Case, Session], Decision]) -> None:
        now: datetime = utc_now()
        with self.store.transaction() as s:
            known = find(s, self.number)
            decision = decide(known, s)
            if known.mailbox not in self.live.config.mailbox and decision.replies:
                fail(f"El buzón «{known.mailbox}» de {known.number} ya no está en la configuración.")
            carry_out(s, decision, self.live, now, mailbox=known.mailbox)


def find(s: Session, number: str) -> Case:
    found = stored.get(s, number)
    if found is None:
        fail(f"No hay un caso {number}; «mailbot cases» los muestra.", NO)
    return found


def _pairs(written: list[str]) -> dict[str, str]:
    pairs = dict(w.partition("=")[::2] for w in written)
    if bad := [w for w in written if not w.partition("=")[2].strip()]:
        fail(f"--set se escribe dato=valor, no «{bad[0]}».")
    return {name.strip(): value.strip() for name, value in pairs.items()}
