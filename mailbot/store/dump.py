"""PostgreSQL is copied by its own tool, run for whoever asks for the copy, and read back."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, text

from mailbot.store.engine import Store
from mailbot.store.errors import StoreError
from mailbot.store.statements import run, scalar
from mailbot.store.transaction import Transaction

MISSING = (
    "Para copiar PostgreSQL hace falta su herramienta «{}», y no está en esta máquina. En Debian: "
    "apt install postgresql-client, de la misma versión que el servidor o posterior."
)


@contextmanager
def dumped(store: Store, into: Path) -> Iterator[Transaction]:
    """A dump of one moment in `into`, read back to its end; and that moment, to be looked at.

    Raises `StoreError` with what the tool said.
    """
    with store.reading() as s:
        run(s, text("SELECT set_config('idle_in_transaction_session_timeout', '0', true)"))
        moment = scalar(s, text("SELECT pg_export_snapshot()"))
        options = ["--format=custom", "--no-password", f"--snapshot={moment}", f"--file={into}"]
        address, password = _parted(store.engine.url)
        _tool("pg_dump", *options, f"--dbname={address}", password=password)
        _tool("pg_restore", f"--file={os.devnull}", str(into))
        yield s


def _parted(url: URL) -> tuple[str, object]:
    """The address, for everybody to see among the processes, and its password, wherever that stands in it."""
    password = url.query.get("password", url.password)
    shown = url.set(drivername="postgresql", password=None).difference_update_query(["password"])
    return shown.render_as_string(), password


def _tool(name: str, *options: str, password: object = None) -> None:
    secret = {"PGPASSWORD": str(password)} if password else {}
    try:
        done = subprocess.run(  # noqa: S603 - ours, without a shell
            [name, *options],
            env={**os.environ, **secret},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
    except FileNotFoundError as error:
        raise StoreError(MISSING.format(name)) from error
    if done.returncode:
        raise StoreError(
            f"No se pudo copiar. {name} dijo: {' '.join(done.stderr.decode(errors='replace').split())}"
        )
