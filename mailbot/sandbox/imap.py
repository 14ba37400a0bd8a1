"""pymap's in-memory backend as an IMAP server where every address has a mailbox as soon as it is needed."""

import asyncio
from argparse import Namespace

from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Identity, Login, mailbox
from pymap.backend.dict.mailbox import MailboxData
from pymap.concurrent import Event
from pymap.imap import IMAPServer
from pymap.interfaces.login import IdentityInterface
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Flag, Wildcard
from pymap.selected import SelectedMailbox
from pymap.user import UserMetadata
from pysasl.creds.server import ServerCredentials


class ImapServer:
    """All accounts have the same password. To be used from one event loop."""

    def __init__(self, password: str) -> None:
        self.config = QuickConfig(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            host=None,
            port=0,
            demo_data=False,
            demo_user="",
            demo_password="",
            tls_enabled=False,
        )
        self.accounts = Accounts(self.config, password)

    async def start(self, host: str, port: int) -> asyncio.Server:
        return await asyncio.start_server(self._serve, host, port)

    async def append(self, address: str, message: AppendMessage) -> None:
        """Into the INBOX of `address`; clients in IDLE are notified."""
        async with self.accounts.of(address).new_session() as session:
            await session.append_messages("INBOX", [message])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server = IMAPServer(self.accounts, self.config)
        try:
            await server(reader, writer, SocketInfo.get(writer, None))
        finally:
            writer.close()


class QuickConfig(Config):
    """Without the look-up of our own host name, which takes seconds where there is no DNS."""

    @property
    def greeting(self) -> bytes:
        return b"mailbot sandbox"


class Accounts(Login):
    """Whoever knows the password is let in, and has a mailbox from then on."""

    def __init__(self, config: Config, password: str) -> None:
        super().__init__(config)
        self.password = password

    def of(self, address: str) -> Identity:
        name = address.lower()
        self.users_dict.setdefault(name, Account(self.config, name, password=self.password))
        return Identity(name, self, None, frozenset())

    async def authenticate(self, credentials: ServerCredentials) -> Identity:
        if credentials.verify(Account(self.config, credentials.authcid, password=self.password)):
            return self.of(credentials.authcid)
        return await super().authenticate(credentials)  # an unknown name: refused, as any server would

    async def authorize(self, authenticated: IdentityInterface, authzid: str) -> Identity:
        return self.of(authenticated.name)


class Account(UserMetadata):
    """A password compared as it is: hashing costs a third of a second a login, and here it guards nothing."""

    def compare_secret(self, value: str) -> bool:
        return value == self.password


class LiveMailbox(MailboxData):
    r"""pymap's mailbox with two repairs.

    It drops flags that are not system flags, in silence, unless PERMANENTFLAGS holds `\*`; and its IDLE is deaf to
    what came since the last command.
    """

    @property
    def permanent_flags(self) -> frozenset[Flag]:
        return super().permanent_flags | {Wildcard}

    async def update_selected(
        self, selected: SelectedMailbox, *, wait_on: Event | None = None
    ) -> SelectedMailbox:
        news = selected.mod_sequence != self._mod_sequences.highest
        return await super().update_selected(selected, wait_on=None if news else wait_on)


mailbox.MailboxData = LiveMailbox  # type: ignore[misc]  # the name by which pymap makes them
