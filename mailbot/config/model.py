"""config.toml as one frozen value: every section typed, every default in place. No other room sees a dict."""

from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field as Key

from mailbot.desk.settings import Group, Hours, Policy, Precaso, Replies, Senders
from mailbot.rules.settings import Field, Rule
from mailbot.values import Duration, Settings

Security = Literal["tls", "starttls", "none"]


class Secret(Settings):
    """Where a secret is kept; exactly one of the three. It is read only when used."""

    credential: str = ""
    env: str = ""
    file: str = ""


class OAuth2(Settings):
    provider: Literal["microsoft", "google", ""] = ""
    tenant: str = ""
    client_id: str = ""
    client_secret: Secret | None = None
    token_url: str = ""
    scope: str = ""


class Server(Settings):
    host: str
    port: int = 0
    security: Security
    ca_file: str = ""
    insecure: bool = False
    username: str = ""
    password: Secret | None = None
    oauth2: OAuth2 | None = None


class Imap(Server):
    security: Security = "tls"


class Smtp(Server):
    security: Security = "starttls"
    per_minute: int = 0


class Mailbox(Settings):
    #: its key in config.toml, set when the config is read
    name: str = ""
    address: str
    aliases: tuple[str, ...] = ()
    username: str = ""
    password: Secret | None = None
    oauth2: OAuth2 | None = None
    folder: str = "INBOX"
    handled: str = "Procesados"
    review: str = "Por revisar"
    poll: Duration = timedelta(seconds=60)
    start: Literal["now", "all"] | date = "now"
    answer_backlog: bool = False
    #: in octets
    max_size: int = 50_000_000
    trust: str = ""
    imap: Imap
    smtp: Smtp

    def folder_for(self, filed: str) -> str:
        """The folder of a `Filed` role or of a rule; "" means: the message stays where it is."""
        return {"handled": self.handled, "review": self.review}.get(filed, filed)


class Service(Settings):
    name: str = "Mesa de Servicios"
    language: str = "es"
    timezone: str = "America/Bogota"
    prefix: str = "MS"
    database: str = ""
    watch: bool = False
    alert_to: tuple[str, ...] = ()
    http: str = ""


class Retention(Settings):
    raw: Duration | None = None
    decisions: Duration | None = None


class Config(Settings):
    service: Service = Service()
    precaso: Precaso = Precaso()
    replies: Replies = Replies()
    senders: Senders = Senders()
    mailbox: dict[str, Mailbox]
    field: dict[str, Field] = {}
    rule: tuple[Rule, ...] = ()
    group: dict[str, Group] = {}
    hours: dict[str, Hours] = {}
    retention: Retention = Retention()
    #: the folder that relative paths start from, and where it was read; not part of the file
    home: Path = Key(default=Path(), exclude=True)
    source: Path = Key(default=Path(), exclude=True)

    @property
    def own_addresses(self) -> frozenset[str]:
        return frozenset(a.lower() for m in self.mailbox.values() for a in (m.address, *m.aliases))

    @property
    def policy(self) -> Policy:
        """What the desk's decisions depend on."""
        return Policy(
            prefix=self.service.prefix,
            timezone=self.service.timezone,
            precaso=self.precaso,
            replies=self.replies,
            senders=self.senders,
            groups=self.group,
            hours=self.hours,
            fields=self.field,
            rules=self.rule,
            own_addresses=self.own_addresses,
        )
