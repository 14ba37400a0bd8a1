"""A mailbox as it lies on its IMAP server: folders, UIDs, and what other mail programs do there."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from random import Random

INBOX = "INBOX"


@dataclass(eq=False)
class Letter:
    """A mail that somebody put on its way to us, as the simulation knows it."""

    n: int
    raw: bytes
    sender: str
    kind: str
    #: INTERNALDATE: the server's own time when it came
    received_at: datetime
    #: Message-ID of our mail that it answers, as we wrote it
    answers: str = ""
    #: the letter whose bytes these are too, delivered by another way
    same_as: "Letter | None" = None
    #: brings everything that was asked for, labelled, from the person who was asked
    complete: bool = False
    #: when it could first be seen in the folder
    seen_from: datetime | None = None
    #: another client took it away, or hid it for a while
    meddled: bool = False
    #: the folder into which a person moved it last, to decide on it
    wish: str = ""
    #: how many fetches fail before the server gives it
    withheld: int = 0
    #: it did not give it once; then nobody knows this mail by its bytes
    not_given: bool = False

    @property
    def original(self) -> "Letter":
        return self.same_as or self

    def __str__(self) -> str:
        return f"letter {self.n} ({self.kind} of {self.sender})"


@dataclass
class Folder:
    uidvalidity: int
    uidnext: int = 1
    letters: dict[int, Letter] = field(default_factory=dict)

    def add(self, letter: Letter) -> int:
        """RFC 9051 §2.3.1.1: UIDs ascend."""
        uid, self.uidnext = self.uidnext, self.uidnext + 1
        self.letters[uid] = letter
        return uid


class Account:
    """One mailbox. `ever` knows what each (folder, UIDVALIDITY, UID) has ever named."""

    def __init__(self, name: str, address: str) -> None:
        self.name, self.address = name, address
        self._validity = count(1000)
        self.folders = {INBOX: Folder(next(self._validity))}
        self.ever: dict[tuple[str, int, int], Letter] = {}
        self.can_move = True
        self.tells_uids = True

    def put(self, letter: Letter, folder: str = INBOX) -> tuple[int, int]:
        """(UIDVALIDITY, UID) of the letter's new place."""
        there = self.ensure(folder)
        uid = there.add(letter)
        self.ever[folder, there.uidvalidity, uid] = letter
        return there.uidvalidity, uid

    def ensure(self, folder: str) -> Folder:
        if folder not in self.folders:
            self.folders[folder] = Folder(next(self._validity))
        return self.folders[folder]

    def move(self, uid: int, source: str, target: str) -> tuple[int, int] | None:
        letter = self.folders[source].letters.pop(uid, None)
        return self.put(letter, target) if letter else None

    def rebuild(self, folder: str, dice: Random) -> None:
        """A new UIDVALIDITY, and the UIDs name other mail than before (hazard 50)."""
        letters = list(self.folders[folder].letters.values())
        dice.shuffle(letters)
        self.folders[folder] = Folder(next(self._validity))
        for letter in letters:
            self.put(letter, folder)

    def everywhere(self) -> list[tuple[str, int, Letter]]:
        return [(name, uid, letter) for name, f in self.folders.items() for uid, letter in f.letters.items()]
