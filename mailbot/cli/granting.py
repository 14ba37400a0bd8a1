"""How a person lets mailbot into a mailbox: by a code typed anywhere (RFC 8628), or in a browser (RFC 8252)."""

import base64
import hashlib
import hmac
import os
import secrets
import selectors
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from mailbot.config.oauth2 import Client
from mailbot.transport import oauth2
from mailbot.transport.errors import printable
from mailbot.transport.oauth2 import DeviceCode, Granted, TokenError

#: seconds for which the browser is waited for
PATIENCE = 900.0
LOOPBACK = "127.0.0.1"
DECLINED = ("access_denied", "authorization_declined")
PAGE = (
    '<!doctype html><html lang="es"><meta charset="utf-8"><title>mailbot</title>'
    "<p>{}</p><p>Puede cerrar esta ventana y volver a la terminal.</p></html>"
)


class NotGranted(Exception):
    """Somebody said no, or nobody said anything; the text is for whoever typed the command."""


def by_device_code(
    client: Client,
    secret: str,
    show: Callable[[DeviceCode], None],
    sleep: Callable[[float], None] = time.sleep,
) -> Granted:
    """Shows a code, and asks at the pace that the provider wants. Raises `NotGranted`, `TokenError`."""
    code = oauth2.device_code(client)
    show(code)
    pace, left = code.pace, code.lifetime
    while left > 0:
        sleep(pace)
        left -= pace
        try:
            return oauth2.by_device_code(client, secret, code)
        except TokenError as answer:
            if answer.code in DECLINED:
                raise NotGranted("La persona no dio el permiso.") from None
            if answer.code == "expired_token":
                break
            if answer.code == "slow_down":
                pace += 5  # RFC 8628 §3.5
            elif answer.code != "authorization_pending" and answer.permanent:
                raise
    raise NotGranted("El código venció y nadie lo escribió. Repita la orden.")


def by_browser(
    client: Client, secret: str, user: str, show: Callable[[str, int], None], port: int = 0
) -> Granted:
    """Shows an address to open; the browser, or whoever pastes what it shows, brings a code back (PKCE).

    Raises `NotGranted`, `TokenError`.
    """
    verifier, state = secrets.token_urlsafe(64), secrets.token_urlsafe(32)
    try:
        listener = Listener((LOOPBACK, port), Returning)
    except (OSError, OverflowError):
        said = f"no se puede usar el puerto {port} de este equipo"
        raise TokenError("Esperar al navegador", said, "Elija otro con --port") from None
    with listener:
        back = f"http://{LOOPBACK}:{listener.server_port}/"
        show(_address(client, user, back, verifier, state), listener.server_port)
        found = _returned(listener, state)
    if found.get("error"):
        if found["error"] in DECLINED:
            raise NotGranted("La persona no dio el permiso.")
        raise NotGranted(f"El proveedor no dio el permiso: {printable(found['error'])}.")
    return oauth2.by_code(client, secret, found["code"], back, verifier)


def _address(client: Client, user: str, back: str, verifier: str, state: str) -> str:
    """`prompt=consent`: Google gives a refresh token only when it asks; others may ignore what they do not know."""
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": back,
        "scope": client.scope,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
        "access_type": "offline",
        "prompt": "consent",
        "login_hint": user,
    }
    return f"{client.auth_url}{'&' if '?' in client.auth_url else '?'}{urlencode(asked)}"


# -- the way back ------------------------------------------------------------------------------------------


class Listener(HTTPServer):
    """One browser on this machine; `brought`: the parameters of each page that it asked for."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.brought: list[dict[str, str]] = []


class Returning(BaseHTTPRequestHandler):
    server: Listener
    timeout = 5

    def do_GET(self) -> None:
        found = parameters(self.path)
        here = bool(found.get("code") or found.get("error"))
        self.send_response(200 if here else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if here:
            said = "mailbot recibió la respuesta." if found.get("code") else "No se dio el permiso."
            self.wfile.write(PAGE.format(said).encode())
            self.server.brought.append(found)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """The code stands in the address, and is nobody's business."""


def parameters(address: str) -> dict[str, str]:
    """Of a whole address or of its end, as it may be pasted."""
    with suppress(ValueError):
        return {name: values[0] for name, values in parse_qs(urlsplit(address.strip()).query).items()}
    return {}


def _returned(listener: Listener, state: str) -> dict[str, str]:
    """What comes back with our `state`, by the browser or pasted into the terminal: nobody else knows that."""
    end = time.monotonic() + PATIENCE
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        with suppress(OSError, ValueError):  # a file, or no input at all
            selector.register(sys.stdin, selectors.EVENT_READ)
        while (left := end - time.monotonic()) > 0:
            for key, _ in selector.select(left):
                if key.fileobj is listener:
                    listener.handle_request()
                elif line := os.read(key.fd, 65536).decode(errors="replace"):
                    listener.brought.append(parameters(line))
                else:
                    selector.unregister(key.fileobj)
            for found in listener.brought:
                if hmac.compare_digest(found.get("state", "").encode(), state.encode()):
                    return found
            listener.brought.clear()
    raise NotGranted("Nadie dio el permiso a tiempo. Repita la orden.")
