"""A database as a desk has it after years, made in minutes: a hundred mails that mailbot itself took in, over and over.

The hundred go through the real process: twenty requests (ten precasos that wait for data, with their clocks; ten
complete ones, of which five are closed by now), sixty answers to those, twenty that open nothing. Each has 1 KB of
text. SQL then copies all rows of theirs, with ids, names, addresses and hashes of their own, spread over two years;
the clocks that run are due in twenty years. So a database of N messages has N/5 cases, half of them precasos.
"""

import hashlib
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from sqlalchemy import Column, Table

from bench import config
from bench.corpus import DESK
from bench.sink import Sink
from mailbot.store.tables import ALL
from tests.dovecot import PASSWORD, Dovecot, give_to_mail_user

BASE = 100
REQUESTS, CLOSED = 20, range(11, 16)
YEARS, FAR = timedelta(days=730), timedelta(days=7300)
#: names and addresses: the same in every copy are only those that are ours
NAMES = {
    "message": ("message_id", "content_hash", "sender"),
    "outbox": ("message_id", "reference", "sent_message_id", "party", "recipient"),
    "case": ("requester_email", "answer_to"),
    "participant": ("email",),
}
#: these say something of the mailbox, not of one mail
ALONE = ("setting", "progress", "person", "remembered")
#: what stands before a name that is like no other, the name, and what follows
PARTS = re.compile(r"(<ms\.|<)?(\w+)(.*)")
SENTENCE = "Les escribo porque llevo varios días con esto, ya reinicié el equipo y no consigo solucionarlo. "
MAILBOT = Path(sys.executable).with_name("mailbot")


def grown(path: Path, messages: int, server: Dovecot, uidvalidity: int) -> None:
    """A database with so many messages, a multiple of `BASE`, of a mailbox whose folder has that UIDVALIDITY."""
    first(path, server)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.create_function("mixed", 2, mixed, deterministic=True)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -2000000"):
            database.execute(f"PRAGMA {pragma}")
        database.execute("BEGIN")
        put_back(database, timedelta(0) - YEARS)
        copy(database, messages // BASE - 1)
        database.execute(
            "UPDATE progress SET uidvalidity = ?, uid_seen = ? WHERE folder = 'INBOX'",
            (uidvalidity, messages),
        )
        database.execute("UPDATE location SET uidvalidity = ? WHERE folder = 'INBOX'", (uidvalidity,))
        database.execute("COMMIT")
        database.execute("PRAGMA journal_mode = WAL")


# -- the first hundred -----------------------------------------------------------------------------------


def first(path: Path, server: Dovecot) -> None:
    """What mailbot makes of them, by `run --once` on a real Dovecot; and what the desk did with five cases."""
    inbox = server.base / "mail" / DESK
    shutil.rmtree(inbox, ignore_errors=True)
    for name in ("cur", "new", "tmp"):
        (inbox / name).mkdir(parents=True)
    for n, raw in enumerate(mails(), start=1):
        (inbox / "new" / f"{1_600_000_000 + n}.M{n}.bench").write_bytes(raw)
    give_to_mail_user(inbox)
    with Sink() as sink:
        file = config.written(
            path.parent / "config",
            imap=server.imap_port,
            smtp=sink.port,
            user=DESK,
            password=PASSWORD,
            database=str(path),
        )
        mailbot(file, "run", "--once")
        for n in CLOSED:
            mailbot(file, "case", str(n), "--move", "solucionado")
            mailbot(file, "case", str(n), "--move", "cerrado")


def mailbot(file: Path, *words: str) -> None:
    command: list[str | Path] = [MAILBOT, *words, "--config", file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])


def mails() -> Iterator[bytes]:
    """In the order in which they come: requests, answers to the complete ones, and the rest."""
    for n in range(REQUESTS):
        subject = "Olvidé la contraseña del correo" if n < REQUESTS // 2 else f"Error {n} en el reporte"
        yield mail(n, f"p{n}@oti.example", subject)
    for n in range(REQUESTS, 80):
        to = REQUESTS // 2 + n % (REQUESTS // 2)
        subject = f"Re: Error {to} en el reporte"
        yield mail(n, f"p{to}@oti.example", subject, f"In-Reply-To: <{to}.grown@oti.example>\n")
    for n in range(80, 90):
        yield mail(n, f"p{n}@oti.example", f"Almuerzo del viernes {n}")
    for n in range(90, BASE):
        yield mail(n, f"boletin{n}@news.example", "Novedades", "List-Id: <news.example>\nPrecedence: bulk\n")


