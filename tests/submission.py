"""An SMTP server as providers have it: AUTH XOAUTH2 with tokens that it asks a token server about, and PLAIN."""

import base64
import email
import email.policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.dovecot import PASSWORD, free_ports
from tests.token_server import TokenServer


class Submission:
    """`taken`: the messages; `let_in`: the tokens; `acknowledged`: what was said to the reasons for a refusal."""

    def __init__(self, provider: TokenServer) -> None:
        self.provider = provider
        self.taken: list[bytes] = []
        self.let_in: list[str] = []
        self.acknowledged: list[bytes] = []
        self.port = free_ports(1)[0]
        self._controller = Controller(
            self, "127.0.0.1", self.port, auth_require_tls=False, authenticator=self._authenticate
        )

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._controller.stop()

    def to(self, address: str) -> list[EmailMessage]:
        """What was sent to somebody, oldest first."""
        found = [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.taken]
        return [mail for mail in found if isinstance(mail, EmailMessage) and address in str(mail["To"])]

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        """aiosmtpd's hook for a mechanism. In one step, or in two."""
        first = base64.b64decode(args[1]) if len(args) > 1 else await server.challenge_auth("")
        assert isinstance(first, bytes)
        user, bearer, *_ = first.decode().split("\x01")
        token = bearer.removeprefix("auth=Bearer ")
        _, known = self.provider.introspect({"token": token})
        if known["active"] and f"user={known['username']}" == user:
            self.let_in.append(token)
            return AuthResult(success=True, auth_data=token)
        await server.push("334 " + base64.b64encode(b'{"status":"401"}').decode())
        self.acknowledged.append(await server._reader.readline())
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, server: object, session: Any, envelope: Any) -> str:  # noqa: N802
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        self.taken.append(envelope.content)
        return "250 2.0.0 Ok"

    def _authenticate(self, server: Any, session: Any, envelope: Any, how: str, who: Any) -> AuthResult:
        right = isinstance(who, LoginPassword) and who.password == PASSWORD.encode()
        return AuthResult(success=right, handled=False)
