"""Labelled lines: «Teléfono: 300…», «Tel. 300…», «Nombre: Ana Ruiz Sede: Bogotá», or the value one line below.

A label is believed where it begins a line or follows another label's value, and has a colon. With a dash or
with nothing behind it, only where a value that fits follows. The label of something else («contraseña del
usuario:») is left alone, and so is a value that might run into it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from mailbot.mail.plain import COMMON
from mailbot.rules import login
from mailbot.rules.courtesy import courteous
from mailbot.rules.fold import WORD, fold, words
from mailbot.rules.people import person_name
from mailbot.rules.wanted import Wanted, trimmed

#: A line with more colons than this is no form.
COLONS = 20
COLON = re.compile(r"[*_]*\s{0,5}(?:\([^()]{0,120}\)\s{0,5})?\.?[*_]*\s{0,5}[:=](?!//)[*_]*")
DASH = re.compile(r"[*_]*\s{0,5}(?:\.?[-–—]+>?|→|\||\t)[*_]*")
#: No sign at all: «Tel. 300», «mi placa es la 12345».
SPACE = re.compile(r"[*_]*[.#°º]*(?:\s{1,5}es(?:\s{1,5}(?:el|la))?)?(?=\W)", re.IGNORECASE)
#: Signs that part what comes before them from what follows.
PARTING = re.compile(r"[.,;|/()•·]|\s[-–—]\s|\s\s|\t")
CELLS = re.compile(r"[\t|]|\s[-–—]+\s")
#: What heads other columns.
HEADS = frozenset(
    words(
        "area dependencia cargo motivo observacion observaciones fecha cantidad descripcion valor dato datos"
    )
)
#: What may stand before a label without making it another one: «mi número de celular».
LEAD_IN = frozenset(words("mi mis el la los las es este esta y e con aqui va nuestro nuestra"))
NUMBER = frozenset(words("numero nro no num n"))
OF = frozenset(words("de del al por"))
#: Labels of one field that are written as one: «ciudad y sede», «nombre completo del funcionario», «tel/cel».
DENIAL = frozenset(words("no ya nunca tampoco"))
JOINERS = frozenset(words("y e o u de del la"))
#: From this length on, a label before a colon may have one slip.
SLIP = 6


class Labels(dict[tuple[str, ...], Wanted]):
    """The field that each label tells, by its folded words."""

    @cached_property
    def firsts(self) -> frozenset[str]:
        """The words that labels begin with."""
        return frozenset(label[0] for label in self)

    @cached_property
    def longest(self) -> int:
        """The words of the longest label."""
        return max(map(len, self), default=0)


@dataclass(frozen=True, slots=True)
class Labelled:
    """What was written after a field's label; an empty `text` is a form that came back as it was."""

    wanted: Wanted
    label: str
    text: str
    #: the whole line
    line: str
    #: spelt as the admin spells it, with a colon: whoever wrote it meant this field
    sure: bool = True
    #: the text runs into the label of something unknown
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class _Mark:
    """A label in a line: the words from `first` to before `end`; what follows begins at character `value`."""

    #: None: the label of something that is not asked for
    wanted: Wanted | None
    first: int
    end: int
    value: int
    sure: bool = True


def labels_of(wanted: Sequence[Wanted]) -> Labels:
    """Labels and aliases to fields, and keys that are nobody's label. What two fields claim tells nothing."""
    claimed: dict[tuple[str, ...], list[Wanted]] = {}
    for one in wanted:
        for label in one.labels:
            claimed.setdefault(label, []).append(one)
    for one in wanted:
        claimed.setdefault(one.name, [one])
    return Labels((label, claim[0]) for label, claim in claimed.items() if label and len(claim) == 1)


def labelled(written: Sequence[str], labels: Labels) -> list[Labelled]:
    """Every label in these lines, with what follows it on its line, or else stands on the line below."""
    found = [list(_Line(line, labels).labelled()) if _may_hold(line, labels) else [] for line in written]
    if not any(found):
        return []
    found = [_without_heads(written, found, n) for n in range(len(found))]
    for n, entries in enumerate(found[:-1]):
        below = n + 1
        if not words(written[below]) and _between_labels(written, found, n):
            below += 1
        heads = written[n].count(":") > 1  # «Sede: Área:»
        if entries and not heads and not found[below] and _takes_line_below(entries[-1], written[below]):
            entries[-1] = replace(entries[-1], text=trimmed(written[below]))
    return [entry for entries in found for entry in entries]


