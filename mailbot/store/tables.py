"""The tables. Enumerations are text with a CHECK; times are aware UTC; a row of history is never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from mailbot.desk.case import State
from mailbot.desk.decision import ClockKind, Outcome, Role
from mailbot.desk.delivery import Status
from mailbot.mail.message import Kind
from mailbot.rules.found import Source
from mailbot.rules.settings import RequestKind
from mailbot.store.columns import NEVER_REUSED, Number, Table, one_of, only_where

#: mail that opened and joined no case and waits for nobody, and cases that ended: what `retention` looks for. Without
#: `case_id IS NULL`, for which SQLite would go by the index on cases
ALONE = "removed_at IS NULL AND outcome NOT IN ('opened', 'updated', 'on_closed_case', 'failed')"
ENDED = "closed_at IS NOT NULL AND removed_at IS NULL"


class Message(Table, table=True):
    """A mail that came, with its one outcome and why. Where it lies on the server is told by `location`."""

    __table_args__ = (
        only_where("uq_message_content_hash", "content_hash", where="duplicate_of IS NULL", unique=True),
        only_where("ix_message_failed", "mailbox", "received_at", where="outcome = 'failed'"),
        only_where("ix_message_alone", "stored_at", where=ALONE),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    mailbox: str
    message_id: str = Field(index=True)
    content_hash: str
    duplicate_of: int | None = Field(default=None, foreign_key="message.id")
    case_id: int | None = Field(default=None, foreign_key="case.id", index=True)
    sender: str
    sender_name: str
    sender_verified: bool
    subject: str
    folded_subject: str
    text: str
    reply_text: str
    #: by the server (INTERNALDATE)
    received_at: datetime
    stored_at: datetime
    size: int
    outcome: Outcome = Field(sa_type=one_of(Outcome, "outcome"), index=True)
    reasons: list[dict[str, str]] = Field(sa_type=JSON)
    #: outcomes that a retry or a promotion replaced: `[{at, outcome, case, reasons}]`
    earlier: list[dict[str, Any]] = Field(sa_type=JSON)
    #: a role (`handled`, `review`), a folder's name, or "": it stays
    filed: str
    rule: str | None = None
    words: list[str] = Field(sa_type=JSON)
    also_matched: list[str] = Field(sa_type=JSON)
    kind: Kind = Field(sa_type=one_of(Kind, "kind"))
    automatic: bool
    may_answer: bool
    repaired: list[str] = Field(sa_type=JSON)
    attachments: list[dict[str, Any]] = Field(sa_type=JSON)
    #: since when only what tells it apart is left of it: `removal`
    removed_at: datetime | None = None


class Location(Table, table=True):
    """Where a message lay or lies on the server: it moves, its identity does not."""

    __table_args__ = (
        UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),
        only_where("ix_location_to_move", "mailbox", "folder", "uidvalidity", "uid", where="to_move = 1"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    mailbox: str
    folder: str
    #: both unknown after a move that the server did not tell of (no COPYUID)
    uidvalidity: int | None = Field(default=None, sa_type=Number)
    uid: int | None = Field(default=None, sa_type=Number)
    since: datetime
    left_at: datetime | None = None
    #: its outcome is stored, and the server has not been told yet
    to_move: bool


class RawChunk(Table, table=True):
    """A piece of a message as it came, at most 1 MiB: written with the message, read on demand."""

    __tablename__ = "raw_chunk"
    message_id: int = Field(foreign_key="message.id", primary_key=True)
    n: int = Field(primary_key=True)
    #: by zlib
    compressed: bool
    data: bytes


class Case(Table, table=True):
    """A request. Its rule and fields stand in `snapshot` as they were when it was opened."""

    __table_args__ = (
        CheckConstraint("severity BETWEEN 1 AND 5", name="severity"),
        CheckConstraint("level BETWEEN 1 AND 3", name="level"),
        Index("ix_case_requester", "requester_email", "state"),
        only_where("ix_case_correlation", "rule", "correlation", "state", where="correlation IS NOT NULL"),
        only_where("ix_case_attention", "id", where="attention IS NOT NULL"),
        # in the order of lists, and with all that is counted by
        Index("ix_case_state", "state", "id", "mailbox"),
        only_where("ix_case_ended", "closed_at", where=ENDED),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    #: null only within the transaction that registers it
    number: str | None = Field(default=None, unique=True)
    state: State = Field(sa_type=one_of(State, "state"))
    version: int
    mailbox: str
    channel: str
    rule: str
    snapshot: dict[str, Any] = Field(sa_type=JSON)
    kind: RequestKind = Field(sa_type=one_of(RequestKind, "kind"))
    severity: int
    category: str
    level: int
    group: str
    assignee: str | None = None
    client: str | None = None
    provider: str | None = None
    provider_reference: str | None = None
    correlation: str | None = None
    attention: str | None = None
    requester_email: str | None = None
    requester_name: str
    answer_to: str | None = None
    subject: str
    requests: int
    reminded: bool
    registered_at: datetime
    state_since: datetime
    first_response_at: datetime | None = None
    opened_at: datetime | None = None
    solved_at: datetime | None = None
    closed_at: datetime | None = None
    #: since when only its number, states and times are left of it: `removal`
    removed_at: datetime | None = None


class Participant(Table, table=True):
    """Who wrote, or was in To or Cc of, one of a case's messages (invariant 5)."""

    case_id: int = Field(foreign_key="case.id", primary_key=True)
    email: str = Field(primary_key=True)


