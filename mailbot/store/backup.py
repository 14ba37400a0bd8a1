"""`mailbot db backup`: a copy of the database while it is in use, of one moment, and looked through."""

import os
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailbot.config.faults import said
from mailbot.store import check, settings
from mailbot.store.dump import dumped
from mailbot.store.engine import Store
from mailbot.store.errors import StoreError
from mailbot.store.transaction import Transaction
from mailbot.values import Problem

#: told how much of all there is to copy is done; `done == total`: it is being looked through
Tell = Callable[[int, int], None]
#: pages copied between two such words, and two looks at Ctrl-C: some 16 MB
PAGES = 4096
#: so named in a folder, oldest first
NAME = "mailbot-{:%Y%m%dT%H%M%SZ}{}"
ENDINGS = {"sqlite": ".sqlite3", "postgresql": ".dump"}
DAMAGED = (
    "La base de datos está dañada: {}. No se hizo la copia, y las anteriores siguen ahí: restaure la última "
    "(docs/copias.md)."
)
#: whoever typed `sudo mailbot`, who writes is the service's user
OWNER = "; la carpeta debe ser del usuario del servicio"


@dataclass(frozen=True, slots=True)
class Copy:
    """What was made. `faults`: what the database in use says wrongly, and so does its copy."""

    path: Path
    size: int
    faults: tuple[Problem, ...]
    removed: tuple[Path, ...]


def backup(
    store: Store, target: Path, now: datetime, keep: int | None = None, tell: Tell | None = None
) -> Copy:
    """Write a copy to `target`, a new file or a folder: whole and readable, or not at all.

    `keep`: of those that were made in that folder the latest so many stay, if this one has no faults.
    Raises `StoreError`.
    """
    try:
        path = _named(store, target, now, keep)
        unfinished = _unfinished(path)
        _sweep(path.parent)
        try:
            faults = _copied(store, unfinished, now, tell or (lambda done, total: None))
            _reach_disk(unfinished)
            unfinished.rename(path)
            _reach_disk(path.parent)
        finally:
            _remove(unfinished)
        removed = _rotate(path, keep) if keep and not faults else ()
        return Copy(path, path.stat().st_size, faults, removed)
    except OSError as error:
        raise StoreError(
            f"No se pudo copiar a {target}: {said(error)}{OWNER * isinstance(error, PermissionError)}."
        ) from error
    except sqlite3.Error as error:
        raise StoreError(f"No se pudo copiar a {target}: {error}.") from error


# -- where -----------------------------------------------------------------------------------------------


def _named(store: Store, target: Path, now: datetime, keep: int | None) -> Path:
    ending = ENDINGS[store.engine.dialect.name]
    if target.is_dir():
        target = target / NAME.format(now, ending)
    elif keep:
        raise StoreError(f"{target} no es una carpeta: «--keep» es para copias con fecha en una carpeta.")
    if target.exists():
        raise StoreError(f"{target} ya existe: elija otro nombre, para no perder una copia anterior.")
    if not target.parent.is_dir():
        raise StoreError(f"La carpeta {target.parent} no existe: créela, o elija otra.")
    return target


def _unfinished(path: Path) -> Path:
    return path.with_name(f".{path.name}.{socket.gethostname()}.{os.getpid()}.part")


def _sweep(folder: Path) -> None:
    """What processes of this machine that were killed left there."""
    for left in folder.glob(f".*.{socket.gethostname()}.*.part"):
        pid = left.name.split(".")[-2]
        if pid.isdecimal() and not Path("/proc", pid).exists():
            _remove(left)


def _remove(unfinished: Path) -> None:
    for ending in ("", "-journal", "-wal", "-shm"):
        unfinished.with_name(unfinished.name + ending).unlink(missing_ok=True)


def _rotate(latest: Path, keep: int) -> tuple[Path, ...]:
    """Names sort by time. One that cannot be removed stays, and is tried again with the next copy."""
    made = sorted(latest.parent.glob(f"mailbot-*T*Z{latest.suffix}"))
    removed = []
    for path in made[:-keep]:
        with suppress(OSError):
            path.unlink()
            removed.append(path)
    return tuple(removed)


def _reach_disk(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


# -- the copy --------------------------------------------------------------------------------------------


def _copied(store: Store, into: Path, now: datetime, tell: Tell) -> tuple[Problem, ...]:
    """What is wrong in it; as private as the original."""
    os.close(os.open(into, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    if not store.is_sqlite:
        with dumped(store, into) as s:
            return _looked_through(s)
    _copy(store.path, into, tell)
    copy = Store.open(into, upgrade=False)
    try:
        with copy.transaction() as s:  # a daemon that is started on it sees to `mailbot.repair` first
            settings.keep(s, settings.IS_COPY, True, now)
        with copy.reading() as s:
            faults = _looked_through(s)
    finally:
        copy.dispose()
    with closing(sqlite3.connect(into)) as alone:  # one file, without the -wal and -shm beside it
        alone.execute("PRAGMA journal_mode = DELETE").fetchall()
    return faults


def _looked_through(s: Transaction) -> tuple[Problem, ...]:
    for damage in check.damage(s):
        raise StoreError(DAMAGED.format(damage.message.rstrip(".")))
    return tuple(check.contents(s))


def _copy(database: Path, into: Path, tell: Tell) -> None:
    """SQLite's own online copy. It would begin anew whenever somebody writes, but for the view that is held:
    it is of one moment, hinders no writer, and ends."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(into)) as copy:
        source.execute("BEGIN")
        (pages,) = source.execute("PRAGMA page_count").fetchone()
        (page_size,) = source.execute("PRAGMA page_size").fetchone()
        _room(into.parent, pages * page_size)
        source.backup(copy, pages=PAGES, progress=lambda _, left, total: tell(total - left, total))


def _room(folder: Path, needed: int) -> None:
    """Sooner told than after minutes."""
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    if free < needed:
        raise StoreError(
            f"En {folder} quedan {free / 1e6:.0f} MB, y la copia necesita {needed / 1e6:.0f} MB."
        )
