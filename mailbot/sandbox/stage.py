"""The real daemon on embedded servers, with a clock that can be moved: for the demo and the tests."""

import smtplib
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from imapclient import IMAPClient  # type: ignore[import-untyped]

from mailbot.config.model import Config, Imap, Secret, Smtp
from mailbot.daemon.service import Service
from mailbot.sandbox.samples import Sample
from mailbot.sandbox.servers import Sandbox
from mailbot.store import places, queries
from mailbot.store.engine import Store

LOOPBACK = "127.0.0.1"


class MovableClock:
    """Now, and as far ahead as it was moved."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def move(self, by: timedelta) -> None:
        self.ahead += by


@dataclass(frozen=True)
class Seen:
    """What became of one mail: the message and its case as `mailbot explain` and `mailbot case` show them."""

    message: dict[str, Any]
    case: dict[str, Any] | None
    #: the template of the answer to it, "" if there was none
    reply: str
    #: our mail that its sender got
    answer: bytes | None


class Stage(AbstractContextManager["Stage"]):
    """`with Stage(config, folder) as stage:` servers and daemon run until the block ends."""

    def __init__(self, config: Config, state: Path, *, imap_port: int = 0, smtp_port: int = 0) -> None:
        self.clock = MovableClock()
        own = config.own_addresses
        self.servers = Sandbox(own, self.clock, imap_port=imap_port, smtp_port=smtp_port)
        self._config, self._state = config, state
        self._until_exit = ExitStack()
        self.answers: dict[str, Seen] = {}

    def __enter__(self) -> Self:
        self._until_exit.enter_context(self.servers)
        self.config = self._on_loopback()
        self.store = Store.open(self._state / "mailbot.sqlite3")
        self._until_exit.callback(self.store.dispose)
        self.service = Service(self.config, self.store, self.clock)
        self._until_exit.callback(self.service.stop)
        self.service.start()
        self._wait("la primera lectura del buzón", self._was_read)
        return self

    def __exit__(self, *error: object) -> None:
        self._until_exit.close()

    def play(self, sample: Sample) -> Seen:
        """Deliver a sample by SMTP and wait until it has an outcome and its replies are sent."""
        before = self.answers.get(sample.follows)
        number = before.case["number"] if before and before.case else ""
        raw = sample.answering(before.answer if before else None, number)
        last = self.last_id()
        self.send(sample.sender, sample.to, raw)
        message = self._wait(f"el desenlace de {sample.name}", lambda: self._newer(last))
        self.settle()
        seen = self._seen(message["id"], sample.sender)
        self.answers[sample.name] = seen
        return seen

    def send(self, sender: str, to: str, raw: bytes) -> None:
        with smtplib.SMTP(LOOPBACK, self.servers.smtp_port, "localhost") as smtp:
            smtp.sendmail(sender, [to], raw)

    def move(self, name: str, folder: str) -> Seen:
        """A person moves a sample that waits in review to another folder, with a mail program; what becomes of it."""
        before = self.answers[name].message
        box = self.config.mailbox[before["mailbox"]]
        with IMAPClient(LOOPBACK, self.imap_port, ssl=False) as person:
            person.login(box.imap_login.username, self.servers.password)
            person.select_folder(box.review)
            person.move(person.search(["HEADER", "Message-ID", before["message_id"]]), folder)
        self.service.readers[box.name].imap.wake()
        self._wait(f"el desenlace de {name}", lambda: self._decided_again(before))
        self.settle()
        self.answers[name] = self._seen(before["id"], before["from"])
        return self.answers[name]

    def _decided_again(self, before: dict[str, Any]) -> bool:
        with self.store.reading() as s:
            return bool((queries.message(s, before["id"]) or before)["outcome"] != before["outcome"])

    def advance(self, by: timedelta) -> None:
        """Move the clock, as if the time had passed: mailboxes are read, deadlines judged, replies sent."""
        self.clock.move(by)
        moved = self.clock()
        for reader in self.service.readers.values():
            reader.imap.wake()
        self._wait("la lectura tras mover el reloj", lambda: self._was_read(moved))
        self.service.wake()
        self.settle()

    def settle(self) -> None:
        """Wait until no reply is under way."""
        self.service.wake()
        self._wait("el envío de las respuestas", self._all_sent)

    @property
    def imap_port(self) -> int:
        """Of the server that the daemon reads; a test may put another in its place, and `send` with it."""
        return self.servers.imap_port

    def _on_loopback(self) -> Config:
        """The same config with its mailboxes on these servers, the password in a file of ours."""
        secret = self._state / "password"
        secret.write_text(self.servers.password)
        secret.chmod(0o600)
        imap = Imap(host=LOOPBACK, security="none", port=self.imap_port)
        smtp = Smtp(host=LOOPBACK, security="none", port=self.servers.smtp_port)
        here = {"password": Secret(file=str(secret)), "imap": imap, "smtp": smtp}
        boxes = {name: box.model_copy(update=here) for name, box in self._config.mailbox.items()}
        return self._config.model_copy(update={"mailbox": boxes})

    def _was_read(self, since: datetime | None = None) -> bool:
        with self.store.reading() as s:
            read = [places.read_up_to(s, name) for name in self.config.mailbox]
        return all(r is not None and (since is None or r >= since) for r in read)

    def _all_sent(self) -> bool:
        with self.store.reading() as s:
            return queries.replies_waiting(s) == 0

    def last_id(self) -> int:
        with self.store.reading() as s:
            return max((m["id"] for m in queries.messages(s)), default=0)

    def since(self, last: int) -> list[Seen]:
        """What came after the message with this id, with what has become of it so far."""
        with self.store.reading() as s:
            newer = [m for m in queries.messages(s) if m["id"] > last]
        return [self._seen(m["id"], m["from"]) for m in newer]

    def _newer(self, last: int) -> dict[str, Any] | None:
        with self.store.reading() as s:
            return next((m for m in queries.messages(s) if m["id"] > last), None)

    def _seen(self, message_id: int, sender: str) -> Seen:
        with self.store.reading() as s:
            message = queries.message(s, message_id) or {}
            case = queries.case(s, message["case"]) if message["case"] else None
            reply = (queries.reply_to(s, message_id) or {}).get("template", "")
        sent = self.servers.sent_to(sender)
        return Seen(message, case, reply, sent[-1] if sent else None)

    def _wait(self, what: str, until: Callable[[], Any], seconds: float = 30) -> Any:
        end = time.monotonic() + seconds
        while not (found := until()):
            if time.monotonic() > end:
                raise TimeoutError(f"no llegó {what} en {seconds:.0f} segundos")
            time.sleep(0.02)
        return found
