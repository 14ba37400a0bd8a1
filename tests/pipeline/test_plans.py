"""Nothing that a message, a tick, a delivery or a list runs goes through a whole table: a million rows would be felt.

What is explained is what the drivers were given, whoever gave it to them. SQLite is told nothing of how large its
tables are, so what it plans here it plans everywhere; PostgreSQL is asked to find another way wherever there is one.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from mailbot.store import metered, outbox, queries, retention, status
from mailbot.store.engine import Store
from mailbot.store.retention import Kept
from tests.pipeline.given import ANA, DAY, HOUR, LUZ, MINUTE, ROBOT, Desk, answer, bounce, mail, poison
from tests.pipeline.test_alarms import NAGIOS

#: they have a row for each mail, or more
GROWING = "message|case|outbox|location|event|clock|raw_chunk|datum|participant|remembered|relation"
#: in these indexes stands what waits for something, and is gone when that is done
SMALL = {
    "ix_case_attention",
    "ix_clock_due",
    "ix_location_to_move",
    "ix_message_failed",
    "ix_outbox_open",
    "ix_outbox_sending",
}
#: whoever knows no more of a row than these finds very many
COMMON = {"mailbox", "folder", "uidvalidity", "state", "outcome", "kind", "status", "role"}
#: in the order of an index, and no more than are shown
SHOWN = re.compile(r"(?s).* ORDER BY \S+\.id\s+LIMIT")
LITERAL = re.compile(r"[xX]?'(?:[^']|'')*'|\b\d+\b")

on_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


@on_sqlite
def test_sqlite_goes_through_no_whole_table(desk: Desk) -> None:
    plans = explained(desk)

    assert len(plans) > 60
    assert {sql: plan for sql, plan in plans.items() if any(goes_through(step, sql) for step in plan)} == {}


@on_sqlite
def test_no_index_is_kept_that_nothing_uses(desk: Desk) -> None:
    """Each costs every mail; those that are unique promise something."""
    used = set(re.findall(r"INDEX (\w+)", str([*explained(desk).values()])))
    with closing(sqlite3.connect(desk.store.path)) as database:
        made = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE INDEX%'"
        indexes = {name for (name,) in database.execute(made)}

    assert indexes - used == set()


@on_postgresql
def test_postgresql_need_not_go_through_a_whole_table(desk: Desk) -> None:
    with telling_plans(desk.store) as plans:
        works_for_days(desk)
        shows_all(desk)

    assert len(plans) > 60
    assert [plan for plan in plans if re.search(rf'Seq Scan on "?({GROWING})\b', plan)] == []


# -- what runs -------------------------------------------------------------------------------------------


def works_for_days(desk: Desk) -> None:
    """Each kind of mail, clock and delivery."""
    desk.gets(mail())
    desk.gets(mail(text="No puedo entrar.\nTeléfono: 300 555 0101\nSede: Bogotá", sender=LUZ))
    desk.gets(mail("Almuerzo del viernes"))
    desk.gets(mail("Boletín de noviembre"))
    desk.gets(mail("PROBLEM: host web", sender=NAGIOS))
    desk.gets(poison())
    again = desk.gets(mail("Otra contraseña", sender=LUZ))
    desk.round()
    desk.gets(again)
    desk.gets(mail("PROBLEM: host web", sender=NAGIOS))
    desk.gets(mail("RECOVERY: host web", sender=NAGIOS))
    desk.gets(bounce(desk.got(LUZ)[-1]))
    desk.gets(mail("¿Y mi caso MS-000001?"))
    desk.gets(mail("Re: ¿?", sender=ROBOT, in_reply_to="<nadie@otra.example>", auto_submitted="auto-replied"))
    desk.round(MINUTE)
    desk.round(13 * HOUR)
    desk.gets(answer(desk.got(ANA)[0], "Teléfono: 300 555 0101"))
    desk.round(MINUTE)
    for source, target in (("Por revisar", "Crear caso"), ("Procesados", "Informativo")):
        desk.drags(source, target)
        desk.by_hand()
    desk.gets(mail("La contraseña no sirve"))
    desk.round(MINUTE)
    desk.round(2 * DAY)
    desk.round(10 * MINUTE)
    desk.abandoned()
    for kept in (Kept(raw=3 * DAY), Kept(decisions=3 * DAY, cases=3 * DAY)):
        assert len(retention.remove(desk.store, kept, desk.clock() + 9 * DAY, lambda: True)) == 2


def shows_all(desk: Desk) -> None:
    """What people ask for; of lists a page."""
    with desk.store.reading() as s:
        for wanted in ({}, {"state": "precaso"}, {"attention": True}):
            queries.cases(s, limit=50, **wanted)
        queries.case(s, "MS-000001")
        queries.messages(s, outcome="failed", limit=50)
        for message in queries.messages(s, limit=5):
            queries.find_message(s, message["message_id"])
            queries.message(s, message["id"])
            queries.reply_to(s, message["id"])
        queries.replies_waiting(s)
        status.mailbox(s, "soporte", "INBOX")
        status.with_work(s)
        status.cases(s, desk.clock())
        status.failed(s)
        metered.metered(s, desk.clock())
        list(status.to_send(s, desk.clock()))
        outbox.ready(s, desk.clock())
        status.sent_since(s, desk.clock() - HOUR)
        status.overdue(s, desk.clock(), desk.config.mailbox)
        status.unattended(s, desk.clock() - 7 * DAY, {"soporte": "Informativo"})


# -- how SQLite goes about it ----------------------------------------------------------------------------


def explained(desk: Desk) -> dict[str, list[str]]:
    """By statement, the steps by which it finds its rows."""
    said: list[str] = []
    desk.store.dispose()
    event.listen(desk.store.engine, "connect", lambda driver, _: driver.set_trace_callback(said.append))
    works_for_days(desk)
    shows_all(desk)
    shapes = {LITERAL.sub("?", sql): sql for sql in said if sql.startswith(("SELECT", "UPDATE", "DELETE"))}
    with closing(sqlite3.connect(desk.store.path)) as database:
        return {
            shape: [step for *_, step in database.execute(f"EXPLAIN QUERY PLAN {sql}")]
            for shape, sql in shapes.items()
        }


def goes_through(step: str, sql: str) -> bool:
    """Whether it reads more rows the more there are; `sql` is the statement of this step."""
    if not (found := re.match(rf"(SCAN|SEARCH) ({GROWING})(_\d+)?\b", step)):
        return False
    index = re.search(r"INDEX (\w+)", step)
    if (index and index[1] in SMALL) or SHOWN.match(sql):
        return False
    known = set(re.findall(r"(\w+)[=<>]", step))
    is_counted = "COVERING INDEX" in step and re.search(r"count\(|DISTINCT", sql)
    return found[1] == "SCAN" or (known <= COMMON and not is_counted)


# -- how PostgreSQL does ---------------------------------------------------------------------------------


@contextmanager
def telling_plans(store: Store) -> Iterator[list[str]]:
    """What `auto_explain` says of every statement, as long as it lasts."""
    told: list[str] = []
    settings = {
        "session_preload_libraries": "auto_explain",
        "auto_explain.log_min_duration": "0",
        "auto_explain.log_level": "notice",
        "enable_seqscan": "off",
    }
    database = f'ALTER DATABASE "{store.engine.url.database}"'
    alter(store, *(f"{database} SET {name} = '{value}'" for name, value in settings.items()))

    def listen(driver: Any, _: Any) -> None:
        driver.add_notice_handler(lambda notice: told.append(notice.message_primary))

    store.dispose()
    event.listen(store.engine, "connect", listen)
    yield told
    alter(store, f"{database} RESET ALL")


def alter(store: Store, *statements: str) -> None:
    with store.engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()
