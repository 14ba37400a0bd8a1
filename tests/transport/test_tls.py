"""TLS that verifies, and refusals that say which of the many things is wrong."""

import shutil
import ssl
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mailbot.config.model import Mailbox
from mailbot.transport.connect import tls
from mailbot.transport.errors import TransportError
from mailbot.transport.imap import ImapMailbox
from mailbot.transport.smtp import Smtp
from tests import dovecot
from tests.transport import certificates, faulty
from tests.transport.certificates import Certificate
from tests.transport.conftest import NOBODY, PASSWORD, QUICK
from tests.transport.encrypted import Encrypted
from tests.transport.test_imap import MAIL


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


def word(line: bytes) -> bytes:
    """The command on a line, after the tag that IMAP puts before it."""
    return next((w for w in line.upper().split()[:2] if w in COMMANDS), b"")


COMMANDS = (b"CAPABILITY", b"STARTTLS", b"LOGIN", b"SELECT", b"EHLO", b"AUTH")
both = pytest.mark.parametrize("kind", ["imap", "smtp"])
either = pytest.mark.parametrize("security", ["tls", "starttls"])


@both
@either
@pytest.mark.parametrize(
    ("make", "expected"),
    [
        # host in the config is localhost
        (lambda d, ca: certificates.make(d, ca, names="DNS:correo.mesa.example"), "no es de localhost"),
        (lambda d, ca: certificates.make(d, ca, days=-1), "está vencido .*que lo renueve"),
        (
            lambda d, ca: certificates.make(d, ca, begins=1),
            "aún no es válido .*Revise la fecha de este equipo",
        ),
        (lambda d, ca: certificates.make(d, None), r"ninguna autoridad conocida .*ca_file"),
    ],
    ids=["of another host", "expired", "not yet valid", "self-signed"],
)
def test_a_bad_certificate_is_refused_and_named_and_nothing_more_is_said(
    kind: str, security: str, make: Callable[..., Certificate], expected: str, tmp_path: Path
) -> None:
    ca = certificates.make_ca(tmp_path)
    with (
        Encrypted(kind, make(tmp_path, ca), security) as server,
        pytest.raises(TransportError, match=expected) as caught,
    ):
        connect(kind, configured(kind, server.port, ca_file=ca.cert, security=security))
    assert caught.value.permanent
    assert server.in_secret == []
    assert {word(line) for line in server.in_clear} <= {b"CAPABILITY", b"EHLO", b"STARTTLS"}


@both
@either
def test_a_good_certificate_is_trusted_and_the_password_goes_only_encrypted(
    kind: str, security: str, tmp_path: Path
) -> None:
    ca = certificates.make_ca(tmp_path)
    with Encrypted(kind, certificates.make(tmp_path, ca), security) as server:
        connect(kind, configured(kind, server.port, ca_file=ca.cert, security=security))
    assert {b"LOGIN", b"AUTH"} & {word(line) for line in server.in_secret}
    assert {word(line) for line in server.in_clear} <= {b"CAPABILITY", b"EHLO", b"STARTTLS"}


@both
@either
def test_a_server_that_knows_only_old_encryption_is_told_so(kind: str, security: str, tmp_path: Path) -> None:
    """RFC 8996: below TLS 1.2 anybody may read along."""
    ca = certificates.make_ca(tmp_path)
    server = Encrypted(kind, certificates.make(tmp_path, ca), security)
    server.context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):
        server.context.minimum_version = ssl.TLSVersion.TLSv1
        server.context.maximum_version = ssl.TLSVersion.TLSv1_1
    with server, pytest.raises(TransportError, match=r"antiguo.*administrador.*TLS 1\.2") as caught:
        connect(kind, configured(kind, server.port, ca_file=ca.cert, security=security))
    assert caught.value.permanent
    assert server.in_secret == []


@both
@either
def test_a_private_ca_is_unknown_until_ca_file_names_it(kind: str, security: str, tmp_path: Path) -> None:
    with (
        Encrypted(kind, certificates.make(tmp_path, certificates.make_ca(tmp_path)), security) as server,
        pytest.raises(TransportError, match=r"ninguna autoridad conocida .*ca_file"),
    ):
        connect(kind, configured(kind, server.port, security=security))
    assert server.in_secret == []


