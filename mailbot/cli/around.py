"""`mailbot check --connect`: the servers, the database and the clock. Nothing is created, upgraded or sent."""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile

from mailbot.cli.common import missing
from mailbot.config import faults
from mailbot.config.model import Config, Mailbox
from mailbot.config.paths import FILE, database_url
from mailbot.daemon.service import imap_for, smtp_for
from mailbot.store import SchemaTooOld, StoreError
from mailbot.store.engine import Store
from mailbot.transport.errors import TransportError
from mailbot.values import Problem

#: this program is no older, and nobody runs it that much later
FIRST_YEAR, LAST_YEAR = 2026, 2100


def around(config: Config) -> Iterator[Problem]:
    yield from clock(datetime.now(UTC))
    yield from database(database_url(config))
    for name, box in config.mailbox.items():
        yield from servers(config, name, box)


def tried(config: Config) -> str:
    """What `around` really looked at: a database that is still to be made was not."""
    base = () if missing(database_url(config)) else ("la base de datos",)
    return " y ".join((", ".join(("los servidores", *base)), "el reloj"))


def clock(now: datetime) -> Iterator[Problem]:
    """A clock that is years off makes every deadline wrong; one that is minutes off cannot be told from here."""
    if not FIRST_YEAR <= now.year <= LAST_YEAR:
        said = f"el reloj de esta máquina dice que es {now:%Y-%m-%d}"
        yield Problem(said, "actívele la hora de red: timedatectl set-ntp true", "reloj")


def database(url: str) -> Iterator[Problem]:
    where = "service.database"
    if missing(url):
        yield _to_be_created(Path(url), where)
        return
    if "://" not in url and Path(url).is_dir():
        said = f"{url} es una carpeta, y la base de datos es un archivo"
        yield Problem(said, f'database = "{Path(url) / FILE}"', where)
        return
    try:
        Store.open(url, upgrade=False).dispose()
    except SchemaTooOld as error:
        yield Problem(str(error), "«mailbot run» la actualiza al empezar", where, level="warning")
    except StoreError as error:
        yield Problem(str(error), path=where)


def _to_be_created(path: Path, where: str) -> Problem:
    """Made in the nearest folder that is there: whether that can be is only known by doing it."""
    folder = next(p for p in path.absolute().parents if os.path.lexists(p))
    said, cure = "", "escriba en database una ruta en la que se pueda escribir"
    try:
        with TemporaryFile(dir=folder):
            pass
    except NotADirectoryError:
        said = f"{folder} no es una carpeta"
    except PermissionError:
        said, cure = f"no hay permiso en {folder}", f"sudo chown mailbot {folder}"
    except OSError as error:
        said = f"en {folder} no se pueden crear archivos ({faults.said(error)})"
    if said:
        return Problem(f"no se puede crear {path}: {said}", cure, where)
    return Problem(f"todavía no existe {path}", "«mailbot run» la crea al empezar", where, level="warning")


def servers(config: Config, name: str, box: Mailbox) -> Iterator[Problem]:
    with closing(imap_for(config, box)) as imap:
        try:
            imap.connect()
            imap.list(box.folder)
        except TransportError as error:
            yield Problem(str(error), path=f"mailbox.{name}.imap")
    with closing(smtp_for(config, box)) as smtp:
        try:
            smtp.connect()
        except TransportError as error:
            yield Problem(str(error), path=f"mailbox.{name}.smtp")
