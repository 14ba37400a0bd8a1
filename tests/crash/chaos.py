"""`make chaos`: the daemon is killed again and again while thousands of mails come in, and starts again at once.

    python -m tests.crash.chaos MAILS KILLS SEED LIFE

A seed is a schedule: which mails come, in how many lives of the daemon, and how long each lasts, of at most LIFE
seconds. The daemon
is forked from a process that has imported it all, so that most of a life is work. On PostgreSQL if
MAILBOT_TEST_POSTGRES says where, else on SQLite.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from email.headerregistry import Address

from sqlalchemy import func, select

from mailbot.store import tables
from mailbot.store.columns import table
from mailbot.store.statements import rows, scalar, scalars
from tests.crash import process, promises, recorder
from tests.crash.recorder import Accepted
from tests.crash.story import COMPLETE, CONFIG, somebody
from tests.crash.team import servers
from tests.crash.world import World
from tests.dovecot import PASSWORD
from tests.pipeline.given import answer, mail, read

#: what is sent, of a hundred mails, and the outcome that it must have
WEIGHTS = {"asks": 40, "answers": 30, "complete": 12, "copy": 6, "robot": 4, "other": 8}
OUTCOME = {
    "asks": "opened",
    "answers": "updated",
    "complete": "opened",
    "copy": "duplicate",
    "robot": "ignored",
    "other": "unmatched",
}
#: seconds in which nothing happens at the end, before it counts as stuck
STUCK = 150.0


@dataclass
class Figures:
    """`gap`: the longest that a mail waited for its outcome, in seconds.

    `in_doubt`: replies that were interrupted twice and are left to a person; `never_left`: those of them that the
    server in fact never took, which only this test can know.
    """

    mails: int
    kills: int
    seed: int
    life: float
    replies: int = 0
    duplicates: int = 0
    in_doubt: int = 0
    never_left: int = 0
    gap: float = 0.0
    seconds: float = 0.0
    outcomes: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


class People:
    """They write, and some answer what they are asked; `expected` counts what must become of their mail."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.world, self.chance = world, chance
        self.expected: Counter[str] = Counter()
        self._originals: list[bytes] = []
        self._requests: dict[str, Accepted] = {}
        self._answered: set[str] = set()
        self._heard = 0

    def write(self) -> None:
        what = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        self._listen()
        if (what == "answers" and not self._requests) or (what == "copy" and not self._originals):
            what = "asks"
        number = self.expected.total()
        self.world.deliver(self._mail(what, somebody(f"{what}{number}")), "soporte")
        self.expected[OUTCOME[what]] += 1

    def _listen(self) -> None:
        """Who was asked may answer, once."""
        heard, self._heard = recorder.accepted(self.world.sent("soporte"), self._heard)
        asked = (m for m in heard if m.to.startswith("asks") and m.to not in self._answered)
        self._requests.update((m.to, m) for m in asked)

    def _mail(self, what: str, who: Address) -> bytes:
        if what == "answers":
            to, request = self._requests.popitem()
            self._answered.add(to)
            return answer(read(request.raw.encode("latin-1")), COMPLETE, Address(addr_spec=to))
        if what == "copy":
            return self.chance.choice(self._originals)
        if what == "robot":
            return mail(sender=who, auto_submitted="auto-generated")
        if what == "other":
            return mail("Una consulta", sender=who)
        if what == "complete":
            return mail(text=COMPLETE, sender=who)
        self._originals.append(mail(sender=who))
        return self._originals[-1]


