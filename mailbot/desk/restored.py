"""After a database was restored from an older copy: mail that was answered once, by what is lost.

What it did is told again as far as today's rules and data tell it, without a word to anybody; no clock runs,
and every case that it concerns waits for a person.
"""

from dataclasses import replace

from mailbot.desk.case import Attention, Case
from mailbot.desk.decision import Change, ClockKind, Decision, Event, Filed, Outcome, StopClock, Verdict
from mailbot.desk.due import Due
from mailbot.desk.joining import join, stops
from mailbot.desk.opening import open_by_rule
from mailbot.desk.question import Question
from mailbot.mail.message import Message
from mailbot.rules.settings import TreatAs
from mailbot.values import Reason

#: reason of events, and result of clocks
RESTORED = "restored"


def restored(verdict: Verdict, message: Message, number: int | None = None) -> Verdict:
    """The verdict without its replies. `number`: that of the case which it opens, if a later mail tells it."""
    reasons = (*verdict.reasons, Reason("restored", "answered_before"))
    change = verdict.change
    if change and (change.opening or not message.automatic):  # an out-of-office tells nothing new
        change = _for_a_person(change, number)
    return replace(verdict, reasons=reasons, change=change, replies=())


def _for_a_person(change: Change, number: int | None) -> Change:
    return replace(
        change,
        opening=change.opening and replace(change.opening, number=number),
        events=(*change.events, Event("handed_over", "mailbot", RESTORED)),
        attention=Attention.RESTORED,
        clocks=(*change.clocks, *stops(RESTORED)),
    )


def overdue(due: Due) -> Decision:
    """A clock that ran out since the copy was made: whether the person was written to then, nobody knows."""
    if due.kind is ClockKind.REMINDER:
        return Decision(change=Change(case=due.case, clocks=(StopClock(due.kind, RESTORED),)))
    return held(due.case)


def held(case: Case) -> Decision:
    """A person must find out what became of it."""
    return Decision(change=_for_a_person(Change(case=case), None))


# -- afterwards ------------------------------------------------------------------------------------------


def of_lost_case(q: Question, lost: Reason) -> Verdict | None:
    """An answer to a case that is lost. It is kept whole, and nobody is asked again for what was given before."""
    found = [case for case in q.known.open_precasos if case.attention == Attention.RESTORED]
    if len(found) == 1:
        return join(q, found[0], lost)
    rule = q.rule(TreatAs.PRECASO)
    if rule is None:
        return q.decided(Outcome.UNMATCHED, lost, q.answer.reason, filed=Filed.REVIEW)
    opened = open_by_rule(q, rule)
    change = opened.change and replace(opened.change, attention=Attention.RESTORED, requests=0)
    told = q.reply("a_la_mesa") + q.tell_desk("aviso_atencion", rule.group, motivo=Attention.RESTORED)
    return replace(opened, reasons=(lost, *opened.reasons), change=change, replies=told)
