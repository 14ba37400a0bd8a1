"""One mailbox over IMAP: one connection, one thread, UIDs only. Never deletes, never reads or sets \\Seen."""

import imaplib
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from imapclient import SocketTimeout  # type: ignore[import-untyped]

from mailbot.config.model import Mailbox
from mailbot.transport import connect, imap_fetch, imap_move
from mailbot.transport.bounded import BoundedIMAPClient
from mailbot.transport.errors import NotEncrypted, NotMoved, TransportError, encrypting, trying, words
from mailbot.transport.imap_fetch import Fetched
from mailbot.transport.imap_folders import Folders
from mailbot.transport.imap_idle import ROUND, announced, ask, idle, pause
from mailbot.transport.imap_move import Moved
from mailbot.transport.login import Credential, Token, TokenRefused, log_in_imap, logging_in
from mailbot.transport.throttling import asked_to_wait

#: UIDs in one command: some servers take no line above 8,192 octets.
UIDS_A_LINE = 500

#: UIDs in one search for what only stands in the messages themselves
SEARCHED = 5_000

#: what a message says of itself and of those that it follows
THREAD = "FROM SUBJECT DATE MESSAGE-ID IN-REPLY-TO REFERENCES"

Uids = list[int]


@dataclass(frozen=True, slots=True)
class Selected:
    """A folder as it was when it was selected; UIDs below `uidnext` were there."""

    uidvalidity: int
    uidnext: int


