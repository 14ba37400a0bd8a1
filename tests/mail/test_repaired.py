"""Whatever was mended or guessed is told, once per kind, and a clean mail tells nothing (hazards 2.4, lesson 20)."""

import pytest

from mailbot.mail.parse import parse
from tests.mail.build import b64, mail, multi, multimail, part
from tests.mail.outlook import envelope, file as outlook_file
from tests.mail.test_tnef import with_envelope

PDF = b"%PDF-1.7\n\xff\x00\r\n\n"
UU = b"begin 644 a.txt\r\n$2&]L80``\r\n`\r\nend\r\n"

BASE64 = "base64 dañado: se leyó lo que se pudo"
QUOTED = "quoted-printable dañado: se leyó lo que se pudo"
UUENCODE = "uuencode dañado: se leyó lo que se pudo"
UNKNOWN = "codificación desconocida: se leyó como si no la hubiera"
ENDS = "finales de línea mezclados"
CONTROLS = "caracteres de control en las cabeceras: se quitaron"
WORDS = "palabras codificadas dañadas o cortadas en las cabeceras"
GUESSED = "cabeceras con letras sin codificar, leídas como cp1252"
NO_FIELD = "una línea que no es cabecera entre las cabeceras: el texto empieza con ella"
BEFORE = "algo delante de la primera cabecera: se saltó"
NO_END = "falta el último límite entre las partes"
NAME = "nombre de archivo mal codificado: se leyó lo que se pudo"
FOLDERS = "nombre de archivo con carpetas o demasiado largo: se acortó"
ADDRESSES = "direcciones no válidas entre los destinatarios o en Reply-To: se dejaron fuera"
FILES = "archivos escritos en el texto con uuencode: se sacaron de él"


def encoded(body: bytes, encoding: str) -> bytes:
    return mail(body, content_type="text/plain; charset=utf-8", content_transfer_encoding=encoding)


def file(disposition: str) -> bytes:
    return multimail("mixed", part("Hola"), part(b"x", "image/png", content_disposition=disposition))


DEFECTS = [
    (encoded(b64(b"Hola!").replace(b"S", b"S*", 1), "base64"), BASE64),  # a foreign letter
    (encoded(b64(b"Hola!").replace(b"=", b"").strip(), "base64"), BASE64),  # without its end
    (encoded(b64(b"Hola!!")[:7], "base64"), BASE64),  # a letter too few
    (encoded(b64(b"Hola!!")[:8] + b"A", "base64"), BASE64),  # a letter too many
    (encoded(b64(b"Hola!") + b"-- \r\nlista de correo\r\n", "base64"), BASE64),  # a footer of a list behind it
    (encoded(b"a =ZZ b", "quoted-printable"), QUOTED),
    (encoded(b"a =", "quoted-printable").replace(b"a =", b"a =C"), QUOTED),  # cut
    (encoded(b"begin 644 a\r\n$2&]L80``\r\n", "x-uuencode"), UUENCODE),
    (encoded(b"Hola", "x-uuencode"), UUENCODE),
    (encoded(b"Hola", "x-nadie"), UNKNOWN),
    (mail(b"uno\r\ndos\r\n").replace(b"\r\n", b"\r"), "líneas terminadas solo en CR"),
    (mail(b"uno\rdos\r\n"), ENDS),
    (mail(b"uno\ndos\r\n"), ENDS),
    (mail().replace(b"\r\nSubject", b"\nSubject"), ENDS),
    (b"From ana@x.es Fri Nov 20 10:00:00 2026\r\n" + mail(), BEFORE),
    (b"\xef\xbb\xbf" + mail(), BEFORE),
    (b"\r\n" + mail(), BEFORE),
    (mail(b"Ho\0la"), "caracteres de control en el texto: se quitaron"),
    (mail(b"\x1b[31mHola"), "caracteres de control en el texto: se quitaron"),
    (mail(subject="Cla\0ve"), CONTROLS),
    (mail(x_a="\x07"), CONTROLS),
    (mail(subject="=?utf-8?q?uno=0D=0ABcc=3A_v=40x?="), CONTROLS),  # hazard 24
    (mail(subject="=?utf-8?b?YcOxbw?="), WORDS),  # its end lacks
    (mail(subject="=?utf-8?q?a=F1o?="), WORDS),  # not what it says
    (mail(subject="=?x-nadie?q?a=C3=B1o?="), WORDS),  # hazard 40
    (mail(subject="=?utf-8?q?contrase=C3?= =?utf-8?q?=B1a?="), WORDS),  # cut in the middle of a character
    (mail(subject="=?utf-8?q?contrase"), WORDS),  # cut off
    (mail(to="=?utf-8?b?YcOxbw?= <luis@x.es>"), WORDS),
    (mail(to="Mu\xf1oz <luis@x.es>".encode("cp1252")), GUESSED),
    (mail(subject="Petici\xf3n".encode("cp1252")), GUESSED),
    (mail().replace(b"\r\n\r\n", b"\r\nesto no es nada\r\n\r\n"), NO_FIELD),
    (b": 1\r\n" + mail(), "una cabecera sin nombre: se dejó fuera"),
    (multimail("mixed", part("Hola"), b"Content-Type: text/plain\r\nHola\r\n"), NO_FIELD),
    (mail("Hola", content_type="texto"), "Content-Type que no se entiende: se tomó por texto"),
    (mail(multi("mixed", part("Hola"))[1].replace(b"frontera--", b"frontera"), content_type=multi("mixed")[0]), NO_END),
    (mail(b"--frontera\r\n\r\nHola\r\n", content_type=multi("mixed")[0]), NO_END),
    (file('attachment; filename="../../etc/passwd"'), FOLDERS),  # hazard 32
    (file('attachment; filename="C:\\\\temp\\\\x.png"'), FOLDERS),
    (file('attachment; filename="' + "x" * 300 + '.png"'), FOLDERS),
    (file("attachment; filename*=utf-8''a%F1o.png"), NAME),  # not what it says
    (file("attachment; filename*0=a; filename*2=.png"), NAME),  # a piece lacks
    (file("attachment; filename==?utf-8?b?YcOxbw?="), NAME),
    (mail(to="ana@x..es, luis@x.es"), ADDRESSES),
    (mail(cc="ana@-x.es"), ADDRESSES),
    (mail(reply_to="ana@"), ADDRESSES),
    (mail(date="ayer"), "fecha que no se entiende"),
    (mail(UU), FILES),
    (with_envelope(envelope(outlook_file(b"../x", b"x")), "Hola"), FOLDERS),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "told"), DEFECTS)
