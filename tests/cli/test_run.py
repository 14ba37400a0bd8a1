"""`mailbot run` as a process of its own, on real servers: how it starts, obeys signals, and ends."""

import json
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import Result

from mailbot.config import last_good
from mailbot.config.load import load as config_at
from mailbot.sandbox.samples import load
from mailbot.sandbox.servers import Sandbox
from tests.cli.conftest import EXAMPLE, MAIL, MAILBOT, executed, on_servers, typed

OURS = "soporte@mesa.example"
ANSWERED = "answer_backlog = false", "answer_backlog = true"
NEW_RULE = '\n[[rule]]\nname = "nueva"\nkeywords = ["xyz"]\n'
ASKS = MAIL.format(name="Ana Ruiz", address="ana@oti.example", subject="Olvidé la clave", body="Ayuda.")


@pytest.fixture
def servers() -> Iterator[Sandbox]:
    with Sandbox([OURS]) as servers:
        yield servers


@pytest.fixture
def config(servers: Sandbox, tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    text = on_servers(EXAMPLE.read_text("utf-8"), tmp_path, servers.imap_port, servers.smtp_port)
    path.write_text(text.replace('start    = "now"', 'start = "all"').replace(*ANSWERED), "utf-8")
    return path


def changed(config: Path, old: str, new: str) -> None:
    text = config.read_text("utf-8")
    assert old in text
    config.write_text(text.replace(old, new), "utf-8")


class Daemon:
    """`mailbot run`, and what it says in its log."""

    def __init__(self, config: Path) -> None:
        self.log = config.with_name("log")
        with self.log.open("w") as log:
            command = [str(MAILBOT), "--config", str(config), "run"]
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)

    def said(self) -> list[dict[str, Any]]:
        whole = self.log.read_text("utf-8").rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def events(self) -> list[str]:
        return [each["event"] for each in self.said()]

    def until(self, event: str) -> dict[str, Any]:
        wait(lambda: event in self.events() or self.process.poll() is not None)
        found: dict[str, Any] = next(each for each in self.said() if each["event"] == event)
        return found

    def end(self, by: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Its exit code, and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(by)
        out, _ = self.process.communicate(timeout=60)
        assert out == ""
        return self.process.returncode, time.monotonic() - began


@pytest.fixture
def started(config: Path) -> Iterator[Callable[[], Daemon]]:
    daemons: list[Daemon] = []

    def start() -> Daemon:
        daemons.append(Daemon(config))
        return daemons[-1]

    yield start
    for daemon in daemons:
        daemon.process.kill()
        daemon.process.communicate()


def wait(until: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.05)


def mail(servers: Sandbox, text: str = ASKS) -> None:
    servers.deliver(text.replace("\n", "\r\n").encode(), OURS)


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_mail_and_ends_within_five_seconds(
    servers: Sandbox, started: Callable[[], Daemon], by: signal.Signals
) -> None:
    daemon = started()
    daemon.until("mailbox.connected")
    mail(servers)
    wait(lambda: servers.sent_to("ana@oti.example"))
    code, took = daemon.end(by)
    assert code == 0
    assert took < 5
    assert daemon.said()[-1] | {"event": "service.stopped", "unfinished": []} == daemon.said()[-1]


def test_a_mistake_of_ours_beside_the_threads_ends_them_in_order(config: Path) -> None:
    """Invariant 2: a reply that is being sent then would be sent once more by the next process."""
    broken = "from mailbot.daemon.reloading import Reloading; Reloading.start = lambda _: 1 / 0"
    code = f"{broken}\nfrom mailbot.cli import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", code, "--config", config, "run"], capture_output=True, text=True, check=False
    )
    said = [json.loads(line) for line in ended.stderr.splitlines() if line.startswith("{")]
    assert said[-1] | {"event": "service.stopped", "unfinished": []} == said[-1]
    assert (ended.returncode, ended.stderr.splitlines()[-1]) == (1, "ZeroDivisionError: division by zero")


