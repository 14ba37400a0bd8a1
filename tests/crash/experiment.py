"""One experiment: the story's batch, a fault at one point, two runs without fault, and the promises."""

import difflib
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import func, select

from mailbot.store import clocks, tables
from mailbot.store.columns import table
from mailbot.store.engine import Store
from mailbot.store.statements import rows, scalar, scalars
from tests.crash import arm, process, promises
from tests.crash.points import BY_NAME, Point
from tests.crash.story import OUTCOMES, UNREADABLE
from tests.crash.world import BOXES, World

KILL, FAIL = "kill", "fail"
#: seconds that a daemon may take for the batch
PATIENCE = 60.0
UNDISTURBED = "undisturbed.json"


@dataclass(frozen=True)
class Job:
    """`what`: `past` makes what the others copy, `reached` tells which points the story meets, or a fault."""

    what: str
    kind: str
    point: str = ""

    @property
    def account(self) -> str:
        return "-".join((self.what, self.kind, str(list(BY_NAME).index(self.point) if self.point else 0)))


@dataclass(frozen=True)
class Found:
    """`wrong`: broken promises, none is what one hopes for; `fired`: the point was reached; `said`: other news."""

    wrong: list[str]
    fired: bool = True
    doubled: int = 0
    seconds: float = 0.0
    said: list[str] = field(default_factory=list)


def perform(job: Job, past: World) -> Found:
    began = time.monotonic()
    world, point = past.copy(job.account), BY_NAME[job.point]
    # a daemon's other threads may be at any point, and each mailbox has a sender
    doubles = len(BOXES) if point.daemon and job.what == KILL else int(point.doubles)
    if point.earlier:
        earlier = BY_NAME[point.earlier]
        doubles += earlier.doubles
        process.end_of(world.start("run", "--once", before=partial(arm.kill, earlier)))
    expected = undisturbed(past)
    fired = suffer(world, job, point, expected.messages)
    wrong = [*recover(world), *_promises(world, expected, handed_over=point.hands_over and job.what == FAIL)]
    more, doubled = promises.replies(world.store, world.accepted(), doubles)
    if wrong or more:
        wrong.append(world.log.read_text(encoding="utf-8")[-6000:])
    else:
        world.remove()
    return Found([*wrong, *more], fired, doubled, round(time.monotonic() - began, 2))


def suffer(world: World, job: Job, point: Point, messages: int) -> bool:
    """Run until the fault, or with it to the end; whether it happened."""
    mark = world.folder / "fired"
    before = partial(arm.kill, point) if job.what == KILL else partial(arm.fail, point, world.kind, mark)
    passed = 1 if point.earlier else 0
    if point.daemon:
        ended = daemon(world, messages, before)
    else:
        ended = process.end_of(world.start("run", "--once", passed=passed, before=before))
    return ended == -signal.SIGKILL if job.what == KILL else mark.exists()


def daemon(world: World, messages: int, before: Callable[[], None]) -> int:
    """`mailbot run` until the batch is done, then SIGTERM; how it ended."""
    pid = world.start("run", before=before)
    end = time.monotonic() + PATIENCE
    while _lives(pid):
        if is_done(world.store, messages) or time.monotonic() > end:
            os.kill(pid, signal.SIGTERM)
            break
        time.sleep(0.05)
    return process.end_of(pid)


