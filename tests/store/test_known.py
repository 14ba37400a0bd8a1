"""What is known of a message: duplicates, threads, open precasos, limits, bounces."""

from dataclasses import replace
from typing import Any

import pytest

from mailbot.desk.case import Case, State
from mailbot.desk.decision import Opening, Outcome, Role
from mailbot.desk.known import Arrival, Evidence, Known, OurReply, Sent, Threading
from mailbot.mail.message import Address, Bounce, Kind, Message
from mailbot.rules.match import Match
from mailbot.store import known, ledger, outbox
from mailbot.store.engine import Store
from tests.store.desk import (
    ANA,
    BOX,
    DAY,
    EVE,
    HOUR,
    MINUTE,
    NOW,
    POLICY,
    RULE,
    SNAPSHOT,
    apply,
    arrival,
    mail,
    move,
    opened,
    opening,
    order,
    queued,
    reload,
    stored,
)


def about(store: Store, message: Message, **rest: Any) -> Known:
    with store.reading() as s:
        return known.about(s, arrival(message), POLICY, NOW, **rest)


def thread(store: Store, message: Message) -> Threading:
    return about(store, message).threading


def test_of_a_new_message_from_a_stranger_nothing_is_known(store: Store) -> None:
    opened(store)
    assert about(store, mail(EVE)) == Known()
    assert about(store, mail(None)) == Known()


def test_a_message_that_could_not_be_parsed_is_not_looked_up(store: Store) -> None:
    with store.reading() as s:
        assert known.about(s, Arrival(BOX, NOW), POLICY, NOW) == Known()


# -- identity --------------------------------------------------------------------------------------------


def test_the_same_content_is_a_duplicate_of_the_first(store: Store) -> None:
    message = mail()
    first = stored(store, message)
    stored(store, message, Outcome.DUPLICATE, duplicate_of=first)
    assert about(store, message).duplicate_of == first


def test_the_same_message_id_with_another_content_is_none(store: Store) -> None:
    """Invariant 2."""
    stored(store, mail(message_id="<same@x>"))
    assert about(store, mail(message_id="<same@x>")).duplicate_of is None


def test_a_message_that_is_judged_again_is_no_duplicate_of_itself(store: Store) -> None:
    """`mailbot retry` and `promote`."""
    message = mail()
    first = stored(store, message, Outcome.BACKLOG)
    assert about(store, message, again=first).duplicate_of is None


# -- threads (invariant 5) -------------------------------------------------------------------------------


def replied(store: Store, case: Case | None, **rest: Any) -> str:
    """A reply of ours on a case; its random reference."""
    return queued(store, case, **rest)[1].reference


@pytest.mark.parametrize(
    "how",
    [
        {"in_reply_to": ("{}",)},  # as any mail client does
        {
            "references": ("<first@x>", "{}")
        },  # a provider that rewrote our Message-ID left the last of References
        {"references": ("{}", "<later@x>")},  # an answer to an answer
        {"mailbot_references": ("{}",)},  # X-Mailbot-Reference
    ],
)
@pytest.mark.parametrize(("sender", "participant"), [(ANA, True), (EVE, False), (None, False)])
def test_whoever_has_our_reference_joins_the_case(
    store: Store, how: dict[str, tuple[str, ...]], sender: Address | None, participant: bool
) -> None:
    """Someone to whom our mail was forwarded may answer: a third party."""
    case = opened(store)
    reference = replied(store, case)
    given = {name: tuple(v.format(reference) for v in values) for name, values in how.items()}

    found = thread(store, mail(sender, "Re: algo", **given))
    assert found == Threading(case, Evidence.REFERENCE, reference, participant)


@pytest.mark.parametrize(
    "forged",
    [
        "<ms.0000000000000000@mesa.example>",
        "<MS-000001@mesa.example>",
        "<ms.1@mesa.example>",
        "<case-1-20261118@mesa.example>",  # as <iTop_Ticket_5_x@…>
    ],
)
def test_a_reference_that_we_did_not_make_joins_nothing(store: Store, forged: str) -> None:
    """Hazards 13, 14: it is random and looked up, never computed."""
    opened(store)
    assert thread(store, mail(EVE, references=(forged,), mailbot_references=(forged,))) == Threading()


