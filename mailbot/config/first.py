"""A first config.toml for a mailbox: what its address lets guess, and the file, with one rule to learn from."""

import os
import re
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Literal
from zoneinfo import available_timezones

from mailbot.config.hosts import is_ip, is_loopback
from mailbot.config.model import IMAP_PORTS, SMTP_PORTS, Security
from mailbot.config.written import text as basic_string

Way = Literal["password", "microsoft", "google"]
Kind = Literal["imap", "smtp"]
USUAL = ((993, "tls"), (587, "starttls"))
HOST = re.compile(r"(?:\[(?P<ip>[0-9A-Fa-f:.]+)\]|(?P<host>[^\s:/@\[\]]+))(?::(?P<port>\d{1,5}))?")
#: of these domains, and of organisations that say so: (IMAP, SMTP)
SERVERS: dict[str, tuple[str, str]] = {
    "microsoft": ("outlook.office365.com", "smtp.office365.com"),
    "google": ("imap.gmail.com", "smtp.gmail.com"),
    "yahoo": ("imap.mail.yahoo.com", "smtp.mail.yahoo.com"),
    "icloud": ("imap.mail.me.com", "smtp.mail.me.com"),
}
DOMAINS = {
    "microsoft": ("outlook.com", "hotmail.com", "live.com", "msn.com", "onmicrosoft.com"),
    "google": ("gmail.com", "googlemail.com"),
    "yahoo": ("yahoo.com", "yahoo.es", "ymail.com"),
    "icloud": ("icloud.com", "me.com", "mac.com"),
}
#: where the service is, if its machine does not say
TIMEZONE = "America/Bogota"


@dataclass(frozen=True, slots=True)
class Server:
    host: str
    port: int
    security: Security
    ca_file: str = ""

    @property
    def written(self) -> str:
        """As it is asked for; the port where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if (self.port, self.security) in USUAL else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Answers:
    """What was asked. `secret`: the password, or that of the application; "": it is there already, or there is none."""

    address: str
    way: Way
    imap: Server
    smtp: Server
    desk: str
    timezone: str
    username: str = ""
    tenant: str = ""
    client_id: str = ""
    has_secret: bool = True
    secret: str = field(default="", repr=False)

    @property
    def mailbox(self) -> str:
        return mailbox_name(self.address)

    @property
    def credential(self) -> str:
        """The file in `credentials/` in which the secret is kept."""
        return credential_name(self.address, self.way)


def mailbox_name(address: str) -> str:
    """`soporte` of `Soporte@mesa.example`: a bare key of TOML."""
    return re.sub(r"[^a-z0-9_]+", "-", address.partition("@")[0].lower()).strip("-") or "buzon"


def credential_name(address: str, way: Way) -> str:
    return f"{mailbox_name(address)}-{'password' if way == 'password' else 'cliente'}"


def provider(address: str) -> str:
    """Of a domain that everybody knows; "" of others."""
    domain = address.rpartition("@")[2].lower()
    known = ((name, one) for name, domains in DOMAINS.items() for one in domains)
    return next((name for name, one in known if domain == one or domain.endswith(f".{one}")), "")


def servers(address: str, way: Way) -> tuple[str, str]:
    """The likely names of (IMAP, SMTP)."""
    own = f"mail.{address.rpartition('@')[2].lower()}"
    return SERVERS.get(provider(address) if way == "password" else way, (own, own))


def server(written: str, kind: Kind, security: Security | None, ca_file: str = "") -> Server:
    """`host` or `host:port`. What is not written is the usual; on this very machine there is no need to encrypt.

    Raises ValueError, in Spanish.
    """
    match = HOST.fullmatch(written.strip())
    if not match or (match["ip"] and not is_ip(match["ip"])):
        raise ValueError(
            f'«{written}» no es un servidor; se escribe "imap.mesa.example" o "imap.mesa.example:993"'
        )
    host, port = match["ip"] or match["host"], int(match["port"] or 0)
    if port > 65535:
        raise ValueError(f"{port} no es un puerto: van de 1 a 65535")
    ports = IMAP_PORTS if kind == "imap" else SMTP_PORTS
    usual: Security = "tls" if kind == "imap" else "starttls"
    if security is None and port:
        known: dict[int, Security] = (
            {143: "starttls", 993: "tls"} if kind == "imap" else {465: "tls", 587: "starttls"}
        )
        security = known.get(port, "none" if is_loopback(host) else usual)
    security = security or usual
    return Server(host, port or ports[security], security, ca_file)


def timezone() -> str:
    """Of this machine, where it is the one of a place."""
    try:
        linked = os.readlink("/etc/localtime")
    except OSError:
        linked = ""
    named = (os.environ.get("TZ") or linked.partition("zoneinfo/")[2]).lstrip(":")
    is_place = named in available_timezones() and "/" in named and not named.startswith("Etc/")
    return named if is_place else TIMEZONE


def render(answers: Answers) -> str:
    """The text of config.toml."""
    template = Template(files("mailbot.config").joinpath("first.toml").read_text("utf-8"))
    return template.substitute(
        desk_plain=_plain(answers.desk),
        desk=quoted(answers.desk),
        timezone=quoted(answers.timezone),
        name=answers.mailbox,
        address=quoted(answers.address),
        domain=answers.address.rpartition("@")[2],
        login="\n".join(_login(answers)),
        imap="\n".join(_server(answers.imap)),
        smtp="\n".join(_server(answers.smtp)),
    )


def _login(answers: Answers) -> list[str]:
    where = f"credentials/{answers.credential}, junto a este archivo"
    lines = [f"username = {quoted(answers.username)}"] if answers.username else []
    if answers.way == "password":
        return [*lines, f'password = {{ credential = "{answers.credential}" }}   # está en {where}']
    keys = [f'provider = "{answers.way}"']
    keys += [f"tenant = {quoted(answers.tenant)}"] if answers.tenant else []
    keys += [f"client_id = {quoted(answers.client_id)}"]
    keys += [f'client_secret = {{ credential = "{answers.credential}" }}'] if answers.has_secret else []
    comment = [f"# client_secret está en {where}"] if answers.has_secret else []
    return [*lines, f"oauth2   = {{ {', '.join(keys)} }}", *comment]


def _server(server: Server) -> list[str]:
    lines = [
        f"host     = {quoted(server.host)}",
        f"port     = {server.port}",
        f'security = "{server.security}"',
    ]
    return [*lines, *([f"ca_file  = {quoted(server.ca_file)}"] if server.ca_file else [])]


def quoted(text: str) -> str:
    """A string of TOML on one line, without what cannot be seen."""
    return basic_string(_plain(text))


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def credentials_folder(config: Path) -> Path:
    return config.parent / "credentials"
