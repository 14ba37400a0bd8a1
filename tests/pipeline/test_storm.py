"""Two machines that answer each other die out, whatever marks they lack (lesson 13, hazards 4, 6)."""

from collections.abc import Callable
from email.message import EmailMessage
from itertools import count

import pytest

from tests.pipeline.given import HOUR, MINUTE, ROBOT, SECOND, Desk, answer, mail

ROBOT_DATA = "Su solicitud es muy importante para nosotros."
tickets = count(1)

#: which database it is does not matter here
pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def fresh(_: EmailMessage) -> bytes:
    """It opens a ticket of its own for each mail, and knows nothing of threads."""
    return mail(f"Caso {next(tickets)}: contraseña", ROBOT_DATA, ROBOT)


def threaded(ours: EmailMessage) -> bytes:
    """It answers each mail under its subject."""
    return answer(ours, ROBOT_DATA, ROBOT)


@pytest.mark.parametrize("writes", [fresh, threaded])
def test_a_robot_without_marks_gets_at_most_five_answers_an_hour(
    desk: Desk, writes: Callable[[EmailMessage], bytes]
) -> None:
    desk.gets(mail("Caso 0: contraseña", ROBOT_DATA, ROBOT))
    answered = 0
    for n in range(12):
        if n == 4:
            desk.restart()
        desk.clock.move(MINUTE)
        desk.poll()
        desk.deliver()
        ours = desk.got(ROBOT)
        for new in ours[answered:]:
            desk.gets(writes(new))
        answered = len(ours)
    assert 1 <= answered <= 5


def test_a_robot_that_writes_unasked_gets_at_most_five_answers_an_hour(desk: Desk) -> None:
    for n in range(9):
        desk.clock.move(SECOND)
        desk.gets(mail(f"contraseña {n}", ROBOT_DATA, ROBOT))
        desk.round()
    assert len(desk.got(ROBOT)) == 5
    desk.clock.move(HOUR)
    desk.gets(mail("contraseña más", ROBOT_DATA, ROBOT))
    desk.round()
    assert len(desk.got(ROBOT)) == 6


def test_a_robot_that_wants_each_answer_elsewhere_gets_no_more_of_them(desk: Desk) -> None:
    """Answers may go where its Reply-To says, and count against who wrote."""
    elsewhere = [f"cola-{n}@otra.example" for n in range(9)]
    for n, address in enumerate(elsewhere):
        desk.clock.move(SECOND)
        desk.gets(mail(f"contraseña {n}", ROBOT_DATA, ROBOT, reply_to=address))
        desk.round()
    assert [len(desk.got(address)) for address in elsewhere] == [1] * 5 + [0] * 4
