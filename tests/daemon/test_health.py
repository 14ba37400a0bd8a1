"""The daemon says what is ill within a moment, and when it is well: to the journal, the database and who listens."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.typing import EventDict

from mailbot import sending
from mailbot.config.live import Live
from mailbot.config.model import Config, Secret
from mailbot.daemon import health as module, reader, sender
from mailbot.daemon.backoff import delays
from mailbot.daemon.common import Common
from mailbot.daemon.health import Health
from mailbot.daemon.service import Service, utc_now
from mailbot.daemon.trouble import Trouble
from mailbot.health import Illness
from mailbot.sandbox.servers import Sandbox
from mailbot.store import in_force, status
from mailbot.store.engine import Store
from mailbot.transport.errors import TransportError
from mailbot.values import Now
from tests.daemon.conftest import Wait, cases, is_read
from tests.daemon.test_service import free_port, imap_at, only, smtp_at, with_box
from tests.pipeline.given import ANA, OURS, PASSWORD, SECOND_BOX, Clock, Desk, mail, poison

Runs = Callable[[Config], Service]
MINUTE = 60.0


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for seconds."""
    monkeypatch.setattr(module, "LOOK", 0.2)
    monkeypatch.setattr(module, "CALM", 0.05)
    for thread in (reader, sender):
        monkeypatch.setattr(thread, "delays", partial(delays, first=0.1, most=0.5))
    monkeypatch.setattr(sending, "MOST_UNREACHED", timedelta(seconds=0.5))


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets so many seconds pass for those who note what happened when."""
    ahead = [0.0]
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + ahead[0])
    for name in ("vitals", "trouble"):
        monkeypatch.setattr(f"mailbot.daemon.{name}.time", clock)
    return lambda seconds: ahead.__setitem__(0, ahead[0] + seconds)


@pytest.fixture
def desk(sqlite_store: Store, tmp_path: Path) -> Iterator[Desk]:
    """With a clock that only the test moves, and no threads."""
    clock = Clock()
    with Sandbox([OURS, SECOND_BOX], clock, password=PASSWORD) as servers:
        desk = Desk(sqlite_store, servers, clock, tmp_path)
        desk.poll()
        yield desk
        desk.disconnect()


def kinds(service: Service) -> list[tuple[str, str]]:
    return keys(service.health)


def keys(health: Health) -> list[tuple[str, str]]:
    return [illness.key for illness in health.ill]


def told(logged: list[EventDict], event: str) -> list[tuple[str, str | None]]:
    return [(e["kind"], e["mailbox"]) for e in logged if e["event"] == event]


def kept(store: Store) -> list[dict[str, Any]]:
    with store.reading() as s:
        return in_force.known(s, in_force.HEALTH)


def looked(service: Service, until: Wait) -> None:
    """Once more from the beginning."""
    before = service.health.looks
    service.vitals.bell.set()
    until(lambda: service.health.looks >= before + 2)


def test_a_wrong_password_is_told_at_once_with_its_cure_and_when_it_is_mended(
    runs: Runs,
    config: Config,
    sqlite_store: Store,
    until: Wait,
    logged: list[EventDict],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Hazard 55; the other mailbox is well."""
    service = runs(with_box(config, password=Secret(env="OTHER_PASSWORD")))
    until(lambda: kinds(service) == [("login", "redes")])
    [illness] = service.health.ill
    assert illness.said.startswith("No se puede entrar al buzón «redes»: Entrar como redes@mesa.example en")
    assert illness.cure == "Revise username y password; el servidor no los acepta"
    assert service.in_words() == illness.said
    until(lambda: is_read(sqlite_store, "soporte") and kept(sqlite_store)[0]["ill"])
    [ill] = [e for e in logged if e["event"] == "health.ill"]
    assert (ill["log_level"], ill["said"], ill["cure"]) == ("error", illness.said, illness.cure)
    looked(service, until)
    monkeypatch.setenv("OTHER_PASSWORD", PASSWORD)
    until(lambda: kinds(service) == [])
    until(lambda: not kept(sqlite_store)[0]["ill"])
    assert told(logged, "health.ill") == told(logged, "health.well") == [("login", "redes")]
    assert "equivocada" not in str(kept(sqlite_store))
    assert service.in_words().startswith("Atiende 2 buzones")