def test_a_defect_is_told_and_nothing_else(raw: bytes, told: str) -> None:
    others = {"asunto con letras sin codificar"}
    assert [said for said in parse(raw).repaired if said not in others] == [told]


def test_a_kind_of_defect_is_told_once() -> None:
    bad = part(b"SG9s*YQ", content_transfer_encoding="base64")
    raw = multimail("mixed", bad, bad, bad, to="a@, b@, c@")

    assert parse(raw).repaired == (BASE64, ADDRESSES)


CLEAN = {
    "base64": encoded(b64(b"Hola " * 99), "base64"),
    "base64 in one line": encoded(b64(b"Hola " * 99).replace(b"\r\n", b""), "BASE64"),
    "base64, indented": encoded(b64(b"Hola " * 99).replace(b"\r\n", b"\r\n \t"), "base64"),
    "base64 of nothing": encoded(b"\r\n", "base64"),
    "quoted-printable": encoded(b"a=C3=B1o=\r\n y =3d= \r\nfin=", "quoted-printable"),
    "uuencode": encoded(b"begin 644 a\r\n$2&]L80``\r\n`\r\nend\r\n", "x-uuencode"),
    "8bit": encoded("año".encode(), "8bit"),
    "LF only": mail("uno\ndos\n").replace(b"\r\n", b"\n"),
    "a form feed": mail("uno\n\x0c\ndos"),
    "a byte order mark in the text": encoded(b"\xef\xbb\xbfHola", "8bit"),
    "Latin-1 as Windows means it": mail(b"\x93Hola\x94", content_type="text/plain; charset=iso-8859-1"),
    "UTF-16": mail(b64("uno\r\ndos".encode("utf-16")), content_type="text/plain; charset=utf-16",
                   content_transfer_encoding="base64"),
    "ISO-2022-JP": mail("日本".encode("iso-2022-jp"), content_type="text/plain; charset=iso-2022-jp"),
    "an encoded subject": mail(subject="=?utf-8?q?A=C3=B1o?= =?utf-8?b?YcOxbw==?="),
    "a question in the subject": mail(subject="100 =? 200"),
    "names in UTF-8": mail(to="Muñoz <luis@x.es>"),
    "an address for a name": mail(to="luis@x.es <luis@x.es>, \"eva@x.es\" <eva@x.es>, ana@x.es (a@x.es)"),
    "a group of nobody": mail(to="undisclosed-recipients:;"),
    "names of files": file("attachment; filename*0*=utf-8''a%C3%B1; filename*1=o.png"),
    "a name as Outlook writes it": file('attachment; filename="=?utf-8?q?a=C3=B1o.png?="'),
    "an attached mail that is broken": multimail(
        "mixed", part("Hola"), part(b"\0" + encoded(b"*", "base64"), "message/rfc822")
    ),
    "a binary file": multimail("mixed", part("Hola"), part(PDF, "application/pdf", content_transfer_encoding="binary")),
    "parts in parts": multimail(
        "mixed", part(multi("alternative", part("Hola"), boundary="otra")[1], multi("alternative", boundary="otra")[0])
    ),
    "half a uuencode": mail("begin 644 a\nHola"),
}  # fmt: skip


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_mail_tells_nothing(name: str) -> None:
    """Also what is unusual and right; an attached mail is not ours to mend."""
    assert parse(CLEAN[name]).repaired == ()
