"""The least program that does a mailbox's work, to measure mailbot against: `python -m bench.yardstick`.

Fetch, parse by searching for boundaries, thread by In-Reply-To and References, a case, a message and a reply in one
durable transaction a mail, the reply of two parts sent, mail flagged in batches. It has no rules, no retries, no
history and no defences, and keeps no raw mail: it marks the floor, and is no design.
"""

import argparse
import binascii
import quopri
import re
import smtplib
import sqlite3
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from typing import Any

from imapclient import IMAPClient  # type: ignore[import-untyped]

from bench.corpus import DESK, encoded

BATCH = 50
ROBOT = re.compile(
    rb"^(auto-submitted:(?! *no)|precedence: *(bulk|list)|list-id:|return-path: *<>)", re.I | re.M
)
MESSAGE_ID = re.compile(r"<[^<>\s]+>")
TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE request (id INTEGER PRIMARY KEY, subject TEXT, state TEXT);
CREATE TABLE message (id INTEGER PRIMARY KEY, message_id TEXT UNIQUE, request_id INTEGER, sender TEXT,
    subject TEXT, body TEXT, attachments TEXT);
CREATE TABLE reply (id INTEGER PRIMARY KEY, recipient TEXT, data BLOB);
"""
SAID = "Cordial saludo:\n\nRecibimos su solicitud. Su número es {number}; con él puede preguntar cómo va.\n"
HTML = "<html><body><p>Cordial saludo:</p><p>Recibimos su solicitud. Su número es <b>{number}</b>.</p></body></html>\n"
HEADERS = BytesHeaderParser()


def leaves(raw: bytes, start: int, end: int) -> Iterator[tuple[Message, int, int]]:
    """Of each part its header, and where its body stands."""
    gap = raw.find(b"\r\n\r\n", start, end)
    header, body = (gap, gap + 4) if gap >= 0 else (end, end)
    own = HEADERS.parsebytes(raw[start:header] + b"\r\n")
    boundary = own.get_boundary() if own.get_content_maintype() == "multipart" else None
    if not boundary:
        yield own, body, end
        return
    mark = b"--" + boundary.encode()
    at = raw.find(mark, body, end)
    while at >= 0 and raw[at + len(mark) : at + len(mark) + 2] != b"--":
        begin = raw.find(b"\n", at, end) + 1
        at = raw.find(mark, begin, end)
        yield from leaves(raw, begin, at if at >= 0 else end)


def content(own: Message, raw: bytes) -> bytes:
    match str(own.get("content-transfer-encoding", "")).lower():
        case "base64":
            return binascii.a2b_base64(raw)
        case "quoted-printable":
            return quopri.decodestring(raw)
    return raw


def text_and_files(raw: bytes) -> tuple[str, str]:
    """The first text, and the names of what is attached; files are not decoded."""
    text, files = "", []
    for own, start, end in leaves(raw, 0, len(raw)):
        if own.get_content_disposition() == "attachment":
            files.append(f"{own.get_filename()} {end - start}")
        elif not text and own.get_content_maintype() == "text":
            charset = str(own.get_content_charset("utf-8"))
            text = content(own, raw[start:end]).decode(charset, "replace")
    return text, "\n".join(files)


def decoded(header: Message, name: str) -> str:
    return str(make_header(decode_header(str(header.get(name, "")).replace("\r\n", ""))))


def answer(number: int, recipient: str, subject: str, message_id: str) -> bytes:
    """A real one: two parts in quoted-printable, and the headers that keep a thread together."""
    boundary = f"=_reply{number}"
    parts = "".join(
        f"--{boundary}\nContent-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        + quopri.encodestring(text.format(number=number).encode()).decode()
        for kind, text in (("plain", SAID), ("html", HTML))
    )
    header = (
        f"From: {DESK}\nTo: {recipient}\nSubject: {encoded(f'[{number}] {subject}')}\n"
        f"Message-ID: <{number}.r@example.com>\n"
        f"In-Reply-To: {message_id}\nReferences: {message_id}\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/alternative; boundary="{boundary}"\n\n'
    )
    return f"{header}{parts}--{boundary}--\n".replace("\n", "\r\n").encode()


def take_in(database: sqlite3.Connection, raw: bytes) -> None:
    header = raw[: raw.find(b"\r\n\r\n") + 2]
    own = HEADERS.parsebytes(header)
    subject, sender = decoded(own, "subject"), decoded(own, "from")
    message_id = str(own.get("message-id", "")).strip()
    text, files = text_and_files(raw)
    is_robot = ROBOT.search(header) is not None
    followed = MESSAGE_ID.findall(f"{own.get('references', '')} {own.get('in-reply-to', '')}")
    database.execute("BEGIN IMMEDIATE")
    request = None
    for name in reversed(followed):
        known = database.execute("SELECT request_id FROM message WHERE message_id = ?", (name,)).fetchone()
        if known:
            request = known[0]
            break
    if request is None and not is_robot:
        request = database.execute(
            "INSERT INTO request (subject, state) VALUES (?, 'open')", (subject,)
        ).lastrowid
    database.execute(
        "INSERT INTO message (message_id, request_id, sender, subject, body, attachments) VALUES (?, ?, ?, ?, ?, ?)",
        (message_id, None if is_robot else request, sender, subject, text, files),
    )
    if request is not None and not is_robot:
        recipient = parseaddr(sender)[1]
        data = answer(request, recipient, subject, message_id)
        database.execute("INSERT INTO reply (recipient, data) VALUES (?, ?)", (recipient, data))
    database.execute("COMMIT")


def send(database: sqlite3.Connection, smtp: smtplib.SMTP) -> None:
    waiting = database.execute("SELECT id, recipient, data FROM reply ORDER BY id").fetchall()
    for _, recipient, data in waiting:
        smtp.sendmail(DESK, [recipient], data)
    database.execute("BEGIN IMMEDIATE")
    database.executemany("DELETE FROM reply WHERE id = ?", [(number,) for number, *_ in waiting])
    database.execute("COMMIT")


def work(imap: Any, smtp: smtplib.SMTP, database: sqlite3.Connection) -> None:
    imap.select_folder("INBOX")
    waiting = imap.search("UNSEEN")
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH]
        for answered in imap.fetch(batch, ["BODY.PEEK[]"]).values():
            take_in(database, answered[b"BODY[]"])
        imap.add_flags(batch, [b"\\Seen"], silent=True)
        send(database, smtp)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    for name, kind in (("imap", int), ("smtp", int), ("user", str), ("password", str), ("database", str)):
        options.add_argument(f"--{name}", type=kind, required=True)
    given = options.parse_args()
    database = sqlite3.connect(given.database, isolation_level=None)
    database.executescript(TABLES)
    smtp = smtplib.SMTP("127.0.0.1", given.smtp, local_hostname="localhost")
    with smtp, IMAPClient("127.0.0.1", given.imap, ssl=False) as imap:
        imap._imap.debug = 0  # else the repr of each mail is built, for a log that nobody reads
        imap.login(given.user, given.password)
        work(imap, smtp, database)


if __name__ == "__main__":
    main()
