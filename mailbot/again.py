"""A message that is stored is judged once more: after a mend (retry), or because a person chose its rule (promote).

It keeps its one row: the new outcome replaces the old one, which stays in its history.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mailbot.carry_out import Cause, carry_out
from mailbot.config.live import Live
from mailbot.desk import by_hand, sorting
from mailbot.desk.decide import decide
from mailbot.desk.decision import Outcome, Verdict
from mailbot.desk.known import Arrival
from mailbot.desk.question import Question
from mailbot.mail.message import Message
from mailbot.mail.octets import Octets
from mailbot.mail.parse import Unreadable, parse
from mailbot.rules.settings import Rule, TreatAs
from mailbot.store import known, ledger, raw
from mailbot.store.engine import Store
from mailbot.store.ledger import Stored
from mailbot.store.transaction import Transaction

Decide = Callable[[Question], Verdict]


class NotPossible(ValueError):
    """Why this message cannot be judged again, in Spanish."""


class Ended(NotPossible):
    """It has an outcome that stays."""

    def __init__(self, message_id: int, outcome: Outcome) -> None:
        super().__init__(f"El mensaje {message_id} ya tiene su desenlace y así queda")
        self.outcome = outcome


@dataclass(frozen=True)
class Judged:
    #: of the message
    id: int
    outcome: Outcome
    #: the number of its case, if it has one
    case: str | None


def retry(message_id: int, live: Live, store: Store, now: datetime) -> Judged:
    """Judge a failed message as if it came in now, by its own time of arrival."""
    return _again(
        message_id,
        live,
        store,
        now,
        lambda q: decide(q.arrival, q.message, q.known, q.policy, q.now),
        {Outcome.FAILED},
    )


def promote(message_id: int, rule_name: str, by: str, live: Live, store: Store, now: datetime) -> Judged:
    """Make a request of a message that became none, under the rule that a person chose."""
    rule = _rule(rule_name, live)
    return _again(message_id, live, store, now, lambda q: by_hand.promote(q, rule, by), set(Outcome) - JOINED)


#: these belong to a case, or to another message, already
JOINED = {Outcome.OPENED, Outcome.UPDATED, Outcome.ON_CLOSED_CASE, Outcome.BOUNCE, Outcome.DUPLICATE}


def _rule(name: str, live: Live) -> Rule:
    own = [r for r in live.config.rule if r.treat_as is TreatAs.PRECASO and r.name != sorting.GENERAL.name]
    rules = [*own, sorting.general(live.policy)]
    for rule in rules:
        if rule.name == name:
            return rule
    raise NotPossible(f"No hay una regla «{name}» que abra precasos; hay: {', '.join(r.name for r in rules)}")


def _octets(s: Transaction, message_id: int) -> Octets:
    try:
        return raw.octets(s, message_id)
    except LookupError as removed:
        raise NotPossible(raw.REMOVED.format(message_id)) from removed


def _parsed(data: Octets, trust: str, message_id: int) -> Message:
    try:
        return parse(data, trust=trust)
    except Unreadable as why:
        raise NotPossible(f"El mensaje {message_id} sigue sin poderse leer: {why}") from why


def _again(
    message_id: int, live: Live, store: Store, now: datetime, decide_on: Decide, allowed: set[Outcome]
) -> Judged:
    def work(s: Transaction) -> Judged:
        old = ledger.stored(s, message_id)
        if old is None:
            raise NotPossible(f"No hay un mensaje {message_id}; «mailbot messages» los muestra")
        if old.outcome not in allowed:
            raise Ended(message_id, Outcome(old.outcome))
        if old.mailbox not in live.config.mailbox:
            raise NotPossible(
                f"El mensaje {message_id} es del buzón «{old.mailbox}», que ya no está en la configuración"
            )
        if old.not_given:
            inbox = live.mailbox(old.mailbox).folder
            raise NotPossible(
                f"El servidor no entregó el mensaje {message_id}: devuélvalo a {inbox} y se leerá de nuevo"
            )
        box = live.mailbox(old.mailbox)
        message = _parsed(_octets(s, message_id), box.trust, message_id)
        return judge(s, old, message, live, now, decide_on)

    return store.run(work)


def judge(
    s: Transaction, old: Stored, message: Message, live: Live, now: datetime, decide_on: Decide
) -> Judged:
    """What is known → decided → stored with its replies, for a message that has a row."""
    match = live.match(message, old.mailbox)
    arrival = Arrival(old.mailbox, old.received_at, message=message, match=match)
    about = known.about(s, arrival, live.policy, now, again=old.id)
    decision = decide_on(Question(arrival, message, about, live.policy, now))
    ledger.again(s, old.id, arrival, decision, duplicate_of=about.duplicate_of, now=now)
    case = carry_out(s, decision, live, now, old.mailbox, Cause(message, old.id))
    return Judged(old.id, decision.outcome, case)
