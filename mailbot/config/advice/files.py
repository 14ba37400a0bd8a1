"""Certificates and credentials that a mailbox names: read as they will be for a connection."""

import ssl
from collections.abc import Iterator
from pathlib import Path

from mailbot.config import faults, secrets
from mailbot.config.meant import nearest
from mailbot.config.model import Config, Mailbox, Secret
from mailbot.config.problem import Finding, Loc


def findings(config: Config) -> Iterator[Finding]:
    for name, mailbox in config.mailbox.items():
        for key, server in (("imap", mailbox.imap), ("smtp", mailbox.smtp)):
            yield from _ca_file(("mailbox", name, key), server.ca_file)
            if server.oauth2:
                yield from _ca_file(("mailbox", name, key, "oauth2"), server.oauth2.ca_file)
        if mailbox.oauth2:
            yield from _ca_file(("mailbox", name, "oauth2"), mailbox.oauth2.ca_file)
        yield from _secrets(name, mailbox, config.home)


def _ca_file(at: Loc, path: str) -> Iterator[Finding]:
    at = (*at, "ca_file")
    otherwise = "sin esta línea valen las autoridades del sistema"
    try:
        if path:
            ssl.create_default_context(cafile=path)
    except (FileNotFoundError, NotADirectoryError):
        folder = Path(path).parent
        there = [one.name for one in folder.iterdir() if one.is_file()] if folder.is_dir() else []
        near = nearest(Path(path).name, there)
        said = f"no existe el archivo {path}" if folder.is_dir() else f"no existe la carpeta {folder}"
        cure = f'¿quiso decir "{folder / near}"?' if near else f"corrija la ruta; {otherwise}"
        yield Finding(at, said, cure)
    except ssl.SSLError:
        cure = (
            'debe empezar con "-----BEGIN CERTIFICATE-----": openssl x509 -inform der -in ORIGEN -out DESTINO'
        )
        yield Finding(at, f"{path} no contiene un certificado PEM", cure)
    except OSError as error:
        cure = "debe poder leerlo el usuario con el que corre mailbot"
        yield Finding(at, f"no se puede leer {path} ({faults.said(error)})", cure, level="warning")


def _secrets(name: str, mailbox: Mailbox, home: Path) -> Iterator[Finding]:
    """A warning: the service may run with another user, and with credentials that systemd gives it."""
    at: Loc = ("mailbox", name)
    places = ((at, mailbox), ((*at, "imap"), mailbox.imap), ((*at, "smtp"), mailbox.smtp))
    for place, has in places:
        yield from _secret((*place, "password"), has.password, home)
        if has.oauth2:
            yield from _secret((*place, "oauth2", "client_secret"), has.oauth2.client_secret, home)


def _secret(at: Loc, secret: Secret | None, home: Path) -> Iterator[Finding]:
    if secret is None or secret.env:  # a variable is the service's own
        return
    try:
        secrets.read(secret, home)
    except secrets.FromSystemd as absent:
        said = f"{absent.said}; si mailbot corre con systemd, se la da LoadCredential, y aquí no se ve"
        yield Finding(at, said, f"sin systemd, {absent.cure}", level="info")
    except secrets.SecretError as error:
        yield Finding(at, error.said, error.cure, level="warning")
