"""Which message is which: the same on every delivery, different for every other mail (lessons 6, 22; hazard 53)."""

import time

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.mail import headers, identity
from mailbot.mail.identity import content_hash
from tests.mail.build import ANA, mail

PLAIN = mail("uno\ndos\n", to="soporte@mesa.example", date="Fri, 20 Nov 2026 10:00:00 -0500")
HASH = content_hash(PLAIN)


@pytest.mark.parametrize(
    "raw",
    [
        b"Received: from a by b; today\r\nReturn-Path: <ana@x>\r\n" + PLAIN,
        b"Delivered-To: otra@mesa.example\r\nX-Spam: no\r\n" + PLAIN,
        b"Authentication-Results: mx; dkim=pass\r\n" + PLAIN,
        PLAIN.replace(b"\r\n", b"\n"),
        PLAIN + b"\r\n",  # a server that ends it once more
        PLAIN.replace(b"Subject: Clave", b"SUBJECT:\r\n Clave "),
        b"From ana Fri Nov 20\n" + PLAIN,  # out of an mbox
        PLAIN.replace(b"\r\n", b"\r"),
    ],
)
def test_another_delivery_of_the_same_mail_is_the_same(raw: bytes) -> None:
    assert content_hash(raw) == HASH


@pytest.mark.parametrize(
    "raw",
    [
        PLAIN.replace(b"Clave", b"clave"),
        PLAIN.replace(b"m1@", b"m2@"),
        PLAIN.replace(b"10:00", b"10:01"),
        PLAIN.replace(b"Ana", b"Eva"),
        PLAIN.replace(b"soporte@", b"ventas@"),
        b"Cc: luis@x.es\r\n" + PLAIN,
        PLAIN.replace(b"dos", b"tres"),
        PLAIN.replace(b"uno\r\n", b"uno\r\n\r\n"),
        mail("uno\ndos\n"),
    ],
)
def test_another_mail_is_another(raw: bytes) -> None:
    assert content_hash(raw) != HASH


@given(st.lists(st.sampled_from(["\r\n", "\n", "a", "b" * 500_000]), max_size=12), st.booleans())
@settings(deadline=None, max_examples=30)
def test_newlines_never_matter_wherever_a_body_is_cut(pieces: list[str], final: bool) -> None:
    body = "".join(pieces).encode() + b"z" + b"\r\n" * final
    assert content_hash(b"A: b\r\n\r\n" + body) == content_hash(b"A: b\n\n" + body.replace(b"\r\n", b"\n"))


def test_50_mb_are_hashed_in_no_time() -> None:
    body = (b"x" * 76 + b"\n") * 650_000
    started = time.process_time()
    assert content_hash(b"A: b\n\n" + body) == content_hash(b"A: b\r\n\r\n" + body.replace(b"\n", b"\r\n"))
    assert time.process_time() - started < 4


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"<a@x>", "<a@x>"),
        (b"  <a@x> (comentario)", "<a@x>"),
        (b"\r\n <" + b"a" * 80 + b"@x>", f"<{'a' * 80}@x>"),  # Outlook's long ids, folded
        (b"<a\r\n b@x>", "<ab@x>"),  # folded inside
        (b"=?utf-8?q?=3Ca=40x=3E?=", "<a@x>"),  # encoded by Python 3.11
        (b"a@x", None),
        (b"<>", None),
        (b"< >", None),
        (b"<" + b"a" * 2000 + b">", None),
    ],
)
def test_the_message_id_is_the_one_sent_or_made_of_the_content(value: bytes, expected: str | None) -> None:
    own, _, _ = headers.read(raw := b"Message-ID: " + value + b"\r\n\r\n", 0, len(raw))
    found, problem = identity.message_id(own, "abc")
    assert found == (expected or "<abc@content.mailbot.invalid>")
    assert bool(problem) == (expected is None)


def test_of_two_message_ids_the_first_counts_and_it_is_told() -> None:
    """Hazard 39: mail-parser gives a list."""
    own, _, _ = headers.read(raw := b"Message-ID: <a@x>\nMessage-ID: <b@x>\n\n", 0, len(raw))
    assert identity.message_id(own, "abc") == ("<a@x>", "varias cabeceras Message-ID: vale la primera")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([b"<a@x> <b@x>"], ("<a@x>", "<b@x>")),
        ([b"<a@x>\r\n\t<b@x><c@x>"], ("<a@x>", "<b@x>", "<c@x>")),
        ([b"<a@x>", b"<a@x> <b@x>"], ("<a@x>", "<b@x>")),
        ([b"Su mensaje del <a@x> lunes"], ("<a@x>",)),  # obsolete phrases, RFC 5322 4.5.4
        ([b"nada"], ()),
        ([], ()),
    ],
)
def test_references_are_all_their_ids(values: list[bytes], expected: tuple[str, ...]) -> None:
    assert identity.read(values) == expected


def test_of_a_very_long_thread_the_first_and_the_last_are_kept() -> None:
    found = identity.read([b" ".join(b"<%d@x>" % n for n in range(3000))])
    assert (len(found), found[0], found[-1]) == (100, "<0@x>", "<2999@x>")


def test_the_sender_counts() -> None:
    assert content_hash(mail("x")) != content_hash(mail("x", **{"from": ANA + "x"}))
