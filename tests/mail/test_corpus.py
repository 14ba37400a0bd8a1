"""Real mail: its parts are those that another parser finds."""

import email
from collections.abc import Iterator
from email.message import Message

from mailbot.mail import structure
from tests.corpora import of_people


def test_the_parts_of_real_mail_are_those_of_the_stdlib() -> None:
    """Lesson 42. Two differ: broken base64, which the stdlib leaves encoded; parts that no header announces."""
    differ = [
        name
        for _, name, raw in of_people()
        if [
            same(leaf.content)
            for leaf in structure.read(raw, []).leaves
            if not leaf.type.startswith("message/")
        ]
        != [same(content) for content in of_the_stdlib(email.message_from_bytes(raw))]
    ]
    assert len(differ) <= 2


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
