"""The thread that judges: what is ill by what the parts last did and what the store counts, every few seconds.

It tells the journal when an illness begins and ends, the database what `mailbot status` shows, and who listens. It
reads no mail and is waited for by nobody who does.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import structlog

import mailbot
from mailbot.daemon import document
from mailbot.daemon.asking import Asking
from mailbot.daemon.common import Common
from mailbot.daemon.trouble import Trouble
from mailbot.health import NEWS, Counted, Disk, Earlier, Illness, Kind, Seen, Waiting, judge
from mailbot.store import in_force, numbers, status
from mailbot.store.errors import StoreError, StoreUnavailable
from mailbot.values import rfc3339

log = structlog.get_logger("mailbot")

#: seconds between two looks, and after a change before the next one, so that what changes all the time is no load
LOOK, CALM = 5.0, 0.3
#: and between two times that the database is told what it knows already, and the journal of what stays ill
TOLD, AGAIN = 60.0, 3600.0
#: and in which a look must be over
STEP = 900.0
#: and after which who judges is waiting for something that does not come, such as a database that hangs
LATE = 90.0
#: and in which the database must have answered
PATIENCE = 30.0
HANGS = (
    "La base de datos no contesta. Revise el servidor de la base de datos y su disco; se intentará de nuevo."
)
#: how long what a daemon said before it ended counts for the next one
REMEMBERED = timedelta(hours=1)

T = TypeVar("T")
#: is told what is ill, at each look, nothing included
Listener = Callable[[tuple[Illness, ...]], None]


class Health(threading.Thread):
    """`ill`, `seen` and `counted` are those of the last look; whoever reads them gets one that was whole."""

    def __init__(self, common: Common, worker: str, folder: Path) -> None:
        """`folder`: on whose disk there must be room."""
        super().__init__(name="health", daemon=True)
        self.common, self.worker, self.folder = common, worker, folder
        self.started_at = common.now()
        self.ill: tuple[Illness, ...] = ()
        self.seen = Seen()
        #: None while the database is away
        self.counted: Counted | None = None
        #: how often it was judged, and when last
        self.looks, self._looked = 0, time.monotonic()
        self.stopping = threading.Event()
        self._listeners: list[tuple[Listener, Trouble]] = []
        self._broken, self._counting, self._keeping = (Trouble("health") for _ in range(3))
        #: of the process before us, until it was judged anew
        self._before: tuple[Illness, ...] = ()
        self._remembers = False
        self._journal: dict[tuple[str, str], tuple[float, float]] = {}
        self._stuck: tuple[int, datetime] | None = None
        self._kept: tuple[float, Any] = (float("-inf"), None)
        self._asking = Asking("asking", partial(guarded, self._counting, self._ask_database))

    def listen(self, listener: Listener) -> None:
        """Before the start. What goes wrong in it is told, and spoils no other."""
        self._listeners.append((listener, Trouble("health")))

    def run(self) -> None:
        bell, promises = self.common.vitals.bell, self.common.promises
        while not self.stopping.is_set():
            promises.back_within(self.name, STEP)
            bell.clear()
            guarded(self._broken, self.look)
            bell.wait(LOOK)
            self.stopping.wait(CALM)
        promises.over(self.name)

    def stop(self) -> None:
        self.stopping.set()
        self.common.vitals.bell.set()

    def look(self) -> None:
        """Judge once, and tell everybody."""
        now = self.common.now()
        self.counted = self._patiently()
        self.seen = self.common.vitals.seen(now, self.common.promises.broken(), disk_of(self.folder))
        self.ill = judge(self.seen, self.counted, now, self.ill or self._before)
        self._tell_journal(self.ill)
        if self.counted:
            self._before = ()
            guarded(self._keeping, partial(self._tell_database, now))
        for listener, trouble in self._listeners:
            guarded(trouble, partial(listener, self.ill))
        self.looks, self._looked = self.looks + 1, time.monotonic()

    @property
    def is_late(self) -> bool:
        """What is ill now nobody knows."""
        return time.monotonic() - self._looked >= LATE

    # -- what the store knows ------------------------------------------------------------------------------

    def _patiently(self) -> Counted | None:
        """A database that hangs would keep us for ever."""
        self._asking.begin()
        if self._asking.wait(PATIENCE, self.stopping):
            return self._asking.answer
        self.common.vitals.reachable(StoreUnavailable(HANGS))
        return None

    def _ask_database(self) -> Counted | None:
        """That it is away is an illness, and told as such."""
        now = self.common.now()
        try:
            if not self._remembers:
                self._before, self._remembers = self._ill_before(now), True
            counted = self._count(now)
        except StoreError as away:
            self.common.vitals.reachable(away)
            return None
        self.common.vitals.reachable(None)
        return counted

    def _ill_before(self, now: datetime) -> tuple[Illness, ...]:
        """What was ill when the process before us on this machine ended: it is, until something works."""
        store = self.common.store
        with store.reading() as s:
            known = in_force.known(s, in_force.HEALTH)
        ended = {each["worker"] for each in known}
        if not store.is_sqlite:  # there only we are at work
            ended -= store.working(ended)
        here = [each for each in known if each["worker"] in ended and self._is_here(each["worker"])]
        if not here or datetime.fromisoformat(here[-1]["at"]) < now - REMEMBERED:
            return ()
        return tuple(document.illness(each) for each in here[-1]["ill"] if each["kind"] in {*Kind})

    def _is_here(self, worker: str) -> bool:
        return document.machine(worker) == document.machine(self.worker)

    def _count(self, now: datetime) -> Counted:
        config = self.common.live().config
        with self.common.store.reading() as s:
            replies = {name: Waiting(n, since) for name, n, since in status.to_send(s, now)}
            filed = {name: box.informative for name, box in config.mailbox.items()}
            failed = status.unattended(s, now - NEWS, filed)
            overdue = status.overdue(s, now, config.mailbox)
            sent = status.sent_since(s, now - timedelta(hours=1))
            earlier = numbers.earlier(s)
        return Counted(
            replies=replies,
            failed=failed,
            overdue=len(overdue),
            stuck=self._since(overdue, now),
            sent=sent,
            per_hour=config.replies.per_hour,
            earlier=_earlier(**earlier) if earlier else None,
        )

    def _since(self, overdue: list[int], now: datetime) -> datetime | None:
        """When the one that is first now became the first: a clock that works comes to the next."""
        if not overdue:
            self._stuck = None
        elif self._stuck is None or self._stuck[0] != overdue[0]:
            self._stuck = overdue[0], now
        return self._stuck and self._stuck[1]

    # -- who is told ---------------------------------------------------------------------------------------

    def _tell_journal(self, ill: Iterable[Illness]) -> None:
        now, found = time.monotonic(), {illness.key: illness for illness in ill}
        for key in self._journal.keys() - found.keys():
            began, _ = self._journal.pop(key)
            log.info("health.well", kind=key[0], mailbox=key[1] or None, after_seconds=round(now - began))
        for key, illness in found.items():
            began, told = self._journal.get(key, (now, float("-inf")))
            if now - told >= AGAIN:
                told_of = {"kind": str(illness.kind), "mailbox": illness.about or None}
                log.error("health.ill", **told_of, said=illness.said, cure=illness.cure)
                self._journal[key] = began, now

    def _tell_database(self, now: datetime) -> None:
        """Only what is new; and once a minute that we are there."""
        news, (at, told) = document.news(self.ill, self.seen), self._kept
        if news == told and time.monotonic() - at < TOLD:
            return
        try:
            in_force.keep(self.common.store, self.worker, self._document(now), now, in_force.HEALTH)
        except StoreError as away:
            self.common.vitals.reachable(away)
            return
        self._kept = time.monotonic(), news

    def _document(self, now: datetime) -> document.Doc:
        return {
            "worker": self.worker,
            "version": mailbot.__version__,
            "started_at": rfc3339(self.started_at, "seconds"),
            "at": rfc3339(now, "seconds"),
            **document.document(self.ill, self.seen),
        }


def _earlier(at: str, **names: str) -> Earlier:
    return Earlier(**names, at=datetime.fromisoformat(at))


def disk_of(folder: Path) -> Disk | None:
    """None where it cannot be asked, which the database will say better."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    return Disk(str(folder), found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize)


def guarded(trouble: Trouble, work: Callable[[], T]) -> T | None:
    """Whatever goes wrong, the rest of the look goes on, and the next one comes."""
    try:
        done = work()
    except Exception as broken:
        trouble.tell(broken)
        return None
    trouble.over()
    return done
