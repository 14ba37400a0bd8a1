"""The whole chain: a person's mail program → Postfix → LMTP → Dovecot → `mailbot run` → Postfix → the person's mailbox.

Every connection is encrypted and its certificate checked, against a CA of our own (`ca_file`).
"""

import ssl
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any, Self

from click.testing import Result
from imapclient import IMAPClient  # type: ignore[import-untyped]
from sqlalchemy import update

from mailbot.store import places, queries
from mailbot.store.engine import Store
from mailbot.store.outbox import outbox
from mailbot.store.statements import run
from tests.cli.conftest import typed
from tests.cli.test_run import Daemon
from tests.dovecot import PASSWORD
from tests.pipeline.given import SUBJECT, answer, mail, read
from tests.postfix import Postfix

CONFIG = """
[service]
database = "{database}"

[mailbox.soporte]
address  = "{address}"
password = {{ file = "{home}/password" }}
imap = {{ host = "localhost", port = {imap_port}, security = "{imap}", ca_file = "{ca_file}" }}
smtp = {{ host = "localhost", port = {smtp_port}, security = "{smtp}", ca_file = "{ca_file}" }}

[group.Mesa]
notify = ["{desk}"]

[field.telefono]
label   = "Teléfono"
pattern = '\\+?\\d[\\d ()-]{{6,}}\\d'

[field.sede]
label = "Sede"

[[rule]]
name     = "acceso"
keywords = ["contraseña"]
requires = ["telefono", "sede"]
group    = "Mesa"
"""

_numbers = count(1)


class Chain(AbstractContextManager["Chain"]):
    """A mailbox of its own on these servers, and the daemon that reads it, as a process.

    `imap` and `smtp`: "tls" or "starttls"; `ca_file`: whom the daemon trusts, in place of the servers' own CA.
    """

    def __init__(
        self,
        postfix: Postfix,
        home: Path,
        database: str,
        *,
        imap: str = "tls",
        smtp: str = "starttls",
        ca_file: Path | None = None,
    ) -> None:
        self.postfix, self.dovecot = postfix, postfix.dovecot
        self.number = next(_numbers)
        self.address = f"soporte{self.number}@mesa.example"
        self.desk = Person(self, Address(addr_spec=f"mesa{self.number}@fuera.example"))
        self.config = home / "config.toml"
        (home / "password").write_text(PASSWORD)
        (home / "password").chmod(0o600)
        text = CONFIG.format(
            database=database,
            address=self.address,
            home=home,
            desk=self.desk.address,
            ca_file=ca_file or self.dovecot.ca_file,
            imap=imap,
            imap_port=self.dovecot.imaps_port if imap == "tls" else self.dovecot.imap_port,
            smtp=smtp,
            smtp_port=postfix.submissions_port if smtp == "tls" else postfix.submission_port,
        )
        self.config.write_text(text, "utf-8")
        self.store = Store.open(database)

    def __enter__(self) -> Self:
        self.start()
        self.until_read()
        return self

    def start(self) -> None:
        self.daemon = Daemon(self.config)

    def __exit__(self, *error: object) -> None:
        self.store.dispose()
        self.daemon.process.kill()
        self.daemon.process.communicate()

    def until_read(self) -> None:
        """What lay there before the first connection is answered by nobody."""
        self.until("the first reading of the mailbox", self._was_read)

    def person(self, domain: str = "oti.example") -> "Person":
        """Somebody whom nobody else has met."""
        return Person(self, Address("Ana Ruiz", addr_spec=f"ana{next(_numbers)}@{domain}"))

    def until(self, what: str, found: Callable[[], Any], seconds: float = 20) -> Any:
        end = time.monotonic() + seconds
        while not (it := found()):
            if time.monotonic() > end or self.daemon.process.poll() is not None:
                raise AssertionError(
                    f"{what} did not come\n{self.daemon.log.read_text()}\n{self.postfix.log()}"
                )
            time.sleep(0.05)
        return it

    def message(self, outcome: str, about: str = "") -> dict[str, Any]:
        """The latest mail with this outcome, of this case or of none, as `mailbot explain` shows it; waits for it."""
        return dict(self.until(f"a mail that is {outcome}", lambda: self._message(outcome, about)))

    def _message(self, outcome: str, about: str) -> dict[str, Any] | None:
        with self.store.reading() as s:
            found = [m["id"] for m in queries.messages(s, outcome) if (m["case"] or "") == about]
            return queries.message(s, found[-1]) if found else None

    def hurry(self) -> None:
        """The pause before the next attempt at what waits to be sent is over."""
        with self.store.transaction() as s:
            run(
                s, update(outbox).where(outbox.c.status == "queued").values(next_attempt_at=datetime.now(UTC))
            )

    def agrees(self) -> bool:
        """Whether `mailbot reconcile` finds exactly one outcome for each mail on the server (invariant 1)."""
        return self.mailbot("reconcile").exit_code == 0

    def mailbot(self, *words: str) -> Result:
        """A command, as a person types it."""
        return typed("--config", self.config, *words)

    def _was_read(self) -> bool:
        with self.store.reading() as s:
            return places.read_up_to(s, "soporte") is not None


