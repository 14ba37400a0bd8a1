"""What other servers say to our replies: a real Postfix refuses them, puts them off, and returns them later."""

from typing import Any

import pytest

from tests.integration.chain import Chain
from tests.pipeline.given import DATA, content


def tried(case: dict[str, Any]) -> dict[str, Any] | None:
    """Its request, once an attempt failed."""
    (request,) = case["replies"]
    return request if request["attempts"] else None


@pytest.mark.parametrize(
    "said",
    [
        "550 5.1.1 No such user here",
        "552 5.2.2 Mailbox full",
        "552 5.3.4 Message too big",
        "554 5.7.1 Rejected as spam",
    ],
)
def test_a_request_that_comes_back_hands_the_precaso_to_the_desk(chain: Chain, said: str) -> None:
    """Accepted by our server, refused by theirs: Postfix's own report joins by what it returns of our mail."""
    ana = chain.person("fuera.example")
    chain.postfix.at_mx[ana.address] = said
    ana.writes()
    bounce = chain.message("bounce", ana.case()["number"])

    assert bounce["from"] == "mailer-daemon@mail.mesa.example"
    assert [r["detail"][:9] for r in bounce["reasons"] if r["said"] == "did_not_arrive"] == [said[:9]]
    case = ana.case()
    assert (case["state"], case["attention"], case["deadline"]) == ("precaso", "request_bounced", None)
    assert [r["status"] for r in case["replies"] if r["template"] == "pedir_datos"] == ["bounced"]
    assert ana.address in content(chain.desk.finds(case["number"]))
    assert chain.agrees()


def test_a_notice_of_delay_changes_nothing_and_the_late_reply_arrives_once(chain: Chain) -> None:
    """Hazard 11: greylisted there, reported as late here, delivered in the end."""
    luz = chain.person("fuera.example")
    chain.postfix.at_mx[luz.address] = "450 4.2.0 Greylisted, come back later"
    luz.writes()
    before = luz.case()
    chain.message("bounce", before["number"])

    case = luz.case()
    assert (case["state"], case["attention"], case["deadline"]) == ("precaso", None, before["deadline"])
    assert case["history"][:-1] == before["history"]
    assert [r["status"] for r in case["replies"]] == ["sent"]

    del chain.postfix.at_mx[luz.address]
    luz.answers(luz.gets(), DATA)
    luz.gets()
    assert luz.case()["state"] == "abierto"
    assert len(luz.inbox()) == 2
    assert chain.agrees()


def test_a_delay_that_ends_in_a_failure_is_a_bounce(chain: Chain) -> None:
    eva = chain.person("fuera.example")
    chain.postfix.at_mx[eva.address] = "450 4.2.0 Greylisted, come back later"
    eva.writes()
    chain.message("bounce", eva.case()["number"])
    assert eva.case()["attention"] is None
    chain.postfix.at_mx[eva.address] = "550 5.1.1 No such user here"
    chain.until("the bounce", lambda: eva.case()["attention"])

    case = eva.case()
    assert (case["attention"], case["deadline"]) == ("request_bounced", None)
    assert [e["kind"] for e in case["history"]][-2:] == ["delivery_notice", "reply_bounced"]
    assert chain.agrees()


@pytest.mark.parametrize("said", ["450 4.2.0 Greylisted, come back later", "451 4.3.0 Try again"])
def test_who_is_refused_for_now_is_tried_again_and_the_day_starts_then(chain: Chain, said: str) -> None:
    """Invariant 3, hazard 59: no deadline runs before our server took the request; others are not held up."""
    eva, sol = chain.person(), chain.person()
    chain.postfix.at_submission[eva.address] = said
    eva.writes()
    refused = chain.until("the first refusal", lambda: tried(eva.case()))
    assert (refused["status"], refused["attempts"]) == ("queued", 1)
    assert said.removeprefix("450 ").removeprefix("451 ")[:5] in refused["said"]
    assert eva.case()["deadline"] is None
    sol.writes()
    sol.gets()

    del chain.postfix.at_submission[eva.address]
    chain.hurry()
    eva.gets()
    case = eva.case()
    assert case["deadline"] is not None
    assert [(r["status"], r["attempts"]) for r in case["replies"]] == [("sent", 2)]
    assert len(eva.inbox()) == 1
    assert chain.agrees()


@pytest.mark.parametrize("said", ["550 5.1.1 No such user", "553 5.1.3 Bad address"])
def test_who_is_refused_for_good_waits_for_a_person(chain: Chain, said: str) -> None:
    """Hazard 59: marked and told, and the next one is served."""
    eva, sol = chain.person(), chain.person()
    chain.postfix.at_submission[eva.address] = said
    eva.writes()
    chain.until("the refusal", lambda: eva.case()["attention"])

    case = eva.case()
    assert (case["state"], case["attention"], case["deadline"]) == ("precaso", "request_refused", None)
    assert [r["status"] for r in case["replies"] if r["template"] == "pedir_datos"] == ["refused"]
    sol.writes()
    sol.gets()
    assert eva.inbox() == []
    assert chain.agrees()


def test_a_notice_to_the_desk_that_bounces_starts_nothing(chain: Chain) -> None:
    """Hazard 1: no notice about the notice."""
    chain.postfix.at_mx[chain.desk.address] = "550 5.1.1 No such user here"
    ana = chain.person()
    ana.writes(text=f"Hola.\n{DATA}")
    number = ana.case()["number"]
    chain.message("bounce", number)
    del chain.postfix.at_mx[chain.desk.address]

    ana.writes("Re: Olvidé la contraseña", "Gracias por todo.", references=str(ana.gets()["Message-ID"]))
    chain.message("updated", number)
    case = ana.case()
    assert (case["state"], case["attention"]) == ("abierto", None)
    assert [(r["template"], r["status"]) for r in case["replies"]] == [
        ("caso_abierto", "sent"),
        ("aviso_caso", "bounced"),
    ]
    assert chain.agrees()
