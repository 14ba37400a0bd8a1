"""What the store knows that a decision about a message needs: gathered first, then `decide()`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mailbot.desk.case import Case
from mailbot.desk.decision import Filed
from mailbot.mail.message import Message
from mailbot.rules.match import Match


class Evidence(StrEnum):
    """Why a message belongs to a case (invariant 5), strongest first."""

    #: one of our random references: whoever has it was given our mail
    REFERENCE = "reference"
    #: the reference of a notice to the desk: somebody of the desk answers it
    NOTICE = "notice"
    #: it follows a message of the case, and its sender takes part in the case
    FOLLOWS_MESSAGE = "follows_message"
    #: the number stands in its subject, and its sender takes part in the case
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Threading:
    """The case a message belongs to, and by what; or a case that it names without right."""

    case: Case | None = None
    evidence: Evidence | None = None
    #: the reference or number that was looked up
    key: str = ""
    #: the sender is a participant: wrote, or was in To or Cc of, one of the case's messages
    participant: bool = False
    #: named by number or message by somebody who takes no part in it: related, never joined
    named: Case | None = None
    #: the number of a case that is lost: the database was restored from an older copy
    lost: str = ""


@dataclass(frozen=True, slots=True)
class OurReply:
    """A reply of ours that a bounce returned."""

    id: int
    role: str
    case: Case | None


@dataclass(frozen=True, slots=True)
class Sent:
    """Replies of the kinds that count, to this address and over all: stored, so that limits survive a restart."""

    address_hour: int = 0
    address_day: int = 0
    all_hour: int = 0
    #: `sin_regla` or `muy_grande` went to this address within a day
    told_today: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    #: id of an earlier message with the same identity
    duplicate_of: int | None = None
    #: where that one was moved: a role, a folder, or "": it stayed
    duplicate_filed: str = Filed.HANDLED
    threading: Threading = Threading()
    #: the sender's precasos that wait for data, oldest first
    open_precasos: tuple[Case, ...] = ()
    #: the open case of the same rule and fault (monitoreo)
    correlated: Case | None = None
    bounced: OurReply | None = None
    sent: Sent = field(default_factory=Sent)
    #: per field what this address gave before, for fields that are remembered
    remembered: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it came to a mailbox. `received_at` is the server's INTERNALDATE, UTC."""

    mailbox: str
    received_at: datetime
    #: it lay there before the first connection
    backlog: bool = False
    message: Message | None = None
    match: Match | None = None
