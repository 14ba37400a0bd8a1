"""A person as one types them: `ana@mesa.example` or `Ana Ruiz <ana@mesa.example>`."""

import click

from mailbot.mail import address
from mailbot.mail.message import Address


def person(written: str, option: str) -> Address:
    """Raises `click.UsageError` that names the option."""
    found, _ = address.sender((written.encode(),))
    if found is None:
        raise click.UsageError(f"{option} es una dirección de correo, no «{written}».")
    return found
