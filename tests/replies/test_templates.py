"""The words, the admin's own files, and what is said of those that are broken."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, meta

from mailbot.mail.html import to_text
from mailbot.mail.reply_text import MARKER
from mailbot.replies.templates import HTML, NAMES, PACKAGED, SUBJECT, TEXT, Templates
from mailbot.replies.variables import EMPTY, SITUATIONS, VARIABLES

TEMPLATES = Templates()
CONTRACT = {
    "pedir_datos",
    "pedir_faltantes",
    "recordatorio",
    "caso_abierto",
    "no_gestionado",
    "caso_cerrado",
    "a_la_mesa",
    "sin_regla",
    "muy_grande",
    "aviso_caso",
    "aviso_atencion",
}
#: to those who run the service
ALERTS = {"alerta", "alerta_resuelta", "alerta_prueba"}
TO_PEOPLE = sorted(set(NAMES) - {"aviso_caso", "aviso_atencion"} - ALERTS)
#: they ask for no answer
WITHOUT_MARKER = {"cancelado", "sin_regla", "muy_grande", "aviso_caso", "aviso_atencion", *ALERTS}


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return folder


def test_the_templates_of_the_contract_are_there_whole() -> None:
    assert set(NAMES) >= CONTRACT
    assert all(name + suffix in PACKAGED for name in NAMES for suffix in (SUBJECT, TEXT, HTML))


def test_every_variable_of_the_templates_is_documented_and_used() -> None:
    environment = Environment(autoescape=True)
    used: set[str] = set()
    for path in PACKAGED.values():
        used |= meta.find_undeclared_variables(environment.parse(path.read_text("utf-8")))
    assert set(VARIABLES) == set(EMPTY) == used - {"self"}
    assert all(sentence.endswith(".") for sentence in VARIABLES.values())


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("name", NAMES)
def test_every_template_renders_every_situation(name: str, situation: str) -> None:
    said = TEMPLATES.render(name, SITUATIONS[situation])
    assert said.subject
    assert said.text.strip()
    assert "\n" not in said.subject
    assert "\n\n\n" not in said.text
    assert not re.search(
        r"{{|{%|None|Undefined|«»", (said.text + said.html).replace("{{ 7 * 7 }} {% raw %}", "")
    )


@pytest.mark.parametrize("name", TO_PEOPLE)
def test_a_reply_keeps_the_conversations_subject_and_ends_in_its_number(name: str) -> None:
    facts = SITUATIONS["faltan dos datos"]
    assert TEMPLATES.render(name, facts).subject == "Re: La impresora no imprime [MS-000123]"
    assert TEMPLATES.render(name, {**facts, "numero": ""}).subject == "Re: La impresora no imprime"


@pytest.mark.parametrize("name", NAMES)
def test_html_of_strangers_is_shown_never_run(name: str) -> None:
    """Hazard 28; the rule for `.html.j2` is ours, since Jinja's own is off for it."""
    said = TEMPLATES.render(name, SITUATIONS["texto hostil"])
    assert "<script" not in said.html
    assert "&lt;script&gt;" in said.html
    assert "<script>" in said.text


@pytest.mark.parametrize("name", NAMES)
def test_mail_is_data_never_a_template(name: str) -> None:
    """Hazard 27."""
    said = TEMPLATES.render(name, SITUATIONS["texto hostil"])
    assert "{{ 7 * 7 }}" in said.text
    assert "49" not in said.text


@pytest.mark.parametrize("name", NAMES)
def test_the_html_is_whole_plain_and_fetches_nothing(name: str) -> None:
    """D14: read aloud in Spanish, one heading, no images, links, scripts, forms or tables for layout."""
    html = TEMPLATES.render(name, SITUATIONS["respuesta incompleta"]).html
    assert html.startswith("<!doctype html>")
    assert '<html lang="es">' in html
    assert html.count("<h1") == 1
    assert not re.search(r"<(img|a|script|form|table|link|iframe)\b|https?:|url\(|@import", html)


@pytest.mark.parametrize("name", sorted(set(NAMES) - WITHOUT_MARKER))
def test_every_reply_that_may_be_answered_begins_with_the_marker(name: str) -> None:
    """Whatever their mail program does, what stands below it is never read as theirs (hazard 23)."""
    said = TEMPLATES.render(name, SITUATIONS["faltan dos datos"])
    assert said.text.startswith(MARKER + "\n\n")
    assert to_text(said.html).strip().startswith(MARKER)


@pytest.mark.parametrize("name", sorted(set(NAMES) - WITHOUT_MARKER))
def test_the_inbox_shows_what_a_mail_says_before_the_marker(name: str) -> None:
    """The first words of the HTML, hidden in the mail itself."""
    html = TEMPLATES.render(name, SITUATIONS["respuesta incompleta"]).html
    first = html.partition("<body")[2].partition(MARKER)[0]
    assert re.search(r'<div style="display:none[^>]*>[^<]*MS-000123[^<]*</div>', first)


