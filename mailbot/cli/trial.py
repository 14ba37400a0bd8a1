"""A mail judged by the rules as if it came in now, the first of its sender: nothing is stored, nothing sent."""

import email
import email.policy
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from mailbot.config.live import Live
from mailbot.config.model import Mailbox
from mailbot.desk.case import Case, Datum
from mailbot.desk.decide import decide
from mailbot.desk.decision import Order, Role, Verdict
from mailbot.desk.known import Arrival, Known
from mailbot.mail import automatic
from mailbot.mail.automatic import Signs
from mailbot.mail.message import Address, Message
from mailbot.replies.compose import compose
from mailbot.rules import required
from mailbot.rules.fold import fold_subject
from mailbot.rules.lines import lines
from mailbot.rules.match import Match, Trial
from mailbot.rules.settings import Field
from mailbot.rules.wanted import Wanted, key

#: no case has it: real ones count from 1
NUMBER = "{}-000000"
REFERENCE = "prueba"
#: the sender of a subject, where none is given (RFC 6761: nobody's)
ANYBODY = "persona@ejemplo.invalid"


class Stored(NamedTuple):
    """A message of the database, and what really became of it."""

    id: int
    mailbox: str
    outcome: str
    #: the number of the case it is kept with, and its state now
    case: str | None
    state: str | None
    raw: bytes


@dataclass(frozen=True)
class Tried:
    message: Message
    match: Match | None
    decision: Verdict
    live: Live
    mailbox: str
    now: datetime
    stored: Stored | None = None

    def as_json(self) -> dict[str, Any]:
        """As the contract names it."""
        match, order = self.match, self.order
        values = {f.name: datum.value if (datum := self.data.get(f.name)) else None for f in self.fields}
        return {
            "rule": match.rule.name if match else None,
            "words": list(match.words) if match else [],
            "also_matched": list(match.also_matched) if match else [],
            "outcome": self.decision.outcome,
            "required": values,
            "missing": [name for name, value in values.items() if not value],
            "would_reply": order.template if order else None,
            "reasons": [asdict(r) for r in self.decision.reasons],
            "folded": fold_subject(self.message.subject),
            "rules": [asdict(trial) for trial in self.trials],
            "correlation": match.correlation if match else None,
            "recovered": bool(match and match.recovered),
            "stored": self._stored(),
        }

    def _stored(self) -> dict[str, Any] | None:
        if self.stored is None:
            return None
        return {name: value for name, value in self.stored._asdict().items() if name != "raw"}

    @property
    def sender(self) -> str | None:
        return self.message.from_.email if self.message.from_ else None

    @property
    def trials(self) -> tuple[Trial, ...]:
        return self.live.rulebook.trials(self.message.subject, self.sender, self.mailbox)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The data that the rule requires."""
        change = self.decision.change
        return change.opening.snapshot.fields if change and change.opening else ()

    @property
    def data(self) -> dict[str, Datum]:
        return dict(self.decision.change.data) if self.decision.change else {}

    @cached_property
    def where(self) -> dict[str, str]:
        """Per field that was found: the line or header it stands in."""
        return {name: found.where for name, found in required.find(self.fields, self.message).values.items()}

    def unsure(self, field: Field) -> tuple[str, ...]:
        """Of a datum that is missing: the values that were seen, none of which was sure enough to be taken."""
        if field.sensitive or self.message.automatic:
            return ()
        texts = (self.message.subject, *lines(self.message.reply_text))
        seen = {key(one.value): one.value for text in texts for one in Wanted(field).candidates(text)}
        return tuple(seen.values())

    @property
    def order(self) -> Order | None:
        """The reply to whoever wrote; what the desk itself is told is none."""
        return next((o for o in self.decision.replies if o.role is not Role.DESK), None)

    def reply(self) -> dict[str, str] | None:
        """The reply as it would be written, with the number of no case; None where there is none."""
        if self.order is None:
            return None
        composed = compose(
            self.order,
            case=self._case(),
            answered=self.message,
            identity=self.live.identity(self.mailbox),
            templates=self.live.templates,
            token=REFERENCE,
            now=self.now,
        )
        mail = email.message_from_bytes(composed.data, policy=email.policy.default)
        body = mail.get_body(("plain",))
        text = body.get_content().replace("\r\n", "\n") if body else ""
        return {"from": mail["From"], "to": mail["To"], "subject": mail["Subject"], "text": text}

    def _case(self) -> Case | None:
        """What the decision would register."""
        change = self.decision.change
        if change is None or change.opening is None:
            return None
        opening = change.opening
        states = [e.to_state for e in change.events if e.to_state]
        return Case(
            id=0,
            number=NUMBER.format(self.live.policy.prefix),
            state=states[-1],
            version=1,
            mailbox=self.mailbox,
            snapshot=opening.snapshot,
            requester=opening.requester,
            subject=opening.subject,
            answer_to=opening.answer_to,
            registered_at=self.now,
            state_since=self.now,
            data=change.data,
            requests=change.requests,
            group=opening.snapshot.rule.group,
        )


def attempt(message: Message, live: Live, box: Mailbox, now: datetime, stored: Stored | None = None) -> Tried:
    match = live.match(message, box.name)
    arrival = Arrival(box.name, now, message=message, match=match)
    verdict = decide(arrival, message, Known(), live.policy, now)
    return Tried(message, match, verdict, live, box.name, now, stored)


def subject_only(subject: str, sender: Address) -> Message:
    """A mail that has nothing but this subject, of a person unless its sender or the subject itself says otherwise."""
    sender = replace(sender, email=sender.email.lower())
    kind, reasons = automatic.judge(Signs(subject=subject, from_=sender))
    return Message("<asunto@ejemplo.invalid>", "", subject, sender, kind=kind, kind_reasons=reasons)
