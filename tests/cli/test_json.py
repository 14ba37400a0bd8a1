"""The JSON that programs read: each field of the contract, by its name, and nothing else on the output."""

import json
import re
from typing import Any

import pytest

from tests.cli.conftest import Desk, executed

ROW_OF_CASE = """
    number state rule kind severity category level group assignee channel mailbox requester subject
    registered_at opened_at solved_at closed_at state_since deadline attention missing
"""
REST_OF_CASE = "required messages related history replies"
ROW_OF_MESSAGE = "id mailbox message_id from subject received_at outcome case rule automatic may_answer"
REST_OF_MESSAGE = """
    also_matched words sender_verified repaired reasons text reply_text attachments locations
"""
CASE_ROW, MESSAGE_ROW = ROW_OF_CASE.split(), ROW_OF_MESSAGE.split()
CASE, MESSAGE = {*CASE_ROW, *REST_OF_CASE.split()}, {*MESSAGE_ROW, *REST_OF_MESSAGE.split()}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
STATUSES = {
    "queued", "sending", "sent", "uncertain", "refused", "given_up", "bounced", "failed", "not_needed"
}  # fmt: skip


def times(document: Any) -> list[str]:
    """Every value whose name says that it is a time."""
    if isinstance(document, list):
        return [t for each in document for t in times(each)]
    if not isinstance(document, dict):
        return []
    own = [
        v for k, v in document.items() if (k.endswith("_at") or k in ("at", "deadline", "state_since")) and v
    ]
    return own + [t for each in document.values() for t in times(each)]


def test_cases(desk: Desk) -> None:
    found = desk.json("cases")
    assert list(found) == ["cases"]
    assert all(list(case) == CASE_ROW for case in found["cases"])
    assert [c["number"] for c in found["cases"]] == sorted(c["number"] for c in found["cases"])
    assert all(TIME.fullmatch(t) for t in times(found))


def test_one_case(desk: Desk) -> None:
    case = desk.json("case", desk.number("respuesta_no_tengo_placa"))
    assert set(case) >= CASE
    assert set(case["requester"]) == {"name", "email"}
    assert case["required"] == {
        "nombre": "Hernán Castañeda",
        "telefono": "311 555 0106",
        "sede": "Bucaramanga, piso 2",
        "placa": None,
    }
    assert (case["missing"], case["attention"], case["severity"]) == (["placa"], "answer_not_understood", 4)
    assert case["messages"] == [
        desk.message(n)
        for n in ("impresora_sin_datos", "respuesta_parcial_outlook", "respuesta_no_tengo_placa")
    ]
    assert all(
        {"at", "kind", "from_state", "to_state", "by", "reason"} == set(event) for event in case["history"]
    )
    reply = {"id", "template", "to", "subject", "status", "queued_at", "sent_at", "attempts"}
    assert all(reply <= set(r) for r in case["replies"])
    assert {r["status"] for r in case["replies"]} <= STATUSES
    assert all(TIME.fullmatch(t) for t in times(case))


def test_related_cases_name_the_other_and_how(desk: Desk) -> None:
    one, other = desk.precaso(), desk.precaso()
    assert desk.json("case", one, "--relate", other)["related"] == [{"number": other, "how": "related"}]
    assert desk.json("case", other)["related"] == [{"number": one, "how": "related"}]


def test_messages(desk: Desk) -> None:
    found = desk.json("messages")
    assert list(found) == ["messages"]
    assert all(list(m) == MESSAGE_ROW for m in found["messages"])
    ids = [m["id"] for m in found["messages"]]
    assert ids == sorted(ids)
    assert desk.json("messages", "--limit", 2)["messages"] == found["messages"][:2]


def test_one_message(desk: Desk) -> None:
    message = desk.json("explain", desk.message("adjunto_pdf_y_foto"))
    assert set(message) >= MESSAGE
    assert all(set(a) >= {"name", "type", "size", "sha256"} for a in message["attachments"])
    assert message["attachments"]
    assert all(set(r) == {"check", "said", "detail"} for r in message["reasons"])
    assert all(set(place) == {"folder", "uidvalidity", "uid"} for place in message["locations"])
    assert [p["folder"] for p in message["locations"]] == ["Procesados"]
    assert desk.json("explain", message["message_id"]) == message


def test_rules_test(desk: Desk) -> None:
    found = desk.json("rules", "test", "No puedo ingresar, olvidé la CONTRASEÑA")
    contract = ["rule", "words", "also_matched", "outcome", "required", "missing", "would_reply", "reasons"]
    assert list(found) == [*contract, "folded", "rules", "correlation", "recovered", "stored"]
    assert (found["rule"], found["words"], found["outcome"]) == ("acceso", ["CONTRASEÑA"], "opened")
    assert found["also_matched"] == ["ingreso"]
    assert found["required"] == dict.fromkeys(["nombre", "telefono", "usuario", "aplicativo"])
    assert found["missing"] == ["nombre", "telefono", "usuario", "aplicativo"]
    assert found["would_reply"] == "pedir_datos"


def test_reconcile(desk: Desk) -> None:
    done = executed("--config", desk.config, "reconcile", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert {"on_server", "recorded", "missing", "doubled"} <= set(found)
    assert found["on_server"] == found["recorded"] == len(desk.json("messages")["messages"])
    assert (found["missing"], found["doubled"]) == ([], [])


def test_check(desk: Desk) -> None:
    desk.config.with_name("broken.toml").write_text('[service]\nnane = "Mesa"\n[mailbox.soporte]\n', "utf-8")
    done = desk.mailbot("check", "--json", "--config", desk.config.with_name("broken.toml"))
    found = json.loads(done.stdout)
    assert (done.exit_code, done.stderr, list(found)) == (1, "", ["ok", "problems"])
    assert found["ok"] is False
    keys = ["file", "line", "column", "path", "message", "hint", "level"]
    assert all(list(problem) == keys for problem in found["problems"])
    assert (found["problems"][0]["line"], found["problems"][0]["path"]) == (2, "service.nane")
    assert desk.json("check")["ok"] is True


@pytest.mark.parametrize("words", [("case", "MS-999999"), ("explain", "999999"), ("rules", "test", "999999")])
def test_what_is_not_there_leaves_the_output_empty(desk: Desk, words: tuple[str, ...]) -> None:
    done = desk.mailbot(*words, "--json")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "No hay un" in done.stderr
