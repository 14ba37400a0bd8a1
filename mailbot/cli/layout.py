"""Tables and pages: aligned and cut to a terminal's width; in a pipe whole, a table's cells between tabs.

What mail wrote is shown as text: its control characters are escaped, so that it cannot steer a terminal.
"""

import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import click

#: cells between two columns, and before the lines of a page
GAP, INDENT = 2, 2
#: no flexible column is narrower
NARROWEST = 8
MONTHS = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")


def is_terminal() -> bool:
    return sys.stdout.isatty()


def width() -> int:
    return shutil.get_terminal_size((80, 24)).columns


def plain(value: object) -> str:
    """What came from outside, on its own lines but without other control characters (hazard 33)."""
    text = str(value).expandtabs(4)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def line(value: object) -> str:
    """The same on one line."""
    return " ".join(plain(value).split())


def local(at: str | None, zone: str) -> str:
    """`2026-11-18 10:05`, in the service's timezone; "" for none."""
    return datetime.fromisoformat(at).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if at else ""


def brief(at: str | None, zone: str) -> str:
    """`18 nov 10:05`, or `18 nov 2025` of another year, where there is little room; in a pipe as `local`."""
    if not at or not is_terminal():
        return local(at, zone)
    then, today = datetime.fromisoformat(at).astimezone(ZoneInfo(zone)), datetime.now(ZoneInfo(zone))
    time = f"{then:%H:%M}" if then.year == today.year else str(then.year)
    return f"{then.day:>2} {MONTHS[then.month - 1]} {time}"


# -- pages -----------------------------------------------------------------------------------------------


def title(strong: str, rest: str = "") -> None:
    """The head of a page: number or id in bold, then what a person calls it."""
    click.echo(click.style(line(strong), bold=True) + (f"  {line(rest)}" if rest else ""))


def heading(text: str) -> None:
    click.echo("\n" + click.style(text, bold=True))


def facts(lines: Iterable[tuple[str, str]]) -> None:
    """Names and values in two columns; what is empty is left out."""
    shown = [(name, value) for name, value in lines if value]
    names = max((cells(name) for name, _ in shown), default=0)
    for name, value in shown:
        paragraph(line(value), first=f"{' ' * INDENT}{padded(name, names)}{' ' * GAP}")


def items(lines: Iterable[str], mark: str = "·") -> None:
    for each in lines:
        paragraph(line(each), first=f"{' ' * INDENT}{mark} ")


def paragraph(text: str, first: str = "", colour: str | None = None) -> None:
    """Wrapped under itself on a terminal, on one line in a pipe."""
    rest = " " * cells(first)
    if not is_terminal():
        click.echo(first + text)
        return
    room = max(width(), cells(first) + 20)
    lines = textwrap.wrap(
        text,
        room,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for each in lines or [first.rstrip()]:
        click.echo(click.style(each, fg=colour) if colour else each)


def quoted(text: str) -> None:
    """Somebody's own text, indented, its lines kept."""
    for each in plain(text.replace("\r\n", "\n")).strip().split("\n"):
        paragraph(each.rstrip(), first=" " * INDENT if each.strip() else "")


# -- tables ----------------------------------------------------------------------------------------------


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], flexible: Sequence[int], notes: Sequence[str]
) -> None:
    """A line a row, `flexible` columns cut where it is too wide; a row's note, if any, stands below it.

    In a pipe: nothing cut, no headings, tabs between the cells, the note last.
    """
    rows = [[line(cell) for cell in row] for row in rows]
    if not is_terminal():
        for row, note in zip(rows, notes, strict=True):
            click.echo("\t".join((*row, note)))
        return
    widths = _widths([headings, *rows], flexible, width())
    click.echo(click.style(_row(headings, widths), bold=True))
    for row, note in zip(rows, notes, strict=True):
        click.echo(_row(row, widths))
        if note:
            click.echo(click.style(f"{' ' * (widths[0] + GAP)}↳ {note}", fg="yellow"))


def _row(row: Sequence[str], widths: Sequence[int]) -> str:
    return (" " * GAP).join(padded(cut(cell, n), n) for cell, n in zip(row, widths, strict=True)).rstrip()


def _widths(rows: Sequence[Sequence[str]], flexible: Sequence[int], room: int) -> list[int]:
    """As wide as needed; the flexible columns share what the others leave, the last takes the rest."""
    widths = [max(cells(row[n]) for row in rows) for n in range(len(rows[0]))]
    room -= GAP * (len(widths) - 1) + sum(n for i, n in enumerate(widths) if i not in flexible)
    for left, column in zip(range(len(flexible), 0, -1), flexible, strict=True):
        widths[column] = min(widths[column], max(room // left, NARROWEST))
        room -= widths[column]
    return widths


def cells(text: str) -> int:
    """How many columns of a terminal it takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def padded(text: str, to: int) -> str:
    return text + " " * (to - cells(text))


def cut(text: str, to: int) -> str:
    if cells(text) <= to:
        return text
    while cells(text) > to - 1:
        text = text[:-1]
    return text.rstrip() + "…"
