"""A database restored from an older copy: `mailbot reconcile --repair`, and what becomes of mail after it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailbot.desk.case import Attention
from mailbot.desk.decision import Outcome
from mailbot.reconcile import Account, reconcile
from mailbot.repair import Repaired, repair
from mailbot.store.backup import backup
from mailbot.store.check import integrity
from mailbot.store.engine import Store
from mailbot.transport.errors import TransportError
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.imap_fetch import Fetched
from tests.pipeline.given import (
    ANA,
    DATA,
    DAY,
    DESK,
    HOUR,
    LUZ,
    MINUTE,
    SUBJECT,
    Desk,
    answer,
    content,
    mail,
)

#: `mailbot db backup` copies SQLite
pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


@contextmanager
def forgetting(desk: Desk, tmp_path: Path) -> Iterator[None]:
    """What happens meanwhile happens; afterwards the database knows nothing of it."""
    copy = tmp_path / "copy.sqlite3"
    backup(desk.store, copy, desk.clock())
    desk.clock.move(MINUTE)
    yield
    desk.clock.move(MINUTE)
    desk.disconnect()
    desk.store.dispose()
    path = desk.store.path
    for leftover in path.parent.glob(f"{path.name}-*"):
        leftover.unlink()
    copy.replace(path)
    desk.store = Store.open(path)


def mend(desk: Desk) -> Repaired:
    done = repair([(desk.box(), desk.imap())], desk.live, desk.store, desk.clock())
    account = Account()
    reconcile(desk.box(), desk.imap(), desk.live, desk.store, account)
    assert account.agrees
    with desk.store.reading() as s:
        assert integrity(s) == ()
    return done


def test_what_takes_long_is_told_step_by_step(desk: Desk, tmp_path: Path) -> None:
    """systemd, and who looks at it, wait as long as something is done."""
    with forgetting(desk, tmp_path):
        for n in range(3):
            desk.gets(mail(f"Contraseña {n}"))
        desk.round()
    told: list[str] = []
    repair([(desk.box(), desk.imap())], desk.live, desk.store, desk.clock(), told.append)
    assert "Busca los números de caso que ya se dieron: INBOX" in told
    assert "Compara el buzón soporte con la base de datos: 0 mensajes" in told
    assert told[-3:] == [f"Recoge lo que se procesó después de la copia: {n} de 3" for n in range(3)]


def number(subject: object) -> int:
    found = re.search(r"\[MS-(\d+)\]", str(subject))
    assert found
    return int(found[1])


def test_what_was_answered_since_the_copy_is_taken_in_and_nobody_is_answered_again(
    desk: Desk, tmp_path: Path
) -> None:
    desk.gets(mail("Primera contraseña"))
    desk.round()
    with forgetting(desk, tmp_path):
        for n in range(8):
            desk.gets(mail(f"contraseña {n}", sender=LUZ if n % 2 else ANA))
        desk.gets(mail("Almuerzo"))
        desk.gets(mail("Boletín"))
        desk.round()
    told = [m["Subject"] for m in (*desk.got(ANA), *desk.got(LUZ)) if "Primera" not in m["Subject"]]

    done = mend(desk)
    assert [entry["outcome"] for entry in done.taken] == ["opened"] * 8 + ["unmatched", "informativo"]
    desk.round(HOUR)
    desk.round(2 * DAY)
    assert told == [m["Subject"] for m in (*desk.got(ANA), *desk.got(LUZ)) if "Primera" not in m["Subject"]]
    since = [c for c in desk.cases() if c["subject"].startswith("contraseña")]
    assert {(c["state"], c["attention"], c["deadline"]) for c in since} == {("precaso", "restored", None)}
    assert len(desk.cases()) == 9

    again = mend(desk)
    assert (again.taken, again.held, again.overdue) == ([], [], [])
    assert again.next_number == done.next_number


def test_numbers_go_on_above_every_one_that_was_given(desk: Desk, tmp_path: Path) -> None:
    with forgetting(desk, tmp_path):
        for n in range(3):
            desk.gets(mail(f"contraseña {n}"))
        desk.round()
        given = {number(m["Subject"]) for m in desk.got(ANA)}
    done = mend(desk)
    desk.gets(mail("Nueva contraseña", sender=LUZ))
    desk.round()
    new = number(desk.got(LUZ)[-1]["Subject"])
    assert f"MS-{new:06d}" == done.next_number
    assert new > max(given)
    assert not given & {number(f"[{c['number']}]") for c in desk.cases()}


def test_a_higher_number_in_any_subject_counts_in_every_folder(desk: Desk, tmp_path: Path) -> None:
    """The copy was old, and the mail of many of its cases is gone."""
    with forgetting(desk, tmp_path):
        pass
    with desk.client() as person:
        person.create_folder("Archivo")
        person.append("Archivo", mail("Re: gracias [MS-004217]"))
    assert mend(desk).next_number == "MS-004301"
    assert mend(desk).next_number == "MS-004301"


def test_a_case_that_is_told_of_by_a_later_answer_keeps_the_number_that_people_know(
    desk: Desk, tmp_path: Path
) -> None:
    with forgetting(desk, tmp_path):
        desk.gets(mail("Otra contraseña", sender=LUZ))
        desk.gets(mail())
        desk.round()
        (asked,) = desk.got(ANA)
        desk.gets(answer(asked, "Teléfono: 300 555 0101"))
        desk.round()
    mend(desk)
    mine = next(c for c in desk.cases() if c["subject"] == SUBJECT)
    assert mine["number"] == f"MS-{number(asked['Subject']):06d}"
    assert (mine["required"]["telefono"], mine["attention"]) == ("300 555 0101", "restored")
    assert len(mine["messages"]) == 2


def test_nobody_else_can_say_which_number_a_case_had(desk: Desk, tmp_path: Path) -> None:
    """Invariant 5: a number is no key, and a stranger's mail tells nothing of Ana's."""
    with forgetting(desk, tmp_path):
        first = mail()
        desk.gets(first)
        desk.round()
        asked = desk.got(ANA)[0]
        desk.gets(mail("Re: contraseña [MS-000777]", sender=LUZ, in_reply_to=str(asked["In-Reply-To"])))
        desk.round()
    mend(desk)
    assert [c["number"] for c in desk.cases()] == ["MS-000801", "MS-000802"]


def test_a_late_answer_to_a_case_of_since_the_copy_joins_what_was_taken_in(
    desk: Desk, tmp_path: Path
) -> None:
    """Its sender is not asked again for what they gave, and the desk is told."""
    with forgetting(desk, tmp_path):
        desk.gets(mail())
        desk.round()
        (asked,) = desk.got(ANA)
    mend(desk)
    desk.gets(answer(asked, "Teléfono: 300 555 0101"))
    assert desk.round(HOUR) == [Outcome.UPDATED]
    case = desk.case()
    assert (case["required"]["telefono"], case["attention"]) == ("300 555 0101", "restored")
    assert (len(desk.got(ANA)), len(desk.got(DESK))) == (1, 1)
    desk.gets(answer(asked, DATA))
    desk.round(HOUR)
    assert (desk.case()["state"], desk.case()["attention"]) == ("abierto", None)


@pytest.mark.parametrize("thread", [True, False], ids=["with its thread", "by its number alone"])
def test_a_late_answer_of_which_nothing_is_left_goes_to_a_person(
    desk: Desk, tmp_path: Path, thread: bool
) -> None:
    """Somebody deleted the first mail, too. The answer is kept whole; its sender is told who has it."""
    with forgetting(desk, tmp_path):
        desk.gets(mail())
        desk.gets(mail("Almuerzo"))
        desk.round()
        (asked,) = desk.got(ANA)
    with desk.client() as person:
        person.select_folder("Procesados")
        person.delete_messages(person.search())
        person.expunge()
    mend(desk)
    late = (
        answer(asked, "Teléfono: 300 555 0101")
        if thread
        else mail(f"Re: {asked['Subject']}", "El 300 555 0101")
    )
    desk.gets(late)
    assert desk.round(HOUR) == [Outcome.OPENED]
    case = desk.case()
    assert (case["state"], case["attention"], case["deadline"]) == ("precaso", "restored", None)
    assert number(f"[{case['number']}]") > number(asked["Subject"])
    told = desk.got(ANA)[-1]
    assert "La revisará una persona" in content(told)
    assert "se restauró" in content(desk.got(DESK)[-1])
    assert f"MS-{number(asked['Subject']):06d}" in str(desk.messages()[-1]["reasons"])

    desk.gets(mail(f"Re: {asked['Subject']}", "Sede: Bogotá", sender=ANA))
    assert desk.round(MINUTE) == [Outcome.UPDATED]
    assert desk.case()["required"]["sede"] == "Bogotá"
    desk.round(2 * DAY)
    assert desk.case()["state"] in ("precaso", "abierto")
    assert [r["template"] for r in desk.replies()].count("pedir_datos") == 0


def test_an_answer_that_came_since_the_copy_is_with_its_case_and_the_case_waits_for_a_person(
    desk: Desk, tmp_path: Path
) -> None:
    """The copy knows the precaso; the data came later and were thanked for."""
    desk.gets(mail())
    desk.round()
    with forgetting(desk, tmp_path):
        desk.gets(answer(desk.got(ANA)[0]))
        desk.round()
        assert len(desk.got(ANA)) == 2
    mend(desk)
    desk.round(2 * DAY)
    case = desk.case()
    assert (case["state"], case["attention"]) == ("abierto", Attention.RESTORED)
    assert case["required"]["sede"] == "Bogotá, piso 3"
    assert len(desk.got(ANA)) == 2


def test_a_time_that_ran_out_since_the_copy_closes_nothing_and_reminds_nobody(
    desk: Desk, tmp_path: Path
) -> None:
    """What people were told of it then they are not told twice."""
    desk.gets(mail())
    desk.round()
    with forgetting(desk, tmp_path):
        desk.round(13 * HOUR)
        desk.gets(mail("Boletín"))
        desk.round(12 * HOUR)
        assert [r["template"] for r in desk.replies()] == ["pedir_datos", "recordatorio", "no_gestionado"]
    done = mend(desk)
    desk.round(2 * DAY)
    assert done.overdue == [desk.case()["number"]]
    assert (desk.case()["state"], desk.case()["attention"]) == ("precaso", "restored")
    assert len(desk.got(ANA)) == 3


def test_a_time_that_still_runs_goes_on(desk: Desk, tmp_path: Path) -> None:
    desk.gets(mail())
    desk.round()
    with forgetting(desk, tmp_path):
        desk.gets(mail("Boletín"))
        desk.round(HOUR)
    assert mend(desk).overdue == []
    desk.round(2 * DAY)
    assert desk.case()["state"] == "no_gestionado"


def test_a_reply_that_waited_in_the_copy_is_not_sent_a_second_time(desk: Desk, tmp_path: Path) -> None:
    desk.gets(mail())
    desk.poll()
    with forgetting(desk, tmp_path):
        desk.deliver()
        desk.gets(mail("Boletín"))
        desk.round()
    done = mend(desk)
    desk.round(HOUR)
    assert (len(done.held), len(desk.got(ANA))) == (1, 1)
    assert [r["status"] for r in desk.replies()] == ["uncertain"]
    assert desk.case()["attention"] == "restored"


def test_a_repair_that_broke_off_is_finished_by_the_next_one(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first mail is taken in, then the server goes away."""
    desk.gets(mail())
    desk.poll()
    with forgetting(desk, tmp_path):
        desk.deliver()
        for n in range(3):
            desk.gets(mail(f"contraseña {n}", sender=LUZ))
        desk.round()

    def once(self: ImapMailbox, uids: Sequence[int], most: int | None = None) -> Iterator[Fetched]:
        if len(uids) == 1 and next(takes, None) is None:
            raise TransportError("Leer", "la conexión se cortó")
        return fetch(self, uids, most)

    fetch, takes = ImapMailbox.fetch, iter([True])
    with monkeypatch.context() as patch:
        patch.setattr(ImapMailbox, "fetch", once)
        with pytest.raises(TransportError):
            repair([(desk.box(), desk.imap())], desk.live, desk.store, desk.clock())
    assert len(desk.cases()) == 2
    assert len(mend(desk).taken) == 2
    desk.round(HOUR)
    assert (len(desk.got(ANA)), len(desk.got(LUZ))) == (1, 3)
    assert [c["attention"] for c in desk.cases()] == ["restored"] * 4


