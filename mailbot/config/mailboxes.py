"""Stage two for `[mailbox.…]`: servers, logins, folders, and mailboxes that get in each other's way."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from mailbot.config.addresses import address_findings, addresses_findings
from mailbot.config.hosts import is_ip, is_loopback
from mailbot.config.model import Config, Mailbox, Secret, Server
from mailbot.config.oauth2 import oauth2_findings
from mailbot.config.overlaps import overlaps, same_folder
from mailbot.config.problem import Finding, Loc
from mailbot.rules.settings import Rule

SHORTEST_POLL = timedelta(milliseconds=10)
CREDENTIAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


def mailboxes_findings(config: Config) -> Iterator[Finding]:
    if not config.mailbox:
        yield Finding(("mailbox",), "falta un buzón", "escriba [mailbox.soporte]")
    for name, mailbox in config.mailbox.items():
        at = ("mailbox", name)
        yield from address_findings((*at, "address"), mailbox.address)
        yield from addresses_findings((*at, "aliases"), mailbox.aliases)
        yield from server_findings((*at, "imap"), mailbox.imap)
        yield from server_findings((*at, "smtp"), mailbox.smtp)
        yield from _login_findings(at, mailbox)
        yield from _folder_findings(at, mailbox)
        yield from _sorting_findings(at, mailbox, config.rule)
        if mailbox.poll <= timedelta():
            yield Finding((*at, "poll"), "debe ser más que cero", 'poll = "60s"')
        elif mailbox.poll < SHORTEST_POLL:
            yield Finding((*at, "poll"), "serían más de cien preguntas por segundo", 'poll = "100ms"')
    yield from overlaps(config)


def server_findings(at: Loc, server: Server) -> Iterator[Finding]:
    if not server.host or (re.search(r"[\s/@:]", server.host.strip("[]")) and not is_ip(server.host)):
        yield Finding(
            (*at, "host"), f'"{server.host}" no es el nombre de un servidor', 'host = "imap.mesa.example"'
        )
    elif server.security == "none" and not (server.insecure or is_loopback(server.host)):
        yield Finding(
            (*at, "security"),
            "sin cifrado, la contraseña y los correos viajan a la vista de todos",
            'security = "tls" o "starttls"; si de verdad lo quiere así, agregue insecure = true',
        )


def _login_findings(at: Loc, mailbox: Mailbox) -> Iterator[Finding]:
    places: tuple[tuple[Loc, Mailbox | Server], ...] = (
        (at, mailbox),
        ((*at, "imap"), mailbox.imap),
        ((*at, "smtp"), mailbox.smtp),
    )
    for place, has in places:
        yield from credential_findings(place, has)
    if not (mailbox.imap_login.password or mailbox.imap_login.oauth2):
        yield Finding(
            at,
            "sin password ni oauth2 no se puede entrar al buzón",
            f'password = {{ credential = "{mailbox.name}-password" }}',
            level="warning",
        )


def credential_findings(at: Loc, has: Mailbox | Server) -> Iterator[Finding]:
    if has.password:
        yield from _secret_findings((*at, "password"), has.password)
    if has.oauth2:
        yield from oauth2_findings((*at, "oauth2"), has.oauth2)
        if has.oauth2.client_secret:
            yield from _secret_findings((*at, "oauth2", "client_secret"), has.oauth2.client_secret)
    if has.password and has.oauth2:
        said = "hay password y oauth2, y se entra de una sola manera"
        yield Finding((*at, "oauth2"), said, "quite uno de los dos")


def _secret_findings(at: Loc, secret: Secret) -> Iterator[Finding]:
    if secret.credential and not CREDENTIAL.fullmatch(secret.credential):
        yield Finding(
            (*at, "credential"),
            "debe ser un nombre, sin carpetas ni espacios",
            'credential = "soporte-password", o para otra ruta file = "…"',
        )


def _folder_findings(at: Loc, mailbox: Mailbox) -> Iterator[Finding]:
    """A message moved to the folder it is read from would come back as a new one, for ever."""
    for key, folder in (("handled", mailbox.handled), ("review", mailbox.review)):
        if same_folder(folder, mailbox.folder):
            yield Finding(
                (*at, key),
                f'es la misma carpeta de la que se lee, "{mailbox.folder}"',
                f'{key} = "" la deja donde está',
            )
    if not mailbox.folder:
        yield Finding((*at, "folder"), "falta la carpeta que se lee", 'folder = "INBOX"')


def _sorting_findings(at: Loc, mailbox: Mailbox, rules: tuple[Rule, ...]) -> Iterator[Finding]:
    """What mailbot itself moves to a folder must not look as if a person had sorted it there."""
    for key in ("create", "informative"):
        if not (use := used_for(mailbox, key, rules)):
            continue
        name = getattr(mailbox, key)
        if key in mailbox.model_fields_set:
            yield Finding(
                (*at, key),
                f'"{name}" ya es {use}: no se sabría qué puso ahí una persona y qué puso mailbot',
                f'escriba el nombre de una carpeta que no tenga otro uso, o {key} = "" si no la quiere',
            )
        else:
            said = f'la carpeta "{name}" ya es {use}: mover correos a ella no decide nada'
            yield Finding(at, said, f'escriba {key} = "…" con otro nombre, o {key} = ""', level="warning")


def used_for(mailbox: Mailbox, key: str, rules: Iterable[Rule]) -> str:
    """What else the folder of `create` or `informative` is there for, in Spanish; "": nothing."""
    name = getattr(mailbox, key)
    if not name:
        return ""
    others = {"folder": "la que se lee", "handled": "la de handled", "review": "la de review"}
    if key == "informative":
        others["create"] = "la de create"
    for other, said in others.items():
        if same_folder(name, getattr(mailbox, other)):
            return said
    theirs = (r for r in rules if not r.mailboxes or mailbox.name in r.mailboxes)
    return next((f'la de la regla "{r.name}"' for r in theirs if same_folder(name, r.folder)), "")
