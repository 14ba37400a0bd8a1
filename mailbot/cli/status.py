"""`mailbot status`: whether the service runs, on which config, how far it read, and what waits for whom."""

import socket
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

import mailbot
from mailbot.cli.base import Command
from mailbot.cli.common import DONE, NO, as_json, config_file, missing, now, show_json, told
from mailbot.config.last_good import Started, load_or_last_good
from mailbot.config.load import digest_of, find
from mailbot.config.model import Config
from mailbot.config.paths import database_url
from mailbot.store import in_force, status as stored
from mailbot.store.engine import Store
from mailbot.values import Problem, rfc3339

Doc = dict[str, Any]
#: a mailbox that was not read for so long is ill; a poll takes minutes at most
UNREAD = timedelta(minutes=15)
#: what is said where there is no database yet
EMPTY: Doc = {"running": False, "config": None, "daemons": [], "mailboxes": [], "cases": {}, "failed": 0}


@click.command(cls=Command)
@config_file
@as_json
def status(config: Path | None, as_json: bool) -> None:
    """Dice si el servicio está en marcha, con qué configuración, y qué espera a quién.

    Termina con 0 si todo está bien, y con 1 si no: el servicio está detenido, la configuración no sirve, o hay un
    buzón que no se lee.
    """
    with told():
        path = find(config)
        found = status_of(path, load_or_last_good(path), now())
    if as_json:
        show_json(found)
    else:
        from mailbot.cli.status_page import show  # noqa: PLC0415 - programs need no page

        show(found)
    raise click.exceptions.Exit(DONE if found["ok"] else NO)


def status_of(path: Path, started: Started, at: datetime) -> Doc:
    """Raises StoreError."""
    url = database_url(started.config)
    found = dict(EMPTY)
    if not missing(url):
        store = Store.open(url, upgrade=False)
        try:
            found = _stored(store, path, started.config, at)
        finally:
            store.dispose()
    found["file"] = _file(path, started, found["config"])
    problems = [*_problems(found, path, url, at)]
    return {
        "ok": not any(each.level == "error" for each in problems),
        "version": mailbot.__version__,
        "timezone": started.config.service.timezone,
        **found,
        "problems": [asdict(each) for each in problems],
    }


def _stored(store: Store, path: Path, config: Config, at: datetime) -> Doc:
    with store.reading() as s:
        known = in_force.known(s)[::-1]  # the latest first
        boxes = [stored.mailbox(s, box.name, box.folder) for box in config.mailbox.values()]
        gone = sorted(stored.with_work(s) - config.mailbox.keys())
        boxes += [stored.mailbox(s, name) for name in gone]
        cases, failed = stored.cases(s, at), stored.failed(s)
    working = store.working(each["worker"] for each in known)
    daemons = [each for each in known if each["worker"] in working]
    return {
        "running": bool(daemons) or store.is_held(),
        "config": _of(path, daemons or known),
        "daemons": [{"worker": each["worker"], "hash": each["hash"]} for each in daemons],
        "mailboxes": boxes,
        "cases": cases,
        "failed": failed,
    }


def _of(path: Path, known: list[Doc]) -> Doc | None:
    """Several daemons may share a database: the one on this machine and this file, else the one that loaded last."""
    this = socket.gethostname(), str(path.absolute())
    return max(
        known, key=lambda each: (each["worker"].rsplit(":", 2)[0], each["source"]) == this, default=None
    )


def _file(path: Path, started: Started, live: Doc | None) -> Doc:
    """What stands on the disk now, beside what is in force."""
    try:
        digest = digest_of(path.read_bytes())
    except OSError:
        digest = None
    return {
        "path": str(path.absolute()),
        "hash": digest,
        "is_live": live is not None and live["hash"] == digest,
        "problems": [asdict(each) for each in started.problems],
    }


def _problems(found: Doc, path: Path, url: str, at: datetime) -> Iterator[Problem]:
    if not found["running"]:
        yield _stopped(found, url)
    yield from _config_problems(found, path)
    for box in found["mailboxes"]:
        if not box["configured"]:
            yield _removed(box)
        elif found["running"] and found["config"] and _is_unread(box, found["config"], at):
            said = f"el buzón «{box['name']}» no se ha leído entero desde hace más de 15 minutos"
            yield Problem(
                said, "por qué: «mailbot check --connect», o journalctl -u mailbot", f"mailbox.{box['name']}"
            )


def _stopped(found: Doc, url: str) -> Problem:
    hint = "systemctl start mailbot, o «mailbot run»"
    if found["cases"]:
        return Problem("el servicio no está en marcha", hint)
    hint += "; si acaba de cambiar database, el servicio sigue con la de antes hasta que lo reinicie"
    return Problem(f"el servicio no está en marcha: todavía no hay base de datos en {url}", hint)


def _config_problems(found: Doc, path: Path) -> Iterator[Problem]:
    file, live = found["file"], found["config"] or {}
    wrong = file["problems"] or _refused(live.get("refused") or {}, file["hash"])
    if wrong:
        said = f"{path.name} no se pudo cargar: se usa la última configuración buena"
        yield Problem(said, "corrija lo que sigue; después, «mailbot status» dice si falta algo")
        yield from (Problem(**each) for each in wrong)
    elif found["running"] and live and live["source"] != file["path"]:
        cure = f"mailbot --config {live['source']} status"
        yield Problem(f"el servicio en marcha usa otro archivo, {live['source']}", cure, level="warning")
    elif found["running"] and live and not file["is_live"]:
        cure = "systemctl reload mailbot"
        yield Problem(f"{path.name} cambió después y no se ha cargado", cure, level="warning")
    if len({each["hash"] for each in found["daemons"]}) > 1:
        said = "los servicios en marcha usan configuraciones distintas"
        yield Problem(said, "copie la misma a todas las máquinas y recárguela", level="warning")
    yield from (Problem(**each) for each in live.get("templates", []))


def _refused(by_service: Doc, digest: str | None) -> list[Doc]:
    """What it said of this content; or that it may not read the file, which whoever asks here may."""
    told = by_service.get("hash") in (digest, PermissionError.__name__)
    return by_service["problems"] if told and by_service else []


def _removed(box: Doc) -> Problem:
    said = f"el buzón «{box['name']}» ya no está en la configuración, y todavía tiene {waiting(box)}"
    hint = f"vuelva a escribir [mailbox.{box['name']}] hasta que no le quede nada"
    return Problem(said, hint, f"mailbox.{box['name']}", level="warning")


def waiting(box: Doc) -> str:
    """`2 casos (1 precaso) y 3 respuestas por enviar`"""
    replies, cases = sum(box["replies"].values()), box["cases"]
    parts = [
        f"{cases} caso{'s' * (cases != 1)} ({box['precasos']} en precaso)" if cases else "",
        f"{replies} respuesta{'s' * (replies != 1)} por enviar" if replies else "",
    ]
    return " y ".join(part for part in parts if part)


def _is_unread(box: Doc, live: Doc, at: datetime) -> bool:
    """A daemon, or a mailbox, that is new gets as long."""
    since: str = max(live["loaded_at"], box["read_up_to"] or "")
    return since < rfc3339(at - UNREAD, "seconds")
