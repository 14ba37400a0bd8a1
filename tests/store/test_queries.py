"""What commands print: the names and shapes of the contract."""

import json
from typing import Any

import pytest

from mailbot.desk.case import Datum, State
from mailbot.desk.decision import Change, Event, Outcome
from mailbot.rules.found import Source
from mailbot.store import lookup, queries
from mailbot.store.engine import Store
from tests.store.desk import ANA, DAY, HOUR, NOW, apply, asks, give, mail, move, opened, queued, stored

#: the contract's one-row fields, in its order
CASE = [
    "number",
    "state",
    "rule",
    "kind",
    "severity",
    "category",
    "level",
    "group",
    "assignee",
    "channel",
    "mailbox",
    "requester",
    "subject",
    "registered_at",
    "opened_at",
    "solved_at",
    "closed_at",
    "state_since",
    "deadline",
    "attention",
    "missing",
]
MESSAGE = [
    "id",
    "mailbox",
    "message_id",
    "from",
    "subject",
    "received_at",
    "outcome",
    "case",
    "rule",
    "automatic",
    "may_answer",
]
WHOLE_CASE = {"required", "messages", "related", "history", "replies"}
WHOLE_MESSAGE = {
    "also_matched",
    "words",
    "sender_verified",
    "repaired",
    "reasons",
    "text",
    "reply_text",
    "attachments",
    "locations",
}


def listed(store: Store, **wanted: Any) -> list[Any]:
    with store.reading() as s:
        return queries.cases(s, **wanted)


def shown(store: Store, number: str = "MS-000001") -> dict[str, Any]:
    with store.reading() as s:
        found = queries.case(s, number)
    assert found
    return found


def test_a_case_in_a_list_has_the_fields_of_the_contract(store: Store) -> None:
    opened(store, data=give(nombre="Ana Ruiz"), clocks=asks(), attention="new_mail")
    [row] = listed(store)

    assert list(row) == CASE
    assert row == {
        "number": "MS-000001",
        "state": "precaso",
        "rule": "acceso",
        "kind": "incidente",
        "severity": 3,
        "category": "cuentas",
        "level": 1,
        "group": "Mesa de servicios",
        "assignee": None,
        "channel": "precaso",
        "mailbox": "soporte",
        "requester": {"name": "Ana Ruiz", "email": "ana@mesa.example"},
        "subject": "Olvidé la clave",
        "registered_at": "2026-03-02T15:00:00Z",
        "opened_at": None,
        "solved_at": None,
        "closed_at": None,
        "state_since": "2026-03-02T15:00:00Z",
        "deadline": "2026-03-03T15:00:00Z",
        "attention": "new_mail",
        "missing": ["telefono"],
    }


def test_what_is_shown_is_plain_json(store: Store) -> None:
    """No enumeration, date or row of the database leaves here."""
    case = opened(store)
    queued(store, case)
    with store.reading() as s:
        whole = [queries.cases(s), queries.case(s, case.number), queries.messages(s), queries.message(s, 1)]
        assert json.loads(json.dumps(whole)) == whole


def test_cases_are_listed_oldest_first_and_whole(store: Store) -> None:
    for _ in range(3):
        opened(store)
    assert [row["number"] for row in listed(store)] == ["MS-000001", "MS-000002", "MS-000003"]
    assert [row["number"] for row in listed(store, limit=2)] == ["MS-000001", "MS-000002"]


def test_cases_are_chosen_by_state_and_by_attention(store: Store) -> None:
    opened(store)
    opened(store, attention="cannot_answer")
    done = opened(store)
    with store.transaction() as s:
        apply(s, move(done, State.ABIERTO), None, NOW + HOUR)

    assert [row["number"] for row in listed(store, state="precaso")] == ["MS-000001", "MS-000002"]
    assert [row["number"] for row in listed(store, attention=True)] == ["MS-000002"]
    assert [row["opened_at"] for row in listed(store, state="abierto")] == ["2026-03-02T16:00:00Z"]
    with pytest.raises(ValueError, match="perdido"):
        listed(store, state="perdido")


