"""The thread that removes what `[retention]` no longer keeps: little by little, once a day, and says how much."""

import threading

import structlog

from mailbot.config.live import Live
from mailbot.daemon.common import Common
from mailbot.daemon.trouble import Trouble
from mailbot.store import retention
from mailbot.store.retention import Kept

log = structlog.get_logger("mailbot")

#: seconds after the start, when what waited was read; between two rounds; and between two batches, so that what
#: the mail needs of the database comes first
FIRST, ROUND, PAUSE = 60.0, 86_400.0, 0.05
#: no mailbox is called so: one daemon of several does the round
LEASE = "[retention]"


class Retaining(threading.Thread):
    def __init__(self, common: Common) -> None:
        super().__init__(name="retention", daemon=True)
        self.common = common
        self.trouble = Trouble("retention")
        self.stopping = threading.Event()

    def run(self) -> None:
        pause = FIRST
        while not self.stopping.wait(pause):
            pause = ROUND
            try:
                self.round()
            except Exception as error:  # whatever goes wrong, the next round comes
                self.trouble.tell(error)
                pause = FIRST
            else:
                self.trouble.over()

    def stop(self) -> None:
        """Between two batches."""
        self.stopping.set()

    def round(self) -> None:
        """All that is due. Raises `StoreError`."""
        kept = kept_by(self.common.live())
        lease = self.common.presence.hold(LEASE) if kept != Kept() else None
        if lease is None:
            return
        try:
            removed = retention.remove(
                self.common.store,
                kept,
                self.common.now(),
                lambda: lease.is_held and not self.stopping.wait(PAUSE),
            )
        finally:
            lease.release()
        if removed:
            log.info("retention.removed", **removed)


def kept_by(live: Live) -> Kept:
    return Kept(**dict(live.config.retention))
