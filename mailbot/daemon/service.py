"""The daemon: a reader and a sender for each mailbox, one clock; reload, stop, and a single round."""

import os
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from mailbot.config import secrets
from mailbot.config.live import Live
from mailbot.config.model import Config, Mailbox, Secret
from mailbot.daemon.reader import Reader
from mailbot.daemon.sender import Sender
from mailbot.desk.decision import Outcome
from mailbot.pipeline import deliver, receive, tick
from mailbot.reading import make_folders
from mailbot.sending import ABANDONED, abandoned
from mailbot.store import outbox
from mailbot.store.engine import Store
from mailbot.store.errors import StoreError
from mailbot.transport.errors import TransportError, Unreachable
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.smtp import Smtp
from mailbot.values import Now

log = structlog.get_logger("mailbot")

#: seconds between two looks at the clocks; also what a thread may take to end (SIGTERM: 5 s in all)
TICK = 2
PATIENCE = 4.0


def utc_now() -> datetime:
    return datetime.now(UTC)


class Service:
    """Everything that runs, on one config that can be swapped whole between two messages."""

    def __init__(self, config: Config, store: Store, now: Now = utc_now) -> None:
        self.live = Live.of(config)
        self.store, self.now = store, now
        self.worker = f"{socket.gethostname()}:{os.getpid()}"
        self.senders = {n: self._sender(n) for n in config.mailbox}
        self.readers = {n: self._reader(n) for n in config.mailbox}
        self.scheduler = BackgroundScheduler(timezone=UTC)
        self.ticking = threading.Lock()

    def start(self) -> None:
        """Start all threads."""
        if self.store.is_sqlite:  # nobody else works on this file: what is `sending` was left by a crash
            abandoned(self.live, self.store, self.now(), timedelta(0))
        self.scheduler.add_job(
            self._tick, "interval", seconds=TICK, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        self.scheduler.start()
        for thread in (*self.senders.values(), *self.readers.values()):
            thread.start()
        log.info("service.started", mailboxes=list(self.readers), rules=len(self.live.config.rule))

    def stop(self) -> None:
        """End within five seconds: the message in hand is finished or untouched."""
        threads: list[Reader | Sender] = [*self.readers.values(), *self.senders.values()]
        for thread in threads:
            thread.stop()
        if self.scheduler.running:
            self.scheduler.shutdown(wait=False)
        ends = datetime.now(UTC) + timedelta(seconds=PATIENCE)
        for thread in threads:
            if thread.is_alive():
                thread.join(max(0.0, (ends - datetime.now(UTC)).total_seconds()))
        if self.ticking.acquire(timeout=max(0.0, (ends - datetime.now(UTC)).total_seconds())):
            self.ticking.release()
        log.info("service.stopped", unfinished=[t.name for t in threads if t.is_alive()])

    def reload(self, config: Config) -> None:
        """Rules, fields, templates and limits change between two messages; servers and database need a restart."""
        before, after = self.live.config, config
        if before.mailbox != after.mailbox or before.service != after.service:
            log.warning(
                "config.needs_restart", what="[mailbox] o [service]: reinicie el servicio para aplicarlos"
            )
            config = config.model_copy(update={"mailbox": before.mailbox, "service": before.service})
        self.live = Live.of(config)
        log.info("config.reloaded", rules=len(config.rule))

    def wake(self) -> None:
        """Look at the clocks and the outbox now."""
        self._tick()

    def _tick(self) -> None:
        try:
            with self.ticking:
                abandoned(self.live, self.store, self.now())
                settled = tick(self.live, self.store, self.now)
            if settled:
                self._wake_senders()
        except StoreError as trouble:
            log.error("clock.unavailable", said=str(trouble))

    def _wake_senders(self) -> None:
        for sender in self.senders.values():
            sender.wake()

    def _current(self) -> Live:
        return self.live

    def _sender(self, name: str) -> Sender:
        smtp = smtp_for(self.live.config, self.live.mailbox(name))
        return Sender(name, self._current, self.store, self.now, smtp, self.worker)

    def _reader(self, name: str) -> Reader:
        imap = imap_for(self.live.config, self.live.mailbox(name))
        return Reader(name, self._current, self.store, self.now, imap, self._wake_senders)


def imap_for(config: Config, box: Mailbox) -> ImapMailbox:
    return ImapMailbox(box, password(config, box.imap_login.password))


def smtp_for(config: Config, box: Mailbox) -> Smtp:
    return Smtp(box, password(config, box.smtp_login.password))


def password(config: Config, secret: Secret | None) -> Callable[[], str]:
    """Read only when it is used, and again for each connection: it may have been changed."""

    def read() -> str:
        try:
            return secrets.read(secret, config.home) if secret else ""
        except secrets.SecretError as error:
            # nothing was said to the server: what waits to be sent keeps waiting
            raise Unreachable("Leer la contraseña", str(error)) from error

    return read


def run_once(config: Config, store: Store, now: Now = utc_now) -> bool:
    """Read everything, decide what is due, send; True if nothing went wrong and nothing is left to send."""
    live, worker, well = Live.of(config), f"once:{os.getpid()}", True
    abandoned(live, store, now(), timedelta(0) if store.is_sqlite else ABANDONED)
    for name, box in config.mailbox.items():
        with structlog.contextvars.bound_contextvars(mailbox=name):
            well &= _read_once(box, live, store, now)
    tick(live, store, now)
    for name, box in config.mailbox.items():
        smtp = smtp_for(config, box)
        deliver(name, smtp, live, store, now, worker, lambda: True)
        smtp.close()
    with store.reading() as s:
        return well and not outbox.pending(s)


def _read_once(box: Mailbox, live: Live, store: Store, now: Now) -> bool:
    imap = imap_for(live.config, box)
    try:
        imap.connect()
        make_folders(box, imap, live)
        outcomes = receive(box, imap, live, store, now, lambda: True)
    except TransportError as trouble:
        log.error("mailbox.unavailable", said=str(trouble))
        return False
    finally:
        imap.close()
    return Outcome.FAILED not in outcomes