def test_a_reference_anywhere_but_in_its_header_fields_is_no_key(store: Store) -> None:
    """Hazard 17: in a service's verification mail, a name or a text that somebody else made repeats it."""
    reference = replied(store, opened(store))
    repeats = mail(
        Address(EVE.email, reference), f"Hola {reference}", to=(Address("soporte@mesa.example", reference),)
    )
    assert thread(store, replace(repeats, text=reference, reply_text=reference)) == Threading()


def test_a_reply_of_ours_without_a_case_joins_nothing(store: Store) -> None:
    """`sin_regla` has a reference, too."""
    opened(store)
    assert thread(store, mail(references=(replied(store, None),))) == Threading()


def test_the_nearest_reference_wins(store: Store) -> None:
    older, newer = opened(store), opened(store)
    first, last = replied(store, older), replied(store, newer)
    assert thread(store, mail(references=(first, last))).case == newer
    assert thread(store, mail(references=(last, first))).case == older
    assert thread(store, mail(in_reply_to=(first,), references=(first, last))).case == older


def test_a_participant_joins_by_following_a_message_of_the_case(store: Store) -> None:
    first = mail(ANA, to=(EVE,))
    case = opened(store, first)
    by_ana = thread(store, mail(ANA, references=(first.message_id,)))
    by_eve = thread(store, mail(EVE, references=(first.message_id,)))

    assert by_ana == by_eve == Threading(case, Evidence.FOLLOWS_MESSAGE, first.message_id, True)


def test_a_stranger_who_follows_a_message_is_related_and_never_joins(store: Store) -> None:
    first = mail(ANA)
    case = opened(store, first)
    found = thread(store, mail(EVE, references=(first.message_id,)))
    assert found == Threading(key=first.message_id, named=case)


def test_the_name_that_the_provider_gave_our_mail_is_no_secret_of_ours(store: Store) -> None:
    """Lesson 17: Outlook and SES replace our Message-ID. Participants join by it, strangers do not."""
    case = opened(store)
    reply, _ = queued(store, case)
    with store.transaction() as s:
        outbox.settle(s, reply, "sent", "250 ok", NOW, sent_message_id="<010001@ses.example>")

    name = ("<010001@ses.example>",)
    assert thread(store, mail(ANA, in_reply_to=name)).evidence is Evidence.FOLLOWS_MESSAGE
    assert thread(store, mail(EVE, in_reply_to=name)) == Threading(key=name[0], named=case)


def test_of_two_mails_with_one_message_id_the_one_of_my_case_counts(store: Store) -> None:
    opened(store, mail(EVE, message_id="<same@x>"))
    mine = opened(store, mail(ANA, message_id="<same@x>"))
    assert thread(store, mail(ANA, references=("<same@x>",))).case == mine


@pytest.mark.parametrize(
    ("subject", "joins"),
    [
        ("Re: Olvidé la clave [MS-000001]", True),
        ("MS-000001 mi teléfono", True),
        ("rv: ms-000001", True),  # typed by hand
        ("[MS-1]", True),  # without its zeros
        ("caso MS-000001.", True),
        ("XMS-000001", False),  # another system's
        ("MS-0000012", False),  # another number
        ("MS-000001a", False),
        ("AMS-MS-000001", False),
        ("MS-000099", False),  # there is none
        ("MS-99999999999999999999", False),  # no number of ours, and no error
        ("MS-١", False),  # digits of another script
        ("OTI-000001", False),
    ],
)
def test_the_number_in_the_subject_joins_a_participant(store: Store, subject: str, joins: bool) -> None:
    case = opened(store)
    expected = Threading(case, Evidence.NUMBER, "MS-000001", True) if joins else Threading()
    assert thread(store, mail(ANA, subject)) == expected


def test_a_stranger_with_the_number_never_joins(store: Store) -> None:
    """Lesson 15: a case number is no key."""
    case = opened(store)
    assert thread(store, mail(EVE, "[MS-000001]")) == Threading(key="MS-000001", named=case)


