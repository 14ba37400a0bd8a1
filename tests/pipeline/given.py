"""A desk on real servers and a real database, with a clock that only the test moves and no threads of its own.

desk.gets(mail())       somebody's mail reaches the mailbox
desk.poll()             what `receive` makes of it: outcomes
desk.tick()             what `tick` judges
desk.deliver()          what `deliver` sends
"""

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient  # type: ignore[import-untyped]
from sqlalchemy import event

from mailbot.config.live import Live
from mailbot.config.load import load
from mailbot.config.model import Config, Mailbox, Smtp as SmtpServer
from mailbot.desk.decision import Outcome
from mailbot.pipeline import deliver, receive, tick
from mailbot.sandbox.servers import LOOPBACK, Sandbox
from mailbot.sending import Worker, abandoned
from mailbot.sorting import by_hand
from mailbot.store import places, queries
from mailbot.store.engine import Store
from mailbot.store.locks import Presence
from mailbot.store.statements import run
from mailbot.transport.connect import Timeouts
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.smtp import Smtp
from tests.transport import faulty

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
OURS = "soporte@mesa.example"
SECOND_BOX = "redes@mesa.example"
ANA = Address("Ana Ruiz", addr_spec="ana@oti.example")
LUZ = Address("Luz Gil", addr_spec="luz@oti.example")
ROBOT = Address("Mesa de turnos", addr_spec="turnos@otra.example")
DESK = "mesa@oti.example"
PASSWORD = "secreto"
QUICK = Timeouts(connect=3, read=3, accept=3)
SUBJECT = "Olvidé la contraseña"
DATA = "Teléfono: 300 555 0101\nSede: Bogotá, piso 3\n"

CONFIG = """
[mailbox.soporte]
address  = "soporte@mesa.example"
password = { env = "MAILBOT_TEST_PASSWORD" }
imap = { host = "127.0.0.1", port = IMAP, security = "none" }
smtp = { host = "127.0.0.1", port = SMTP, security = "none" }

[mailbox.redes]
address  = "redes@mesa.example"
password = { env = "MAILBOT_TEST_PASSWORD" }
imap = { host = "127.0.0.1", port = IMAP, security = "none" }
smtp = { host = "127.0.0.1", port = SMTP, security = "none" }

[group.Mesa]
notify = ["mesa@oti.example"]

[field.telefono]
label   = "Teléfono"
pattern = '\\+?\\d[\\d ()-]{6,}\\d'

[field.sede]
label = "Sede"

[[rule]]
name      = "alarma"
from      = ["nagios@oti.example"]
keywords  = ["problem", "recovery"]
recover   = ["recovery"]
correlate = '(host \\w+)'
treat_as  = "monitoreo"
group     = "Mesa"

[[rule]]
name     = "boletin"
keywords = ["boletín"]
treat_as = "informativo"
folder   = "Boletines"

[[rule]]
name     = "acceso"
keywords = ["contraseña"]
requires = ["telefono", "sede"]
group    = "Mesa"
"""

_numbers = count(1)


