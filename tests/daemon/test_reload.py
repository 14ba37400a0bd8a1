"""Another config for a daemon at work: between two messages, whole, and only what changed takes notice."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from email.headerregistry import Address
from typing import Any

import pytest
from structlog.typing import EventDict

from mailbot.config.load import ConfigError
from mailbot.config.model import Config, OAuth2, Secret
from mailbot.daemon.service import Service
from mailbot.sandbox.servers import LOOPBACK, Sandbox
from mailbot.store import outbox, queries
from mailbot.store.engine import Store
from mailbot.store.errors import StoreUnavailable
from tests.daemon.conftest import Wait, cases, is_read
from tests.daemon.test_service import free_port, imap_at, only, smtp_at, with_box
from tests.pipeline.given import ANA, LUZ, OURS, SECOND_BOX, content, mail, read

Runs = Callable[[Config], Service]
Logged = list[EventDict]


def threads(service: Service, name: str) -> tuple[Any, ...]:
    """A mailbox's threads and its connection."""
    reader = service.readers[name]
    return reader, service.senders[name], reader.imap, reader.imap._client


def events(logged: Logged, name: str) -> Logged:
    return [each for each in logged if each["event"] == name]


def test_a_changed_mailbox_begins_anew_and_the_others_keep_their_connection(
    runs: Runs, config: Config, servers: Sandbox, sqlite_store: Store, until: Wait, logged: Logged
) -> None:
    service = runs(config)
    until(lambda: is_read(sqlite_store, "soporte", "redes"))
    soporte, redes = threads(service, "soporte"), threads(service, "redes")
    assert service.reload(with_box(config, review="Otra carpeta")) == 'buzones: ~1 "redes"'
    assert threads(service, "soporte") == soporte
    assert soporte[0].is_alive()
    until(lambda: not redes[0].is_alive() and not redes[1].is_alive())
    until(lambda: threads(service, "redes")[3])
    assert threads(service, "redes")[3] is not redes[3]
    servers.deliver(mail("Nada que ver"), SECOND_BOX)
    servers.deliver(mail(sender=LUZ), SECOND_BOX)
    until(lambda: servers.sent_to(LUZ.addr_spec))
    assert len(events(logged, "mailbox.connected")) == 3


def test_a_mailbox_that_is_added_is_served_and_one_that_is_removed_is_not(
    runs: Runs, config: Config, servers: Sandbox, sqlite_store: Store, until: Wait, logged: Logged
) -> None:
    service = runs(only(config))
    until(lambda: is_read(sqlite_store, "soporte"))
    assert service.reload(config) == 'buzones: +1 "redes"'
    until(lambda: is_read(sqlite_store, "redes"))
    servers.deliver(mail(sender=LUZ), SECOND_BOX)
    until(lambda: servers.sent_to(LUZ.addr_spec))

    assert service.reload(only(config)) == 'buzones: -1 "redes"'
    until(lambda: events(logged, "mailbox.removed"))
    assert list(service.readers) == list(service.senders) == ["soporte"]
    servers.deliver(mail("Otra contraseña", sender=LUZ), SECOND_BOX)
    servers.deliver(mail(), OURS)
    until(lambda: servers.sent_to(ANA.addr_spec))
    assert len(cases(sqlite_store)) == 2

    service.reload(config)
    until(lambda: len(servers.sent_to(LUZ.addr_spec)) == 2)


def test_what_a_removed_mailbox_leaves_is_told_and_goes_out_when_it_comes_back(
    runs: Runs, config: Config, servers: Sandbox, sqlite_store: Store, until: Wait, logged: Logged
) -> None:
    service = runs(with_box(config, smtp=smtp_at(free_port())))
    until(lambda: is_read(sqlite_store, "soporte", "redes"))
    servers.deliver(mail(), SECOND_BOX)
    until(lambda: events(logged, "smtp.unavailable"))
    service.reload(only(config))
    [told] = until(lambda: events(logged, "mailbox.removed"))
    assert (told["log_level"], told["queued"]) == ("warning", 1)
    service.reload(config)
    with sqlite_store.transaction() as s:
        s.connection().exec_driver_sql("UPDATE outbox SET next_attempt_at = queued_at")
    until(lambda: servers.sent_to(ANA.addr_spec))


