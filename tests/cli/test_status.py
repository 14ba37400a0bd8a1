"""`mailbot status`: whether the service runs, on which config, and what waits for whom; real processes."""

import json
import signal
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mailbot.cli import status as module
from mailbot.cli.status_problems import _ill, problems_of
from mailbot.config.last_good import Started, load_or_last_good
from mailbot.config.load import load
from mailbot.config.paths import database_url
from mailbot.daemon import reloading, vitals
from mailbot.daemon.reloading import Reloading
from mailbot.daemon.service import Service
from mailbot.health import Disk
from mailbot.sandbox.servers import Sandbox
from mailbot.store import in_force
from mailbot.store.engine import Store
from mailbot.values import rfc3339
from tests.cli.conftest import executed, typed
from tests.cli.test_run import Daemon, changed, config, mail, servers, started, wait

__all__ = ["config", "servers", "started"]

Start = Callable[[], Daemon]
RULE = '\n[[rule]]\nname = "xyz"\nkeywords = ["xyz"]\n'


def status(config: Path) -> tuple[int, dict[str, Any]]:
    done = typed("--config", config, "status", "--json")
    assert done.stderr == ""
    return done.exit_code, json.loads(done.stdout)


def said(found: dict[str, Any]) -> str:
    return " | ".join(problem["message"] for problem in found["problems"])


def until(config: Path, holds: Callable[[dict[str, Any]], Any]) -> tuple[int, dict[str, Any]]:
    """A password is tried again within a minute, on a machine that is not busy."""
    wait(lambda: holds(status(config)[1]), seconds=180)
    return status(config)


def is_live(config: Path) -> Callable[[dict[str, Any]], Any]:
    digest = load(config).digest
    return lambda found: found["running"] and (found["config"] or {}).get("hash") == digest


def running(config: Path, started: Start) -> Daemon:
    daemon = started()
    daemon.until("service.started")
    until(config, is_live(config))
    return daemon


def test_a_service_that_is_well(servers: Sandbox, config: Path, started: Start) -> None:
    daemon = started()
    daemon.until("mailbox.connected")
    mail(servers)
    wait(lambda: servers.sent_to("ana@oti.example"))
    code, found = until(
        config, lambda f: f["mailboxes"][0]["last_read"] and f["config"] and f["cases"]["next_deadline"]
    )
    assert (code, found["ok"], found["problems"]) == (0, True, [])
    live = found["config"]
    assert live["hash"] == load(config).digest == found["file"]["hash"]
    assert (live["source"], live["last_good"], live["problems"]) == (str(config), False, 0)
    assert live["rules"] == len(load(config).rule)
    assert f":{daemon.process.pid}:" in live["worker"]
    [one] = found["daemons"]
    assert (one["worker"], one["hash"], one["version"]) == (live["worker"], live["hash"], found["version"])
    assert found["uptime"] >= 0
    [box] = found["mailboxes"]
    assert (box["connected"], box["read_by"], box["backlog"]) == (True, live["worker"], 0)
    assert (found["ill"], box["errors"]) == ([], [])
    assert found["outbox"] == {"queued": 0, "sending": 0, "uncertain": 0, "due_since": None}
    assert (box["name"], box["precasos"], box["cases"]) == ("soporte", 1, 1)
    assert box["replies"] == {"queued": 0, "sending": 0, "uncertain": 0}
    assert (found["cases"]["precaso"], found["cases"]["overdue"], found["failed"]) == (1, 0, 0)
    page = typed("--config", config, "status")
    assert (page.exit_code, page.stderr) == (0, "")
    assert "en marcha" in page.stdout
    assert live["hash"] in page.stdout


def test_a_mailbox_that_cannot_be_entered_is_told_within_a_moment_and_until_it_can(
    config: Path, started: Start
) -> None:
    """Hazard 55: in the server's words, with the cure."""
    password = config.with_name("password")
    password.write_text("equivocada")
    running(config, started)
    code, found = until(config, lambda f: f["ill"])
    assert (code, found["ok"]) == (1, False)
    [illness] = found["ill"]
    assert (illness["kind"], illness["about"]) == ("login", "soporte")
    assert "[AUTHENTICATIONFAILED]" in illness["said"]
    [problem] = found["problems"]
    assert (problem["message"], problem["hint"]) == (illness["said"], illness["cure"])
    [box] = found["mailboxes"]
    assert (box["connected"], box["backlog"], box["last_read"]) == (False, None, None)
    [error] = box["errors"]
    assert (error["at"], error["permanent"], error["cure"]) == ("reading", True, illness["cure"])
    page = typed("--config", config, "status").stdout
    assert f"· {illness['said']} → {illness['cure']}" in page
    assert "soporte  no se puede leer desde 20" in page
    password.write_text("secreto")
    code, found = until(config, lambda f: not f["ill"])
    assert (code, found["problems"], found["mailboxes"][0]["connected"]) == (0, [], True)