def test_a_saved_config_is_taken_over_at_sighup(config: Path, started: Callable[[], Daemon]) -> None:
    daemon = started()
    before = daemon.until("service.started")["rules"]
    config.write_text(config.read_text("utf-8") + NEW_RULE, "utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    assert daemon.until("config.reloaded")["rules"] == before + 1
    assert daemon.end()[0] == 0


def test_a_broken_config_at_sighup_changes_nothing_and_is_told(
    config: Path, started: Callable[[], Daemon]
) -> None:
    """Invariant 7."""
    daemon = started()
    daemon.until("service.started")
    changed(config, "prefix ", "prefijo ")
    daemon.process.send_signal(signal.SIGHUP)
    refused = daemon.until("config.refused")
    assert (refused["level"], refused["what"]) == ("error", "sigue la configuración de antes")
    assert "service.prefijo" in refused["said"]
    assert daemon.process.poll() is None


def test_with_watch_a_file_that_is_saved_is_taken_over_and_a_broken_one_is_not(
    config: Path, started: Callable[[], Daemon]
) -> None:
    """Invariant 7."""
    changed(config, "watch    = false", "watch    = true")
    daemon = started()
    daemon.until("service.started")
    good = config.read_text("utf-8")
    config.write_text(good + NEW_RULE, "utf-8")
    assert daemon.until("config.reloaded")["changed"] == 'reglas: +1 "nueva"'
    config.write_text(good[: len(good) // 2] + "\n[", "utf-8")
    daemon.until("config.refused")
    config.write_text(good + NEW_RULE, "utf-8")
    daemon.until("config.mended")
    assert daemon.end()[0] == 0


def test_a_storm_of_sighups_stops_nothing(
    servers: Sandbox, config: Path, started: Callable[[], Daemon]
) -> None:
    daemon = started()
    daemon.until("mailbox.connected")
    good = config.read_text("utf-8")
    for n in range(100):
        config.write_text((good, good + NEW_RULE, good + "[")[n % 3], "utf-8")
        daemon.process.send_signal(signal.SIGHUP)
        if n % 10 == 0:
            mail(servers, ASKS.replace("ana@", f"ana{n}@"))
        time.sleep(0.02)
    wait(lambda: all(servers.sent_to(f"ana{n}@oti.example") for n in range(0, 100, 10)), 30)
    config.write_text(good + NEW_RULE, "utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    code, took = daemon.end()
    assert code == 0
    assert took < 5
    assert [len(servers.sent_to(f"ana{n}@oti.example")) for n in range(0, 100, 10)] == [1] * 10


def test_with_a_broken_config_it_starts_on_the_last_good_one_loudly(
    config: Path, started: Callable[[], Daemon]
) -> None:
    """Invariant 7: a restart too."""
    first = started()
    first.until("service.started")
    first.end()
    changed(config, "prefix ", "prefijo ")
    second = started()
    refused = second.until("config.refused")
    assert (refused["level"], refused["what"]) == ("error", "se usa la última configuración buena")
    second.until("mailbox.connected")
    assert second.end()[0] == 0


def test_without_any_usable_config_it_ends_with_78(config: Path) -> None:
    """EX_CONFIG of sysexits.h: systemd does not start it again and again."""
    changed(config, "prefix ", "prefijo ")
    done = executed("--config", config, "run")
    assert (done.returncode, done.stdout) == (78, "")
    assert "service.prefijo" in done.stderr


@pytest.mark.parametrize("written", ["prefijo = 1\n", None])
def test_another_config_beside_it_does_not_run_on_its_last_good_copy(
    config: Path, written: str | None
) -> None:
    """A staging.toml with a mistake, or a name typed wrong, must not run production."""
    last_good.keep(config_at(config), config.parent)
    (config.parent / "var").symlink_to(config.parent)
    staging = config.with_name("staging.toml")
    if written:
        staging.write_text(config.read_text("utf-8") + written, "utf-8")
    done = executed("--config", staging, "run", "--once")
    assert done.returncode == 78
    assert str(staging) in done.stderr


def test_a_second_daemon_on_the_same_database_is_refused(config: Path, started: Callable[[], Daemon]) -> None:
    first = started()
    first.until("service.started")
    second = executed("--config", config, "run", "--once")
    assert second.returncode == 2
    assert f"Otro mailbot (proceso {first.process.pid})" in second.stderr


# -- one round -------------------------------------------------------------------------------------------


@pytest.fixture
def one_round(config: Path) -> Iterator[Callable[[], Result]]:
    """`mailbot run --once`, in this process; its log is put back afterwards."""
    before = structlog.get_config()
    yield lambda: typed("--config", config, "run", "--once")
    structlog.configure(**before)
    logging.basicConfig(force=True)


Round = Callable[[], Result]


def test_one_round_reads_decides_sends_and_ends(servers: Sandbox, one_round: Round) -> None:
    mail(servers)
    done = one_round()
    assert (done.exit_code, done.stdout) == (0, "")
    assert [json.loads(line)["event"] for line in done.stderr.splitlines()] == [
        "message.opened",
        "reply.sent",
    ]
    assert len(servers.sent_to("ana@oti.example")) == 1
    assert (one_round().exit_code, len(servers.sent_to("ana@oti.example"))) == (0, 1)


def test_a_round_that_leaves_a_reply_queued_says_so(servers: Sandbox, config: Path, one_round: Round) -> None:
    changed(config, f"port     = {servers.smtp_port}", "port     = 1")
    mail(servers)
    done = one_round()
    assert done.exit_code == 1
    assert "el servidor rechaza la conexión" in done.stderr
    assert one_round().exit_code == 1, "its time has not come, and it is queued still"


def test_a_round_that_could_not_read_a_mailbox_says_so(config: Path, one_round: Round) -> None:
    config.with_name("password").write_text("otra")
    done = one_round()
    assert done.exit_code == 1
    assert "mailbox.unavailable" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_round_without_its_password_says_so(config: Path, one_round: Round) -> None:
    config.with_name("password").unlink()
    done = one_round()
    assert done.exit_code == 1
    assert "Leer la contraseña: no se pudo leer" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_round_with_a_message_that_cannot_be_read_says_so_once(servers: Sandbox, one_round: Round) -> None:
    servers.deliver(load("anidado_sin_fin").raw, OURS)
    assert one_round().exit_code == 1
    assert one_round().exit_code == 0
