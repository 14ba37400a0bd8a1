"""Storms of alarms: a case a fault, each mail kept, people answered, whoever else works on the database (A39).

The mails go the way of `take_in` from their bytes on; only the last tests need servers.
"""

import threading
from collections import Counter
from datetime import timedelta
from email.headerregistry import Address
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from mailbot.config.live import Live
from mailbot.config.load import load
from mailbot.desk.by_hand import move
from mailbot.desk.case import State
from mailbot.desk.decision import Outcome
from mailbot.desk.known import Arrival
from mailbot.desk.settings import Policy
from mailbot.mail.parse import parse
from mailbot.pipeline import Understood, settle_alone
from mailbot.store import cases, queries
from mailbot.store.engine import Store
from mailbot.store.places import Place
from tests.pipeline.given import ANA, CONFIG, DESK, NOW, SUBJECT, Desk, mail
from tests.store.desk import apply

NAGIOS = Address("nagios", addr_spec="nagios@oti.example")
SECOND = timedelta(seconds=1)
ALONE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
uids = count(1)


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Live:
    monkeypatch.setenv("MAILBOT_TEST_PASSWORD", "x")
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.replace("IMAP", "1143").replace("SMTP", "1587"), encoding="utf-8")
    return Live.of(load(path))


def take(raw: bytes, live: Live, store: Store, mailbox: str = "soporte", after: int = 0) -> Outcome:
    message, at = parse(raw), NOW + after * SECOND
    arrival = Arrival(mailbox, at, message=message, match=live.match(message, mailbox))
    understood = Understood(arrival, message, Place(mailbox, "INBOX", 1, next(uids)), raw)
    return settle_alone(understood, live, store, at)


def alarm(host: str = "web1", word: str = "PROBLEM", **rest: Any) -> bytes:
    return mail(f"** {word} host {host} **", f"State: {next(uids)}", NAGIOS, **rest)


def shown(store: Store) -> list[dict[str, Any]]:
    with store.reading() as s:
        return [queries.case(s, case["number"]) or {} for case in queries.cases(s)]


def outcomes(store: Store) -> Counter[str]:
    with store.reading() as s:
        return Counter(message["outcome"] for message in queries.messages(s))


def solve(store: Store, number: str) -> None:
    with store.transaction() as s:
        case = cases.get(s, number)
        assert case is not None
        change = move(case, State.SOLUCIONADO, "", "cli:luz", Policy()).change
        assert change is not None
        apply(s, change, None, NOW)


def test_a_hundred_alarms_of_one_fault_are_one_case_and_one_notice(live: Live, store: Store) -> None:
    """Lesson 35: none is lost, and none is a case of its own."""
    for n in range(100):
        take(alarm(), live, store, after=n)

    (case,) = shown(store)
    assert (case["alarms"], case["recovered_at"], len(case["messages"])) == (100, None, 100)
    assert case["last_alarm_at"] == (NOW + 99 * SECOND).isoformat().replace("+00:00", "Z")
    assert [reply["to"] for reply in case["replies"]] == [DESK]
    assert outcomes(store) == {"opened": 1, "updated": 99}


def test_a_fault_that_comes_and_goes_is_one_case_until_a_person_has_solved_it(
    live: Live, store: Store
) -> None:
    """After that it is a new fault, and an end without its problem is nobody's."""
    for n, word in enumerate(("PROBLEM", "RECOVERY", "PROBLEM", "PROBLEM", "RECOVERY")):
        take(alarm(word=word), live, store, after=n)
    (case,) = shown(store)
    assert (case["alarms"], case["attention"], case["state"]) == (3, "recovered", "abierto")
    assert case["recovered_at"] == (NOW + 4 * SECOND).isoformat().replace("+00:00", "Z")

    solve(store, case["number"])
    assert take(alarm(word="RECOVERY"), live, store) is Outcome.IGNORED
    assert take(alarm(), live, store) is Outcome.OPENED

    first, second = shown(store)
    assert [case["alarms"] for case in (first, second)] == [3, 1]
    assert [len(case["replies"]) for case in (first, second)] == [1, 1]


