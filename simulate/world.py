"""All that is outside of mailbot in one history: servers, people's mail, clocks, faults; and what was seen of it."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from mailbot.config.live import Live
from simulate import settings
from simulate.clock import STARTS, Clock
from simulate.database import Database
from simulate.faults import Faults
from simulate.letters import Ours, by_another_way, ours
from simulate.server import INBOX, Account, Letter
from simulate.smtp import Relay


@dataclass(frozen=True)
class Accepted:
    """The provider took a mail of ours, at a true time, and at the time that the desk's clock showed."""

    mail: Ours
    at: datetime
    desk_at: datetime
    mailbox: str


@dataclass(frozen=True)
class Poll:
    """A search for new mail, and what could be seen in the folder then."""

    at: datetime
    letters: tuple[Letter, ...]


@dataclass
class World:
    """Everything random in a history comes from `dice`."""

    seed: int
    database: Database
    dice: Random = field(init=False)
    clock: Clock = field(init=False)
    faults: Faults = field(default_factory=Faults)
    live: Live = field(init=False)
    zone: str = field(init=False)
    accounts: dict[str, Account] = field(init=False)
    relays: dict[str, Relay] = field(init=False)
    letters: list[Letter] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)
    polls: dict[str, list[Poll]] = field(default_factory=dict)
    journal: list[str] = field(default_factory=list)
    #: what was broken, as it happened
    broken: list[str] = field(default_factory=list)
    #: after it nobody writes any more
    most_letters: int = 0

    def __post_init__(self) -> None:
        self.dice = Random(f"mailbot {self.seed}")  # noqa: S311 - no secret
        self.clock = Clock(self.dice.choice(STARTS))
        self.zone = self.dice.choice(settings.ZONES)
        self.reload("base" if self.dice.random() < 0.7 else self.dice.choice(settings.VARIANTS))
        self.accounts = {name: Account(name, address) for name, address in settings.BOXES.items()}
        self.relays = {name: Relay(self.dice, self.faults) for name in self.accounts}
        self.polls = {name: [] for name in self.accounts}
        self._events: list[tuple[datetime, int, Callable[[], object]]] = []
        self._numbers = count(1)
        self.most_letters = min(6 + int(self.dice.expovariate(1 / 12)), 60)
        #: who reads what reached them; set by the people
        self.delivered: Callable[[Ours, str], None] = lambda _mail, _box: None
        self.database.renew(self.faults)

    # -- telling -----------------------------------------------------------------------------------------

    def tell(self, what: str) -> None:
        self.journal.append(f"{self.clock.now:%m-%d %H:%M:%S} {what}")

    def is_broken(self, promise: str, detail: object) -> None:
        self.broken.append(f"{promise}: {detail}")

    # -- time --------------------------------------------------------------------------------------------

    def later(self, after: timedelta, what: Callable[[], object]) -> None:
        heapq.heappush(self._events, (self.clock.now + after, next(self._numbers), what))

    @property
    def next_event(self) -> datetime | None:
        return self._events[0][0] if self._events else None

    def pass_time(self, length: timedelta) -> None:
        """People write, and mail shows up, each at its time; the desk does nothing."""
        until = self.clock.now + length
        while self._events and self._events[0][0] <= until:
            at, _, what = heapq.heappop(self._events)
            self.clock.now = max(self.clock.now, at)
            what()
        self.clock.now = until

    # -- the desk ----------------------------------------------------------------------------------------

    def reload(self, variant: str) -> None:
        self.variant = variant
        self.live = settings.live(variant, self.zone)

    # -- mail to us --------------------------------------------------------------------------------------

    def may_write(self) -> bool:
        return len(self.letters) < self.most_letters

    def number(self) -> int:
        return next(self._numbers)

    def post(self, letter: Letter, box: str, delay: timedelta = timedelta()) -> None:
        """It comes to the server now, and is seen in its folder after `delay`."""
        self.letters.append(letter)
        self.tell(f"{letter} comes to {box}" + (f", seen after {delay}" if delay else ""))
        if delay:
            self.later(delay, lambda: self._show(letter, box))
        else:
            self._show(letter, box)

    def _show(self, letter: Letter, box: str) -> None:
        letter.seen_from = self.clock.now
        self.accounts[box].put(letter)

    def again(self, letter: Letter, box: str) -> None:
        """The same mail by another way: an alias, a list, two addresses in To."""
        twin = Letter(
            self.number(),
            by_another_way(letter.raw, letter.n),
            letter.sender,
            letter.kind,
            self.clock.now,
            answers=letter.answers,
            same_as=letter.original,
            complete=letter.complete,
        )
        self.post(twin, box)

    def polled(self, account: Account) -> None:
        there = tuple(account.folders[INBOX].letters.values())
        self.polls[account.name].append(Poll(self.clock.now, there))

    # -- mail of ours ------------------------------------------------------------------------------------

    def accept(self, box: str, to: str, data: bytes) -> str:
        """The provider takes it; the Message-ID under which it goes on."""
        relay = self.relays[box]
        renamed = (
            f"<{self.number()}.{self.dice.getrandbits(48):x}@proveedor.example>" if relay.rewrites else None
        )
        mail = ours(data, to, self.clock.now, renamed)
        self.accepted.append(Accepted(mail, self.clock.now, self.clock(), box))
        self.tell(f"accepted: {mail.subject!r} to {to}")
        self.delivered(mail, box)
        return renamed or mail.message_id
