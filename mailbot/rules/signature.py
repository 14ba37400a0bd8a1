"""Where a person's words end and their signature begins, and what of a signature is their own."""

import re
from collections.abc import Sequence

from mailbot.mail.footers import signature_at
from mailbot.mail.quoting import read
from mailbot.rules.fold import fold
from mailbot.rules.lines import lines

#: The number of a whole house, of which a signature is not the only one who hears it ring.
OFFICE = re.compile(
    r"\b(?:conmutador|pbx|fax|telefax|centralita|call center|contact center|01 ?8000"
    r"|linea (?:gratuita|nacional|de atencion|anticorrupcion))\b"
)
OWN = re.compile(r"\b(?:cel|celular|movil|whatsapp|ext|extension|directo|personal)\b")


def parted(text: str) -> tuple[list[str], list[str]]:
    """A person's lines without bullets, and those of the signature below them."""
    written = text.split("\n")
    at = signature_at([read(line) for line in written])
    if at is None:
        return lines(text), []
    return lines("\n".join(written[:at])), lines("\n".join(written[at + 1 :]))


def of_office(line: str) -> bool:
    """The line speaks of a switchboard, a fax or a hotline, with no extension behind it."""
    said = fold(line)
    return bool(OFFICE.search(said)) and not OWN.search(said)


def personal(signature: Sequence[str]) -> list[str]:
    """The lines that may tell how to reach this person: beside the number of a house, only what is marked so."""
    if any(OFFICE.search(fold(line)) for line in signature):
        return [line for line in signature if OWN.search(fold(line))]
    return list(signature)
