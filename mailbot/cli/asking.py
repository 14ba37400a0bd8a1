"""The questions of `mailbot init`: answered by options, or on the terminal."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn
from zoneinfo import available_timezones

import click

from mailbot.cli.common import fail
from mailbot.config import first
from mailbot.config.addresses import ADDRESS
from mailbot.config.first import Answers, Server, Way
from mailbot.config.meant import did_you_mean
from mailbot.config.model import Security
from mailbot.config.oauth2 import TENANT

WAYS: tuple[tuple[Way, str], ...] = (
    ("password", "con contraseña"),
    ("microsoft", "Microsoft 365, con oauth2"),
    ("google", "Google, con oauth2"),
)
#: of those who take no password, or not the one that a person knows
NO_PASSWORD = {
    "microsoft": "Microsoft ya no acepta contraseñas para leer un buzón: lo usual es la opción 2.",
    "google": "Google pide aquí una «contraseña de aplicación», que se crea en la seguridad de la cuenta.",
    "yahoo": "Yahoo pide aquí una «contraseña de aplicación», que se crea en la seguridad de la cuenta.",
    "icloud": "iCloud pide aquí una «contraseña específica de app», que se crea en la cuenta de Apple.",
}
#: reads an answer as typed; raises ValueError, in Spanish
Read = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Options:
    """What was given on the command line; None: it is asked for."""

    address: str | None = None
    way: Way | None = None
    imap: str | None = None
    imap_security: Security | None = None
    smtp: str | None = None
    smtp_security: Security | None = None
    ca_file: Path | None = None
    username: str | None = None
    password_file: str | None = None
    tenant: str | None = None
    client_id: str | None = None
    desk: str | None = None
    timezone: str | None = None
    #: what has a usual answer gets it
    yes: bool = False


@dataclass
class Questions:
    """Asks for what the options do not say; on a second round what was answered is the usual answer."""

    options: Options
    #: where credentials are kept: one that is there may stay
    credentials: Path
    before: Answers | None = None
    terminal: bool = True

    def ask(self) -> Answers:
        given = self.options
        address = self._text(
            "--address", given.address, "Dirección del buzón", self._was("address"), _address
        )
        way = self._way(address)
        if self.asks and way == "password" and (said := NO_PASSWORD.get(first.provider(address))):
            click.echo(said)
        imap, smtp = self._servers(address, way)
        answers = Answers(address, way, imap, smtp, "", self._timezone(), given.username or "")
        answers = self._secret(answers) if way == "password" else self._application(answers)
        usual = self._was("desk") or "Mesa de Servicios"
        desk = self._text("--name", given.desk, "Nombre de la mesa, que firma las respuestas", usual, _filled)
        return replace(answers, desk=desk)

    @property
    def asks(self) -> bool:
        return self.terminal and not self.options.yes

    def _was(self, key: str) -> str | None:
        return str(getattr(self.before, key)) if self.before else None

    def _text(self, option: str, given: str | None, question: str, usual: str | None, read: Read) -> str:
        """An option is taken as it is, if it can be; on a second round it is asked for."""
        if given is not None and not self.before:
            try:
                return read(given)
            except ValueError as error:
                fail(f"{option}: {error}.")
        if not self.asks:
            return usual if usual and self.options.yes else _unanswered(option)

        def proc(typed: str) -> str:
            try:
                return read(typed)
            except ValueError as error:
                raise click.UsageError(f"{error}.") from None

        return str(click.prompt(question, default=usual, value_proc=proc))

    def _way(self, address: str) -> Way:
        if self.options.way and not self.before:
            return self.options.way
        ways = [way for way, _ in WAYS]
        known = self.before.way if self.before else first.provider(address)
        usual = next((n for n, way in enumerate(ways) if way == known), 0)
        if not self.asks:
            return ways[usual] if self.options.yes else _unanswered("--login")
        return ways[choose("¿Cómo se entra al buzón?", [said for _, said in WAYS], usual + 1) - 1]

    def _servers(self, address: str, way: Way) -> tuple[Server, Server]:
        given, before = self.options, self.before
        usual = first.servers(address, way)
        if before and (before.way, _domain(before.address)) == (way, _domain(address)):
            usual = before.imap.written, before.smtp.written
        ca_file = str(given.ca_file.absolute()) if given.ca_file else ""

        def read(kind: first.Kind, security: Security | None) -> Callable[[str], Server]:
            return lambda typed: first.server(typed, kind, security, ca_file)

        imap, smtp = read("imap", given.imap_security), read("smtp", given.smtp_security)
        question = "Servidor IMAP, del que se lee"
        imap_at = self._text("--imap", given.imap, question, usual[0], lambda typed: imap(typed).written)
        question = "Servidor SMTP, por el que se envía"
        smtp_at = self._text("--smtp", given.smtp, question, usual[1], lambda typed: smtp(typed).written)
        return imap(imap_at), smtp(smtp_at)

    def _timezone(self) -> str:
        given = self.options.timezone
        if given is not None and given not in (zones := available_timezones()):
            fail(f"--timezone: no existe la zona horaria «{given}». {did_you_mean(given, zones)[:60]}")
        return given or first.timezone()

    def _application(self, answers: Answers) -> Answers:
        """By oauth2: which application enters. docs/oauth2.md says where they are registered."""
        if self.asks:
            click.echo("oauth2 necesita una aplicación registrada: docs/oauth2.md dice cómo.")
        given, tenant = self.options, ""
        question = "client_secret"
        if answers.way == "microsoft":
            question = "client_secret; vacío, si se entra con el permiso de una persona"
            tenant = self._text("--tenant", given.tenant, "Tenant, o dominio", self._was("tenant"), _tenant)
        client_id = self._text("--client-id", given.client_id, "client_id", self._was("client_id"), _filled)
        answers = replace(answers, tenant=tenant, client_id=client_id)
        return self._secret(answers, question, needed=answers.way == "google")

    def _secret(self, answers: Answers, question: str = "Contraseña", *, needed: bool = True) -> Answers:
        """Never an option of its own: others could read it in the list of processes."""
        there = (self.credentials / answers.credential).is_file()
        same = self.before and self.before.credential == answers.credential
        kept = self.before.secret if self.before and same else ""
        if self.options.password_file and not self.before:
            return replace(answers, secret=_read_secret(self.options.password_file))
        if not self.asks:
            return replace(answers, has_secret=there or needed)
        keeps = "; Intro conserva la que hay" if there or kept else ""
        while True:
            hidden = f"{question} (no se ve al escribir{keeps})"
            typed = str(click.prompt(hidden, default="", show_default=False, hide_input=True)) or kept
            if typed or there or not needed:
                return replace(answers, secret=typed, has_secret=bool(typed) or there)
            click.echo("Hace falta. Ctrl-C sale sin guardar nada.")


def choose(question: str, choices: Sequence[str], usual: int) -> int:
    """The number of the one that is chosen, from 1."""
    click.echo(f"\n{question}")
    for n, said in enumerate(choices, 1):
        click.echo(f"  {n}  {said}")

    def proc(typed: str) -> int:
        if typed.strip() not in map(str, range(1, len(choices) + 1)):
            raise click.UsageError(f"escriba un número de 1 a {len(choices)}.")
        return int(typed)

    return int(click.prompt("Elija", default=str(usual), value_proc=proc))


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _unanswered(option: str) -> NoReturn:
    fail(f"Falta {option}. Sin terminal no se pregunta; --yes acepta lo usual donde lo hay.")


def _read_secret(path: str) -> str:
    try:
        text = sys.stdin.readline() if path == "-" else Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(
            f"No se pudo leer la contraseña de {path}: {getattr(error, 'strerror', None) or 'no está en UTF-8'}."
        )
    if not (secret := text.removesuffix("\n").removesuffix("\r")):
        fail(f"La contraseña de {'la entrada' if path == '-' else path} está vacía.")
    return secret


def _address(typed: str) -> str:
    if not ADDRESS.fullmatch(typed.strip()):
        raise ValueError(f'«{typed}» no es una dirección de correo; se escribe "soporte@mesa.example"')
    return typed.strip()


def _tenant(typed: str) -> str:
    if not TENANT.fullmatch(typed.strip()):
        raise ValueError(f"«{typed}» no es un tenant")
    return typed.strip()


def _filled(typed: str) -> str:
    if not typed.strip():
        raise ValueError("no puede estar vacío")
    return typed.strip()