class Clock:
    """Stands still until it is moved. Both the desk and the mail server go by it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


class Killed(BaseException):
    """What a `kill -9` does at this place: nothing after it happens."""


class Desk:
    """Two mailboxes, one database; `poll`, `tick` and `deliver` are called when the test says so."""

    def __init__(self, store: Store, servers: Sandbox, clock: Clock, home: Path) -> None:
        self.store, self.servers, self.clock = store, servers, clock
        ports = {"IMAP": str(servers.imap_port), "SMTP": str(servers.smtp_port)}
        text = CONFIG
        for name, port in ports.items():
            text = text.replace(name, port)
        path = home / "config.toml"
        path.write_text(text, encoding="utf-8")
        self.live = Live.of(load(path))
        self._imaps: dict[str, ImapMailbox] = {}
        self._smtps: dict[str, Smtp] = {}
        self._workers: dict[str, Worker] = {}
        self._starts = count(1)
        self._start()

    # -- the config --------------------------------------------------------------------------------------

    @property
    def config(self) -> Config:
        return self.live.config

    def change(self, **sections: Any) -> None:
        """Other settings, section by section."""
        self.live = Live.of(self.config.model_copy(update=sections))

    def change_box(self, name: str = "soporte", **settings: Any) -> None:
        box = self.config.mailbox[name].model_copy(update=settings)
        self.change(mailbox={**self.config.mailbox, name: box})
        self.disconnect()

    def change_rule(self, name: str, **settings: Any) -> None:
        rules = (r.model_copy(update=settings) if r.name == name else r for r in self.config.rule)
        self.change(rule=tuple(rules))

    def smtp_at(self, port: int) -> None:
        """Mail of the mailbox `soporte` goes out by another server."""
        self.change_box(smtp=SmtpServer(host=LOOPBACK, port=port, security="none"))

    @contextmanager
    def faulty_smtp(self, *args: Any, **rest: Any) -> Iterator[None]:
        """For a while by one that fails on purpose, see `faulty.smtp`."""
        with faulty.smtp(*args, **rest) as server:
            self.smtp_at(server.port)
            yield
            self.smtp_at(self.servers.smtp_port)

    # -- what runs ---------------------------------------------------------------------------------------

    def poll(self, name: str = "soporte", going: Any = lambda: True) -> list[Outcome]:
        return receive(self.box(name), self.imap(name), self.live, self.store, self.clock, going)

    def by_hand(self, name: str = "soporte", going: Any = lambda: True) -> list[Outcome]:
        """What `by_hand` makes of the mail that people moved."""
        return by_hand(self.box(name), self.imap(name), self.live, self.store, self.clock, going)

    def tick(self) -> int:
        return tick(self.live, self.store, self.clock)

    def deliver(self, name: str = "soporte") -> int:
        worker = self._workers.setdefault(name, Worker(self.worker))
        return deliver(name, self.smtp(name), self.live, self.store, self.clock, worker, lambda: True)

    def abandoned(self) -> None:
        """What another process left: on SQLite at once, on PostgreSQL when it was missed for a while."""
        abandoned(self.live, self.store, self.clock(), self.worker, Presence())

    def round(self, after: timedelta = timedelta()) -> list[Outcome]:
        """A while later: read, judge, send."""
        self.clock.move(after)
        outcomes = self.poll()
        self.tick()
        self.deliver()
        return outcomes

    def box(self, name: str = "soporte") -> Mailbox:
        return self.live.mailbox(name)

    def imap(self, name: str = "soporte") -> ImapMailbox:
        if name not in self._imaps:
            self._imaps[name] = ImapMailbox(self.box(name), lambda: PASSWORD, QUICK)
            self._imaps[name].connect()
            for folder in ("Procesados", "Por revisar", "Crear caso", "Informativo"):
                self._imaps[name].ensure_folder(folder)
        return self._imaps[name]

    def smtp(self, name: str = "soporte") -> Smtp:
        return self._smtps.setdefault(name, Smtp(self.box(name), lambda: PASSWORD, QUICK))

    def disconnect(self) -> None:
        for imap in self._imaps.values():
            imap.close()
        for smtp in self._smtps.values():
            smtp.close()
        self._imaps, self._smtps = {}, {}

    def restart(self) -> None:
        """The process ends and another begins: new connections, and a store that remembers by its database only."""
        self.disconnect()
        self.store.dispose()
        where = (
            self.store.path
            if self.store.is_sqlite
            else self.store.engine.url.render_as_string(hide_password=False)
        )
        self.store = Store.open(where)
        self._start()

    def _start(self) -> None:
        self.worker = f"process {next(self._starts)}"
        self._workers = {}

    # -- people ------------------------------------------------------------------------------------------

    def gets(self, raw: bytes, to: str = OURS) -> bytes:
        self.servers.deliver(raw, to)
        return raw

    def got(self, who: Address | str = ANA) -> list[EmailMessage]:
        """Our mail to somebody, oldest first."""
        address = who if isinstance(who, str) else who.addr_spec
        return [read(raw) for raw in self.servers.sent_to(address)]

    def drags(self, source: str, target: str, subject: str = "", address: str = OURS) -> None:
        """A person moves mail with another mail program: all, or what has this subject."""
        with self.client(address) as person:
            person.select_folder(source)
            stored = person.fetch(person.search(), ["BODY.PEEK[]"])
            uids = [u for u, m in stored.items() if str(read(m[b"BODY[]"])["Subject"]).startswith(subject)]
            person.copy(sorted(uids), target)  # as every program can
            person.delete_messages(uids)
            person.expunge()

    # -- what is known -----------------------------------------------------------------------------------

    def cases(self) -> list[dict[str, Any]]:
        with self.store.reading() as s:
            return [queries.case(s, c["number"]) or {} for c in queries.cases(s)]

    def case(self) -> dict[str, Any]:
        """The only case there is."""
        (only,) = self.cases()
        return only

    def messages(self) -> list[dict[str, Any]]:
        with self.store.reading() as s:
            return [queries.message(s, m["id"]) or {} for m in queries.messages(s)]

    def replies(self, template: str | None = None) -> list[dict[str, Any]]:
        """Of all cases, those to the desk left out."""
        found = (r for c in self.cases() for r in c["replies"] if not r["template"].startswith("aviso_"))
        return [r for r in found if template in (None, r["template"])]

    def read_up_to(self, name: str = "soporte") -> datetime | None:
        with self.store.reading() as s:
            return places.read_up_to(s, name)

    # -- the server, as another mail program sees it -----------------------------------------------------

    @contextmanager
    def client(self, address: str = OURS) -> Iterator[Any]:
        """Another mail program of this mailbox."""
        with IMAPClient(LOOPBACK, self.servers.imap_port, ssl=False) as client:
            client.login(address, PASSWORD)
            yield client

    def lies_in(self, folder: str = "INBOX", address: str = OURS) -> list[str]:
        """Subjects of what is in a folder."""
        return [str(read(mail[b"BODY[]"])["Subject"]) for mail in self._stored(folder, address)]

    def flags(self, folder: str, address: str = OURS) -> set[bytes]:
        return {flag for mail in self._stored(folder, address) for flag in mail[b"FLAGS"]} - {b"\\Recent"}

    def _stored(self, folder: str, address: str) -> list[dict[bytes, Any]]:
        with self.client(address) as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search(), ["FLAGS", "BODY.PEEK[]"])
            return [found[uid] for uid in sorted(found)]


# -- mail --------------------------------------------------------------------------------------------------


def mail(
    subject: str = SUBJECT, text: str = "Hola, no puedo entrar.", sender: Address = ANA, **headers: str
) -> bytes:
    """A mail like no other; `in_reply_to="<…>"` and so on give more header fields."""
    message = EmailMessage(policy=email.policy.SMTP)
    given = {"Message-ID": f"<{next(_numbers)}@oti.example>", "To": OURS}
    given |= {name.replace("_", "-").title(): value for name, value in headers.items()}
    given = {"Message-ID" if name == "Message-Id" else name: value for name, value in given.items()}
    message["From"] = str(sender)
    message["Subject"] = subject
    for name, value in given.items():
        message[name] = value
    message.set_content(text)
    return message.as_bytes()


def answer(ours: EmailMessage, text: str = DATA, sender: Address = ANA, **headers: str) -> bytes:
    """What somebody's program writes upon a mail of ours."""
    reference = str(ours["Message-ID"])
    thread = {"in_reply_to": reference, "references": f"{ours['References']} {reference}"}
    quoted = "".join(f"> {line}\n" for line in content(ours).splitlines())
    return mail(
        str(ours["Subject"]),
        f"{text}\n\nEl miércoles la mesa escribió:\n{quoted}",
        sender,
        **thread,
        **headers,
    )


