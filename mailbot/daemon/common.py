"""What all threads of the daemon share, in one value that does not change."""

from collections.abc import Callable
from dataclasses import dataclass, field

from mailbot.config.live import Live
from mailbot.daemon.meters import Meters
from mailbot.daemon.notify import Promises
from mailbot.daemon.vitals import Vitals
from mailbot.store.engine import Store
from mailbot.store.locks import Presence
from mailbot.values import Now


@dataclass(frozen=True)
class Common:
    """`live`: gives the config in force, which another may replace between two messages."""

    live: Callable[[], Live]
    store: Store
    now: Now
    presence: Presence
    promises: Promises = field(default_factory=Promises)
    vitals: Vitals = field(default_factory=Vitals)
    meters: Meters = field(default_factory=Meters)