def test_a_database_that_does_not_answer_is_told_as_the_rest_is(config: Path) -> None:
    """A program that asks must hear it, too."""
    given = config.read_text("utf-8")
    (line,) = (line for line in given.splitlines() if line.startswith("database"))
    changed(config, line, 'database = "postgresql+psycopg://x@127.0.0.1:1/x"')
    code, found = status(config)
    assert (code, found["ok"], found["running"]) == (1, False, None)
    [illness] = found["ill"]
    assert illness["kind"] == "database"
    assert "127.0.0.1:1 rechaza la conexión" in illness["said"]
    assert "no se sabe si está en marcha, con problemas" in typed("--config", config, "status").stdout


def test_a_server_that_is_away_for_a_moment_is_shown_and_is_no_failure(
    servers: Sandbox, config: Path, started: Start
) -> None:
    """Exit code 1 wakes people."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        changed(config, f"port     = {servers.imap_port}", f"port     = {taken.getsockname()[1]}")
        running(config, started)
        code, found = until(config, lambda f: f["mailboxes"][0]["errors"])
    assert (code, found["ill"]) == (0, [])
    [problem] = found["problems"]
    assert problem["level"] == "warning"
    assert problem["message"].startswith("no se puede leer el buzón «soporte» por ahora: Conectar")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("reading", "no se puede leer el buzón «soporte»"),
        ("sending", "no salen las respuestas del buzón «soporte»"),
    ],
)
def test_what_a_server_does_not_do_for_now_is_told_in_whole_words(at: str, said: str) -> None:
    box = {"name": "soporte", "errors": [{"at": at, "said": "la conexión se cortó", "cure": ""}]}
    [problem] = _ill({"ill": [], "mailboxes": [box]})
    assert problem.message == f"{said} por ahora: la conexión se cortó"


def test_a_service_that_no_longer_says_how_it_is_is_not_well(config: Path, started: Start) -> None:
    """Its thread that judges, or the whole process, hangs (hazard 56)."""
    daemon = running(config, started)
    until(config, lambda f: f["daemons"][0]["at"])
    daemon.process.send_signal(signal.SIGSTOP)
    later = datetime.now(UTC) + timedelta(minutes=6)
    found = module.status_of(config, load_or_last_good(config), later)
    daemon.process.send_signal(signal.SIGCONT)
    [problem] = found["problems"]
    assert "no dice cómo está desde hace" in problem["message"]


def test_of_two_daemons_on_one_database_one_reads_a_mailbox_and_both_are_well(
    config: Path, postgres: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is kept out of a mailbox by another daemon is not ill."""
    monkeypatch.setattr(vitals, "ATTEMPT", 0.5)
    both = [Service(load(config), postgres) for _ in range(2)]
    threads: list[Reloading | Service] = [*(Reloading(config, Started(load(config)), s) for s in both), *both]
    for each in threads:
        each.start()
    try:

        def found() -> dict[str, Any]:
            return module._stored(postgres, config, load(config), datetime.now(UTC))

        wait(lambda: any(s.vitals.pulses["soporte"].elsewhere for s in both))
        wait(lambda: [s for s in both if s.vitals.pulses["soporte"].read])
        wait(lambda: found()["mailboxes"][0]["connected"])
        [box] = found()["mailboxes"]
        [reads] = [s.worker for s in both if not s.vitals.pulses["soporte"].elsewhere]
        assert (box["read_by"], found()["ill"], box["errors"]) == (reads, [], [])
    finally:
        for each in threads:
            each.stop()