def test_what_joins_wins_over_what_is_only_named(store: Store) -> None:
    hers, mine = opened(store, mail(EVE)), opened(store, mail(ANA))
    assert thread(store, mail(ANA, f"[{hers.number}] [{mine.number}]")).case == mine


def test_a_reference_wins_over_a_number(store: Store) -> None:
    one, other = opened(store), opened(store)
    found = thread(store, mail(ANA, f"[{one.number}]", references=(replied(store, other),)))
    assert (found.case, found.evidence) == (other, Evidence.REFERENCE)


def test_a_case_numbered_before_the_prefix_changed_is_not_mistaken(store: Store) -> None:
    with store.transaction() as s:
        apply(s, opening(), None, NOW, prefix="OTI")
    assert thread(store, mail(ANA, "[MS-000001]")) == Threading()


# -- open precasos, machines -----------------------------------------------------------------------------


def test_the_senders_own_open_precasos_are_known_oldest_first(store: Store) -> None:
    first, ended, second, _ = opened(store), opened(store), opened(store), opened(store, mail(EVE))
    with store.transaction() as s:
        apply(s, move(ended, State.ANULADO), None, NOW)
    assert about(store, mail(ANA)).open_precasos == (first, second)


def alarm(store: Store, value: str | None = "router-7", state: State = State.ABIERTO) -> Case:
    with store.transaction() as s:
        opened_by = Opening(BOX, "correo", SNAPSHOT, None, "Alarma", None, value)
        case = apply(s, replace(opening(), opening=opened_by), None, NOW)
        for step in {State.PRECASO: (), State.SOLUCIONADO: (State.ABIERTO, state)}.get(state, (state,)):
            case = apply(s, move(case, step), None, NOW)
    return case


def correlated(store: Store, value: str | None, rule: str = "acceso") -> Case | None:
    match = Match(RULE.model_copy(update={"name": rule}), ("alarma",), correlation=value)
    with store.reading() as s:
        came = Arrival(BOX, NOW, message=mail(EVE), match=match)
        return known.about(s, came, POLICY, NOW).correlated


def test_mails_of_one_fault_belong_to_one_open_case(store: Store) -> None:
    """A39, lesson 35."""
    case = alarm(store)
    assert correlated(store, "router-7") == case
    assert correlated(store, "router-8") is None
    assert correlated(store, "router-7", rule="otra") is None
    assert correlated(store, None) is None


def test_faults_with_names_too_long_for_an_index_are_told_apart_by_their_last_letter(store: Store) -> None:
    """A pattern may take a whole text."""
    long = "ñ" * 5000
    case = alarm(store, long + "a")
    assert correlated(store, long + "a") == case
    assert correlated(store, long + "b") is None


@pytest.mark.parametrize("state", [State.EN_PROCESO, State.ACTIVO_PROVEEDOR])
def test_a_case_that_somebody_works_on_takes_further_alarms(store: Store, state: State) -> None:
    case = alarm(store)
    with store.transaction() as s:
        for step in dict.fromkeys((State.EN_PROCESO, state)):
            case = apply(s, move(case, step), None, NOW)
    assert correlated(store, "router-7") == case


@pytest.mark.parametrize("state", [State.SOLUCIONADO, State.ANULADO])
def test_a_fault_after_the_solution_is_a_new_one(store: Store, state: State) -> None:
    alarm(store, state=state)
    assert correlated(store, "router-7") is None


# -- bounces ---------------------------------------------------------------------------------------------


def bounce(*references: str) -> Message:
    report = Bounce("failed", "5.1.1", ANA.email, "no such user")
    return mail(None, "Undelivered", kind=Kind.BOUNCE, bounce=report, mailbot_references=references)


def test_a_bounce_is_of_the_reply_whose_reference_it_returns(store: Store) -> None:
    case = opened(store)
    queued(store, case)
    reply, written = queued(store, case, order=order(Role.REQUEST_AGAIN))
    assert about(store, bounce("<other@x>", written.reference)).bounced == OurReply(
        reply, "request_again", case
    )