class Person:
    """A mail program with an account."""

    def __init__(self, chain: Chain, address: Address) -> None:
        self.chain, self.name, self.address = chain, address, address.addr_spec
        self.seen = 0

    def writes(self, subject: str = SUBJECT, text: str = "Hola, no puedo entrar.", **headers: str) -> None:
        self.sends(mail(subject, text, self.name, to=self.chain.address, **headers))

    def answers(self, ours: EmailMessage, text: str, **headers: str) -> None:
        self.sends(answer(ours, text, self.name, to=self.chain.address, **headers))

    def sends(self, raw: bytes) -> None:
        self.chain.postfix.submit(raw, self.address, self.chain.address)

    def gets(self) -> EmailMessage:
        """The next mail that comes, waiting for it."""
        self.chain.until(f"mail for {self.address}", lambda: self._delivered() > self.seen)
        self.seen += 1
        return self.inbox()[self.seen - 1]

    def finds(self, words: str) -> EmailMessage:
        """The first mail that has these words in its subject, waiting for it."""
        found: list[EmailMessage] = []
        while not found:
            self.gets()
            found = [mail for mail in self.inbox() if words in mail["Subject"]]
        return found[0]

    def _delivered(self) -> int:
        """How much lies in the Maildir: asking the server all the time would keep it busy."""
        folder = self.chain.dovecot.base / "mail" / self.address
        return sum(1 for part in ("new", "cur") for _ in folder.glob(f"{part}/*"))

    def inbox(self) -> list[EmailMessage]:
        context = ssl.create_default_context(cafile=str(self.chain.dovecot.ca_file))
        with IMAPClient(
            "localhost", self.chain.dovecot.imaps_port, ssl_context=context, timeout=30
        ) as client:
            client.login(self.address, PASSWORD)
            client.select_folder("INBOX", readonly=True)
            found = client.fetch(client.search(), ["BODY.PEEK[]"])
            return [read(found[uid][b"BODY[]"]) for uid in sorted(found)]

    def case(self) -> dict[str, Any]:
        """The only case that this person asked for, once it is there and each of its replies was tried."""
        settled: dict[str, Any] = self.chain.until(f"the case of {self.address}", self._case)
        return settled

    def _case(self) -> dict[str, Any] | None:
        with self.chain.store.reading() as s:
            mine = [c["number"] for c in queries.cases(s) if c["requester"]["email"] == self.address]
            if not mine:
                return None
            (number,) = mine
            case = queries.case(s, number) or {}
            untried = any(r["status"] == "sending" or not r["attempts"] for r in case["replies"])
            return None if untried else case
