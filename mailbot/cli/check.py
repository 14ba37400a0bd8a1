"""`mailbot check`: what is wrong with the config, and with `--connect` with the world around it."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from mailbot.cli import show
from mailbot.cli.common import DONE, NO, AsJson, ConfigFile, show_json, told
from mailbot.config import problem
from mailbot.config.check import check as examine
from mailbot.config.load import ConfigError, find, load
from mailbot.config.model import Config, Mailbox
from mailbot.config.paths import database_url
from mailbot.config.secrets import SecretError
from mailbot.daemon.service import imap_for, smtp_for
from mailbot.store import StoreError
from mailbot.store.engine import Store
from mailbot.transport.errors import TransportError
from mailbot.values import Problem

FIRST_YEAR = 2026


def check(
    connect: Annotated[
        bool, typer.Option("--connect", help="Prueba también los servidores, la base de datos y el reloj.")
    ] = False,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Revisa config.toml y las plantillas: todos los problemas de una vez, con su línea y su remedio."""
    with told():
        try:
            path = find(config)
            problems = examine(path)
        except ConfigError as error:
            path, problems = Path(), error.problems
        usable = not _errors(problems)
        if connect and usable:
            problems = (*problems, *_around(load(path)))
    ok = not _errors(problems)
    if as_json:
        show_json({"ok": ok, "problems": [asdict(p) for p in problems]})
    else:
        _tell(problems, path, ok, connect)
    raise typer.Exit(DONE if ok else NO)


def _errors(problems: tuple[Problem, ...]) -> list[Problem]:
    return [p for p in problems if p.level == "error"]


def _tell(problems: tuple[Problem, ...], path: Path, ok: bool, connect: bool) -> None:
    out = show.console()
    for found in problems:
        out.print(Text(problem.line(found), style="red" if found.level == "error" else "yellow"))
    if ok:
        more = "; los servidores y la base de datos responden" if connect else ""
        out.print(Text(f"{path}: está bien{more}.", style="green"))
    else:
        out.print(
            Text(
                f"{len(_errors(problems))} problema(s). El servicio seguiría con la última configuración buena."
            )
        )


def _around(config: Config) -> Iterator[Problem]:
    """The servers, the database and the clock."""
    if datetime.now(UTC).year < FIRST_YEAR:
        yield Problem(
            "el reloj de esta máquina está atrasado", "actívele NTP: timedatectl set-ntp true", "reloj"
        )
    try:
        Store.open(database_url(config)).dispose()
    except StoreError as error:
        yield Problem(str(error), path="service.database")
    for name, box in config.mailbox.items():
        yield from _servers(config, name, box)


def _servers(config: Config, name: str, box: Mailbox) -> Iterator[Problem]:
    imap, smtp = imap_for(config, box), smtp_for(config, box)
    try:
        imap.connect()
        imap.select(box.folder)
    except (TransportError, SecretError) as error:
        yield Problem(str(error), path=f"mailbox.{name}.imap")
    finally:
        imap.close()
    try:
        smtp.connect()
    except (TransportError, SecretError) as error:
        yield Problem(str(error), path=f"mailbox.{name}.smtp")
    finally:
        smtp.close()
