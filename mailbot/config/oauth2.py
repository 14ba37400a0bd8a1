"""`oauth2 = { … }`: what the provider's name implies, and what does not fit together."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from mailbot.config.hosts import is_loopback
from mailbot.config.model import OAuth2, Secret
from mailbot.config.problem import Finding, Loc

MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
#: of an application on its own, and of one that acts for a person
MICROSOFT_APP = "https://outlook.office365.com/.default"
MICROSOFT_PERSON = (
    "offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send"
)
#: Google grants no mail in its device flow ("limited set of scopes"): it asks in a browser on this machine
GOOGLE = "https://oauth2.googleapis.com/token"
GOOGLE_AUTH = "https://accounts.google.com/o/oauth2/v2/auth"
GOOGLE_SCOPE = "https://mail.google.com/"

TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
#: names of Microsoft for "any tenant": an application on its own has no mailbox there
ANY_TENANT = ("common", "organizations", "consumers")
EXAMPLE = '{ provider = "microsoft", tenant = "…", client_id = "…", client_secret = { credential = "…" } }'


@dataclass(frozen=True, slots=True)
class Client:
    """Whom we ask for tokens, and as whom. `by_login`: for a person, who grants it by `mailbot login`."""

    mailbox: str
    client_id: str
    secret: Secret | None
    by_login: bool
    token_url: str
    device_url: str
    auth_url: str
    scope: str
    ca_file: str


def client(oauth2: OAuth2, mailbox: str) -> Client:
    """With everything that the provider's name implies; what is written counts first."""
    microsoft, google = oauth2.provider == "microsoft", oauth2.provider == "google"
    by_login = is_by_login(oauth2)
    token_url, device_url, auth_url, scope = (
        oauth2.token_url,
        oauth2.device_url,
        oauth2.auth_url,
        oauth2.scope,
    )
    if microsoft:
        token_url = token_url or MICROSOFT.format(tenant=oauth2.tenant)
        device_url = device_url or re.sub(r"/token$", "/devicecode", token_url)
        scope = scope or (MICROSOFT_PERSON if by_login else MICROSOFT_APP)
    if google:
        token_url, auth_url = token_url or GOOGLE, auth_url or GOOGLE_AUTH
        scope = scope or GOOGLE_SCOPE
    return Client(
        mailbox=mailbox,
        client_id=oauth2.client_id,
        secret=oauth2.client_secret,
        by_login=by_login,
        token_url=token_url,
        device_url=device_url,
        auth_url=auth_url,
        scope=scope,
        ca_file=oauth2.ca_file,
    )


def is_by_login(oauth2: OAuth2) -> bool:
    """Unless it is written: Google always, others where there is no secret or a place to ask a person."""
    if oauth2.grant:
        return oauth2.grant == "login"
    if oauth2.provider == "google" or oauth2.client_secret is None:
        return True
    return oauth2.provider == "" and bool(oauth2.device_url or oauth2.auth_url)


def oauth2_findings(at: Loc, oauth2: OAuth2) -> Iterator[Finding]:
    """Every combination that cannot work, each with its cure."""
    if not oauth2.provider and not oauth2.token_url:
        yield Finding(at, "no dice quién da los tokens", f"oauth2 = {EXAMPLE}, o token_url y scope")
        return
    if not oauth2.client_id:
        yield Finding(at, "falta client_id, el de la aplicación registrada", 'client_id = "…"')
    yield from _provider_findings(at, oauth2)
    yield from _grant_findings(at, oauth2)
    for key in ("token_url", "device_url", "auth_url"):
        yield from _url_findings((*at, key), getattr(oauth2, key))


def _provider_findings(at: Loc, oauth2: OAuth2) -> Iterator[Finding]:
    if oauth2.provider == "microsoft":
        yield from _tenant_findings(at, oauth2)
        return
    if oauth2.tenant:
        yield Finding((*at, "tenant"), "solo lo usa Microsoft", 'quítelo, o escriba provider = "microsoft"')
    if oauth2.provider == "google":
        if oauth2.client_secret is None:
            hint = 'client_secret = { credential = "…" }'
            yield Finding(
                at, "falta client_secret: Google lo exige, también a una aplicación de escritorio", hint
            )
        if oauth2.device_url:
            said = "Google no da permiso de correo con un código de dispositivo"
            yield Finding((*at, "device_url"), said, "quítelo: «mailbot login» usa el navegador")
    elif not oauth2.scope:
        yield Finding(at, "falta scope: qué permiso se pide", 'scope = "…", el que indique su proveedor')


def _tenant_findings(at: Loc, oauth2: OAuth2) -> Iterator[Finding]:
    if not oauth2.tenant and not oauth2.token_url:
        hint = 'tenant = "…": el Id. de directorio, o el dominio de su organización'
        yield Finding(at, "falta tenant, su organización en Microsoft", hint)
    elif oauth2.tenant and not TENANT.fullmatch(oauth2.tenant):
        hint = "escriba el Id. de directorio, o el dominio de su organización"
        yield Finding((*at, "tenant"), f'"{oauth2.tenant}" no es un tenant', hint)
    elif oauth2.tenant.lower() in ANY_TENANT and not is_by_login(oauth2):
        said = f'con client_secret, "{oauth2.tenant}" no sirve: la aplicación entra en una sola organización'
        yield Finding((*at, "tenant"), said, "escriba el Id. de directorio de la suya")


def _grant_findings(at: Loc, oauth2: OAuth2) -> Iterator[Finding]:
    if oauth2.grant == "client_credentials" and oauth2.provider == "google":
        said = "Google no da acceso a un buzón solo con client_secret"
        yield Finding((*at, "grant"), said, 'grant = "login", y después «mailbot login»')
    elif oauth2.grant == "client_credentials" and oauth2.client_secret is None:
        said = "sin client_secret la aplicación no puede entrar por sí misma"
        hint = 'client_secret = { credential = "…" }, o grant = "login"'
        yield Finding((*at, "grant"), said, hint)
    elif is_by_login(oauth2) and not oauth2.provider and not (oauth2.device_url or oauth2.auth_url):
        said = "no dice cómo pedir el permiso a una persona"
        yield Finding(at, said, "agregue client_secret; o device_url o auth_url, para «mailbot login»")


def _url_findings(at: Loc, url: str) -> Iterator[Finding]:
    if not url:
        return
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\x00-\x1f]", url):
        yield Finding(at, f'"{url}" no es una dirección de Internet', f'{at[-1]} = "https://…"')
    elif parts.scheme == "http" and not is_loopback(host):
        said = "sin cifrado, los tokens viajan a la vista de todos"
        yield Finding(at, said, f'{at[-1]} = "https://{url.removeprefix("http://")}"')
