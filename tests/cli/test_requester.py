"""A forwarded mail: the desk is told who seems to have asked, and makes the case theirs (lesson 29)."""

import pytest

from mailbot.sandbox import samples
from tests.cli.conftest import Desk

ORIGINAL = "leonor.gaviria@mesa.example"


def test_the_desk_accepts_who_asked_and_they_are_asked_for_what_is_missing(desk: Desk) -> None:
    seen = desk.stage.play(samples.load("reenviado_como_adjunto"))
    assert seen.case is not None
    number = seen.case["number"]
    assert seen.case["requester"]["email"] == "gloria.velez@oti.example"
    assert f"quien pidió ayuda parece ser: {ORIGINAL}" in " ".join(
        desk.mailbot("case", number).stdout.split()
    )
    explained = desk.mailbot("explain", seen.message["id"]).stdout
    assert f"quien pidió ayuda parece ser {ORIGINAL}" in " ".join(explained.split())

    assert desk.mailbot("case", number, "--requester", ORIGINAL).exit_code == 0
    desk.stage.settle()

    case = desk.json("case", number)
    assert case["requester"] == {"name": "Leonor Gaviria", "email": ORIGINAL}
    assert case["required"]["nombre"] == "Leonor Gaviria"
    assert [r["to"] for r in case["replies"] if r["template"] == "pedir_datos"] == [
        "gloria.velez@oti.example",
        ORIGINAL,
    ]
    asked = [e for e in case["history"] if e["kind"] == "asked"]
    assert len(asked) == 2
    assert case["deadline"]
    assert desk.stage.servers.sent_to(ORIGINAL)


@pytest.mark.parametrize("wrong", ["Ana", "a@b@c.example", "uno@mesa.example, dos@mesa.example", ""])
def test_what_is_no_address_is_refused(desk: Desk, wrong: str) -> None:
    done = desk.mailbot("case", desk.precaso(), "--requester", wrong)
    assert done.exit_code == 2
    assert "--requester es una dirección de correo" in done.stderr


def test_a_name_may_stand_beside_the_address(desk: Desk) -> None:
    case = desk.json("case", desk.precaso(), "--requester", "Luz Gil <LUZ@mesa.example>")
    assert case["requester"] == {"name": "Luz Gil", "email": "luz@mesa.example"}


def test_our_own_address_asks_for_nothing(desk: Desk) -> None:
    done = desk.mailbot("case", desk.precaso(), "--requester", "soporte@mesa.example")
    assert done.exit_code == 2
    assert "es una dirección de la mesa" in done.stderr


def test_a_file_in_winmail_dat_is_shown_with_where_it_was(desk: Desk) -> None:
    """Lesson 32."""
    seen = desk.stage.play(samples.load("adjunto_winmail"))
    shown = " ".join(desk.mailbot("explain", seen.message["id"]).stdout.split())
    assert "Factura del tóner.pdf (dentro de winmail.dat), application/pdf" in shown