def _without_heads(written: Sequence[str], found: Sequence[list[Labelled]], n: int) -> list[Labelled]:
    """«Sede ⇥ Área» over «Norte ⇥ Jurídica»: what stands beside the label may be the head of another column."""
    cells = len(CELLS.findall(written[n]))
    alike = [
        m for m in (n - 1, n + 1) if cells and 0 <= m < len(found) and len(CELLS.findall(written[m])) == cells
    ]
    if n + 1 not in alike or any(found[m] for m in alike):
        return found[n]
    return [entry for entry in found[n] if entry.sure or not entry.wanted.open]


def _between_labels(written: Sequence[str], found: Sequence[Sequence[Labelled]], n: int) -> bool:
    """Two lines below stands one line, and another label is the next that follows it: it is no signature."""
    after = [m for m in range(n + 2, len(written)) if words(written[m])][:2]
    return len(after) == 2 and after[0] == n + 2 and not found[after[0]] and bool(found[after[1]])


def _takes_line_below(entry: Labelled, below: str) -> bool:
    if entry.text or not entry.sure or not words(below):
        return False
    if not entry.wanted.open:
        return entry.wanted.after_label(below, "") is not None
    row = "\t" in trimmed(below)
    return len(words(below)) <= 8 and not (row or courteous(below) or COLON.search(below))


def _may_hold(line: str, labels: Labels) -> bool:
    """A label has a colon, or it is spelt right."""
    return ":" in line or "=" in line or not labels.firsts.isdisjoint(_said(line))


def _said(line: str) -> list[str]:
    """Each word of the line, folded by itself."""
    if COMMON.fullmatch(line):
        return words(fold(line))
    return [fold(word) for word in WORD.findall(line)]


