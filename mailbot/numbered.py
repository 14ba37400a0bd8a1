"""Case numbers in the subjects of mail on the server: what was given, whether this database knows of it or not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog

from mailbot.config.live import Live
from mailbot.config.model import Mailbox
from mailbot.mail.parse import parse
from mailbot.store import known, numbers, places
from mailbot.store.engine import Store
from mailbot.store.transaction import Transaction
from mailbot.transport.errors import TransportError
from mailbot.transport.imap import ImapMailbox

log = structlog.get_logger("mailbot")

#: headers read at once; and the number of a case as we write it has no more digits until that many are given
HEADERS = 500
SIX_DIGITS = 999_999
#: how far beyond the highest that people wrote: the last ones were answered by nobody yet
LEAST, ROUND = 100, 1_000

#: told what is being done, in Spanish, time and again: it may take an hour
Tell = Callable[[str], None]


def silent(what: str) -> None:
    """Where nobody waits for it."""


@dataclass(frozen=True, slots=True)
class Named:
    """A mail on the server with a case's number in its subject."""

    number: int
    sender: str
    follows: tuple[str, ...]
    subject: str


def named(imap: ImapMailbox, prefix: str, above: int, tell: Tell = silent) -> Iterator[Named]:
    """In every folder, our sent mail included: numbers that this database never gave. Raises `TransportError`."""
    for folder in imap.folders.names():
        tell(f"Busca los números de caso que ya se dieron: {folder}")
        try:
            uidnext = imap.select(folder).uidnext
        except TransportError as closed:
            if not closed.permanent:
                raise
            log.info("repair.folder_not_read", folder=folder, said=str(closed))
            continue
        uids = imap.with_subject(f"{prefix}-", uidnext)
        for start in range(0, len(uids), HEADERS):
            for raw in imap.headers(uids[start : start + HEADERS]):
                message = parse(raw)
                sender = message.from_.email if message.from_ else ""
                for number in known.numbers_in(message.subject, prefix):
                    if above < number <= max(SIX_DIGITS, 10 * above):
                        yield Named(number, sender, message.thread, message.subject)


def go_on_above(box: Mailbox, imap: ImapMailbox, live: Live, store: Store, now: datetime) -> None:
    """Before the first mail of a mailbox: what another database gave there, which was lost, is given by nobody again.

    A number counts as it stands in our own subjects, `[MS-000123]`. A forged one makes a gap, no harm.
    Raises `TransportError`, `StoreUnavailable`.
    """
    with store.reading() as s:
        if places.progress(s, box.name, box.folder):
            return
        before = numbers.last_given(s)
    prefix = live.policy.prefix
    ours = (each for each in named(imap, prefix, before) if f"[{prefix}-{each.number:06d}]" in each.subject)
    highest = max((each.number for each in ours), default=0)
    if highest:

        def work(s: Transaction) -> None:
            numbers.go_on_above(s, -(-(highest + LEAST) // ROUND) * ROUND, now)
            numbers.note_earlier(s, box.name, highest, prefix, now)

        store.run(work)
        log.error("database.began_empty", highest=f"{prefix}-{highest:06d}")
