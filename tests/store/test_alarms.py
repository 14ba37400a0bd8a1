"""How often a machine told of a fault (A39): counted from the history, on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mailbot.desk.case import Attention, Case, State
from mailbot.desk.decision import Change, Event, Keep, Opening
from mailbot.desk.machines import RECOVERED, REPEATED
from mailbot.rules.settings import TreatAs
from mailbot.store import alarms, queries
from mailbot.store.alarms import Alarms
from mailbot.store.engine import Store
from tests.store.desk import BOX, NOW, SNAPSHOT, apply, arrival, mail, opened, reload, stored

MACHINE = replace(SNAPSHOT, rule=SNAPSHOT.rule.model_copy(update={"treat_as": TreatAs.MONITOREO}))
MINUTE = timedelta(minutes=1)


def tells(store: Store, case: Case | None, kind: str, at: datetime) -> Case:
    """A mail of a machine that came at `at`."""
    message = mail(subject=kind)
    message_id = stored(store, message, arrival=arrival(message, at))
    with store.transaction() as s:
        if case is None:
            events = (
                Event("registered", "mailbot", "m", State.PRECASO),
                Event("opened", "mailbot", "", State.ABIERTO),
            )
            opening = Opening(BOX, "correo", MACHINE, None, "Alarma", None, "web1")
            return apply(s, Change(opening=opening, events=events, attention=None), message_id, NOW)
        attention = Attention.RECOVERED if kind == RECOVERED else Keep.ATTENTION
        change = Change(case=case, events=(Event(kind, "mail:x", ""),), attention=attention)
        return apply(s, change, message_id, NOW)


def told(store: Store, case: Case) -> Alarms:
    with store.reading() as s:
        return alarms.told(s, case.id)


@pytest.mark.parametrize(
    ("kinds", "count", "last", "over"),
    [
        ([], 1, 0, None),
        ([REPEATED, REPEATED], 3, 2, None),
        ([REPEATED, RECOVERED], 2, 1, 2),
        ([RECOVERED, REPEATED], 2, 2, None),  # it is back
        ([RECOVERED, REPEATED, RECOVERED, RECOVERED], 2, 2, 4),
    ],
)
def test_a_fault_is_told_so_often_and_is_over_or_not(
    store: Store, kinds: list[str], count: int, last: int, over: int | None
) -> None:
    """By the times at which the server got the mails, not by ours."""
    case = tells(store, None, "registered", NOW)
    for minute, kind in enumerate(kinds, start=1):
        case = tells(store, case, kind, NOW + minute * MINUTE)

    over_at = None if over is None else NOW + over * MINUTE
    assert told(store, case) == Alarms(count, NOW + last * MINUTE, over_at)
    with store.reading() as s:
        shown = queries.case(s, case.number) or {}
    assert (shown["alarms"], shown["recovered_at"] is not None) == (count, over is not None)
    assert shown["last_alarm_at"] == (NOW + last * MINUTE).isoformat().replace("+00:00", "Z")


def test_a_case_of_a_person_has_no_alarms(store: Store) -> None:
    case = opened(store)
    with store.reading() as s:
        shown = queries.case(s, case.number) or {}
    assert [shown[name] for name in ("alarms", "last_alarm_at", "recovered_at")] == [0, None, None]


def test_cases_do_not_count_for_each_other(store: Store) -> None:
    first, second = (tells(store, None, "registered", NOW + n * MINUTE) for n in (0, 1))
    tells(store, first, REPEATED, NOW + 2 * MINUTE)
    assert [told(store, reload(store, case)).count for case in (first, second)] == [2, 1]