class _Line:
    """A line as folded words with their places, and the labels in it."""

    def __init__(self, text: str, labels: Labels) -> None:
        self.text = text
        self._labels = labels
        self._longest = labels.longest
        self._places = [word.span() for word in WORD.finditer(text)]
        self._words = _said(text)

    def labelled(self) -> Iterator[Labelled]:
        marks = self._with_unsigned(self._with_colon())
        for n, mark in enumerate(marks):
            if mark.wanted:
                text, doubtful = self._text(mark, marks[n + 1 :])
                begin = mark.value + len(text) - len(text.lstrip())
                label = self.text[self._places[mark.first][0] : begin]
                yield Labelled(mark.wanted, label, trimmed(text), self.text, mark.sure, doubtful)

    def _text(self, mark: _Mark, following: Sequence[_Mark]) -> tuple[str, bool]:
        """What follows a label, and whether it runs into the label of something unknown."""
        if not following:
            return self.text[mark.value :], False
        text = self.text[mark.value : self._places[self._begin(following[0].first, mark.end)][0]]
        if following[0].wanted:
            return text, False
        if mark.wanted and not mark.wanted.open:
            return (text, False) if words(text) else self._text(mark, following[1:])
        cut = max((sign.start() for sign in PARTING.finditer(text)), default=0)
        return (text[:cut], False) if words(text[:cut]) else (text, True)

    def _with_colon(self) -> list[_Mark]:
        marks: list[_Mark] = []
        signed = self._places if self.text.count(":") + self.text.count("=") <= COLONS else []
        for last, (_, end) in enumerate(signed):
            if not (sign := COLON.match(self.text, end)):
                continue
            low = marks[-1].end if marks else 0
            mark = self._label_ending(last, low, sign.end())
            if mark and mark.wanted is (marks[-1].wanted if marks else None):
                continue  # «Sede: Bogotá, piso: 4» is one value
            if mark and self._stands_alone(mark.first, low, bool(marks)):
                marks.append(mark)
            elif self._words[last].isalpha() and not self.text[sign.end() : sign.end() + 1].isdigit():
                marks.append(_Mark(None, last, last + 1, sign.end()))
        return marks

    def _label_ending(self, last: int, low: int, value: int) -> _Mark | None:
        """The longest label whose last word is this one; a slip is forgiven only where none is spelt right."""
        starts = range(max(low, last + 1 - self._longest), last + 1)
        for right in (True, False):
            for first in starts:
                said = tuple(self._words[first : last + 1])
                wanted = self._labels.get(said) if right else self._with_slip(said)
                if wanted:
                    return _Mark(wanted, self._joined(wanted, first, low), last + 1, value, right)
        return None

    def _joined(self, wanted: Wanted, first: int, low: int) -> int:
        """Where a label begins that is made of several of the same field."""
        at = first
        while at > low and self._words[at - 1] in JOINERS:
            at -= 1
        for start in range(max(low, at - self._longest), at):
            if self._labels.get(tuple(self._words[start:at])) is wanted:
                return start
        return first

    def _with_slip(self, said: tuple[str, ...]) -> Wanted | None:
        written = " ".join(said)
        if len(written) < SLIP:
            return None
        near = {" ".join(label): w for label, w in self._labels.items() if label[0][0] == written[0]}
        close = {w.field.name: w for label, w in near.items() if one_slip(written, label)}
        if login.asked_by(written):  # «nombre de usuario» is no slip of «nombre del usuario»
            close = {name: w for name, w in close.items() if w.is_login}
        return next(iter(close.values())) if len(close) == 1 else None

    def _begin(self, first: int, low: int) -> int:
        """Where what leads to a label begins: at «mi» in «mi número de celular»; «su» only where the line does."""
        if first - 2 >= low and self._words[first - 1] == "de" and self._words[first - 2] in NUMBER:
            first -= 2
        while first > low and self._words[first - 1] in LEAD_IN:
            first -= 1
        return 0 if first == 1 and self._words[0] == "su" else first

    def _stands_alone(self, first: int, low: int, after_another: bool) -> bool:
        """Whether the words before a label do not make it the label of something else."""
        begin = self._begin(first, low)
        if begin == low or self._parted(begin):
            return True
        return after_another and self._words[begin - 1] not in OF

    def _parted(self, begin: int) -> bool:
        """Whether a sign stands between this word and the one before; within a URL it parts nothing."""
        gap = self.text[self._places[begin - 1][1] : self._places[begin][0]]
        return "//" not in gap and PARTING.search(gap) is not None

    def _with_unsigned(self, marks: list[_Mark]) -> list[_Mark]:
        """The marks, and the labels without a colon that a fitting value follows."""
        for first, word in enumerate(self._words):
            if word in self._labels.firsts and (mark := self._unsigned(first, marks)):
                marks = sorted([*marks, mark], key=lambda one: one.first)
        return marks

    def _unsigned(self, first: int, marks: Sequence[_Mark]) -> _Mark | None:
        before = [mark for mark in marks if mark.first <= first]
        low = before[-1].end if before else 0
        begin = self._begin(first, low)
        if first < low:
            return None
        greeted = begin > 0 and self._parted(begin) and courteous(self.text[: self._places[begin][0]])
        parted = begin == 0 or greeted or (before and self._parted(begin))
        if not (parted or self._words[first - 1] == "mi") or DENIAL & set(
            self._words[max(0, begin - 2) : first]
        ):
            return None
        after = next((mark.first for mark in marks if mark.first > first), len(self._words))
        for end in range(min(first + self._longest, after), first, -1):
            wanted = self._labels.get(tuple(self._words[first:end]))
            if wanted and not (before and before[-1].wanted is wanted):
                return self._unsigned_mark(wanted, first, end, marks, at_start=begin == 0)
        return None

    def _unsigned_mark(
        self, wanted: Wanted, first: int, end: int, marks: Sequence[_Mark], at_start: bool
    ) -> _Mark | None:
        dash = DASH.match(self.text, self._places[end - 1][1]) if at_start else None
        sign = dash or SPACE.match(self.text, self._places[end - 1][1])
        if not sign:
            return None
        mark = _Mark(wanted, first, end, sign.end(), sure=False)
        text, doubtful = self._text(mark, [one for one in marks if one.first > first])
        if wanted.open:
            good = bool(dash and not doubtful and self._one_value(wanted, text))
        else:
            good = wanted.begins(text, self.text[self._places[first][0] : mark.value])
        return mark if good else None

    def _one_value(self, wanted: Wanted, text: str) -> bool:
        """Short, one cell of a table and no label above another column; a name, where From's would do."""
        said = words(fold(text))
        other = "\t" in trimmed(text) or tuple(said) in self._labels or HEADS.issuperset(said)
        fits = len(words(text)) <= 6 and wanted.after_label(text, "") is not None
        return fits and not other and bool(person_name(trimmed(text)) or not wanted.about_name)


def one_slip(a: str, b: str) -> bool:
    """Whether one letter too many, missing, wrong, or two exchanged part these words (OSA distance 1)."""
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    return max(len(a), len(b)) <= 1 or (len(a) == 2 and a == b[::-1])
