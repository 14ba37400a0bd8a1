"""A table whose first row holds the labels: «Teléfono ⇥ Sede», and the values below."""

from collections.abc import Sequence
from itertools import pairwise

from mailbot.rules.fold import fold, words
from mailbot.rules.formline import Labels


def upright(written: Sequence[str], labels: Labels) -> list[str]:
    """The lines, such a table as one line per label: `Teléfono: 300…`. Only of one row of values, all filled."""
    lines = list(written)
    for n, (head, row) in enumerate(pairwise(written)):
        if "\t" not in head:
            continue
        names, values = head.split("\t"), row.split("\t")
        alike = len(names) > 1 and len(names) == len(values) and all(map(words, values))
        more = n + 2 < len(written) and "\t" in written[n + 2]
        if alike and not more and all(tuple(words(fold(name))) in labels for name in names):
            lines[n] = ""
            lines[n + 1] = "\n".join(f"{name}: {value}" for name, value in zip(names, values, strict=True))
    return [line for written_line in lines for line in written_line.split("\n")]
