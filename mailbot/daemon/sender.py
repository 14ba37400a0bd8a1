"""The thread that sends one mailbox's replies as soon as they are stored, over a connection that is kept."""

import threading

import structlog

from mailbot.config.live import Live
from mailbot.daemon.backoff import delays
from mailbot.daemon.common import Common
from mailbot.pipeline import deliver
from mailbot.sending import LONGEST, Attempt, Worker, catch_up
from mailbot.store import outbox
from mailbot.store.errors import StoreError
from mailbot.transport.smtp import Smtp

log = structlog.get_logger("mailbot")

#: seconds between two looks at the outbox when nobody wakes us; who looks at the clocks does it for all, much oftener
LOOK = 30.0
#: and in which something must have come of whatever is done
STEP = LONGEST.total_seconds()


class Sender(threading.Thread):
    """Sends while others see that we are alive: they would take over what we claim then."""

    def __init__(
        self,
        name: str,
        common: Common,
        smtp: Smtp,
        worker: Worker,
        before: threading.Thread | None = None,
    ) -> None:
        """`before`: whoever sent until now, and ends first; a `worker` of his is ours then."""
        super().__init__(name=f"sender-{name}", daemon=True)
        self.mailbox, self.common, self.smtp, self.worker, self.before = name, common, smtp, worker, before
        self.pulse = common.vitals.pulses[name]
        self.database, self.server = self.pulse.outbox, self.pulse.sending
        self.stopping = threading.Event()
        self.bell = threading.Event()
        #: nothing is being sent; while the server is away nobody need wait for that
        self.idle = threading.Event()
        self.resting = False
        #: its mailbox was taken out of the config: at the end it says what it leaves
        self.retired = threading.Event()
        self.pauses = delays()

    def run(self) -> None:
        structlog.contextvars.bind_contextvars(mailbox=self.mailbox)
        if self.before:
            self.before.join()
            self.before = self.worker.unreachable = None
        while not self.stopping.is_set():
            self.common.promises.back_within(self.name, STEP)
            self.resting = not self._round()
            self.idle.set()
            if self.resting:  # new mail does not bring the server back
                self.stopping.wait(next(self.pauses))
            else:
                self.bell.wait(LOOK)
            self.bell.clear()
        self.common.promises.over(self.name)
        self.resting = True
        self.idle.set()
        self.smtp.close()
        while self.retired.is_set() and not self._leave():
            self.bell.wait(next(self.pauses))
            self.bell.clear()

    def wake(self) -> None:
        if not self.resting:
            self.idle.clear()
        self.bell.set()

    def first(self, seconds: float) -> None:
        """Wake, and wait until there is nothing left to send, or so long."""
        self.wake()
        self.idle.wait(seconds)

    def stop(self) -> None:
        self.retired.clear()
        self._end()

    def retire(self) -> None:
        """Its mailbox is no longer in the config: the last result is stored, however long that takes."""
        self.retired.set()
        self._end()

    def _end(self) -> None:
        self.stopping.set()
        self.bell.set()
        self.smtp.wake()  # out of the pause that `per_minute` imposes

    def _round(self) -> bool:
        """What is queued; False: something is out of order, so wait longer."""
        if self.smtp.rests:
            return True
        try:
            tried = self._deliver(self.common.live())
        except Exception as error:
            self.database.tell(error)
            return False
        self.database.over()
        if tried and self.worker.unreachable:
            self.server.tell(self.worker.unreachable)
            return False
        if not self.worker.unreachable:
            self.server.over()
            self.pauses = delays()
        return True

    def _deliver(self, live: Live) -> int:
        """By one config: with another it begins anew."""

        def going() -> bool:
            self.common.promises.back_within(self.name, STEP)
            here = not self.stopping.is_set() and self.common.presence.is_alive
            return here and self.common.live() is live

        store, now = self.common.store, self.common.now
        tried = deliver(self.mailbox, self.smtp, live, store, now, self.worker, going, self._attempted)
        if self.common.live() is not live:
            self.bell.set()  # there may be more to send
        return tried

    def _attempted(self, attempt: Attempt) -> None:
        self.common.meters.attempted(attempt)
        if attempt.fate.reached and not attempt.fate.until:
            self.pulse.answered()

    def _leave(self) -> bool:
        """What only we know is stored; what still waits to be sent is told. False: the database is in the way."""
        try:
            catch_up(self.mailbox, self.worker, self.common.live(), self.common.store, self.common.now())
            with self.common.store.reading() as s:
                queued = sum(outbox.pending(s, self.mailbox).values())
        except Exception as error:
            self.database.tell(error)
            return not isinstance(error, StoreError)
        said = "ya no está en config.toml: sus plazos y lo que está en cola esperan a que vuelva"
        log.warning("mailbox.removed", queued=queued, said=said)
        return True
