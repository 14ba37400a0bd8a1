"""What mutation starts from: the sample mails, as they come after a request of ours, and real mail where it is."""

from functools import lru_cache
from pathlib import Path

from fuzz.situations import REFERENCE

FIXTURES = Path(__file__).parent.parent / "tests" / "fixtures"
FACTS = {
    b"@REFERENCE@": REFERENCE.encode(),
    b"@NUMBER@": b"MS-000007",
    b"@SUBJECT@": b"Re: La impresora no imprime [MS-000007]",
    b"@QUOTE@": "Recibimos su correo y lo registramos con el número MS-000007.".encode(),
}
#: octets
LONGEST = 64 * 1024


@lru_cache(maxsize=1)
def seeds() -> tuple[bytes, ...]:
    """In the order of their names, so that the same seed makes the same mails."""
    return tuple(filled(path.read_bytes()) for path in sorted(FIXTURES.glob("*.eml")))


def filled(raw: bytes) -> bytes:
    for name, value in FACTS.items():
        raw = raw.replace(name, value)
    return raw[:LONGEST]
