"""One seed: what happens, step by step, and then a quiet time in which everything must come to an end."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.reconcile import Account as Reconciled, reconcile
from mailbot.store.check import integrity
from mailbot.store.check.desk import CLOCK
from simulate import settings
from simulate.clock import DAY, HOUR, MINUTE, SECOND
from simulate.database import Database, time
from simulate.faults import Plan, draw
from simulate.imap import Imap
from simulate.meddling import Meddling
from simulate.people import People
from simulate.promises import Promises
from simulate.seams import seams
from simulate.server import INBOX
from simulate.staff import Staff
from simulate.worker import Alive, Worker
from simulate.world import World

#: rounds of the quiet time, each from one moment at which something may happen to the next
MOST_ROUNDS = 90
LENGTHS = {
    30 * SECOND: 3,
    5 * MINUTE: 5,
    HOUR: 8,
    4 * HOUR: 7,
    12 * HOUR: 8,
    DAY: 6,
    30 * HOUR: 3,
    3 * DAY: 1,
}
NEXT = """
SELECT min(next_attempt_at) FROM outbox
UNION ALL SELECT min(claimed_at) FROM outbox WHERE status = 'sending'
UNION ALL SELECT min(due) FROM clock WHERE done_at IS NULL
"""
TO_DO = """
SELECT DISTINCT 'send ' || mailbox FROM outbox WHERE next_attempt_at IS NOT NULL OR status = 'sending'
UNION SELECT 'hand' FROM outbox WHERE status = 'sending'
UNION SELECT 'asked ' || "case".mailbox FROM clock JOIN "case" ON "case".id = case_id WHERE done_at IS NULL
UNION SELECT 'move ' || mailbox FROM location WHERE to_move
"""
TO_MOVE = "SELECT 1 FROM location WHERE to_move LIMIT 1"


@dataclass(frozen=True)
class Told:
    """What a history came to."""

    seed: int
    steps: int
    checks: int
    world: World
    outcomes: tuple[str, ...]

    @property
    def broken(self) -> list[str]:
        return self.world.broken


def play(seed: int, database: Database) -> Told:
    """The history of a seed, to its end or to the first promise that is broken."""
    history = History(seed, database)
    with seams(history.world):
        history.play()
    outcomes = tuple(m["outcome"] for m in history.promises.rows["messages"])
    return Told(seed, history.steps, history.promises.checks, history.world, outcomes)


class History:
    def __init__(self, seed: int, database: Database) -> None:
        self.world = World(seed, database)
        self.dice = self.world.dice
        self.people = People(self.world)
        self.promises = Promises(self.world)
        self.meddling = Meddling(self.world)
        self.staff = Staff(self.world, self.promises)
        self.steps = 0
        two = self.dice.random() < 0.35
        presence = Alive()
        self.workers = [
            Worker(name, store, self.world, presence)
            for name, store in zip("AB" if two else "A", database.stores, strict=False)
        ]
        #: how likely a piece of work is disturbed; some histories are calm
        self.disturbed = self.dice.choice((0.0, 0.1, 0.25, 0.5))
        self.doings: dict[Callable[[], None], int] = {
            self.people.somebody_writes: 18,
            self.round: 30,
            self.work: 20,
            self.time_passes: 30,
            self.meddling.outage: 5,
            self.meddling.other_client: 5,
            self.meddling.sorts: 14,
            self.meddling.rebuild: 2,
            self.meddling.server_changes: 2,
            self.clock_is_set: 2,
            self.meddling.reload: 3,
            self.staff_works: 5,
            self.crash: 2,
        }

    # -- the whole ---------------------------------------------------------------------------------------

    def play(self) -> None:
        """The first connection is calm: what lay there before it is another matter."""
        for box in settings.BOXES:
            self.workers[0].poll(box)
        self.step(self.people.request)
        doings, weights = list(self.doings), list(self.doings.values())
        for _ in range(self.dice.randint(10, 60)):
            if self.world.broken:
                return
            self.step(self.dice.choices(doings, weights)[0])
        self.quiet()

    def step(self, doing: Callable[[], None]) -> None:
        self.steps += 1
        doing()
        self.promises.check()

    def quiet(self) -> None:
        """No fault is left."""
        self.meddling.calm()
        self.disturbed = 0.0
        for n in range(MOST_ROUNDS):
            if self.world.broken:
                return
            self.step(self.round)
            wake = self._next()
            if wake is None:
                break
            # not every try of what is put off for days
            self.world.pass_time(max(wake - self.world.clock.now, SECOND, n // 10 * HOUR))
        else:
            self.world.is_broken("everything comes to an end", f"{MOST_ROUNDS} rounds")
        self.promises.check_end()
        self._agrees()

    def _next(self) -> datetime | None:
        """When something may happen: a try, a clock six minutes after it ran out, somebody's mail."""
        found = [time(row[0]) for row in self.world.database.outside.execute(NEXT) if row[0]]
        wakes = [at + 6 * MINUTE if n else at for n, at in enumerate(found)]
        now = self.world.clock.now
        times = [at if at > now else now + 10 * MINUTE for at in wakes]
        times += [self.world.next_event] if self.world.next_event else []
        to_move = self.world.database.outside.execute(TO_MOVE).fetchone()
        times += [now + MINUTE] if to_move or self.promises.unread() or self.promises.unsorted() else []
        return min(times, default=None)

    def _agrees(self) -> None:
        """The server and the ledger, and the database with itself."""
        store, account = self.workers[0].store, Reconciled()
        for name in settings.BOXES:
            world = self.world
            box = world.live.mailbox(name)
            imap = Imap(box, world.accounts[name], world.faults, world.polled, lambda *_: None)
            reconcile(box, imap, world.live, store, account)  # type: ignore[arg-type]
        for entry in account.missing:
            place = entry["folder"], entry["uidvalidity"], entry["uid"]
            letter = self.world.accounts[entry["mailbox"]].ever[place]
            if not (letter.meddled or letter.not_given):
                self.world.is_broken("server and ledger agree", (entry, letter))
        if account.doubled:
            self.world.is_broken("server and ledger agree", account.doubled)
        if self.world.seed % 4:  # it takes long
            return
        with store.reading() as s:
            # the machine's own clock, by which that one is judged, shows another year
            if problems := [problem for problem in integrity(s) if problem.hint != CLOCK]:
                self.world.is_broken("the database is sound", problems)

    # -- steps -------------------------------------------------------------------------------------------

    def round(self) -> None:
        """Read, judge, send, as the daemon does without end; what would find nothing to do mostly left out."""
        reads, judges, sends = self._promising()
        for box in reads:
            self._disturbed(lambda worker, box=box: worker.poll(box))  # type: ignore[misc]
        if judges:
            self._disturbed(Worker.tick)
            sends = self._promising()[2]
        for box in sends:
            self._disturbed(lambda worker, box=box: worker.deliver(box))  # type: ignore[misc]

    def _promising(self) -> tuple[list[str], bool, list[str]]:
        """Mailboxes to read, whether to look at the clocks, mailboxes to send from."""
        found = [row[0] for row in self.world.database.outside.execute(TO_DO)]
        boxes = list(settings.BOXES)
        if self.dice.random() < 0.05:
            return boxes, True, boxes
        asked = {box for box in boxes if f"asked {box}" in found}
        unread = {account.name for account in self.world.accounts.values() if account.folders[INBOX].letters}
        unread |= self.promises.unsorted()
        moves = {box for box in boxes if f"move {box}" in found}
        return (
            [b for b in boxes if b in asked | unread | moves],
            bool(asked) or "hand" in found,
            [b for b in boxes if f"send {b}" in found],
        )

    def work(self) -> None:
        """One piece of work out of its order."""
        self._disturbed(self._some_work())

    def staff_works(self) -> None:
        what, work = self.staff.something()
        self._disturbed(lambda worker: worker.by_hand(what, work))

    def time_passes(self) -> None:
        """People write, and mailbot does nothing: between two polls, or suspended."""
        length: timedelta = self.dice.choices(list(LENGTHS), list(LENGTHS.values()))[0]
        self.world.tell(f"{length} pass")
        self.world.pass_time(length)

    def clock_is_set(self) -> None:
        clock = self.world.clock
        before = clock.skew
        for worker in self.workers:
            worker.well = False
        self.meddling.clock_is_set()
        self._disturbed(Worker.tick)
        if clock.skew < before and not any(worker.well for worker in self.workers):
            clock.unseen.append(clock.now)

    def crash(self) -> None:
        self.dice.choice(self.workers).die()

    def _some_work(self) -> Callable[[Worker], None]:
        box = "soporte" if self.dice.random() < 0.8 else "redes"
        return self.dice.choice((Worker.tick, lambda w: w.poll(box), lambda w: w.deliver(box)))

    def _disturbed(self, work: Callable[[Worker], None]) -> None:
        """By one of the processes; where the plan says so, another steps in between two transactions."""
        faults = self.world.faults
        worker = self.dice.choice(self.workers)
        faults.plan = draw(self.dice, self.disturbed, alone=len(self.workers) == 1)
        faults.other = lambda: self._other(worker)
        work(worker)
        faults.plan = Plan()

    def _other(self, first: Worker) -> None:
        faults = self.world.faults
        plan, faults.plan = faults.plan, Plan()
        for other in self.workers:
            if other is not first:
                self._some_work()(other)
        faults.plan = plan
