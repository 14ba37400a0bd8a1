"""Pages that are TOML themselves: what is told stands behind #, what is not can be pasted into config.toml."""

import textwrap
from collections.abc import Iterator

import click

from mailbot.cli import layout


def comment(said: str, indent: int = 0, mark: str = "") -> None:
    for each in _lines(said, " " * indent, mark):
        click.echo(click.style(each, dim=True))


def heading(said: str) -> None:
    click.echo()
    for each in _lines(f"── {said} ──"):
        click.echo(click.style(each, bold=True))


def block(toml: str) -> None:
    click.echo(toml, nl=False)


def _lines(said: str, indent: str = "", mark: str = "") -> Iterator[str]:
    """Wrapped on a terminal, each line a comment; whole in a pipe."""
    first, rest = f"# {indent}{mark}", f"# {indent}{' ' * len(mark)}"
    words = layout.line(said)
    room = max(layout.width() - len(rest), 20)
    lines = textwrap.wrap(words, room, break_on_hyphens=False) if layout.is_terminal() else [words]
    return (f"{rest if n else first}{each}" for n, each in enumerate(lines or [""]))
