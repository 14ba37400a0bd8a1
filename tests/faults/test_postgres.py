"""PostgreSQL is restarted, or cuts connections, in the middle of the work (hazard 62)."""

import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import text
from structlog.typing import EventDict

from mailbot.daemon.service import Service, utc_now
from mailbot.sandbox.servers import Sandbox
from mailbot.store.engine import Store
from tests.dovecot import Dovecot
from tests.faults.conftest import SPARSE
from tests.faults.daemon import until
from tests.faults.postgres import Postgres
from tests.faults.station import Station
from tests.faults.test_hung import answered, no_noise, told

TERMINATE = text("SELECT pg_terminate_backend(:pid)")


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    with structlog.testing.capture_logs() as events:
        yield events


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_connection_killed_before_any_statement_loses_and_doubles_nothing(
    store: Store,
    postgres: Store,
    real: Dovecot,
    people: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    statements = 0
    dialect: Any = store.engine.dialect
    really = dialect.do_execute

    def kill(cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        nonlocal statements
        statements += 1
        if statements == call:
            with postgres.engine.connect() as other:
                other.execute(TERMINATE, {"pid": cursor.connection.info.backend_pid})
        really(cursor, statement, parameters, context)

    with Station(store, real, people, tmp_path) as station:
        monkeypatch.setattr(dialect, "do_execute", kill)
        for call in count(1, 4 * SPARSE):
            statements = 0
            station.gets(alone=True)
            station.round()
            if statements < call:
                break
            assert "No se puede usar la base de datos" in station.troubles[-1]
        monkeypatch.undo()
        assert call > 30
        station.rest()
        station.prove()


def test_postgresql_stopped_and_started_again_during_the_work_is_told_once_and_all_is_done(
    real: Dovecot, people: Sandbox, tmp_path: Path, logged: list[EventDict]
) -> None:
    """Twice, without warning to anybody, under a daemon with mail to read and replies to send."""
    with Postgres() as server:
        store = Store.open(server.url)
        with Station(store, real, people, tmp_path) as station:
            service = Service(station.config, store, utc_now)
            service.start()
            until(lambda: told(logged, "mailbox.connected"))
            for _ in range(2):
                for _ in range(5):
                    station.gets()
                until(lambda: told(logged, "message.opened"))
                logged.clear()
                server.stop()
                until(lambda: told(logged, "mailbox.unavailable") and told(logged, "clock.unavailable"))
                time.sleep(3)  # as long as it lasts
                no_noise(logged)
                server.start()
                until(lambda: answered(station))
                until(lambda: service.presence.is_alive)
            service.stop()
            known = station.rows("SELECT sum(times_uncertain) FROM outbox")
            assert known == [(0,)], "what was sent while the database was away was remembered"
            station.prove()
        store.dispose()
