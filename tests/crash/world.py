"""Where experiments take place: servers that they share, and for each a copy of the story's past.

The past of a kind of database is an account on Dovecot and a database; copying both takes milliseconds.
"""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from imapclient import IMAPClient  # type: ignore[import-untyped]
from sqlalchemy import create_engine, make_url, text

from mailbot.store.engine import Store
from tests.crash import process, recorder
from tests.crash.recorder import Accepted
from tests.crash.story import CONFIG, NEWER, SORTED, Past
from tests.dovecot import PASSWORD, lmtp

BOXES = ("soporte", "redes")
PASSED = timedelta(minutes=20)


@dataclass(frozen=True)
class Servers:
    """Told to the workers as JSON. `postgres`: URL of a database on that server, or ""; `name` tells runs apart."""

    name: str
    folder: str
    mail: str
    imap_port: int
    lmtp_port: int
    smtp_port: int
    postgres: str = ""

    def as_json(self) -> str:
        return json.dumps(asdict(self))


class World:
    """One account on the servers with its database and config: what one mailbot works on."""

    def __init__(self, servers: Servers, kind: str, account: str, config: str = CONFIG + NEWER) -> None:
        self.servers, self.kind, self.account = servers, kind, account
        self.folder = Path(servers.folder) / account
        self.folder.mkdir(exist_ok=True)  # the past is known to several workers
        self.log = self.folder / "log"
        self.config(config)

    @property
    def database(self) -> str:
        if self.kind == "sqlite":
            return str(self.folder / "mailbot.sqlite3")
        url = make_url(self.servers.postgres).set(database=self._database_name)
        return url.render_as_string(hide_password=False)

    @property
    def _database_name(self) -> str:
        return f"crash_{self.servers.name}_{self.account}".replace("-", "_")

    def config(self, config: str) -> None:
        for name, value in {
            "DATABASE": self.database,
            "ACCOUNT": self.account,
            "IMAP": str(self.servers.imap_port),
            "SMTP": str(self.servers.smtp_port),
        }.items():
            config = config.replace(name, value)
        (self.folder / "config.toml").write_text(config, encoding="utf-8")

    # -- mailbot -----------------------------------------------------------------------------------------

    def mailbot(self, *arguments: str, passed: int = 0) -> int:
        """Runs to its end; its exit code. `passed`: how often twenty minutes have passed by its clock."""
        return process.end_of(self.start(*arguments, passed=passed))

    def start(self, *arguments: str, passed: int = 0, before: Callable[[], None] | None = None) -> int:
        config = ("--config", str(self.folder / "config.toml"))
        return process.start(*arguments, *config, log=self.log, later=passed * PASSED, before=before)

    def do(self, *arguments: str) -> None:
        """What must succeed."""
        code = self.mailbot(*arguments)
        assert code == 0, f"mailbot {arguments} ended with {code}:\n{self.log.read_text()[-3000:]}"

    # -- servers -----------------------------------------------------------------------------------------

    def login(self, box: str) -> str:
        return f"{box}-{self.account}"

    def deliver(self, raw: bytes, box: str) -> None:
        lmtp(self.servers.lmtp_port, raw, self.login(box))

    def accepted(self) -> list[Accepted]:
        return [mail for box in BOXES for mail in recorder.accepted(self.sent(box))[0]]

    def sent(self, box: str) -> Path:
        """Where the recorder writes down what a mailbox sends."""
        return Path(self.servers.folder) / f"{self.login(box)}.jsonl"

    def maildir(self, box: str) -> Path:
        return Path(self.servers.mail) / self.login(box)

    # -- the past ----------------------------------------------------------------------------------------

    def make_past(self) -> None:
        """Play the past of the story here, and deliver its batch."""
        self.config(CONFIG)
        self.create()
        past = Past(
            self.deliver, self.do, lambda to: [a.raw.encode("latin-1") for a in self.accepted() if a.to == to]
        )
        past.play(self.database)
        past.batch()
        for box in BOXES:  # Dovecot gives the UIDs when somebody looks
            with IMAPClient("127.0.0.1", self.servers.imap_port, ssl=False) as client:
                client.login(self.login(box), PASSWORD)
                client.select_folder("INBOX")
        self._sort_by_hand()
        self.config(CONFIG + NEWER)

    def _sort_by_hand(self) -> None:
        with IMAPClient("127.0.0.1", self.servers.imap_port, ssl=False) as person:
            person.login(self.login(BOXES[0]), PASSWORD)
            for name, source, target in SORTED:
                person.select_folder(source)
                person.move(person.search(["FROM", f"{name}@"]), target)

    def create(self) -> None:
        """An empty database, where the server must be asked for one."""
        if self.kind != "sqlite":
            self._on_server(f"CREATE DATABASE {self._database_name}")

    def copy(self, account: str) -> "World":
        other = World(self.servers, self.kind, account)
        for box in BOXES:
            subprocess.run(["cp", "-a", self.maildir(box), other.maildir(box)], check=True)
            for index in other.maildir(box).rglob("dovecot.index*"):
                index.unlink()
            if (sent := self.sent(box)).exists():
                shutil.copy(sent, other.sent(box))
        if self.kind == "sqlite":
            shutil.copy(self.database, other.database)
        else:
            other._on_server(f"CREATE DATABASE {other._database_name} TEMPLATE {self._database_name}")
        return other

    @cached_property
    def store(self) -> Store:
        """Opened when it is first looked at; `remove` closes it."""
        return Store.open(self.database, upgrade=False)

    def remove(self) -> None:
        self.store.dispose()
        if self.kind != "sqlite":
            self._on_server(f"DROP DATABASE {self._database_name} WITH (FORCE)")
        for box in BOXES:
            shutil.rmtree(self.maildir(box), ignore_errors=True)
            self.sent(box).unlink(missing_ok=True)
        shutil.rmtree(self.folder)

    def _on_server(self, statement: str) -> None:
        server = create_engine(self.servers.postgres, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(statement))
        server.dispose()
