"""Opening a case: a precaso that asks for what is missing, or a case at once (A15, A18, A20, A23)."""

from collections.abc import Mapping
from dataclasses import asdict

from mailbot.desk.answering import is_outsider, withheld
from mailbot.desk.case import Attention, Case, Datum, Snapshot, State
from mailbot.desk.data import Brought, bring
from mailbot.desk.decision import FORWARDED, Change, Event, Opening, Order, Outcome, Role, Verdict
from mailbot.desk.own import is_own
from mailbot.desk.question import Question
from mailbot.desk.settings import Policy
from mailbot.mail.message import Address
from mailbot.rules.settings import Rule
from mailbot.values import Reason

CHANNEL_PRECASO = "precaso"
CHANNEL_MAIL = "correo"
STRANGER_NAMED = "stranger_named"


def snapshot_of(rule: Rule, policy: Policy) -> Snapshot:
    """The rule as it stands now, with its fields and the time it gives."""
    calendar = rule.calendar or policy.precaso.calendar
    return Snapshot(
        name=rule.name,
        title=rule.title,
        rule=rule,
        fields=tuple(policy.fields[name] for name in rule.requires if name in policy.fields),
        answer_within=rule.answer_within or policy.precaso.answer_within,
        calendar=calendar,
        hours=policy.hours.get(calendar),
    )


def open_precaso(
    q: Question,
    snapshot: Snapshot,
    *,
    before: Mapping[str, Datum] | None = None,
    related: tuple[tuple[Case, str], ...] = (),
    channel: str = CHANNEL_PRECASO,
    by: str = "mailbot",
    asked: bool = False,
) -> Verdict:
    """A new case from this message. `before`: data already given in an earlier one, which `related` names."""
    brought = bring(snapshot, before or {}, q.message, q.giver, asked=asked)
    events, attention = _first_steps(q, snapshot, brought, by)
    orders = _first_reply(q, brought, related)
    asks = any(o.role is Role.REQUEST for o in orders)
    change = Change(
        opening=Opening(
            q.arrival.mailbox, channel, snapshot, q.message.from_, q.message.subject, q.answer.to, None
        ),
        events=events,
        data=brought.known,
        remember=brought.remember,
        attention=attention,
        relations=tuple((case.id, how) for case, how in related),
        participants=q.message.participants,
        requests=int(asks),
    )
    notices = _desk_notice(q, snapshot, brought, attention)
    original = forwarded_from(q)
    forward = (Reason("forward", "original_sender", original.email),) if original else ()
    return q.decided(
        Outcome.OPENED, *brought.reasons, *forward, q.answer.reason, change=change, replies=orders + notices
    )


def forwarded_from(q: Question) -> Address | None:
    """Who seems to have asked for help in a forwarded mail, if one of our users: proposed, never taken (lesson 29)."""
    original = q.message.forwarded_from
    if (
        original is None
        or is_own(original.email, q.policy.own_addresses)
        or is_outsider(original.email, q.policy)
    ):
        return None
    return original


def _first_steps(
    q: Question, snapshot: Snapshot, brought: Brought, by: str
) -> tuple[tuple[Event, ...], str | None]:
    events = [Event("registered", by, q.match.rule.name if q.match else "", State.PRECASO)]
    if original := forwarded_from(q):
        events.append(Event(FORWARDED, by, original.email, data=asdict(original)))
    if not brought.missing:
        events.append(Event("completed", by, "data_complete", State.ABIERTO))
    elif snapshot.rule.open_at_once:
        events.append(Event("opened", by, "open_at_once", State.ABIERTO))
    if q.answer.to is None:
        return tuple(events), Attention.CANNOT_ANSWER
    held = withheld(q.answer.to, q.policy) and brought.missing
    return tuple(events), Attention.NOT_IN_PILOT if held else None


def _first_reply(q: Question, brought: Brought, related: tuple[tuple[Case, str], ...]) -> tuple[Order, ...]:
    # A stranger is never told of the case whose number he wrote.
    earlier = next((case.number for case, how in related if how != STRANGER_NAMED), "")
    if brought.missing:
        return q.reply("pedir_datos", Role.REQUEST, relacionado=earlier)
    return q.reply("caso_abierto", relacionado=earlier)


def _desk_notice(
    q: Question, snapshot: Snapshot, brought: Brought, attention: str | None
) -> tuple[Order, ...]:
    if attention:
        return q.tell_desk("aviso_atencion", snapshot.rule.group, motivo=attention)
    if not brought.missing or snapshot.rule.open_at_once:
        return q.tell_desk("aviso_caso", snapshot.rule.group)
    return ()


def open_by_rule(q: Question, rule: Rule) -> Verdict:
    """A person's mail that a rule makes a precaso; related to the case it names without right, if any."""
    named = q.known.threading.named
    related = ((named, STRANGER_NAMED),) if named else ()
    return open_precaso(q, snapshot_of(rule, q.policy), related=related)
