"""The daemon: a reader and a sender for each mailbox, one clock; reload, stop, and a single round."""

import os
import secrets as randomness
import socket
import threading
import time
from collections.abc import Container, Iterable, Mapping
from datetime import UTC, datetime

import structlog

from mailbot.config.changes import changes, needs_restart
from mailbot.config.live import Live
from mailbot.config.load import ConfigError
from mailbot.config.model import Config, Mailbox
from mailbot.config.paths import state_folder
from mailbot.daemon.alerts.thread import Alerts
from mailbot.daemon.common import Common
from mailbot.daemon.health import Health
from mailbot.daemon.published.thread import Published
from mailbot.daemon.reader import Reader
from mailbot.daemon.renewer import Renewer
from mailbot.daemon.retaining import Retaining
from mailbot.daemon.sender import Sender
from mailbot.desk.decision import Outcome
from mailbot.health import Kind, in_words
from mailbot.login import Logins
from mailbot.numbered import go_on_above
from mailbot.pipeline import deliver, receive, tick
from mailbot.reading import make_folders
from mailbot.sending import Worker, abandoned
from mailbot.sorting import by_hand
from mailbot.store import outbox
from mailbot.store.engine import Store
from mailbot.store.errors import StoreError
from mailbot.transport.connect import Timeouts
from mailbot.transport.errors import TransportError
from mailbot.transport.imap import ImapMailbox
from mailbot.values import Now

log = structlog.get_logger("mailbot")

#: seconds between two looks at the clocks; also what a thread may take to end (SIGTERM: 5 s in all)
TICK = 2
PATIENCE = 4.0
#: and of that an alert on its way
ALERTS = 1.0
#: seconds in which the clock must have been looked at, however much is due
CLOCK = 3600.0
USUAL = Timeouts()


def utc_now() -> datetime:
    return datetime.now(UTC)


def name_of_worker() -> str:
    """Never given twice, so that a restart is not taken for the process that died."""
    return f"{socket.gethostname()}:{os.getpid()}:{randomness.token_hex(4)}"