@both
def test_an_address_is_no_name_for_a_certificate_of_names(kind: str, tmp_path: Path) -> None:
    ca = certificates.make_ca(tmp_path)
    with (
        Encrypted(kind, certificates.make(tmp_path, ca)) as server,
        pytest.raises(TransportError, match=r"no es de 127\.0\.0\.1 .*Escriba en host el nombre"),
    ):
        connect(kind, configured(kind, server.port, host="127.0.0.1", ca_file=ca.cert))


@both
def test_what_somebody_in_between_puts_before_the_encryption_is_not_believed(
    kind: str, tmp_path: Path
) -> None:
    """It would be taken for the server's answer to what is asked after STARTTLS (CVE-2011-0411 and its kin)."""
    ca = certificates.make_ca(tmp_path)
    injected = b"* BYE go away\r\n" if kind == "imap" else b"250-evil\r\n250 AUTH LOGIN\r\n"
    certificate = certificates.make(tmp_path, ca)
    with Encrypted(kind, certificate, "starttls", injected=injected) as server:
        connect(kind, configured(kind, server.port, ca_file=ca.cert, security="starttls"))
    assert [line for line in server.in_secret if word(line) in (b"LOGIN", b"AUTH")]


def test_a_server_that_lets_us_in_before_we_could_encrypt_is_refused(tmp_path: Path) -> None:
    """PREAUTH allows no STARTTLS any more (RFC 3501 §7.1.4): mail would travel in clear."""
    certificate = certificates.make(tmp_path, None)
    with (
        Encrypted("imap", certificate, "starttls", greeting=b"* PREAUTH welcome\r\n") as server,
        pytest.raises(TransportError, match=r"antes de cifrar.*security") as caught,
    ):
        connect("imap", configured("imap", server.port, security="starttls"))
    assert caught.value.permanent
    assert not {b"LOGIN", b"SELECT"} & {word(line) for line in server.in_clear}


@both
def test_a_server_that_will_not_begin_to_encrypt_hears_no_password(kind: str) -> None:
    offers = {"CAPABILITY": "* CAPABILITY IMAP4rev1 STARTTLS\nTAG OK done\n", "STARTTLS": "TAG NO not now\n"}
    refuses = {"EHLO": "250-faulty\n250 STARTTLS\n", "STARTTLS": "454 4.7.0 TLS not available\n"}
    server = faulty.imap(offers) if kind == "imap" else faulty.smtp(refuses)
    with server, pytest.raises(TransportError, match=r"STARTTLS.*security"):
        connect(kind, configured(kind, server.port, security="starttls"))
    assert not any(b"LOGIN" in line or b"AUTH" in line for line in server.heard)


@both
def test_a_port_that_speaks_only_tls_is_told_where_something_else_was_expected(
    kind: str, tmp_path: Path
) -> None:
    """Both sides wait for the other's first word."""
    ca = certificates.make_ca(tmp_path)
    with (
        Encrypted(kind, certificates.make(tmp_path, ca)) as server,
        pytest.raises(TransportError, match=r"no contestó a tiempo.*security"),
    ):
        connect(kind, configured(kind, server.port, ca_file=ca.cert, security="starttls"))
    assert server.in_secret == []


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


def test_authorities_are_read_once_for_all_connections(tmp_path: Path) -> None:
    """Hundreds of mailboxes would hold hundreds of copies, 0.9 MB each."""
    ca = certificates.make_ca(tmp_path)
    imap, smtp = configured("imap", 1).imap, configured("smtp", 2).smtp
    own = configured("imap", 1, ca_file=ca.cert).imap
    with ThreadPoolExecutor(8) as together:
        assert len({*map(id, together.map(tls, [imap, smtp] * 20))}) == 1
    assert tls(own) is tls(own)
    assert tls(own) is not tls(imap)


@both
def test_a_certificate_of_an_authority_that_was_just_replaced_is_trusted_without_a_restart(
    kind: str, tmp_path: Path
) -> None:
    ca = certificates.make_ca(tmp_path)
    with Encrypted(kind, certificates.make(tmp_path, ca)) as server:
        connect(kind, configured(kind, server.port, ca_file=ca.cert))
    (new := tmp_path / "new").mkdir()
    another = certificates.make_ca(new)
    shutil.copy(another.cert, ca.cert)
    with Encrypted(kind, certificates.make(new, another)) as server:
        connect(kind, configured(kind, server.port, ca_file=ca.cert))


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
    assert [m.raw[:].endswith(MAIL) for m in mailbox.fetch(mailbox.uids(0))] == [True]
    mailbox.close()