def _lives(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


def is_done(store: Store, messages: int) -> bool:
    """All is read and moved, and what can be sent or judged now is; what broke off in a running daemon waits."""
    now = datetime.now(UTC)
    message, location, outbox = (table(kind) for kind in (tables.Message, tables.Location, tables.Outbox))
    in_hand = (outbox.c.status == "sending") & (outbox.c.claimed_at > now - timedelta(seconds=1))
    with store.reading() as s:
        return (
            scalar(s, select(func.count()).select_from(message)) >= messages
            and not rows(s, location.select().where(location.c.to_move))
            and not clocks.due(s, now)
            and not rows(s, select(outbox.c.id).where((outbox.c.next_attempt_at <= now) | in_hand))
        )


def recover(world: World) -> Iterator[str]:
    """Two runs without fault, twenty minutes apart; a mail that a mistake of ours hit is judged once more."""
    world.mailbot("run", "--once", passed=2)
    for message_id in unlucky(world):
        yield from _must(world, "retry", str(message_id))
    yield from _must(world, "run", "--once", passed=3)
    yield from _must(world, "reconcile")


def unlucky(world: World) -> list[int]:
    """Ids of the failed messages, the one left out that nobody can read."""
    message = table(tables.Message)
    failed = message.c.outcome == "failed", message.c.sender != UNREADABLE.addr_spec
    with world.store.reading() as s:
        return list(scalars(s, select(message.c.id).where(*failed)))


def _must(world: World, *arguments: str, passed: int = 0) -> Iterator[str]:
    if code := world.mailbot(*arguments, passed=passed):
        yield f"mailbot {' '.join(arguments)} ended with {code}"


@dataclass(frozen=True)
class Undisturbed:
    """What a run without faults leaves."""

    told: list[str]
    lying: list[list[str]]

    @property
    def messages(self) -> int:
        return sum(line.startswith("message:") for line in self.told)


def state_of(world: World) -> Undisturbed:
    return Undisturbed(promises.told(world.store), [promises.lying(world.maildir(box)) for box in BOXES])


def undisturbed(past: World) -> Undisturbed:
    return Undisturbed(**json.loads((past.folder / UNDISTURBED).read_text(encoding="utf-8")))


def make_past(past: World) -> Found:
    """What the others copy, and what an undisturbed run leaves: its promises are kept, and its outcomes known."""
    past.make_past()
    world = past.copy(f"undisturbed-{past.kind}")
    wrong = [*recover(world), *promises.unsound(world.store)]
    wrong += promises.replies(world.store, world.accepted(), 0)[0]
    message = table(tables.Message)
    with world.store.reading() as s:
        outcomes = [str(row.outcome) for row in rows(s, message.select().order_by(message.c.id))]
    if outcomes[-len(OUTCOMES) :] != OUTCOMES:
        wrong.append(f"the batch ends as {outcomes}")
    (past.folder / UNDISTURBED).write_text(json.dumps(asdict(state_of(world))), encoding="utf-8")
    return Found(wrong)


def _promises(world: World, expected: Undisturbed, *, handed_over: bool) -> Iterator[str]:
    yield from promises.unsound(world.store)
    found = state_of(world)
    cases = promises.not_noted(found.told)
    if bool(cases) != handed_over:
        yield f"cases that could not be told: {cases}"
    yield from differences(*(promises.without(cases, told) for told in (expected.told, found.told)))
    for box, there, here in zip(BOXES, expected.lying, found.lying, strict=True):
        yield from (f"{box}: {line}" for line in differences(there, here))


def differences(expected: list[str], found: list[str]) -> Iterator[str]:
    for line in difflib.unified_diff(expected, found, "undisturbed", "disturbed", lineterm="", n=0):
        if line[:3] not in ("---", "+++") and not line.startswith("@@"):
            yield line


def reached(past: World) -> list[str]:
    """The points that the batch meets, by `run --once`, by `run`, and after a crash."""
    mark = past.folder / "reached"
    for together in {point.together for point in BY_NAME.values()}:
        those = [point for point in BY_NAME.values() if point.together == together and not point.earlier]
        once = [point for point in those if not point.daemon]
        world = past.copy(f"reached-once-{together}-{past.kind}")
        process.end_of(world.start("run", "--once", before=partial(arm.note, once, mark)))
        runs = [point for point in those if point.daemon]
        daemons = past.copy(f"reached-run-{together}-{past.kind}")
        daemon(daemons, undisturbed(past).messages, partial(arm.note, runs, mark))
    after = [point for point in BY_NAME.values() if point.earlier]
    for earlier in {point.earlier for point in after}:
        crashed = past.copy(f"reached-{list(BY_NAME).index(earlier)}-{past.kind}")
        process.end_of(crashed.start("run", "--once", before=partial(arm.kill, BY_NAME[earlier])))
        those = [point for point in after if point.earlier == earlier]
        process.end_of(crashed.start("run", "--once", passed=1, before=partial(arm.note, those, mark)))
    return mark.read_text(encoding="utf-8").splitlines()
