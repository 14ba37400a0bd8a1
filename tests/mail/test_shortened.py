"""A mail that is read in pieces is the same message, to the letter, as one that is in memory (hazard 43)."""

import base64
import quopri
import tracemalloc
from collections.abc import Callable
from random import Random

import pytest

from fuzz.mutate import mutant
from fuzz.seeds import seeds
from mailbot.mail import shortened, transfer
from mailbot.mail.attachments import attachment
from mailbot.mail.identity import content_hash
from mailbot.mail.message import Message
from mailbot.mail.parse import Unreadable, parse
from tests.corpora import of_cpython, of_people
from tests.mail.build import ANA, b64, mail, multi, multimail, part
from tests.mail.elsewhere import Elsewhere
from tests.mail.outlook import PDF
from tests.mail.test_hostile import nested, nested_messages
from tests.mail.test_tnef import TWO_FILES, with_envelope
from tests.mail.test_uuencode import uu

MB = 1024 * 1024
NOISE = Random(5).randbytes(4000)  # noqa: S311 - the same on every run
BASE64 = {"content_transfer_encoding": "base64"}
LUIS = {"from": "Luis Gil <luis@mesa.example>"}
#: octets: a stretch that may be left out, what stays of its end, what is decoded at once
LOW = [(40, 8, 5), (200, 64, 64), (1000, 200, 333)]


def with_file(data: bytes, kind: str = "application/pdf", **fields: str | bytes) -> bytes:
    sender = {"from": fields.pop("from", ANA)}
    file = part(data, kind, **fields)
    return multimail("mixed", part("Hola, adjunto el oficio."), file, part("Ana"), **sender)


def attached(inner: bytes, **fields: str | bytes) -> bytes:
    return multimail("mixed", part("Reenvío"), part(inner, "message/rfc822", **fields), subject="RV: Clave")


