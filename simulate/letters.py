"""The bytes of the mail that people and machines write: real ones, as their programs make them."""

import email
import email.policy
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from random import Random


@dataclass(frozen=True)
class Ours:
    """A mail of ours as it lies in somebody's mailbox."""

    #: as we wrote it; the provider may have put another in its place
    message_id: str
    seen_as: str
    to: str
    sender: str
    subject: str
    references: str
    text: str
    #: all that can be read in it, its header too
    shown: str
    received_at: datetime
    raw: bytes


def ours(raw: bytes, to: str, received_at: datetime, renamed: str | None) -> Ours:
    """Our mail as its recipient's program reads it; `renamed`: the Message-ID that the provider gave it."""
    seen = read(raw)
    texts = [str(part.get_content()) for part in seen.walk() if part.get_content_maintype() == "text"]
    named = str(seen["Message-ID"])
    return Ours(
        message_id=named,
        seen_as=renamed or named,
        to=to,
        sender=str(seen["From"]),
        subject=str(seen["Subject"]),
        references=str(seen["References"] or ""),
        text=texts[0],
        shown="\n".join([*(f"{name}: {value}" for name, value in seen.items()), *texts]),
        received_at=received_at,
        raw=raw,
    )


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what the policy makes
    return message


def letter(
    dice: Random, n: int, sender: str, to: str, subject: str, text: str, now: datetime, **fields: str
) -> bytes:
    """A mail like no other: `n` is in its Message-ID. `in_reply_to="<…>"` and so on give more fields."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{n}.{dice.getrandbits(32):x}@correo.example>"
    for name, value in fields.items():
        message[name.replace("_", "-").title()] = value
    message.set_content(text, cte=dice.choice(("8bit", "quoted-printable", "base64")))
    if dice.random() < 0.2:
        body = "".join(f"<p>{line}</p>" for line in text.replace("<", "&lt;").splitlines())
        message.add_alternative(f"<html><body>{body}</body></html>", subtype="html")
        message.set_boundary(f"=_{n}")
    return message.as_bytes()


def answer(dice: Random, n: int, sender: str, mail: Ours, text: str, now: datetime, **fields: str) -> bytes:
    """Upon a mail of ours, which it quotes in one of the usual ways."""
    thread = {"in_reply_to": mail.seen_as, "references": f"{mail.references} {mail.seen_as}".strip()}
    subject = mail.subject if mail.subject.lower().startswith("re:") else f"Re: {mail.subject}"
    return letter(
        dice,
        n,
        sender,
        mail.sender,
        subject,
        f"{text}\n\n{_quoted(dice, mail)}",
        now,
        **thread,
        **fields,
    )


def _quoted(dice: Random, mail: Ours) -> str:
    lines = mail.text.splitlines()
    when = mail.received_at.strftime("%d/%m/%Y %H:%M")
    if dice.random() < 0.5:
        return f"El {when}, {mail.sender} escribió:\n\n" + "".join(f"> {line}\n" for line in lines)
    head = f"De: {mail.sender}\nEnviado: {when}\nPara: {mail.to}\nAsunto: {mail.subject}\n\n"
    return "_" * 32 + "\n" + head + "\n".join(lines)


def forwarded(dice: Random, n: int, sender: str, to: str, mail: Ours, now: datetime) -> bytes:
    """Our mail sent on to a colleague is not seen here; this is a person's forward of it to the desk."""
    return letter(dice, n, sender, to, f"RV: {mail.subject}", f"Se lo reenvío.\n\n{_quoted(dice, mail)}", now)


def by_another_way(raw: bytes, n: int) -> bytes:
    """The same mail with the trace of another delivery (RFC 5321 §4.4)."""
    return (
        f"Return-Path: <rebote@correo.example>\r\nReceived: from mx{n}.example by mx.mesa.example; "
        "Wed, 18 Nov 2026 10:00:00 -0500\r\n"
    ).encode() + raw


def notice(n: int, mail: Ours, to: str, action: str) -> bytes:
    """A delivery status notification (RFC 3464) that returns our header; `action`: failed or delayed."""
    status = "5.1.1" if action == "failed" else "4.4.1"
    head = mail.raw.partition(b"\r\n\r\n")[0].decode()
    return (
        f"Return-Path: <>\r\nFrom: MAILER-DAEMON@correo.example\r\nTo: {to}\r\n"
        f"Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <{n}.dsn@correo.example>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; correo.example\r\n\r\nFinal-Recipient: rfc822; {mail.to}\r\n"
        f"Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}\r\n\r\n--b--\r\n"
    ).encode()


def poison(n: int, sender: str) -> bytes:
    """More parts within parts than anybody writes: it cannot be parsed (hazard 36)."""
    head = f"From: {sender}\r\nSubject: veneno\r\nMessage-ID: <{n}.veneno@correo.example>\r\n".encode()
    levels = (b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (k, k) for k in range(150))
    return head + b"".join(levels) + b"\r\nfondo\r\n"