def test_a_daemon_that_was_cut_off_when_another_began_says_again_which_config_it_has(
    config: Path, postgres: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who began days ago, and whose lock is missing for a moment, is taken for dead: else it was shown no more."""
    service = Service(load(config), postgres)
    thread = Reloading(config, Started(load(config)), service)
    monkeypatch.setattr(in_force, "keep", partial(long_ago, in_force.keep))
    thread._look()
    monkeypatch.undo()
    in_force.keep(postgres, "otra:1:b", {**thread._known(), "worker": "otra:1:b"}, datetime.now(UTC))
    service.presence.start()
    try:
        monkeypatch.setattr(reloading, "AGAIN", 0.0)
        thread._look()
        with postgres.reading() as s:
            assert service.worker in {each.get("worker") for each in in_force.known(s)}
    finally:
        service.presence.stop()


def long_ago(keep: Callable[..., None], store: Store, worker: str, known: Any, now: datetime) -> None:
    keep(store, worker, known, now - timedelta(days=3))


def test_a_service_that_cannot_write_how_it_is_on_a_full_disk_is_not_well(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It began when the disk was full: nothing of it is in the database."""
    full = Disk("/var/lib/mailbot", 4096, 20_000_000_000)
    monkeypatch.setattr(module, "disk_of", lambda folder: full)
    store = Store.open(database_url(load(config)))
    try:
        with store.hold():
            code, found = status(config)
    finally:
        store.dispose()
    assert (code, found["running"], found["daemons"]) == (1, True, [])
    assert said(found).startswith("Queda poco espacio en el disco de /var/lib/mailbot")


def test_before_the_first_start_it_says_that_nothing_runs(config: Path) -> None:
    code, found = status(config)
    assert (code, found["running"], found["config"]) == (1, False, None)
    assert "no está en marcha: todavía no hay base de datos" in said(found)
    assert "restaure antes una copia" in found["problems"][0]["hint"]
    assert not config.with_name("mailbot.sqlite3").exists()


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL])
def test_a_service_that_ended_is_not_running_whatever_it_wrote(
    config: Path, started: Start, by: signal.Signals
) -> None:
    daemon = running(config, started)
    daemon.end(by)
    code, found = status(config)
    assert (code, found["running"], found["daemons"]) == (1, False, [])
    assert said(found) == "el servicio no está en marcha"
    assert found["config"]["hash"] == load(config).digest, "the last one is known"
    assert "detenido" in typed("--config", config, "status").stdout


def test_a_service_that_runs_on_another_file_is_not_told_as_a_change_of_this_one(
    config: Path, started: Start
) -> None:
    running(config, started)
    other = config.with_name("otra.toml")
    other.write_text(config.read_text("utf-8") + RULE, "utf-8")
    code, found = status(other)
    assert (code, said(found)) == (0, f"el servicio en marcha usa otro archivo, {config}")


def test_services_on_one_database_that_differ_are_told(config: Path) -> None:
    """On PostgreSQL; the one of this machine and this file is shown, whichever loaded last."""
    here, there = f"{socket.gethostname()}:7:a", "otra:7:b"
    known = [{"worker": w, "hash": w[-1], "source": str(config)} for w in (there, here)]
    now = datetime.now(UTC)
    shown = module._of(config, known)
    assert shown == known[1]
    daemons = [{**each, "at": now.isoformat()} for each in known]
    found = {"running": True, "config": shown, "daemons": daemons, "ill": [], "mailboxes": []}
    found["file"] = {"path": str(config), "hash": "a", "is_live": True, "problems": []}
    [problem] = problems_of(found, config, "", now)
    assert problem.message == "los servicios en marcha usan configuraciones distintas"


def test_a_daemon_that_has_just_begun_is_not_silent_since_the_other_began(config: Path) -> None:
    """On PostgreSQL, beside one that began days ago."""
    now = datetime.now(UTC)
    old = {
        "worker": "a:1:a",
        "hash": "a",
        "source": str(config),
        "loaded_at": rfc3339(now - timedelta(days=3)),
    }
    new = {**old, "worker": "b:1:b", "loaded_at": rfc3339(now)}
    told = {"version": "1", "started_at": old["loaded_at"], "at": rfc3339(now)}
    daemons = [module._daemon(old, {**old, **told}), module._daemon(new, None)]
    found = {"running": True, "config": old, "daemons": daemons, "ill": [], "mailboxes": []}
    found["file"] = {"path": str(config), "hash": "a", "is_live": True, "problems": []}
    assert [*problems_of(found, config, "", now)] == []