DAMAGED = {
    "without padding": b64(NOISE).rstrip(b"=\r\n"),
    "one letter too many": b64(NOISE[:3000]) + b"A",
    "a footer below": b64(NOISE) + b"\r\n____\r\nlista@mesa.example\r\n",
    "a footer below what needs no padding": b64(NOISE[:3000]) + b"\r\nlista de la mesa\r\n",
    "foreign characters": b64(NOISE).replace(b"A", b"\xffA*"),
    "two files one after the other": b64(NOISE[:1000]) + b64(NOISE),
    "padding where none may be": b64(NOISE[:3000]).replace(b"\r\n", b"=\r\n"),
    "padding after one letter": b"A=" + b64(NOISE),
    "padding after two letters": b"AB=" + b64(NOISE) + b"AB=C=",
    "padding cut in two": b64(NOISE[:3001])[:-3] + b"\r\n=",
    "nothing but padding": b"====\r\n" * 500,
    "nothing": b"\r\n" * 500,
    "cut anywhere": b64(NOISE)[:-77],
}
SHAPES: dict[str, bytes] = {
    "a file": with_file(b64(NOISE), **BASE64),
    "a file of lines that end in LF": with_file(b64(NOISE), **BASE64).replace(b"\r\n", b"\n"),
    "a file of mixed lines": with_file(b64(NOISE).replace(b"\r\n", b"\n"), **BASE64),
    "a mail of CR alone": with_file(b64(NOISE), **BASE64).replace(b"\r\n", b"\r"),
    "a file in one line": with_file(base64.b64encode(NOISE), **BASE64),
    "a file in two lines": with_file(base64.b64encode(NOISE)[:3000] + b"\r\n" + b64(NOISE), **BASE64),
    "a file without the last boundary": with_file(b64(NOISE), **BASE64)[:4000],
    "a file without an empty line above": with_file(b64(NOISE), **BASE64).replace(b"base64\r\n\r\n", b"base64\r\n"),
    "a file with a header of 300 KB": with_file(
        b64(NOISE), **BASE64, x_long=b"\r\n ".join([b"a" * 90] * 3300)
    ),
    "a file with a header that is a line of 300 KB": with_file(b64(NOISE), **BASE64, x_long=b"a" * 300_000),
    "a file without a boundary that is declared": with_file(b64(NOISE), **BASE64).replace(b"boundary=", b"x="),
    "a boundary within base64": with_file(
        b64(NOISE).replace(b"\r\n", b"\r\n--frontera\r\n", 20), **BASE64
    ),
    "lines like a boundary within a file": with_file(
        b64(NOISE).replace(b"\r\n", b"\r\n--frontera-no\r\n", 20), **BASE64
    ),
    "the last boundary within a file": with_file(b64(NOISE) + b"\r\n--frontera--\r\n" + b64(NOISE), **BASE64),
    "nested": with_file(
        multi("mixed", part(b64(NOISE), "image/png", **BASE64), part("Y más."), boundary="otra")[1],
        'multipart/mixed; boundary="otra"',
    ),
    "a file quoted-printable": with_file(quopri.encodestring(NOISE), content_transfer_encoding="quoted-printable"),
    "a file of damaged quoted-printable": with_file(
        quopri.encodestring(NOISE).replace(b"=0", b"=x"), content_transfer_encoding="quoted-printable"
    ),
    "a file of half an escape": with_file(
        quopri.encodestring(NOISE)[:3000] + b"=", content_transfer_encoding="quoted-printable"
    ),
    "a file as it is": with_file(NOISE, content_transfer_encoding="binary"),
    "a file in an unknown encoding": with_file(NOISE, content_transfer_encoding="x-zip"),
    "a file in uuencode": with_file(uu(NOISE), content_transfer_encoding="x-uuencode"),
    "a file in half of uuencode": with_file(uu(NOISE)[:2000], content_transfer_encoding="x-uuencode"),
    "uuencode in the text": mail(b"Adjunto.\r\n" + uu(NOISE) + b"Ana\r\n" + uu(NOISE, "b.pdf")),
    "begin in a text that is a file": with_file(b"Lo de siempre: begin 644 nada\r\n" * 100, "text/plain", name="a"),
    "uuencode in quoted-printable": mail(
        quopri.encodestring(uu(NOISE)), content_transfer_encoding="quoted-printable"
    ),
    "winmail.dat": with_envelope(TWO_FILES + NOISE),
    "winmail.dat without a text": with_envelope(TWO_FILES, kind="application/octet-stream"),
    "a mail attached": attached(with_file(b64(NOISE), **BASE64, **LUIS)),
    "a mail attached with a long header": attached(mail(b"Hola\r\n" * 300, x_long="a " * 2000, **LUIS)),
    "a mail attached below empty lines": attached(b"\r\n" * 400 + mail(b"Hola\r\n" * 300, **LUIS)),
    "a mail attached with the line of an mbox": attached(b"From ana\r\n" + mail(b64(NOISE), **LUIS)),
    "a mail attached in base64": attached(b64(with_file(b64(NOISE), **BASE64, **LUIS)), **BASE64),
    "a mail attached whose header looks like a boundary": attached(
        b"--x: y\r\n" + mail(b64(NOISE), **LUIS)
    ),
    "nothing but a mail attached, below empty lines": b"\r\n" * 9
    + mail(
        b"X-Long: a\r\n" * 200 + mail(b64(NOISE), **LUIS),
        content_type="message/rfc822",
        subject="RV: Clave",
    ),
    "mails in mails": nested_messages(50) + b"\r\n" + b64(NOISE),
    "99 levels": nested(99) + b"\r\n" + b64(NOISE),
    "too many levels": nested(150) + b"\r\n" + b64(NOISE),
    "a long text": mail(b"No puedo ingresar al sistema desde ayer.\r\n" * 300),
    "a long text in base64": mail(b64(b"No puedo ingresar.\r\n" * 300), **BASE64),
    "a long text in damaged base64": mail(b64(b"No puedo ingresar.\r\n" * 300)[:-1] + b"*", **BASE64),
    "a long text below a signature": mail(b"Hola\r\n-- \r\nAna\r\n" + b"Aviso legal: confidencial.\r\n" * 300),
    "a long HTML": mail(b"<p>No puedo <b>ingresar</b></p>\r\n" * 300, content_type="text/html"),
    "a long HTML with comments": mail(b"<!--\r\n--><p>Hola</p>\r\n" * 300, content_type="text/html"),
    "text beside a long HTML": multimail(
        "alternative", part("Hola"), part(b"<p>Hola</p>\r\n" * 500, "text/html")
    ),
    "a long calendar": with_file(b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + b"X:1\r\n" * 500, "text/calendar"),
    "a long report": multimail(
        "report; report-type=delivery-status",
        part("No se entregó."),
        part(b"Action: failed\r\nFinal-Recipient: rfc822; a@x\r\n\r\n" * 100, "message/delivery-status"),
        part(mail(b64(NOISE), message_id="<nuestro@mesa.example>"), "message/rfc822"),
    ),
    "empty lines above all": b"\r\n" * 300 + with_file(b64(NOISE), **BASE64),
    "nothing but empty lines": b"\r\n" * 3000,
    "empty lines at the end": mail(b"Hola\r\n" + b"\r\n" * 3000),
    "no header at all": b64(NOISE),
    "a header without an end": b"From: ana@mesa.example\r\n" + b"X-1: a\r\n" * 500,
    "dashes": mail(b"--\r\n" * 1000),
    "dashes in the header": b"--frontera\r\n" * 30 + with_file(b64(NOISE), **BASE64),
    **{f"damaged base64: {name}": with_file(data, **BASE64) for name, data in DAMAGED.items()},
}  # fmt: skip


