"""`mailbot status`: whether the service runs and is well, on which config, how far it read, what waits for whom."""

import socket
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

import mailbot
from mailbot.cli.base import Command
from mailbot.cli.common import DONE, NO, as_json, config_file, missing, now, show_json, told
from mailbot.cli.status_problems import problems_of
from mailbot.config.last_good import Started, load_or_last_good, locate
from mailbot.config.load import content_of, digest_of
from mailbot.config.model import Config
from mailbot.config.paths import database_url, state_folder
from mailbot.daemon.document import machine, written
from mailbot.daemon.health import disk_of
from mailbot.daemon.trouble import told_of
from mailbot.health import Illness, Kind, Seen, judge
from mailbot.store import in_force, status as stored
from mailbot.store.engine import Store
from mailbot.store.errors import NotPermitted, StoreUnavailable
from mailbot.store.transaction import Transaction
from mailbot.values import rfc3339

Doc = dict[str, Any]
#: what is said where there is no database yet
EMPTY: Doc = {
    "running": False,
    "config": None,
    "daemons": [],
    "uptime": None,
    "ill": [],
    "mailboxes": [],
    "outbox": {},
    "cases": {},
    "failed": 0,
}


@click.command(cls=Command)
@config_file
@as_json
def status(config: Path | None, as_json: bool) -> None:
    """Dice si el servicio está en marcha y bien, con qué configuración, y qué espera a quién.

    Termina con 0 si todo está bien, y con 1 si no: el servicio está detenido, la configuración no sirve, no se puede
    leer un buzón, no salen las respuestas, hay correos que no se pudieron leer, o falta espacio en el disco.
    """
    with told():
        path = locate(config)
        found = status_of(path, load_or_last_good(path), now())
    if as_json:
        show_json(found)
    else:
        from mailbot.cli.status_page import show  # noqa: PLC0415 - programs need no page

        show(found)
    raise click.exceptions.Exit(DONE if found["ok"] else NO)


def status_of(path: Path, started: Started, at: datetime) -> Doc:
    """A database that does not answer is told as the rest is; `running` is None then. Raises StoreError."""
    url, disk = database_url(started.config), disk_of(state_folder(started.config))
    found = {**EMPTY, "at": rfc3339(at, "seconds"), "disk": disk and written(disk)}
    if not missing(url):
        try:
            found |= _asked(url, path, started.config, at)
        except NotPermitted:
            raise
        except StoreUnavailable as away:
            why = told_of(away, 0.0)
            found |= {"running": None, "ill": [written(Illness(Kind.DATABASE, "", at, why.said, why.cure))]}
    if not found["daemons"] and not found["ill"]:  # on a full disk none can write how it is
        found["ill"] = [written(each) for each in judge(Seen(disk=disk), None, at)]
    found["file"] = _file(path, started, found["config"])
    problems = [*problems_of(found, path, url, at)]
    return {
        "ok": not any(each.level == "error" for each in problems),
        "version": mailbot.__version__,
        "timezone": started.config.service.timezone,
        **found,
        "problems": [asdict(each) for each in problems],
    }


def _asked(url: str, path: Path, config: Config, at: datetime) -> Doc:
    store = Store.open(url, upgrade=False)
    try:
        return _stored(store, path, config, at)
    finally:
        store.dispose()


def _stored(store: Store, path: Path, config: Config, at: datetime) -> Doc:
    with store.reading() as s:
        known = sorted(in_force.known(s), key=lambda each: str(each["loaded_at"]))[::-1]  # the latest first
        health = {each["worker"]: each for each in in_force.known(s, in_force.HEALTH)}
        boxes, outbox = _boxes(s, config, at)
        cases, failed = stored.cases(s, at), stored.failed(s)
    working = store.working(each["worker"] for each in known)
    daemons = [each for each in known if each["worker"] in working]
    said = [health[each["worker"]] for each in daemons if each["worker"] in health]
    config_of, told = _of(path, daemons or known), [_daemon(e, health.get(e["worker"])) for e in daemons]
    return {
        "running": bool(daemons) or store.is_held(),
        "config": config_of,
        "daemons": told,
        "uptime": _uptime(told, config_of, at),
        "ill": _ill(said),
        "mailboxes": [{**box, **_seen(box["name"], said)} for box in boxes],
        "outbox": outbox,
        "cases": cases,
        "failed": failed,
    }


def _boxes(s: Transaction, config: Config, at: datetime) -> tuple[list[Doc], Doc]:
    """Each mailbox, and all replies on their way."""
    boxes = [stored.mailbox(s, box.name, box.folder) for box in config.mailbox.values()]
    gone = sorted(stored.with_work(s) - config.mailbox.keys())
    boxes += [stored.mailbox(s, name) for name in gone]
    due = {name: rfc3339(since, "seconds") for name, _, since in stored.to_send(s, at)}
    for box in boxes:
        box["replies_due_since"] = due.get(box["name"])
    statuses = boxes[0]["replies"] if boxes else {}
    outbox: Doc = {status: sum(box["replies"][status] for box in boxes) for status in statuses}
    outbox["due_since"] = min(filter(None, due.values()), default=None)
    return boxes, outbox


def _daemon(live: Doc, health: Doc | None) -> Doc:
    known = {name: health[name] if health else None for name in ("version", "started_at", "at")}
    return {"worker": live["worker"], "hash": live["hash"], "loaded_at": live["loaded_at"], **known}


def _uptime(daemons: list[Doc], config: Doc | None, at: datetime) -> int | None:
    """Of the daemon whose config is shown; in seconds."""
    for each in daemons:
        if config and each["worker"] == config["worker"] and each["started_at"]:
            return int((at - datetime.fromisoformat(each["started_at"])).total_seconds())
    return None


def _ill(said: list[Doc]) -> list[Doc]:
    """Of all daemons, each illness once."""
    found: dict[tuple[str, str], Doc] = {}
    for illness in (each for daemon in said for each in daemon["ill"]):
        found.setdefault((illness["kind"], illness["about"]), illness)
    return list(found.values())


def _seen(name: str, said: list[Doc]) -> Doc:
    """A mailbox as its daemon sees it: the one that reads it, else one that tries."""
    views = [(each["worker"], each["mailboxes"][name]) for each in said if name in each["mailboxes"]]
    mine = [view for view in views if not view[1]["elsewhere"]]
    worker, box = max(mine, key=lambda view: view[1]["connected"] or "", default=(None, None))
    reads = [view["read"] for _, view in views if view["read"]]
    return {
        "read_by": worker,
        "connected": bool(box and box["connected"]),
        "connected_at": box and box["connected"],
        "last_read": max(reads, default=None),
        "backlog": box and box["left"],
        "errors": [{"at": at, **box[at]} for at in ("reading", "sending") if box[at]] if box else [],
    }


def _of(path: Path, known: list[Doc]) -> Doc | None:
    """Several daemons may share a database: the one on this machine and this file, else the one that loaded last."""
    this = socket.gethostname(), str(path.absolute())
    return max(known, key=lambda each: (machine(each["worker"]), each["source"]) == this, default=None)


def _file(path: Path, started: Started, live: Doc | None) -> Doc:
    """What stands on the disk now, beside what is in force."""
    try:
        digest = digest_of(content_of(path))
    except OSError:
        digest = None
    return {
        "path": str(path.absolute()),
        "hash": digest,
        "is_live": live is not None and live["hash"] == digest,
        "problems": [asdict(each) for each in started.problems],
    }
