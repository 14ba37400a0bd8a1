"""`mailbot db backup`: a copy of a SQLite database while it is in use, verified."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from mailbot.store.engine import Store
from mailbot.store.errors import StoreError
from mailbot.store.settings import IS_COPY

#: so that a daemon that is started on it sees to `mailbot.repair` first
MARK = "INSERT OR REPLACE INTO setting (key, value, at) VALUES (?, 'true', strftime('%Y-%m-%d %H:%M:%f000', 'now'))"


def backup(store: Store, target: Path) -> None:
    """Write a copy to `target`, which must not exist: whole and sound, or not at all.

    Raises `StoreError`; on PostgreSQL always, naming the tool that does it.
    """
    if not store.is_sqlite:
        url = store.engine.url.set(drivername="postgresql", password=None)
        raise StoreError(
            f"PostgreSQL tiene su propia herramienta: pg_dump --format=custom --file={target} {url}"
        )
    if target.exists():
        raise StoreError(f"{target} ya existe: elija otro nombre, para no perder una copia anterior.")
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        _copy(store.path, unfinished)
        unfinished.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"No se pudo copiar a {target}: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _copy(database: Path, copy: Path) -> None:
    """SQLite's own online copy: of one moment, though others write meanwhile. As private as the original."""
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as into:
        source.backup(into)
        into.execute(MARK, (IS_COPY,))
        into.commit()
        # one file, without the -wal and -shm beside it
        into.execute("PRAGMA journal_mode = DELETE").fetchall()
        said = into.execute("PRAGMA integrity_check").fetchone()[0]
    if said != "ok":
        raise sqlite3.DatabaseError(said)
    _reach_disk(copy)


def _reach_disk(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
