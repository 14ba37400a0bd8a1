"""What people read: pages and lists, whole in a pipe, aligned and cut on a terminal."""

import pytest

from mailbot.cli import layout
from mailbot.desk.case import State
from mailbot.sandbox import samples
from tests.cli.conftest import Desk


def test_a_list_in_a_pipe_has_a_line_a_case_and_tabs_between_its_cells(desk: Desk) -> None:
    first = desk.mailbot("cases").stdout.splitlines()[0].split("\t")
    assert first == [
        desk.number("acceso_completo"),
        "abierto",
        "",
        "ivan.rueda@mesa.example",
        "Cambio de contraseña",
        "",
    ]


def test_why_a_case_waits_stands_with_it(desk: Desk) -> None:
    line = next(
        x for x in desk.mailbot("cases").stdout.splitlines() if desk.number("impresora_sin_datos") in x
    )
    assert line.endswith("\tsu respuesta la debe leer una persona")


def test_an_empty_list_says_so_beside_the_output(desk: Desk) -> None:
    done = desk.mailbot("cases", "--state", "activo_proveedor", "--attention")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "No hay casos así.\n")


def test_a_case_tells_its_severity_by_word_and_what_is_missing(desk: Desk) -> None:
    page = desk.mailbot("case", desk.number("impresora_sin_datos")).stdout
    assert "severidad    4, baja\n" in page
    assert "placa     — falta\n" in page
    assert "espera       a una persona: su respuesta la debe leer una persona\n" in page
    assert "registrado como precaso, regla impresion (mailbot)\n" in page
    assert "pedir_datos, a hernan.castaneda@mesa.example: enviada\n" in page


def test_a_doubtful_value_is_marked(desk: Desk) -> None:
    """Given twice in a form that does not fit: taken, and shown so (design, required data)."""
    page = desk.mailbot("case", desk.number("vpn_sin_telefono")).stdout
    line = next(x for x in page.splitlines() if x.lstrip().startswith("telefono"))
    assert line.endswith("(dudoso: confírmelo)")


def test_a_message_tells_why_in_sentences(desk: Desk) -> None:
    page = desk.mailbot("explain", desk.message("respuesta_parcial_outlook")).stdout
    number = desk.number("impresora_sin_datos")
    assert f"qué fue     se unió a su caso: {number}\n" in page
    assert "· dato encontrado: telefono, línea con su etiqueta\n" in page
    assert "· falta: placa\n" in page
    assert "respuesta   pedir_faltantes, a hernan.castaneda@mesa.example: enviada\n" in page
    assert "Lo que escribió" in page


def test_of_a_third_party_s_answer_it_does_not_say_that_they_are_answered(desk: Desk) -> None:
    """Invariant 5: mail of a participant may be answered, and the reply goes to who asked."""
    asked, brought = (
        desk.stage.play(samples.load(name)) for name in ("pantalla_azul", "tercero_reenviado_responde")
    )
    address = brought.message["from"]
    page = desk.mailbot("explain", brought.message["id"]).stdout

    assert f"· admite respuesta automática; la dirección de respuesta de quien escribe es {address}\n" in page
    assert f"respuesta   caso_abierto, a {asked.message['from']}: enviada\n" in page
    assert address != asked.message["from"]


def test_a_robot_tells_by_which_signs(desk: Desk) -> None:
    page = desk.mailbot("explain", desk.message("boletin_lista")).stdout
    assert "qué fue     no pide nada" in page
    assert "· es automático: List-Id: " in page


def test_a_mail_that_could_not_be_read_is_told(desk: Desk) -> None:
    assert (
        "no se pudo leer: se guardó entero" in desk.mailbot("explain", desk.message("anidado_sin_fin")).stdout
    )


def test_no_line_of_any_page_names_a_reason_or_event_by_its_code(desk: Desk) -> None:
    """Every stable name that these mails bring has its Spanish words."""
    for case in desk.json("cases")["cases"]:
        history = desk.mailbot("case", case["number"]).stdout.partition("Historia")[2].partition("Correos")[0]
        for name in (*State, case["rule"] or ""):
            history = history.replace(name, "")
        assert "_" not in history
    for message in desk.json("messages")["messages"]:
        why = desk.mailbot("explain", message["id"]).stdout.partition("Por qué")[2].partition("\n\n")[0]
        assert not any(
            f"· {code}: " in why for code in ("thread", "rule", "data", "answer", "answer_says", "machine")
        )


def test_control_characters_of_a_stranger_reach_no_terminal(desk: Desk) -> None:
    """Hazard 33."""
    assert layout.plain("\x1b[2J\u202ehola\r") == "\\x1b[2J\\u202ehola\\r"
    page = desk.mailbot("messages").stdout
    assert all(c.isprintable() or c in "\n\t" for c in page)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("words", [("cases",), ("messages",)])
def test_a_list_fits_a_terminal_of_80_columns(desk: Desk, words: tuple[str, ...]) -> None:
    lines = desk.mailbot(*words).stdout.splitlines()
    assert max(map(layout.cells, lines)) <= 80
    assert lines[0].split()[0] in ("caso", "id")


@pytest.mark.usefixtures("terminal")
def test_columns_are_aligned_also_under_wide_letters(capsys: pytest.CaptureFixture[str]) -> None:
    layout.table(("a", "b"), [("日本", "x"), ("ñ", "y")], flexible=(), notes=["", "nota"])
    assert capsys.readouterr().out == "a     b\n日本  x\nñ     y\n      ↳ nota\n"


@pytest.mark.parametrize(
    ("text", "to", "cut"),
    [
        ("corto", 5, "corto"),
        ("un poco largo", 8, "un poco…"),  # no blank before the sign
        ("日本語", 4, "日…"),  # a wide letter is not halved
        ("n\u0303o", 2, "n\u0303o"),  # a combining mark takes no room
    ],
)
def test_what_is_too_long_is_cut_and_shows_it(text: str, to: int, cut: str) -> None:
    assert layout.cut(text, to) == cut
