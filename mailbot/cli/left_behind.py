"""Precasos that wait in a mailbox which config.toml no longer names: their data are asked for by nobody."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from mailbot.config.meant import nearest
from mailbot.config.model import Config
from mailbot.config.paths import database_url
from mailbot.store import StoreError, queries
from mailbot.store.engine import Store
from mailbot.values import Problem

#: numbers that are named; `mailbot cases` shows all
MOST = 5


def left_behind(config: Config) -> Iterator[Problem]:
    """A warning for each such mailbox. The database is there; if it cannot be read as it is, that is not told here."""
    url = database_url(config)
    if Path(url).is_dir():
        return
    found: dict[str, list[str]] = {}
    with suppress(StoreError):
        store = Store.open(url, upgrade=False)
        try:
            with store.reading() as s:
                found = queries.precasos_elsewhere(s, config.mailbox)
        finally:
            store.dispose()
    yield from (_told(name, numbers, config) for name, numbers in found.items())


def _told(name: str, numbers: list[str], config: Config) -> Problem:
    shown = ", ".join(numbers[:MOST]) + (f" y {len(numbers) - MOST} más" if len(numbers) > MOST else "")
    how_many = "un precaso" if len(numbers) == 1 else f"{len(numbers)} precasos"
    wait = "espera" if len(numbers) == 1 else "esperan"
    said = f'en el buzón "{name}", que ya no está en el archivo, {wait} {how_many}: {shown}'
    cure = f"vuelva a escribir [mailbox.{name}] hasta que terminen, o ciérrelos con «mailbot case»"
    if renamed := nearest(name, config.mailbox):
        cure = f'si ahora se llama "{renamed}", devuélvale su nombre; si no, {cure}'
    return Problem(said, cure, f"mailbox.{name}", level="warning")
