"""The thread of one mailbox: connect, read, wait, again; its troubles are its own."""

import random
import threading
import time
from collections.abc import Callable
from functools import partial

import structlog

from mailbot.config.live import Live
from mailbot.config.model import Mailbox
from mailbot.daemon.backoff import delays
from mailbot.daemon.common import Common
from mailbot.desk.decision import Outcome
from mailbot.numbered import go_on_above
from mailbot.pipeline import receive
from mailbot.reading import Folder, make_folders
from mailbot.sorting import by_hand
from mailbot.store.locks import Lease
from mailbot.transport.bounded import MOST_SECONDS
from mailbot.transport.errors import TransportError
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.imap_fetch import Fetched
from mailbot.values import Going

log = structlog.get_logger("mailbot")

#: seconds between two attempts to get a mailbox that another daemon reads
ELSEWHERE = 10.0
#: seconds between two looks at everything else, where the server is asked for new mail all the time
LOOK = 5.0
#: and between two calls to the sender while a batch is stored, who then goes first for a while: a database takes one
#: writer, and Python runs one thread at a time, so that who reads and who sends only hinder each other
CALL, WAY = 0.05, 0.05
#: and in which a command must have come to its end: beyond the longest patience with one
STEP = MOST_SECONDS + 60


class Reader(threading.Thread):
    """Polls one mailbox, beside IDLE where the server has it. One connection, one client, this thread only."""

    def __init__(
        self,
        box: Mailbox,
        common: Common,
        imap: ImapMailbox,
        wrote: Callable[..., None],
        give_way: Callable[[str, float], None],
        before: threading.Thread | None = None,
    ) -> None:
        """`box`: its settings as long as this thread lives; `before`: whoever read it until now, and ends first.

        `wrote` is told of which mailboxes there may be replies to send, by name; without a name, of any. `give_way`
        waits until they are sent, or so many seconds.
        """
        super().__init__(name=f"reader-{box.name}", daemon=True)
        self.box, self.common, self.imap, self.before = box, common, imap, before
        self.wrote, self.give_way = wrote, give_way
        self.pulse = common.vitals.pulses[box.name]
        self.trouble = self.pulse.reading
        self.stopping = threading.Event()
        imap.alive = self._alive = partial(common.promises.back_within, self.name, STEP)
        self.pauses = delays()
        self.called = -CALL

    def run(self) -> None:
        structlog.contextvars.bind_contextvars(mailbox=self.box.name)
        if self.before:
            self.before.join()
            self.before = None
        while not self.stopping.is_set():
            asked = 0.0
            self._alive()
            try:
                self._while_connected()
            except Exception as error:
                asked = error.wait if isinstance(error, TransportError) else asked
                self.trouble.tell(error)
            self.imap.close()
            pause = max(next(self.pauses), asked)
            self.common.promises.back_within(self.name, pause + STEP)
            self.stopping.wait(pause)
        self.common.promises.over(self.name)

    def stop(self) -> None:
        """After the few messages in hand, or out of the wait: `join()` then takes no longer than they do."""
        self.stopping.set()
        self.imap.wake()

    def _while_connected(self) -> None:
        lease = self.common.presence.hold(self.box.name)
        if lease is None:
            self._held_elsewhere()
            return
        self.pulse.ours()
        try:
            self._connected(lease)
        finally:
            self.pulse.out()
            lease.release()

    def _held_elsewhere(self) -> None:
        """Another daemon has it; that is said once. Where it reads it, and does not only try, our trouble is over."""
        if self.pulse.held_elsewhere():
            log.info("mailbox.held_elsewhere")
        if self.pulse.elsewhere:
            self.trouble.over()
        self.pauses = delays()
        self.stopping.wait(ELSEWHERE)

    def _connected(self, lease: Lease) -> None:
        def going() -> bool:
            self._alive()
            return not self.stopping.is_set() and lease.is_held

        self.imap.connect()
        self.pulse.entered()
        if not self.trouble.is_told:  # else it is told when it has been read, for there may be more
            log.info("mailbox.connected")
        ready: Live | None = None
        while going():
            self.imap.keep_up()
            live = self.common.live()
            if live is not ready:
                go_on_above(self.box, self.imap, live, self.common.store, self.common.now())
                make_folders(self.box, self.imap, live)
                ready = live
            self._poll(live, going)
        if not self.stopping.is_set():
            log.warning(
                "mailbox.lost", said="la base de datos no supo de nosotros: otro mailbot puede leerlo"
            )

    def _poll(self, live: Live, going: Going) -> None:
        """By one config: when another takes its place, the rest is left to the next poll, which comes at once."""

        def same() -> bool:
            return going() and self.common.live() is live

        store, now = self.common.store, self.common.now
        if receive(self.box, self.imap, live, store, now, same, self._stored):
            self.wrote(self.box.name)
        moved = by_hand(self.box, self.imap, live, store, now, same)
        if same():
            self.pulse.whole()
        self.trouble.over()
        self.pauses = delays()
        if moved:
            self.common.meters.sorted(self.box.name, moved)
            self.wrote()
        elif same():  # of those that were moved there may be more
            self._wait()

    def _stored(self, folder: Folder, mail: Fetched, outcome: Outcome | None) -> None:
        """The reply to the first mail does not wait for the others, nor for the moves."""
        self.pulse.took(folder.left(mail.uid))
        if outcome:
            began, now = folder.progress.started_at, self.common.now()
            self.common.meters.took(self.box.name, outcome, mail.received_at, began, now)
        if time.monotonic() - self.called >= CALL:
            self.give_way(self.box.name, WAY)
            self.called = time.monotonic()

    def _wait(self) -> None:
        poll = self.box.poll.total_seconds()
        if self.box.asks_always:
            self.common.promises.back_within(self.name, LOOK + STEP)
            self.imap.wait(LOOK, noop=poll)
        else:
            self.common.promises.back_within(self.name, poll + STEP)
            # mailboxes that began together would be looked at together for ever; below a second there is no IDLE
            self.imap.wait(max(poll * random.uniform(0.8, 1.0), 1.0))  # noqa: S311 - no secret
