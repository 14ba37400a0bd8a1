"""What `[retention]` removed is never taken for new, and who still needs something finds it (invariants 1 and 2).

However it was removed, and whatever comes again: by another delivery, a new UIDVALIDITY, a restored mailbox, a person.
"""

import random
from contextlib import suppress
from datetime import timedelta

import pytest

from mailbot import again
from mailbot.again import NotPossible
from mailbot.cli import words
from mailbot.desk.account import Account as Differences
from mailbot.desk.decision import Outcome
from mailbot.reconcile import Account, reconcile
from mailbot.replay import replay
from mailbot.store import forgetting, ledger, retention, tables, usage
from mailbot.store.check import integrity
from mailbot.store.columns import table
from mailbot.store.forgetting import StillLive
from mailbot.store.retention import Kept
from tests.pipeline.given import (
    ANA,
    DATA,
    DAY,
    HOUR,
    LUZ,
    MINUTE,
    SUBJECT,
    Clock,
    Desk,
    answer,
    bounce,
    mail,
    poison,
    write,
)
from tests.pipeline.test_alarms import NAGIOS

ALL = Kept(raw=30 * DAY, decisions=60 * DAY, cases=90 * DAY)


def remove(desk: Desk, kept: Kept = ALL, after: timedelta = 100 * DAY) -> dict[str, int]:
    desk.clock.move(after)
    return dict(retention.remove(desk.store, kept, desk.clock(), lambda: True))


def reconciled(desk: Desk) -> Account:
    found = Account()
    reconcile(desk.box(), desk.imap(), desk.live, desk.store, found)
    return found


def wrong(desk: Desk) -> list[object]:
    """What `mailbot db check` and `mailbot reconcile` find."""
    account = reconciled(desk)
    with desk.store.reading() as s:
        return [*integrity(s), *account.missing, *account.doubled]


@pytest.fixture
def clock() -> Clock:
    """Years ago: what was read up to a time that is still to come is no sound database."""
    clock = Clock()
    clock.move(-1000 * DAY)
    return clock


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """It has looked at the folders of people too."""
    desk.by_hand()
    return desk


def an_ended_case(desk: Desk) -> bytes:
    """Ana asks, and never answers; her mail."""
    raw = desk.gets(mail())
    desk.round()
    desk.round(25 * HOUR)
    desk.round(10 * MINUTE)
    assert desk.case()["state"] == "no_gestionado"
    return raw


# -- it comes again --------------------------------------------------------------------------------------


def test_a_mail_that_was_removed_and_is_delivered_again_is_a_duplicate(desk: Desk) -> None:
    mails = [an_ended_case(desk), desk.gets(mail("Almuerzo")), desk.gets(mail("Boletín"))]
    desk.round()
    said = len(desk.got())
    assert remove(desk) == {"cases": 1, "messages": 2}

    for raw in mails:
        desk.gets(raw)
    assert desk.round() == [Outcome.DUPLICATE] * 3
    assert (len(desk.cases()), len(desk.got())) == (1, said)
    assert wrong(desk) == []


def test_a_mailbox_with_a_new_uidvalidity_is_known_by_content(desk: Desk) -> None:
    """What lies there was all removed here (hazard 50)."""
    desk.change_box(handled="", review="")
    an_ended_case(desk)
    desk.gets(mail("Almuerzo"))
    desk.round()
    said = len(desk.got())
    remove(desk)

    renumber(desk)
    assert desk.round() == [Outcome.DUPLICATE] * 2
    assert (len(desk.cases()), len(desk.got())) == (1, said)
    assert wrong(desk) == []


def renumber(desk: Desk) -> None:
    """A restored mailbox: the same mail, other numbers."""
    desk.disconnect()
    with desk.client() as person:
        person.select_folder("INBOX")
        kept = person.fetch(person.search(), ["BODY.PEEK[]", "INTERNALDATE"])
        person.delete_messages(list(kept))
        person.expunge()
        for uid in sorted(kept):
            person.append("INBOX", kept[uid][b"BODY[]"], (), kept[uid][b"INTERNALDATE"])


def test_what_cannot_be_read_is_kept_whole_also_when_it_comes_after_it_was_forgotten(desk: Desk) -> None:
    """It waits for a person again, and for a mend of what reads it (`retry`)."""
    desk.change_box(handled="", review="")
    raw = desk.gets(poison())
    desk.round()
    forgetting.forget(desk.store, ANA.addr_spec, "cli:luz", desk.clock())
    renumber(desk)
    assert desk.round() == [Outcome.FAILED]
    with desk.store.reading() as s:
        assert ledger.raw(s, 2) == raw
    assert wrong(desk) == []


def test_what_lies_on_the_server_still_has_its_one_outcome(desk: Desk) -> None:
    an_ended_case(desk)
    desk.gets(mail("Almuerzo"))
    desk.gets(poison())
    desk.round()
    remove(desk)
    found = reconciled(desk)
    assert (found.on_server, found.recorded, found.agrees) == (3, 3, True)


# -- somebody comes back to it ---------------------------------------------------------------------------


def test_an_answer_to_a_case_that_was_removed_is_a_request_of_its_own(desk: Desk) -> None:
    """As one to something unknown: its words decide, what it brings counts, and it is answered."""
    an_ended_case(desk)
    asked = desk.got()[0]
    remove(desk)
    desk.gets(answer(asked))

    assert desk.round() == [Outcome.OPENED]
    assert [(c["number"], c["state"]) for c in desk.cases()] == [
        ("MS-000001", "no_gestionado"),
        ("MS-000002", "abierto"),
    ]
    assert desk.cases()[1]["related"] == []
    assert "MS-000002" in str(desk.got()[-1]["Subject"])


