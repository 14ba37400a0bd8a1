"""config.toml as one frozen value: every section typed, every default in place. No other room sees a dict."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field as Key,
    ValidationInfo,
    model_validator,
)

from mailbot.desk.settings import Group, Hours, Policy, Precaso, Replies, Senders
from mailbot.rules.settings import Field, Rule
from mailbot.values import Duration, Settings

Security = Literal["tls", "starttls", "none"]
Port = Annotated[int, Key(ge=1, le=65535)]

IMAP_PORTS = {"tls": 993, "starttls": 143, "none": 143}
SMTP_PORTS = {"tls": 465, "starttls": 587, "none": 25}
#: what Microsoft 365 takes from a mailbox by SMTP
MICROSOFT_PER_MINUTE = 30
SIZE = re.compile(r"(\d+) ?(KB|MB|GB)", re.IGNORECASE)
OCTETS = {"KB": 1000, "MB": 1000**2, "GB": 1000**3}


def size(written: Any) -> Any:
    """`"50MB"` in octets; a number is octets already."""
    if not isinstance(written, str):
        return written
    if not (match := SIZE.fullmatch(written.strip())):
        raise ValueError('un tamaño se escribe así: "800KB", "50MB" o "1GB"')
    return int(match[1]) * OCTETS[match[2].upper()]


def reminder(written: Any) -> Any:
    """No reminder is written `remind_after = ""`."""
    if isinstance(written, dict) and written.get("remind_after") == "":
        return {**written, "remind_after": None}
    return written


def from_home(written: str, info: ValidationInfo) -> str:
    """Relative paths start from the folder of config.toml, wherever the program was started."""
    home: Path | None = (info.context or {}).get("home")
    return str(home / written) if written and home else written


HomePath = Annotated[str, AfterValidator(from_home)]


class Secret(Settings):
    """Where a secret is kept; exactly one of the three. It is read only when used."""

    credential: str = ""
    env: str = ""
    file: str = ""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len([place for place in (self.credential, self.env, self.file) if place]) != 1:
            raise ValueError(
                "diga en un solo lugar dónde está: "
                '{ credential = "nombre" }, { env = "NOMBRE" } o { file = "ruta" }'
            )
        return self


class OAuth2(Settings):
    """As it is written; `config/oauth2.py` fills in what a provider's name implies."""

    provider: Literal["microsoft", "google", ""] = ""
    tenant: str = ""
    client_id: str = ""
    client_secret: Secret | None = None
    #: with the secret alone, or with what a person granted by `mailbot login`; "": what the provider allows
    grant: Literal["client_credentials", "login", ""] = ""
    token_url: str = ""
    device_url: str = ""
    auth_url: str = ""
    scope: str = ""
    #: of the token server
    ca_file: HomePath = ""


class Login(NamedTuple):
    """A password, an `oauth2`, or neither."""

    username: str
    password: Secret | None
    oauth2: OAuth2 | None
    #: the name under which what `mailbot login` obtained is kept
    account: str


class Server(Settings):
    host: str
    security: Security
    #: the usual one of `security`
    port: Port
    ca_file: HomePath = ""
    insecure: bool = False
    username: str = ""
    password: Secret | None = None
    oauth2: OAuth2 | None = None


class Imap(Server):
    security: Security = "tls"
    port: Port = Key(default_factory=lambda data: IMAP_PORTS[data["security"]])


