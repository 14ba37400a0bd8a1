"""One process of mailbot: what its threads do, called one by one, and its end at any moment."""

import sqlite3
import traceback
from collections.abc import Callable, Container, Iterable
from datetime import datetime

from mailbot.pipeline import deliver, receive, tick
from mailbot.reading import make_folders
from mailbot.sending import Worker as Sender, abandoned
from mailbot.sorting import by_hand
from mailbot.store.engine import Store
from mailbot.store.errors import StoreError
from mailbot.store.locks import Presence
from mailbot.transport.errors import TransportError
from simulate.database import time
from simulate.faults import Killed
from simulate.imap import Imap
from simulate.server import Account, Letter
from simulate.smtp import Way, message_id
from simulate.world import World


class Alive(Presence):
    """Which processes there are: on PostgreSQL their locks tell, here the simulation does."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def gone(self, workers: Iterable[str], stale: Container[str] = ()) -> set[str]:
        return set(workers) - self.names


class Worker:
    """Its memory is its connections, and what it knows of its own attempts; all else it asks the database."""

    def __init__(self, name: str, store: Store, world: World, presence: Alive) -> None:
        self.name, self.store, self.world, self.presence = name, store, world, presence
        #: a piece of work is under way: another cannot begin in the same process
        self.busy = False
        self._lives = 0
        #: whether its last piece of work came to its end
        self.well = False
        self.begin()

    def begin(self) -> None:
        """A new process, with a name like no other."""
        self._lives += 1
        self._imaps: dict[str, Imap] = {}
        self._senders = {box: Sender(self.named) for box in self.world.accounts}
        self.presence.names.add(self.named)

    @property
    def named(self) -> str:
        return f"{self.name}{self._lives}"

    # -- pieces of work ----------------------------------------------------------------------------------

    def poll(self, box: str) -> None:
        """As the daemon's Reader: connect where needed, and read."""
        self._do(f"poll {box}", lambda: self._poll(box))

    def tick(self) -> None:
        """As the daemon's clock."""
        self._do("tick", self._tick)

    def deliver(self, box: str) -> None:
        self._do(f"deliver {box}", lambda: self._deliver(box))

    def by_hand(self, what: str, work: Callable[[Store], str]) -> None:
        """What a person of the desk does by a command."""
        self._do(what, lambda: work(self.store))

    def _poll(self, box: str) -> str:
        world, live = self.world, self.world.live
        mailbox = live.mailbox(box)
        if box not in self._imaps or not self._imaps[box].alive:
            self._imaps[box] = Imap(mailbox, world.accounts[box], world.faults, world.polled, self._moves)
            make_folders(mailbox, self._imaps[box], live)  # type: ignore[arg-type]
        rest = live, self.store, world.clock
        outcomes = receive(mailbox, self._imaps[box], *rest, self._going())  # type: ignore[arg-type]
        outcomes += by_hand(mailbox, self._imaps[box], *rest, self._going())  # type: ignore[arg-type]
        return ", ".join(outcomes) or "nothing"

    def _going(self) -> Callable[[], bool]:
        """Seldom it is told to stop between two messages."""
        if self.world.dice.random() < 0.9:
            return lambda: True
        left = iter((True,) * self.world.dice.randint(0, 2))
        return lambda: next(left, False)

    def _tick(self) -> str:
        world = self.world
        abandoned(world.live, self.store, world.clock(), self.named, self.presence)
        return f"{tick(world.live, self.store, world.clock)} settled"

    def _deliver(self, box: str) -> str:
        world, worker = self.world, self._senders[box]
        way = Way(world.relays[box], lambda to, data: world.accept(box, to, data), self._dials)
        tried = deliver(box, way, world.live, self.store, world.clock, worker, lambda: True)  # type: ignore[arg-type]
        return f"{tried} tried"

    # -- how it ends -------------------------------------------------------------------------------------

    def _do(self, what: str, work: Callable[[], str]) -> None:
        if self.busy:
            return
        self.busy, self.well = True, False
        plan = self.world.faults.plan
        try:
            said = work()
            self.well = True
        except Killed:
            said = "KILLED"
            self.die()
        except TransportError as trouble:
            said = f"failed: {trouble.said}"
        except StoreError as trouble:
            said = f"failed: {type(trouble).__name__}"
        except Exception as bug:
            said = f"BROKEN {bug!r}"
            self.world.is_broken("nothing but the known errors is raised", traceback.format_exc())
        finally:
            self.busy = False
        self.world.tell(f"{self.name} {what}: {said}" + (f" [{plan}]" if plan.struck else ""))

    def die(self) -> None:
        """Nothing in memory is left: no connection, no transaction. Another process begins in its place."""
        self.world.tell(f"{self.named} ends")
        self.store.dispose()
        for reply in self.world.database.outside.execute(IN_HAND, (self.named,)):
            self.world.relays[reply["mailbox"]].doubts[reply["message_id"]] += 1
        self.presence.names.discard(self.named)
        self.begin()

    # -- what is seen from outside -----------------------------------------------------------------------

    def _moves(self, account: Account, folder: str, uidvalidity: int, uid: int, letter: Letter) -> None:
        """Invariant 1: only after its outcome is committed."""
        place = (account.name, folder, uidvalidity, uid)
        if not self.world.database.outside.execute(OUTCOME, place).fetchone():
            self.world.is_broken("a message is moved only after its outcome is committed", letter)

    def _dials(self, data: bytes) -> None:
        found = message_id(data)
        row = self.world.database.outside.execute(STALE, (found,)).fetchone()
        if row is None:
            self.world.is_broken("what is sent was stored before", found)
        elif row["status"] != "sending":
            self.world.is_broken("an attempt is recorded before dialling", dict(row))
        elif row["case_id"] is not None and not _still_true(row, self.world.clock()):
            self.world.is_broken("a stale reply is not sent", dict(row))


OUTCOME = """
SELECT outcome FROM message JOIN location ON location.message_id = message.id
WHERE location.mailbox = ? AND folder = ? AND uidvalidity = ? AND uid = ?
"""
IN_HAND = "SELECT mailbox, message_id FROM outbox WHERE status = 'sending' AND claimed_by = ?"
STALE = """
SELECT outbox.*, "case".state, "case".number,
       (SELECT due FROM clock WHERE case_id = "case".id AND kind = 'answer' ORDER BY id DESC LIMIT 1) AS due
FROM outbox LEFT JOIN "case" ON "case".id = outbox.case_id WHERE outbox.message_id = ?
"""


def _still_true(row: sqlite3.Row, now: datetime) -> bool:
    """Hazard 58: what it says must still hold of its case."""
    state, role = str(row["state"]), str(row["role"])
    if role in ("request", "request_again"):
        return state not in ("cerrado", "anulado", "no_gestionado")
    if role == "reminder":
        return state == "precaso" and now < time(row["due"])
    return role != "close" or state == "no_gestionado"