def test_a_bounce_without_our_reference_is_of_nothing(store: Store) -> None:
    """Hazard 9: a forged one closes nothing."""
    queued(store, opened(store))
    assert about(store, bounce("<ms.guess@mesa.example>")).bounced is None
    assert about(store, bounce()).bounced is None


def test_an_answer_is_no_bounce(store: Store) -> None:
    reference = replied(store, opened(store))
    assert about(store, mail(mailbot_references=(reference,))).bounced is None


# -- limits ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status", "ago", "expected"),
    [
        (Role.REQUEST, "queued", MINUTE, Sent(1, 1, 1)),
        (Role.REQUEST_AGAIN, "queued", 2 * HOUR, Sent(0, 1, 0)),  # within the day
        (Role.NOTICE, "queued", DAY, Sent()),  # long ago
        (Role.NOTICE, "failed", MINUTE, Sent()),  # nothing left
        (Role.NOTICE, "not_needed", MINUTE, Sent()),
        (Role.NOTICE, "refused", MINUTE, Sent(1, 1, 1)),  # the other server was spoken to
        (Role.REMINDER, "queued", MINUTE, Sent()),  # these do not count (contract)
        (Role.CLOSE, "queued", MINUTE, Sent()),
        (Role.DESK, "queued", MINUTE, Sent()),
    ],
)
def test_what_was_written_counts_per_address_and_over_all(store: Store, role, status, ago, expected) -> None:  # type: ignore[no-untyped-def]
    queued(store, now=NOW - ago, order=order(role), status=status)
    assert about(store, mail(ANA)).sent == expected


def test_what_others_got_counts_only_over_all(store: Store) -> None:
    queued(store, order=order(to=EVE.email))
    assert about(store, mail(ANA)).sent == Sent(all_hour=1)


def test_an_address_counts_however_its_answers_are_sent_elsewhere(store: Store) -> None:
    """A Reply-To that changes each time is no way around the limit, nor is another From."""
    first = stored(store, mail(ANA))
    elsewhere = "ana.casa@mesa.example"
    queued(store, order=order(to=elsewhere), message_id=first, party=ANA.email)

    assert about(store, mail(ANA)).sent.address_day == 1
    assert about(store, mail(EVE, reply_to=(Address(elsewhere),))).sent.address_day == 1
    assert about(store, mail(EVE)).sent.address_day == 0


@pytest.mark.parametrize(
    ("template", "told"), [("sin_regla", True), ("muy_grande", True), ("a_la_mesa", False)]
)
def test_who_was_told_today_is_not_told_again(store: Store, template: str, told: bool) -> None:
    queued(store, now=NOW - 23 * HOUR, order=order(Role.NOTICE, template=template))
    assert about(store, mail(ANA)).sent.told_today is told


# -- in common -------------------------------------------------------------------------------------------


def test_a_case_is_read_as_it_is_now(store: Store) -> None:
    case = opened(store)
    reference = replied(store, case)
    with store.transaction() as s:
        apply(s, move(case, State.ABIERTO), None, NOW)
    assert thread(store, mail(references=(reference,))).case == reload(store, case)


def test_an_endless_reference_is_looked_up_as_it_was_stored(store: Store) -> None:
    first = mail(ANA, message_id=f"<{'x' * 5000}@x>")
    case = opened(store, first)
    assert thread(store, mail(ANA, references=(first.message_id,))).case == case


def test_messages_of_a_case_are_listed_oldest_first(store: Store) -> None:
    case = opened(store)
    with store.reading() as s:
        assert ledger.of_case(s, case.id) == (1,)
        assert ledger.of_case(s, case.id + 1) == ()


def test_an_answer_to_a_notice_of_the_desk_is_told_from_one_to_a_reply(store: Store) -> None:
    case = opened(store)
    _, notice = queued(store, case, order=order(Role.DESK, "mesa@mesa.example"))
    seen = about(store, mail(EVE, in_reply_to=(notice.reference,))).threading

    assert (seen.evidence, seen.case and seen.case.id, seen.participant) == (Evidence.NOTICE, case.id, False)
