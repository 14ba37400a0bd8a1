"""The way out as the pipeline sees it: accepted, refused, unreachable, or nobody knows."""

from collections import Counter
from collections.abc import Callable
from random import Random

from mailbot.transport.errors import Refused, Uncertain, Unreachable
from mailbot.transport.smtp import Receipt
from simulate.faults import Faults, Killed

WHAT = "Enviar un correo"


class Relay:
    """The provider's server: what it does with a mail depends on its day, and on the recipient."""

    def __init__(self, dice: Random, faults: Faults) -> None:
        self.dice, self.faults = dice, faults
        self.down = False
        #: how likely it puts a mail off, refuses it for good, or leaves us in doubt
        self.busy, self.refuses, self.doubtful = 0.0, 0.0, 0.0
        #: replaces our Message-ID, and says so or not
        self.rewrites, self.says_so = False, False
        #: recipients that it refuses for good or for days
        self.never: set[str] = set()
        self.not_now: set[str] = set()
        #: per Message-ID how often an attempt ended so that nobody could know
        self.doubts: Counter[str] = Counter()

    def calm(self) -> None:
        """No fault is left but those of the recipients themselves."""
        self.down, self.busy, self.refuses, self.doubtful = False, 0.0, 0.0, 0.0


class Way:
    """One process's connection to the relay."""

    def __init__(self, relay: Relay, accept: Callable[[str, bytes], str], dialled: Callable[[bytes], None]):
        self.relay = relay
        #: takes what was accepted, and gives its new Message-ID if it has one
        self.accept = accept
        self.dialled = dialled

    def send(self, envelope_from: str, to: str, data: bytes) -> Receipt:
        relay, dice, faults = self.relay, self.relay.dice, self.relay.faults
        self.dialled(data)
        how = faults.strikes("smtp")
        if how == "killed":
            raise Killed
        if relay.down:
            faults.count("smtp away")
            raise Unreachable(WHAT, "el servidor rechaza la conexión")
        self._may_refuse(to)
        if dice.random() < relay.doubtful:
            accepted = dice.random() < 0.5
            faults.count(f"smtp cut, {'accepted' if accepted else 'not accepted'}")
            if accepted:
                self.accept(to, data)
            relay.doubts[message_id(data)] += 1
            raise Uncertain(WHAT, "la conexión se cortó")
        renamed = self.accept(to, data)
        if how == "killed_after":
            raise Killed
        return Receipt("250 2.0.0 Ok", renamed if relay.says_so else None)

    def _may_refuse(self, to: str) -> None:
        relay, dice, faults = self.relay, self.relay.dice, self.relay.faults
        if to in relay.never or dice.random() < relay.refuses:
            faults.count("smtp 5xx")
            raise Refused(WHAT, 550, "5.1.1 no such user", permanent=True)
        if to in relay.not_now or dice.random() < relay.busy:
            faults.count("smtp 4xx")
            raise Refused(WHAT, 451, "4.3.2 try later", permanent=False)

    def close(self) -> None:
        pass


def message_id(data: bytes) -> str:
    """Of a mail of ours."""
    return data.partition(b"Message-ID: ")[2].partition(b"\r\n")[0].decode()
