"""Logs: one JSON object a line, dotted events, nobody's words and no secrets (hazard 33)."""

import io
import json
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import example, given, strategies as st
from sqlalchemy.exc import IntegrityError

from mailbot.config.model import Config
from mailbot.daemon import logs
from mailbot.sandbox.servers import Sandbox
from mailbot.store import settings
from mailbot.store.engine import Store
from tests.daemon.conftest import Wait, cases
from tests.pipeline.given import ANA, NOW, OURS, PASSWORD, mail, poison

SECRET_WORDS = "Mi número secreto es el 4711"
HOSTILE = "contraseña\x1b[2J\x07\u2028{\u201cevent\u201d: \u201cforjado\u201d}"
MAILBOT = "from mailbot.cli import main; main()"
DOTTED = re.compile(r"[a-z_]+(\.[a-z_]+)+")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def configured() -> Iterator[Callable[[io.StringIO], Any]]:
    """The logs as the daemon sets them up, on this stream, until the test ends."""
    before = structlog.get_config()

    def configure(stream: io.StringIO) -> Any:
        logs.configure(stream=stream)
        return structlog.get_logger("mailbot")

    yield configure
    structlog.configure(**before)


def test_a_stranger_cannot_forge_a_line_or_steer_a_terminal(
    configured: Callable[[io.StringIO], Any],
) -> None:
    stream = io.StringIO()
    configured(stream).info("message.opened", said='a\r\n{"event": "forjado"}\x1b[2J\x9b\u2028')
    (line,) = stream.getvalue().splitlines()
    assert "\x1b" not in line
    assert json.loads(line)["said"] == 'a\\r\\n{"event": "forjado"}\\x1b[2J\\x9b\\u2028'


@given(st.text(st.characters(categories=["L", "N", "Z", "C", "S"])))
@example("áé «ñ» 漢字 <uno@mesa.example>")
@example("a\r\n\x1b[2J\x9b\u2028\u2029\x85\u00a0\u202e\ud800\x7f")
def test_what_is_written_is_the_text_sign_by_sign_or_what_it_is_called(text: str) -> None:
    said = logs.escaped(text)
    assert said == "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
    assert said.isprintable()


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["file", "terminal"])
def test_a_traceback_shows_no_mail(configured: Callable[[io.StringIO], Any], stream: io.StringIO) -> None:
    """Also on a terminal: no values of local variables."""

    def break_down(text: str) -> None:
        raise ZeroDivisionError(len(text))

    try:
        break_down(SECRET_WORDS)
    except ZeroDivisionError:
        configured(stream).exception("message.failed")
    assert "ZeroDivisionError" in stream.getvalue()
    assert "4711" not in stream.getvalue()


def test_an_error_of_the_database_shows_no_mail(
    configured: Callable[[io.StringIO], Any], sqlite_store: Store
) -> None:
    """SQLAlchemy would say with which values a statement failed."""
    stream = io.StringIO()
    failing = "CREATE TRIGGER f BEFORE INSERT ON setting BEGIN SELECT RAISE(ABORT, 'no'); END"
    with sqlite_store.engine.begin() as connection:
        connection.exec_driver_sql(failing)
    try:
        with sqlite_store.transaction() as s:
            settings.keep(s, "text", SECRET_WORDS, NOW)
    except IntegrityError:
        configured(stream).exception("message.failed")
    assert "IntegrityError" in stream.getvalue()
    assert "4711" not in stream.getvalue()


def test_the_daemon_tells_what_it_does_in_json_and_ends_when_told(
    servers: Sandbox, config: Config, tmp_path: Path, until: Wait
) -> None:
    """The real process: SIGTERM ends it in under five seconds with 0."""
    source = config.source.read_text(encoding="utf-8")
    database = tmp_path / "desk.sqlite3"
    config.source.write_text(f'[service]\ndatabase = "{database}"\n{source}', encoding="utf-8")
    log = tmp_path / "log"
    command = [sys.executable, "-c", MAILBOT, "run", "--config", str(config.source)]
    environment = {**os.environ, "MAILBOT_TEST_PASSWORD": PASSWORD}
    with log.open("wb") as stderr:
        process = subprocess.Popen(command, stderr=stderr, env=environment)
    try:
        until(lambda: log.read_text().count("mailbox.connected") == 2, 30)
        until(lambda: progress(database), 10)
        servers.deliver(mail(HOSTILE.replace("\u2028", " "), SECRET_WORDS), OURS)
        servers.deliver(poison(), OURS)
        until(lambda: servers.sent_to(ANA.addr_spec) and "message.failed" in log.read_text(), 20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    finally:
        process.kill()
        process.wait()
    check(log.read_text(encoding="utf-8"))


def progress(database: Path) -> bool:
    """Both mailboxes were read once."""
    store = Store.open(database, upgrade=False)
    with store.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM progress WHERE read_up_to IS NOT NULL")
        read: int = found.scalar_one()
    assert cases(store) is not None
    store.dispose()
    return read == 2


def check(text: str) -> None:
    assert "\x1b" not in text
    assert "4711" not in text
    assert PASSWORD not in text
    events = [json.loads(line) for line in text.splitlines()]
    assert all(DOTTED.fullmatch(e["event"]) for e in events)
    (opened,) = [e for e in events if e["event"] == "message.opened"]
    assert (opened["mailbox"], opened["case"], opened["rule"]) == ("soporte", "MS-000001", "acceso")
    (failed,) = [e for e in events if e["event"] == "message.failed"]
    assert failed["uid"] != opened["uid"]
    assert failed["said"] == "más de 100 partes una dentro de otra"  # no fault of ours: no traceback
    assert events[-1]["event"] == "service.stopped"


def test_a_log_that_cannot_be_written_keeps_no_mail_waiting(
    servers: Sandbox, config: Config, tmp_path: Path, until: Wait
) -> None:
    """Hazard 62: the disk of the log is full, from the first line on."""
    source = config.source.read_text(encoding="utf-8")
    database = tmp_path / "desk.sqlite3"
    Store.open(database).dispose()
    config.source.write_text(f'[service]\ndatabase = "{database}"\n{source}', encoding="utf-8")
    command = [sys.executable, "-c", MAILBOT, "run", "--config", str(config.source)]
    environment = {**os.environ, "MAILBOT_TEST_PASSWORD": PASSWORD}
    with Path("/dev/full").open("wb") as stderr:
        process = subprocess.Popen(command, stderr=stderr, env=environment)
    try:
        until(lambda: progress(database), 60)
        servers.deliver(mail(), OURS)
        until(lambda: servers.sent_to(ANA.addr_spec), 30)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


def test_a_slow_look_at_the_clocks_is_no_noise(configured: Callable[[io.StringIO], Any]) -> None:
    """APScheduler warns when a job is still at work at its next time; one that hangs is missed by the watchdog."""
    stream = io.StringIO()
    configured(stream)
    scheduler = logging.getLogger("apscheduler.scheduler")
    scheduler.warning("Execution of job skipped: maximum number of running instances reached (1)")
    scheduler.error("Error getting due jobs")
    assert [json.loads(line)["level"] for line in stream.getvalue().splitlines()] == ["error"]
