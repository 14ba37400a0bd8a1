"""What becomes of a message: the contract's table, a row or a situation each."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mailbot.desk.case import Attention, State
from mailbot.desk.decision import Filed, Keep, Outcome, Role
from mailbot.desk.known import Evidence, Known, OurReply, Sent, Threading
from mailbot.mail.message import Address, Bounce, Kind, Message
from mailbot.values import Reason

from .given import (
    ANA,
    OURS,
    PHONE,
    POLICY,
    Senders,
    case,
    decided,
    joined,
    message,
    notices,
    policy,
    replies,
    templates,
)

COMPLETE = "Teléfono: 3001234567\nSede: Bogotá"
BOUNCED = Bounce("failed", "5.1.1", "ana@oti.example", "no such user")


def robot(kind: Kind, subject: str = "Olvidé la contraseña", **changes: Any) -> Message:
    return message(subject, kind=kind, kind_reasons=(Reason("automatic", kind, kind),), **changes)


TABLE = [
    # a person's, a precaso rule matches
    (message(), Known(), Outcome.OPENED, Filed.HANDLED, ["pedir_datos"]),
    # nothing is missing: a case at once
    (message(text=COMPLETE), Known(), Outcome.OPENED, Filed.HANDLED, ["caso_abierto"]),
    # it belongs to a case and brings what was missing
    (message("Re: x", COMPLETE), joined(case()), Outcome.UPDATED, Filed.HANDLED, ["caso_abierto"]),
    # a case that is cerrado: a new one is needed (A33)
    (
        message("Re: x", "Sigue igual"),
        joined(case(State.CERRADO)),
        Outcome.ON_CLOSED_CASE,
        Filed.HANDLED,
        ["caso_cerrado"],
    ),
    (
        message("Re: x", "Sigue igual"),
        joined(case(State.ANULADO)),
        Outcome.ON_CLOSED_CASE,
        Filed.HANDLED,
        ["caso_cerrado"],
    ),
    # informativo and monitoreo by rule (A30, A39)
    (message("Boletín de noviembre"), Known(), Outcome.INFORMATIVO, Filed.HANDLED, []),
    (robot(Kind.AUTO_GENERATED, "Alarma host web1"), Known(), Outcome.OPENED, Filed.HANDLED, []),
    (message("Alarma host web1"), Known(), Outcome.OPENED, Filed.HANDLED, []),
    # automatic, and a precaso rule matches: a person should see it
    (robot(Kind.AUTO_REPLY), Known(), Outcome.IGNORED, Filed.REVIEW, []),
    # lists, receipts, calendar answers, foreign bounces open nothing
    (robot(Kind.LIST, "Novedades"), Known(), Outcome.IGNORED, Filed.HANDLED, []),
    (robot(Kind.READ_RECEIPT), Known(), Outcome.IGNORED, Filed.HANDLED, []),
    (robot(Kind.CALENDAR_REPLY), Known(), Outcome.IGNORED, Filed.HANDLED, []),
    (robot(Kind.BOUNCE, bounce=BOUNCED), Known(), Outcome.IGNORED, Filed.HANDLED, []),
    # an out-of-office on a case: kept with it, fills nothing
    (robot(Kind.AUTO_REPLY, text=COMPLETE), joined(case()), Outcome.UPDATED, Filed.HANDLED, []),
    # nothing matched
    (message("Saludos"), Known(), Outcome.UNMATCHED, Filed.REVIEW, []),
    # the same again
    (message(), Known(duplicate_of=3), Outcome.DUPLICATE, Filed.HANDLED, []),
    # its text was too big to read: told once
    (message(text_was_read=False), Known(), Outcome.TOO_BIG, Filed.REVIEW, ["muy_grande"]),
    (message(text_was_read=False), Known(sent=Sent(told_today=True)), Outcome.TOO_BIG, Filed.REVIEW, []),
]


@pytest.mark.parametrize(("mail", "known", "outcome", "filed", "replied"), TABLE)
def test_a_message_becomes_what_the_contract_says(
    mail: Message, known: Known, outcome: Outcome, filed: Filed, replied: list[str]
) -> None:
    decision = decided(mail, known)

    assert (outcome, filed, replied) == (decision.outcome, decision.filed, templates(decision))


def test_mail_older_than_the_first_connection_opens_nothing_and_stays_where_it_is() -> None:
    decision = decided(message(), backlog=True)

    assert (decision.outcome, decision.filed, decision.replies) == (Outcome.BACKLOG, Filed.NOWHERE, ())


def test_a_precaso_is_registered_with_what_was_found_and_asks_once() -> None:
    """A15, A18, A20."""
    decision = decided(message(text="Tel: 3001234567"))

    assert decision.change is not None
    assert decision.change.opening is not None
    assert [(e.kind, e.to_state) for e in decision.change.events] == [("registered", State.PRECASO)]
    assert {k: d.value for k, d in decision.change.data.items()} == {"telefono": "3001234567"}
    assert (decision.change.requests, decision.change.attention, decision.change.clocks) == (1, None, ())
    assert decision.replies[0].role == Role.REQUEST


def test_no_clock_starts_before_the_request_was_accepted() -> None:
    """Invariant 3: the 24 hours start when the SMTP server took the request."""
    change = decided(message()).change

    assert change is not None
    assert change.clocks == ()


def test_a_complete_request_passes_through_precaso_to_abierto_in_one_change() -> None:
    decision = decided(message(text=COMPLETE))

    assert decision.change is not None
    assert [e.to_state for e in decision.change.events] == [State.PRECASO, State.ABIERTO]
    assert notices(decision) == ["aviso_caso"]


def test_a_rule_that_opens_at_once_asks_meanwhile() -> None:
    rule = POLICY.rules[2].model_copy(update={"open_at_once": True})
    decision = decided(message(), policy=policy(rules=(rule,)))

    assert decision.change is not None
    assert [e.to_state for e in decision.change.events] == [State.PRECASO, State.ABIERTO]
    assert (templates(decision), notices(decision)) == (["pedir_datos"], ["aviso_caso"])


CANNOT = [
    # who may not be answered: the precaso waits for a person, and has no deadline
    (message(return_path=""), POLICY, "null_return_path"),
    (message(suppresses_replies=True), POLICY, "suppressed"),
    (message(from_=None), POLICY, "no_single_sender"),
    (message(from_=Address(OURS)), POLICY, "own_address"),
    (message(from_=Address(OURS.replace("@", "+eco@"))), POLICY, "own_address"),  # hazard 5
]


@pytest.mark.parametrize(("mail", "rules", "said"), CANNOT)
def test_a_request_that_may_not_be_answered_opens_and_waits_for_a_person(
    mail: Message, rules: object, said: str
) -> None:
    """RFC 3834 §2, hazards 5, 7, 18."""
    decision = decided(mail)

    assert decision.change is not None
    assert (decision.outcome, decision.change.attention) == (Outcome.OPENED, Attention.CANNOT_ANSWER)
    assert (templates(decision), notices(decision)) == ([], ["aviso_atencion"])
    assert said in [r.said for r in decision.reasons if r.check == "answer"]
    assert not decision.may_answer


LIMITS = [
    (Sent(address_hour=4), True),
    (Sent(address_hour=5), False),  # five an hour
    (Sent(address_day=20), False),  # twenty a day
    (Sent(all_hour=500), False),  # the breaker over all
]


@pytest.mark.parametrize(("sent", "answered"), LIMITS)
def test_limits_end_a_storm(sent: Sent, answered: bool) -> None:
    """Lessons 13, 40, hazard 6."""
    decision = decided(message(), Known(sent=sent))

    assert answered == bool(templates(decision))


def test_an_address_shared_by_an_office_has_ten_times_the_daily_limit() -> None:
    shared = policy(senders=Senders(shared=("ana@oti.example",)))

    assert templates(decided(message(), Known(sent=Sent(address_day=199)), shared))
    assert not templates(decided(message(), Known(sent=Sent(address_day=200)), shared))


def test_people_outside_ours_go_to_review_unanswered() -> None:
    """A16."""
    decision = decided(message(), policy=policy(senders=Senders(ours=("*@mesa.example",))))

    assert (decision.outcome, decision.filed, decision.replies) == (Outcome.UNMATCHED, Filed.REVIEW, ())


@pytest.mark.parametrize("send", ["none", ("otra@oti.example",)])
def test_in_a_pilot_all_is_decided_and_stored_and_nothing_is_sent(send: object) -> None:
    decision = decided(message(), policy=replies(send=send))

    assert decision.change is not None
    assert decision.change.attention == Attention.NOT_IN_PILOT
    assert {"not_in_pilot"} == {order.withheld for order in decision.replies}


REPLY_TO = [
    # one address of From's domain
    ((Address("otra@oti.example"),), False, "otra@oti.example"),
    # another domain: only if From is verified
    ((Address("x@evil.example"),), False, ANA.email),
    ((Address("x@evil.example"),), True, "x@evil.example"),
    # never two, never ours
    ((Address("a@oti.example"), Address("b@oti.example")), True, ANA.email),
    ((Address(OURS),), True, ANA.email),
    ((Address(OURS.replace("@", "+eco@")),), True, ANA.email),
]


@pytest.mark.parametrize(("reply_to", "verified", "target"), REPLY_TO)
def test_reply_to_counts_only_where_it_cannot_be_abused(
    reply_to: tuple[Address, ...], verified: bool, target: str
) -> None:
    """Hazards 12, 21."""
    decision = decided(message(reply_to=reply_to, verified=verified))

    assert target == decision.replies[0].to


def test_a_bounced_request_waits_for_a_person_and_has_no_deadline() -> None:
    mail = robot(Kind.BOUNCE, bounce=BOUNCED)
    decision = decided(mail, Known(bounced=OurReply(9, Role.REQUEST, case())))

    assert decision.change is not None
    assert (
        decision.outcome,
        decision.change.attention,
        decision.bounced_reply,
    ) == (Outcome.BOUNCE, Attention.REQUEST_BOUNCED, 9)
    assert {"answer", "reminder"} == {c.kind for c in decision.change.clocks}


@pytest.mark.parametrize(
    ("state", "attention"),
    [
        (State.ABIERTO, Attention.NOT_TOLD),
        (State.EN_PROCESO, Attention.NOT_TOLD),
        # nobody works on these
        (State.PRECASO, None),
        (State.CERRADO, None),
    ],
)
def test_an_answer_that_came_back_is_shown_to_who_works_on_the_case(
    state: State, attention: Attention | None
) -> None:
    """Its requester may not know the number."""
    ours = OurReply(9, Role.NOTICE, case(state))
    decision = decided(robot(Kind.BOUNCE, bounce=BOUNCED), Known(bounced=ours))
    assert decision.change is not None
    shown = decision.change.attention
    assert (None if shown is Keep.ATTENTION else shown) == attention
    assert [order.template for order in decision.replies] == ["aviso_atencion"] * bool(attention)


def test_the_group_is_told_of_a_bounced_request_once() -> None:
    mail = robot(Kind.BOUNCE, bounce=BOUNCED)
    first = decided(mail, Known(bounced=OurReply(9, Role.REQUEST, case())))
    again = decided(
        mail, Known(bounced=OurReply(9, Role.REQUEST_AGAIN, case(attention=Attention.REQUEST_BOUNCED)))
    )

    assert notices(first) == ["aviso_atencion"]
    assert first.replies[0].facts["motivo"] == Attention.REQUEST_BOUNCED
    assert again.replies == ()


def test_a_delay_notice_changes_nothing() -> None:
    """Hazard 11."""
    mail = robot(Kind.DELIVERY_NOTICE, bounce=replace(BOUNCED, action="delayed"))
    decision = decided(mail, Known(bounced=OurReply(9, Role.REQUEST, case())))

    assert decision.change is not None
    assert (decision.outcome, decision.bounced_reply, decision.change.clocks) == (Outcome.BOUNCE, None, ())
    assert [e.to_state for e in decision.change.events] == [None]


def test_a_stranger_with_the_number_gets_a_precaso_of_his_own_that_names_the_other_to_nobody() -> None:
    """Lesson 15, hazard 15: a case number is no key."""
    known = Known(threading=Threading(named=case(), key="MS-000007"))
    decision = decided(message("Re: contraseña [MS-000007]"), known)

    assert decision.change is not None
    assert decision.change.opening is not None
    assert decision.change.relations == ((7, "stranger_named"),)
    assert decision.replies[0].facts["relacionado"] == ""


def test_an_answer_to_what_a_person_wrote_from_our_mailbox_makes_no_case() -> None:
    """A41."""
    text = "De acuerdo.\n\nEl lun, 16 nov 2026, Mesa <soporte@mesa.example> escribió:\n> ¿Cambiamos la contraseña?"
    decision = decided(message("Re: contraseña", text, in_reply_to=("<z@mesa.example>",)))

    assert (decision.outcome, decision.filed) == (Outcome.UNMATCHED, Filed.REVIEW)


def test_what_the_desk_answers_to_its_notices_is_kept_and_asks_and_tells_nothing() -> None:
    luz = message("Re: MS-000007", COMPLETE, from_=Address("luz@mesa.example"))
    decision = decided(luz, joined(case(), participant=False, evidence=Evidence.NOTICE))

    assert decision.change is not None
    assert (decision.outcome, dict(decision.change.data), decision.replies) == (Outcome.UPDATED, {}, ())


def test_the_same_subject_of_the_same_address_joins_its_open_precaso() -> None:
    decision = decided(message("RE: olvide la CONTRASEÑA", "Hola?"), Known(open_precasos=(case(),)))

    assert (decision.outcome, templates(decision)) == (Outcome.UPDATED, ["pedir_faltantes"])


def test_a_fresh_mail_that_brings_what_is_missing_joins_the_only_open_precaso() -> None:
    decision = decided(message("mis datos", COMPLETE), Known(open_precasos=(case(),)))

    assert (decision.outcome, templates(decision)) == (Outcome.UPDATED, ["caso_abierto"])


def test_a_fresh_mail_about_another_matter_is_a_request_of_its_own() -> None:
    other = POLICY.rules[2].model_copy(update={"name": "impresion", "keywords": ("impresora",)})
    rules = policy(rules=(*POLICY.rules, other))
    decision = decided(message("La impresora no imprime", COMPLETE), Known(open_precasos=(case(),)), rules)

    assert decision.outcome == Outcome.OPENED


def test_unmatched_people_are_told_once_a_day_if_the_admin_wants_so() -> None:
    """Lesson 44."""
    assert templates(decided(message("Saludos"), policy=replies(unmatched=True))) == ["sin_regla"]
    assert (
        templates(decided(message("Saludos"), Known(sent=Sent(told_today=True)), replies(unmatched=True)))
        == []
    )
    assert templates(decided(message("Saludos"))) == []


def test_every_decision_says_which_rule_and_which_words() -> None:
    """Lesson 11, invariant 8."""
    assert "acceso: contraseña" in [r.detail for r in decided(message()).reasons if r.check == "rule"]


def test_a_keyword_is_looked_for_in_the_subject_only() -> None:
    """Hazard 47."""
    assert decided(message("Hola", "olvidé la contraseña")).outcome == Outcome.UNMATCHED


def test_the_fields_of_the_snapshot_are_those_of_now() -> None:
    change = decided(message()).change

    assert change is not None
    assert change.opening is not None
    assert (PHONE, POLICY.fields["sede"]) == change.opening.snapshot.fields
    assert timedelta(hours=24) == change.opening.snapshot.answer_within


LUZ = Address("luz@oti.example", "Luz Gil")


def test_who_wrote_a_forwarded_mail_is_proposed_and_is_not_the_requester() -> None:
    """Lesson 29."""
    decision = decided(message("RV: Olvidé la contraseña", forwarded_from=LUZ))

    assert decision.change is not None
    assert decision.change.opening is not None
    assert decision.change.opening.requester == ANA
    assert Reason("forward", "original_sender", LUZ.email) in decision.reasons
    kept = [(e.reason, e.data) for e in decision.change.events if e.kind == "forwarded"]
    assert kept == [(LUZ.email, {"email": LUZ.email, "name": "Luz Gil"})]
    assert [o.to for o in decision.replies if o.role is not Role.DESK] == [ANA.email]


@pytest.mark.parametrize("original", [Address(OURS), Address("eve@otra.example")])
def test_who_is_none_of_our_users_is_not_proposed(original: Address) -> None:
    """A mail of our own, or of an outsider (A16)."""
    decision = decided(
        message("RV: Olvidé la contraseña", forwarded_from=original),
        policy=policy(senders=Senders(ours=("*@oti.example", "*@mesa.example"))),
    )

    assert decision.change is not None
    assert not [e for e in decision.change.events if e.kind == "forwarded"]
    assert not [r for r in decision.reasons if r.check == "forward"]
