"""The thread that sends one mailbox's replies as soon as they are stored, over a connection that is kept."""

import threading
from collections.abc import Callable

import structlog

from mailbot.config.live import Live
from mailbot.daemon.backoff import delays
from mailbot.daemon.trouble import Trouble
from mailbot.pipeline import deliver
from mailbot.sending import Worker
from mailbot.store.engine import Store
from mailbot.store.errors import StoreError
from mailbot.store.locks import Presence
from mailbot.transport.smtp import Smtp
from mailbot.values import Now

log = structlog.get_logger("mailbot")

#: seconds between two looks at the outbox when nobody wakes us: retries fall due, another process may queue
LOOK = 2.0


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
    ) -> None:
        super().__init__(name=f"sender-{name}", daemon=True)
        self.mailbox, self.live, self.store, self.now = name, live, store, now
        self.smtp, self.worker, self.presence = smtp, worker, presence
        self.stopping = threading.Event()
        self.bell = threading.Event()
        self.pauses = delays()
        self.database, self.server = Trouble("outbox"), Trouble("smtp")

    def run(self) -> None:
        structlog.contextvars.bind_contextvars(mailbox=self.mailbox)
        while not self.stopping.is_set():
            if self._round():
                self.bell.wait(LOOK)
            else:  # new mail does not bring the server back
                self.stopping.wait(next(self.pauses))
            self.bell.clear()
        self.smtp.close()

    def wake(self) -> None:
        self.bell.set()

    def stop(self) -> None:
        self.stopping.set()
        self.bell.set()
        self.smtp.wake()  # out of the pause that `per_minute` imposes

    def _round(self) -> bool:
        """What is queued; False: something is out of order, so wait longer."""
        if self.smtp.rests:
            return True
        try:
            tried = deliver(
                self.mailbox, self.smtp, self.live(), self.store, self.now, self.worker, self._going
            )
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

    def _going(self) -> bool:
        return not self.stopping.is_set() and self.presence.is_alive
