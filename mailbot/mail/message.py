"""What an email is, once understood as mail: the values that every other room reads."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbot.values import Reason


@dataclass(frozen=True, slots=True)
class Address:
    """One validated addr-spec in lower case, and the display name that stood beside it (may be empty)."""

    email: str
    name: str = ""

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]


class Kind(StrEnum):
    """Who wrote a message, as far as its headers, structure and subject tell (RFC 3834, 3464, 8098, 5546)."""

    PERSON = "person"
    #: out-of-office notices and acknowledgements
    AUTO_REPLY = "auto_reply"
    #: a machine's own mail: monitoring, no-reply senders
    AUTO_GENERATED = "auto_generated"
    #: mailing lists, newsletters, bulk
    LIST = "list"
    #: a delivery status notification that says: failed
    BOUNCE = "bounce"
    #: a delivery status notification that says: delayed, delivered, relayed, expanded
    DELIVERY_NOTICE = "delivery_notice"
    READ_RECEIPT = "read_receipt"
    CALENDAR_REPLY = "calendar_reply"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the text of the message, named as its sender named it: never a path.

    `size` in octets and `sha256` of the decoded bytes.
    """

    name: str
    type: str
    size: int
    sha256: str
    #: the name of the attachment that it was found in (winmail.dat), which stands before it
    inside: str = ""


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery status notification tells (RFC 3464): of whom, and of which of our messages."""

    action: str
    status: str
    recipient: str
    said: str


@dataclass(frozen=True, slots=True)
class Message:
    """An email as this desk reads it. Everything in it was written by strangers: data, never code."""

    #: with its angle brackets, or made from the content where it is missing or unusable
    message_id: str
    #: sha256 of headers that stay the same on every delivery and of the body: RFC 5322's trace headers are out
    content_hash: str
    #: decoded, unfolded, without control characters
    subject: str
    #: None where there is no single valid address (RFC 5322 §3.6.2)
    from_: Address | None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    #: the envelope's sender: "" for the null path `<>`, None where the header is missing
    return_path: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    #: X-Mailbot-Reference, also from the message returned in a bounce
    mailbot_references: tuple[str, ...] = ()
    date: datetime | None = None
    #: all that can be read as text
    text: str = ""
    #: what this person wrote now: without quotes, signatures and footers
    reply_text: str = ""
    attachments: tuple[Attachment, ...] = ()
    kind: Kind = Kind.PERSON
    #: every sign by which `kind` was told
    kind_reasons: tuple[Reason, ...] = ()
    #: asks not to be answered automatically (X-Auto-Response-Suppress), whoever wrote it
    suppresses_replies: bool = False
    bounce: Bounce | None = None
    #: a person forwards what this address wrote: proposed as the requester, never taken for it
    forwarded_from: Address | None = None
    #: the From address is vouched for by the mechanism that the mailbox trusts
    verified: bool = False
    #: defects that were mended or guessed, and parts that were left out
    repaired: tuple[str, ...] = ()
    #: False where the text was not read because of the message's size
    text_was_read: bool = True

    @property
    def automatic(self) -> bool:
        return self.kind is not Kind.PERSON

    @property
    def participants(self) -> tuple[Address, ...]:
        return ((self.from_,) if self.from_ else ()) + self.to + self.cc

    @property
    def thread(self) -> tuple[str, ...]:
        """The messages this one says it follows, nearest first, each once (RFC 5322 §3.6.4)."""
        return tuple(dict.fromkeys((*self.in_reply_to, *reversed(self.references))))
