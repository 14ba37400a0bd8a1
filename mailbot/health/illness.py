"""An illness: its kind, the mailbox that it is about, since when, in which words, and what cures it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """Written in `mailbot status --json`, in the journal and in `mailbot_ill{kind=…}`: these names hold."""

    UNREAD = "unread"
    LOGIN = "login"
    REPLIES = "replies"
    FAILED = "failed"
    DEADLINES = "deadlines"
    BREAKER = "breaker"
    CONFIG = "config"
    DISK = "disk"
    DATABASE = "database"
    HANGS = "hangs"
    HTTP = "http"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Illness:
    """`about`: the mailbox, or ""; `said` and `cure`: Spanish sentences without their full stop."""

    kind: Kind
    about: str
    since: datetime
    said: str
    cure: str

    @property
    def key(self) -> tuple[str, str]:
        """The same trouble, whatever is said of it."""
        return str(self.kind), self.about