def mail(n: int, sender: str, subject: str, more: str = "") -> bytes:
    when = format_datetime(datetime.now(UTC) - timedelta(minutes=BASE - n))
    text = f"Buenos días, soy la persona {n}.\n" + SENTENCE * 9 + "\n"
    return (
        f"From: Persona {n} <{sender}>\nTo: {DESK}\nSubject: {subject}\nDate: {when}\n{more}"
        f"Message-ID: <{n}.grown@oti.example>\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}"
    ).encode()


# -- and so on -------------------------------------------------------------------------------------------


def put_back(database: sqlite3.Connection, by: timedelta) -> None:
    """All of it happened that much earlier; what waits is due later."""
    for table in tables():
        if times := [c.name for c in table.c if is_time(c)]:
            moved = (f'"{name}" = {later(name, f"{by.days} days")}' for name in times)
            database.execute(f'UPDATE "{table.name}" SET {", ".join(moved)}')  # noqa: S608
    far = later("due", f"{FAR.days} days")
    database.execute(f"UPDATE clock SET due = {far} WHERE done_at IS NULL")  # noqa: S608


def copy(database: sqlite3.Connection, times: int) -> None:
    """Without the indexes, which are made at once when all is there."""
    made = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    indexes = database.execute(made).fetchall() if times else []
    for name, _ in indexes:
        database.execute(f"DROP INDEX {name}")
    step = (YEARS - timedelta(days=2)).total_seconds() / max(times, 1)
    ids = {t.name: highest(database, t) for t in ALL.sorted_tables if "id" in t.c}
    for table in tables():
        columns = ", ".join(f'"{c.name}"' for c in table.c)
        values = ", ".join(copied(c, ids, step) for c in table.c)
        oldest = f'(SELECT max(rowid) FROM "{table.name}")'  # noqa: S608
        database.execute(
            f"WITH RECURSIVE series(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM series WHERE k < {times}) "  # noqa: S608
            f'INSERT INTO "{table.name}" ({columns}) SELECT {values} FROM series CROSS JOIN '
            f'"{table.name}" WHERE "{table.name}".rowid <= {oldest} AND {times}'
        )
    for _, sql in indexes:
        database.execute(sql)


def copied(column: Column[object], ids: dict[str, int], step: float) -> str:
    """The column in the k-th copy, as SQL."""
    name, table = f'"{column.name}"', column.table.name
    if column.name == "id":
        return f"{name} + k * {ids[table]}"
    if column.foreign_keys:
        return f"{name} + k * {ids[next(iter(column.foreign_keys)).column.table.name]}"
    if is_time(column):
        return later(column.name, f"' || CAST(k * {step} AS INTEGER) || ' seconds")
    if column.name == "uid":
        return f"uid + k * {BASE}"
    if (table, column.name) == ("case", "number"):
        return f"printf('MS-%06d', id + k * {ids['case']})"
    return f"mixed({name}, k)" if column.name in NAMES.get(table, ()) else name


def is_time(column: Column[object]) -> bool:
    return str(column.type) == "DATETIME"


def later(name: str, by: str) -> str:
    """As the database writes its times."""
    return f"strftime('%Y-%m-%d %H:%M:%f000', \"{name}\", '{by}')"


def mixed(text: str | None, n: int) -> str | None:
    """Another name of the same kind and length: the same for the same."""
    if not text or text == DESK:
        return text
    start, name, end = PARTS.fullmatch(text).groups("")  # type: ignore[union-attr]
    return start + hashlib.blake2b(f"{n}:{name}".encode()).hexdigest()[: max(len(name), 12)] + end


def highest(database: sqlite3.Connection, table: Table) -> int:
    return int(database.execute(f'SELECT coalesce(max(id), 0) FROM "{table.name}"').fetchone()[0])  # noqa: S608


def tables() -> list[Table]:
    return [table for table in ALL.sorted_tables if table.name not in ALONE]
