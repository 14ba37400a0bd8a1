"""The thread that sends one mailbox's replies as soon as they are stored, over a connection that is kept."""

import threading
from collections.abc import Callable

import structlog

from mailbot.config.live import Live
from mailbot.pipeline import deliver
from mailbot.store.engine import Store
from mailbot.store.errors import StoreError
from mailbot.transport.smtp import Smtp
from mailbot.values import Now

log = structlog.get_logger("mailbot")

#: seconds between two looks at the outbox when nobody wakes us: retries fall due, another process may queue
LOOK = 2.0


class Sender(threading.Thread):
    def __init__(
        self, name: str, live: Callable[[], Live], store: Store, now: Now, smtp: Smtp, worker: str
    ) -> None:
        super().__init__(name=f"sender-{name}", daemon=True)
        self.mailbox, self.live, self.store, self.now, self.smtp, self.worker = (
            name,
            live,
            store,
            now,
            smtp,
            worker,
        )
        self.stopping = threading.Event()
        self.bell = threading.Event()

    def run(self) -> None:
        structlog.contextvars.bind_contextvars(mailbox=self.mailbox)
        while not self.stopping.is_set():
            try:
                deliver(self.mailbox, self.smtp, self.live(), self.store, self.now, self.worker, self._going)
            except StoreError as trouble:
                log.error("outbox.unavailable", said=str(trouble))
            except Exception:
                log.exception("outbox.broken")
            self.bell.wait(LOOK)
            self.bell.clear()
        self.smtp.close()

    def wake(self) -> None:
        self.bell.set()

    def stop(self) -> None:
        self.stopping.set()
        self.bell.set()
        self.smtp.wake()  # out of the pause that `per_minute` imposes

    def _going(self) -> bool:
        return not self.stopping.is_set()
