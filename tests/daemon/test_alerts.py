"""The daemon tells ops by mail what is ill and when it is well, whatever it is that is ill (lesson 10, hazard 55)."""

import email
import email.policy
import json
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from structlog.typing import EventDict

from mailbot.config.load import load
from mailbot.config.model import AlertSmtp, Config, Secret
from mailbot.daemon import health as judging, reader, vitals
from mailbot.daemon.alerts import memory, rhythm, thread as alerts
from mailbot.daemon.service import Service, utc_now
from mailbot.health import judgement
from mailbot.sandbox.servers import LOOPBACK, Sandbox
from mailbot.store import queries
from mailbot.store.engine import Store
from tests.daemon.conftest import Wait, is_read
from tests.daemon.test_service import free_port, smtp_at, with_box
from tests.faults.daemon import Child
from tests.pipeline.given import ANA, CONFIG, OURS, PASSWORD, SECOND_BOX, mail
from tests.transport import faulty

OPS = "ti@oti.example"
OTHERS = "jefe@oti.example"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Clock:
    """The real one, which the test sets ahead."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead

    def move(self, by: timedelta) -> None:
        self.ahead += by


Runs = Callable[..., Service]


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the daemon looks at every few seconds; and how long it waits for a server to come back."""
    monkeypatch.setattr(judging, "LOOK", 0.1)
    monkeypatch.setattr(judging, "CALM", 0.05)
    monkeypatch.setattr(alerts, "FIRST", 0.2)
    monkeypatch.setattr(judgement, "AWAY", timedelta())
    monkeypatch.setattr(reader, "ELSEWHERE", 0.2)
    monkeypatch.setattr(vitals, "ATTEMPT", 1.5)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def config(servers: Sandbox, tmp_path: Path) -> Config:
    return configured(servers, tmp_path, OPS)


def configured(servers: Sandbox, folder: Path, *to: str, database: str = "") -> Config:
    text = CONFIG.replace("IMAP", str(servers.imap_port)).replace("SMTP", str(servers.smtp_port))
    path = folder / "config.toml"
    path.write_text(f'[service]\nalert_to = {json.dumps(to)}\ndatabase = "{database}"\n{text}', "utf-8")
    return load(path)


@pytest.fixture
def runs(sqlite_store: Store, clock: Clock) -> Iterator[Runs]:
    """A daemon, until the test ends."""
    with ExitStack() as end:

        def start(config: Config, store: Store = sqlite_store) -> Service:
            service = Service(config, store, clock)
            end.callback(service.stop)
            service.start()
            return service

        yield start


def mails(servers: Sandbox, to: str = OPS) -> list[EmailMessage]:
    found = [email.message_from_bytes(raw, policy=email.policy.default) for raw in servers.sent_to(to)]
    return [mail for mail in found if isinstance(mail, EmailMessage)]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body
    return str(body.get_content()).replace("\r\n", "\n")


def locked_out(config: Config) -> Config:
    """The IMAP server of `redes` refuses its password."""
    imap = config.mailbox["redes"].imap.model_copy(update={"password": Secret(env="OTHER_PASSWORD")})
    return with_box(config, imap=imap)


def is_ill(service: Service) -> bool:
    """And it is known since when."""
    return any(course.ended is None for course in service.alerts.memory.state.courses)


def is_over(service: Service) -> bool:
    """What was told is, since it is known when."""
    courses = service.alerts.memory.state.courses
    return bool(courses) and all(course.ended for course in courses)


def is_well(service: Service) -> bool:
    return not service.health.ill and service.health.counted is not None


def is_remembered(store: Store) -> rhythm.State:
    """What the database holds of it."""
    with store.reading() as s:
        return memory.load(s)


def looks(service: Service, until: Wait, times: int = 3) -> None:
    """It has looked so many times since."""
    for _ in range(times):
        before = service.health.seen
        until(lambda: service.health.seen is not before)  # noqa: B023 - it is called at once


