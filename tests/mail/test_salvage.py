"""What a person at the desk sees of a mail that could not be parsed."""

import pytest

from mailbot.mail import salvage

SENDERS = [
    (b"From: Ana <Ana@Oti.example>\r\n\r\nx", "ana@oti.example"),
    (b"Subject: x\nfrom:ana@oti.example\n\nx", "ana@oti.example"),
    (b"Subject: x\r\n\r\nFrom: ana@oti.example", ""),  # in the body
    (b"\0\xff\xfe", ""),
]
SUBJECTS = [
    (b"Subject: =?utf-8?q?Contrase=C3=B1a?=\r\n perdida\r\n\r\nx", "Contraseña perdida"),
    ("subject: clave de mañana\n\nx".encode(), "clave de mañana"),
    (b"Subject: a\0b\x1b[2Jc\r\n\r\n", "ab[2Jc"),
    (b"From: ana@oti.example\r\n\r\nSubject: x", ""),
    (b"Subject:" + b" x" * 100_000, ("x " * 499).strip()),
]


@pytest.mark.parametrize(("raw", "expected"), SENDERS)
def test_who_seems_to_have_written_is_seen(raw: bytes, expected: str) -> None:
    assert salvage.sender(raw) == expected


@pytest.mark.parametrize(("raw", "expected"), SUBJECTS)
def test_a_subject_is_seen_as_people_read_it(raw: bytes, expected: str) -> None:
    assert salvage.subject(raw) == expected


def test_a_subject_that_breaks_its_reader_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hazard 49: what could not be read must not break the keeping of it too."""

    def breaks(_value: bytes) -> str:
        raise RecursionError

    monkeypatch.setattr("mailbot.mail.headers.text", breaks)

    assert salvage.subject(b"Subject: x\r\n\r\n") == ""
