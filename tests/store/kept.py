"""A database of each released schema, kept as a file with a bit of everything in it, to be upgraded by tests.

A migration comes with its two files. They are made once, as soon as it is there, and never changed:

    tests/servers.sh .venv/bin/python -m tests.store.kept
"""

import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from email.headerregistry import Address
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text, update

from mailbot.carry_out import carry_out
from mailbot.desk import by_hand
from mailbot.desk.case import State
from mailbot.desk.delivery import Status
from mailbot.sandbox.servers import Sandbox
from mailbot.store import cases, migrate, outbox, raw, settings, tables
from mailbot.store.columns import table
from mailbot.store.engine import Store
from tests.pipeline.given import (
    DATA,
    DAY,
    LUZ,
    MINUTE,
    OURS,
    PASSWORD,
    SECOND_BOX,
    Clock,
    Desk,
    answer,
    mail,
    poison,
)

FILES = Path(__file__).parent / "schemas"
SENT = table(tables.Outbox)
NAGIOS = Address("Nagios", addr_spec="nagios@oti.example")
HOW = "tests/servers.sh .venv/bin/python -m tests.store.kept"
DIALECTS = ("sqlite", "postgresql")
#: how each state is reached from `abierto`
STEPS = {
    State.ABIERTO: (),
    State.EN_PROCESO: (State.EN_PROCESO,),
    State.ACTIVO_PROVEEDOR: (State.EN_PROCESO, State.ACTIVO_PROVEEDOR),
    State.SOLUCIONADO: (State.SOLUCIONADO,),
    State.CERRADO: (State.SOLUCIONADO, State.CERRADO),
    State.ANULADO: (State.ANULADO,),
}
#: what no mail of this desk brings about
BY_HAND = (
    "INSERT INTO person (address, name, role) VALUES ('ana@oti.example', 'Ana Ruiz', 'usuaria')",
    (
        "INSERT INTO remembered (address, field, value, message_id, at) "
        "VALUES ('ana@oti.example', 'telefono', '300 555 0101', 1, '2026-11-18 15:00:00+00:00')"
    ),
)


def path(version: int, dialect: str) -> Path:
    return FILES / f"{version:04d}.{dialect}.sql"


@contextmanager
def desk(store: Store) -> Iterator[Desk]:
    """At work on this database, with empty mailboxes."""
    clock = Clock()
    with (
        tempfile.TemporaryDirectory() as home,
        patch.dict(os.environ, MAILBOT_TEST_PASSWORD=PASSWORD),
        Sandbox([OURS, SECOND_BOX], clock, password=PASSWORD) as servers,
    ):
        at_work = Desk(store, servers, clock, Path(home))
        yield at_work
        at_work.disconnect()


def fill(desk: Desk) -> None:
    """Cases in every state, mail of many outcomes, clocks that run, replies on their way, a row in each table."""
    desk.poll()
    desk.poll("redes")  # stays empty: what comes after the upgrade comes in there
    _opened_and_moved(desk)
    _not_in_time(desk)
    _other_mail(desk)
    _on_its_way(desk)
    with desk.store.transaction() as s:
        for statement in BY_HAND:
            s.connection().execute(text(statement))
        s.connection().execute(
            update(SENT).where(SENT.c.status == Status.SENT).values(data=b"shortened, for it is never read")
        )
        settings.keep(s, "oauth2:soporte", {"refresh_token": "secreto"}, desk.clock())


def _opened_and_moved(desk: Desk) -> None:
    for state, steps in STEPS.items():
        sender = Address(str(state), addr_spec=f"{state}@oti.example")  # no limit on an address is met
        desk.gets(mail(f"Contraseña de {state}", DATA, sender))
        desk.round(MINUTE)
        for step in steps:
            _move(desk, step)
    with desk.store.transaction() as s:
        carry_out(
            s, by_hand.relate(cases.by_id(s, 2), cases.by_id(s, 1), "cli:luz"), desk.live, desk.clock(), ""
        )


def _move(desk: Desk, to: State) -> None:
    with desk.store.transaction() as s:
        last = s.connection().scalar(text('SELECT max(id) FROM "case"'))
        moved = by_hand.move(cases.by_id(s, last), to, "por teléfono", "cli:luz", desk.live.policy)
        carry_out(s, moved, desk.live, desk.clock(), "soporte")


def _not_in_time(desk: Desk) -> None:
    desk.gets(mail("Contraseña sin datos"))
    desk.round(MINUTE)
    desk.round(DAY + 10 * MINUTE)
    desk.round(MINUTE)


def _other_mail(desk: Desk) -> None:
    """Informative, by a machine, of nobody's rule, unreadable, twice the same, in several pieces."""
    twice = mail("Almuerzo")
    for came in (mail("Boletín"), mail("PROBLEM host alfa", sender=NAGIOS), twice, twice, poison()):
        desk.gets(came)
    desk.round(MINUTE)
    with patch.object(raw, "SMALL", 200), patch.object(raw, "CHUNK", 300):
        desk.gets(mail("Un correo grande", "en pedazos " * 60))
        desk.round(MINUTE)


def _on_its_way(desk: Desk) -> None:
    """A request that was sent, one that is sent by a process which ended then, and one that waits."""
    desk.gets(mail("Contraseña por completar", sender=LUZ))
    desk.round(MINUTE)
    desk.gets(answer(desk.got(LUZ)[-1], "Teléfono: 300 555 0101", LUZ))
    desk.gets(mail("Otra contraseña más"))
    desk.clock.move(MINUTE)
    desk.poll()
    with desk.store.transaction() as s:
        outbox.claim(s, "soporte", desk.clock(), "otra:1:abcdef01")


def dump_sqlite(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return "\n".join(connection.iterdump()) + "\n"


def dump_postgresql(url: str) -> str:
    """Without what only psql understands, and without the session's settings."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    command = ["pg_dump", "--inserts", "--no-owner", "--no-privileges", f"--dbname={address}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    left_out = re.compile(r"\\|--|SET |SELECT pg_catalog\.set_config")
    return "\n".join(line for line in said.splitlines() if line and not left_out.match(line)) + "\n"


@contextmanager
def new_postgresql(server: str) -> Iterator[str]:
    """The URL of an empty database beside the one that is given."""
    name = f"mailbot_kept_{uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def keep(dialect: str, where: str | Path, dump: Callable[..., str]) -> None:
    store = Store.open(where)
    with desk(store) as at_work:
        fill(at_work)
    store.dispose()
    path(migrate.HEAD, dialect).write_text(dump(where), "utf-8")


def main() -> None:
    if there := [p for p in (path(migrate.HEAD, d) for d in DIALECTS) if p.exists()]:
        sys.exit(f"{there[0]} is kept already: what was released is never changed")
    with tempfile.TemporaryDirectory() as home:
        keep("sqlite", Path(home) / "mailbot.sqlite3", dump_sqlite)
    with new_postgresql(os.environ["MAILBOT_TEST_POSTGRES"]) as url:
        keep("postgresql", url, dump_postgresql)


if __name__ == "__main__":
    main()