class Smtp(Server):
    security: Security = "starttls"
    port: Port = Key(default_factory=lambda data: SMTP_PORTS[data["security"]])
    #: 0: no limit; of Microsoft 365 we keep its own unless this is written
    per_minute: int = Key(0, ge=0)


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
    #: a person moves mail there, with any mail program: it becomes a case; "": there is no such folder
    create: str = "Crear caso"
    #: the same for mail that asks for nothing; it stays there
    informative: str = "Informativo"
    #: beside IDLE; shorter than a second, NOOP takes its place
    poll: Duration = timedelta(seconds=60)
    start: Literal["now", "all"] | date = "now"
    answer_backlog: bool = False
    #: in octets
    max_size: Annotated[int, BeforeValidator(size), Key(ge=1)] = 50_000_000
    trust: str = ""
    imap: Imap
    smtp: Smtp

    def folder_for(self, filed: str) -> str:
        """The folder of a `Filed` role or of a rule; "" means: the message stays where it is."""
        return {"handled": self.handled, "review": self.review}.get(filed, filed)

    @property
    def imap_login(self) -> Login:
        return self._login(self.imap, "imap")

    @property
    def smtp_login(self) -> Login:
        """Without a password and without `oauth2` the server is used without logging in."""
        return self._login(self.smtp, "smtp")

    def _login(self, server: Server, kind: str) -> Login:
        """What a server has of its own counts before what the mailbox has, whichever of the two it is."""
        username = server.username or self.username or self.address
        if server.password or server.oauth2:
            return Login(username, server.password, server.oauth2, f"{self.name}:{kind}")
        return Login(username, self.password, self.oauth2, self.name)

    @property
    def asks_always(self) -> bool:
        """The server is asked for new mail all the time, and not waited for in IDLE."""
        return self.poll < timedelta(seconds=1)

    @property
    def per_minute(self) -> int:
        """How many mails its server may be given in a minute; 0: no limit."""
        oauth2 = self.smtp_login.oauth2
        if oauth2 and oauth2.provider == "microsoft" and "per_minute" not in self.smtp.model_fields_set:
            return MICROSOFT_PER_MINUTE
        return self.smtp.per_minute


class AlertSmtp(Smtp):
    """`[service.smtp]`: the way out of alerts that comes before those of the mailboxes, and is used as they are."""

    #: who writes them; "": `username`
    from_: str = Key("", validation_alias=AliasChoices("from", "from_"), serialization_alias="from")

    @property
    def address(self) -> str:
        return self.from_ or self.username

    @property
    def smtp(self) -> Smtp:
        return self

    @property
    def smtp_login(self) -> Login:
        """No mailbox's account is called so: its name comes before the colon."""
        return Login(self.username or self.from_, self.password, self.oauth2, ":alerts")


class Service(Settings):
    name: str = "Mesa de Servicios"
    language: str = "es"
    timezone: str = "America/Bogota"
    prefix: str = "MS"
    database: str = ""
    watch: bool = False
    alert_to: tuple[str, ...] = ()
    smtp: AlertSmtp | None = None
    http: str = ""


class Retention(Settings):
    """For how long it is kept; None: for ever. `store/retention.py` says what each of them is."""

    raw: Duration | None = None
    decisions: Duration | None = None
    cases: Duration | None = None


class Config(Settings):
    service: Service = Service()
    precaso: Annotated[Precaso, BeforeValidator(reminder)] = Precaso()
    replies: Replies = Replies()
    senders: Senders = Senders()
    mailbox: dict[str, Mailbox]
    field: dict[str, Field] = {}
    rule: tuple[Rule, ...] = ()
    group: dict[str, Group] = {}
    hours: dict[str, Hours] = {}
    retention: Retention = Retention()
    #: the folder that relative paths start from, where it was read, what stood there and its hash (digest_of);
    #: not part of the file
    home: Path = Key(default=Path(), exclude=True)
    source: Path = Key(default=Path(), exclude=True)
    content: bytes = Key(default=b"", exclude=True, repr=False)
    digest: str = Key(default="", exclude=True)

    @property
    def own_addresses(self) -> frozenset[str]:
        return frozenset(a.lower() for m in self.mailbox.values() for a in (m.address, *m.aliases))

    @property
    def _alerts_from(self) -> frozenset[str]:
        smtp = self.service.smtp
        return frozenset({smtp.address.lower()} if smtp else ())

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
            own_addresses=self.own_addresses | self._alerts_from,
        )
