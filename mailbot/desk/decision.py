"""What the desk decides, as one frozen value. The shell applies it without a further question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mailbot.desk.case import Case, Datum, Snapshot, State
from mailbot.mail.message import Address
from mailbot.values import Reason


class Outcome(StrEnum):
    """What became of a message. Each has exactly one."""

    OPENED = "opened"
    UPDATED = "updated"
    ON_CLOSED_CASE = "on_closed_case"
    UNMATCHED = "unmatched"
    INFORMATIVO = "informativo"
    IGNORED = "ignored"
    BOUNCE = "bounce"
    BACKLOG = "backlog"
    DUPLICATE = "duplicate"
    TOO_BIG = "too_big"
    FAILED = "failed"


class Filed(StrEnum):
    """Where a message goes on the server once its outcome is stored: a role, or else a folder's name."""

    HANDLED = "handled"
    REVIEW = "review"
    #: it stays where it is
    NOWHERE = ""


class Role(StrEnum):
    """What a reply is for: the retry, the clock and the limits depend on it, not on its words."""

    #: the first and the second request for data: acceptance by the server starts the clock
    REQUEST = "request"
    REQUEST_AGAIN = "request_again"
    REMINDER = "reminder"
    CLOSE = "close"
    #: an answer that nothing waits for
    NOTICE = "notice"
    #: to the desk itself, `[group.…] notify`
    DESK = "desk"


class ClockKind(StrEnum):
    #: the data must have come (A22); then `no_gestionado`
    ANSWER = "answer"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class Order:
    """A reply to be written: to whom, from which template, on which facts. It holds no text of its own."""

    template: str
    to: str
    role: Role
    #: values for the template beyond those of the case, flat and named in Spanish
    facts: Mapping[str, object] = field(default_factory=dict)
    #: why it is written and stored but not sent (`[replies] send`: a pilot); "" = it is sent
    withheld: str = ""

    @property
    def auto_submitted(self) -> str:
        """RFC 3834 §5: an answer to a message is auto-replied, what the clock sends is auto-generated."""
        unasked = self.role in (Role.REMINDER, Role.CLOSE, Role.DESK)
        return "auto-generated" if unasked else "auto-replied"


#: result of an answer clock that closed its precaso
EXPIRED = "expired"
#: result of a clock whose request went to somebody who is not the requester any more: its deadline is nobody's
ASKED_ANOTHER = "asked_another"
#: kind of the event that keeps whose mail the requester forwarded: `{"email": …, "name": …}`
FORWARDED = "forwarded"


@dataclass(frozen=True, slots=True)
class StartClock:
    """`due` is a UTC instant; `calendar` tells how it was reckoned."""

    kind: ClockKind
    starts: datetime
    due: datetime
    calendar: str


@dataclass(frozen=True, slots=True)
class StopClock:
    """`result`: why it ended: `answered`, `expired`, `reminded`, `cancelled`, `handed_over`…"""

    kind: ClockKind
    result: str


@dataclass(frozen=True, slots=True)
class Event:
    """A change in a case's history. With `to_state` it is a transition."""

    kind: str
    by: str
    reason: str = ""
    to_state: State | None = None
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opening:
    """A case to be registered. Its first state is the `to_state` of its first event."""

    mailbox: str
    channel: str
    snapshot: Snapshot
    requester: Address | None
    subject: str
    answer_to: str | None = None
    correlation: str | None = None
    #: it had this number before the database was restored from an older copy; None: the next one
    number: int | None = None


class Keep(StrEnum):
    ATTENTION = "keep"


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one case: a new one (`opening`) or one that is known (`case`), never both."""

    opening: Opening | None = None
    case: Case | None = None
    events: tuple[Event, ...] = ()
    #: fields whose datum is new or changed
    data: Mapping[str, Datum] = field(default_factory=dict)
    #: per field what the message's sender may be spared next time
    remember: Mapping[str, str] = field(default_factory=dict)
    #: None clears it
    attention: str | Keep | None = Keep.ATTENTION
    clocks: tuple[StartClock | StopClock, ...] = ()
    #: (id of the other case, how): `late_answer_of`, `new_after`, `stranger_named`, `duplicate_of`…
    relations: tuple[tuple[int, str], ...] = ()
    #: may this message's sender and recipients join the case later by reference or number?
    participants: tuple[Address, ...] = ()
    #: the case is this person's from now on, and its replies go there
    requester: Address | None = None
    #: requests for data written with this change
    requests: int = 0
    #: a reminder is written with this change
    reminded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is done, and why: by the clock, by the fate of a reply, or by hand."""

    reasons: tuple[Reason, ...] = ()
    change: Change | None = None
    replies: tuple[Order, ...] = ()
    #: id of the reply of ours that did not arrive
    bounced_reply: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(Decision):
    """The decision on a message: it has exactly one outcome."""

    outcome: Outcome
    #: a `Filed` role or the name of a folder
    filed: str = Filed.HANDLED
    may_answer: bool = False
