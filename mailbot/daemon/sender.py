"""The thread that sends one mailbox's replies as soon as they are stored, over a connection that is kept."""

import threading
from collections.abc import Callable

import structlog

from mailbot.config.live import Live
from mailbot.daemon.backoff import delays
from mailbot.daemon.notify import Promises
from mailbot.daemon.trouble import Trouble
from mailbot.pipeline import deliver
from mailbot.sending import LONGEST, Worker, catch_up
from mailbot.store import outbox
from mailbot.store.engine import Store
from mailbot.store.errors import StoreError
from mailbot.store.locks import Presence
from mailbot.transport.smtp import Smtp
from mailbot.values import Now

log = structlog.get_logger("mailbot")

#: seconds between two looks at the outbox when nobody wakes us: retries fall due, another process may queue
LOOK = 2.0
#: and in which something must have come of whatever is done
STEP = LONGEST.total_seconds()


class Sender(threading.Thread):
    """Sends while others see that we are alive: they would take over what we claim then."""

    def __init__(
        self,
        name: str,
        live: Callable[[], Live],
        store: Store,
        now: Now,
        smtp: Smtp,
        worker: Worker,
        presence: Presence,
        promises: Promises,
        before: threading.Thread | None = None,
    ) -> None:
        """`before`: whoever sent until now, and ends first; a `worker` of his is ours then."""
        super().__init__(name=f"sender-{name}", daemon=True)
        self.mailbox, self.live, self.store, self.now = name, live, store, now
        self.smtp, self.worker, self.presence, self.before = smtp, worker, presence, before
        self.stopping = threading.Event()
        self.promises = promises
        self.bell = threading.Event()
        #: its mailbox was taken out of the config: at the end it says what it leaves
        self.retired = threading.Event()
        self.pauses = delays()
        self.database, self.server = Trouble("outbox"), Trouble("smtp")

    def run(self) -> None:
        structlog.contextvars.bind_contextvars(mailbox=self.mailbox)
        if self.before:
            self.before.join()
            self.before, self.worker.unreachable = None, ""
        while not self.stopping.is_set():
            self.promises.back_within(self.name, STEP)
            if self._round():
                self.bell.wait(LOOK)
            else:  # new mail does not bring the server back
                self.stopping.wait(next(self.pauses))
            self.bell.clear()
        self.promises.over(self.name)
        self.smtp.close()
        while self.retired.is_set() and not self._leave():
            self.bell.wait(LOOK)
            self.bell.clear()

    def wake(self) -> None:
        self.bell.set()

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
            tried = self._deliver(self.live())
        except StoreError as trouble:
            self.database.tell(str(trouble))
            return False
        except Exception as broken:
            self.database.tell(repr(broken), unexpected=True)
            return False
        self.database.over()
        if tried and self.worker.unreachable:
            self.server.tell(self.worker.unreachable, asked=self.smtp.rests)
            return False
        if not self.worker.unreachable:
            self.server.over()
            self.pauses = delays()
        return True

    def _deliver(self, live: Live) -> int:
        """By one config: with another it begins anew."""

        def going() -> bool:
            self.promises.back_within(self.name, STEP)
            return not self.stopping.is_set() and self.presence.is_alive and self.live() is live

        tried = deliver(self.mailbox, self.smtp, live, self.store, self.now, self.worker, going)
        if self.live() is not live:
            self.bell.set()  # there may be more to send
        return tried

    def _leave(self) -> bool:
        """What only we know is stored; what still waits to be sent is told. False: the database is in the way."""
        try:
            catch_up(self.mailbox, self.worker, self.live(), self.store, self.now())
            with self.store.reading() as s:
                queued = sum(outbox.pending(s, self.mailbox).values())
        except StoreError as trouble:
            self.database.tell(str(trouble))
            return False
        except Exception as broken:
            self.database.tell(repr(broken), unexpected=True)
            return True
        said = "ya no está en config.toml: sus plazos y lo que está en cola esperan a que vuelva"
        log.warning("mailbox.removed", queued=queued, said=said)
        return True
