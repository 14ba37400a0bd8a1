"""Asking a provider for tokens: RFC 6749, 7636 (PKCE) and 8628 (device code). Knows no database and no mailbox.

Nothing that is sent or received is ever part of an error, a log line or a repr.
"""

import json
import ssl
import time
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException, HTTPResponse
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import (
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from mailbot.config.hosts import is_loopback
from mailbot.config.model import Server
from mailbot.config.oauth2 import Client
from mailbot.transport import connect
from mailbot.transport.errors import Unreachable, explained, printable
from mailbot.transport.oauth2_cures import cure_of

#: seconds for one step of a connection, and for the whole answer
STEP, WHOLE = 15.0, 40.0
#: octets; tokens have some thousand
LARGEST = 256 * 1024
#: seconds that an access token lasts where nobody says it (RFC 6749 §5.1: "documented elsewhere")
USUAL = 3600.0
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
#: what a person types when asked, if the server names no pace (RFC 8628 §3.2)
PACE = 5.0

Form = dict[str, str]


class TokenError(Unreachable):
    """No token was given. `code`: the provider's error (RFC 6749 §5.2), "" where it did not get so far."""

    def __init__(
        self, tried: str, said: str, cure: str = "", *, code: str = "", permanent: bool = False
    ) -> None:
        super().__init__(tried, said, cure, permanent=permanent)
        self.code, self.login = code, permanent


@dataclass(frozen=True, slots=True)
class Granted:
    """An access token for `lifetime` seconds and, where one was given, the refresh token that counts from now on."""

    access_token: str = field(repr=False)
    lifetime: float
    refresh_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What a person types where, within `lifetime` seconds; `pace`: seconds between two of our questions."""

    user_code: str
    url: str
    lifetime: float
    pace: float
    code: str = field(repr=False)


def by_secret(client: Client, secret: str) -> Granted:
    """As the application itself (RFC 6749 §4.4)."""
    return _granted(client, {"grant_type": "client_credentials", "scope": client.scope}, secret)


def by_refresh_token(client: Client, secret: str, refresh_token: str) -> Granted:
    """For the person who granted it once (RFC 6749 §6)."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "scope": client.scope}
    return _granted(client, form, secret)


def by_device_code(client: Client, secret: str, code: DeviceCode) -> Granted:
    """RFC 8628 §3.4: until the person has done it, a TokenError with `authorization_pending`."""
    return _granted(client, {"grant_type": DEVICE_GRANT, "device_code": code.code}, secret)


def by_code(client: Client, secret: str, code: str, redirect_uri: str, verifier: str) -> Granted:
    """What the browser brought back (RFC 6749 §4.1.3, RFC 7636 §4.5)."""
    form = {"code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
    return _granted(client, {"grant_type": "authorization_code", **form}, secret)


def device_code(client: Client) -> DeviceCode:
    """RFC 8628 §3.1. Google's older answers say `verification_url`."""
    tried, url = f"Pedir un código a {_host(client.device_url)}", client.device_url
    answer = _ask(tried, url, {"client_id": client.client_id, "scope": client.scope}, client)
    where = answer.get("verification_uri") or answer.get("verification_url")
    return DeviceCode(
        user_code=printable(_text(tried, answer, "user_code")),
        url=printable(str(where or "")),
        lifetime=_seconds(answer.get("expires_in"), 900),
        pace=_seconds(answer.get("interval"), PACE),
        code=_text(tried, answer, "device_code"),
    )


def _granted(client: Client, form: Form, secret: str) -> Granted:
    tried = f"Pedir un token a {_host(client.token_url)}"
    form = {"client_id": client.client_id, **form} | ({"client_secret": secret} if secret else {})
    answer = _ask(tried, client.token_url, form, client)
    kind = answer.get("token_type", "Bearer")
    if str(kind).lower() != "bearer":
        raise TokenError(tried, f"el token es de una clase desconocida ({printable(str(kind))})")
    refresh = answer.get("refresh_token") or ""
    return Granted(
        access_token=_text(tried, answer, "access_token"),
        lifetime=_seconds(answer.get("expires_in"), USUAL),
        refresh_token=_text(tried, answer, "refresh_token") if refresh else "",
    )


# -- one question ------------------------------------------------------------------------------------------


def _ask(tried: str, url: str, form: Form, client: Client) -> dict[str, Any]:
    """POST a form; the JSON object that comes back. Raises TokenError."""
    request = Request(url, urlencode(form).encode(), {"Accept": "application/json", "User-Agent": "mailbot"})  # noqa: S310 - https, checked when the config was read
    try:
        with _opener(url, client).open(request, timeout=STEP) as answer:
            return _object(tried, _body(tried, answer))
    except HTTPError as refused:
        with refused:
            raise _refusal(tried, refused, form, client) from None
    except (OSError, HTTPException, ValueError) as error:
        raise _unreached(tried, error, url, client) from None


class NoRedirect(HTTPRedirectHandler):
    """A secret goes to the address that the admin wrote, and to no other."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


def _opener(url: str, client: Client) -> OpenerDirector:
    """TLS that verifies; a proxy is used where the environment names one, but not to reach this machine."""
    context = connect.trusting(client.ca_file)
    proxies = ProxyHandler({}) if is_loopback(_host(url)) else ProxyHandler()
    return build_opener(proxies, HTTPSHandler(context=context), NoRedirect)


def _body(tried: str, answer: HTTPResponse | HTTPError) -> bytes:
    """All of it, if it is neither large nor slow."""
    body, end = b"", time.monotonic() + WHOLE
    while chunk := answer.read1(65536):
        body += chunk
        if len(body) > LARGEST:
            raise TokenError(tried, "la respuesta es demasiado grande")
        if time.monotonic() > end:
            raise TimeoutError
    return body


def _object(tried: str, body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise TokenError(tried, "la respuesta no es la de un servidor de tokens", "Revise token_url")
    return found


def _refusal(tried: str, refused: HTTPError, form: Form, client: Client) -> TokenError:
    """RFC 6749 §5.2. Microsoft's description goes on with trace ids that help nobody here."""
    try:
        answer = _object(tried, _body(tried, refused))
    except (TokenError, OSError, HTTPException):
        answer = {}
    code = printable(str(answer.get("error", "")))
    described = str(answer.get("error_description", "")).split(" Trace ID")[0].partition("\r\n")[0]
    said = _without(form, ": ".join(part for part in (code, printable(described)) if part))
    if refused.code == 429 or refused.code >= 500 or code in ("temporarily_unavailable", "server_error"):
        return TokenError(tried, said or f"HTTP {refused.code}", "Se volverá a intentar", code=code)
    said, cure = said or f"HTTP {refused.code}", cure_of(code, described, client)
    return TokenError(tried, said, cure, code=code, permanent=True)


def _unreached(tried: str, error: Exception, url: str, client: Client) -> TokenError:
    """It was not even asked, or did not answer; what is wrong with a certificate is said as for a mail server."""
    if isinstance(error, URLError) and isinstance(error.reason, Exception):
        error = error.reason
    server = Server(host=_host(url), security="tls", port=urlsplit(url).port or 443, ca_file=client.ca_file)
    said, _, permanent = explained(error, server)
    cure = "Revise la red, el cortafuegos, el proxy (HTTPS_PROXY) y, si la escribió, la dirección"
    if isinstance(error, ssl.SSLError):
        cure = "Si la autoridad es propia, escriba en ca_file de oauth2 la ruta de su certificado"
    return TokenError(tried, said, cure, permanent=permanent)


def _without(form: Form, said: str) -> str:
    """A server that repeats what it was sent must not bring it into our log."""
    for name in ("client_secret", "refresh_token", "device_code", "code", "code_verifier"):
        if value := form.get(name):
            said = said.replace(value, "…")
    return said


def _text(tried: str, answer: dict[str, Any], name: str) -> str:
    """Visible ASCII (RFC 6749, appendix A): nothing in it can end a line or a field of SASL."""
    value = answer.get(name)
    if not isinstance(value, str) or not value or not all(32 < ord(c) < 127 for c in value):
        raise TokenError(tried, f"la respuesta no trae un {name} que sirva", "Revise token_url")
    return value


def _seconds(value: Any, usual: float) -> float:
    """A number, also as text; at least one second and at most a day."""
    try:
        return min(max(float(value), 1.0), 86400.0)
    except (TypeError, ValueError):
        return usual


def _host(url: str) -> str:
    return urlsplit(url).hostname or url