@pytest.mark.parametrize("two_daemons", [False, True], ids=["two mailboxes", "two daemons"])
def test_alarms_of_one_fault_that_come_at_the_same_moment_are_one_case(
    live: Live, store: Store, url: str, two_daemons: bool
) -> None:
    """Invariant 2: whoever comes second sees the case of the first, on both databases."""
    stores = (store, Store.open(url)) if two_daemons else (store, store)
    hosts = [f"web{n}" for n in range(8)]
    begin, broken = threading.Barrier(2, timeout=60), []

    def work(mine: Store, mailbox: str) -> None:
        try:
            for host in hosts:
                raw = alarm(host)
                begin.wait()  # both have the first alarm of this fault in hand
                take(raw, live, mine, mailbox)
        except BaseException as error:
            broken.append(error)
            begin.abort()

    threads = [
        threading.Thread(target=work, args=each) for each in zip(stores, ("soporte", "redes"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if two_daemons:
        stores[1].dispose()

    assert broken == []
    assert [case["alarms"] for case in shown(store)] == [2] * len(hosts)
    assert sum(len(case["replies"]) for case in shown(store)) == len(hosts)


def test_the_same_alarm_in_two_mailboxes_counts_once(live: Live, store: Store) -> None:
    """A monitor that writes to both: the second is a duplicate."""
    raw = alarm()
    assert [take(raw, live, store, box) for box in ("soporte", "redes")] == [
        Outcome.OPENED,
        Outcome.DUPLICATE,
    ]
    assert shown(store)[0]["alarms"] == 1


def test_people_are_answered_in_the_middle_of_a_storm(live: Live, store: Store) -> None:
    """Ten faults, a hundred alarms, five people: limits on replies count no notice to the desk."""
    for n in range(100):
        take(alarm(f"web{n % 10}"), live, store, after=n)
        if n % 20 == 0:
            person = Address(f"Persona {n}", f"persona{n}", "oti.example")
            assert take(mail(sender=person), live, store, after=n) is Outcome.OPENED

    machines = [case for case in shown(store) if case["rule"] == "alarma"]
    people = [case for case in shown(store) if case["rule"] == "acceso"]
    assert (len(machines), sum(case["alarms"] for case in machines)) == (10, 100)
    assert [[r["template"] for r in case["replies"]] for case in people] == [["pedir_datos"]] * 5


#: of which fault, and: a problem, its end, or a person who has solved it
STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(("PROBLEM", "PROBLEM", "RECOVERY", "solved"))), max_size=25
)


@ALONE
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_order_alarms_come_in_each_fault_has_its_case_and_its_count(
    live: Live, store: Store, steps: list[tuple[int, str]]
) -> None:
    """One open case a fault, a new one only after a person solved the last; each alarm is counted once."""
    story = next(uids)
    wanted: list[list[Any]] = []  # of each case: its fault, alarms, whether it is over
    open_: dict[int, int] = {}  # the open case of a fault
    for fault, what in steps:
        host = f"web{story}x{fault}"
        at = open_.get(fault)
        if what == "solved":
            if at is not None:
                solve(store, case_of(store, wanted, story)[at]["number"])
                del open_[fault]
            continue
        outcome = take(alarm(host, what), live, store)
        if at is None and what == "RECOVERY":
            assert outcome is Outcome.IGNORED
        elif at is None:
            assert outcome is Outcome.OPENED
            open_[fault] = len(wanted)
            wanted.append([host, 1, False])
        else:
            assert outcome is Outcome.UPDATED
            wanted[at] = [host, wanted[at][1] + (what == "PROBLEM"), what == "RECOVERY"]

    found = case_of(store, wanted, story)
    seen = [[c["subject"].split()[3], c["alarms"], c["recovered_at"] is not None] for c in found]
    assert seen == wanted
    assert Counter(c["state"] for c in found)["abierto"] == len(open_)


def case_of(store: Store, wanted: list[list[Any]], story: int) -> list[dict[str, Any]]:
    """The cases of this story, oldest first."""
    return [case for case in shown(store) if f"web{story}x" in case["subject"]]


# -- on servers ------------------------------------------------------------------------------------------


@pytest.fixture
def stormy(desk: Desk) -> Desk:
    for n in range(60):
        desk.gets(alarm(f"web{n % 6}", "PROBLEM" if n < 54 else "RECOVERY"))
        if n % 20 == 0:
            desk.gets(mail(sender=Address(f"P{n}", f"p{n}", "oti.example")))
    return desk


@ALONE
def test_a_storm_is_read_in_one_poll_and_only_people_and_the_desk_are_written_to(stormy: Desk) -> None:
    """Invariant 4: nothing goes to the machine."""
    stormy.round()
    while stormy.deliver():
        pass

    cases = [case for case in stormy.cases() if case["rule"] == "alarma"]
    assert [(case["alarms"], case["attention"]) for case in cases] == [(9, "recovered")] * 6
    assert [len(stormy.got(who)) for who in (NAGIOS, DESK)] == [0, 6]
    assert [len(stormy.got(f"p{n}@oti.example")) for n in (0, 20, 40)] == [1, 1, 1]
    assert stormy.lies_in() == []


@ALONE
def test_a_monitor_that_threads_its_alarms_adds_to_its_case_and_is_not_answered(desk: Desk) -> None:
    """Each alarm follows the first one, and no header says that a machine wrote it."""
    desk.change_rule("alarma", from_=("turno@oti.example",))
    watch = Address("Turno", "turno", "oti.example")
    desk.gets(mail("PROBLEM host web1", "x", watch, message_id="<first@oti.example>"))
    for word in ("PROBLEM", "RECOVERY"):
        desk.gets(mail(f"Re: {word} host web1", "x", watch, in_reply_to="<first@oti.example>"))
    desk.round()

    case = desk.case()
    assert (case["alarms"], case["attention"]) == (2, "recovered")
    assert [len(desk.got(who)) for who in (watch, DESK)] == [0, 1]


@ALONE
def test_a_person_on_a_subject_of_a_machine_is_no_machine(desk: Desk) -> None:
    """A39, A40: `from` says who a monitor is."""
    desk.gets(mail(f"{SUBJECT}: PROBLEM host web1", sender=ANA))
    desk.round()
    assert desk.case()["rule"] == "acceso"
