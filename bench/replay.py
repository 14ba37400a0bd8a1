"""What looking back costs: `python -m bench.replay [MAILS] [DATABASE]`, 100,000 on SQLite unless told otherwise.

A database is filled with the sample mails as they were decided by the example config, over and over, each with a
sender and a content of its own, spread over 29 days. Timed are whole processes: `mailbot rules replay`
with the rules as they were, with one keyword more, with other data in every rule and with every rule renamed, and
`mailbot rules list`. Seconds by the clock and of the processor, and the most memory that was resident.
"""

import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert, select

from bench.backlog import resident
from mailbot.carry_out import Cause, carry_out
from mailbot.config.live import Live
from mailbot.config.load import load
from mailbot.desk.decide import decide
from mailbot.desk.known import Arrival
from mailbot.mail.parse import Unreadable, parse
from mailbot.sandbox.samples import FIXTURES
from mailbot.store import known, ledger, tables
from mailbot.store.columns import table
from mailbot.store.engine import Store
from mailbot.store.places import Place

EXAMPLE = Path(__file__).parents[1] / "config.toml"
message, case, raw_chunk = (table(t) for t in (tables.Message, tables.Case, tables.RawChunk))
#: rows written at once
ROWS = 5000
PERIOD = timedelta(days=29)


def decided(live: Live, store: Store, now: datetime) -> None:
    """Every sample that can be read, as the daemon would store it."""
    for uid, file in enumerate(sorted(FIXTURES.glob("*.eml")), start=1):
        if b"@SUBJECT@" in (data := file.read_bytes()):
            continue  # an answer to what only the daemon can have written
        try:
            mail = parse(data)
        except Unreadable:
            continue
        arrival = Arrival("soporte", now, message=mail, match=live.match(mail, "soporte"))
        with store.transaction() as s:
            about = known.about(s, arrival, live.policy, now)
            decision = decide(arrival, mail, about, live.policy, now)
            place = Place("soporte", "INBOX", 1, uid)
            message_id = ledger.record(
                s, arrival, place, data, decision, duplicate_of=about.duplicate_of, now=now
            )
            carry_out(s, decision, live, now, "soporte", Cause(mail, message_id))


def fill(live: Live, store: Store, mails: int) -> None:
    """The samples first, then as often as needed the same rows again under other names."""
    began = datetime.now(UTC) - PERIOD
    decided(live, store, began)
    with store.reading() as s:
        samples = [dict(row) for row in s.connection().execute(select(message)).mappings()]
        cases = {row["id"]: dict(row) for row in s.connection().execute(select(case)).mappings()}
        raws: dict[int, list[dict[str, Any]]] = {}
        for row in s.connection().execute(select(raw_chunk)).mappings():
            raws.setdefault(row["message_id"], []).append(dict(row))
    samples = [m for m in samples if m["duplicate_of"] is None]
    ids, numbers = count(len(samples) + 1000), count(len(cases) + 1000)
    step = PERIOD / mails
    for start in range(0, mails, ROWS):
        rows: list[dict[str, Any]] = []
        opened: list[dict[str, Any]] = []
        chunks: list[dict[str, Any]] = []
        for n in range(start, min(start + ROWS, mails)):
            old = samples[n % len(samples)]
            new = again(old, n, next(ids), began + step * n)
            if old["case_id"] and old["outcome"] == "opened":
                number = next(numbers)
                other = {"id": number, "number": f"MS-{number:06d}", "registered_at": new["received_at"]}
                opened.append(cases[old["case_id"]] | other)
                new["case_id"] = number
            rows.append(new)
            chunks += [{**chunk, "message_id": new["id"]} for chunk in raws.get(old["id"], ())]
        with store.transaction() as s:
            for what, values in ((case, opened), (message, rows), (raw_chunk, chunks)):
                s.connection().execute(insert(what), values)


def again(old: dict[str, Any], n: int, new_id: int, at: datetime) -> dict[str, Any]:
    """Another content of another person; a machine keeps its address, by which rules know it."""
    sender, _, domain = old["sender"].rpartition("@")
    by_person = domain and all(reason["check"] not in ("machine", "automatic") for reason in old["reasons"])
    return old | {
        "id": new_id,
        "content_hash": f"{n:064x}",
        "message_id": f"<{n}@mesa.example>",
        "sender": f"{sender}{n % 3000}@{domain}" if by_person else old["sender"],
        "received_at": at,
        "stored_at": at,
    }


def edited(text: str) -> Iterator[tuple[str, str]]:
    """What an admin may do to the rules, and the file after it."""
    yield "rules as they were", text
    yield (
        "one keyword more",
        text.replace('"contraseña", "contaseña"', '"contraseña", "mensaje", "contaseña"', 1),
    )
    yield (
        "other data in every rule",
        re.sub(r"(?m)^requires = \[.*\]", 'requires = ["nombre", "cedula"]', text),
    )
    yield "every rule renamed", re.sub(r'(?m)^name     = "(\w+)"', r'name     = "\1_nueva"', text)


def timed(*words: str | Path) -> str:
    command = [str(Path(sys.executable).with_name("mailbot")), *map(str, words)]
    began, before, peak = time.monotonic(), used(), 0.0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603
    while process.poll() is None:
        peak = max(peak, resident(process.pid))
        time.sleep(0.05)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: {process.returncode}")
    return f"{time.monotonic() - began:5.1f} s, {used() - before:5.1f} s of the processor, {peak:4.0f} MB\n"


def used() -> float:
    """Seconds of the processor that the processes took which have ended."""
    of = resource.getrusage(resource.RUSAGE_CHILDREN)
    return of.ru_utime + of.ru_stime


def main() -> None:
    mails = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    out = sys.stdout.write
    with TemporaryDirectory() as home:
        database = sys.argv[2] if len(sys.argv) > 2 else f"{home}/mailbot.sqlite3"
        text = EXAMPLE.read_text("utf-8").replace("# database =", f'database = "{database}" #', 1)
        config = Path(home) / "config.toml"
        config.write_text(text, "utf-8")
        began, store = time.monotonic(), Store.open(database)
        fill(Live.of(load(config)), store, mails)
        store.dispose()
        out(f"{mails:,} mails stored in {time.monotonic() - began:.0f} s\n")
        for what, changed in edited(text):
            config.write_text(changed, "utf-8")
            out(f"{'replay, ' + what:38} {timed('rules', 'replay', '--config', config)}")
            sys.stdout.flush()
        out(f"{'the same as JSON':38} {timed('rules', 'replay', '--json', '--config', config)}")
        out(f"{'list':38} {timed('rules', 'list', '--config', config)}")


if __name__ == "__main__":
    main()
