"""Mail as it is: the samples of CPython's own tests, and real mail where a collection stands beside the project.

Run with `-s` to see what became of them.
"""

import email
import importlib.util
import tarfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from email.message import Message
from pathlib import Path

import pytest

from mailbot.mail import structure
from mailbot.mail.parse import Unreadable, parse

COLLECTION = Path(__file__).parents[3] / "shared" / "corpus"
#: seconds
LIMIT = 2


def read_all(mails: Iterable[tuple[str, bytes]]) -> Counter[str]:
    """What each mail became; nothing but `Unreadable` may be raised, nothing may take long."""
    seen: Counter[str] = Counter()
    for name, raw in mails:
        started = time.perf_counter()
        try:
            seen[parse(raw).kind] += 1
        except Unreadable:
            seen["unreadable"] += 1
        assert time.perf_counter() - started < LIMIT, name
    return seen


def test_every_sample_of_cpython_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    found = importlib.util.find_spec("test.test_email")
    if found is None or not found.origin:
        pytest.skip("this Python comes without its own tests (Debian: libpython3.11-testsuite)")
    samples = sorted((Path(found.origin).parent / "data").glob("*.txt"))
    seen = read_all((sample.name, sample.read_bytes()) for sample in samples)
    with capsys.disabled():
        print(f"\n  CPython's samples: {dict(seen)}")  # noqa: T201
    assert seen.total() == len(samples) > 40
    assert not seen["unreadable"]


def real_mail() -> Iterator[tuple[str, bytes]]:
    archives = sorted(COLLECTION.glob("*.tar.xz"))
    if not archives:
        pytest.skip(f"no collection of real mail in {COLLECTION}")
    for archive in archives:
        with tarfile.open(archive) as opened:
            files = ((file.name, opened.extractfile(file)) for file in opened if file.isfile())
            yield from ((name, content.read()) for name, content in files if content)


def test_every_real_mail_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    seen = read_all(real_mail())
    with capsys.disabled():
        print(f"\n  real mail: {dict(seen)}")  # noqa: T201
    assert seen.total() > 2000
    assert not seen["unreadable"]


def test_the_parts_of_real_mail_are_those_of_the_stdlib() -> None:
    """Lesson 42. The one that differs is broken base64, which the stdlib leaves encoded."""
    differ = [
        name
        for name, raw in real_mail()
        if [
            same(leaf.content)
            for leaf in structure.read(raw, []).leaves
            if not leaf.type.startswith("message/")
        ]
        != [same(content) for content in of_the_stdlib(email.message_from_bytes(raw))]
    ]
    assert len(differ) <= 1


def of_the_stdlib(message: Message) -> Iterator[bytes]:
    if message.get_content_maintype() == "message":
        return
    payload = message.get_payload(decode=True)
    if isinstance(payload, bytes):
        yield payload
    for inner in message.get_payload() if message.is_multipart() else ():
        if isinstance(inner, Message):
            yield from of_the_stdlib(inner)


def same(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n").rstrip(b"\n")
