"""The desk of `tests/pipeline/given.py` with a real Dovecot for its mailboxes; replies go to the embedded server."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from uuid import uuid4

from mailbot.reconcile import Account, reconcile
from mailbot.sandbox.servers import Sandbox
from mailbot.store.engine import Store
from tests.dovecot import Dovecot, give_to_mail_user
from tests.pipeline.given import OURS, PASSWORD, SECOND_BOX, Clock, Desk


class Ahead(Clock):
    """Dovecot goes by the machine's clock, and so does the desk, until the test moves it ahead."""

    def __init__(self) -> None:
        super().__init__()
        self.began = datetime.now(UTC)
        self.now = self.began

    def __call__(self) -> datetime:
        return datetime.now(UTC) + (self.now - self.began)


class Servers(Sandbox):
    """Mail is read on Dovecot, and sent by the embedded server."""

    def __init__(self, dovecot: Dovecot, clock: Clock) -> None:
        super().__init__([OURS, SECOND_BOX], clock, password=PASSWORD)
        self.dovecot = dovecot

    def __enter__(self) -> Self:
        super().__enter__()
        self.imap_port = self.dovecot.imap_port
        return self

    def deliver(self, raw: bytes, to: str) -> None:
        if to in (OURS, SECOND_BOX):
            self.dovecot.deliver(raw, to)
        else:
            super().deliver(raw, to)


@contextmanager
def desk_on(dovecot: Dovecot, store: Store, home: Path) -> Iterator[Desk]:
    """Its mailboxes are empty, and it was never connected to them."""
    for mailbox in (dovecot.base / "mail").iterdir():
        shutil.rmtree(mailbox)
    clock = Ahead()
    with Servers(dovecot, clock) as servers:
        desk = Desk(store, servers, clock, home)
        yield desk
        desk.disconnect()
        desk.store.dispose()


def maildir(dovecot: Dovecot, folder: str = "") -> Path:
    """Of the first mailbox; a folder by its name on disk, such as `.Procesados`."""
    return dovecot.base / "mail" / OURS / folder


def lay(dovecot: Dovecot, raw: bytes, came: datetime, folder: str = "") -> None:
    """A mail that came at that time (INTERNALDATE is the time of its file)."""
    new = maildir(dovecot, folder) / "new"
    for name in ("cur", "new", "tmp"):
        new.with_name(name).mkdir(parents=True, exist_ok=True)
    file = new / f"{came.timestamp():.0f}.{uuid4().hex}.test"  # a name that no file in cur/ has
    file.write_bytes(raw.replace(b"\r\n", b"\n"))
    os.utime(file, (came.timestamp(), came.timestamp()))
    give_to_mail_user(dovecot.base / "mail")


def account(desk: Desk) -> Account:
    found = Account()
    reconcile(desk.box(), desk.imap(), desk.live, desk.store, found)
    return found
