"""`mailbot rules suggest`: words that the rules lack, from stored mail or, on the first day, from the mailbox."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from mailbot.cli.amounts import of_days
from mailbot.cli.base import Command
from mailbot.cli.common import as_it_stands, as_json, config_file, days, show_json, since, warn_of_removed
from mailbot.cli.suggest_page import Page
from mailbot.rules.suggest.suggestions import Suggested, Suggestion, suggest as analyse
from mailbot.store import subjects


@click.command(cls=Command)
@days(90)
@click.option(
    "--from-mailbox",
    is_flag=True,
    help="Lee los asuntos del buzón mismo, por IMAP, sin base de datos; no marca ni mueve nada.",
)
@click.option("--mailbox", metavar="BUZÓN", help="Con --from-mailbox, cuál; si falta, el primero.")
@config_file
@as_json
def suggest(days: int, from_mailbox: bool, mailbox: str | None, config: Path | None, as_json: bool) -> None:
    """Propone palabras que les faltan a las reglas, con las solicitudes que ninguna regla conoce.

    También propone excepciones (unless), con los correos que coincidieron y no llegaron a ser un caso. La
    salida es TOML: lo que no lleva # puede pegarse en config.toml. Lee como mucho los 200000 correos más
    recientes. No guarda ni envía nada.
    """
    if from_mailbox or mailbox:
        from mailbot.cli.suggest_mailbox import from_server  # noqa: PLC0415 - no network without it

        settings, source, found = from_server(config, mailbox, since(days), days)
    else:
        source = f"Correo guardado {of_days(days)}"
        with as_it_stands(config) as (settings, store), store.reading() as s:
            warn_of_removed(settings, days)
            found = analyse(subjects.seen(s, since(days)), settings.rule)
    page = Page(settings, source, by_sender=not (from_mailbox or mailbox))
    if as_json:
        show_json(document(found, days, page))
    else:
        page.show(found)


def document(found: Suggested, days: int, page: Page) -> dict[str, Any]:
    return {
        "days": days,
        "mails": found.mails,
        "unmatched": found.unmatched,
        "requests": found.requests,
        "suggestions": [_as_json(suggestion, page) for suggestion in found.suggestions],
    }


def _as_json(suggestion: Suggestion, page: Page) -> dict[str, Any]:
    words = [{"keyword": word.keyword, "mails": word.mails, **asdict(word)} for word in suggestion.words]
    for word in words if not page.by_sender else ():
        word["subjects"], word["senders"] = word["senders"], None
    return {
        "rule": suggestion.rule,
        "new": suggestion.new is not None,
        "key": suggestion.part.value,
        "words": words,
        "toml": page.toml(suggestion),
    }
