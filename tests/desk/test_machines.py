"""Machines' mail: a case a fault, its count, its end, and never a word to the machine (A39, A40, lesson 35)."""

from dataclasses import replace
from typing import Any

import pytest

from mailbot.desk.case import Attention, Case, State
from mailbot.desk.decision import Filed, Keep, Outcome, Verdict
from mailbot.desk.known import Evidence, Known, Threading
from mailbot.mail.message import Address, Bounce, Kind, Message
from mailbot.rules.settings import Rule, TreatAs
from mailbot.values import Reason

from .given import ALARM, ANA, OURS, POLICY, SNAPSHOT, case, decided, message, policy, replies

#: the same, of named senders only
NAMED = ALARM.model_copy(update={"from_": ("zabbix@oti.example",), "keywords": ("problem", "alarma")})
ZABBIX = replace(ANA, email="zabbix@oti.example", name="")
MACHINES = policy(rules=(NAMED, *POLICY.rules[1:]))


def alarm(
    subject: str = "Alarma host web1", *signs: str, kind: Kind = Kind.AUTO_GENERATED, **rest: Any
) -> Message:
    reasons = tuple(Reason("automatic", said, said) for said in signs or ("program_sender",))
    return message(subject, kind=kind, kind_reasons=reasons, **{"from_": ZABBIX, **rest})


def of_a_machine(state: State = State.ABIERTO, rule: Rule = ALARM, **changes: Any) -> Case:
    snapshot = replace(SNAPSHOT, name=rule.name, rule=rule, fields=())
    return case(state, snapshot=snapshot, requester=ZABBIX, answer_to=None, **changes)


def said(verdict: Verdict) -> list[str]:
    return [reason.said for reason in verdict.reasons if reason.check == "machine"]


def events(verdict: Verdict) -> list[str]:
    return [event.kind for event in verdict.change.events] if verdict.change else []


OPEN = Known(correlated=of_a_machine())
OVER = Known(correlated=of_a_machine(attention=Attention.RECOVERED))
SEEN = Known(correlated=of_a_machine(attention=Attention.NEW_MAIL))
TABLE: list[tuple[str, Known, Outcome, list[str], list[str], str | Keep | None]] = [
    # subject, what is known → outcome, events, what is said, attention
    ("Alarma host web1", Known(), Outcome.OPENED, ["registered", "opened"], ["opened"], None),
    ("Alarma", Known(), Outcome.OPENED, ["registered", "opened"], ["opened", "fault_is_subject"], None),
    ("Alarma host web1", OPEN, Outcome.UPDATED, ["repeated"], ["repeated"], Keep.ATTENTION),
    ("Resuelta: host web1", OPEN, Outcome.UPDATED, ["recovered"], ["recovered"], Attention.RECOVERED),
    ("Resuelta: host web1", OVER, Outcome.UPDATED, ["recovered"], ["recovered"], Keep.ATTENTION),
    ("Alarma host web1", OVER, Outcome.UPDATED, ["repeated"], ["repeated"], None),
    # what else a person must see to stays
    ("Resuelta: host web1", SEEN, Outcome.UPDATED, ["recovered"], ["recovered"], Keep.ATTENTION),
    ("Alarma host web1", SEEN, Outcome.UPDATED, ["repeated"], ["repeated"], Keep.ATTENTION),
    ("Resuelta: host web1", Known(), Outcome.IGNORED, [], ["recovery_without_problem"], None),
]


@pytest.mark.parametrize(("subject", "known", "outcome", "happened", "told", "attention"), TABLE)
@pytest.mark.parametrize("kind", [Kind.AUTO_GENERATED, Kind.LIST, Kind.PERSON])
def test_a_machines_mail_becomes(
    subject: str,
    known: Known,
    outcome: Outcome,
    happened: list[str],
    told: list[str],
    attention: str | Keep | None,
    kind: Kind,
) -> None:
    """Whether or not it says that it is a machine's: many monitors do not."""
    verdict = decided(alarm(subject, kind=kind), known)

    assert (verdict.outcome, events(verdict), said(verdict)) == (outcome, happened, told)
    assert verdict.change is None or verdict.change.attention == attention
    assert verdict.replies == ()
    assert verdict.filed == Filed.HANDLED


