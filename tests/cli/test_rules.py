"""`mailbot rules test`: what a rule does before it does it; nothing is stored, nothing sent."""

import json
from pathlib import Path

import pytest

from mailbot.cli import rules_page
from mailbot.sandbox.samples import FIXTURES
from tests.cli.conftest import Desk
from tests.config.toml import VALID, rule

NEAR = """
[[rule]]
name = "cercana"
keywords = ["contraseña"]
unless = ["portal"]

[[rule]]
name = "de_pocos"
keywords = ["contraseña"]
from = ["jefe@mesa.example"]
"""


@pytest.fixture
def edited(desk: Desk, tmp_path: Path) -> Path:
    """The config with rules that an admin thinks of, and only some senders that are ours."""
    config = tmp_path / "config.toml"
    text = desk.config.read_text("utf-8")
    config.write_text(text.replace("ours   = []", 'ours   = ["*@oti.example"]') + NEAR, "utf-8")
    return config


def test_the_words_that_match_are_marked_in_the_subject(desk: Desk) -> None:
    page = desk.mailbot("rules", "test", "RE: olvidé la CONTRASEÑA del portal").stdout
    assert "asunto      RE: olvidé la «CONTRASEÑA» del portal\n" in page
    assert "se compara  olvide la contrasena del portal\n" in page
    assert '✓ acceso: coincide con "CONTRASEÑA" (gana)\n' in page
    assert "abriría un caso, en precaso\n" in page
    assert "severidad 5 (solicitud)" in page


def test_rules_that_nearly_matched_say_what_kept_them(desk: Desk, edited: Path) -> None:
    page = desk.mailbot("rules", "test", "contraseña del portal", "--config", edited).stdout
    assert '✗ cercana: la excluye "portal"\n' in page
    assert "✗ de_pocos: el remitente no está en from\n" in page
    assert "no coinciden; con --all se ve por qué." in page
    assert "impresion" not in page


def test_a_robot_is_known_by_its_address_or_subject_alone(desk: Desk) -> None:
    """As from a mailbox: a person is not told of a case that would never be opened."""
    words = ("rules", "test", "Su contraseña vence en 5 días")
    assert desk.json(*words)["outcome"] == "opened"
    robot = desk.json(*words, "--from", "No-Responder@proveedor.example")
    assert (robot["rule"], robot["outcome"], robot["would_reply"]) == ("acceso", "ignored", None)
    away = desk.json("rules", "test", "Respuesta automática: contraseña", "--from", "ana@mesa.example")
    assert (away["outcome"], away["would_reply"]) == ("ignored", None)


def test_all_tells_of_every_rule(desk: Desk) -> None:
    page = desk.mailbot("rules", "test", "contraseña", "--all").stdout
    assert "✗ impresion: ninguna de sus palabras está en el asunto\n" in page
    assert "--all" not in page


def test_a_subject_comes_from_one_of_ours_unless_told_otherwise(desk: Desk, edited: Path) -> None:
    """A16: with `[senders] ours` a stranger's mail would match nothing at all."""
    words = ("rules", "test", "contraseña", "--config", edited)
    assert desk.json(*words)["outcome"] == "opened"
    assert desk.json(*words, "--from", "alguien@otra.example")["outcome"] == "unmatched"


def test_data_are_told_with_where_they_stood(desk: Desk) -> None:
    page = desk.mailbot("rules", "test", FIXTURES / "acceso_completo.eml").stdout
    assert "abriría un caso, ya abierto\n" in page
    assert (
        "telefono    300 555 0142  (línea con su etiqueta: «Teléfono de contacto: 300 555 0142»)\n"
        in page.replace("0142 (", "0142  (")
    )
    assert "caso_abierto: dice que el caso está abierto\n" in page


def test_the_reply_is_shown_whole_for_a_case_that_is_none(desk: Desk) -> None:
    reply = desk.json("rules", "test", "contraseña", "--from", "ana@mesa.example", "--reply")["reply"]
    assert set(reply) == {"from", "to", "subject", "text"}
    assert (reply["to"], reply["subject"]) == ("ana@mesa.example", "Re: contraseña [MS-000000]")
    assert "Teléfono de contacto:\n" in reply["text"]
    page = desk.mailbot("rules", "test", "contraseña", "--reply").stdout
    assert "  Asunto: Re: contraseña [MS-000000]\n" in page


