"""What becomes of a message: the checks in their order, the first that has an answer gives it.

`ORDER`, at the end, is the policy of the front door on one screen.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from mailbot.desk.answering import is_outsider
from mailbot.desk.case import Attention, Case, State
from mailbot.desk.data import bring
from mailbot.desk.decision import Change, Event, Filed, Outcome, Verdict
from mailbot.desk.delivery import REQUESTS, is_to_be_told
from mailbot.desk.joining import join, keep_with, stops
from mailbot.desk.known import Arrival, Evidence, Known, OurReply
from mailbot.desk.machines import machine_case, seems_bounced
from mailbot.desk.opening import open_by_rule
from mailbot.desk.own import answers_us, is_own_alert
from mailbot.desk.question import Question, tell_desk
from mailbot.desk.restored import of_lost_case
from mailbot.desk.settings import Policy
from mailbot.mail.message import Kind, Message
from mailbot.rules.fold import fold_subject
from mailbot.rules.settings import TreatAs
from mailbot.values import Reason

#: reports of machines about mail: they open nothing, whatever their subject says
REPORTS = frozenset({Kind.BOUNCE, Kind.DELIVERY_NOTICE, Kind.READ_RECEIPT, Kind.CALENDAR_REPLY})
#: evidence that a monitor's mail has; who answers one of ours has another
THEIRS = (Evidence.FOLLOWS_MESSAGE, Evidence.NUMBER)


def decide(arrival: Arrival, message: Message, known: Known, policy: Policy, now: datetime) -> Verdict:
    """The one outcome of a message, with every reason that led to it."""
    q = Question(arrival, message, known, policy, now)
    decision = next(d for check in ORDER if (d := check(q)))
    reasons = (*message.kind_reasons, *_matched(q), *decision.reasons)
    return replace(decision, reasons=reasons, filed=filed(q.match.rule.folder if q.match else "", decision))


def filed(own: str, decision: Verdict) -> str:
    """A rule may have a folder of its own; what a person must look at goes to review all the same."""
    return own if own and decision.filed == Filed.HANDLED else decision.filed


def _matched(q: Question) -> tuple[Reason, ...]:
    if not q.match:
        return (Reason("rule", "none"),)
    return (Reason("rule", "matched", f"{q.match.rule.name}: {', '.join(q.match.words)}"),)


def duplicate(q: Question) -> Verdict | None:
    if q.known.duplicate_of is None:
        return None
    same = Reason("identity", "duplicate_of", str(q.known.duplicate_of))
    return q.decided(Outcome.DUPLICATE, same, filed=q.known.duplicate_filed)


def backlog(q: Question) -> Verdict | None:
    if not q.arrival.backlog:
        return None
    return q.decided(Outcome.BACKLOG, Reason("start", "older_than_first_connection"), filed=Filed.NOWHERE)


def report(q: Question) -> Verdict | None:
    """RFC 3464, 8098, 5546. A bounce counts only by a reference that we made (hazard 9)."""
    if q.message.kind not in REPORTS or seems_bounced(q):
        return None
    if q.known.bounced is None or q.message.bounce is None:
        return q.decided(Outcome.IGNORED)
    if q.message.kind is not Kind.BOUNCE:  # RFC 3464 §2.3.3: a delay changes nothing
        case = q.known.bounced.case
        kept = (
            Change(case=case, events=(Event("delivery_notice", "mailbot", q.message.bounce.action),))
            if case
            else None
        )
        return q.decided(Outcome.BOUNCE, Reason("bounce", "no_failure"), change=kept)
    return replace(
        _bounced(q, q.known.bounced),
        reasons=(Reason("bounce", "did_not_arrive", q.message.bounce.said),),
        bounced_reply=q.known.bounced.id,
    )


def _bounced(q: Question, ours: OurReply) -> Verdict:
    """A precaso whose request was lost, or a case whose answer was, waits for a person; its group is told, once."""
    case = ours.case
    if case is None:
        return q.decided(Outcome.BOUNCE)
    event = Event("reply_bounced", "mailbot", ours.role)
    asked = ours.role in REQUESTS and case.state is State.PRECASO
    if not asked and not is_to_be_told(ours.role, case):
        return q.decided(Outcome.BOUNCE, change=Change(case=case, events=(event,)))
    why = Attention.REQUEST_BOUNCED if asked else Attention.NOT_TOLD
    change = Change(case=case, events=(event,), attention=why, clocks=stops(why))
    if case.attention is why:
        return q.decided(Outcome.BOUNCE, change=change)
    notices = tell_desk(q.policy, "aviso_atencion", case.snapshot.rule.group, motivo=why)
    return q.decided(Outcome.BOUNCE, change=change, replies=notices)


def own_alert(q: Question) -> Verdict | None:
    """What the service tells of itself opens nothing, whatever a rule looks for in it."""
    if not is_own_alert(q.message, q.policy.own_addresses):
        return None
    return q.decided(Outcome.IGNORED, Reason("alert", "own"))


def machine_on_case(q: Question) -> Verdict | None:
    """A monitor that threads its mail: which fault it is and whether it is over is for its rule to say."""
    case, evidence = q.known.threading.case, q.known.threading.evidence
    its_own = case is not None and case.snapshot.rule.treat_as is TreatAs.MONITOREO
    return monitoreo(q) if its_own and evidence in THEIRS else None


def automatic_on_case(q: Question) -> Verdict | None:
    """An out-of-office is never the data and never moves the clock (lesson 14)."""
    case = q.known.threading.case
    if case is None or not q.message.automatic:
        return None
    return keep_with(q, case, "automatic", _evidence(q))


def on_case(q: Question) -> Verdict | None:
    case = q.known.threading.case
    if case is None:
        return None
    if (
        q.known.threading.evidence is Evidence.NOTICE
    ):  # the desk speaks among itself: no datum, nothing to tell
        return keep_with(q, case, "desk_mail", _evidence(q))
    return join(q, case, _evidence(q))


def _evidence(q: Question) -> Reason:
    threading = q.known.threading
    said = str(threading.evidence)
    return Reason("thread", said, threading.key + ("" if threading.participant else " (third party)"))


def monitoreo(q: Question) -> Verdict | None:
    rule = q.rule(TreatAs.MONITOREO)
    if rule is None or q.match is None or (q.message.kind is Kind.AUTO_REPLY and not seems_bounced(q)):
        return None
    return machine_case(q, rule, q.match)


def informativo(q: Question) -> Verdict | None:
    return q.decided(Outcome.INFORMATIVO) if q.rule(TreatAs.INFORMATIVO) else None


def automatic(q: Question) -> Verdict | None:
    if not q.message.automatic:
        return None
    looks_like_request = q.rule(TreatAs.PRECASO) is not None
    return q.decided(Outcome.IGNORED, filed=Filed.REVIEW if looks_like_request else Filed.HANDLED)


def outsider(q: Question) -> Verdict | None:
    sender = q.message.from_
    if sender is None or not is_outsider(sender.email, q.policy):
        return None
    return _to_review(q, Reason("sender", "outside_ours", sender.email))


def answer_to_us(q: Question) -> Verdict | None:
    """A41: an answer to what a person of the desk wrote from this mailbox makes no case."""
    if not answers_us(q.message, q.policy.own_addresses):
        return None
    return _to_review(q, Reason("thread", "answers_unknown", ", ".join(q.message.thread)))


def unread_for_size(q: Question) -> Verdict | None:
    if q.message.text_was_read:
        return None
    told = () if q.known.sent.told_today else q.reply("muy_grande")
    return q.decided(
        Outcome.TOO_BIG, Reason("size", "text_not_read"), q.answer.reason, filed=Filed.REVIEW, replies=told
    )


def lost_case(q: Question) -> Verdict | None:
    """An answer to a case that a restored database does not know: to a person, and its sender is told so."""
    return (
        of_lost_case(q, Reason("thread", "lost_case", q.known.threading.lost))
        if q.known.threading.lost
        else None
    )


def same_subject(q: Question) -> Verdict | None:
    """The same address with the same subject while its precaso is open."""
    subject = fold_subject(q.message.subject)
    same = (c for c in q.known.open_precasos if subject and fold_subject(c.subject) == subject)
    case = next(same, None)
    return join(q, case, Reason("thread", "same_subject", case.number), fresh=True) if case else None


def brings_missing_data(q: Question) -> Verdict | None:
    """A fresh mail with a labelled datum that the sender's only open precaso lacks."""
    if len(q.known.open_precasos) != 1:
        return None
    case = q.known.open_precasos[0]
    if q.match and not _same_rule(q, case):
        return None
    if not bring(case.snapshot, case.data, q.message, q.giver).labelled:
        return None
    return join(q, case, Reason("thread", "brings_missing_data", case.number), fresh=True)


