import pytest

from mailbot.mail.message import Attachment
from mailbot.rules.answer import needs_a_person, read
from mailbot.rules.found import Answer
from tests.rules.messages import message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CANCELAR", Answer.CANCEL),
        ("«Cancelar».", Answer.CANCEL),  # as our mail quotes it
        ("Cancelar por favor", Answer.CANCEL),
        ("Por favor cancelar la solicitud", Answer.CANCEL),
        ("cancelar caso MS-000123", Answer.CANCEL),
        (
            "Buenos días,\nCANCELAR\nGracias\n\nAna Ruiz\nContratista",
            Answer.CANCEL,
        ),  # greeting, thanks, signature
        ("no voy a cancelar", Answer.OTHER),
        ("¿Cómo hago para cancelar?", Answer.OTHER),
        ("Cancelar\nPero no todavía", Answer.OTHER),  # a second thought
        ("Cancelar la factura", Answer.OTHER),  # to pay
        ("Sede: Cali\nCANCELAR", Answer.OTHER),  # the word is not first
        ("NUEVO\nSigue sin imprimir", Answer.NEW),
        ("\n  «Nueva»\n", Answer.NEW),
        ("Nuevo equipo", Answer.OTHER),  # alone on its line
        ("Hola\nNUEVO", Answer.OTHER),  # on the first line
        ("ok, gracias", Answer.COURTESY),
        ("Muchas gracias por su ayuda", Answer.COURTESY),
        ("Recibido. Quedo atento.", Answer.COURTESY),
        ("Perfecto", Answer.COURTESY),
        ("Gracias\nAna Ruiz", Answer.COURTESY),  # signed
        ("👍", Answer.COURTESY),
        ("Ana Ruiz", Answer.OTHER),  # a name alone thanks nobody
        ("ok, gracias. 3001234567", Answer.OTHER),
        ("Gracias, pero sigue igual", Answer.OTHER),
        ("gracias?", Answer.OTHER),
        ("gracias " * 16, Answer.OTHER),  # not short
        ("no tengo", Answer.NOTHING_TO_GIVE),
        ("No tengo la placa", Answer.NOTHING_TO_GIVE),
        ("la placa no la encuentro, gracias", Answer.NOTHING_TO_GIVE),
        ("no sé cuál es", Answer.NOTHING_TO_GIVE),
        ("No aplica", Answer.NOTHING_TO_GIVE),
        ("no tengo internet", Answer.OTHER),  # the fault, not the datum
        ("no se puede ingresar", Answer.OTHER),
        ("", Answer.EMPTY),
        (" \n--\n", Answer.EMPTY),
        ("Bogotá", Answer.OTHER),
    ],
)
def test_what_an_answer_says(text: str, expected: Answer) -> None:
    assert read(message(text, name="Ana Ruiz")) is expected


@pytest.mark.parametrize(
    ("type_", "size", "expected"),
    [
        ("application/pdf", 9_000, Answer.OTHER),  # the file may be the answer: a person looks
        ("image/jpeg", 900_000, Answer.OTHER),
        ("image/png", 9_000, Answer.COURTESY),  # the logo of a signature
        ("application/pgp-signature", 900, Answer.COURTESY),
    ],
)
def test_thanks_with_a_file_are_more_than_a_courtesy(type_: str, size: int, expected: Answer) -> None:
    """A precaso that was answered with a photo must not close for want of data; a logo is no photo (lesson 31)."""
    assert read(message("Gracias", attachments=(Attachment("x", type_, size, ""),))) is expected


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("Tel: 300 555 0101\nNo tengo la placa", True),
        ("celular 310 555 9876 Cali, no tengo placa es equipo personal", True),
        ("¿Cuál usuario? ¿El de red o el de Orfeo?", True),
        # what is asked of nobody, or is the problem itself
        ("Hola, ¿cómo están?\nTel: 300 555 0101", False),
        ("No tengo acceso al portal.\nTel: 300 555 0101", False),
        ("Tel: 300 555 0101", False),
        # hostile: linear (found by fuzzing)
        ("\t" * 99_000, False),
        ("como " * 20_000, False),
    ],
)
def test_what_only_a_person_can_answer_is_told_beside_the_data(text: str, needs: bool) -> None:
    assert needs == needs_a_person(message(text))


@pytest.mark.parametrize(
    ("type_", "size", "needs"),
    [("application/pdf", 90_000, True), ("image/jpeg", 400_000, True), ("image/png", 9_000, False)],
)
def test_what_is_said_to_be_attached_is_for_a_person(type_: str, size: int, needs: bool) -> None:
    """A filled-in form, or the photo of a label: what is still missing may stand there. A logo is no file."""
    text = "Adjunto formato diligenciado.\n\nAna Ruiz\nTel: 300 123 4567"
    assert needs_a_person(message(text, attachments=(Attachment("x", type_, size, ""),))) is needs
    assert not needs_a_person(message("Tel: 300 123 4567", attachments=(Attachment("x", type_, size, ""),)))