def test_the_inbox_shows_how_much_is_missing_of_which_request() -> None:
    html = TEMPLATES.render("pedir_datos", SITUATIONS["faltan dos datos"]).html
    assert ">Nos faltan 2 datos para atender su solicitud MS-000123.</div>" in html
    open_already = TEMPLATES.render("pedir_datos", SITUATIONS["abierto mientras llegan los datos"]).html
    assert ">Abrimos el caso MS-000123 y nos faltan 2 datos para atenderlo mejor.</div>" in open_already


@pytest.mark.parametrize("name", sorted(WITHOUT_MARKER))
def test_a_mail_that_asks_for_no_answer_has_no_marker(name: str) -> None:
    said = TEMPLATES.render(name, SITUATIONS["faltan dos datos"])
    assert MARKER not in said.text + said.html
    assert "display:none" not in said.html


def test_an_admins_page_without_a_summary_shows_its_title_in_the_inbox(tmp_path: Path) -> None:
    own = '{% extends "parte_marco.html.j2" %}{% block titulo %}Hola{% endblock %}{% block cuerpo %}{% endblock %}'
    templates = Templates(write(tmp_path, "a_la_mesa.body.html.j2", own))
    assert templates.problems() == ()
    assert ">Hola</div>" in templates.render("a_la_mesa", SITUATIONS["faltan dos datos"]).html


def test_a_case_opened_by_a_person_while_data_are_missing_is_not_called_complete() -> None:
    missing = TEMPLATES.render("caso_abierto", SITUATIONS["abierto mientras llegan los datos"])
    complete = TEMPLATES.render("caso_abierto", SITUATIONS["abierto, completo"])
    for without, whole in ((missing.text, complete.text), (to_text(missing.html), to_text(complete.html))):
        assert "Ya tenemos lo necesario" not in without
        assert "Abrimos el caso MS-000123 para atender su solicitud." in without
        assert "una persona de la mesa atenderá su caso" in without.replace("Una", "una")
        assert "datos que nos dio" not in without
        assert "Ya tenemos lo necesario" in whole
        assert "datos que nos dio" in whole


@pytest.mark.parametrize("name", ["aviso_caso", "aviso_atencion"])
def test_a_notice_tells_the_problem_and_then_what_was_written_now(name: str) -> None:
    later = TEMPLATES.render(name, SITUATIONS["espera a una persona"])
    for text in (later.text, to_text(later.html)):
        order = ["Cuando pidió ayuda escribió", "no imprime desde ayer", "Ahora escribió", "No sé cuál es."]
        assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)
        assert "Registrado: martes 6 de octubre, 9:15 a. m." in text
        assert "Lo que escribió la persona" not in text
    at_once = TEMPLATES.render(name, SITUATIONS["faltan dos datos"]).text
    assert "Lo que escribió la persona:\n> Buenos días." in at_once
    assert "Ahora escribió" not in at_once


@pytest.mark.parametrize("name", ["pedir_datos", "pedir_faltantes", "recordatorio", "no_gestionado"])
def test_what_is_missing_stands_as_lines_to_fill_in(name: str) -> None:
    said = TEMPLATES.render(name, SITUATIONS["faltan dos datos"]).text.splitlines()
    at = said.index("Sede, piso u oficina:")
    assert said[at + 1 : at + 3] == ["Placa de inventario del equipo:", ""]


@pytest.mark.parametrize("name", ["pedir_datos", "pedir_faltantes", "recordatorio"])
def test_the_hints_stand_below_the_form_under_a_heading_and_then_what_to_do_without_a_datum(
    name: str,
) -> None:
    said = TEMPLATES.render(name, SITUATIONS["faltan dos datos"])
    for text in (said.text, to_text(said.html)):
        lines = [line for line in text.splitlines() if line]
        at = lines.index("Placa de inventario del equipo:")
        assert lines[at + 1] == "Para que le sea fácil:"
        assert lines[at + 2].startswith("- Placa de inventario del equipo (está en")
        assert "«no tengo»" in lines[at + 3]


def test_a_case_that_is_open_already_is_not_threatened_with_its_close() -> None:
    said = TEMPLATES.render("pedir_datos", SITUATIONS["abierto mientras llegan los datos"]).text
    assert "cerraremos" not in said
    assert "CANCELAR" not in said


@pytest.mark.parametrize("sub", ["", "es"])
def test_an_admins_file_wins(tmp_path: Path, sub: str) -> None:
    write(tmp_path / sub, "cancelado.body.txt.j2", "Hasta luego, {{ mesa }}.\n")
    templates = Templates(tmp_path)
    assert templates.problems() == ()
    assert templates.render("cancelado", SITUATIONS["anulado"]).text == "Hasta luego, Mesa de Servicios.\n"


