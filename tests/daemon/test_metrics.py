"""`/healthz` and `/metrics` of the real daemon, on real servers, with the real clock."""

import errno
import http.client
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Container
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient  # type: ignore[import-untyped]
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from structlog.typing import EventDict

from mailbot.config.model import Config
from mailbot.daemon import health as judging
from mailbot.daemon.meters import BUCKETS
from mailbot.daemon.published import metrics, thread as published
from mailbot.daemon.published.metrics import Lately, Process
from mailbot.daemon.service import Service
from mailbot.desk.case import LIVE
from mailbot.desk.decision import Outcome
from mailbot.desk.delivery import Status
from mailbot.health import Kind
from mailbot.sandbox.servers import LOOPBACK, Sandbox
from mailbot.store import status as stored
from mailbot.store.engine import Store
from mailbot.store.errors import StoreUnavailable
from tests.daemon.conftest import Wait, cases, is_read
from tests.daemon.test_service import free_port
from tests.pipeline.given import ANA, OURS, PASSWORD, SECOND_BOX, SUBJECT, mail, poison

Runs = Callable[[Config], Service]
Samples = dict[str, dict[tuple[str, ...], float]]


def at(config: Config, port: int | None) -> Config:
    address = f"{LOOPBACK}:{port}" if port else ""
    return config.model_copy(update={"service": config.service.model_copy(update={"http": address})})


def get(port: int, path: str = "/metrics") -> tuple[int, str]:
    line = http.client.HTTPConnection(LOOPBACK, port, timeout=60)
    try:
        line.request("GET", path)
        answer = line.getresponse()
        return answer.status, answer.read().decode()
    finally:
        line.close()


def answers(port: int, path: str = "/healthz") -> Any:
    """None: nobody listens."""
    try:
        return get(port, path)
    except OSError:
        return None