def test_a_file_that_only_the_service_may_not_read_is_no_file_to_reload(config: Path) -> None:
    """An editor under sudo leaves it 0600: whoever asks as root reads it well, and a reload cures nothing."""
    problem = {"message": "no hay permiso para leer el archivo", "hint": "chmod", "file": "config.toml"}
    live = {"hash": "a", "source": str(config), "refused": {"hash": "PermissionError", "problems": [problem]}}
    found = {"running": True, "config": live, "daemons": [], "ill": [], "mailboxes": []}
    found["file"] = {"path": str(config), "hash": "b", "is_live": False, "problems": []}
    said = [each.message for each in problems_of(found, config, "", datetime.now(UTC))]
    assert said == [
        "config.toml no se pudo cargar: se usa la última configuración buena",
        "no hay permiso para leer el archivo",
    ]


def test_a_reload_shows_within_a_moment_and_a_saved_file_that_is_not_loaded_is_told(
    config: Path, started: Start
) -> None:
    daemon = running(config, started)
    before = load(config).digest
    config.write_text(config.read_text("utf-8") + RULE, "utf-8")
    code, found = status(config)
    assert (code, found["config"]["hash"], found["file"]["is_live"]) == (0, before, False)
    assert said(found) == "config.toml cambió después y no se ha cargado"
    assert found["problems"][0]["hint"] == "systemctl reload mailbot"
    daemon.process.send_signal(signal.SIGHUP)
    _, found = until(config, is_live(config))
    assert found["problems"] == []
    reloaded = daemon.until("config.reloaded")
    assert (reloaded["hash"], reloaded["changed"]) == (load(config).digest, 'reglas: +1 "xyz"')


def test_a_refused_config_is_ill_with_every_problem_until_it_is_mended(config: Path, started: Start) -> None:
    """Invariant 7."""
    daemon = running(config, started)
    good, before = config.read_text("utf-8"), load(config).digest
    changed(config, "prefix ", "prefijo ")
    changed(config, "timezone ", "timezona ")
    daemon.process.send_signal(signal.SIGHUP)
    code, found = until(config, lambda f: f["config"]["last_good"])
    assert (code, found["config"]["hash"], found["config"]["problems"]) == (1, before, 2)
    assert "se usa la última configuración buena" in said(found)
    assert {p["path"] for p in found["problems"]} == {"", "service.prefijo", "service.timezona"}
    config.write_text(good, "utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    code, found = until(config, lambda f: not f["config"]["last_good"])
    assert (code, found["problems"]) == (0, [])
    daemon.until("config.mended")


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [('prefix   = "MS"', 'prefix = "QQ"', "service.prefix"), ("mailbot.sqlite3", "otra.sqlite3", "")],
)
def test_what_needs_a_restart_refuses_the_whole_file_and_says_so(
    config: Path, started: Start, old: str, new: str, path: str
) -> None:
    """Half a file is never applied: the rule that was added with it is not in force either."""
    daemon = running(config, started)
    original = config.read_text("utf-8")
    config.write_text(original.replace(old, new, 1) + RULE, "utf-8")
    assert new in config.read_text("utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    refused = daemon.until("config.refused")
    assert "reinicie el servicio" in refused["said"]
    assert "config.reloaded" not in daemon.events()
    if path:
        code, found = until(config, lambda f: f["config"]["last_good"])
        assert (code, found["problems"][-1]["path"]) == (1, path)
    config.write_text(original, "utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.until("config.mended")


def test_after_a_restart_on_the_last_good_copy_every_channel_says_so(config: Path, started: Start) -> None:
    """Invariant 7: the log, status and every other command; never silently."""
    first = running(config, started)
    good = load(config).digest
    first.end()
    changed(config, "prefix ", "prefijo ")
    second = started()
    second.until("service.started")
    refused = second.until("config.refused")
    assert (refused["level"], refused["what"]) == ("error", "se usa la última configuración buena")
    code, found = until(config, lambda f: f["running"] and f["config"] and f["config"]["last_good"])
    assert (code, found["config"]["hash"]) == (1, good)
    assert "service.prefijo" in [p["path"] for p in found["problems"]]
    other = executed("--config", config, "cases")
    assert "se usa su última copia buena" in other.stderr
    changed(config, "prefijo ", "prefix ")
    code, found = status(config)
    assert (code, found["problems"]) == (0, []), "the copy is that very file"