def test_a_refused_password_is_told_once_and_that_it_is_mended_once(
    runs: Runs,
    config: Config,
    servers: Sandbox,
    clock: Clock,
    until: Wait,
    logged: list[EventDict],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = runs(locked_out(config))
    until(lambda: is_ill(service))
    looks(service, until)
    assert not mails(servers), "it may be over in a moment"
    clock.move(2 * MINUTE)
    (ill,) = until(lambda: mails(servers))
    assert ill["Subject"] == "[mailbot] No se puede entrar al buzón «redes»"
    assert "Revise username y password" in text_of(ill)
    assert "sudo mailbot" in text_of(ill)
    clock.move(3 * HOUR)
    looks(service, until)
    monkeypatch.setenv("OTHER_PASSWORD", PASSWORD)
    until(lambda: is_over(service))
    clock.move(20 * MINUTE)
    _, well = until(lambda: len(mails(servers)) > 1 and mails(servers))
    assert well["Subject"] == "[mailbot] Resuelto: No se puede entrar al buzón «redes»"
    assert "duró 3 horas" in text_of(well)
    assert "No queda nada por hacer" in text_of(well)
    clock.move(2 * HOUR)
    looks(service, until)
    assert len(mails(servers)) == 2
    sent = [e for e in logged if e["event"] == "alert.sent"]
    assert [(e["tells"], e["what"], e["servers"]) for e in sent] == [
        ("ill", ["login redes"], [f"{LOOPBACK}:{servers.smtp_port}"]),
        ("well", ["login redes"], [f"{LOOPBACK}:{servers.smtp_port}"]),
    ]


def test_an_alert_is_from_a_machine_and_shows_no_secret(
    runs: Runs, config: Config, servers: Sandbox, clock: Clock, until: Wait
) -> None:
    """RFC 3834 §5; and it is one mail for all who read it."""
    both = config.service.model_copy(update={"alert_to": (OPS, OTHERS)})
    service = runs(locked_out(config.model_copy(update={"service": both})))
    until(lambda: is_ill(service))
    clock.move(2 * MINUTE)
    (alert,) = until(lambda: mails(servers, OTHERS))
    assert [m["Message-ID"] for m in mails(servers)] == [alert["Message-ID"]]
    assert alert["Auto-Submitted"] == "auto-generated"
    assert "OOF" in alert["X-Auto-Response-Suppress"]
    assert alert["X-Mailbot-Reference"] == alert["Message-ID"]
    assert alert["To"] == f"{OPS}, {OTHERS}"
    assert alert["From"] == f"mailbot <{OURS}>"
    assert "equivocada" not in alert.as_string()
    assert PASSWORD not in alert.as_string()


def test_alerts_leave_by_a_server_of_their_own_when_that_of_the_mailboxes_is_dead(
    runs: Runs, config: Config, servers: Sandbox, clock: Clock, until: Wait
) -> None:
    with Sandbox([], password=PASSWORD) as other:
        dead = {
            name: box.model_copy(update={"smtp": smtp_at(free_port())})
            for name, box in config.mailbox.items()
        }
        out = AlertSmtp(host=LOOPBACK, port=other.smtp_port, security="none", from_="mailbot@oti.example")
        ours = config.service.model_copy(update={"smtp": out})
        service = runs(locked_out(config.model_copy(update={"mailbox": dead, "service": ours})))
        until(lambda: is_ill(service))
        clock.move(2 * MINUTE)
        (alert,) = until(lambda: mails(other))
        assert alert["From"] == "mailbot <mailbot@oti.example>"


def test_alerts_leave_by_another_mailbox_when_the_first_server_is_dead(
    runs: Runs, config: Config, servers: Sandbox, clock: Clock, until: Wait
) -> None:
    service = runs(locked_out(with_box(config, "soporte", smtp=smtp_at(free_port()))))
    until(lambda: is_ill(service))
    clock.move(2 * MINUTE)
    (alert,) = until(lambda: mails(servers))
    assert alert["From"] == f"mailbot <{SECOND_BOX}>"


def test_what_no_server_takes_is_said_in_the_journal_and_tried_until_one_does(
    runs: Runs, config: Config, clock: Clock, until: Wait, logged: list[EventDict]
) -> None:
    port = free_port()
    dead = {name: box.model_copy(update={"smtp": smtp_at(port)}) for name, box in config.mailbox.items()}
    service = runs(locked_out(config.model_copy(update={"mailbox": dead})))
    until(lambda: is_ill(service))
    clock.move(2 * MINUTE)
    failed = until(lambda: [e for e in logged if e["event"] == "alert.not_sent"])
    assert failed[0]["log_level"] == "error"
    assert failed[0]["what"] == ["login redes"]
    assert "No se pudo" in str(failed[0]["said"]) or "conexión" in str(failed[0]["said"])
    with Sandbox([], password=PASSWORD, smtp_port=port) as late:
        assert len(until(lambda: mails(late))) == 1


def test_an_alert_whose_yes_was_cut_off_goes_by_another_way_as_the_same_mail(
    runs: Runs, config: Config, servers: Sandbox, clock: Clock, until: Wait
) -> None:
    """It may come twice, and programs show one; none would be worse (hazard 57)."""
    with faulty.smtp(dot=None) as cut:
        service = runs(locked_out(with_box(config, "soporte", smtp=smtp_at(cut.port))))
        until(lambda: is_ill(service))
        clock.move(2 * MINUTE)
        assert len(until(lambda: mails(servers))) == 1
        looks(service, until)
        assert len(mails(servers)) == 1


# -- what was told is remembered ---------------------------------------------------------------------------


def test_a_restart_tells_nothing_again(
    runs: Runs, config: Config, servers: Sandbox, clock: Clock, until: Wait, sqlite_store: Store
) -> None:
    first = runs(locked_out(config))
    until(lambda: is_ill(first))
    clock.move(2 * MINUTE)
    until(lambda: mails(servers) and is_remembered(sqlite_store).sent)
    first.stop()
    clock.move(HOUR)
    second = runs(locked_out(config))
    until(lambda: is_ill(second))
    clock.move(HOUR)
    looks(second, until)
    assert len(mails(servers)) == 1


#: in a process of its own nobody can set the clock
AT_ONCE = """
from datetime import timedelta
from mailbot.daemon import health
from mailbot.daemon.alerts import rhythm
rhythm.SETTLES, health.LOOK = timedelta(), 0.2
"""


def sees_it(child: Child) -> bool:
    """This very process has remembered what it saw, and is not about to tell it."""
    store = Store.open(child.home.parent / "mailbot.sqlite3")
    try:
        state = is_remembered(store)
    finally:
        store.dispose()
    return state.claim is None and any(f":{child.pid}:" in course.seen_by[0] for course in state.courses)


def test_a_kill_tells_nothing_again(servers: Sandbox, until: Wait, tmp_path: Path) -> None:
    """`kill -9`, as soon as it was told."""
    with Sandbox([OURS], password="otra") as refusing:
        ports = refusing.imap_port, servers.smtp_port
        child = Child(tmp_path, OURS, *ports, str(tmp_path / "mailbot.sqlite3"), before=AT_ONCE)
        text = child.config.read_text("utf-8")
        child.config.write_text(text.replace("[service]\n", f'[service]\nalert_to = ["{OPS}"]\n'), "utf-8")
        try:
            child.start()
            until(lambda: child.events("alert.sent"), 60)
            child.end(signal.SIGKILL)
            child.start()
            until(lambda: sees_it(child), 60)
            assert len(mails(servers)) == 1
        finally:
            child.end(signal.SIGKILL)


def test_two_daemons_on_one_database_tell_it_once(
    runs: Runs,
    servers: Sandbox,
    clock: Clock,
    until: Wait,
    postgres_url: str,
    postgres: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both try to enter the mailbox, and both are refused."""
    other = Store.open(postgres_url)
    try:
        config = locked_out(configured(servers, tmp_path, OPS, database=postgres_url))
        services = [runs(config, store) for store in (postgres, other)]
        until(lambda: all(is_ill(service) for service in services))
        clock.move(2 * MINUTE)
        until(lambda: mails(servers) and is_remembered(postgres).sent)
        for _ in range(3):
            clock.move(HOUR)
            for service in services:
                looks(service, until)
        assert len(mails(servers)) == 1
        monkeypatch.setenv("OTHER_PASSWORD", PASSWORD)
        until(lambda: all(is_over(service) for service in services))
        clock.move(20 * MINUTE)
        until(lambda: len(mails(servers)) == 2)
        for service in services:
            looks(service, until)
        assert len(mails(servers)) == 2
    finally:
        for service in services:
            service.stop()
        other.dispose()


def test_who_tells_nobody_any_more_keeps_no_illness_alive_for_those_who_do(
    runs: Runs,
    servers: Sandbox,
    clock: Clock,
    until: Wait,
    postgres_url: str,
    postgres: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One of two daemons has `alert_to` taken from its config while something is ill."""
    other = Store.open(postgres_url)
    try:
        config = locked_out(configured(servers, tmp_path, OPS, database=postgres_url))
        services = [runs(config, store) for store in (postgres, other)]
        until(lambda: any(len(course.seen_by) == 2 for course in is_remembered(postgres).courses))
        clock.move(2 * MINUTE)
        until(lambda: mails(servers) and is_remembered(postgres).sent)
        nobody = config.service.model_copy(update={"alert_to": ()})
        services[0].reload(config.model_copy(update={"service": nobody}))
        monkeypatch.setenv("OTHER_PASSWORD", PASSWORD)
        until(lambda: all(is_well(service) for service in services))
        until(lambda: is_over(services[1]), 10)
    finally:
        for service in services:
            service.stop()
        other.dispose()


def test_when_the_database_is_what_is_ill_it_is_told_all_the_same(
    runs: Runs, config: Config, servers: Sandbox, clock: Clock, until: Wait, sqlite_store: Store
) -> None:
    service = runs(config)
    until(lambda: is_well(service))
    away = sqlite_store.path.with_name("elsewhere")
    sqlite_store.path.rename(away)
    until(lambda: is_ill(service))
    clock.move(2 * MINUTE)
    (ill,) = until(lambda: mails(servers))
    assert ill["Subject"] == "[mailbot] La base de datos no se puede usar"
    assert "ya no es el que se abrió" in text_of(ill)
    clock.move(HOUR)
    looks(service, until)
    away.rename(sqlite_store.path)
    until(lambda: is_over(service))
    clock.move(20 * MINUTE)
    _, well = until(lambda: len(mails(servers)) > 1 and mails(servers))
    assert "Resuelto" in str(well["Subject"])
    until(lambda: not is_remembered(sqlite_store).courses)


def test_what_was_told_without_the_database_is_not_told_again_after_a_restart(
    runs: Runs,
    config: Config,
    servers: Sandbox,
    clock: Clock,
    until: Wait,
    sqlite_store: Store,
    tmp_path: Path,
) -> None:
    """It is in the small file until the database takes it."""
    first = runs(config)
    until(lambda: is_well(first))
    away = sqlite_store.path.with_name("elsewhere")
    sqlite_store.path.rename(away)
    until(lambda: is_ill(first))
    clock.move(2 * MINUTE)
    until(lambda: mails(servers) and first.alerts.memory.state.sent)
    first.stop()
    away.rename(sqlite_store.path)
    second = runs(config)
    until(lambda: is_over(second))
    clock.move(20 * MINUTE)
    _, well = until(lambda: len(mails(servers)) > 1 and mails(servers))
    assert "Resuelto" in str(well["Subject"])


# -- who is told -------------------------------------------------------------------------------------------


def test_another_address_counts_from_the_next_reload_on(
    runs: Runs, config: Config, servers: Sandbox, clock: Clock, until: Wait
) -> None:
    nobody = config.service.model_copy(update={"alert_to": ()})
    service = runs(locked_out(config.model_copy(update={"service": nobody})))
    until(lambda: service.health.ill)
    clock.move(HOUR)
    looks(service, until)
    assert not mails(servers)
    service.reload(locked_out(config))
    until(lambda: is_ill(service))
    clock.move(2 * MINUTE)
    until(lambda: mails(servers))


def test_a_pilot_and_the_list_of_users_do_not_count_for_alerts(
    runs: Runs, config: Config, servers: Sandbox, clock: Clock, until: Wait
) -> None:
    pilot = {
        "replies": config.replies.model_copy(update={"send": "none"}),
        "senders": config.senders.model_copy(update={"ours": ("*@mesa.example",)}),
    }
    service = runs(locked_out(config.model_copy(update=pilot)))
    until(lambda: is_ill(service))
    clock.move(2 * MINUTE)
    until(lambda: mails(servers))


def test_an_alert_to_our_own_mailbox_is_read_and_opens_nothing(
    runs: Runs, servers: Sandbox, clock: Clock, until: Wait, sqlite_store: Store, tmp_path: Path
) -> None:
    """Hazard 6: neither the alert nor what comes of it is answered."""
    service = runs(locked_out(configured(servers, tmp_path, OURS)))
    until(lambda: is_ill(service))
    clock.move(2 * MINUTE)

    def came() -> list[dict[str, object]]:
        with sqlite_store.reading() as s:
            return queries.messages(s)

    (message,) = until(came)
    assert message["outcome"] == "ignored"
    assert message["case"] is None
    looks(service, until)
    assert len(came()) == 1


def test_the_breaker_is_told(
    runs: Runs, config: Config, servers: Sandbox, clock: Clock, until: Wait, sqlite_store: Store
) -> None:
    """The contract: `[replies] per_hour`, tripping it alerts."""
    few = config.replies.model_copy(update={"per_hour": 1})
    service = runs(config.model_copy(update={"replies": few}))
    until(lambda: is_read(sqlite_store, "soporte"))
    servers.deliver(mail(), OURS)
    until(lambda: servers.sent_to(ANA.addr_spec))
    until(lambda: is_ill(service))
    clock.move(2 * MINUTE)
    (alert,) = until(lambda: mails(servers))
    assert alert["Subject"] == "[mailbot] Se llegó al límite de 1 respuestas por hora"


def test_the_service_ends_in_time_while_an_alert_hangs(
    runs: Runs, config: Config, clock: Clock, until: Wait
) -> None:
    with faulty.smtp({"EHLO": ""}) as hung:
        dead = {
            name: box.model_copy(update={"smtp": smtp_at(hung.port)}) for name, box in config.mailbox.items()
        }
        service = runs(locked_out(config.model_copy(update={"mailbox": dead})))
        until(lambda: is_ill(service))
        clock.move(2 * MINUTE)
        until(lambda: hung.heard)
        service.stop()
        assert not service.health.is_alive()
