"""TLS that verifies, and refusals that say which of the many things is wrong."""

import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from mailbot.config.model import Mailbox
from mailbot.transport.connect import tls
from mailbot.transport.errors import TransportError
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.smtp import Smtp
from tests import dovecot
from tests.transport import certificates, faulty
from tests.transport.conftest import NOBODY, PASSWORD, QUICK
from tests.transport.test_imap import MAIL


class Handshakes:
    """A listener that does the server's half of a handshake with a certificate, and hangs up."""

    def __init__(self, certificate: certificates.Certificate) -> None:
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(certificate.cert, certificate.key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = Thread(target=self._one)

    def __enter__(self) -> int:
        self.thread.start()
        port: int = self.port
        return port

    def __exit__(self, *error: object) -> None:
        self.thread.join(5)
        self.listener.close()

    def _one(self) -> None:
        connection, _ = self.listener.accept()
        connection.settimeout(3)
        try:
            self.context.wrap_socket(connection, server_side=True).close()
        except OSError:
            connection.close()


def configured(
    kind: str, port: int, *, host: str = "localhost", ca_file: Path | str = "", **more: str
) -> Mailbox:
    server = {"host": host, "port": port, "security": "tls", "ca_file": str(ca_file), **more}
    other = {"host": "localhost", "port": 1}
    servers = {"imap": server, "smtp": other} if kind == "imap" else {"imap": other, "smtp": server}
    return Mailbox.model_validate({"address": "soporte@mesa.example", "password": NOBODY, **servers})


def connect(kind: str, mailbox: Mailbox) -> None:
    made: Any = (ImapMailbox if kind == "imap" else Smtp)(mailbox, lambda: PASSWORD, QUICK)
    try:
        made.connect()
    finally:
        made.close()


both = pytest.mark.parametrize("kind", ["imap", "smtp"])


@both
@pytest.mark.parametrize(
    ("make", "expected"),
    [
        # host in the config is localhost
        (lambda d, ca: certificates.make(d, ca, names="DNS:correo.mesa.example"), "no es de localhost"),
        (lambda d, ca: certificates.make(d, ca, days=-1), "está vencido .*que lo renueve"),
        (lambda d, ca: certificates.make(d, None), r"ninguna autoridad conocida .*ca_file"),
    ],
)
def test_a_bad_certificate_is_refused_and_named(
    kind: str, make: Callable[..., certificates.Certificate], expected: str, tmp_path: Path
) -> None:
    ca = certificates.make_ca(tmp_path)
    with Handshakes(make(tmp_path, ca)) as port, pytest.raises(TransportError, match=expected) as caught:
        connect(kind, configured(kind, port, ca_file=ca.cert))
    assert caught.value.permanent


@both
def test_a_private_ca_is_unknown_until_ca_file_names_it(kind: str, tmp_path: Path) -> None:
    with (
        Handshakes(certificates.make(tmp_path, certificates.make_ca(tmp_path))) as port,
        pytest.raises(TransportError, match=r"ninguna autoridad conocida .*ca_file"),
    ):
        connect(kind, configured(kind, port))


@both
def test_an_address_is_no_name_for_a_certificate_of_names(kind: str, tmp_path: Path) -> None:
    ca = certificates.make_ca(tmp_path)
    with (
        Handshakes(certificates.make(tmp_path, ca)) as port,
        pytest.raises(TransportError, match=r"no es de 127\.0\.0\.1 .*Escriba en host el nombre"),
    ):
        connect(kind, configured(kind, port, host="127.0.0.1", ca_file=ca.cert))


@both
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, r"no se puede leer .*ca\.pem.*ca_file"),
        ("no es un certificado", "no contiene un certificado PEM"),
    ],
)
def test_a_wrong_ca_file_is_named(kind: str, content: str | None, expected: str, tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    if content:
        ca_file.write_text(content)
    with pytest.raises(TransportError, match=expected) as caught:
        connect(kind, configured(kind, 1, ca_file=ca_file))
    assert caught.value.permanent


@both
def test_a_port_that_does_not_speak_tls_is_told_so(kind: str) -> None:
    server = faulty.imap() if kind == "imap" else faulty.smtp()
    with server, pytest.raises(TransportError, match=r"no habla TLS.*Revise port y security"):
        connect(kind, configured(kind, server.port))


@both
def test_without_starttls_no_password_is_sent_in_clear(kind: str) -> None:
    """A server that stops offering STARTTLS may be somebody in between."""
    server = faulty.imap() if kind == "imap" else faulty.smtp()
    with server, pytest.raises(TransportError, match="security") as caught:
        connect(kind, configured(kind, server.port, security="starttls"))
    assert caught.value.permanent
    assert not any(b"LOGIN" in line or b"AUTH" in line for line in server.heard)


@both
def test_an_unknown_host_and_a_closed_port_are_told_apart(kind: str) -> None:
    with pytest.raises(TransportError, match=r"servidor llamado|averiguar la dirección"):
        connect(kind, configured(kind, 993, host="no-existe.invalid"))
    with pytest.raises(TransportError, match=r"rechaza la conexión.*Revise host y port") as caught:
        connect(kind, configured(kind, dovecot.free_ports(1)[0]))
    assert not caught.value.permanent


def test_the_systems_authorities_are_trusted_unless_ca_file_is_given(tmp_path: Path) -> None:
    ca = certificates.make_ca(tmp_path)
    alone = tls(configured("imap", 1, ca_file=ca.cert).imap)
    assert alone.cert_store_stats()["x509_ca"] == 1
    assert alone.verify_mode is ssl.CERT_REQUIRED
    assert alone.check_hostname


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_mailbox_is_read_over_tls(real: dovecot.Dovecot, address: str, security: str) -> None:
    """And waited for: IDLE sees new mail through the encryption, too."""
    port = real.imaps_port if security == "tls" else real.imap_port
    config = configured("imap", port, ca_file=real.ca_file, security=security)
    mailbox = ImapMailbox(config.model_copy(update={"address": address}), lambda: PASSWORD, QUICK)
    mailbox.connect()
    mailbox.select("INBOX")
    real.deliver(MAIL, address)
    mailbox.wait(20)
    assert [m.raw.endswith(MAIL) for m in mailbox.fetch(mailbox.uids(0))] == [True]
    mailbox.close()
