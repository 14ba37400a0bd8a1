"""Are these addresses, or patterns of addresses? Only their form: whether they exist, the servers tell."""

import re
from collections.abc import Iterable, Iterator

from mailbot.config.problem import Finding, Loc

LOCAL = r"[A-Za-z0-9!#$%&'+/=?^_`{|}~.-]"
DOMAIN = r"[A-Za-z0-9.-]"
ADDRESS = re.compile(rf"{LOCAL}{{1,64}}@{DOMAIN}{{0,252}}[A-Za-z0-9]")
PATTERN = re.compile(r"[A-Za-z0-9!#$%&'+/=?^_`{|}~.*-]+@[A-Za-z0-9.*-]+")


def address_findings(at: Loc, written: str) -> Iterator[Finding]:
    if not ADDRESS.fullmatch(written):
        yield Finding(at, f'"{written}" no es una dirección de correo', 'se escribe "soporte@mesa.example"')


def addresses_findings(at: Loc, written: Iterable[str]) -> Iterator[Finding]:
    for n, one in enumerate(written):
        yield from address_findings((*at, n), one)


def patterns_findings(at: Loc, written: Iterable[str]) -> Iterator[Finding]:
    """`ana@mesa.example`, or with `*` for any characters: `*@mesa.example`."""
    for n, one in enumerate(written):
        if not PATTERN.fullmatch(one):
            domain = one.strip().lstrip("*@.")
            meant = f"*@{domain}" if re.fullmatch(rf"{DOMAIN}+", domain) else "*@mesa.example"
            yield Finding(
                (*at, n),
                f'"{one}" no es una dirección ni un grupo de direcciones',
                f'una dirección, o todas las de un dominio: "{meant}"',
            )
