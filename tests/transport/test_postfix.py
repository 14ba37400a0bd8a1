"""The way out through a real Postfix: encryption, login, refusals, and what arrives at the other end."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from mailbot.config.model import Mailbox
from mailbot.transport.errors import Refused, TransportError, Unreachable
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.smtp import Smtp
from tests.dovecot import Dovecot
from tests.postfix import Postfix, required
from tests.transport.conftest import NOBODY, PASSWORD, QUICK

OURS = "soporte@mesa.example"
MAIL = (
    "From: soporte@mesa.example\r\nTo: ana@oti.example\r\nSubject: Re: x\r\n"
    "Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@mesa.example>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    "Petición\r\n.\r\n..dos\r\n" + "a" * 990 + "\r\n"
).encode()


@pytest.fixture(scope="module")
def postfix(real: Dovecot) -> Iterator[Postfix]:
    required()
    with Postfix(real, message_size_limit="20000", smtpd_timeout="1s") as server:
        yield server


def configured(postfix: Postfix, security: str, port: int) -> Mailbox:
    server = {
        "host": "localhost",
        "port": port,
        "security": security,
        "ca_file": str(postfix.dovecot.ca_file),
    }
    imap = {**server, "port": postfix.dovecot.imaps_port, "security": "tls"}
    return Mailbox.model_validate({"address": OURS, "password": NOBODY, "imap": imap, "smtp": server})


@pytest.fixture
def smtp(postfix: Postfix) -> Iterator[Smtp]:
    smtp = Smtp(configured(postfix, "starttls", postfix.submission_port), lambda: PASSWORD, QUICK)
    yield smtp
    smtp.close()


def arrived(postfix: Postfix, address: str) -> bytes:
    """The first mail that this account gets."""
    box = configured(postfix, "starttls", 1).model_copy(update={"address": address})
    imap = ImapMailbox(box, lambda: PASSWORD, QUICK)
    imap.connect()
    try:
        for _ in range(20):
            imap.select("INBOX")
            if uids := imap.uids(0):
                return next(iter(imap.fetch(uids))).raw[:]
            imap.wait(1)
    finally:
        imap.close()
    raise AssertionError(f"nothing came for {address}\n{postfix.log()}")


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_what_is_sent_arrives_octet_by_octet(postfix: Postfix, security: str) -> None:
    port = postfix.submissions_port if security == "tls" else postfix.submission_port
    smtp = Smtp(configured(postfix, security, port), lambda: PASSWORD, QUICK)
    receipt = smtp.send(OURS, f"{security}@oti.example", MAIL)
    smtp.close()
    assert "queued as" in receipt.said
    assert arrived(postfix, f"{security}@oti.example").endswith(MAIL)


def test_a_wrong_password_is_told_and_no_mail_counts_as_sent(postfix: Postfix) -> None:
    smtp = Smtp(configured(postfix, "starttls", postfix.submission_port), lambda: "equivocada", QUICK)
    with pytest.raises(Unreachable, match=r"535 .*Revise username y password") as caught:
        smtp.send(OURS, "ana@oti.example", MAIL)
    assert caught.value.permanent


@pytest.mark.parametrize(
    ("said", "permanent"),
    [
        ("450 4.2.0 Greylisted", False),
        ("451 4.3.0 Try again", False),
        ("550 5.1.1 No such user", True),
        ("552 5.2.2 Mailbox full", False),  # may be emptied (RFC 5321 §4.5.3.1.10)
        ("554 5.7.1 Spam", True),
    ],
)
def test_one_refused_recipient_holds_up_nobody(
    postfix: Postfix, smtp: Smtp, said: str, permanent: bool
) -> None:
    """Hazard 59."""
    postfix.at_submission["eva@oti.example"] = said
    with pytest.raises(Refused, match=said[:3]) as caught:
        smtp.send(OURS, "eva@oti.example", MAIL)
    assert (caught.value.code, caught.value.permanent) == (int(said[:3]), permanent)
    assert "queued as" in smtp.send(OURS, "sol@oti.example", MAIL).said


def test_a_server_that_hangs_up_is_dialled_again(postfix: Postfix, smtp: Smtp) -> None:
    postfix.at_submission["eva@oti.example"] = "421 4.2.1 Closing"
    with pytest.raises(Unreachable, match=r"421 4\.2\.1"):
        smtp.send(OURS, "eva@oti.example", MAIL)
    assert "queued as" in smtp.send(OURS, "sol@oti.example", MAIL).said


def test_what_is_too_big_for_the_server_is_refused_for_good(smtp: Smtp) -> None:
    with pytest.raises(Refused, match=r"552 5\.3\.4") as caught:
        smtp.send(OURS, "ana@oti.example", MAIL * 20)
    assert caught.value.permanent
    assert "queued as" in smtp.send(OURS, "ana@oti.example", MAIL).said


def test_a_connection_that_the_server_closed_meanwhile_is_made_anew(smtp: Smtp) -> None:
    smtp.send(OURS, "ana@oti.example", MAIL)
    time.sleep(1.5)  # Postfix waits for a second
    assert "queued as" in smtp.send(OURS, "ana@oti.example", MAIL).said


def test_an_address_with_foreign_letters_is_accepted(smtp: Smtp) -> None:
    """RFC 6531."""
    assert "queued as" in smtp.send(OURS, "peña@oti.example", MAIL).said


@pytest.mark.parametrize(
    ("security", "port", "expected"),
    [
        ("tls", "mx_port", r"no habla TLS.*Revise port y security"),
        ("tls", "submission_port", r"no habla TLS.*Revise port y security"),
        ("starttls", "mx_port", r"no ofrece STARTTLS.*No se envió la contraseña.*security"),
        ("starttls", "submissions_port", r"no contestó a tiempo.*security"),
    ],
)
def test_the_wrong_port_is_told_with_its_cure(
    postfix: Postfix, security: str, port: str, expected: str
) -> None:
    smtp = Smtp(configured(postfix, security, getattr(postfix, port)), lambda: PASSWORD, QUICK)
    with pytest.raises(TransportError, match=expected):
        smtp.connect()


@pytest.mark.parametrize(
    ("security", "port", "expected"),
    [
        ("tls", "imap_port", r"no habla TLS.*Revise port y security"),
        ("starttls", "imaps_port", r"no contestó a tiempo.*security"),
    ],
)
def test_so_it_is_for_imap(postfix: Postfix, security: str, port: str, expected: str) -> None:
    box = configured(postfix, "tls", 1)
    server = box.imap.model_copy(update={"security": security, "port": getattr(postfix.dovecot, port)})
    imap = ImapMailbox(box.model_copy(update={"imap": server}), lambda: PASSWORD, QUICK)
    with pytest.raises(TransportError, match=expected):
        imap.connect()


def test_this_postfix_ends_without_a_trace_and_begins_where_it_was(real: Dovecot) -> None:
    """So that a crash of the server can be played with it."""
    required()
    with Postfix(real) as postfix:
        postfix.at_mx["luz@fuera.example"] = "450 4.2.0 Greylisted"
        postfix.submit(MAIL, OURS, "luz@fuera.example")
        assert running_under(postfix)
        postfix.stop()
        assert running_under(postfix) == []
        postfix.at_mx.clear()
        postfix.start()
        assert arrived(postfix, "luz@fuera.example").endswith(MAIL)
    assert running_under(postfix) == []
    assert not postfix.base.exists()


def running_under(postfix: Postfix) -> list[str]:
    """Processes whose working directory is its queue."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if str(postfix.base) in os.readlink(process / "cwd"):
                found.append(process.name)
    return found
