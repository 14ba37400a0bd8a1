"""The thread that removes what `[retention]` no longer keeps: little by little, once a day, and says how much."""

import threading
from datetime import datetime, timedelta

import structlog

from mailbot.config.live import Live
from mailbot.daemon.common import Common
from mailbot.daemon.trouble import Trouble
from mailbot.store import retention, settings
from mailbot.store.retention import Kept
from mailbot.values import rfc3339

log = structlog.get_logger("mailbot")

#: seconds after the start, when what waited was read; between two rounds; and between two batches, so that what
#: the mail needs of the database comes first
FIRST, ROUND, PAUSE = 60.0, 86_400.0, 0.05
#: no mailbox is called so: one daemon of several does the round
LEASE = "[retention]"
#: after so long without a round the clock may have been set wrong; where the last one is kept
LEAP, LAST_ROUND = timedelta(days=3), "retention:round"


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
            if self._is_ahead(now := self.common.now()):
                return
            removed = retention.remove(
                self.common.store, kept, now, lambda: lease.is_held and not self.stopping.wait(PAUSE)
            )
        finally:
            lease.release()
        if removed:
            log.info("retention.removed", **removed)

    def _is_ahead(self, now: datetime) -> bool:
        """A clock that runs ahead would remove everything: after a leap there is a day to see it and mend it."""
        with self.common.store.reading() as s:
            known = settings.get(s, LAST_ROUND)
        last = datetime.fromisoformat(known) if known else now
        self.common.store.run(lambda s: settings.keep(s, LAST_ROUND, now.isoformat(), now))
        if now - last < LEAP:
            return False
        said = "desde la última ronda pasaron varios días, o el reloj de la máquina se adelantó: no se retira nada hoy"
        log.warning("retention.put_off", last=rfc3339(last, "seconds"), said=said)
        return True


def kept_by(live: Live) -> Kept:
    return Kept(**dict(live.config.retention))