def bounce(ours: EmailMessage, action: str = "failed") -> bytes:
    """What the person's server says of a mail that it could not deliver (RFC 3464)."""
    head = "".join(f"{name}: {value}\r\n" for name, value in ours.items())
    return (
        "Return-Path: <>\r\n"
        f"From: MAILER-DAEMON@oti.example\r\nTo: {OURS}\r\n"
        f"Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <{next(_numbers)}@oti.example>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; oti.example\r\n\r\nFinal-Recipient: rfc822; {ANA.addr_spec}\r\n"
        f"Action: {action}\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}\r\n--b--\r\n"
    ).encode()


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def content(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    text: str = body.get_content()
    return text


def poison() -> bytes:
    """A mail that cannot be parsed: more parts within parts than anybody writes."""
    head = f"From: {ANA}\r\nSubject: {SUBJECT}\r\nMessage-ID: <{next(_numbers)}@oti.example>\r\n".encode()
    head = head.replace(SUBJECT.encode(), b"veneno")
    levels = (b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(150))
    return head + b"".join(levels) + b"\r\nfondo\r\n"


# -- faults ------------------------------------------------------------------------------------------------


@contextmanager
def broken(where: Any, name: str, error: BaseException) -> Iterator[None]:
    """Whoever calls `where.name` meets `error`."""

    def fail(*_: Any, **__: Any) -> Any:
        raise error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, name, fail)
        yield


@contextmanager
def commits_fail(store: Store, error: BaseException) -> Iterator[None]:
    """Nothing can be committed for a while."""

    def fail(_: Any) -> None:
        raise error

    event.listen(store.engine, "commit", fail)
    try:
        yield
    finally:
        event.remove(store.engine, "commit", fail)


def write(store: Store, statement: Any) -> None:
    with store.transaction() as s:
        run(s, statement)
