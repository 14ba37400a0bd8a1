"""A message above max_size: what a person wrote is read, the rest is left on the server (hazard 43)."""

from email import message_from_bytes
from email.message import EmailMessage, Message

from mailbot.transport.imap import ImapMailbox
from mailbot.transport.imap_fetch import Fetched
from tests.dovecot import Dovecot
from tests.transport.conftest import Served

LIMIT = 20_000
FILE = b"\x00\x01" * 30_000


def excerpt(served: Served, mailbox: ImapMailbox, address: str, raw: bytes) -> tuple[Fetched, Message]:
    served.deliver(raw, address)
    (fetched,) = mailbox.fetch(mailbox.uids(0), LIMIT)
    assert not fetched.whole
    assert fetched.size > len(FILE)
    assert len(fetched.raw) < 5_000
    return fetched, message_from_bytes(fetched.raw[:])


def mail(text: str = "Adjunto el archivo, ¿me ayuda?\n") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ana <ana@mesa.example>"
    message["Subject"] = "Olvidé la contraseña"
    message["Message-ID"] = "<uno@mesa.example>"
    message.set_content(text, cte="quoted-printable")
    return message


def texts(message: Message) -> list[str]:
    """Of each leaf, decoded."""
    leaves = [part for part in message.walk() if not part.is_multipart()]
    return [(part.get_payload(decode=True) or b"").decode().strip() for part in leaves]  # type: ignore[union-attr]


def test_header_and_text_of_a_large_message_are_read(
    served: Served, mailbox: ImapMailbox, address: str
) -> None:
    message = mail()
    message.add_attachment(FILE, maintype="application", subtype="pdf", filename="informe.pdf")
    _, read = excerpt(served, mailbox, address, message.as_bytes())
    assert read["Message-ID"] == "<uno@mesa.example>"
    assert read["Subject"] == message_from_bytes(message.as_bytes())["Subject"]
    assert read.get_content_type() == "multipart/mixed"
    assert texts(read) == ["Adjunto el archivo, ¿me ayuda?"]


def test_the_text_is_found_below_other_multiparts(served: Served, mailbox: ImapMailbox, address: str) -> None:
    message = mail()
    message.add_alternative("<p>Adjunto</p>", subtype="html")
    message.add_attachment(FILE, maintype="image", subtype="png", filename="foto.png")
    _, read = excerpt(served, mailbox, address, message.as_bytes())
    assert texts(read) == ["Adjunto el archivo, ¿me ayuda?"]


def test_without_plain_text_the_html_is_read(served: Served, mailbox: ImapMailbox, address: str) -> None:
    message = EmailMessage()
    message.set_content("<p>Ayuda</p>", subtype="html")
    message.add_attachment(FILE, maintype="image", subtype="png", filename="foto.png")
    _, read = excerpt(served, mailbox, address, message.as_bytes())
    assert texts(read) == ["<p>Ayuda</p>"]


def test_an_attached_text_is_not_what_the_person_wrote(
    served: Served, mailbox: ImapMailbox, address: str
) -> None:
    message = EmailMessage()
    message["Subject"] = "Archivos"
    message.add_attachment("registro del equipo", filename="registro.txt")
    message.add_attachment(FILE, maintype="image", subtype="png", filename="foto.png")
    fetched, _ = excerpt(served, mailbox, address, message.as_bytes())
    assert fetched.raw[:].endswith(b"\r\n\r\n")
    assert b"registro del equipo" not in fetched.raw[:]


def test_a_large_text_is_cut(served: Served, mailbox: ImapMailbox, address: str) -> None:
    """A message that is nothing but text: its first mebibyte."""
    raw = b"Subject: x\r\n\r\n" + b"0123456789abcde\r\n" * 100_000
    served.deliver(raw, address)
    (fetched,) = mailbox.fetch(mailbox.uids(0), LIMIT)
    assert fetched.raw[:].endswith(b"Subject: x\r\n\r\n" + raw[14 : 14 + 1_048_576])
    assert not fetched.whole


def test_a_large_file_without_any_text_leaves_the_header(
    served: Served, mailbox: ImapMailbox, address: str
) -> None:
    message = EmailMessage()
    message["Subject"] = "foto"
    message.set_content(FILE, maintype="image", subtype="png")
    fetched, read = excerpt(served, mailbox, address, message.as_bytes())
    assert read["Subject"] == "foto"
    assert fetched.raw[:].endswith(b"\r\n\r\n")


def test_small_and_large_messages_keep_their_order(
    served: Served, mailbox: ImapMailbox, address: str
) -> None:
    large = mail()
    large.add_attachment(FILE, maintype="image", subtype="png", filename="foto.png")
    for raw in (b"Subject: 1\r\n\r\n", large.as_bytes(), b"Subject: 3\r\n\r\n"):
        served.deliver(raw, address)
    read = list(mailbox.fetch(mailbox.uids(0), LIMIT))
    assert [message.whole for message in read] == [True, False, True]
    assert [message.uid for message in read] == mailbox.uids(0)


def test_a_message_nested_too_deep_leaves_at_least_its_header(real: Dovecot, address: str) -> None:
    """Hazard 36, above the limit: the structure is data of a stranger. (pymap does not even take such a mail.)"""
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(1500)
    )
    raw = b"Subject: hondo\r\n" + opened + b"Content-Type: text/plain\r\n\r\nfondo\r\n" + b"x" * 60_000
    real.deliver(raw, address)
    mailbox = Served(real.imap_port, real.deliver).mailbox(address)
    mailbox.connect()
    mailbox.select("INBOX")
    (fetched,) = mailbox.fetch(mailbox.uids(0), LIMIT)
    assert message_from_bytes(fetched.raw[:1000])["Subject"] == "hondo"
    assert mailbox.uids(0) == [fetched.uid]  # the connection is still good
    mailbox.close()