def test_an_admins_signature_stands_in_every_reply(tmp_path: Path) -> None:
    write(tmp_path, "parte_firma.txt.j2", "{{ mesa }}, piso 3\n")
    assert "Mesa de Servicios, piso 3" in Templates(tmp_path).render("a_la_mesa", SITUATIONS["anulado"]).text


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("Hola\n{{ numro }}", 2, "La variable «numro» no existe.", "¿Quiso decir «numero»?"),
        # also where no sample comes by
        (
            "{% if false %}\n{{ faltante }}{% endif %}",
            2,
            "La variable «faltante» no existe.",
            "¿Quiso decir «faltantes»?",
        ),
        (
            "{% for d in faltantes %}\n{{ d.etiqeta }}{% endfor %}",
            2,
            "«etiqeta» no existe.",
            "¿Quiso decir «etiqueta»?",
        ),
        ("uno\n{% if numero %}", 2, "La plantilla está mal escrita", "{% end… %}"),
        ("{{ numero | mayusculas }}", 1, "La plantilla usa algo que no existe: «mayusculas»", "Compárela"),
        ("{% include 'otra.txt.j2' %}", 1, "Se incluye un archivo que no existe: «otra.txt.j2»", "include"),
        ("\n\n{{ 1 / 0 }}", 3, "ZeroDivisionError", "Compárela"),
        # the sandbox (hazard 27)
        ("{{ numero.__class__.__mro__ }}", 1, "La plantilla falla", "Compárela"),
    ],
)
def test_a_broken_override_is_named_and_the_packaged_file_serves(
    tmp_path: Path, text: str, line: int, message: str, hint: str
) -> None:
    templates = Templates(write(tmp_path, "cancelado.body.txt.j2", text))
    (problem,) = templates.problems()
    assert (problem.level, problem.line, problem.file) == (
        "error",
        line,
        str(tmp_path / "cancelado.body.txt.j2"),
    )
    assert message in problem.message
    assert hint in problem.hint
    facts = SITUATIONS["anulado"]
    assert templates.render("cancelado", facts) == TEMPLATES.render("cancelado", facts)


def test_every_broken_file_is_named_and_the_others_serve(tmp_path: Path) -> None:
    write(tmp_path, "cancelado.body.txt.j2", "{{ uno }}")
    write(tmp_path, "sin_regla.body.html.j2", "{% extends 'parte_marco.html.j2' %}{% block x %}")
    write(tmp_path, "parte_firma.txt.j2", "{{ mesa.x }}")
    write(tmp_path, "a_la_mesa.subject.txt.j2", "Gracias [{{ numero }}]")
    templates = Templates(tmp_path)
    assert {Path(p.file).name for p in templates.problems()} == {
        "cancelado.body.txt.j2",
        "sin_regla.body.html.j2",
        "parte_firma.txt.j2",
    }
    assert templates.render("a_la_mesa", SITUATIONS["anulado"]).subject == "Gracias [MS-000123]"


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "cancelado.body.txt.j2").write_bytes("Señor".encode("latin-1"))
    (problem,) = Templates(tmp_path).problems()
    assert problem.message == "El archivo no está en UTF-8."


def test_a_file_that_no_reply_uses_is_a_warning_with_the_nearest_name(tmp_path: Path) -> None:
    (problem,) = Templates(write(tmp_path, "pedir_dato.body.txt.j2", "Hola")).problems()
    assert problem.level == "warning"
    assert problem.hint == "¿Quiso decir «pedir_datos.body.txt.j2»?"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    (problem,) = Templates(tmp_path / "no").problems()
    assert problem.message == "No existe la carpeta de plantillas."


def test_an_override_that_fails_only_on_real_mail_does_not_stop_the_reply(tmp_path: Path) -> None:
    text = "{% if numero == 'MS-000999' %}{{ 1 / 0 }}{% endif %}Hola"
    templates = Templates(write(tmp_path, "cancelado.body.txt.j2", text))
    assert templates.problems() == ()
    facts = {**SITUATIONS["anulado"], "numero": "MS-000999"}
    for _ in range(2):
        assert templates.render("cancelado", facts).text == TEMPLATES.render("cancelado", facts).text
    assert ["ZeroDivisionError" in p.message for p in templates.problems()] == [True]


def test_after_the_close_nobody_is_promised_for_an_answer_without_data() -> None:
    """A late answer opens a new request, which asks again: only before the close does «no tengo» reach a person."""
    assert "no tengo" in TEMPLATES.render("recordatorio", SITUATIONS["faltan dos datos"]).text
    assert "no tengo" not in TEMPLATES.render("no_gestionado", SITUATIONS["no gestionado"]).text
