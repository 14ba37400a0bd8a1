"""Who asked for help in a forwarded mail (lesson 29), as the mail programs of our users write it."""

import time
import tomllib
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.mail.message import Address
from mailbot.mail.parse import parse
from tests.mail.build import mail, multimail, part

GLORIA = "Gloria Vélez <gloria@oti.example>"
ANA = Address("ana@mesa.example", "Ana Ruiz")

OUTLOOK = """\
    De: Ana Ruiz <ana@mesa.example>
    Enviado el: miércoles, 18 de noviembre de 2026 9:31 a. m.
    Para: Gloria Vélez <gloria@oti.example>
    Asunto: No abre

    No me abre desde ayer. Escriban a luz@mesa.example
    """
FORMS = {
    "Outlook": OUTLOOK,
    "Outlook, with words above": "Por favor su apoyo.\n\nGloria Vélez\nOTI\n\n" + dedent(OUTLOOK),
    "Outlook, old": "-----Mensaje original-----\n"
    + dedent(OUTLOOK).replace("<ana@mesa.example>", "[mailto:ana@mesa.example]"),
    "Outlook, its links written out": dedent(OUTLOOK).replace(
        "<ana@mesa.example>", "<ana@mesa.example<mailto:ana@mesa.example>>"
    ),
    "Outlook, in bold": "*De:* *Ana Ruiz* <ana@mesa.example>\n*Enviado el:* 18/11/2026 9:31\n*Asunto:* No abre\n\nHola",
    "Outlook for phones": """\
        Obtener Outlook para Android
        ________________________________
        De: Ana Ruiz <ana@mesa.example>
        Enviado: Wednesday, November 18, 2026 9:31:00 AM
        Para: Gloria Vélez <gloria@oti.example>
        Asunto: No abre

        Hola
        """,
    "Gmail": """\
        Buenos días, para su gestión.

        ---------- Forwarded message ---------
        De: Ana Ruiz <ana@mesa.example>
        Date: mié, 18 nov 2026 a las 9:31
        Subject: No abre
        To: Gloria Vélez <gloria@oti.example>


        Hola
        """,
    "Apple": """\
        Inicio del mensaje reenviado:

        > De: Ana Ruiz <ana@mesa.example>
        > Asunto: No abre
        > Fecha: 18 de noviembre de 2026, 9:31:00 a. m. COT
        > Para: Gloria Vélez <gloria@oti.example>
        >
        > Hola
        """,
    "Thunderbird": """\
        -------- Mensaje reenviado --------
        Asunto: \tNo abre
        Fecha: \tWed, 18 Nov 2026 09:31:00 -0500
        De: \tAna Ruiz <ana@mesa.example>
        Para: \tgloria@oti.example


        Hola
        """,
    "an address that goes on in the next line": """\
        ---------- Forwarded message ---------
        De: Ana Ruiz
        <ana@mesa.example>
        Date: mié, 18 nov 2026 a las 9:31
        Subject: No abre
        """,
    "a forward of a forward: the first header counts": dedent(OUTLOOK)
    + dedent(OUTLOOK).replace("ana@", "luz@"),
}


def forwarded_html(html: str) -> Address | None:
    return parse(
        mail(html, subject="RV: No abre", **{"from": GLORIA}, content_type="text/html")
    ).forwarded_from


def by_gloria(text: str, subject: str = "RV: No abre", sender: str = GLORIA) -> Address | None:
    return parse(mail(dedent(text), subject=subject, **{"from": sender})).forwarded_from


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_the_author_of_what_is_forwarded_is_known(text: str) -> None:
    assert by_gloria(text) == ANA


@pytest.mark.parametrize(
    "subject", ["RV: x", "Fwd: x", "FW: x", "[EXTERNO] RV: x", "RV: RE: x", "Rv: x", "ENC: x"]
)
def test_the_subject_says_that_it_is_a_forward(subject: str) -> None:
    assert by_gloria(OUTLOOK, subject) == ANA


@pytest.mark.parametrize("subject", ["RE: x", "RE: RV: x", "x", "", "Rv no es: x"])
def test_what_is_answered_is_not_forwarded(subject: str) -> None:
    """Outlook puts the same header above both."""
    assert by_gloria(OUTLOOK, subject) is None


@pytest.mark.parametrize("program", ["Gmail", "Apple", "Thunderbird"])
def test_programs_that_mark_a_forward_need_no_subject_for_it(program: str) -> None:
    assert by_gloria(FORMS[program], "") == by_gloria(FORMS[program], "No abre") == ANA


FIXTURES = Path(__file__).parents[1] / "fixtures"
TWINS = {
    path.stem: wanted["forwarded_from"]
    for path in FIXTURES.glob("*.toml")
    if "forwarded_from" in (wanted := tomllib.loads(path.read_text("utf-8")).get("expect", {}))
}