# -- a database that is well ---------------------------------------------------------------------------------


def test_on_a_database_that_is_well_nothing_is_done(desk: Desk) -> None:
    """What was not read yet is read as ever, and what waits is sent."""
    desk.gets(mail("Primera contraseña"))
    desk.poll()
    desk.clock.move(MINUTE)
    desk.gets(mail())
    done = mend(desk)
    assert (done.taken, done.held, done.overdue, done.next_number) == ([], [], [], "MS-000002")
    assert desk.round() == [Outcome.OPENED]
    assert len(desk.got(ANA)) == 2


def test_a_mail_that_somebody_moved_before_it_was_read_is_taken_in_for_a_person(desk: Desk) -> None:
    """No copy was restored: replies and numbers go on."""
    desk.gets(mail("Primera contraseña"))
    desk.poll()
    desk.gets(mail())
    with desk.client() as person:
        person.select_folder("INBOX")
        person.move(person.search(), "Procesados")
    desk.clock.move(MINUTE)
    desk.poll()
    done = mend(desk)
    assert [(e["outcome"], e["case"]) for e in done.taken] == [("opened", "MS-000002")]
    assert (done.held, done.next_number) == ([], "MS-000003")
    desk.round()
    assert len(desk.got(ANA)) == 1


def test_what_cannot_be_read_is_kept_whole_also_by_a_repair(desk: Desk, tmp_path: Path) -> None:
    from tests.pipeline.given import poison

    with forgetting(desk, tmp_path):
        desk.gets(poison())
        desk.round()
    assert [e["outcome"] for e in mend(desk).taken] == ["failed"]
    assert desk.lies_in("Por revisar") == ["veneno"]


