"""The thread of one mailbox: connect, read, wait, again; its troubles are its own."""

import threading
from collections.abc import Callable

import structlog

from mailbot.config.live import Live
from mailbot.config.model import Mailbox
from mailbot.daemon.backoff import delays
from mailbot.pipeline import receive
from mailbot.reading import make_folders
from mailbot.store.engine import Store
from mailbot.store.errors import StoreError
from mailbot.store.locks import Lease
from mailbot.transport.errors import TransportError
from mailbot.transport.imap import ImapMailbox
from mailbot.values import Now

log = structlog.get_logger("mailbot")


class Reader(threading.Thread):
    """Polls one mailbox, beside IDLE where the server has it. One connection, one client, this thread only."""

    def __init__(
        self,
        name: str,
        live: Callable[[], Live],
        store: Store,
        now: Now,
        imap: ImapMailbox,
        wrote: Callable[[], None],
    ) -> None:
        super().__init__(name=f"reader-{name}", daemon=True)
        self.mailbox, self.live, self.store, self.now, self.imap, self.wrote = (
            name,
            live,
            store,
            now,
            imap,
            wrote,
        )
        self.stopping = threading.Event()
        self.pauses = delays()

    def run(self) -> None:
        structlog.contextvars.bind_contextvars(mailbox=self.mailbox)
        while not self.stopping.is_set():
            try:
                self._while_connected()
            except (TransportError, StoreError) as trouble:
                log.error("mailbox.unavailable", said=str(trouble))
            except Exception:
                log.exception("mailbox.broken")
            self.imap.close()
            self.stopping.wait(next(self.pauses))
        self.imap.close()

    def stop(self) -> None:
        """Between two messages, or out of the wait: `join()` then takes no longer than the message in hand."""
        self.stopping.set()
        self.imap.wake()

    def _while_connected(self) -> None:
        lease = self.store.hold_mailbox(self.mailbox)
        if lease is None:
            log.info("mailbox.held_elsewhere")
            self.stopping.wait(10)
            return
        try:
            self._connected(lease)
        finally:
            lease.release()

    def _connected(self, lease: Lease) -> None:
        self.imap.connect()
        log.info("mailbox.connected")
        make_folders(self._box(), self.imap, self.live())
        while not self.stopping.is_set() and lease.is_held:
            outcomes = receive(self._box(), self.imap, self.live(), self.store, self.now, self._going)
            self.pauses = delays()
            if outcomes:
                self.wrote()
            if not self.stopping.is_set():
                self.imap.wait(self._box().poll.total_seconds())

    def _box(self) -> Mailbox:
        return self.live().mailbox(self.mailbox)

    def _going(self) -> bool:
        return not self.stopping.is_set()