class ImapMailbox:
    """A connection that lives until `close()` or the first `TransportError` that is not about one folder.

    After an error call `close()` and later `connect()`: a client that timed out cannot be used any more.
    All methods belong to one thread; only `wake()` may be called from others.
    """

    def __init__(
        self,
        settings: Mailbox,
        credential: Credential,
        timeouts: connect.Timeouts = connect.Timeouts(),  # noqa: B008  (frozen)
    ) -> None:
        self.settings = settings
        self.server = settings.imap
        self.credential = credential
        self.timeouts = timeouts
        self.folder = ""
        self.read_only = False
        #: per folder the UID that the next message would have had when we last looked
        self._uidnext: dict[str, int] = {}
        self._came_meanwhile = False
        #: the folder as it was selected, and whether the last wait ended because mail was announced in it
        self._selected_as = Selected(0, 0)
        #: called as each command begins, for who waits for signs of life
        self.alive: Callable[[], None] = lambda: None
        self._announced = False
        self._used: str | Token = ""
        self._client: Any = None
        self._folders: Folders | None = None
        self._bell: socket.socket | None = None
        self._ear: socket.socket | None = None

    def connect(self) -> None:
        """Connect and log in, as the config says: TLS from the first byte, STARTTLS, or neither.

        Where a token is refused, once more on another connection if another token can be had.
        """
        self.close()
        self._bell, self._ear = socket.socketpair()
        try:
            try:
                self._connect()
            except TokenRefused as refused:
                if not refused.token.discard():
                    raise
                _leave(self._client)
                self._connect()
        except BaseException:
            self.close()
            raise

    def keep_up(self) -> None:
        """Connect anew where the token that we came with was replaced: servers cut what outlives its token."""
        if isinstance(self._used, Token) and self._used.replaced():
            self.connect()

    def _connect(self) -> None:
        with trying("Conectar con el servidor IMAP", self.server):
            self._open()
        user, credential = self.settings.imap_login.username, self.credential()
        self._used = credential
        with logging_in(f"Entrar como {user} en el servidor IMAP", self.server, credential):
            log_in_imap(self._client, user, credential)
            self._client.capabilities()
            self._folders = Folders(self._client)

    def _open(self) -> None:
        tls = connect.tls(self.server) if self.server.security != "none" else None
        client = BoundedIMAPClient(
            self.server.host,
            self.server.port or None,
            ssl=self.server.security == "tls",
            ssl_context=tls,
            timeout=SocketTimeout(self.timeouts.connect, self.timeouts.read),
        )
        self._client = client  # so that close() finds it whatever happens next
        connect.at_once(client.socket())
        connect.keep_alive(client.socket())
        client._imap.alive = self.alive
        client._imap.debug = 0  # otherwise the repr of every message is built, for a log nobody reads
        client.normalise_times = False
        if self.server.security == "starttls":
            if client._imap.state != "NONAUTH":  # RFC 3501 §7.1.4: then there is no STARTTLS any more
                raise NotEncrypted("el servidor da la entrada por hecha antes de cifrar (PREAUTH)")
            with encrypting():
                client.starttls(tls)

    @property
    def folders(self) -> Folders:
        if self._folders is None:
            raise TransportError("Usar el servidor IMAP", "no hay conexión", "Se volverá a conectar")
        return self._folders

    @property
    def client(self) -> Any:
        return self.folders.client

    def select(self, folder: str, *, read_only: bool = False) -> Selected:
        """Make `folder` the one that the other methods read; if it is missing, the error names the others.

        `read_only`: by EXAMINE, which changes nothing on the server (RFC 3501 §6.3.2).
        """
        with trying(f"Abrir la carpeta {folder}", self.server):
            name, self.folder, self._announced = self.folders.name(folder), "", False
            try:
                answer = self._open_folder(name, read_only)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                if asked_to_wait(words(error)):
                    raise
                cure = f"Escriba en folder una de estas: {', '.join(self.folders.names())}"
                tried = f"Abrir la carpeta {folder}"
                raise TransportError(tried, words(error), cure, permanent=True) from error
            self.folder = name
            self._news()
            selected = self._selected(answer)
            # nobody announces what came while another folder was selected
            self._came_meanwhile = self._uidnext.get(name, selected.uidnext) < selected.uidnext
            self._uidnext[name] = selected.uidnext
            self._selected_as = selected
            return selected

    def look(self, folder: str) -> Selected:
        """As `select`; without asking, where it is selected and the last `wait` was ended by mail in it.

        While it stays selected its UIDs keep their meaning (RFC 3501 §2.3.1.1).
        """
        if self._announced and self.folder == self.folders.name(folder):
            return self._selected_as
        return self.select(folder)

    def status(self, folder: str) -> Selected | None:
        """As it would be if it were selected, which it is not; None: there is none, or we may not see it.

        0 stands for what the server does not tell.
        """
        with trying(f"Mirar la carpeta {folder}", self.server):
            try:
                answer = self.client.folder_status(self.folders.name(folder), ["UIDVALIDITY", "UIDNEXT"])
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                if asked_to_wait(words(error)):
                    raise
                return None
            except (ValueError, LookupError, TypeError):  # OK, and not a word of what was asked
                answer = {}
        return Selected(answer.get(b"UIDVALIDITY", 0), answer.get(b"UIDNEXT", 0))

    def _open_folder(self, name: str, read_only: bool) -> Any:
        """Where we may only read (RFC 4314), messages stay, and the ledger tells which are new."""
        try:
            self.read_only = read_only
            return self.client.select_folder(name, readonly=read_only)
        except imaplib.IMAP4.readonly:
            self.read_only = True
            return self.client.select_folder(name, readonly=True)

    def _selected(self, answer: dict[bytes, Any]) -> Selected:
        """RFC 3501 §2.3.1.1: without UIDVALIDITY no UID can be trusted on the next day (hazard 50)."""
        if not answer.get(b"UIDVALIDITY"):
            said = "el servidor no da un UIDVALIDITY válido: no se sabría qué mensajes son nuevos"
            raise TransportError(f"Abrir la carpeta {self.folder}", said, permanent=True)
        uidnext = answer.get(b"UIDNEXT") or max(self._search("*"), default=0) + 1
        return Selected(answer[b"UIDVALIDITY"], uidnext)

    def uids(self, above: int, since: date | None = None) -> Uids:
        """UIDs of the selected folder greater than `above`, ascending; `since`: only what came on that day or later."""
        with trying("Buscar mensajes nuevos", self.server):
            if not self._announced:
                self.client.noop()  # else a SEARCH may answer from what the server last told us
            self._announced = False
            self._news()
            # "N:*" always names the last message, even when its UID is below N
            found = [uid for uid in self._search(f"{above + 1}:*", since) if uid > above]
            self._uidnext[self.folder] = max([self._uidnext.get(self.folder, 1), *(uid + 1 for uid in found)])
            return found

    def written_before(self, day: date, uidnext: int) -> Uids:
        """UIDs of the selected folder whose Date is of before that day, ascending."""
        return self._search_headers(["SENTBEFORE", day], uidnext)

    def with_subject(self, piece: str, uidnext: int) -> Uids:
        """UIDs of the messages of the selected folder in whose subject this stands, in any case, ascending."""
        return self._search_headers(["SUBJECT", connect.clean(piece, "el asunto")], uidnext)

    def _search_headers(self, wanted: Sequence[object], uidnext: int) -> Uids:
        """In steps: a server that must open every message would not answer in time for all of them."""
        with trying("Buscar en las cabeceras", self.server):
            found: Uids = []
            for first in range(1, uidnext, SEARCHED):
                found += sorted(self.client.search(["UID", f"{first}:{first + SEARCHED - 1}", *wanted]))
            return found

    def headers(self, uids: Sequence[int], fields: str = THREAD) -> Iterator[bytes]:
        """Of each of these messages some fields, by default those that name it and its thread, as a header block."""
        with trying("Leer cabeceras", self.server):
            for answer in self.client.fetch(uids, [f"BODY.PEEK[HEADER.FIELDS ({fields})]"]).values():
                yield next(value for key, value in answer.items() if key.startswith(b"BODY["))

    @property
    def can_move(self) -> bool:
        """MOVE, or UIDPLUS to remove just what was copied; without them messages stay where they are.

        So they do in a folder that may only be read, which the selected one is then.
        """
        return not self.read_only and any(self.client.has_capability(c) for c in ("MOVE", "UIDPLUS"))

    def _search(self, uid_set: str, since: date | None = None) -> Uids:
        return sorted(self.client.search(["UID", uid_set, *(("SINCE", since) if since else ())]))

    def fetch(self, uids: Sequence[int], max_size: int | None = None) -> Iterator[Fetched]:
        """The messages with these UIDs, in this order; those that are gone are left out.

        Above `max_size` octets (the mailbox's own limit, unless given) only header and text, `whole` False.
        A message that the server cannot give has an `error`, and the others come all the same.
        """
        limit = self.settings.max_size if max_size is None else max_size
        with trying("Leer mensajes", self.server):
            yield from imap_fetch.fetch(self.client, uids, limit)

    def move(self, uids: Sequence[int], folder: str) -> Moved | None:
        """Move messages of the selected folder: UID → (UIDVALIDITY, UID) there, None where that is unknown.

        None instead of all that: they stay, since this server cannot move safely, or they are there already.
        """
        moved: Moved = {}
        rest = iter(uids)
        with trying(f"Mover mensajes a {folder}", self.server):
            name = self.folders.name(folder)
            if name == self.folder:
                return None
            while some := list(islice(rest, UIDS_A_LINE)):
                if (done := self._move(some, name)) is None:
                    return None
                moved.update(done)
        return moved

    def _move(self, uids: Sequence[int], name: str) -> Moved | None:
        try:
            return imap_move.move(self.client, uids, name)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            if self.folders.exists(name):
                raise NotMoved(f"Mover mensajes a {name}", words(error), _cure(error)) from error
            self.folders.ensure(name)  # it was there when we started: somebody removed it
            return imap_move.move(self.client, uids, name)

    def exists(self, folder: str) -> bool:
        """Whether there is a `folder` that could be selected."""
        with trying(f"Mirar la carpeta {folder}", self.server):
            return self.folders.exists(self.folders.name(folder))

    def ensure_folder(self, folder: str) -> None:
        """Create and subscribe `folder` unless it is there."""
        with trying(f"Crear la carpeta {folder}", self.server):
            self.folders.ensure(folder)

    def wait(self, seconds: float, noop: float = 0) -> None:
        """Return when the server announces something, at `wake()`, or after `seconds` (at most 200).

        Says nothing about what happened: search afterwards, whatever it was. With `noop` the server is asked
        so often, in seconds, instead of waiting for what it tells in IDLE.
        """
        with trying("Esperar mensajes nuevos", self.server):
            client, ear = self.client, self._ear
            assert ear is not None  # noqa: S101
            self._announced, came = False, self._news()
            client._imap.untagged_responses.clear()  # they would grow until the next SELECT
            if came:
                return  # while other mail was taken in: more may have come since
            if noop and self.folder:
                ask(client, min(seconds, ROUND), noop, ear)
            elif self.folder and seconds >= 1 and client.has_capability("IDLE"):
                idle(client, min(seconds, ROUND), ear)
            else:
                pause(min(seconds, ROUND), ear)
            self._announced = announced(client)

    def _news(self) -> bool:
        """Whether a message was announced since the last call: also within the answer to a search that it missed."""
        came, self._came_meanwhile = self._came_meanwhile, False
        return self.client._imap.untagged_responses.pop("EXISTS", None) is not None or came

    def wake(self) -> None:
        """End the `wait()` of the other thread, or its next one."""
        with suppress(OSError, AttributeError):
            self._bell.send(b"!")  # type: ignore[union-attr]

    def close(self) -> None:
        """Log out if the server still answers, and forget the connection."""
        client, self._client, self._folders, self.folder = self._client, None, None, ""
        self._uidnext, self._came_meanwhile, self._announced = {}, False, False
        if client is not None:
            _leave(client)
        for end in (self._bell, self._ear):
            if end is not None:
                end.close()
        self._bell = self._ear = None

    def list(self, folder: str) -> tuple[Selected, Uids]:
        """Select `folder` and give all its UIDs, to compare server and ledger."""
        return self.select(folder), self.uids(0)


def _cure(error: Exception) -> str:
    """RFC 9208 §4.3, RFC 5530."""
    full = "Libere espacio en el buzón; " if "[OVERQUOTA]" in str(error).upper() else ""
    return f"{full}{'quedan' if full else 'Quedan'} donde están, ya atendidos, y se volverá a intentar"


def _leave(client: Any) -> None:
    """Politely within a second, then not; a dead server must not hold us."""
    try:
        client.socket().settimeout(1)
        client.logout()
    except (OSError, imaplib.IMAP4.error, ValueError):
        with suppress(OSError, imaplib.IMAP4.error, ValueError):
            client.shutdown()