def test_where_mail_is_never_moved_a_person_answers_what_the_copy_does_not_know(
    new_desk: Desk, tmp_path: Path
) -> None:
    """Nothing on the server tells what was answered: nobody gets a second answer, nobody is forgotten."""
    new_desk.change_box(handled="", review="")
    new_desk.poll()
    with forgetting(new_desk, tmp_path):
        new_desk.gets(mail())
        new_desk.round()
    new_desk.gets(mail("Otra contraseña", sender=LUZ))
    assert [e["outcome"] for e in mend(new_desk).taken] == ["opened", "opened"]
    new_desk.round(HOUR)
    assert (len(new_desk.got(ANA)), len(new_desk.got(LUZ))) == (1, 0)
    assert {c["attention"] for c in new_desk.cases()} == {"restored"}


def test_what_a_person_filed_since_the_copy_stays_filed(desk: Desk, tmp_path: Path) -> None:
    """And what was put where cases are made waits there, unread: nobody answered it yet."""
    desk.by_hand()
    with forgetting(desk, tmp_path):
        desk.gets(mail("contraseña", sender=LUZ))
        desk.gets(mail("Otra contraseña"))
        desk.drags("INBOX", "Informativo", "Otra")
        desk.round()
        desk.by_hand()
        desk.clock.move(MINUTE)
        desk.gets(mail("Se dañó la silla"))
        desk.drags("INBOX", "Crear caso")
    mend(desk)
    desk.round()
    assert set(desk.by_hand()) <= {Outcome.INFORMATIVO, Outcome.OPENED}
    outcomes = {m["subject"]: m["outcome"] for m in desk.messages()}
    assert outcomes == {
        "contraseña": "opened",
        "Otra contraseña": "informativo",
        "Se dañó la silla": "opened",
    }
    assert {c["subject"]: c["attention"] for c in desk.cases()} == {
        "contraseña": "restored",
        "Se dañó la silla": None,
    }
    assert (len(desk.got(LUZ)), desk.lies_in("Informativo")) == (1, ["Otra contraseña"])
    assert desk.by_hand() == []