def samples(port: int) -> Samples:
    """By name; each by the values of its labels, in the order of their names."""
    found: Samples = {}
    for family in text_string_to_metric_families(get(port)[1]):
        for sample in family.samples:
            key = tuple(value for _, value in sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[key] = sample.value
    return found


def value(port: int, name: str, *labels: str) -> float:
    return samples(port).get(name, {}).get(labels, 0.0)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def service(runs: Runs, config: Config, sqlite_store: Store, port: int, until: Wait) -> Service:
    service = runs(at(config, port))
    until(lambda: is_read(sqlite_store, "soporte", "redes"))
    until(lambda: answers(port))
    return service


# -- what is told ------------------------------------------------------------------------------------------


def test_what_came_of_mail_is_counted_and_tells_nothing_of_its_people(
    service: Service, servers: Sandbox, port: int, until: Wait
) -> None:
    servers.deliver(mail(), OURS)
    servers.deliver(mail("Nada que ver"), SECOND_BOX)
    servers.deliver(poison(), OURS)
    until(lambda: value(port, "mailbot_message_reply_seconds_count", "soporte"))
    until(lambda: value(port, "mailbot_messages_total", "soporte", "failed"))
    until(lambda: value(port, "mailbot_messages_total", "redes", "unmatched"))
    found = samples(port)
    assert found["mailbot_messages_total"]["soporte", "opened"] == 1
    assert found["mailbot_reply_attempts_total"]["soporte", "sent", "pedir_datos"] == 1
    assert found["mailbot_message_decision_seconds_count"]["soporte",] == 2
    assert found["mailbot_mailbox_connected"] == {("soporte",): 1, ("redes",): 1}
    assert found["mailbot_mailbox_last_read_timestamp_seconds"]["redes",] == pytest.approx(
        time.time(), abs=300
    )
    text = get(port)[1]
    for personal in (ANA.addr_spec, ANA.display_name, ANA.username, "@", SUBJECT, "Nada que ver", "MS-0"):
        assert personal not in text


def test_what_has_not_happened_yet_is_told_as_never(service: Service, port: int) -> None:
    """`increase()` sees nothing of a series that begins with 1."""
    found = samples(port)
    assert found["mailbot_messages_total"]["redes", "failed"] == 0
    assert found["mailbot_message_reply_seconds_count"]["redes",] == 0


def test_the_buckets_of_a_histogram_add_up_to_its_count(
    service: Service, servers: Sandbox, port: int, until: Wait
) -> None:
    servers.deliver(mail(), OURS)
    until(lambda: value(port, "mailbot_message_decision_seconds_count", "soporte"))
    of = samples(port)["mailbot_message_decision_seconds_bucket"]
    counts = [of[str(bound), "soporte"] for bound in (*map(float, BUCKETS), "+Inf")]
    assert counts == sorted(counts)
    assert counts[-1] == 1


def test_labels_have_few_values_and_all_of_them_are_ours(
    service: Service, servers: Sandbox, port: int, until: Wait
) -> None:
    """Else a stranger's mail could fill Prometheus' memory, or tell of itself there."""
    servers.deliver(mail(), OURS)
    until(lambda: value(port, "mailbot_reply_attempts_total", "soporte", "sent", "pedir_datos"))
    allowed: dict[str, Container[str]] = {
        "mailbox": {"soporte", "redes", ""},
        "outcome": set(Outcome),
        "status": set(Status),
        "template": {"pedir_datos", "aviso_caso"},
        "state": LIVE,
        "kind": set(Kind),
        "le": {*(str(float(bound)) for bound in BUCKETS), "+Inf"},
        "generation": {"0", "1", "2"},
    }
    for family in text_string_to_metric_families(get(port)[1]):
        for sample in family.samples:
            for label, given in sample.labels.items():
                if sample.name not in ("mailbot_build_info", "mailbot_config_info"):
                    assert given in allowed[label], sample


def test_what_a_person_moved_is_counted_by_itself(
    service: Service, servers: Sandbox, port: int, until: Wait, sqlite_store: Store
) -> None:
    servers.deliver(mail("Nada que ver"), OURS)
    with IMAPClient(LOOPBACK, servers.imap_port, ssl=False) as person:
        person.login(OURS, PASSWORD)
        until(lambda: person.select_folder("Por revisar")[b"EXISTS"])
        person.copy(person.search(), "Crear caso")
    servers.deliver(mail(), OURS)  # the mailbox is read now
    until(lambda: value(port, "mailbot_messages_by_hand_total", "soporte", "opened"))
    assert value(port, "mailbot_messages_total", "soporte", "unmatched") == 1


def test_cases_and_the_config_in_force_are_told(
    service: Service, servers: Sandbox, port: int, until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "FRESH", 0.0)
    servers.deliver(mail(), OURS)
    until(lambda: value(port, "mailbot_cases", "precaso"))
    found = samples(port)
    assert found["mailbot_config_info"] == {(service.live.config.digest,): 1}
    assert found["mailbot_config_loaded_timestamp_seconds"][()] == service.loaded_at.timestamp()
    assert found["mailbot_config_refused"][()] == 0
    assert found["mailbot_outbox_replies"]["soporte", "queued"] == 0
    assert found["mailbot_database_size_bytes"][()] > 10_000


# -- whether all is well -----------------------------------------------------------------------------------


def test_healthz_does_not_say_ok_while_nobody_can_judge(
    runs: Runs, config: Config, port: int, until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that hangs gives no answer, and no error either."""
    hangs = threading.Event()
    monkeypatch.setattr(judging, "LATE", 3.0)
    monkeypatch.setattr(stored, "to_send", lambda *_: hangs.wait(60) and [])
    service = runs(at(config, port))
    try:
        told = "No da señales de vida la vigilancia del servicio"
        until(lambda: service.in_words() == told)
        assert get(port, "/healthz") == (503, f"hangs: {told}\n")
    finally:
        hangs.set()
    until(lambda: get(port, "/healthz") == (200, "ok\n"))


def test_healthz_says_ok_or_each_illness_with_its_cure(
    service: Service, servers: Sandbox, port: int, until: Wait
) -> None:
    until(lambda: answers(port) == (200, "ok\n"))
    servers.deliver(poison(), OURS)
    until(lambda: value(port, "mailbot_messages_total", "soporte", "failed"))
    service.health.look()
    status, said = get(port, "/healthz")
    assert status == 503
    assert said.startswith("failed: Un correo no se pudo leer → ")
    assert value(port, "mailbot_ill", "failed", "") == 1
    assert value(port, "mailbot_messages_failed") == 1


def test_a_part_that_hangs_is_named_even_if_nobody_judges_any_more(
    service: Service, port: int, until: Wait
) -> None:
    """Who judges may be what hangs (hazard 56)."""
    until(lambda: answers(port) == (200, "ok\n"))
    service.health.stop()
    service.health.join(30)
    service.promises.back_within("reader-ventas", -1)
    assert get(port, "/healthz") == (503, "hangs: No da señales de vida la lectura del buzón «ventas»\n")
    assert value(port, "mailbot_parts_overdue") == 1


# -- what is in its way ------------------------------------------------------------------------------------


def test_a_port_in_use_stops_no_mail_is_told_with_its_cure_and_tried_again(
    runs: Runs,
    config: Config,
    servers: Sandbox,
    sqlite_store: Store,
    until: Wait,
    logged: list[EventDict],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As two services `mailbot@…` on a machine with the same port."""
    monkeypatch.setattr(published, "AGAIN", 0.1)
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        service = runs(at(config, port))
        until(lambda: is_read(sqlite_store, "soporte"))
        servers.deliver(mail(), OURS)
        until(lambda: cases(sqlite_store))
        told = until(lambda: [e for e in logged if e["event"] == "http.unavailable"])
        [ill] = until(lambda: [i for i in service.health.ill if i.kind is Kind.HTTP])
    assert len(told) == 1
    assert f"{LOOPBACK}:{port}" in ill.said
    assert "otro programa usa ese puerto" in ill.said
    assert "cada mailbot" in ill.cure
    until(lambda: answers(port) == (200, "ok\n"))
    assert [e for e in logged if e["event"] == "http.available"]


def test_a_port_in_use_is_no_illness_any_more_when_it_is_not_wanted(
    runs: Runs, config: Config, until: Wait
) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        service = runs(at(config, taken.getsockname()[1]))
        until(lambda: [i for i in service.health.ill if i.kind is Kind.HTTP])
        service.reload(at(config, None))
        until(lambda: not service.health.ill)


@pytest.mark.parametrize(
    ("number", "cure"), [("EACCES", "mayor que 1023"), ("EADDRNOTAVAIL", "127.0.0.1:9103"), ("EIO", "Revise")]
)
def test_why_a_port_cannot_be_had_is_told_with_its_cure(number: str, cure: str) -> None:
    told = published.not_opened("[::1]:80", OSError(getattr(errno, number), "Input/output error"))
    assert cure in told.cure
    assert "[::1]:80" in told.tried


def test_a_database_that_is_away_leaves_what_the_process_knows(
    service: Service, sqlite_store: Store, port: int, until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "FRESH", 0.0)
    assert value(port, "mailbot_database_up") == 1
    file = sqlite_store.path
    elsewhere = file.rename(file.with_name("lejos"))
    try:
        until(lambda: value(port, "mailbot_database_up") == 0)
        found = samples(port)
        assert "mailbot_cases" not in found
        assert found["mailbot_mailbox_connected"]
        assert found["mailbot_build_info"]
    finally:
        elsewhere.rename(file)
    until(lambda: value(port, "mailbot_database_up"))


def test_a_database_that_hangs_is_waited_for_a_moment_and_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "PATIENCE", 0.05)
    asked, goes_on = [], threading.Event()

    def hangs() -> int:
        asked.append(1)
        goes_on.wait(60)
        return 7

    lately = Lately(hangs)
    assert (lately(), lately()) == (None, None)
    assert len(asked) == 1
    goes_on.set()
    assert lately.asking.wait(60)
    assert lately() == 7


def test_what_the_database_said_is_told_for_a_while_and_not_asked_for_at_each_scrape(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def count() -> int:
        asked.append(1)
        if len(asked) > 1:
            raise StoreUnavailable("lejos")
        return 7

    lately = Lately(count)
    assert (lately(), lately()) == (7, 7)
    assert len(asked) == 1
    monkeypatch.setattr(metrics, "FRESH", 0.0)
    assert lately() is None


# -- where it is -------------------------------------------------------------------------------------------


def test_a_reload_moves_ends_and_begins_it_and_no_count_is_lost(
    service: Service, config: Config, servers: Sandbox, port: int, until: Wait
) -> None:
    servers.deliver(mail(), OURS)
    until(lambda: value(port, "mailbot_messages_total", "soporte", "opened"))
    other = free_port()
    service.reload(at(config, other))
    until(lambda: answers(other))
    assert answers(port) is None
    assert value(other, "mailbot_messages_total", "soporte", "opened") == 1
    service.reload(at(config, None))
    until(lambda: answers(other) is None)
    service.reload(at(config, other))
    until(lambda: answers(other))


def test_a_reload_that_leaves_the_address_alone_leaves_the_server_alone(
    service: Service, config: Config, port: int
) -> None:
    before = service.published
    service.reload(at(config, port))
    assert service.published is before


def test_it_ends_with_the_service(service: Service, port: int) -> None:
    service.stop()
    assert not service.published.is_alive()
    assert answers(port) is None


def test_without_an_address_nothing_of_it_is_even_imported() -> None:
    """Start-up time and memory are everybody's."""
    asked = "import sys, mailbot.cli.running; print({'prometheus_client', 'http.server'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_without_an_address_no_thread_is_left(runs: Runs, config: Config, until: Wait) -> None:
    service = runs(config)
    until(lambda: not service.published.is_alive())


def test_cpu_and_memory_are_told_inside_the_unit_too(tmp_path: Path) -> None:
    """ProcSubset=pid leaves no /proc/stat, by which the library learns when the machine began."""
    (tmp_path / "self").symlink_to("/proc/self")
    registry = CollectorRegistry()
    Process(proc=str(tmp_path), registry=registry)
    told = {
        sample.name: sample.value
        for family in text_string_to_metric_families(generate_latest(registry).decode())
        for sample in family.samples
    }
    assert told["process_resident_memory_bytes"] > 1_000_000
    assert told["process_start_time_seconds"] == pytest.approx(time.time(), abs=36_000)
    assert told["process_cpu_seconds_total"] > 0