def test_a_server_that_is_away_is_shown_at_once_and_ill_after_a_quarter_of_an_hour(
    runs: Runs, config: Config, until: Wait, sqlite_store: Store, passes: Callable[[float], None]
) -> None:
    """I8; that it is back ends it."""
    port = free_port()
    service = runs(with_box(only(config, "redes"), imap=imap_at(port)))
    box = until(lambda: kept(sqlite_store)[-1:] and kept(sqlite_store)[0]["mailboxes"]["redes"])
    until(lambda: kept(sqlite_store)[0]["mailboxes"]["redes"]["reading"])
    box = kept(sqlite_store)[0]["mailboxes"]["redes"]
    assert (box["connected"], box["reading"]["permanent"]) == (None, False)
    assert box["reading"]["said"].endswith("el servidor rechaza la conexión")
    assert kinds(service) == []
    passes(15 * MINUTE)
    looked(service, until)
    assert kinds(service) == [("unread", "redes")]
    with Sandbox([SECOND_BOX], password=PASSWORD, imap_port=port):
        until(lambda: kinds(service) == [])
        assert service.health.seen.boxes[0].connected


def test_how_much_waits_in_a_mailbox_is_known_while_it_is_read(
    runs: Runs, config: Config, servers: Sandbox, until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long first read is no illness: each message is a sign of life."""
    service = runs(only(config))
    until(lambda: service.vitals.pulses["soporte"].read)
    left: list[int | None] = []
    took = type(service.vitals.pulses["soporte"]).took

    def noted(pulse: Any, n: int) -> None:
        took(pulse, n)
        left.append(pulse.left)

    monkeypatch.setattr(type(service.vitals.pulses["soporte"]), "took", noted)
    service.readers["soporte"].stopping.set()  # so that all come in one read
    service.readers["soporte"].imap.wake()
    service.readers["soporte"].join(30)
    for n in range(3):
        servers.deliver(mail(subject=f"Olvidé la clave {n}"), OURS)
    changed = with_box(only(config), "soporte", poll=timedelta(seconds=30))
    service.reload(changed)
    until(lambda: len(left) == 3)
    assert left == [2, 1, 0]
    until(lambda: service.vitals.pulses["soporte"].left == 0)


def test_replies_that_do_not_leave_are_ill_after_a_quarter_of_an_hour(
    runs: Runs,
    config: Config,
    servers: Sandbox,
    sqlite_store: Store,
    until: Wait,
    passes: Callable[[float], None],
) -> None:
    """Lesson 34."""
    port = free_port()
    service = runs(with_box(only(config), "soporte", smtp=smtp_at(port)))
    until(lambda: is_read(sqlite_store, "soporte"))
    servers.deliver(mail(), OURS)
    until(lambda: service.vitals.pulses["soporte"].sending.now)
    looked(service, until)
    assert kinds(service) == []
    passes(15 * MINUTE)
    service.readers["soporte"].imap.wake()  # else it has not been read for as long
    until(lambda: kinds(service) == [("replies", "soporte")])
    [illness] = service.health.ill
    assert illness.said.startswith(
        "No salen las respuestas del buzón «soporte»: Conectar con el servidor SMTP"
    )
    service.reload(config)
    until(lambda: servers.sent_to(ANA.addr_spec), 90)
    until(lambda: ("replies", "soporte") not in kinds(service))


def test_a_database_that_is_away_is_told_to_who_listens_and_what_only_it_knows_stays(
    runs: Runs, config: Config, sqlite_store: Store, until: Wait, passes: Callable[[float], None]
) -> None:
    """Hazard 62: the alert must go out when the disk is gone."""
    service = Service(only(config), sqlite_store)
    heard: list[tuple[Illness, ...]] = []
    service.health.listen(heard.append)
    service.start()
    try:
        until(lambda: is_read(sqlite_store, "soporte") and heard)
        away = sqlite_store.path.with_suffix(".away")
        shutil.move(sqlite_store.path, away)
        until(lambda: service.vitals.away)
        looked(service, until)
        assert not heard[-1]
        passes(MINUTE)
        until(lambda: heard[-1])
        assert [illness.key for illness in heard[-1]] == [("database", "")]
        assert heard[-1][0].said.endswith("se cambió por otro con el servicio en marcha")
        shutil.move(away, sqlite_store.path)
        until(lambda: heard[-1] == ())
    finally:
        service.stop()


def test_who_listens_and_fails_is_told_and_spoils_no_other(
    config: Config, sqlite_store: Store, logged: list[EventDict]
) -> None:
    health = judging(config, sqlite_store)
    heard: list[tuple[Illness, ...]] = []

    def fails(_: tuple[Illness, ...]) -> None:
        raise ZeroDivisionError

    health.listen(fails)
    health.listen(heard.append)
    health.look()
    health.look()
    assert heard == [(), ()]
    assert [e["event"] for e in logged] == ["health.broken"]


def judging(config: Config, store: Store, worker: str = "mesa:1:a", now: Now = utc_now) -> Health:
    """Without its thread, and without mailboxes but for those that a test puts there."""
    live = Live.of(config)
    return Health(Common(lambda: live, store, now, store.presence(worker)), worker, Path("/"))


def test_an_idle_daemon_writes_once_a_minute(
    config: Config, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    health, written = judging(config, store), list[str]()
    keep = in_force.keep

    def noted(*args: Any) -> None:
        written.append(args[1])
        keep(*args)

    monkeypatch.setattr(in_force, "keep", noted)
    pulse = health.common.vitals.begin("soporte", timedelta(minutes=1))
    for _ in range(3):
        health.look()
    assert len(written) == 1
    pulse.entered()
    pulse.whole()
    health.look()
    pulse.whole()
    pulse.took(7)
    health.look()
    assert len(written) == 2, "it is connected; when it was read tells itself"
    monkeypatch.setattr(module, "TOLD", 0.0)
    health.look()
    assert len(written) == 3
    assert [each["worker"] for each in kept(store)] == ["mesa:1:a"]


def test_what_was_ill_when_the_process_before_ended_is_until_something_works(
    config: Config, sqlite_store: Store, logged: list[EventDict]
) -> None:
    """A restart cures no password, and must not tell that all is well."""
    first = judging(config, sqlite_store)
    pulse = first.common.vitals.begin("soporte", timedelta(minutes=1))
    pulse.reading.tell(ValueError("bug"))
    pulse.since -= 20 * MINUTE
    first.look()
    assert keys(first) == [("unread", "soporte")]
    second = judging(config, sqlite_store, "mesa:2:b")
    pulse = second.common.vitals.begin("soporte", timedelta(minutes=1))
    second.look()
    assert [(i.key, i.since) for i in second.ill] == [
        (i.key, i.since.replace(microsecond=0)) for i in first.ill
    ]
    pulse.whole()
    second.look()
    assert keys(second) == []
    elsewhere = judging(config, sqlite_store, "otra:3:c")
    elsewhere.common.vitals.begin("soporte", timedelta(minutes=1))
    elsewhere.look()
    assert keys(elsewhere) == []


def test_what_was_ill_is_so_also_where_the_new_process_has_the_id_of_the_one_before(
    config: Config, sqlite_store: Store
) -> None:
    """As in a container, where it is 1 each time."""
    with sqlite_store.hold():
        first = judging(config, sqlite_store, f"mesa:{os.getpid()}:a")
        pulse = first.common.vitals.begin("soporte", timedelta(minutes=1))
        pulse.since -= 20 * MINUTE
        first.look()
        second = judging(config, sqlite_store, f"mesa:{os.getpid()}:b")
        second.common.vitals.begin("soporte", timedelta(minutes=1))
        second.look()
    assert keys(second) == [("unread", "soporte")]


def test_an_illness_that_only_a_newer_mailbot_knows_stops_nobody_who_comes_back_to_an_older_one(
    config: Config, sqlite_store: Store
) -> None:
    first = judging(config, sqlite_store)
    pulse = first.common.vitals.begin("soporte", timedelta(minutes=1))
    pulse.since -= 20 * MINUTE
    first.look()
    [known] = kept(sqlite_store)
    known["ill"].append({**known["ill"][0], "kind": "moonlight"})
    in_force.keep(sqlite_store, first.worker, known, utc_now(), in_force.HEALTH)
    second = judging(config, sqlite_store, "mesa:2:b")
    second.common.vitals.begin("soporte", timedelta(minutes=1))
    second.look()
    assert second.counted
    assert keys(second) == [("unread", "soporte")]


def test_a_part_that_hangs_is_named(config: Config, sqlite_store: Store) -> None:
    """Hazard 56."""
    health = judging(config, sqlite_store)
    health.common.promises.back_within("sender-soporte", -1)
    health.look()
    [illness] = health.ill
    assert (illness.key, illness.said) == (
        ("hangs", ""),
        "Una parte del servicio no da señales de vida: el envío del buzón «soporte»",
    )


def test_a_mistake_in_what_is_counted_is_told_and_reading_goes_on(
    runs: Runs,
    config: Config,
    servers: Sandbox,
    sqlite_store: Store,
    until: Wait,
    logged: list[EventDict],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(status, "to_send", fails)
    service = runs(only(config))
    until(lambda: is_read(sqlite_store, "soporte"))
    servers.deliver(mail(), OURS)
    until(lambda: servers.sent_to(ANA.addr_spec))
    until(lambda: cases(sqlite_store))
    assert [e["event"] for e in logged].count("health.broken") == 1
    service.promises.back_within("clock", -1)
    until(lambda: kinds(service) == [("hangs", "")])
    monkeypatch.undo()
    service.vitals.bell.set()
    until(lambda: "health.available" in [e["event"] for e in logged])


def test_deadlines_that_a_clock_at_work_would_have_judged_are_told(
    config: Config, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as another one is the first each time, the clock works, however much is due."""
    now, due = [utc_now()], [[7, 8, 9]]
    health = judging(config, sqlite_store, now=lambda: now[0])
    monkeypatch.setattr(status, "overdue", lambda *_: due[0])
    health.look()
    now[0] += timedelta(minutes=14)
    due[0] = [8, 9, 10]
    health.look()
    now[0] += timedelta(minutes=14)
    health.look()
    assert keys(health) == []
    now[0] += timedelta(minutes=1)
    health.look()
    [illness] = health.ill
    assert (illness.key, illness.said) == (("deadlines", ""), "3 plazos vencieron y no se cierran")


def test_a_mailbox_that_another_daemon_reads_is_not_ill_and_is_when_nobody_reads_it(
    config: Config, sqlite_store: Store, passes: Callable[[float], None]
) -> None:
    health = judging(config, sqlite_store)
    pulse = health.common.vitals.begin("soporte", timedelta(minutes=1))
    pulse.held_elsewhere()
    passes(60 * MINUTE)
    health.look()
    assert keys(health) == []
    pulse.ours()
    health.look()
    assert keys(health) == []
    passes(15 * MINUTE)
    health.look()
    assert keys(health) == [("unread", "soporte")]


def test_a_mailbox_that_two_daemons_try_in_turn_and_none_can_read_is_ill(
    config: Config, sqlite_store: Store, passes: Callable[[float], None]
) -> None:
    """A server that hangs: whoever waits for it has the mailbox meanwhile, and so the other is kept out of it."""
    health = judging(config, sqlite_store)
    pulse = health.common.vitals.begin("soporte", timedelta(minutes=1))
    for _ in range(9):
        pulse.held_elsewhere()
        passes(MINUTE)
        pulse.ours()
        pulse.reading.tell(TransportError("Conectar", "no contesta"))
        passes(MINUTE)
    pulse.held_elsewhere()
    health.look()
    [illness] = health.ill
    assert (illness.key, illness.said) == (
        ("unread", "soporte"),
        "El buzón «soporte» no se lee: Conectar: no contesta",
    )


def test_a_message_that_cannot_be_read_is_ill_until_somebody_files_it(desk: Desk) -> None:
    """The alert ends when a person has seen to it: nothing else would end it where it can never be read."""
    health = judging(desk.config, desk.store, now=desk.clock)
    desk.by_hand()
    desk.gets(poison())
    desk.poll()
    health.look()
    assert keys(health) == [("failed", "")]
    desk.drags("Por revisar", "Informativo")
    desk.by_hand()
    health.look()
    assert keys(health) == []


def test_a_message_that_could_not_be_read_is_no_news_after_a_week(desk: Desk) -> None:
    health = judging(desk.config, desk.store, now=desk.clock)
    desk.gets(poison())
    desk.poll()
    health.look()
    assert keys(health) == [("failed", "")]
    desk.clock.move(timedelta(days=7, seconds=1))
    health.look()
    assert keys(health) == []


def test_a_database_that_hangs_is_ill_and_keeps_nobody_from_hearing_it(
    runs: Runs,
    config: Config,
    sqlite_store: Store,
    until: Wait,
    monkeypatch: pytest.MonkeyPatch,
    passes: Callable[[float], None],
) -> None:
    """One that is away says so; of one that hangs nothing is heard (hazard 56)."""
    monkeypatch.setattr(module, "PATIENCE", 0.3)
    heard: list[tuple[Illness, ...]] = []
    service = runs(only(config))
    service.health._listeners.append((heard.append, Trouble("health")))
    until(lambda: is_read(sqlite_store))
    answers, really = threading.Event(), status.to_send

    def hangs(*given: Any) -> Any:
        answers.wait()
        return really(*given)

    monkeypatch.setattr(status, "to_send", hangs)
    try:
        until(lambda: service.vitals.away)
        passes(MINUTE)
        until(lambda: kinds(service) == [("database", "")])
        until(lambda: heard[-1] and heard[-1][0].said.startswith("La base de datos no contesta"))
        assert service.alerts.memory.is_away()
    finally:
        answers.set()
    until(lambda: kinds(service) == [])
