"""An alert in words: what is wrong, since when, what to do; nobody's address, and no more than can be read."""

import email
import email.policy
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailbot.config.live import Live
from mailbot.config.load import load
from mailbot.daemon.alerts.letter import Letter, letter, trial
from mailbot.daemon.alerts.rhythm import Course, Mail, State, Tells
from mailbot.health import Illness, Kind
from tests.config.toml import VALID

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
REFUSED = "Entrar como soporte@mesa.example en el servidor IMAP: NO [AUTHENTICATIONFAILED]"


@pytest.fixture
def live(tmp_path: Path) -> Live:
    return of(tmp_path)


def of(folder: Path, more: str = "") -> Live:
    path = folder / "config.toml"
    path.write_text('[service]\nname = "Mesa TI"\nalert_to = ["ti@oti.example"]\n' + more + VALID, "utf-8")
    return Live.of(load(path))


def course(kind: Kind = Kind.LOGIN, about: str = "soporte", said: str = "", **more: datetime) -> Course:
    said = said or f"No se puede entrar al buzón «{about}»: {REFUSED}"
    illness = Illness(kind, about, NOW - HOUR, said, "Revise username y password")
    return Course(illness, NOW - HOUR, ("a",), **more)


def written(mail: Mail, live: Live, state: State = State(), left: tuple[str, ...] = ()) -> Letter:  # noqa: B008
    return letter(mail, state, left, live, NOW)


def test_it_says_what_since_when_in_whose_words_and_what_to_do(live: Live) -> None:
    said = written(Mail(Tells.ILL, (course(),)), live).said
    assert said.subject == "[mailbot] No se puede entrar al buzón «soporte»"
    for text in (said.text, said.html):
        assert "miércoles 18 de noviembre, 9:00 a. m." in text, "in the desk's timezone"
        assert REFUSED in text
        assert "Revise username y password." in text
        assert f"sudo mailbot --config {live.config.source} status" in text
        assert "Mesa TI" in text


def test_nobody_elses_address_stands_in_it(live: Live) -> None:
    asked = "Enviar un correo a ana.ruiz@oti.example: 451 <ana.ruiz@oti.example>"
    refused = f"No salen las respuestas del buzón «soporte»: {asked}"
    said = written(Mail(Tells.ILL, (course(Kind.REPLIES, said=refused),)), live).said
    assert "ana.ruiz" not in said.subject + said.text + said.html
    assert "Enviar un correo a (una dirección): 451" in said.text


def test_many_mailboxes_with_one_illness_are_one_entry(live: Live) -> None:
    many = tuple(course(about=f"buzon{n}") for n in range(200))
    said = written(Mail(Tells.ILL, many), live).said
    assert said.subject == "[mailbot] No se puede entrar a 200 buzones"
    assert "y 180 más. Por ejemplo" in said.text
    assert len(said.text) < 1500


def test_several_illnesses_are_told_with_those_that_go_on_and_those_that_are_over(live: Live) -> None:
    full = course(Kind.DISK, "", "Queda poco espacio en el disco de /var: 300 MB de 40 GB")
    over = course(Kind.UNREAD, "ventas", "El buzón «ventas» no se lee", ended=NOW - 18 * MINUTE)
    mail = Mail(
        Tells.ILL, (full, course(Kind.FAILED, "", "2 correos no se pudieron leer")), (course(),), (over,)
    )
    said = written(mail, live, State(sent=(NOW - 2 * HOUR, NOW - HOUR))).said
    assert said.subject == "[mailbot] Queda poco espacio en el disco de /var, y 1 más"
    assert "- No se puede entrar al buzón «soporte», desde el miércoles" in said.text
    assert "- El buzón «ventas» no se lee, duró 42 minutos" in said.text
    assert "Antes de las 10:20 a. m. no se avisará nada más." in said.text


def test_what_lasts_for_days_is_told_whole_again(live: Live) -> None:
    said = written(Mail(Tells.STILL_ILL, known=(course(told=NOW),)), live).said
    assert said.subject == "[mailbot] Sigue: No se puede entrar al buzón «soporte»"
    assert "Revise username y password." in said.text


def test_its_end_says_how_long_it_lasted_and_what_is_left_to_do(live: Live) -> None:
    over = Mail(Tells.WELL, over=(course(told=NOW, ended=NOW - 30 * MINUTE),))
    said = written(over, live, left=("3 respuestas están por salir",)).said
    assert said.subject == "[mailbot] Resuelto: No se puede entrar al buzón «soporte»"
    assert "duró 30 minutos" in said.text
    assert "- 3 respuestas están por salir" in said.text
    assert "No queda nada por hacer" in written(over, live).said.text


def test_its_bytes_are_a_mail_of_a_machine(live: Live) -> None:
    """RFC 3834 §5. The same told again is the same mail."""
    mail = Mail(Tells.ILL, (course(),))
    data = written(mail, live).by("mailbot@oti.example")
    read = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    assert (read["To"], read["From"]) == ("ti@oti.example", "mailbot <mailbot@oti.example>")
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["X-Mailbot-Reference"] == read["Message-ID"]
    again = email.message_from_bytes(
        written(mail, live).by("mailbot@oti.example"), policy=email.policy.default
    )
    assert again["Message-ID"] == read["Message-ID"]
    assert trial(live, NOW).reference != trial(live, NOW).reference


def test_an_admins_own_words_win_as_long_as_they_work(tmp_path: Path) -> None:
    folder = tmp_path / "plantillas"
    folder.mkdir()
    (folder / "alerta.subject.txt.j2").write_text("¡Ojo! {{ que_pasa }}", "utf-8")
    (folder / "alerta.body.txt.j2").write_text("{% for f in fallas %}{{ f.remedi }}{% endfor %}", "utf-8")
    live = of(tmp_path, '[replies]\ntemplates = "plantillas"\n')
    (problem,) = live.templates.problems()
    assert (problem.message, problem.hint) == ("«remedi» no existe.", "¿Quiso decir «remedio»?")
    said = written(Mail(Tells.ILL, (course(),)), live).said
    assert said.subject == "¡Ojo! No se puede entrar al buzón «soporte»"
    assert "Qué hacer: Revise username y password." in said.text