def _same_rule(q: Question, case: Case) -> bool:
    return q.match is not None and q.match.rule.name == case.snapshot.name


def by_rule(q: Question) -> Verdict | None:
    rule = q.rule(TreatAs.PRECASO)
    return open_by_rule(q, rule) if rule else None


def unmatched(q: Question) -> Verdict:
    return _to_review(q, Reason("rule", "nothing_matched"))


def _to_review(q: Question, *reasons: Reason) -> Verdict:
    """A person sorts it; a short answer, once a day, where `[replies] unmatched` asks for it."""
    told = q.policy.replies.unmatched and not q.known.sent.told_today
    replies = q.reply("sin_regla") if told else ()
    return q.decided(Outcome.UNMATCHED, *reasons, q.answer.reason, filed=Filed.REVIEW, replies=replies)


#: The order is the policy. What stands above wins.
ORDER: tuple[Callable[[Question], Verdict | None], ...] = (
    duplicate,  # identity first: nothing is done twice (invariant 2)
    backlog,  # what lay there before us opens nothing
    report,  # bounces before threads: they quote our references
    own_alert,  # before machines: our own alarm is no fault of the systems that we are told about
    machine_on_case,  # one alarm follows another
    automatic_on_case,  # robots are kept with their case before anything reads them as answers
    on_case,  # a known conversation beats every rule
    monitoreo,  # machines that the admin named, before machines in general (A39)
    informativo,  # A30
    automatic,  # all other robots
    outsider,  # A16
    lost_case,  # what it is about was known once
    answer_to_us,  # A41
    unread_for_size,
    same_subject,  # the same person about the same matter
    brings_missing_data,
    by_rule,  # A15
    unmatched,
)
