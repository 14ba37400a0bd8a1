"""A token server on loopback: the provider's side of OAuth2, and the introspection that mail servers ask.

    with TokenServer("soporte@mesa.example") as provider:
        provider.token_url, provider.device_url, provider.auth_url, provider.introspection
        provider.approve(); provider.revoke(); provider.expire()       # what people and time do
        provider.next.append(Canned(503, b"{}"))                        # what else a server may say

Every refresh token is good for one use while `rotates`; one that comes back counts in `reused`.
"""

import base64
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Event, Lock, Thread
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

CLIENT, SECRET = "mailbot", "secreto-de-cliente"
Form = dict[str, str]
Answer = tuple[int, dict[str, Any]]


@dataclass
class Canned:
    """An answer to the next question for a token, whatever it asks."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    #: held back until this is set
    after: Event | None = None


class TokenServer:
    """Tokens of the account `user`, good for `lifetime` seconds; the device flow waits for `approve` or `deny`."""

    def __init__(self, user: str, *, lifetime: float = 3600, rotates: bool = True) -> None:
        self.user, self.lifetime, self.rotates = user, lifetime, rotates
        #: of a public client none is asked for
        self.secret = SECRET
        self.pace = 1
        #: what somebody says to a device code before we look: "yes", "no"
        self.at_once: str | None = None
        self.next: list[Canned] = []
        self.asked: list[tuple[str, Form]] = []
        self.reused = 0
        #: the tokens that mail servers were shown
        self.shown: list[str] = []
        self._access: dict[str, tuple[str, float]] = {}
        self._refresh: dict[str, str] = {}
        self._spent: set[str] = set()
        self._codes: dict[str, Form] = {}
        self._device: str | None = None
        self._numbers = count(1)
        self._lock = Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        base = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.token_url, self.device_url = f"{base}/oauth2/v2.0/token", f"{base}/oauth2/v2.0/devicecode"
        self.auth_url, self.introspection = f"{base}/authorize", f"{base}/introspect"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    # -- what people and time do ---------------------------------------------------------------------------

    def approve(self) -> None:
        """Somebody typed the code and said yes."""
        self._device = "yes"

    def deny(self) -> None:
        self._device = "no"

    def revoke(self) -> None:
        """All that was granted, as an administrator or a new password does."""
        with self._lock:
            self._access.clear()
            self._refresh.clear()

    def expire(self) -> None:
        """Every access token, at once."""
        with self._lock:
            self._access.clear()

    def issue(self) -> str:
        """A refresh token, as a login gives one."""
        with self._lock:
            return str(self._grant()["refresh_token"])

    def browse(self, url: str) -> str:
        """Where the browser of somebody who says yes is sent to."""
        asked = dict(parse_qsl(urlsplit(url).query))
        code = f"codigo-{next(self._numbers)}"
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def asked_for(self, grant: str) -> list[Form]:
        return [form for _, form in self.asked if form.get("grant_type", "").endswith(grant)]

    # -- the answers ---------------------------------------------------------------------------------------

    def token(self, form: Form) -> Answer:
        if self.secret and form.get("client_secret") != self.secret:
            said = "AADSTS7000215: Invalid client secret provided. Trace ID: 1\r\nCorrelation ID: 2"
            return 401, {"error": "invalid_client", "error_description": said}
        grants: dict[str, Callable[[Form], Answer]] = {
            "client_credentials": self._as_itself,
            "refresh_token": self._refreshed,
            "urn:ietf:params:oauth:grant-type:device_code": self._by_device,
            "authorization_code": self._by_code,
        }
        with self._lock:
            grant = grants.get(form.get("grant_type", ""))
            return grant(form) if grant else (400, {"error": "unsupported_grant_type"})

    def device(self, _: Form) -> Answer:
        self._device = self.at_once
        return 200, {
            "device_code": "codigo-de-dispositivo",
            "user_code": "ABCD-EFGH",
            "verification_uri": "https://id.example/dispositivo",
            "expires_in": 900,
            "interval": self.pace,
        }

    def introspect(self, form: Form) -> Answer:
        """RFC 7662."""
        self.shown.append(form.get("token", ""))
        with self._lock:
            user, until = self._access.get(form.get("token", ""), ("", 0.0))
        return 200, {"active": time.monotonic() < until, "username": user}

    def _as_itself(self, _: Form) -> Answer:
        granted = self._grant()
        del self._refresh[str(granted.pop("refresh_token"))]
        return 200, granted

    def _refreshed(self, form: Form) -> Answer:
        given = form.get("refresh_token", "")
        if given not in self._refresh:
            self.reused += given in self._spent
            said = "AADSTS50173: The provided grant has expired due to it being revoked. Trace ID: 1"
            return 400, {"error": "invalid_grant", "error_description": said}
        if self.rotates:
            del self._refresh[given]
            self._spent.add(given)
            return 200, self._grant()
        granted = self._grant()
        del self._refresh[str(granted.pop("refresh_token"))]
        return 200, granted

    def _by_device(self, _: Form) -> Answer:
        if self._device is None:
            return 400, {"error": "authorization_pending"}
        if self._device == "no":
            return 400, {"error": "authorization_declined"}
        return 200, self._grant()

    def _by_code(self, form: Form) -> Answer:
        asked = self._codes.pop(form.get("code", ""), {})
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        same = asked.get("redirect_uri") == form.get("redirect_uri")
        if not same or asked.get("code_challenge") != challenge:
            return 400, {"error": "invalid_grant"}
        return 200, self._grant()

    def _grant(self) -> dict[str, Any]:
        access, refresh = (f"{kind}-{next(self._numbers)}" for kind in ("acceso", "renovacion"))
        self._access[access] = self.user, time.monotonic() + self.lifetime
        self._refresh[refresh] = self.user
        return {
            "token_type": "Bearer",
            "access_token": access,
            "refresh_token": refresh,
            "expires_in": self.lifetime,
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self
        pages = {"token": self.token, "devicecode": self.device, "introspect": self.introspect}

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                form = dict(parse_qsl(self.rfile.read(length).decode()))
                page = self.path.rpartition("/")[2]
                if page != "introspect":
                    provider.asked.append((page, form))
                if page == "token" and provider.next:
                    self._say_canned(provider.next.pop(0))
                else:
                    status, answer = pages[page](form)
                    self._say(status, json.dumps(answer).encode(), {"Content-Type": "application/json"})

            def _say_canned(self, canned: Canned) -> None:
                if canned.after is not None:
                    canned.after.wait(30)
                self._say(canned.status, canned.body, canned.headers)

            def _say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Nothing on the test's output."""

        return Handler
