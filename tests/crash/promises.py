"""What must hold after a crash and a restart, and how it is found out: by looking at everything there is."""

import email
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from mailbot.desk.case import Attention
from mailbot.store import in_force, origin, tables
from mailbot.store.check import integrity
from mailbot.store.check.desk import CLOCK
from mailbot.store.columns import table
from mailbot.store.engine import Store
from mailbot.store.statements import rows
from mailbot.store.transaction import Transaction
from tests.crash.recorder import Accepted

Row = dict[str, Any]
#: of an attempt, not of its result; numbers and references that are drawn anew by each run; how far a search
#: may begin, which the next new mail brings up to date
PASSING = {
    "outbox": {"attempts", "times_uncertain", "said", "message_id", "reference", "claimed_by"},
    "location": {"uid", "uidvalidity"},
    "case": {"version"},
    "message": {"earlier"},
    "progress": {"uid_seen"},
}
#: how often a message was tried, and what a process that is gone had loaded
OF_A_PROCESS = ("not_given:", "live_config")
#: a case's number, and a message's id in a reason
NUMBER = re.compile(r'MS-\d+|(?<="detail": ")\d+(?=")')
NOT_NOTED = Attention.REQUEST_NOT_NOTED
#: the server took it once
TAKEN = ("sent", "bounced")


# -- the database ----------------------------------------------------------------------------------------


def unsound(store: Store) -> Iterator[str]:
    """`mailbot db check`, a history without gaps, and one number for each case."""
    with store.reading() as s:
        # the machine's own clock, by which that one is judged, is an hour behind
        yield from (problem.message for problem in integrity(s) if problem.hint != CLOCK)
        events = rows(s, table(tables.Event).select().order_by("case_id", "seq"))
        numbers = Counter(row.number for row in rows(s, table(tables.Case).select()))
    yield from (f"{number} was given {n} times" for number, n in numbers.items() if n > 1)
    state: dict[int, str | None] = {}
    last: dict[int, int] = defaultdict(int)
    for event in events:
        if event.seq != last[event.case_id] + 1:
            yield f"case {event.case_id}: event {event.seq} follows {last[event.case_id]}"
        if event.to_state and event.from_state != state.get(event.case_id):
            yield f"case {event.case_id}: {state.get(event.case_id)} and then from {event.from_state}"
        last[event.case_id] = event.seq
        state[event.case_id] = event.to_state or state.get(event.case_id)


def told(store: Store) -> list[str]:
    """All that the database says, in words that are the same for every run: no ids, no times, no numbers."""
    with store.reading() as s:
        return sorted(_told(s))


def _told(s: Transaction) -> Iterator[str]:
    names = _names(s)
    for its_table in tables.ALL.sorted_tables:
        for row in rows(s, its_table.select()):
            if its_table.name == "location" and row.left_at:
                continue  # what was judged once more has also lain in the folder for review
            if its_table.name == "setting" and row.key.startswith(OF_A_PROCESS):
                continue
            if its_table.name == "setting" and row.key.startswith((in_force.NAME, in_force.HEALTH)):
                continue  # by which process, and when: each writes its own
            if its_table.name == "setting" and row.key == origin.HOME:
                continue  # each run has a database of its own
            values = _plain(its_table.name, dict(row._mapping), names)
            yield f"{its_table.name}: " + ", ".join(f"{key} {value}" for key, value in sorted(values.items()))


def _names(s: Transaction) -> dict[str, dict[int, str]]:
    """Messages by their content, cases by the message that opened them."""
    seen: Counter[str] = Counter()
    messages = {}
    for row in rows(s, table(tables.Message).select().order_by("mailbox", "duplicate_of", "id")):
        name = f"{row.mailbox} {row.message_id or 'unreadable'}"
        seen[name] += 1
        messages[row.id] = f"{name} {seen[name]}"
    opened = rows(s, table(tables.Event).select().where(table(tables.Event).c.seq == 1))
    return {"message": messages, "case": {row.case_id: messages[row.message_id] for row in opened}}


def _plain(name: str, row: Row, names: dict[str, dict[int, str]]) -> Row:
    kinds = {
        "message_id": "message",
        "case_id": "case",
        "duplicate_of": "message",
        "answers": "message",
        "a": "case",
        "b": "case",
    }
    row = {key: value for key, value in row.items() if key not in PASSING.get(name, ())}
    row |= {
        key: names[kinds[key]][value] for key, value in row.items() if key in kinds and isinstance(value, int)
    }
    if name in names:
        row[""] = names[name][row["id"]]
    row.pop("id", None)
    return {key: _word(value) for key, value in row.items() if value not in (None, "", [], {})}


def _word(value: Any) -> str:
    if isinstance(value, datetime):
        return "a time"
    if isinstance(value, bytes):
        return "bytes"
    if isinstance(value, str):
        return NUMBER.sub("#", value)
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return NUMBER.sub("#", text)


def not_noted(told: list[str]) -> list[str]:
    """The cases that wait for a person since what became of their request could not be stored with them."""
    lines = (line for line in told if line.startswith("case:") and f"attention {NOT_NOTED}" in line)
    return [line.removeprefix("case:").split(",")[0].strip() for line in lines]


def without(cases: list[str], told: list[str]) -> list[str]:
    """What is told of everything but these cases, their history and clocks."""
    about = ("case:", "clock:", "event:")
    return [line for line in told if not (line.startswith(about) and any(case in line for case in cases))]


# -- the mail server ---------------------------------------------------------------------------------------


def lying(maildir: Path) -> list[str]:
    """Each mail on the server: its folder and the digest of its bytes."""
    found = []
    for path in maildir.rglob("*"):
        if path.parent.name in ("cur", "new") and path.is_file():
            folder = path.parent.parent.relative_to(maildir)
            found.append(f"{folder}: {hashlib.sha256(path.read_bytes()).hexdigest()}")
    return sorted(found)


# -- replies -----------------------------------------------------------------------------------------------


def message_id(mail: Accepted) -> str:
    return str(email.message_from_string(mail.raw)["Message-ID"])


def replies(store: Store, accepted: Iterable[Accepted], doubles: int) -> tuple[list[str], int]:
    """What is wrong with what was sent, and how many were sent twice; `doubles` may have been."""
    by_id: dict[str, list[str]] = defaultdict(list)
    for mail in accepted:
        by_id[message_id(mail)].append(mail.digest)
    outbox = table(tables.Outbox)
    with store.reading() as s:
        stored = {
            row.message_id: row for row in rows(s, outbox.select().where(outbox.c.message_id.is_not(None)))
        }
    wrong = [f"sent and not stored: {name}" for name in by_id if name not in stored]
    for name, row in stored.items():
        expected = hashlib.sha256(b"\r\n".join([*row.data.splitlines(), b""])).hexdigest()
        wrong += [f"{name} was sent with other bytes" for digest in by_id[name] if digest != expected]
        if row.status in TAKEN and not by_id[name]:
            wrong.append(f"{name} ({row.template}) counts as {row.status} and was never accepted")
    doubled = sum(len(digests) - 1 for digests in by_id.values() if digests)
    if doubled > doubles:
        wrong.append(f"{doubled} replies were sent twice, {doubles} may have been")
    return wrong, doubled
