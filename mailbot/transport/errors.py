"""What goes wrong between us and a mail server, told to an admin: what was tried, what was said, the cure."""

import imaplib
import os
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from imapclient.exceptions import CapabilityError, LoginError  # type: ignore[import-untyped]

from mailbot.config import secrets
from mailbot.config.model import Server
from mailbot.transport.bounded import TooManyLines, TooMuch
from mailbot.transport.throttling import asked_to_wait


class TransportError(Exception):
    """A server could not do what was asked.

    `tried`, `said` and `cure` are Spanish sentences without their full stop (`said` is the server's own words
    where it spoke); `permanent`: trying again will not mend it, a person must; `wait`: seconds for which the
    server asked to be left alone, which is nobody's fault.
    """

    #: it is our login that is refused, or that we do not have
    login = False

    def __init__(
        self, tried: str, said: str, cure: str = "", *, permanent: bool = False, wait: float = 0.0
    ) -> None:
        super().__init__(f"{tried}: {said}." + (f" {cure}." if cure else ""))
        self.tried = tried
        self.said = said
        self.cure = cure
        self.permanent = permanent
        self.wait = wait


class NotMoved(TransportError):
    """The IMAP server refuses to move messages: they stay where they are, and the connection is good."""


class Unreachable(TransportError):
    """The SMTP server has certainly not accepted the message: it may be sent again."""


class NotEncrypted(ValueError):
    """STARTTLS came to nothing."""

    def __init__(self, said: str, *, permanent: bool = True) -> None:
        super().__init__(said)
        self.permanent = permanent


class Uncertain(TransportError):
    """The line was cut after the final dot: nobody can know whether the message was accepted (hazard 57)."""


class Refused(TransportError):
    """The SMTP server answered no to this message: `code` 4xx (not `permanent`) or 5xx."""

    def __init__(self, tried: str, code: int, said: str, *, permanent: bool) -> None:
        cure = "Se volverá a intentar" if not permanent else "Revise la dirección y lo que dice el servidor"
        super().__init__(tried, f"{code} {said}", cure, permanent=permanent)
        self.code = code
        self.said = said