def test_only_a_new_fault_is_told_to_its_group() -> None:
    """One notice a case: a fault that comes and goes writes to nobody."""
    rule = ALARM.model_copy(update={"group": "Mesa"})
    rules = policy(rules=(rule,))
    known = Known(), OPEN, OVER

    told = [[o.template for o in decided(alarm(), each, rules).replies] for each in known]
    over = [decided(alarm("Resuelta: host web1"), each, rules).replies for each in known]

    assert told == [["aviso_caso"], [], []]
    assert over == [(), (), ()]


def test_a_machine_is_never_written_to_whatever_is_answered_else() -> None:
    """Invariant 4: a monitor that looks like a person's account."""
    for subject in ("Alarma host web1", "Resuelta: host web1", "Alarma"):
        verdict = decided(alarm(subject, kind=Kind.PERSON), Known(), replies(unmatched=True))
        assert verdict.replies == ()
    opened = decided(alarm(kind=Kind.PERSON)).change
    assert opened is not None
    assert opened.opening is not None
    assert opened.opening.answer_to is None


def test_an_end_that_may_be_a_fault_goes_to_a_person() -> None:
    """Lesson 35: «Problem: recovery queue full» is no alarm that may get lost."""
    verdict = decided(alarm("Alarma: cola resuelta se llena, host web1"))
    assert (verdict.outcome, verdict.filed) == (Outcome.IGNORED, Filed.REVIEW)
    assert said(verdict) == ["recovery_without_problem", "may_be_a_fault"]


def test_what_the_text_says_of_the_fault_is_a_reason() -> None:
    """Invariant 8."""
    verdict = decided(alarm("Alarma", text="Falla\nhost web7\n"))
    assert [r for r in verdict.reasons if r.said == "fault_in_text"] == [
        Reason("machine", "fault_in_text", "web7")
    ]


def test_a_fault_with_a_name_without_end_is_shown_in_short() -> None:
    rule = ALARM.model_copy(update={"correlate": "(?s)(.+)"})
    verdict = decided(alarm("Alarma " + "x" * 5000), policy=policy(rules=(rule,)))
    assert max(len(r.detail) for r in verdict.reasons if r.check == "machine") == 200


# -- what is no alarm ------------------------------------------------------------------------------------


def test_an_out_of_office_opens_nothing() -> None:
    """Lesson 14: whoever is away, under the name of the monitor too."""
    away = alarm(
        "Respuesta automática: Alarma host web1", "away_subject", "program_sender", kind=Kind.AUTO_REPLY
    )
    assert [decided(away, known, MACHINES).outcome for known in (Known(), OPEN)] == [Outcome.IGNORED] * 2


@pytest.mark.parametrize("bounce", [Bounce("failed", "5.1.1", "x@oti.example", "no such user"), None])
def test_a_bounce_by_a_monitors_host_is_no_alarm(bounce: Bounce | None) -> None:
    """Hazard 9."""
    said = "delivery_status" if bounce else "daemon"
    returned = alarm("Mail delivery failed: alarma host web1", said, kind=Kind.BOUNCE, bounce=bounce)
    verdict = decided(
        returned, Known(), policy(rules=(NAMED.model_copy(update={"from_": ("*@oti.example",)}),))
    )
    assert (verdict.outcome, verdict.change) == (Outcome.IGNORED, None)


