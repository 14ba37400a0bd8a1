"""All that a decision about one message is made from, side by side."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from mailbot.desk.answering import Answerable, answerable, withheld
from mailbot.desk.data import Giver
from mailbot.desk.decision import Order, Outcome, Role, Verdict
from mailbot.desk.known import Arrival, Known
from mailbot.desk.settings import Policy
from mailbot.mail.message import Message
from mailbot.rules.addresses import matches
from mailbot.rules.match import Match
from mailbot.rules.settings import Rule, TreatAs
from mailbot.values import Reason


@dataclass(frozen=True)
class Question:
    """What is to be done with this message, given what is known, the desk's policy and the time."""

    arrival: Arrival
    message: Message
    known: Known
    policy: Policy
    now: datetime

    @property
    def match(self) -> Match | None:
        return self.arrival.match

    @property
    def by(self) -> str:
        return f"mail:{self.message.from_.email}" if self.message.from_ else "mail:"

    @cached_property
    def answer(self) -> Answerable:
        return answerable(self.message, self.known.sent, self.policy)

    @cached_property
    def giver(self) -> Giver:
        """Who gives the data in this message. Only a verified person alone at an address is remembered."""
        sender = self.message.from_
        if sender is None:
            return Giver()
        threading = self.known.threading
        third_party = threading.case is not None and not threading.participant
        shared = matches(self.policy.senders.shared, sender.email)
        trusted = self.message.verified and not third_party and not shared
        return Giver(sender.email, third_party, trusted, self.known.remembered)

    def rule(self, treat_as: TreatAs) -> Rule | None:
        """The rule that won, if it treats mail so."""
        return self.match.rule if self.match and self.match.rule.treat_as is treat_as else None

    def decided(self, outcome: Outcome, *reasons: Reason, **rest: object) -> Verdict:
        """The outcome, with what speaks for it and whether it may be answered."""
        decision = Verdict(outcome=outcome, reasons=reasons, may_answer=self.answer.to is not None)
        return replace(decision, **rest)  # type: ignore[arg-type]

    def reply(
        self, template: str, role: Role = Role.NOTICE, to: str | None = None, **facts: object
    ) -> tuple[Order, ...]:
        """A reply to the one who wrote, or to `to` (its case's requester); nothing where none may be given."""
        if self.answer.to is None:
            return ()
        target = to or self.answer.to
        return (Order(template, target, role, facts, withheld(target, self.policy)),)

    def tell_desk(self, template: str, case_group: str, **facts: object) -> tuple[Order, ...]:
        said = self.message.reply_text or self.message.text
        return tell_desk(self.policy, template, case_group, mensaje=said, **facts)


def tell_desk(policy: Policy, template: str, group: str, **facts: object) -> tuple[Order, ...]:
    """A notice to each address of the group, never to ourselves."""
    notify = policy.groups[group].notify if group in policy.groups else ()
    others = [a for a in notify if a.lower() not in policy.own_addresses]
    return tuple(Order(template, a, Role.DESK, facts, withheld(a, policy)) for a in others)
