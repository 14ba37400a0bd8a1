"""The few places where mailbot asks for chance, or tells what went wrong, while a history is played."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from unittest import mock

import structlog
from structlog.typing import EventDict, WrappedLogger

import mailbot.carry_out
import mailbot.sending
from mailbot.mail.parse import Unreadable
from simulate.world import World

#: logged where one message's or one case's failure must not stop the others: here it is a bug
BUGS = ("message.failed", "clock.failed", "reply.case_not_told", "reply.broken", "reply.damaged")


@contextmanager
def seams(world: World) -> Iterator[None]:
    """References of replies and the spread of retries come from the seed; what is logged is looked at."""
    chance = SimpleNamespace(token_hex=lambda n: f"{world.dice.getrandbits(8 * n):0{2 * n}x}")
    before = structlog.get_config()["processors"]
    with (
        mock.patch.object(mailbot.carry_out, "secrets", chance),
        mock.patch.object(mailbot.sending, "random", world.dice),
    ):
        structlog.configure(processors=[_listen(world)])
        try:
            yield
        finally:
            structlog.configure(processors=before)


def _listen(world: World) -> structlog.typing.Processor:
    def listen(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        error = sys.exc_info()[1]
        if event["event"] in BUGS and not isinstance(error, Unreadable):
            world.is_broken(event["event"], traceback.format_exc())
        raise structlog.DropEvent

    return listen