def test_one_case_is_shown_with_everything_that_happened(store: Store) -> None:
    first = opened(store)
    case = opened(store, data=give(nombre="Ana Ruiz"))
    reply, written = queued(store, case)
    doubtful = {"telefono": Datum("no sé", Source.LABEL, doubtful=True)}
    with store.transaction() as s:
        done = Event("completed", "mail:ana@mesa.example", "data_complete", State.ABIERTO)
        apply(
            s,
            Change(case=case, events=(done,), data=doubtful, relations=((first.id, "new_after"),)),
            None,
            NOW,
        )

    whole = shown(store, case.number)
    assert set(whole) >= {*CASE, *WHOLE_CASE}
    assert whole["required"] == {"nombre": "Ana Ruiz", "telefono": "no sé"}
    assert whole["doubtful"] == ["telefono"]
    assert whole["messages"] == [2]
    assert whole["related"] == [{"number": "MS-000001", "how": "new_after"}]
    assert whole["history"] == [
        {
            "at": "2026-03-02T15:00:00Z",
            "kind": "registered",
            "from_state": None,
            "to_state": "precaso",
            "by": "mailbot",
            "reason": "acceso",
        },
        {
            "at": "2026-03-02T15:00:00Z",
            "kind": "completed",
            "from_state": "precaso",
            "to_state": "abierto",
            "by": "mail:ana@mesa.example",
            "reason": "data_complete",
        },
    ]
    assert [(r["id"], r["subject"]) for r in whole["replies"]] == [(reply, written.subject)]
    assert shown(store, "ms-000001")["related"] == [{"number": "MS-000002", "how": "new_after"}]


def test_a_value_that_did_not_fit_is_still_missing(store: Store) -> None:
    opened(store, data={"telefono": Datum(None, Source.LABEL, misfit="no sé")})
    whole = shown(store)
    assert whole["required"] == {"nombre": None, "telefono": None}
    assert whole["missing"] == ["nombre", "telefono"]


def test_a_case_without_requester_is_shown(store: Store) -> None:
    """A machine's mail without a usable From."""
    opened(store, mail(None))
    assert shown(store)["requester"] == {"name": "", "email": ""}


def test_there_is_no_such_case(store: Store) -> None:
    with store.reading() as s:
        assert queries.case(s, "MS-000001") is None
        assert queries.case(s, "") is None


def test_values_of_required_data_are_in_no_list(store: Store) -> None:
    """A sensitive field is never in lists; no field is."""
    opened(store, data=give(telefono="300 123 4567"))
    assert "300 123 4567" not in json.dumps(listed(store))


# -- messages --------------------------------------------------------------------------------------------


def test_a_message_in_a_list_has_the_fields_of_the_contract(store: Store) -> None:
    opened(store, mail(message_id="<a@x>"))
    with store.reading() as s:
        [row] = queries.messages(s)
        whole = queries.message(s, row["id"])
        assert queries.message(s, row["id"] + 1) is None
    assert list(row) == MESSAGE
    assert (row["case"], row["from"], row["outcome"]) == ("MS-000001", ANA.email, "opened")
    assert whole
    assert set(whole) >= {*MESSAGE, *WHOLE_MESSAGE}


def test_messages_are_listed_oldest_first_and_by_outcome(store: Store) -> None:
    for outcome in (Outcome.UNMATCHED, Outcome.IGNORED, Outcome.UNMATCHED):
        stored(store, mail(), outcome)
    with store.reading() as s:
        assert [m["id"] for m in queries.messages(s)] == [1, 2, 3]
        assert [m["id"] for m in queries.messages(s, "unmatched")] == [1, 3]
        assert [m["id"] for m in queries.messages(s, limit=1)] == [1]


@pytest.mark.parametrize(
    ("name", "found"), [("1", 1), ("<a@x>", 1), ("a@x", 1), ("2", None), ("b@x", None), ("", None)]
)
def test_a_message_is_found_by_what_people_have_of_it(store: Store, name: str, found: int | None) -> None:
    stored(store, mail(message_id="<a@x>"))
    with store.reading() as s:
        assert queries.find_message(s, name) == found


def test_an_ended_deadline_is_still_shown(store: Store) -> None:
    """Why it became no_gestionado must be told."""
    case = opened(store, clocks=asks())
    with store.transaction() as s:
        apply(s, move(case, State.NO_GESTIONADO), None, NOW + DAY)
    whole = shown(store)
    assert (whole["deadline"], whole["closed_at"]) == ("2026-03-03T15:00:00Z", "2026-03-03T15:00:00Z")


def test_a_number_that_no_case_can_have_is_of_none(store: Store) -> None:
    """Also on PostgreSQL, whose integers end."""
    with store.reading() as s:
        for written in ("MS-999999999999", "999999999999", "MS-1000000000"):
            assert (queries.case(s, written), lookup.get(s, written)) == (None, None)