def test_a_number_of_a_case_that_was_removed_joins_nothing(desk: Desk) -> None:
    an_ended_case(desk)
    number = desk.case()["number"]
    remove(desk)
    desk.gets(mail(f"Contraseña, como en {number}"))

    assert desk.round() == [Outcome.OPENED]
    assert [c["number"] for c in desk.cases()] == ["MS-000001", "MS-000002"]
    assert desk.cases()[1]["related"] == []


def test_a_bounce_of_a_case_that_was_removed_wakes_nobody(desk: Desk) -> None:
    an_ended_case(desk)
    asked = desk.got()[0]
    remove(desk)
    desk.gets(bounce(asked))
    assert desk.round() == [Outcome.BOUNCE]
    assert desk.case()["attention"] is None


def test_a_removed_mail_that_a_person_drags_becomes_a_case_after_all(desk: Desk) -> None:
    """From its bytes on the server: they are all there, and kept again."""
    raw = desk.gets(mail("Almuerzo"))
    desk.round()
    remove(desk)
    desk.drags("Por revisar", "Crear caso")
    assert desk.by_hand() == [Outcome.OPENED]

    case, message = desk.case(), desk.messages()[0]
    assert (case["subject"], message["subject"], message["removed_at"]) == ("Almuerzo", "Almuerzo", None)
    with desk.store.reading() as s:
        assert ledger.raw(s, message["id"]) == raw
    assert desk.deliver() == 1
    assert wrong(desk) == []


def test_a_reminder_leaves_also_where_the_bytes_of_the_request_are_no_more(desk: Desk) -> None:
    """A case may be taken up again after they went (`answer_was_in_time`); its mail then follows none."""
    desk.gets(mail())
    desk.round()
    write(desk.store, table(tables.RawChunk).delete())
    desk.round(13 * HOUR)
    assert [reply["template"] for reply in desk.replies()] == ["pedir_datos", "recordatorio"]
    assert len(desk.got()) == 2


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_what_cannot_be_judged_again_says_why(desk: Desk) -> None:
    desk.gets(mail("Almuerzo"))
    desk.round()
    remove(desk)
    with pytest.raises(NotPossible, match="ya no están: se retiraron"):
        again.promote(1, "acceso", "cli:luz", desk.live, desk.store, desk.clock())
    assert words.reasons(desk.messages()[0]["reasons"]) == [
        "su contenido se retiró por el plazo de [retention] el 2024-06-01; queda su huella, para no tomarlo por nuevo"
    ]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_rules_are_tried_on_what_is_there(desk: Desk) -> None:
    an_ended_case(desk)
    desk.gets(mail("Almuerzo"))
    desk.round()
    desk.gets(mail("Otra contraseña", sender=LUZ))
    desk.clock.move(99 * DAY)
    desk.round()
    remove(desk, after=2 * DAY)
    since = desk.clock() - 400 * DAY

    account = Differences()
    list(replay(desk.live, desk.store, since, desk.clock(), account))
    with desk.store.reading() as s:
        subjects, _ = usage.subjects(s, since, None)
    assert (account.mails, [subject for subject, _ in subjects]) == (1, ["Otra contraseña"])


# -- whatever happens ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happened_nothing_is_doubled_and_nothing_is_lost(desk: Desk, seed: int) -> None:
    """Random days of a desk, with rounds of retention and people who are forgotten in between."""
    chance, sent = random.Random(seed), list[bytes]()  # noqa: S311 - no secret
    for _ in range(14):
        happens(desk, chance, sent)
        desk.round()
    remove(desk, after=chance.choice([DAY, 40 * DAY, 70 * DAY, 200 * DAY]))
    before, told = desk.cases(), len(desk.got(ANA)) + len(desk.got(LUZ))
    assert wrong(desk) == []

    for raw in sent:
        desk.gets(raw)
    assert set(desk.poll()) <= {Outcome.DUPLICATE, Outcome.FAILED}
    desk.deliver()
    assert [c["number"] for c in desk.cases()] == [c["number"] for c in before]
    assert len(desk.got(ANA)) + len(desk.got(LUZ)) == told
    assert wrong(desk) == []


def happens(desk: Desk, chance: random.Random, sent: list[bytes]) -> None:
    """Something comes, time passes, or somebody is forgotten."""
    who = chance.choice([ANA, LUZ])
    ours = desk.got(who)
    comes = {
        "mail": mail(f"{SUBJECT} {chance.random()}", sender=who),
        "lunch": mail(chance.choice(["Almuerzo", "Boletín"]), sender=who),
        "alarm": mail("PROBLEM: host web", sender=NAGIOS),
        "poison": poison(),
        "again": chance.choice(sent or [mail()]),
        "answer": answer(chance.choice(ours), chance.choice([DATA, "No sé"]), who) if ours else mail(),
    }
    what = chance.choice([*comes, "mail", "days", "days", "prune", "forget"])
    if what in comes:
        sent.append(desk.gets(comes[what]))
    elif what == "days":
        desk.clock.move(chance.choice([13 * HOUR, 25 * HOUR, 31 * DAY, 65 * DAY, 95 * DAY]))
    elif what == "prune":
        remove(desk, chance.choice([ALL, Kept(cases=DAY), Kept(decisions=DAY), Kept(raw=DAY)]), MINUTE)
    else:
        with suppress(StillLive):
            forgetting.forget(desk.store, who.addr_spec, "cli:luz", desk.clock())