@pytest.mark.parametrize(
    ("kind", "signs"),
    [
        (Kind.BOUNCE, ["program_sender"]),
        (Kind.BOUNCE, ["program_sender", "null_return_path"]),
        (Kind.AUTO_REPLY, ["null_return_path"]),  # Zabbix writes In-Reply-To on every mail
    ],
)
def test_an_alarm_about_mail_is_an_alarm(kind: Kind, signs: list[str]) -> None:
    """Lesson 35: only the subject and the account make it look like a report."""
    about_mail = alarm("Problem: Mail delivery failed on host mx1", *signs, kind=kind)
    assert decided(about_mail, policy=MACHINES).outcome is Outcome.OPENED


def test_where_a_rule_names_no_senders_a_report_stays_one() -> None:
    """A40: who is a monitor is for the admin to say."""
    about_mail = alarm("Alarma: Mail delivery failed on host mx1", kind=Kind.BOUNCE)
    assert decided(about_mail).outcome is Outcome.IGNORED


# -- threads ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.AUTO_GENERATED, Kind.PERSON])
def test_a_monitor_that_threads_its_mail_is_judged_by_its_rule(kind: Kind) -> None:
    """Alertmanager and others answer their own alarms: no datum, no answer, no «new mail» to the desk each time."""
    its_case = of_a_machine()
    thread = Threading(its_case, Evidence.FOLLOWS_MESSAGE, "<1@x>", participant=True)
    verdict = decided(alarm("Resuelta: host web1", kind=kind), Known(threading=thread, correlated=its_case))
    assert (events(verdict), verdict.replies) == (["recovered"], ())


def test_an_alarm_that_follows_one_of_a_closed_case_opens_a_new_one() -> None:
    thread = Threading(of_a_machine(State.CERRADO), Evidence.FOLLOWS_MESSAGE, "<1@x>", participant=True)
    verdict = decided(alarm(kind=Kind.PERSON), Known(threading=thread))
    assert (verdict.outcome, verdict.replies) == (Outcome.OPENED, ())


@pytest.mark.parametrize("evidence", [Evidence.NOTICE, Evidence.REFERENCE])
def test_who_answers_our_notice_speaks_to_the_desk(evidence: Evidence) -> None:
    """Its subject holds that of the alarm, and the rule may name no senders."""
    thread = Threading(of_a_machine(), evidence, "<ms.1@x>", participant=True)
    verdict = decided(message("RE: [MS-000007] Alarma host web1", "Voy para allá"), Known(threading=thread))
    assert (verdict.outcome, len(events(verdict))) == (Outcome.UPDATED, 1)
    assert "repeated" not in events(verdict)


def test_an_alarm_on_a_persons_case_is_kept_with_it() -> None:
    thread = Threading(case(), Evidence.FOLLOWS_MESSAGE, "<1@x>", participant=True)
    assert events(decided(alarm(), Known(threading=thread))) == ["automatic"]


def test_a_machines_case_passes_through_precaso_to_abierto_at_once() -> None:
    change = decided(alarm()).change
    assert change is not None
    assert [e.to_state for e in change.events] == [State.PRECASO, State.ABIERTO]
    assert change.events[1].reason == TreatAs.MONITOREO


@pytest.mark.parametrize("subject", ["[mailbot] alarma: host web1", "[mailbot] Olvidé la contraseña"])
def test_what_the_service_tells_of_itself_opens_nothing_whatever_rules_match(subject: str) -> None:
    """`alert_to` may lead to one of our own mailboxes: there must be no loop (hazard 6)."""
    ours = message(
        subject,
        from_=Address(OURS),
        kind=Kind.AUTO_GENERATED,
        mailbot_references=("<alerta.1@mesa.example>",),
    )
    verdict = decided(ours)
    assert (verdict.outcome, verdict.change, verdict.replies) == (Outcome.IGNORED, None, ())
    theirs = replace(ours, from_=Address("soporte@otra.example"))
    assert decided(theirs).outcome is (Outcome.OPENED if "alarma" in subject else Outcome.IGNORED)
