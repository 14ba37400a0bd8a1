"""Machines' mail: one case a fault, however often it is told, and never a reply (A39, lesson 35).

The desk is told once, when the case opens: a fault that comes and goes writes to nobody. A machine never closes a
case; that its fault is over is shown (`Attention.RECOVERED`) until it comes back or a person has seen to it.
"""

from dataclasses import replace

from mailbot.desk.case import Attention, Case, State
from mailbot.desk.decision import Change, Event, Filed, Keep, Opening, Outcome, Verdict
from mailbot.desk.opening import CHANNEL_MAIL, snapshot_of
from mailbot.desk.question import Question
from mailbot.rules.fault import Told
from mailbot.rules.match import Match
from mailbot.rules.settings import Rule, TreatAs
from mailbot.values import Reason

#: kinds of events: the fault is told again, or is over
REPEATED, RECOVERED = "repeated", "recovered"
#: signs that may be a monitor's own: from an account of programs, without a return path
WEAK = frozenset({"program_sender", "null_return_path"})
#: what is shown of the name of a fault; a pattern may take a whole text
SHOWN = 200


def machine_case(q: Question, rule: Rule, match: Match) -> Verdict:
    """Opens a case, or adds to the open one of the same fault."""
    case, fault = q.known.correlated, (match.correlation or "")[:SHOWN]
    if case:
        verdict = _update(q, case, RECOVERED if match.recovered else REPEATED)
    elif match.recovered:
        verdict = _no_problem(q, match, fault)
    else:
        verdict = _open(q, rule, match, fault)
    told = {Told.TEXT: "fault_in_text", Told.WHOLE_SUBJECT: "fault_is_subject"}.get(
        match.told or Told.SUBJECT
    )
    return replace(verdict, reasons=(*verdict.reasons, Reason("machine", told, fault))) if told else verdict


def _open(q: Question, rule: Rule, match: Match, fault: str) -> Verdict:
    opening = Opening(
        q.arrival.mailbox,
        CHANNEL_MAIL,
        snapshot_of(rule, q.policy),
        q.message.from_,
        q.message.subject,
        correlation=match.correlation,
    )
    events = (
        Event("registered", "mailbot", rule.name, State.PRECASO),
        Event("opened", "mailbot", TreatAs.MONITOREO, State.ABIERTO),
    )
    change = Change(opening=opening, events=events, attention=None)
    notices = q.tell_desk("aviso_caso", rule.group)
    return q.decided(Outcome.OPENED, Reason("machine", "opened", fault), change=change, replies=notices)


def _update(q: Question, case: Case, kind: str) -> Verdict:
    change = Change(
        case=case, events=(Event(kind, q.by, q.message.subject),), attention=_attention(case, kind)
    )
    return q.decided(Outcome.UPDATED, Reason("machine", kind, case.number), change=change)


def _attention(case: Case, kind: str) -> str | Keep | None:
    """Whatever else a person must see to goes before."""
    if kind == RECOVERED:
        return Attention.RECOVERED if case.attention is None else Keep.ATTENTION
    return None if case.attention == Attention.RECOVERED else Keep.ATTENTION


def _no_problem(q: Question, match: Match, fault: str) -> Verdict:
    """Its case was solved by a person, or the fault came before us. Where it may be a fault, a person looks."""
    why = Reason("machine", "recovery_without_problem", fault)
    if match.doubtful:
        return q.decided(Outcome.IGNORED, why, Reason("machine", "may_be_a_fault"), filed=Filed.REVIEW)
    return q.decided(Outcome.IGNORED, why)


def seems_bounced(q: Question) -> bool:
    """Only its sender and subject make a report of an alarm: «Problem: Mail delivery failed on mx1»."""
    rule = q.rule(TreatAs.MONITOREO)
    named = rule is not None and bool(rule.from_)
    return named and all(reason.said in WEAK for reason in q.message.kind_reasons)