def test_settings_that_are_wrong_are_the_trouble_of_their_mailbox_alone(
    runs: Runs, config: Config, servers: Sandbox, sqlite_store: Store, until: Wait, logged: Logged
) -> None:
    service = runs(config)
    until(lambda: is_read(sqlite_store, "soporte", "redes"))
    service.reload(with_box(config, password=Secret(env="OTHER_PASSWORD")))
    (trouble, *_) = until(lambda: events(logged, "mailbox.unavailable"))
    assert "Revise username y password" in trouble["said"]
    servers.deliver(mail(), OURS)
    until(lambda: servers.sent_to(ANA.addr_spec))
    service.reload(config)
    servers.deliver(mail(sender=LUZ), SECOND_BOX)
    until(lambda: servers.sent_to(LUZ.addr_spec))


def test_the_result_that_only_its_old_sender_knows_is_stored_by_the_new_one(
    runs: Runs,
    config: Config,
    servers: Sandbox,
    sqlite_store: Store,
    until: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The database was away when the server had accepted it: it is sent once, and known to be."""
    service = runs(only(config))
    until(lambda: is_read(sqlite_store, "soporte"))
    away, stored = threading.Event(), outbox.settle
    away.set()

    def settle(*args: Any, **rest: Any) -> Any:
        if away.is_set():
            raise StoreUnavailable("La base de datos no responde.")
        return stored(*args, **rest)

    monkeypatch.setattr(outbox, "settle", settle)
    servers.deliver(mail(), OURS)
    until(lambda: service.senders["soporte"].worker.untold)
    service.reload(with_box(only(config), "soporte", review="Otra carpeta"))
    away.clear()
    until(lambda: [r["status"] for c in cases(sqlite_store) for r in c["replies"]] == ["sent"])
    assert len(servers.sent_to(ANA.addr_spec)) == 1


@pytest.mark.parametrize("key", ["prefix", "database"])
def test_what_needs_a_restart_is_refused_whole(
    runs: Runs, config: Config, sqlite_store: Store, until: Wait, key: str
) -> None:
    service = runs(config)
    until(lambda: is_read(sqlite_store, "soporte"))
    before = service.live
    other = only(config).model_copy(update={"service": config.service.model_copy(update={key: "OTRA"})})
    with pytest.raises(ConfigError, match=rf"service\.{key}: .*en marcha → reinicie el servicio"):
        service.reload(other)
    assert service.live is before
    assert list(service.readers) == ["soporte", "redes"]


def test_a_folder_that_a_new_rule_names_is_made_at_once(
    runs: Runs, config: Config, servers: Sandbox, sqlite_store: Store, until: Wait
) -> None:
    service = runs(only(config))
    until(lambda: is_read(sqlite_store, "soporte"))
    rules = tuple(r.model_copy(update={"folder": "Claves"}) for r in config.rule)
    service.reload(only(config).model_copy(update={"rule": rules}))
    servers.deliver(mail(), OURS)
    until(lambda: servers.sent_to(ANA.addr_spec))
    until(lambda: "Claves" in folders(sqlite_store))


def folders(store: Store) -> list[str]:
    with store.reading() as s:
        found = [queries.message(s, m["id"]) or {} for m in queries.messages(s)]
    return [place["folder"] for message in found for place in message["locations"]]


# -- under load ----------------------------------------------------------------------------------------------


def two_ways(config: Config) -> tuple[Config, Config]:
    """Told apart by the rule, by what is asked for, and by who signs the reply."""
    a, b = (
        config.model_copy(
            update={
                "service": config.service.model_copy(update={"name": f"Mesa {name}"}),
                "rule": tuple(
                    r.model_copy(update={"name": name, "requires": (field,)}) for r in config.rule[-1:]
                ),
            }
        )
        for name, field in (("A", "telefono"), ("B", "sede"))
    )
    return a, b


def test_while_the_rules_flip_each_message_is_decided_by_one_config_and_none_is_lost(
    runs: Runs, config: Config, servers: Sandbox, sqlite_store: Store, until: Wait
) -> None:
    """120 mails, 50 reloads between them: rule, data asked for and signature all come from the same one."""
    ways = two_ways(only(config))
    service = runs(ways[0])
    until(lambda: is_read(sqlite_store, "soporte"))
    people = [f"persona{n}@oti.example" for n in range(120)]
    pouring = threading.Thread(target=pour, args=(servers, people))
    pouring.start()
    flips = 0
    while flips < 50 or pouring.is_alive() or stored(sqlite_store) < 120:
        flips += 1
        service.reload(ways[flips % 2])
        time.sleep(0.1)
        assert flips < 1500, f"{stored(sqlite_store)} of 120"
    until(lambda: all(servers.sent_to(person) for person in people), 60)
    found = cases(sqlite_store)
    assert Counter(c["requester"]["email"] for c in found) == Counter(people)
    used = Counter(c["rule"] for c in found)
    assert set(used) == {"A", "B"}, "both were in force in between"
    for case in found:
        assert case["missing"] == {"A": ["telefono"], "B": ["sede"]}[case["rule"]]
        [raw] = servers.sent_to(case["requester"]["email"])
        assert f"Mesa {case['rule']}" in content(read(raw))


def pour(servers: Sandbox, people: list[str]) -> None:
    for person in people:
        servers.deliver(mail(sender=Address("Persona", addr_spec=person)), OURS)


def stored(store: Store) -> int:
    with store.reading() as s:
        return len(queries.messages(s))


def test_a_storm_of_reloads_that_change_mailboxes_loses_and_doubles_nothing(
    runs: Runs, config: Config, servers: Sandbox, sqlite_store: Store, until: Wait, logged: Logged
) -> None:
    """Both are changed, removed and put back while mail comes in; what is there at the end serves all of it."""
    service = runs(config)
    until(lambda: is_read(sqlite_store, "soporte", "redes"))
    states = (with_box(config, review="Otra"), only(config), config, only(config, "redes"))
    people = [f"persona{n}@oti.example" for n in range(40)]
    for n, person in enumerate(people):
        servers.deliver(mail(sender=Address("P", addr_spec=person)), (OURS, SECOND_BOX)[n % 2])
        service.reload(states[n % len(states)])
        time.sleep(0.02)
    service.reload(config)
    until(lambda: all(servers.sent_to(person) for person in people), 60)
    assert Counter(c["requester"]["email"] for c in cases(sqlite_store)) == Counter(people)
    assert [len(servers.sent_to(person)) for person in people] == [1] * 40
    assert [e for e in logged if e["log_level"] == "error"] == []
    alive = {t.name for t in threading.enumerate() if t.name.startswith(("reader-", "sender-"))}
    assert alive == {f"{kind}-{name}" for kind in ("reader", "sender") for name in ("soporte", "redes")}


def test_it_stops_in_time_right_after_a_reload_of_a_server_that_hangs(
    runs: Runs, config: Config, sqlite_store: Store, until: Wait
) -> None:
    service = runs(with_box(config, imap=imap_at(free_port())))
    until(lambda: is_read(sqlite_store, "soporte"))
    service.reload(with_box(config, imap=imap_at(free_port())))
    began = time.monotonic()
    service.stop()
    assert time.monotonic() - began < 5


def test_an_account_that_is_entered_by_token_gets_its_renewer_and_keeps_its_token(
    runs: Runs, config: Config, sqlite_store: Store, until: Wait, logged: Logged
) -> None:
    """Another mailbox's change takes no token away: a provider may give only so many."""
    service = runs(config)
    until(lambda: is_read(sqlite_store, "soporte", "redes"))
    assert service.renewer.tokens == {}
    oauth2 = OAuth2(
        token_url=f"http://{LOOPBACK}:{free_port()}/token",
        client_id="app",
        client_secret=Secret(env="NEVER_SET"),
    )
    by_token = with_box(config, oauth2=oauth2, password=None)
    service.reload(by_token)
    tokens = service.renewer.tokens["redes"]
    until(lambda: len(events(logged, "mailbox.unavailable")) == 1)
    changed = with_box(by_token, "soporte", review="Otra")
    service.reload(changed)
    assert service.renewer.tokens["redes"] is tokens
    other = oauth2.model_copy(update={"client_id": "otra"})
    service.reload(with_box(changed, oauth2=other))
    assert service.renewer.tokens["redes"] is not tokens
    until(lambda: len(events(logged, "mailbox.unavailable")) == 2)
    until(lambda: len(events(logged, "mailbox.connected")) == 3)


def test_a_new_config_holds_from_the_next_message_on_also_within_a_long_poll(
    runs: Runs, config: Config, servers: Sandbox, sqlite_store: Store, until: Wait
) -> None:
    """A hundred and fifty mails lie there after a pause: whoever mends a rule does not wait for all of them."""
    ways = two_ways(config)
    service = runs(ways[0])
    until(lambda: is_read(sqlite_store, "soporte"))
    service.reload(only(ways[0], "redes"))
    pour(servers, [f"persona{n}@oti.example" for n in range(150)])
    service.reload(ways[0])
    until(lambda: stored(sqlite_store))
    service.reload(ways[1])
    until(lambda: stored(sqlite_store) == 150, 60)
    with sqlite_store.reading() as s:
        rules = [message["rule"] for message in queries.messages(s)]
    assert set(rules) == {"A", "B"}
    assert rules == sorted(rules), "never back to the old one"
