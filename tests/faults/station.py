"""A desk between real servers: Dovecot and SMTP behind proxies, one database, the real steps of a poll.

`round()` is what a reader and a sender do once; what may go wrong on a line or in a database ends it, as it
ends theirs, and nothing else may. `prove()` says what must be true when the faults are over.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.headerregistry import Address
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import text

from mailbot.config.live import Live
from mailbot.config.load import load
from mailbot.config.model import Config, Mailbox
from mailbot.pipeline import deliver, receive
from mailbot.reading import make_folders
from mailbot.reconcile import Account, reconcile
from mailbot.sandbox.servers import Sandbox
from mailbot.sending import Worker, abandoned
from mailbot.store import check
from mailbot.store.engine import Store
from mailbot.store.errors import StoreError
from mailbot.store.locks import Presence
from mailbot.transport.connect import Timeouts
from mailbot.transport.errors import TransportError
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.smtp import Smtp
from tests.dovecot import PASSWORD, Dovecot
from tests.faults.proxy import Proxy
from tests.pipeline.given import CONFIG, DATA, HOUR, SUBJECT, Clock, mail, read

#: what hangs must show soon; a busy machine must not seem to hang
QUICK = Timeouts(connect=5, read=5, accept=5)
BOUNDS = "\n[replies]\nper_hour = 1000000\nper_address_per_hour = 1000\nper_address_per_day = 100000\n"

_numbers = count(1)


def config_text(address: str, imap: int, smtp: int) -> str:
    """One mailbox, for whoever writes."""
    text = CONFIG.replace("IMAP", str(imap)).replace("SMTP", str(smtp))
    begin, end = text.index("[mailbox.redes]"), text.index("[group.Mesa]")
    return (text[:begin] + text[end:] + BOUNDS).replace("soporte@mesa.example", address)


@dataclass
class Sent:
    """A mail that was delivered to the mailbox, and how many replies its sender must get."""

    sender: str
    replies: int


class Station:
    """One mailbox that nobody else has, one database."""

    def __init__(
        self, store: Store, dovecot: Dovecot, smtp: Sandbox, home: Path, timeouts: Timeouts = QUICK
    ) -> None:
        self.store, self.dovecot, self.servers, self.timeouts = store, dovecot, smtp, timeouts
        self.address = f"buzon{next(_numbers)}.{home.name[-20:].lower()}@mesa.example"
        self.imap_line, self.smtp_line = Proxy(dovecot.imap_port), Proxy(smtp.smtp_port)
        self.clock = Clock()
        path = home / "config.toml"
        path.write_text(config_text(self.address, self.imap_line.port, self.smtp_line.port), encoding="utf-8")
        self.live = Live.of(load(path))
        self.worker = Worker("here")
        self.smtp = Smtp(self.box, lambda: PASSWORD, timeouts)
        self.came: list[Sent] = []
        self.troubles: list[str] = []

    def __enter__(self) -> "Station":
        self.round()
        assert self.troubles == []
        return self

    def __exit__(self, *error: object) -> None:
        self.smtp.close()
        for line in (self.imap_line, self.smtp_line):
            line.refuse()

    @property
    def config(self) -> Config:
        return self.live.config

    @property
    def box(self) -> Mailbox:
        return self.live.mailbox("soporte")

    # -- what comes --------------------------------------------------------------------------------------

    def asked(self, times: int) -> None:
        """So many people get a reply each, which is queued."""
        for _ in range(times):
            self._deliver(Sent(f"ana{next(_numbers)}@oti.example", 1), text="Hola, no puedo entrar.")
        assert self._try(self._read)

    def gets(self, *, alone: bool = False, text: str = "Hola, no puedo entrar. ñandú") -> None:
        """Three mails of three people: data are missing, nothing is missing, and a robot's; or only the first."""
        n = next(_numbers)
        self._deliver(Sent(f"ana{n}@oti.example", 1), text=text)
        if alone:
            return
        self._deliver(Sent(f"luz{n}@oti.example", 1), text=DATA)
        self._deliver(Sent(f"turnos{n}@oti.example", 0), text="Aviso.", auto_submitted="auto-generated")

    def _deliver(self, sent: Sent, **rest: str) -> None:
        n = next(_numbers)
        raw = mail(f"{SUBJECT} {n}", sender=Address(f"Persona {n}", addr_spec=sent.sender), **rest)
        self.dovecot.deliver(raw, self.address, sent.sender)
        self.came.append(sent)

    # -- what runs ---------------------------------------------------------------------------------------

    def round(self) -> bool:
        """Read and send once; False if something was in the way."""
        self.clock.move(HOUR)
        done = [self._try(self._read), self._try(self._send)]
        return all(done)

    def rest(self) -> None:
        """The faults are over: what a daemon does in the next minutes."""
        self.imap_line.heal()
        self.smtp_line.heal()
        before = len(self.troubles)
        for _ in range(3):
            self.round()
        assert self.troubles[before:] == [], "nothing is in the way any more"

    def _try(self, work: Callable[[], None]) -> bool:
        try:
            work()
        except (TransportError, StoreError) as trouble:
            self.troubles.append(str(trouble))
            return False
        return True

    def _read(self) -> None:
        with self.connected() as imap:
            make_folders(self.box, imap, self.live)
            receive(self.box, imap, self.live, self.store, self.clock, lambda: True)

    def _send(self) -> None:
        abandoned(self.live, self.store, self.clock(), self.worker.name, Presence())
        self._deliver_while(lambda: True)

    def send(self, most: int = 1_000_000) -> bool:
        """At most so many replies; False if the database was in the way."""
        left = iter(range(most))
        return self._try(lambda: self._deliver_while(lambda: next(left, None) is not None))

    def _deliver_while(self, going: Callable[[], bool]) -> None:
        deliver("soporte", self.smtp, self.live, self.store, self.clock, self.worker, going)

    @contextmanager
    def connected(self) -> Iterator[ImapMailbox]:
        imap = ImapMailbox(self.box, lambda: PASSWORD, self.timeouts)
        with ExitStack() as end:
            end.callback(imap.close)
            imap.connect()
            yield imap

    # -- what must be true -------------------------------------------------------------------------------

    def prove(self, *, unknown: int = 0, copies: bool = False) -> None:
        """Invariants 1, 2 and 4: one outcome each, each reply sent, none twice unless nobody could know.

        `unknown`: so many lines were cut where the server may have accepted a reply already. `copies`: two may
        have moved a message at the same time, and Dovecot have kept what both took away.
        """
        outcomes = Counter(sender for (sender,) in self.rows("SELECT sender FROM message"))
        assert outcomes == Counter(sent.sender for sent in self.came)
        wanted = {sent.sender for sent in self.came if sent.replies}
        failed = self.rows("SELECT id FROM message WHERE outcome = 'failed'")
        assert failed == [], "no fault of a line or a database is a mail's"
        replies = self.rows("SELECT recipient, message_id, status, times_uncertain FROM outbox")
        ours = [r for r in replies if r[0] in wanted]
        assert Counter(r[0] for r in ours) == Counter(wanted)
        assert {r[2] for r in replies} <= {"sent"}
        assert sum(r[3] for r in replies) <= unknown
        for recipient, message_id, _, times_uncertain in ours:
            got = [str(read(raw)["Message-ID"]) for raw in self.servers.sent_to(recipient)]
            assert set(got) == {message_id}
            assert len(got) <= 1 + times_uncertain
        with self.store.reading() as s:
            assert check.integrity(s) == ()
        self.agrees(copies=copies)

    def agrees(self, *, copies: bool = False) -> None:
        account = Account()
        with self.connected() as imap:
            reconcile(self.box, imap, self.live, self.store, account)
        assert (account.missing, account.doubled, account.unread) == ([], [], 0)
        assert account.on_server == account.recorded
        assert account.on_server == len(self.came) or (copies and account.on_server > len(self.came))
        lying = self.rows("SELECT count(*) FROM location WHERE left_at IS NULL AND folder = 'INBOX'")
        assert lying == [(0,)], "all were moved"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.store.reading() as s:
            return [tuple(row) for row in s.connection().execute(text(query))]