class Service:
    """Everything that runs, on one config that can be swapped whole between two messages."""

    def __init__(self, config: Config, store: Store, now: Now = utc_now, timeouts: Timeouts = USUAL) -> None:
        from apscheduler.schedulers.background import BackgroundScheduler  # noqa: PLC0415 - a round needs none

        self.live, self.loaded_at = Live.of(config), now()
        self.store, self.now, self.timeouts = store, now, timeouts
        self.worker = name_of_worker()
        self.presence = store.presence(self.worker)
        self.common = Common(self._current, store, now, self.presence)
        self.vitals, self.promises = self.common.vitals, self.common.promises
        self.logins = Logins(config, store)
        self.renewer = Renewer(self.logins.tokens, self.vitals, self.promises)
        self.health = Health(self.common, self.worker, state_folder(config))
        self.alerts = Alerts(self.common, self.worker, lambda: self.logins, timeouts)
        self.health.listen(self.alerts)
        self.retaining = Retaining(self.common)
        for box in config.mailbox.values():
            self.vitals.begin(box.name, box.poll)
        self.senders = {name: self._sender(box) for name, box in config.mailbox.items()}
        self.readers = {name: self._reader(box) for name, box in config.mailbox.items()}
        self.published = self._published()
        #: the last threads of mailboxes that were taken out of the config, and all that are ending
        self._removed: dict[str, tuple[Reader, Sender]] = {}
        self._ending: list[Reader | Sender] = []
        self.scheduler = BackgroundScheduler(timezone=UTC)
        self.ticking = threading.Lock()

    def start(self) -> None:
        """Start all threads."""
        self.presence.start()
        self.scheduler.add_job(
            self._tick, "interval", seconds=TICK, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        self.scheduler.start()
        for thread in (*self.senders.values(), *self.readers.values()):
            thread.start()
        self.renewer.start()
        self.retaining.start()
        self.alerts.start()
        self.health.start()
        self.published.start()
        log.info(
            "service.started",
            worker=self.worker,
            mailboxes=list(self.readers),
            rules=len(self.live.config.rule),
            hash=self.live.config.digest,
        )

    def stop(self) -> None:
        """End within five seconds: the messages in hand are finished or untouched."""
        threads: list[Reader | Sender | Renewer | Retaining | Health | Published] = [
            *self.readers.values(),
            *self.senders.values(),
            *self._ending,
            self.renewer,
            self.retaining,
            self.health,
            self.published,
        ]
        for thread in threads:
            thread.stop()
        if self.scheduler.running:
            self.scheduler.shutdown(wait=False)
        ends = time.monotonic() + PATIENCE
        for thread in threads:
            if thread.is_alive():
                thread.join(max(0.0, ends - time.monotonic()))
        if self.ticking.acquire(timeout=max(0.0, ends - time.monotonic())):
            self.ticking.release()
        self.alerts.stop(min(ALERTS, max(0.0, ends - time.monotonic())))
        self.presence.stop()
        log.info("service.stopped", unfinished=[t.name for t in threads if t.is_alive()])

    def reload(self, config: Config) -> str:
        """Another config between two messages; what changed, in words.

        A mailbox that was added, changed or removed begins or ends, and no other takes notice. Raises ConfigError,
        and nothing has changed, where the service must be started anew for it.
        """
        if problems := needs_restart(self.live.config, config):
            raise ConfigError(problems)
        before, after, logins = self.live, Live.of(config), Logins(config, self.store, self.logins)
        old, new = before.config.mailbox, config.mailbox
        stays = {name for name in new if old.get(name) == new[name]}
        self._end_all(old.keys() - stays, new)
        self.live, self.logins, self.loaded_at = after, logins, self.now()
        self.renewer.tokens = logins.tokens
        self._begin_all({name: box for name, box in new.items() if name not in stays})
        if config.service.http != self.published.address:
            self.published.stop()
            self.published = self._published(self.published)
            self.published.start()
        what = changes(before, after)
        log.info("config.reloaded", hash=config.digest, rules=len(config.rule), changed=what)
        return what

    def _end_all(self, names: Iterable[str], still: Container[str]) -> None:
        for name in names:
            reader, sender = self.readers[name], self.senders[name]
            self._ending = [t for t in self._ending if t.is_alive()] + [reader, sender]
            reader.stop()
            if name in still:
                sender.stop()
            else:
                self._removed[name] = reader, sender
                sender.retire()

    def _begin_all(self, boxes: Mapping[str, Mailbox]) -> None:
        """Each when those who had the mailbox before have ended; what such a sender knows, the new one does."""
        readers, senders = dict(self.readers), dict(self.senders)
        for name in readers.keys() - self.live.config.mailbox.keys():
            del readers[name], senders[name]
        for name, box in boxes.items():
            reader, sender = self.readers.get(name), self.senders.get(name)
            if reader is None or sender is None:
                reader, sender = self._removed.pop(name, (None, None))
            self.vitals.begin(name, box.poll)
            readers[name], senders[name] = self._reader(box, reader), self._sender(box, sender)
        self.vitals.keep_only(readers)
        self.readers, self.senders = readers, senders  # whole: others walk through them
        for name in boxes:
            senders[name].start()
            readers[name].start()

    def in_words(self) -> str:
        """As `systemctl status` shows it: what is ill, else what it does."""
        ill = [illness.said for illness in self.health.ill if illness.kind is not Kind.CONFIG]
        ill += [self.vitals.config.said] if self.vitals.config else []  # that is known before it is judged
        ill += [f"No da señales de vida {in_words(self.health.name)}"] if self.health.is_late else []
        if ill:
            return f"{ill[0]}; y {len(ill) - 1} más: «mailbot status»" if ill[1:] else ill[0]
        n, m = len(self.live.config.mailbox), len(self.live.config.rule)
        return f"Atiende {n} {'buzón' if n == 1 else 'buzones'} con {m} {'regla' if m == 1 else 'reglas'}"

    def wake(self) -> None:
        """Look at the clocks and the outbox now."""
        self._tick()

    def _tick(self) -> None:
        """Whatever goes wrong, the next tick comes."""
        self.promises.back_within("clock", CLOCK)
        try:
            with self.ticking:
                abandoned(self.live, self.store, self.now(), self.worker, self.presence)
                tick(self.live, self.store, self.now)
                self._call_senders()
        except Exception as error:
            self.vitals.clock.tell(error)
            return
        self.vitals.clock.over()

    def _call_senders(self) -> None:
        """Retries fall due, another process may queue: one look for all is cheaper than one of each."""
        with self.store.reading() as s:
            ready = outbox.ready(s, self.now())
        if ready:
            self._wake_senders(*ready)

    def _wake_senders(self, *names: str) -> None:
        """Of these mailboxes; of all, where none is named."""
        for name, sender in self.senders.items():
            if name in names or not names:
                sender.wake()

    def _give_way(self, name: str, seconds: float) -> None:
        """To the replies of this mailbox, if it is still in the config."""
        if sender := self.senders.get(name):
            sender.first(seconds)

    def _current(self) -> Live:
        return self.live

    def _published(self, before: Published | None = None) -> Published:
        address = self.live.config.service.http
        return Published(address, self.common, self.health, lambda: self.loaded_at, before)

    def _sender(self, box: Mailbox, before: Sender | None = None) -> Sender:
        smtp = self.logins.smtp(box, self.timeouts)
        worker = before.worker if before else Worker(self.worker)
        return Sender(box.name, self.common, smtp, worker, before)

    def _reader(self, box: Mailbox, before: Reader | None = None) -> Reader:
        imap = self.logins.imap(box, self.timeouts)
        return Reader(box, self.common, imap, self._wake_senders, self._give_way, before)


def run_once(config: Config, store: Store, now: Now = utc_now, timeouts: Timeouts = USUAL) -> bool:
    """Read everything, decide what is due, send; True if nothing went wrong and nothing is left to send."""
    live, name = Live.of(config), name_of_worker()
    presence, logins = store.presence(name), Logins(config, store)
    presence.start()
    try:
        abandoned(live, store, now(), name, presence)
        read = [
            _read_once(box, logins.imap(box, timeouts), live, store, now) for box in config.mailbox.values()
        ]
        tick(live, store, now)
        for box in config.mailbox.values():
            smtp = logins.smtp(box, timeouts)
            deliver(box.name, smtp, live, store, now, Worker(name), lambda: presence.is_alive)
            smtp.close()
    finally:
        presence.stop()
    with store.reading() as s:
        return all(read) and not outbox.pending(s)


def _read_once(box: Mailbox, imap: ImapMailbox, live: Live, store: Store, now: Now) -> bool:
    with structlog.contextvars.bound_contextvars(mailbox=box.name):
        try:
            imap.connect()
            go_on_above(box, imap, live, store, now())
            make_folders(box, imap, live)
            outcomes = receive(box, imap, live, store, now, lambda: True)
            while moved := by_hand(box, imap, live, store, now, lambda: True):
                outcomes += moved
        except TransportError as trouble:
            (log.warning if trouble.wait else log.error)("mailbox.unavailable", said=str(trouble))
            return False
        except StoreError:
            raise
        except Exception:
            # One mailbox's failure touches one mailbox (lesson 8).
            log.exception("mailbox.broken")
            return False
        finally:
            imap.close()
        return Outcome.FAILED not in outcomes
