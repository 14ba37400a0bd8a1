"""A stored message is judged once more: `mailbot retry` and `mailbot promote`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from mailbot import again
from mailbot.again import Ended, Judged, NotPossible
from mailbot.cli import words
from mailbot.cli.base import Command
from mailbot.cli.common import as_json, config_file, fail, now, opened, show_json, who
from mailbot.cli.messages import find, identify, named, not_there, read
from mailbot.config.live import Live
from mailbot.mail.parse import Unreadable
from mailbot.store.engine import Store


@click.command(cls=Command)
@named
@config_file
@as_json
def retry(message: str, config: Path | None, as_json: bool) -> None:
    """Procesa otra vez un mensaje que no se pudo leer, como si llegara ahora."""
    with opened(config, NotPossible, Unreadable) as (settings, store), _ended():
        message_id = identify(store, message)
        judged = again.retry(message_id, Live.of(settings), store, now())
        _tell(store, message_id, judged, as_json)


@click.command(cls=Command)
@click.argument(
    "messages",
    nargs=-1,
    required=True,
    metavar="MENSAJE [MENSAJE…]",
    help="Su id, o su Message-ID; uno o varios.",
)
@click.option("--rule", required=True, metavar="REGLA", help="La regla que se les aplica.")
@config_file
@as_json
def promote(messages: tuple[str, ...], rule: str, config: Path | None, as_json: bool) -> None:
    """Convierte en precasos mensajes que no abrieron ninguno, con la regla que usted elija.

    Si uno de varios no se puede convertir, los demás sí se convierten. Con --json, varios se muestran como una lista.
    """
    done: list[int] = []
    refused: list[str] = []
    with opened(config, NotPossible, Unreadable) as (settings, store):
        live = Live.of(settings)
        for message_id in dict.fromkeys(_known(store, messages, refused)):
            try:
                judged = again.promote(message_id, rule, who(), live, store, now())
            except Ended as why:
                refused.append(f"{why}: {words.OUTCOMES[why.outcome]}.")
            except NotPossible as why:
                refused.append(str(why))
            else:
                done.append(message_id)
                if not as_json:
                    _tell(store, message_id, judged, as_json)
        if as_json and done:
            found = [read(store, message_id) for message_id in done]
            show_json({"messages": found} if len(messages) > 1 else found[0])
        if refused:
            fail("\n".join(dict.fromkeys(refused)))


def _known(store: Store, names: tuple[str, ...], refused: list[str]) -> Iterator[int]:
    """One that is not there stops no other; alone it is what a wrong id is everywhere."""
    if len(names) == 1:
        yield identify(store, names[0])
        return
    for name in names:
        found = find(store, name)
        if found is None:
            refused.append(not_there(name))
        else:
            yield found


@contextmanager
def _ended() -> Iterator[None]:
    """Tells also which outcome it has, in the words of `messages`."""
    try:
        yield
    except Ended as why:
        fail(f"{why}: {words.OUTCOMES[why.outcome]}.")


def _tell(store: Store, message_id: int, judged: Judged, as_json: bool) -> None:
    if as_json:
        show_json(read(store, message_id))
    else:
        case = f": {judged.case}" if judged.case else ""
        click.echo(f"Mensaje {message_id}: {words.OUTCOMES[judged.outcome]}{case}.")
