"""What is ill: one judgement for `mailbot status`, `/healthz`, the journal and the alert mails.

Values in, illnesses out: what the parts of the daemon last did (`Vitals`), and what the store counts (`Counted`).
"""

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