@pytest.mark.parametrize("name", TWINS)
def test_the_samples_say_who_asked(name: str) -> None:
    found = parse((FIXTURES / f"{name}.eml").read_bytes()).forwarded_from

    assert found
    assert found.email == TWINS[name]


NOBODY = {
    "no address, as Exchange writes people of the same house": OUTLOOK.replace(" <ana@mesa.example>", ""),
    "two addresses": OUTLOOK.replace("<ana@", "<luz@mesa.example>, <ana@"),
    "a differential of parsers (CVE-2023-27043)": OUTLOOK.replace(
        "<ana@mesa.example>", "ana@bank]<ana@mesa.example>"
    ),
    "the forwarder's own mail": OUTLOOK.replace("ana@mesa.example", "Gloria@OTI.example"),
    "a robot's": OUTLOOK.replace("ana@", "no-reply@"),
    "many words above: a request of the forwarder": "Tengo este problema. " * 50 + "\n\n" + dedent(OUTLOOK),
    "an answer that quotes a forward": "Listo.\n\nEl mié, 18 nov 2026 a las 9:31, Luz (<luz@x>) escribió:\n> a\n\n"
    + dedent(OUTLOOK),
    "no header": "Hola, lo de siempre. De: la oficina. Para: ustedes.",
    "a form in prose": "De: la oficina 301\nPara: la 302 (ana@mesa.example)\nAsunto: traslado\n",
    "a divider alone": "---------- Forwarded message ---------\n\nHola ana@mesa.example",
}


@pytest.mark.parametrize("text", NOBODY.values(), ids=NOBODY)
def test_where_it_is_not_clear_nobody_is_proposed(text: str) -> None:
    assert by_gloria(text) is None


def test_in_html_too() -> None:
    html = (
        "<div>Gracias</div><hr><div id='divRplyFwdMsg'><b>De:</b> Ana Ruiz &lt;ana@mesa.example&gt;<br><b>Enviado:</b>"
        " miércoles, 18 de noviembre de 2026 9:31<br><b>Para:</b> Gloria<br><b>Asunto:</b> No abre</div><p>Hola"
    )
    assert forwarded_html(html) == ANA


def attached(
    subject: str, *, words: str = "Por favor.", from_: str = "Ana Ruiz <ana@mesa.example>", **inner: str
) -> bytes:
    original = mail("Hola", **{"from": from_}, subject="No abre", **inner)
    return multimail(
        "mixed", part(words), part(original, "message/rfc822"), subject=subject, **{"from": GLORIA}
    )


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (attached("RV: No abre"), True),
        (attached("RV: otra cosa"), True),
        (attached("No abre"), True),  # as an attachment, under the same subject
        (attached("Re: No abre", words="Va adjunto"), True),
        (attached(""), True),  # Gmail
        (attached("Me llegó este correo, ¿es falso?"), False),
        (attached("RV: No abre", words="Mi problema es este. " * 50), False),
        (attached("RV: No abre", list_id="<noticias.mesa.example>"), False),
        (attached("RV: No abre", from_="nadie"), False),
        (attached("RV: No abre", from_="noreply@mesa.example"), False),
    ],
)
def test_an_attached_mail_is_a_forward_where_the_subject_agrees(raw: bytes, found: bool) -> None:
    assert parse(raw).forwarded_from == (ANA if found else None)


def test_of_two_attached_mails_none_is_the_original() -> None:
    one = part(mail("Hola", **{"from": "ana@mesa.example"}), "message/rfc822")
    raw = multimail("mixed", one, one, subject="RV: x", **{"from": GLORIA})

    assert parse(raw).forwarded_from is None


@pytest.mark.parametrize("header", [{"auto_submitted": "auto-replied"}, {"list_id": "<x.example>"}])
def test_only_persons_forward(header: dict[str, str]) -> None:
    assert parse(mail(dedent(OUTLOOK), subject="RV: x", **{"from": GLORIA}, **header)).forwarded_from is None


@pytest.mark.parametrize(
    "line", ["De: ", "> " * 200, "De: " + "<" * 5000, "El 1:00 ", "---------- Forwarded message\n"]
)
def test_a_hostile_text_takes_no_time(line: str) -> None:
    """Hazard 44."""
    started = time.process_time()
    by_gloria((line + "\n") * (1_000_000 // len(line)))
    assert time.process_time() - started < 2


@given(st.text(alphabet='De: Para<>@\n"=?[]mailto:,;()ñ.x', max_size=80))
@settings(deadline=None)
def test_whoever_is_proposed_has_one_valid_address(value: str) -> None:
    """Hazards 18-20."""
    found = by_gloria(f"---------- Forwarded message ---------\nDe: {value}\nPara: x\n")

    assert found is None or (found.email in value.lower() and found.name.isprintable())
