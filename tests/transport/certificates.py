"""A private CA and certificates of its making, good and bad ones, by the openssl command."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"]


@dataclass(frozen=True)
class Certificate:
    cert: Path
    key: Path


def make_ca(folder: Path) -> Certificate:
    ca = Certificate(folder / "ca.pem", folder / "ca.key")
    _openssl("req", "-x509", *KEY, "-subj", "/CN=mailbot test CA", "-keyout", ca.key, "-out", ca.cert)
    return ca


def make(folder: Path, ca: Certificate | None, *, names: str = "DNS:localhost", days: int = 2) -> Certificate:
    """A server's certificate for `names` (subjectAltName); without `ca` self-signed, with `days` -1 expired."""
    made = Certificate(folder / "server.pem", folder / "server.key")
    request = folder / "server.csr"
    extra = ["-addext", f"subjectAltName={names}", "-addext", "basicConstraints=critical,CA:FALSE"]
    _openssl("req", "-new", *KEY, "-subj", "/CN=server", *extra, "-keyout", made.key, "-out", request)
    signer: list[str | Path] = ["-CA", ca.cert, "-CAkey", ca.key] if ca else ["-key", made.key]
    validity = ["-days", str(days), "-copy_extensions", "copyall"]
    _openssl("x509", "-req", "-in", request, *signer, *validity, "-out", made.cert)
    return made


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