def test_what_is_not_answered_has_no_reply(desk: Desk) -> None:
    words = ("rules", "test", FIXTURES / "boletin_lista.eml", "--reply")
    found = desk.json(*words)
    assert (found["outcome"], found["would_reply"], found["reply"]) == ("ignored", None, None)
    assert "No se respondería.\n" in desk.mailbot(*words).stdout


def test_a_mail_may_come_by_the_standard_input_or_from_the_store(desk: Desk) -> None:
    raw = (FIXTURES / "acceso_sin_datos.eml").read_bytes()
    piped = desk.mailbot("rules", "test", "-", "--json", stdin=raw)
    stored = desk.json("rules", "test", str(desk.message("acceso_sin_datos")))
    assert piped.exit_code == 0
    assert json.loads(piped.stdout) | {"stored": stored["stored"]} == stored
    assert stored["rule"] == "acceso"


def test_a_sender_may_be_written_with_the_name(desk: Desk) -> None:
    done = desk.json("rules", "test", "clave", "--from", "Ana <Ana@x.example>", "--reply")
    assert done["reply"]["to"] == "ana@x.example"


def test_a_subject_that_is_also_the_name_of_a_file_is_a_subject(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "contraseña").write_text("esto no es un correo")
    monkeypatch.chdir(tmp_path)
    assert desk.json("rules", "test", "contraseña")["rule"] == "acceso"


def test_automatic_mail_that_looks_like_a_request_is_said_to_go_to_review(desk: Desk) -> None:
    raw = (FIXTURES / "acceso_sin_datos.eml").read_bytes()
    page = desk.mailbot("rules", "test", "-", stdin=b"Auto-Submitted: auto-generated\r\n" + raw).stdout
    assert "pasaría a revisión, sin caso: es automático, y su asunto parece una solicitud\n" in page


def test_a_stored_answer_says_to_which_case_it_belongs(desk: Desk) -> None:
    """It is judged as if it came first; what really became of it stands beside."""
    answer = desk.message("acceso_completo")
    number = desk.number("acceso_completo")
    page = desk.mailbot("rules", "test", answer).stdout
    assert f"  de verdad   es el mensaje {answer}; abrió un caso: {number}, que está en abierto\n" in page
    assert desk.json("rules", "test", answer)["stored"] == {
        "id": answer,
        "mailbox": "soporte",
        "outcome": "opened",
        "case": number,
        "state": "abierto",
    }


def test_a_stored_message_is_tried_in_the_mailbox_it_came_to(desk: Desk, tmp_path: Path) -> None:
    """Rules may be for some mailboxes only."""
    box = desk.config.read_text("utf-8").split("[mailbox.soporte]")[1].split("\n# Quién recibe")[0]
    first = "[mailbox.primero]" + box.replace("mailbox.soporte", "mailbox.primero").replace(
        "soporte@", "primero@"
    )
    config = tmp_path / "config.toml"
    text = desk.config.read_text("utf-8").replace("[mailbox.soporte]", first + "\n[mailbox.soporte]", 1)
    config.write_text(text.replace('username = "soporte@', 'username = "otro@'), "utf-8")
    page = desk.mailbot("rules", "test", desk.message("acceso_completo"), "--config", config).stdout
    assert "  al buzón    soporte\n" in page
    assert "  al buzón    primero\n" in desk.mailbot("rules", "test", "clave", "--config", config).stdout


@pytest.mark.parametrize(
    ("sample", "which", "over"),
    [
        ("zabbix_problema", "884121  (la dice el texto)", "no"),
        ("zabbix_recuperado", "884121  (la dice el texto)", "sí: en el asunto hay una palabra de recover"),
        ("nagios_problema", "srv-orfeo-01/http  (la dice el asunto)", "no"),
    ],
)
def test_of_a_machines_mail_the_fault_and_its_end_are_told(
    desk: Desk, sample: str, which: str, over: str
) -> None:
    page = desk.mailbot("rules", "test", FIXTURES / f"{sample}.eml").stdout
    assert f"\nLa falla\n  cuál es  {which}\n  terminó  {over}\n".replace("  (", " (") in page
    found = desk.json("rules", "test", FIXTURES / f"{sample}.eml")
    assert (found["correlation"], found["recovered"]) == (which.split(" ", maxsplit=1)[0], over != "no")


