"""Mail that is made to exhaust time or memory: bounded, whatever it is (hazards 36, 37, 43, 44).

Run with `-s` to see seconds and memory. On a quiet machine each takes less than 2 seconds; what is asserted is
that nothing hangs. Memory is what parsing allocates beyond the mail itself, at its peak.
"""

import base64
import struct
import time
import tracemalloc
from collections.abc import Callable

import pytest

from fuzz import promises
from fuzz.path import through
from mailbot.mail.message import Message
from mailbot.mail.parse import Unreadable, parse
from tests.mail.build import ANA, mail, multi, multimail, part
from tests.mail.outlook import BINARY, P_RTF, envelope, nested as nested_properties, prop
from tests.mail.test_tnef import with_envelope

#: seconds
HANGS = 10
MB = 1024 * 1024
#: octets beyond the mail: so many times its size, and never more than what is kept of it and a little; any mail
#: may take a few
TIMES, MEMORY, FLOOR = 10, 64 * MB, 8 * MB

Build = Callable[[], bytes]


def nested(levels: int) -> bytes:
    opened = [b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(levels)]
    closed = [b"\r\n--b%d--\r\n" % n for n in reversed(range(levels))]
    return f"From: {ANA}\r\nSubject: Clave\r\n".encode() + b"".join((*opened, b"\r\nHola", *closed))


def nested_messages(levels: int) -> bytes:
    return (
        f"From: {ANA}\r\nSubject: Clave\r\n".encode()
        + b"Content-Type: message/rfc822\r\n\r\n" * levels
        + b"Hola"
    )


