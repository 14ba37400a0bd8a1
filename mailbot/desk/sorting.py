"""What a person decides by moving a mail into a folder, in any mail program: a case, or none.

Before anybody's wish comes what the mail is: an answer, however it was moved, still is the answer to its case
(invariant 3), and a case is not undone by filing.
"""

from dataclasses import replace

from mailbot.desk.by_hand import promote
from mailbot.desk.decide import decide
from mailbot.desk.decision import Outcome, Verdict
from mailbot.desk.question import Question
from mailbot.desk.settings import Policy
from mailbot.rules.settings import Rule, TreatAs
from mailbot.values import Reason

#: by itself it would be no case: a person's wish decides
WITHOUT_CASE = frozenset({Outcome.UNMATCHED, Outcome.IGNORED, Outcome.INFORMATIVO, Outcome.TOO_BIG})
#: it belongs to a case, or to another message
OF_A_CASE = frozenset({Outcome.UPDATED, Outcome.ON_CLOSED_CASE, Outcome.BOUNCE, Outcome.DUPLICATE})
#: for what a person wants to be a case and no rule knows: nothing is asked, it is opened at once
GENERAL = Rule(name="a_mano", title="solicitud")


def wanted(q: Question, by: str) -> Verdict:
    """A person wants a case of this mail."""
    decision = decide(q.arrival, q.message, q.known, q.policy, q.now)
    if decision.outcome in WITHOUT_CASE:
        opened = promote(q, q.rule(TreatAs.PRECASO) or general(q.policy), by)
        return replace(opened, reasons=(*q.message.kind_reasons, *opened.reasons))
    if decision.change and (opening := decision.change.opening):
        events = tuple(replace(e, by=by) if e.by == "mailbot" else e for e in decision.change.events)
        chosen = Reason("by_hand", "promoted", f"{opening.snapshot.name} ({by})")
        change = replace(decision.change, events=events)
        return replace(decision, change=change, reasons=(chosen, *decision.reasons))
    return _found(decision, by)


def filed(q: Question, by: str, folder: str) -> Verdict:
    """A person says that this mail asks for nothing; it is kept in that folder."""
    decision = decide(q.arrival, q.message, q.known, q.policy, q.now)
    if decision.outcome in OF_A_CASE or (decision.change and q.known.threading.case):
        return _found(decision, by)
    chosen = Reason("by_hand", "filed", f"informativo ({by})")
    return q.decided(Outcome.INFORMATIVO, *q.message.kind_reasons, chosen, filed=folder)


def general(policy: Policy) -> Rule:
    """A rule of that name in the config, which gives such cases a group or data of their own, or ours."""
    own = (r for r in policy.rules if r.name == GENERAL.name and r.treat_as is TreatAs.PRECASO)
    return next(own, GENERAL)


def _found(decision: Verdict, by: str) -> Verdict:
    """What a case, not the person, decides on."""
    found = (Reason("moved", "before_it_was_read", by),) if decision.change else ()
    return replace(decision, reasons=(*found, *decision.reasons))
