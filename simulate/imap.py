"""What the pipeline uses of `ImapMailbox`, over a simulated account; a connection that fails as planned."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from mailbot.config.model import Mailbox
from mailbot.transport.errors import TransportError
from mailbot.transport.imap import Selected
from mailbot.transport.imap_fetch import Fetched
from mailbot.transport.imap_move import Moved
from simulate.faults import Faults, Killed
from simulate.server import Account, Folder, Letter


class Imap:
    """One connection. After a failure it is dead, and another must be opened."""

    def __init__(
        self,
        box: Mailbox,
        account: Account,
        faults: Faults,
        polled: Callable[[Account], None],
        moves: Callable[[Account, str, int, int, Letter], None],
    ) -> None:
        self.settings, self.server, self.account, self.faults = box, box.imap, account, faults
        #: told of every search for new mail, and of every move before it is done
        self.polled, self.moves = polled, moves
        self.folder = ""
        self.alive = True
        self._call()

    # -- as ImapMailbox --------------------------------------------------------------------------------

    def select(self, folder: str) -> Selected:
        after = self._call()
        self.folder = folder
        there = self._there
        self._end(after)
        return Selected(there.uidvalidity, there.uidnext)

    def look(self, folder: str) -> Selected:
        return self.select(folder)

    def status(self, folder: str) -> Selected | None:
        after = self._call()
        there = self.account.folders.get(folder)
        self._end(after)
        return Selected(there.uidvalidity, there.uidnext) if there else None

    def uids(self, above: int, since: date | None = None) -> list[int]:
        after = self._call()
        if self.folder == self.settings.folder:
            self.polled(self.account)
        there = self._there.letters.items()
        found = [uid for uid, x in there if uid > above and (not since or x.received_at.date() >= since)]
        self._end(after)
        return sorted(found)

    def written_before(self, day: date, below: int = 1 << 32) -> Sequence[int]:
        """By Date, which people's programs here write truly."""
        after = self._call()
        there = self._there.letters.items()
        found = [uid for uid, letter in there if uid < below and letter.received_at.date() < day]
        self._end(after)
        return sorted(found)

    def headers(self, uids: Sequence[int]) -> Iterator[bytes]:
        after = self._call()
        found = [self._there.letters[uid].raw.partition(b"\r\n\r\n")[0] for uid in uids]
        self._end(after)
        yield from found

    def fetch(self, uids: Sequence[int], max_size: int | None = None) -> Iterator[Fetched]:
        """Lazily, so that the line may break between two, or another client take one away."""
        for uid in uids:
            after = self._call()
            letter = self._there.letters.get(uid)
            self._end(after)
            if letter:
                yield self._given(uid, letter)

    def _given(self, uid: int, letter: Letter) -> Fetched:
        when = letter.received_at.replace(microsecond=0)  # RFC 9051: INTERNALDATE has seconds
        if letter.withheld:
            letter.withheld, letter.not_given = letter.withheld - 1, True
            self.faults.count("message not given")
            head = letter.raw.partition(b"\r\n\r\n")[0] if letter.withheld % 2 else b""
            return Fetched(uid, when, len(letter.raw), head, False, "BODY[] NIL")
        return Fetched(uid, when, len(letter.raw), letter.raw, True)

    @property
    def can_move(self) -> bool:
        return self.account.can_move

    def move(self, uids: Sequence[int], folder: str) -> Moved | None:
        after = self._call()
        if not self.can_move or folder == self.folder:
            return None
        for uid in uids:
            if letter := self._there.letters.get(uid):
                self.moves(self.account, self.folder, self._there.uidvalidity, uid, letter)
        moved: Moved = {uid: self.account.move(uid, self.folder, folder) for uid in uids}
        self._end(after)
        return moved if self.account.tells_uids else dict.fromkeys(moved)

    def ensure_folder(self, folder: str) -> None:
        after = self._call()
        self.account.ensure(folder)
        self._end(after)

    def list(self, folder: str) -> tuple[Selected, list[int]]:
        return self.select(folder), self.uids(0)

    @property
    def folders(self) -> Any:
        return self

    def names(self) -> Sequence[str]:
        return list(self.account.folders)

    def name(self, folder: str) -> str:
        return folder

    # -- how it fails ----------------------------------------------------------------------------------

    @property
    def _there(self) -> Folder:
        return self.account.folders[self.folder]

    def _call(self) -> str:
        """A command is sent; what is given must be passed to `_end` when it was carried out."""
        if self.faults.imap_down or not self.alive:
            self.faults.count("mailbox away")
            self._cut()
        how = self.faults.strikes("imap")
        if how == "killed":
            raise Killed
        if how == "error":
            self._cut()
        return how

    def _end(self, how: str) -> None:
        """It was carried out, but its answer may not come."""
        if how == "killed_after":
            raise Killed
        if how == "error_after":
            self._cut()

    def _cut(self) -> None:
        self.alive = False
        raise TransportError("Hablar con el servidor IMAP", "la conexión se cortó", "Se volverá a conectar")