def test_an_end_without_its_problem_is_not_taken_for_a_robots_request(desk: Desk) -> None:
    words = ("rules", "test", FIXTURES / "zabbix_recuperado.eml")
    assert "desenlace  no se uniría a nada: termina una falla de la que no hay caso\n" in (
        desk.mailbot(*words).stdout
    )
    doubtful = ("rules", "test", "Problem: Resolved, Enlace Bogotá", "--from", "zabbix@mesa.example")
    assert "de la que no hay caso; pasaría a revisión\n" in desk.mailbot(*doubtful).stdout


def test_values_that_were_seen_and_not_taken_are_told_with_why(desk: Desk) -> None:
    page = desk.mailbot("rules", "test", FIXTURES / "dos_telefonos_en_el_texto.eml").stdout
    assert "hay varios, «326 555 0131», «327 555 0132», y no se sabe cuál es\n" in page


def test_of_few_rules_each_is_told(desk: Desk, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(VALID + rule() + rule(name="red", keywords='keywords = ["wifi"]'), "utf-8")
    page = desk.mailbot("rules", "test", "mi clave", "--config", config).stdout
    assert '  ✓ acceso: coincide con "clave" (gana)\n  ✗ red: ninguna de sus palabras' in page
    assert "--all" not in page
    assert "persona@ejemplo.invalid" not in page


def test_every_rule_stands_in_the_json_with_its_why(desk: Desk) -> None:
    found = desk.json("rules", "test", "RE: La IMPRESORA y el wifi")
    assert found["folded"] == "la impresora y el wifi"
    by_name = {one["rule"]: one for one in found["rules"]}
    assert by_name["impresion"]["words"] == ["IMPRESORA"]
    assert by_name["conectividad"]["matched"]
    assert by_name["acceso"]["why"] == "ninguna de sus palabras está en el asunto"


def test_a_number_that_no_message_has_may_be_a_subject(desk: Desk) -> None:
    done = desk.mailbot("rules", "test", "404404")
    assert done.exit_code == 1
    assert "si es un asunto: mailbot rules test ' 404404'" in done.stderr
    assert desk.mailbot("rules", "test", " 404404").exit_code == 0


@pytest.mark.parametrize(
    ("silent", "of", "said"),
    [
        (1, 1, "La única regla no coincide"),
        (1, 4, "La otra regla no coincide"),
        (3, 3, "Las 3 no coinciden"),
        (3, 4, "Las otras 3 no coinciden"),
    ],
)
def test_rules_that_say_nothing_are_counted_as_one_speaks(silent: int, of: int, said: str) -> None:
    assert rules_page._silent(silent, of) == said


def test_nothing_is_stored_and_nothing_sent(desk: Desk) -> None:
    before = desk.json("cases"), desk.json("messages")
    desk.mailbot("rules", "test", FIXTURES / "acceso_completo.eml", "--reply")
    assert (desk.json("cases"), desk.json("messages")) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["contraseña", "--mailbox", "ventas"], "No hay un buzón «ventas»; hay: soporte."),
        (["nada.eml"], "No se pudo leer nada.eml: no existe."),
        (["Correo.MSG"], "Guarde el correo como .eml"),
        (["contraseña", "--from", "ana"], "--from es una dirección de correo, no «ana»."),
        (
            ["contraseña", "--from", "a@b.co, c@d.co"],
            "--from es una dirección de correo, no «a@b.co, c@d.co».",
        ),
        ([str(FIXTURES / "anidado_sin_fin.eml")], "partes una dentro de otra"),
    ],
)
def test_what_cannot_be_tried_is_told(desk: Desk, words: list[str], said: str) -> None:
    done = desk.mailbot("rules", "test", *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
