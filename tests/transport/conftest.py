"""Every test of the mailbox runs against the embedded server and, where it is asked for, a real Dovecot."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

import pytest

from mailbot.config.model import Imap, Mailbox, Secret, Smtp
from mailbot.sandbox.servers import Sandbox
from mailbot.transport.connect import Timeouts
from mailbot.transport.imap import ImapMailbox
from tests import dovecot

#: Short, so that a hang shows as a failure.
QUICK = Timeouts(connect=3, read=3, accept=3)
PASSWORD = dovecot.PASSWORD
NOBODY = Secret(env="NOT_READ_HERE")

_numbers = count(1)


def settings(address: str, *, imap: int = 1, smtp: int = 1, **more: object) -> Mailbox:
    """A mailbox on loopback, in clear."""
    return Mailbox.model_validate(
        {
            "address": address,
            "password": NOBODY,
            "imap": Imap(host="127.0.0.1", port=imap, security="none"),
            "smtp": Smtp(host="127.0.0.1", port=smtp, security="none"),
            **more,
        }
    )


@dataclass
class Served:
    """An IMAP server that takes mail for any address."""

    imap_port: int
    deliver: Callable[[bytes, str], None]

    def mailbox(self, address: str) -> ImapMailbox:
        return ImapMailbox(settings(address, imap=self.imap_port), lambda: PASSWORD, QUICK)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Served]:
    with Sandbox(password=PASSWORD) as servers:
        yield Served(servers.imap_port, servers.deliver)


@pytest.fixture(scope="session")
def real() -> Iterator[dovecot.Dovecot]:
    dovecot.required()
    with dovecot.Dovecot() as server:
        yield server


@pytest.fixture(params=["sandbox", "dovecot"])
def served(request: pytest.FixtureRequest) -> Served:
    if request.param == "sandbox":
        served: Served = request.getfixturevalue("sandbox")
        return served
    server: dovecot.Dovecot = request.getfixturevalue("real")
    return Served(server.imap_port, server.deliver)


@pytest.fixture
def address() -> str:
    """One that no other test uses."""
    return f"soporte{next(_numbers)}@mesa.example"


@pytest.fixture
def mailbox(served: Served, address: str) -> Iterator[ImapMailbox]:
    """Connected, INBOX selected."""
    mailbox = served.mailbox(address)
    mailbox.connect()
    mailbox.select("INBOX")
    yield mailbox
    mailbox.close()