@pytest.fixture(params=LOW, ids=str)
def _low(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits so low that any mail goes through the cut."""
    piece, tail, decoded = request.param
    monkeypatch.setattr(shortened, "PIECE", piece)
    monkeypatch.setattr(shortened, "TAIL", tail)
    monkeypatch.setattr(transfer, "PIECE", decoded)


def same(raw: bytes) -> bool:
    """Whether anything was left out. Asserts that it makes no difference."""
    mail = Elsewhere(raw)
    assert outcome(mail) == outcome(raw)
    assert content_hash(mail) == content_hash(raw)
    return bool(shortened.shortened(mail).joins)


def outcome(mail: bytes | Elsewhere) -> Message | str:
    try:
        return parse(mail, trust="mx.mesa.example")
    except Unreadable as why:
        return str(why)


@pytest.mark.usefixtures("_low")
@pytest.mark.parametrize("name", SHAPES)
def test_whatever_is_large_in_it_the_message_is_the_same(name: str) -> None:
    same(SHAPES[name])


@pytest.mark.usefixtures("_low")
def test_the_end_of_a_line_that_looks_like_a_boundary_is_none() -> None:
    """Only whole lines are left out: wherever a cut falls, no line begins that was none."""
    for before in range(1, 40):
        same(with_file((b"a" * before + b"--frontera--\r\n") * 150, "text/csv"))


def test_of_a_text_of_megabytes_damage_is_told_as_far_as_it_is_read() -> None:
    """The first megabyte is read, and what is wrong behind it nobody has seen."""
    text = b64(b"No puedo ingresar al sistema.\r\n" * (5 * MB // 31))
    damaged = mail(text + b"*", **BASE64)
    assert same(damaged)
    assert transfer.BASE64 not in parse(damaged).repaired
    assert same(mail(text[:1000] + b"*" + text, **BASE64))


@pytest.mark.parametrize("name", [name for name in SHAPES if "a mail attached" in name])
def test_who_wrote_a_mail_that_is_attached_is_seen(name: str) -> None:
    """Else these shapes would show nothing."""
    assert parse(SHAPES[name]).forwarded_from is not None


@pytest.mark.usefixtures("_low")
def test_samples_and_what_fuzzing_makes_of_them_are_the_same_messages() -> None:
    given = seeds()
    were_shortened = [same(raw) for raw in (*given, *(mutant(given, 11, n) for n in range(300)))]
    assert sum(were_shortened) > 30


@pytest.mark.usefixtures("_low")
def test_the_mail_of_cpython_is_the_same() -> None:
    were_shortened = [same(raw) for _, _, raw in of_cpython()]
    assert any(were_shortened)


def test_real_mail_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIECE", "TAIL"):
        monkeypatch.setattr(shortened, name, 100)
    assert sum(same(raw) for _, _, raw in of_people()) > 100


@pytest.mark.usefixtures("_low")
@pytest.mark.parametrize(
    "name", ["a file", "winmail.dat", "uuencode in the text", "a mail attached", "nested"]
)
def test_attachments_come_out_byte_for_byte(name: str) -> None:
    raw = SHAPES[name]
    count = len(parse(raw).attachments)
    assert [attachment(Elsewhere(raw), n) for n in range(count)] == [attachment(raw, n) for n in range(count)]


def of_24_mb(kind: str) -> bytes:
    """A mail of each kind that is never held whole."""
    data = Random(5).randbytes(MB * 3 // 4)  # noqa: S311
    match kind:
        case "base64":
            each = part(b64(data), "application/zip", **BASE64)
        case "damaged base64":
            each = part(b64(data)[:-2] + b"\r\nlista\r\n", "application/zip", **BASE64)
        case "quoted-printable":
            encoded = quopri.encodestring(data[: MB // 3])
            each = part(encoded, "text/csv", content_transfer_encoding="quoted-printable")
        case "8bit":
            each = part(b"una l\xc3\xadnea del registro\r\n" * (MB // 26), "text/plain", name="registro.log")
        case "message/rfc822":
            each = part(with_file(b64(data), **BASE64), "message/rfc822")
        case "photos":
            return multimail(
                "mixed", part("Hola"), *[part(b64(data[: MB // 10]), "image/jpeg", **BASE64)] * 170
            )
        case "text":
            return mail(b"No puedo ingresar.\r\n" * (24 * MB // 20))
        case _:
            return mail(b"<p>No puedo ingresar.</p>\r\n" * (24 * MB // 27), content_type="text/html")
    return multimail("mixed", part("Hola, adjunto el registro."), *[each] * 24)


@pytest.mark.parametrize(
    "kind",
    ["base64", "damaged base64", "quoted-printable", "8bit", "message/rfc822", "photos", "text", "HTML"],
)
def test_a_mail_of_many_megabytes_needs_few_of_them(kind: str) -> None:
    """Of a text the first megabyte is read, as of any mail."""
    raw = of_24_mb(kind)
    mail = Elsewhere(raw)
    message = parse(raw)
    assert peak(lambda: parse(mail)) < 12 * MB
    assert parse(mail) == message
    assert mail.most < 5 * MB
    assert message.text_was_read


def peak(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.usefixtures("_low")
def test_a_word_is_found_wherever_it_stands() -> None:
    """Also where one piece ends and the next begins."""
    for before in range(220):
        raw = b"." * before + b"begin 644" + b"." * 300
        for start, end in ((0, len(raw)), (before, len(raw)), (before + 1, len(raw)), (0, before + 5)):
            assert shortened.find(Elsewhere(raw), b"begin ", start, end) == raw.find(b"begin ", start, end)


def test_what_is_parsed_of_a_mail_ends_where_the_mail_does() -> None:
    """A place in what is left is the same place in the mail, before and behind what is missing."""
    raw = with_file(b64(NOISE * 50), **BASE64)
    short = shortened.shortened(Elsewhere(raw))
    assert len(short.joins) == 1
    assert len(short.raw) < 8_000
    for word in (b"Hola", b"Ana", b"--frontera--"):
        assert short.place(short.raw.rindex(word)) == raw.rindex(word)
    assert short.place(len(short.raw)) == len(raw)
    assert PDF not in short.raw