def attached(size: int) -> bytes:
    return multimail(
        "mixed",
        part("Hola"),
        part(
            base64.encodebytes(b"\xff" * (size * 3 // 4)),
            "application/pdf",
            content_transfer_encoding="base64",
        ),
    )


def fields(*lines: bytes) -> bytes:
    return b"\r\n".join((f"From: {ANA}".encode(), b"Subject: Clave", *lines, b"", b"Hola\r\n"))


def encoded(body: bytes, encoding: str, kind: str = "text/plain; charset=utf-8") -> bytes:
    return mail(body, content_type=kind, content_transfer_encoding=encoding)


def rtf(source: bytes) -> bytes:
    """As the only text, in a winmail.dat; written as it is, which is allowed."""
    source = b"{\\rtf1" + source
    packed = struct.pack("<II4sI", len(source) + 12, len(source), b"MELA", 0) + source
    return with_envelope(envelope(nested_properties([prop(P_RTF, BINARY, packed)])))


HOSTILE: dict[str, Build] = {
    "10,000 fields": lambda: fields(*(b"X-%d: valor" % n for n in range(10_000))),
    "10,000 fields Subject": lambda: fields(*[b"Subject: otra"] * 10_000),
    "10,000 fields From": lambda: fields(*[b"From: a@x.example"] * 10_000),
    "5,000 parameters": lambda: fields(b"Content-Type: text/plain" + b"; a=b" * 5_000),
    "a parameter in 20,000 pieces": lambda: fields(
        b"Content-Type: text/plain" + b"".join(b"; name*%d=a" % n for n in range(20_000))
    ),
    "1,500 levels": lambda: nested(1_500),
    "99 levels": lambda: nested(99),
    "1,500 messages in messages": lambda: nested_messages(1_500),
    "20,000 parts": lambda: multimail("mixed", *[part("Hola")] * 20_000),
    "20,000 alternatives": lambda: multimail("alternative", *[part("<p>", "text/html")] * 20_000),
    "1,000,000 lines like a boundary": lambda: multimail("mixed", part(b"--frontera-no\n" * 1_000_000)),
    "300,000 empty parts": lambda: mail(
        b"--b\n" * 300_000, content_type="multipart/mixed; boundary=b"
    ),
    "50 MB in an attachment": lambda: attached(50 * MB),
    "50 MB of text": lambda: mail(b"No puedo ingresar al sistema desde ayer.\r\n" * (50 * MB // 42)),
    "50 MB of HTML": lambda: mail(b"<p>No puedo <b>ingresar</b></p>\n" * (50 * MB // 32), content_type="text/html"),
    "50 MB without a header's end": lambda: b"X: " + b"a" * (50 * MB),
    "50 MB of fields": lambda: b"X: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * (50 * MB // 50),
    "50 MB, CR only": lambda: mail(b"No puedo ingresar.\r" * (50 * MB // 19)).replace(b"\r\n", b"\r"),
    "a line of 1 MB": lambda: mail(b"a" * MB),
    "a line of 1 MB of blanks": lambda: mail(b" " * MB),
    "a field of 1 MB": lambda: fields(b"X: " + b"a" * MB),
    "a field folded 100,000 times": lambda: fields(b"X: a" + b"\r\n a" * 100_000),
    "100,000 recipients": lambda: fields(b"To: " + b", ".join(b"a%d@x.example" % n for n in range(100_000))),
    "100,000 recipients in fields of their own": lambda: fields(
        *(b"To: a%d@x.example" % n for n in range(100_000))
    ),
    "10,000 senders": lambda: fields(b"From: " + b", ".join(b"a%d@x.example" % n for n in range(10_000))),
    "50,000 brackets in From": lambda: b"From: " + b"<" * 50_000 + b"\r\nSubject: Clave\r\n\r\nHola",
    "30,000 comments in From": lambda: b"From: " + b"(" * 30_000 + b")" * 30_000 + b"\r\n\r\nHola",
    "256 KB of encoded words": lambda: fields(b"Subject: " + b"=?utf-8?q?=C3=B1?= " * 14_000),
    "256 KB of folded encoded words": lambda: fields(b"Subject:" + b"\r\n =?utf-8?b?w7E=?=" * 12_000),
    "256 KB of half encoded words": lambda: fields(b"Subject: " + b"=?utf-8?q?" * 26_000),
    "100,000 references": lambda: fields(b"References: " + b"<a@b> " * 100_000),
    "1 MB of NUL": lambda: mail(b"\0" * MB),
    "NUL everywhere": lambda: mail(b"Hola\0" * 1000).replace(b"a", b"a\0"),
    "LF only": lambda: mail(b"No puedo ingresar.\r\n" * 50_000).replace(b"\r\n", b"\n"),
    "CR only": lambda: mail(b"No puedo ingresar.\r\n" * 50_000).replace(b"\r\n", b"\r"),
    "1,000,000 empty lines": lambda: mail(b"\n" * 1_000_000),
    "1 MB of >": lambda: mail(b">" * MB),
    "500,000 quoted lines": lambda: mail(b">\n" * 500_000),
    "10 MB of broken base64": lambda: encoded(b"A*" * (5 * MB), "base64"),
    "10 MB of broken base64, a letter too many": lambda: encoded(b"A*" * (5 * MB) + b"A", "base64"),
    "10 MB of broken quoted-printable": lambda: encoded(b"=" * (10 * MB), "quoted-printable"),
    "10 MB of uuencode": lambda: encoded(b"begin 644 x\n" + b"M" * (10 * MB), "x-uuencode"),
    "50 MB of uuencode in the text": lambda: mail(
        b"begin 644 x\n" + (b"M" + b"A" * 60 + b"\n") * (50 * MB // 62) + b"`\nend\n"
    ),
    "100,000 beginnings of uuencode": lambda: mail(b"begin 644 x\n" * 100_000),
    "100,000 files of uuencode": lambda: mail(b"begin 644 x\n#8V5S\n`\nend\n" * 100_000),
    "5 MB of uuencode without an end": lambda: mail(
        (b"begin 644 x\n" + (b"M" + b"A" * 60 + b"\n") * 1000) * (5 * MB // 62_000)
    ),
    "1 MB of groups in compressed RTF": lambda: rtf(b"{}" * (MB // 2)),
    "1 MB of open groups in compressed RTF": lambda: rtf(b"{" * MB),
    "1 MB of characters in compressed RTF": lambda: rtf(b"\\u-1?" * (MB // 5)),
    "1 MB of pictures in compressed RTF": lambda: rtf(b"{\\pict\\bin9 " * (MB // 12)),
    "1 MB of HTML in compressed RTF": lambda: rtf(
        b"\\fromhtml1" + b"{\\*\\htmltag <div>}a" * (MB // 21)
    ),
    "10 MB of soft line breaks": lambda: encoded(b"= \n" * (10 * MB // 3), "quoted-printable"),
    "1 MB of mixed line ends": lambda: mail(b"a\r\nb\rc\n" * (MB // 8)),
    "1 MB of escapes of ISO-2022-JP": lambda: encoded(
        b"\x1b$B\x1b(B" * (MB // 6), "8bit", "text/plain; charset=iso-2022-jp"
    ),
    "1 MB of UTF-7": lambda: encoded(b"+ADw-" * (MB // 5), "7bit", "text/plain; charset=utf-7"),
    "1 MB of combining marks": lambda: mail("a" + "\u0301" * (MB // 2)),
    "1 MB of format=flowed": lambda: mail(b"a \r\n" * (MB // 4), content_type="text/plain; format=flowed"),
    "1 MB of open tags": lambda: encoded(b"<div><b id=a>" * (MB // 13), "8bit", "text/html"),
    "1 MB of entities": lambda: encoded(b"&amp" * (MB // 4), "8bit", "text/html"),
    "1 MB of labels": lambda: mail("Teléfono: 3001234567 Sede: " * (MB // 28)),
    "64 KB of comments in a verdict": lambda: fields(b"Authentication-Results: mx.mesa.example " + b"(" * 64_000),
    "a delivery report of 50,000 recipients": lambda: multimail(
        "report; report-type=delivery-status",
        part("Hola"),
        part(b"Action: failed\r\nFinal-Recipient: rfc822; a@x\r\n\r\n" * 50_000, "message/delivery-status"),
    ),
    "a digest of 20,000 mails": lambda: mail(
        multi("digest", *[b"\r\n" + mail()] * 20_000)[1], content_type="multipart/digest; boundary=frontera"
    ),
}  # fmt: skip
TOO_DEEP = {"1,500 levels"}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_costs_little(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = HOSTILE[name]()
    began = time.process_time()
    message = read(raw)
    took = time.process_time() - began
    memory = peak(raw)
    monkeypatch.setattr(promises, "LIMIT", HANGS)
    began = time.process_time()
    if len(raw) < 5 * MB:
        through(raw, {"nothing known", "answers its precaso"})
    whole = time.process_time() - began
    with capsys.disabled():
        print(  # noqa: T201
            f"\n  {name}: {len(raw) / MB:.2f} MB, parsed in {took:.2f} s with {memory / MB:.1f} MB,"
            f" all in {whole:.2f} s"
        )
    assert took < HANGS
    assert memory < min(MEMORY, max(FLOOR, TIMES * len(raw))), f"{memory / MB:.0f} MB"
    assert (message is None) == (name in TOO_DEEP)


def read(raw: bytes) -> Message | None:
    try:
        return parse(raw)
    except Unreadable:
        return None


def peak(raw: bytes) -> int:
    """Octets allocated at once while the mail is read, itself not counted."""
    tracemalloc.start()
    try:
        message = read(raw)
        return tracemalloc.get_traced_memory()[1]
    finally:
        del message
        tracemalloc.stop()
