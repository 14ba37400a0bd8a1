"""What the parts of the daemon last did: written by their threads, read by whoever judges, asked by nobody's mail.

Each thread writes what is its own, one reference at a time; times are kept by the monotonic clock, and become
instants when they are read: a clock that is set makes no mailbox ill.
"""

import threading
import time
from collections.abc import Callable, Container, Iterable
from dataclasses import fields
from datetime import datetime, timedelta

from mailbot import health
from mailbot.daemon.trouble import Told, Trouble, told_of
from mailbot.health import Box, Complaint, Seen
from mailbot.store.errors import StoreError

#: seconds after which whoever has a mailbox reads it: who only tries to enter gives it back sooner
ATTEMPT = 300.0


class Pulse:
    """Of one mailbox. Its reader and its sender write, each its part."""

    def __init__(self, name: str, poll: timedelta, changed: Callable[[], None]) -> None:
        self.name, self.poll, self.changed = name, poll, changed
        self.since = time.monotonic()
        self.connected: float | None = None
        self.read: float | None = None
        self.taken: float | None = None
        self.reached: float | None = None
        self.left: int | None = None
        #: another daemon has had it since then
        self.denied: float | None = None
        self.reading, self.sending = Trouble("mailbox", changed), Trouble("smtp", changed)
        self.outbox = Trouble("outbox", changed)

    def entered(self) -> None:
        """Connected and logged in."""
        self.connected = time.monotonic()
        self.changed()

    def out(self) -> None:
        """Not connected; what waits there nobody knows."""
        self.connected = self.left = None

    @property
    def elsewhere(self) -> bool:
        """Another daemon reads it. Daemons that all try in turn, where none can, are no excuse for each other."""
        denied = self.denied
        return denied is not None and time.monotonic() - denied >= ATTEMPT

    def held_elsewhere(self) -> bool:
        """Another daemon has it; whether that is new."""
        if self.denied is not None:
            return False
        self.denied = time.monotonic()
        self.changed()
        return True

    def ours(self) -> None:
        """It is for us to read; what another daemon neglected until now is not ours."""
        if self.elsewhere:
            self.since = time.monotonic()
        self.denied = None

    def took(self, left: int) -> None:
        """A message has its outcome; `left` more were found with it."""
        self.taken, self.left = time.monotonic(), left

    def whole(self) -> None:
        """Read to its end."""
        first, self.read, self.left = self.read is None, time.monotonic(), 0
        if first:
            self.changed()

    def answered(self) -> None:
        """The way out took a reply, or refused it: it is there."""
        self.reached = time.monotonic()


class Vitals:
    """Of the whole daemon. `bell` rings when something changed that somebody should hear of at once."""

    def __init__(self) -> None:
        self.bell = threading.Event()
        self.pulses: dict[str, Pulse] = {}
        #: of each account, and the mailbox that it enters
        self.tokens: dict[str, tuple[str, Trouble]] = {}
        self.clock = Trouble("clock", self.bell.set)
        #: why /healthz and /metrics cannot be asked for
        self.http = Trouble("http", self.bell.set)
        #: why the config on the disk is not the one in force
        self.config: Complaint | None = None
        #: who counts found the database away
        self.away: Told | None = None

    def begin(self, name: str, poll: timedelta) -> Pulse:
        """Of a mailbox whose reader and sender begin, perhaps anew; what was read stays read."""
        pulse, before = Pulse(name, poll, self.bell.set), self.pulses.get(name)
        if before:
            pulse.since, pulse.read, pulse.taken = before.since, before.read, before.taken
            pulse.denied = before.denied
        self.pulses = {**self.pulses, name: pulse}  # whole: others walk through them
        return pulse

    def keep_only(self, mailboxes: Iterable[str]) -> None:
        """The others are no longer in the config."""
        self.pulses = {name: self.pulses[name] for name in mailboxes if name in self.pulses}

    def token(self, account: str, mailbox: str) -> Trouble:
        _, trouble = self.tokens.get(account) or (mailbox, Trouble("token", self.bell.set))
        self.tokens = {**self.tokens, account: (mailbox, trouble)}
        return trouble

    def forget_tokens(self, accounts: Container[str]) -> None:
        """Of accounts that are no longer in the config."""
        self.tokens = {account: found for account, found in self.tokens.items() if account in accounts}

    def reachable(self, away: StoreError | None) -> None:
        """Whether the database answers who counts."""
        since = self.away.since if self.away else time.monotonic()
        self.away = told_of(away, since) if away else None

    def refused(self, config: Complaint | None) -> None:
        self.config = config
        self.bell.set()

    def seen(self, now: datetime, hangs: Iterable[str] = (), disk: health.Disk | None = None) -> Seen:
        """As of `now`, which is this moment."""
        at = Instants(now)
        pulses = list(self.pulses.values())
        tokens = ((name, at.complaint(trouble.now)) for name, trouble in self.tokens.values())
        return Seen(
            boxes=tuple(_box(pulse, at) for pulse in pulses),
            tokens=tuple((name, found) for name, found in tokens if found),
            clock=at.complaint(self.clock.now),
            database=_database(self, pulses, at),
            config=self.config,
            http=at.complaint(self.http.now),
            hangs=tuple(hangs),
            disk=disk,
        )


class Instants:
    """The monotonic clock's times as instants, by what both say now."""

    def __init__(self, now: datetime) -> None:
        self.now, self.monotonic = now, time.monotonic()

    def __call__(self, then: float | None) -> datetime | None:
        return None if then is None else self.now - timedelta(seconds=max(0.0, self.monotonic - then))

    def complaint(self, told: Told | None) -> Complaint | None:
        if told is None:
            return None
        same = {field.name: getattr(told, field.name) for field in fields(told) if field.name != "since"}
        return Complaint(since=self(told.since) or self.now, **same)


def _box(pulse: Pulse, at: Instants) -> Box:
    return Box(
        name=pulse.name,
        since=at(pulse.since) or at.now,
        poll=pulse.poll,
        connected=at(pulse.connected),
        read=at(pulse.read),
        taken=at(pulse.taken),
        left=pulse.left,
        elsewhere=pulse.elsewhere,
        reached=at(pulse.reached),
        reading=at.complaint(pulse.reading.now),
        sending=at.complaint(pulse.sending.now or _of_ours(pulse.outbox.now)),
    )


def _of_ours(told: Told | None) -> Told | None:
    """A mistake of ours keeps replies as well; that the database is away is said once for all."""
    return None if told is None or told.database else told


def _database(vitals: Vitals, pulses: list[Pulse], at: Instants) -> Complaint | None:
    """The longest of those that stand: whoever reads may still be able to, where nobody can write."""
    troubles = [vitals.clock, *(trouble for pulse in pulses for trouble in (pulse.reading, pulse.outbox))]
    now = [vitals.away, *(trouble.now for trouble in troubles)]
    standing = [told for told in now if told and told.database]
    return at.complaint(min(standing, key=lambda told: told.since, default=None))