def run(world: World, figures: Figures) -> Figures:
    """The whole: first connection, lives and deaths, the rest of the work undisturbed, and what must hold."""
    began = time.monotonic()
    world.do("run", "--once")
    chance = random.Random(figures.seed)  # noqa: S311  (a schedule)
    people = People(world, chance)
    for life in range(1, figures.kills + 1):
        _live(world, people, chance.uniform(0, figures.life), figures.mails * life // figures.kills)
    _finish(world, people)
    figures.seconds = round(time.monotonic() - began, 1)
    _look(world, people, figures)
    return figures


def _live(world: World, people: People, seconds: float, mails: int) -> None:
    """One life: mail comes in until `mails` have, and then it is killed, wherever it is."""
    pid, end = world.start("run"), time.monotonic() + seconds
    while people.expected.total() < mails:
        people.write()
    time.sleep(max(end - time.monotonic(), 0))
    os.kill(pid, signal.SIGKILL)
    assert process.end_of(pid) == -signal.SIGKILL, world.log.read_text(encoding="utf-8")[-3000:]


def _finish(world: World, people: People) -> None:
    pid, waits, left = world.start("run"), time.monotonic() + STUCK, [-1]
    while any(found := _left(world, people.expected.total())):
        if found != left:
            left, waits = found, time.monotonic() + STUCK
        if time.monotonic() > waits:
            break
        time.sleep(0.5)
    os.kill(pid, signal.SIGTERM)
    process.end_of(pid)


def _left(world: World, mails: int) -> list[int]:
    """Mails without an outcome, mails to be moved, replies on their way."""
    message, location, outbox = (table(kind) for kind in (tables.Message, tables.Location, tables.Outbox))
    on_way = (outbox.c.status == "sending") | outbox.c.next_attempt_at.is_not(None)
    with world.store.reading() as s:
        return [
            mails - scalar(s, select(func.count()).select_from(message)),
            scalar(s, select(func.count()).select_from(location).where(location.c.to_move)),
            scalar(s, select(func.count()).select_from(outbox).where(on_way)),
        ]


def _look(world: World, people: People, figures: Figures) -> None:
    message, outbox = table(tables.Message), table(tables.Outbox)
    accepted = world.accepted()
    taken = {promises.message_id(mail) for mail in accepted}
    with world.store.reading() as s:
        mails = rows(s, select(message.c.outcome, message.c.received_at, message.c.stored_at))
        figures.replies = scalar(s, select(func.count()).select_from(outbox))
        doubtful = scalars(s, select(outbox.c.message_id).where(outbox.c.status == "uncertain"))
    figures.in_doubt, figures.never_left = len(doubtful), len(set(doubtful) - taken)
    figures.outcomes = dict(Counter(str(row.outcome) for row in mails))
    figures.gap = round(max((row.stored_at - row.received_at).total_seconds() for row in mails), 1)
    wrong, figures.duplicates = promises.replies(world.store, accepted, figures.kills)
    figures.wrong = [*wrong, *_broken(world, people, figures)]


def _broken(world: World, people: People, figures: Figures) -> Iterator[str]:
    yield from promises.unsound(world.store)
    if figures.outcomes != people.expected:
        yield f"outcomes {figures.outcomes}, expected {dict(people.expected)}"
    if any(left := _left(world, figures.mails)):
        yield f"unread, not moved, not sent: {left}"
    if code := world.mailbot("reconcile"):
        yield f"mailbot reconcile ended with {code}"
    if lying := [line for line in promises.lying(world.maildir("soporte")) if line.startswith(".:")]:
        yield f"{len(lying)} mails still lie in INBOX"
    yield from _cases(world, people)
    yield from _unseen(world)


def _cases(world: World, people: People) -> Iterator[str]:
    """One case for each who asked, and of each kind of reply one."""
    case, outbox = table(tables.Case), table(tables.Outbox)
    with world.store.reading() as s:
        requesters = Counter(row.requester_email for row in rows(s, select(case.c.requester_email)))
        sent = Counter(
            (row.case_id, row.template) for row in rows(s, select(outbox.c.case_id, outbox.c.template))
        )
    if requesters.total() != people.expected["opened"]:
        yield f"{requesters.total()} cases for {people.expected['opened']} requests"
    yield from (f"{n} cases for {who}" for who, n in requesters.items() if n > 1)
    yield from (
        f"{n} replies {template} in case {case_id}" for (case_id, template), n in sent.items() if n > 1
    )


def _unseen(world: World) -> Iterator[str]:
    """A precaso whose request is in doubt shows it: its deadline does not run (invariant 3)."""
    case, outbox = table(tables.Case), table(tables.Outbox)
    doubtful = outbox.c.status == "uncertain", outbox.c.template == "pedir_datos"
    waits = case.c.state == "precaso", case.c.attention.is_(None)
    query = select(case.c.number).join(outbox, outbox.c.case_id == case.c.id).where(*doubtful, *waits)
    with world.store.reading() as s:
        yield from (f"{number}: its request is in doubt and nobody is told" for number in scalars(s, query))


def play(mails: int, kills: int, seed: int, life: float, postgres: str = "") -> Figures:
    """On servers of its own. Called by a process without threads, since the daemon is forked from it."""
    os.environ["MAILBOT_TEST_PASSWORD"] = PASSWORD
    with ExitStack() as stack:
        known = stack.enter_context(servers(postgres))
        process.prepare()
        world = World(known, "postgresql" if postgres else "sqlite", "chaos", CONFIG)
        world.create()
        figures = run(world, Figures(mails, kills, seed, life))
        if figures.wrong:
            figures.wrong.append(world.log.read_text(encoding="utf-8")[-5000:])
        world.remove()
        return figures


if __name__ == "__main__":
    mails, kills, seed = map(int, sys.argv[1:4])
    seen = play(mails, kills, seed, float(sys.argv[4]), os.environ.get("MAILBOT_TEST_POSTGRES", ""))
    print(json.dumps(asdict(seen), ensure_ascii=False))  # noqa: T201
    sys.exit(bool(seen.wrong))
