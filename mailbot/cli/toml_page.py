"""Pages that are TOML themselves: what is told stands behind #, what is not can be pasted into config.toml."""

import textwrap

import click

from mailbot.cli import layout


def comment(said: str, indent: int = 0, mark: str = "") -> None:
    """Wrapped on a terminal, every line of it a comment; whole in a pipe."""
    blanks = " " * indent
    first, rest = f"# {blanks}{mark}", f"# {blanks}{' ' * len(mark)}"
    words = layout.line(said)
    room = max(layout.width(), len(rest) + 20) if layout.is_terminal() else 0
    lines = textwrap.wrap(words, room - len(rest), break_on_hyphens=False) if room else [words]
    for n, each in enumerate(lines or [""]):
        click.echo(click.style(f"{rest if n else first}{each}", dim=True))


def heading(said: str) -> None:
    click.echo("\n" + click.style(f"# ── {said} ──", bold=True))


def block(toml: str) -> None:
    click.echo(toml, nl=False)
