"""`mailbot retention`: what `[retention]` would remove, before it does."""

from pathlib import Path
from typing import Any

import click

from mailbot.cli import layout
from mailbot.cli.base import Command
from mailbot.cli.common import as_json, config_file, now, opened, show_json
from mailbot.cli.message_page import size
from mailbot.health.words import age
from mailbot.store import retention as stored
from mailbot.store.retention import Kept
from mailbot.values import rfc3339

#: by kind: how it is called, and which key of `[retention]` it obeys
KINDS = {
    "cases": ("casos terminados", "cases"),
    "messages": ("correos sin caso", "decisions"),
    "raw": ("correos: sus bytes", "raw"),
    "replies": ("respuestas: sus bytes", "raw"),
}


@click.command(cls=Command)
@click.option("--apply", is_flag=True, help="Lo retira ahora, sin esperar la ronda diaria del servicio.")
@config_file
@as_json
def retention(apply: bool, config: Path | None, as_json: bool) -> None:
    """Muestra lo que se retira por los plazos de [retention], antes de que se retire.

    Se retira poco a poco, una vez al día, con el servicio en marcha. El archivo de SQLite no se achica: sus páginas se
    usan de nuevo. Para achicarlo, con el servicio detenido: sqlite3 ARCHIVO VACUUM.
    """
    with opened(config) as (settings, store):
        kept, at = Kept(**dict(settings.retention)), now()
        with store.reading() as s:
            due = stored.due(s, kept, at)
        removed = stored.remove(store, kept, at, lambda: True) if apply else {}
    if as_json:
        found = {kind: {**each, "oldest": rfc3339(each["oldest"])} for kind, each in due.items()}
        show_json({"due": found, "removed": dict(removed)})
        return
    if kept == Kept():
        click.echo("[retention] no pone plazos: todo se conserva.", err=True)
    _show(due, kept, settings.service.timezone)
    if apply:
        click.echo(f"Retirado: {_told(removed)}.")


def _show(due: dict[str, dict[str, Any]], kept: Kept, zone: str) -> None:
    rows = [
        (
            KINDS[kind][0],
            age(getattr(kept, KINDS[kind][1])),
            str(each["n"]),
            size(each["octets"]) if each["octets"] else "",
            layout.brief(rfc3339(each["oldest"]), zone),
        )
        for kind, each in due.items()
    ]
    if rows:
        layout.table(("qué", "plazo", "vencidos", "tamaño", "el más antiguo"), rows, (), [""] * len(rows))


def _told(removed: dict[str, int]) -> str:
    return ", ".join(f"{n} {KINDS[kind][0]}" for kind, n in removed.items()) or "nada"
