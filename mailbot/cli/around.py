"""`mailbot check --connect`: the servers, the database and the clock. Nothing is created, upgraded or sent.

A refresh token that its provider renews is stored, since the old one may count no more.
"""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryFile

from mailbot.cli.common import missing
from mailbot.config import faults
from mailbot.config.model import AlertSmtp, Config, Mailbox
from mailbot.config.paths import FILE, database_url
from mailbot.login import Logins
from mailbot.store import SchemaTooOld, StoreError
from mailbot.store.engine import Store
from mailbot.transport.errors import TransportError
from mailbot.transport.oauth2 import TokenError
from mailbot.values import Problem

#: this program is no older, and nobody runs it that much later
FIRST_YEAR, LAST_YEAR = 2026, 2100
#: bytes: room for some of the largest mails
ROOM = 200_000_000


def around(config: Config) -> Iterator[Problem]:
    yield from clock(datetime.now(UTC))
    yield from database(database_url(config))
    with known(database_url(config)) as store:
        logins = Logins(config, store)
        for box in config.mailbox.values():
            yield from servers(logins, box)
        if config.service.smtp:
            yield from alerts(logins, config.service.smtp)


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
    if not_a_file(url):
        said = f"{url} es una carpeta, y la base de datos es un archivo"
        yield Problem(said, f'database = "{Path(url) / FILE}"', where)
        return
    try:
        Store.open(url, upgrade=False).dispose()
    except SchemaTooOld as error:
        said, _, _ = str(error).partition(". ")
        cure = "«mailbot run» la prepara al empezar; para hacerlo ahora: mailbot db upgrade"
        yield Problem(said, cure, where, level="warning")
    except StoreError as error:
        yield Problem(str(error), path=where)
    if "://" not in url:
        yield from room(Path(url), where)


def room(path: Path, where: str) -> Iterator[Problem]:
    """A full disk is met at the next mail only: opening the database needs none of it."""
    free = disk_usage(path.parent).free
    if free < ROOM:
        said = f"al disco de {path} le quedan {free // 1_000_000} MB"
        cure = "libere espacio: con el disco lleno ningún correo se guarda ni se responde"
        yield Problem(said, cure, where, level="error" if free < ROOM // 10 else "warning")


def not_a_file(url: str) -> bool:
    return "://" not in url and Path(url).is_dir()


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


@contextmanager
def known(url: str) -> Iterator[Store | None]:
    """The database, if it is there and fit for use: it keeps what `mailbot login` obtained."""
    store = None
    with suppress(StoreError):
        store = None if missing(url) or not_a_file(url) else Store.open(url, upgrade=False)
    try:
        yield store
    finally:
        if store:
            store.dispose()


def servers(logins: Logins, box: Mailbox) -> Iterator[Problem]:
    """As the daemon would use them. A token that cannot be had is no fault of a server, and told once."""
    troubles: dict[str, TransportError] = {}
    with closing(logins.imap(box)) as imap:
        try:
            imap.connect()
            imap.list(box.folder)
        except TransportError as error:
            troubles["oauth2" if isinstance(error, TokenError) else "imap"] = error
    with closing(logins.smtp(box)) as smtp:
        try:
            smtp.connect()
        except TransportError as error:
            troubles["oauth2" if isinstance(error, TokenError) else "smtp"] = error
    for where, trouble in troubles.items():
        yield _problem(trouble, f"mailbox.{box.name}.{where}")


def alerts(logins: Logins, out: AlertSmtp) -> Iterator[Problem]:
    """The way by which it would be told that all this does not work."""
    with closing(logins.smtp(out)) as smtp:
        try:
            smtp.connect()
        except TransportError as error:
            yield _problem(error, "service.smtp")


def _problem(trouble: TransportError, path: str) -> Problem:
    level = "warning" if trouble.wait else "error"
    return Problem(f"{trouble.tried}: {trouble.said}", _cure(trouble), path, level=level)


def _cure(trouble: TransportError) -> str:
    """What the admin can do: the daemon tries again by itself, and this command does not."""
    if trouble.wait:
        return f"el servidor pide esperar: repita la orden en {round(trouble.wait)} s"
    first, _, then = trouble.cure.partition("e volverá a ")
    if not then:
        return trouble.cure[:1].lower() + trouble.cure[1:]
    cure = first.removesuffix("s").removesuffix("S").rstrip(" ;:")
    again = "repita la orden; si sigue así, lo dice el administrador de ese servidor"
    return f"{cure[:1].lower()}{cure[1:]}; {again}" if cure else again
