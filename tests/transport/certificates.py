"""A private CA and certificates of its making, good and bad ones, by the openssl command."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"]

#: of `openssl ca`, which alone takes dates: x509 knows only days from now
SIGNING = """
[ca]
default_ca = test
[test]
database = {folder}/issued
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copyall
unique_subject = no
email_in_dn = no
[any]
commonName = supplied
"""


@dataclass(frozen=True)
class Certificate:
    cert: Path
    key: Path


def make_ca(folder: Path) -> Certificate:
    ca = Certificate(folder / "ca.pem", folder / "ca.key")
    _openssl("req", "-x509", *KEY, "-subj", "/CN=mailbot test CA", "-keyout", ca.key, "-out", ca.cert)
    return ca


def make(
    folder: Path, ca: Certificate | None, *, names: str = "DNS:localhost", days: int = 2, begins: int = -1
) -> Certificate:
    """A server's certificate for `names` (subjectAltName), valid from `begins` to `days`, both in days from now.

    Without `ca` self-signed; with `days` -1 expired; with `begins` 1 not yet valid.
    """
    made = Certificate(folder / "server.pem", folder / "server.key")
    request = folder / "server.csr"
    extra = ["-addext", f"subjectAltName={names}", "-addext", "basicConstraints=critical,CA:FALSE"]
    _openssl("req", "-new", *KEY, "-subj", "/CN=server", *extra, "-keyout", made.key, "-out", request)
    signer: list[str | Path] = (
        ["-cert", ca.cert, "-keyfile", ca.key] if ca else ["-selfsign", "-keyfile", made.key]
    )
    validity = ["-startdate", _date(min(begins, days - 1)), "-enddate", _date(days)]
    (folder / "issued").touch()
    (folder / "ca.cnf").write_text(SIGNING.format(folder=folder))
    _openssl(
        "ca",
        "-batch",
        "-notext",
        "-config",
        folder / "ca.cnf",
        *signer,
        *validity,
        "-in",
        request,
        "-out",
        made.cert,
    )
    return made


def _date(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y%m%d%H%M%SZ")


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