class Datum(Table, table=True):
    """What is known of one required field of a case; without `value`, `misfit` is what was written."""

    case_id: int = Field(foreign_key="case.id", primary_key=True)
    field: str = Field(primary_key=True)
    value: str | None = None
    source: Source = Field(sa_type=one_of(Source, "source"))
    doubtful: bool
    misfit: str
    by: str
    third_party: bool


class Event(Table, table=True):
    """The history of a case: every change is a row, with `to_state` it is a transition."""

    __table_args__ = (UniqueConstraint("case_id", "seq"), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id")
    seq: int
    at: datetime
    kind: str
    #: `mailbot`, `mail:address` or `cli:user`
    by: str
    from_state: State | None = Field(default=None, sa_type=one_of(State, "from_state"))
    to_state: State | None = Field(default=None, sa_type=one_of(State, "to_state"))
    reason: str
    data: dict[str, Any] = Field(sa_type=JSON)
    message_id: int | None = Field(default=None, foreign_key="message.id")


class Clock(Table, table=True):
    """A time that runs for a case; at most one of a kind runs at once."""

    __table_args__ = (
        only_where("ix_clock_due", "due", where="done_at IS NULL"),
        only_where("uq_clock_running", "case_id", "kind", where="done_at IS NULL", unique=True),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    kind: ClockKind = Field(sa_type=one_of(ClockKind, "kind"))
    starts: datetime
    due: datetime
    calendar: str
    paused_at: datetime | None = None
    #: seconds that counted before the pause
    elapsed: int
    done_at: datetime | None = None
    result: str | None = None


class Relation(Table, table=True):
    """Two cases that belong together, and how: `a` is the one that says so."""

    __table_args__ = (
        UniqueConstraint("a", "b", "kind"),
        CheckConstraint("a <> b", name="two_cases"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    a: int = Field(foreign_key="case.id")
    b: int = Field(foreign_key="case.id", index=True)
    kind: str
    by: str
    at: datetime


class Person(Table, table=True):
    """Somebody the desk knows."""

    __table_args__ = (NEVER_REUSED,)
    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(unique=True)
    name: str
    role: str


class Remembered(Table, table=True):
    """What a verified address gave for a field that may be remembered, and in which message."""

    __table_args__ = (UniqueConstraint("address", "field"), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True)
    address: str
    field: str
    value: str
    message_id: int = Field(foreign_key="message.id")
    at: datetime


class Outbox(Table, table=True):
    """Mail of ours: its Message-ID and bytes are fixed when it is stored, so a retry is the same mail."""

    __table_args__ = (
        # in the order in which they are tried, and with all that is counted by
        only_where(
            "ix_outbox_open",
            "mailbox",
            "next_attempt_at",
            "id",
            "status",
            where="next_attempt_at IS NOT NULL",
        ),
        only_where("ix_outbox_sending", "status", "mailbox", where="status = 'sending'"),
        only_where("ix_outbox_sent_message_id", "sent_message_id", where="sent_message_id IS NOT NULL"),
        Index("ix_outbox_recipient", "recipient", "queued_at"),
        Index("ix_outbox_party", "party", "queued_at"),
        # all that the limit over all asks for, so that no row, with its bytes, is read to count it
        Index("ix_outbox_counted", "queued_at", "role", "status"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True)
    mailbox: str
    case_id: int | None = Field(default=None, foreign_key="case.id", index=True)
    #: the message that it answers
    answers: int | None = Field(default=None, foreign_key="message.id")
    #: who wrote that message: limits count on it and on the recipient
    party: str
    role: Role = Field(sa_type=one_of(Role, "role"))
    template: str
    recipient: str
    subject: str
    #: null where no mail could be written
    message_id: str | None = Field(default=None, unique=True)
    #: unguessable: whoever has it was given this mail (invariant 5); it is the `message_id`, by which it is found
    reference: str | None = None
    envelope_from: str
    data: bytes
    status: Status = Field(sa_type=one_of(Status, "status"))
    queued_at: datetime
    #: set while it is to be tried: also `uncertain` mail is, once more
    next_attempt_at: datetime | None = None
    attempts: int
    #: how often it ended without anybody knowing whether it was accepted
    times_uncertain: int
    claimed_by: str | None = None
    claimed_at: datetime | None = None
    sent_at: datetime | None = None
    #: what the server, or the writer of the mail, said last
    said: str
    #: the Message-ID by which the server says to have replaced ours
    sent_message_id: str | None = None


class Setting(Table, table=True):
    """What must outlive a restart and has no table of its own."""

    key: str = Field(primary_key=True)
    value: Any = Field(sa_type=JSON)
    at: datetime


class Progress(Table, table=True):
    """How far a folder was read."""

    mailbox: str = Field(primary_key=True)
    folder: str = Field(primary_key=True)
    uidvalidity: int = Field(sa_type=Number)
    #: every message up to it has a committed outcome
    uid_seen: int = Field(sa_type=Number)
    #: what lay there below it is older than the first connection
    first_uidnext: int = Field(sa_type=Number)
    started_at: datetime
    #: our clock at the start of the last poll that left nothing unread (invariant 3)
    read_up_to: datetime | None = None


#: all of the above
ALL = Table.metadata
