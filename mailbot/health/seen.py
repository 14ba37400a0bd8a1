"""What a judgement goes by: what the parts of the daemon last did, and what the store counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

#: octets of a disk that are to be free, and the part of it, up to so many octets
LEAST, PART, MOST = 500_000_000, 0.05, 5_000_000_000


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a part cannot do now, in the words of who refused it; `since` when, without a success between.

    `permanent`: trying again mends nothing, a person must; `login`: it is our login that is refused; `asked`: a
    server asks to be left alone; `database`: it was not about mail.
    """

    said: str
    cure: str
    since: datetime
    permanent: bool = False
    login: bool = False
    asked: bool = False
    database: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """One mailbox, as this daemon sees it. `since`: this daemon tries to read it."""

    name: str
    since: datetime
    #: between two reads more time than this passes on purpose
    poll: timedelta = timedelta(minutes=1)
    connected: datetime | None = None
    #: the last whole read; and the last message that was taken in
    read: datetime | None = None
    taken: datetime | None = None
    #: how many messages wait to be taken in, as of the read that goes on; None: nobody could look
    left: int | None = None
    #: another daemon on this database reads it
    elsewhere: bool = False
    #: the last answer of the way out to a reply, whichever
    reached: datetime | None = None
    reading: Complaint | None = None
    sending: Complaint | None = None

    @property
    def heard(self) -> datetime:
        """When it last gave us anything."""
        return max(at for at in (self.since, self.read, self.taken) if at)

    @property
    def is_new(self) -> bool:
        """It gave nothing yet: what was ill before a restart is so still."""
        return self.read is None and self.taken is None


@dataclass(frozen=True, slots=True)
class Disk:
    """Octets of the disk that `folder` is on; `free` for who is not root."""

    folder: str
    free: int
    total: int

    @property
    def least(self) -> float:
        return max(LEAST, min(self.total * PART, MOST))


@dataclass(frozen=True, slots=True)
class Seen:
    """What the parts of the daemon last did. `tokens`: the mailbox and the trouble of each login by token."""

    boxes: tuple[Box, ...] = ()
    tokens: tuple[tuple[str, Complaint], ...] = ()
    clock: Complaint | None = None
    database: Complaint | None = None
    config: Complaint | None = None
    http: Complaint | None = None
    #: parts that did not keep their promise
    hangs: tuple[str, ...] = ()
    disk: Disk | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Replies of a mailbox that are still to leave; `since` when the first of those that are due could have."""

    queued: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """`highest`: a case that another database opened in `mailbox`; `next`: where the numbers of this one go on."""

    mailbox: str
    highest: str
    next: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """What the database tells. `overdue`: deadlines that could be judged and are not; `stuck`: since when."""

    replies: Mapping[str, Waiting]
    failed: int = 0
    overdue: int = 0
    stuck: datetime | None = None
    #: replies of the last hour, and how many there may be
    sent: int = 0
    per_hour: int = 500
    #: noted at the first connection of a mailbox
    earlier: Earlier | None = None