#: X509_V_ERR_* of OpenSSL → what is wrong with the certificate, and the cure.
CERTIFICATE = {
    10: ("el certificado del servidor está vencido", "Pida al administrador del servidor que lo renueve"),
    9: (
        "el certificado del servidor aún no es válido",
        "Revise la fecha de este equipo y la del certificado",
    ),
    62: ("el certificado no es de {host}", "Escriba en host el nombre que figura en el certificado"),
    64: ("el certificado no es de {host}", "Escriba en host el nombre que figura en el certificado"),
}
UNKNOWN_CA = (
    "ninguna autoridad conocida firma el certificado del servidor",
    "Si la autoridad es propia, escriba en ca_file la ruta de su certificado",
)
#: RFC 8996
OLD_TLS = ("TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "WRONG_SSL_VERSION")
TLS_UPGRADE = "Pida al administrador del servidor que ofrezca TLS 1.2 o posterior"
NOT_ENCRYPTED = (
    'No se envió la contraseña. Pruebe security = "tls" u otro puerto; '
    "si antes cifraba, puede haber alguien en medio"
)
#: imaplib puts the server's words into its errors as Python writes bytes.
BYTES = re.compile(r"""\bb(['"])(.*?)\1""")
LATER = "El servidor pide esperar: se volverá a intentar en {} s"
SMTP_AUTH_OFF = (
    "Permita el SMTP autenticado de ese buzón (Set-CASMailbox -SmtpClientAuthenticationDisabled $false)"
)
#: what a server said, rather than a line that broke
PROTOCOL = (imaplib.IMAP4.error, smtplib.SMTPException)
#: Answers that mean "not now", whatever the command (RFC 5530).
NOT_NOW = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[CONTACTADMIN]", "[EXPIRED]")


@contextmanager
def encrypting() -> Iterator[None]:
    """Around STARTTLS. Whoever will not encrypt, the server or somebody in between, hears no password."""
    try:
        yield
    except (CapabilityError, smtplib.SMTPNotSupportedError) as error:
        raise NotEncrypted("el servidor no ofrece STARTTLS") from error
    except (imaplib.IMAP4.abort, smtplib.SMTPServerDisconnected):
        raise
    except (imaplib.IMAP4.error, smtplib.SMTPResponseException) as error:
        said = f"el servidor no quiso cifrar con STARTTLS: {words(error)}"
        raise NotEncrypted(said, permanent=False) from error


@contextmanager
def trying(what: str, server: Server, failure: type[TransportError] = TransportError) -> Iterator[None]:
    """Turn every way in which talking to `server` fails into a `failure` that begins with `what`."""
    try:
        yield
    except TransportError:
        raise
    except (OSError, imaplib.IMAP4.error, smtplib.SMTPException, ValueError, LookupError) as error:
        tried = f"{what} ({server.host}:{server.port or 'puerto habitual'})"
        said, cure, permanent = explained(error, server)
        if (wait := asked_to_wait(words(error))) and isinstance(error, PROTOCOL):
            raise failure(tried, words(error), LATER.format(round(wait)), wait=wait) from error
        raise failure(tried, said, cure, permanent=permanent) from error


def explained(error: Exception, server: Server) -> tuple[str, str, bool]:
    """What was said, what to do about it, and whether a person must."""
    if isinstance(error, imaplib.IMAP4.abort | smtplib.SMTPServerDisconnected):
        error = _within(error)
    if isinstance(error, NotEncrypted):
        return str(error), NOT_ENCRYPTED, error.permanent
    if isinstance(error, ssl.SSLError):
        return _tls(error, server)
    if isinstance(error, LoginError | smtplib.SMTPAuthenticationError):
        return _login(error)
    if isinstance(error, FileNotFoundError | PermissionError):
        return f"no se puede leer {error.filename or server.ca_file}", "Revise la ruta de ca_file", True
    if isinstance(error, socket.gaierror | UnicodeError):
        return _unknown_host(error, server)
    if isinstance(error, CapabilityError | smtplib.SMTPNotSupportedError):
        return words(error), 'El servidor no ofrece lo que pide "security": pruebe "tls" u otro puerto', True
    for kind, said, cure in _BY_KIND:
        if isinstance(error, kind):
            return said, cure, False
    return words(error), "", False


def _within(error: Exception) -> Exception:
    """The libraries make one error of another."""
    why = error.__context__
    return why if isinstance(why, TimeoutError | TooMuch | TooManyLines) else error


WITHOUT_END = "el servidor contestó sin fin a una sola orden"
#: In order: the first that fits. What none of them names is given in the server's own words.
_BY_KIND: tuple[tuple[type[Exception], str, str], ...] = (
    (
        ConnectionRefusedError,
        "el servidor rechaza la conexión",
        "Revise host y port, y que el servidor esté encendido",
    ),
    (
        TimeoutError,
        "el servidor no contestó a tiempo",
        "Revise host, port y security, y que ningún cortafuegos corte la conexión",
    ),
    (TooMuch, WITHOUT_END, "Revise ese servidor; se volverá a conectar"),
    (TooManyLines, WITHOUT_END, "Revise ese servidor; se volverá a conectar"),
    (imaplib.IMAP4.abort, "la conexión se cortó", "Se volverá a conectar"),
    (smtplib.SMTPServerDisconnected, "la conexión se cortó", "Se volverá a conectar"),
    (ConnectionError, "la conexión se cortó", "Se volverá a conectar"),
)


def _tls(error: ssl.SSLError, server: Server) -> tuple[str, str, bool]:
    if isinstance(error, ssl.SSLCertVerificationError):
        said, cure = CERTIFICATE.get(error.verify_code, UNKNOWN_CA)
        return f"{said.format(host=server.host)} ({error.verify_message})", cure, True
    if error.reason in ("NO_CERTIFICATE_OR_CRL_FOUND", "PEM_LIB", None) and server.ca_file:
        return f"{server.ca_file} no contiene un certificado PEM", "Revise el archivo de ca_file", True
    if error.reason == "WRONG_VERSION_NUMBER":
        cure = 'Revise port y security: suelen ser 993 o 465 con "tls", y 143 o 587 con "starttls"'
        return "en ese puerto el servidor no habla TLS", cure, True
    if error.reason in OLD_TLS:
        return f"el servidor cifra de un modo antiguo e inseguro ({error.reason})", TLS_UPGRADE, True
    return f"no se pudo cifrar la conexión ({error.reason})", "Revise port y security", False


def _login(error: Exception) -> tuple[str, str, bool]:
    """A refused login; one that broke or that the server puts off is no wrong password."""
    said = words(error)
    if isinstance(error.__context__, imaplib.IMAP4.abort | OSError):
        return "la conexión se cortó", "Se volverá a conectar", False
    code = error.smtp_code if isinstance(error, smtplib.SMTPAuthenticationError) else 535
    if 400 <= code < 500 or any(word in said for word in NOT_NOW):
        return said, "El servidor no atiende ahora: se volverá a intentar", False
    if "SmtpClientAuthentication is disabled" in said:
        return said, SMTP_AUTH_OFF, True
    # systemd hands a secret over once, at the start (LoadCredential=)
    restart = ". Después de cambiar la contraseña: systemctl restart mailbot"
    then = restart if secrets.DIRECTORY in os.environ else ""
    return said, f"Revise username y password; el servidor no los acepta{then}", True


def _unknown_host(error: Exception, server: Server) -> tuple[str, str, bool]:
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return f"no se pudo averiguar la dirección de {server.host}", "Revise la red y el DNS", False
    return f"no existe ningún servidor llamado {server.host}", "Revise host", True


def words(error: Exception) -> str:
    """The server's words on one line, without control characters."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {printable(error.smtp_error)}"
    return printable(BYTES.sub(r"\2", str(error))) or type(error).__name__


def printable(said: str | bytes) -> str:
    """Words of a stranger fit for a log line or a column: one line, no control characters, 300 at most."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300].rstrip(".")
