"""The form of our request, filled in where it came back quoted: the most common answer of people in offices.

A line of the form ends with its colon (`parte_formulario`), so what stands behind one was typed by a person;
so was what stands between two of them, and an unquoted line below a quoted one. Only whole labels of ours at
the beginning of a line count, and only the newest request, which nobody else's mail stands above (hazard 23).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from mailbot.mail.quoted_request import BEFORE, quoted_request
from mailbot.mail.quoting import Line
from mailbot.rules.courtesy import courteous
from mailbot.rules.fold import WORD, fold, words
from mailbot.rules.formline import Labelled
from mailbot.rules.lines import COLUMNS, plain
from mailbot.rules.wanted import Wanted, key, trimmed

FORM_LINE = re.compile(r"[*_]{0,2}(?P<label>[^\W_][^:]{0,150}):[*_]{0,2}(?P<typed>.*)")
#: What people type below a label; more is a letter.
MOST_LINES = 3
#: A line that is longer may go on in the next one.
WRAPPED = 60

Form = Sequence[tuple[int, Wanted, str]]


def filled(text: str, wanted: Sequence[Wanted]) -> list[Labelled]:
    """What was typed into the lines of these fields, in their order."""
    lines = [_Row(plain(line.text[:COLUMNS].lstrip(BEFORE)), line) for line in quoted_request(text)]
    labels = {tuple(words(fold(one.field.label))): one for one in wanted}
    form = list(_form(lines, labels))
    whole = [" ".join(label) for label in labels]
    entries = [_entry(lines, form, n, whole) for n in range(len(form))]
    return [entry for entry in entries if words(entry.text)]


class _Row(NamedTuple):
    """A line, and what it says without what marks it as quoted."""

    said: str
    line: Line

    @property
    def is_empty(self) -> bool:
        return not WORD.search(self.said)


def _runs_into(typed: str, labels: Sequence[str]) -> bool:
    """What was taken for a person's lines is, or holds, a label that a program has broken in two."""
    said = " ".join(words(fold(typed)))
    return any(f" {said} " in f" {label} " or f" {label} " in f" {said} " for label in labels)


def _form(
    lines: Sequence[_Row], labels: Mapping[tuple[str, ...], Wanted]
) -> Iterator[tuple[int, Wanted, str]]:
    """Each label's first line, with what stands behind its colon."""
    seen: set[str] = set()
    for n, row in enumerate(lines):
        match = FORM_LINE.fullmatch(row.said)
        one = labels.get(tuple(words(fold(match["label"])))) if match else None
        if match and one and one.field.name not in seen:
            seen.add(one.field.name)
            yield n, one, _without_hint(match["typed"], one)


def _entry(lines: Sequence[_Row], form: Form, n: int, labels: Sequence[str]) -> Labelled:
    at, wanted, typed = form[n]
    last = n + 1 == len(form)
    below = lines[at + 1 :] if last else lines[at + 1 : form[n + 1][0]]
    doubtful = False
    if not words(typed):
        typed = _typed_below(lines[at].line, below, wanted, last=last)
        typed = "" if _runs_into(typed, labels) else typed
    elif rest := _paragraph(below, quoted=lines[at].line.quoted):
        # Where the program leaves no empty line between paragraphs, our next sentence follows the last label.
        ours = last and not lines[0].is_empty
        doubtful = ours and len(lines[at].line.text) >= WRAPPED
        ours = ours or _runs_into(" ".join(rest), labels)
        typed = typed if ours else " ".join((typed, *rest))
    label = f"{wanted.field.label}: "
    return Labelled(wanted, label, trimmed(typed), plain(lines[at].line.text), doubtful=doubtful)


def _paragraph(below: Sequence[_Row], *, quoted: bool) -> list[str]:
    """The lines up to the first empty one, quoted or not as the first one was: one text, wrapped."""
    rest: list[str] = []
    for row in below:
        if row.is_empty or row.line.quoted != quoted:
            break
        rest.append(row.said)
    return rest


def _typed_below(label: Line, below: Sequence[_Row], wanted: Wanted, *, last: bool) -> str:
    """What stands in lines of its own: between two labels, or unquoted within the quote."""
    said = [row for row in below if not row.is_empty]
    own = _interleaved(said) if label.quoted else []
    if last and not own:  # what comes next may be our own text
        value = wanted.after_label(said[0].said, "") if said and wanted.pattern else None
        return value if value and key(value) == key(said[0].said) else ""
    typed = [row.said for row in own or said]
    if len(typed) > MOST_LINES or any(map(courteous, typed)):
        return ""
    return _without_hint(" ".join(typed), wanted)


def _interleaved(said: Sequence[_Row]) -> Sequence[_Row]:
    """The unquoted lines right below a quoted one, if the quote goes on below them."""
    end = next((n for n, row in enumerate(said) if row.line.quoted), 0)
    return said[:end]


def _without_hint(typed: str, wanted: Wanted) -> str:
    """A desk's own template may print the hint beside the label."""
    hint = words(fold(wanted.field.hint))
    return "" if hint and set(words(fold(typed))) <= set(hint) else typed
