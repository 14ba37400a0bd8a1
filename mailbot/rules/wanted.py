"""What a field accepts: which part of a text is its value, if any is."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from mailbot.rules import login, patterns, pieces
from mailbot.rules.courtesy import courteous, put_off
from mailbot.rules.fold import WORD, fold, words
from mailbot.rules.settings import Field

#: Longer than any datum, shorter than a paragraph.
LONGEST = 200
#: Before a value these leave its meaning open: "ya no es el 300…". "No. 300" is a number sign.
NEGATION = re.compile(r"\b(?:no|antes|anterior|nunca)\b(?! ?[.°º])")
AND = re.compile(r"\s{0,3}(?:[,;/&+-]|\b[yeou]\b)\s{0,3}", re.IGNORECASE)
#: Behind a name, these may lead to another one: «Orfeo y Aranda», «Orfeo, Aranda».
AND_MORE = re.compile(
    r"\s{0,3}(?:[/&+]|\b[yeou]\b)(?P<any>.*)|\s{0,3}[,;](?P<one>[^,.;]*)", re.IGNORECASE | re.DOTALL
)
AFTER_ONE = re.compile(r"(?:[,;/&+]|\b[yeou]\b)\s*$", re.IGNORECASE)
NUMBERED = re.compile(r"\s{1,3}(?:\d{1,4}|[IVX]{1,4})\b")
#: Between a label and its value.
NUMBER_WORDS = frozenset(words("n no nro num numero de del el la es"))


class Candidate(NamedTuple):
    """A value and where the text that shows it begins and ends."""

    value: str
    start: int
    end: int


class Wanted:
    """A field, ready to read."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.pattern = patterns.compile(field.pattern) if field.pattern else None
        self._values = {tuple(words(fold(value))): value for value in field.values if words(fold(value))}
        #: as folded words: label and aliases; the field's key serves too, where no other field says so
        self.labels = {tuple(words(fold(one))) for one in (field.label, *field.aliases)} - {()}
        self.name = tuple(words(fold(field.name)))
        self._label_words = {word for label in (*self.labels, self.name) for word in label} | NUMBER_WORDS
        #: any text will do: only a label can tell that it is the value
        self.open = not (self.pattern or self._values)
        self.is_login = self.open and login.asked_by(field.label)
        #: the datum is a person's name: the sender's, if it may be taken from From, else perhaps another's
        self.about_name = field.from_sender or (
            not self.is_login and any("nombre" in one for one in self.labels)
        )

    def is_part(self, label: tuple[str, ...]) -> bool:
        """Whether a label names a part of what the field's own label and hint ask for: «piso»."""
        return set(label) <= {*words(fold(self.field.label)), *words(fold(self.field.hint))}

    def candidates(self, text: str) -> list[Candidate]:
        """Every value in the text, each different one once. None of them for an open field."""
        found = [self._matched(match) for match in self._whole_matches(text)] if self.pattern else None
        if found is None:
            found = self._listed(text)
        elif self._values:
            found = [listed for one in found for listed in self._listed(one.value, one.start)]
        distinct: dict[str, Candidate] = {}
        for candidate in found:
            if identity := key(candidate.value):
                distinct.setdefault(identity, candidate)
        return list(distinct.values())

    def after_label(self, text: str, label: str) -> str | None:
        """The value in what follows a label; a pattern may also need the label's own word ("ext 45")."""
        if self.open:
            value = whole(text)
            return login.login(value) if value and self.is_login else value
        found, before = self.candidates(text), text
        if not found:
            found = [c for c in self.candidates(label + text) if c.end > len(label)]
            before = ""
            if found and self._goes_on(text[found[0].end - len(label) :], label):
                return None
        if not found:
            return None
        rest = (text if before else label + text)[found[0].end :]
        before = before[: found[0].start]
        several = len(found) > 1 and (self._values or words(before))
        more = _is_name(found[0].value) and (_names_more(rest) or _names_one(before))
        if NEGATION.search(fold(before)) or several or more:
            return None
        return found[0].value

    def _goes_on(self, rest: str, label: str) -> bool:
        """«Placa: 90019 y 90020»: another value follows, which the pattern takes only behind its own label."""
        joined = AND.match(rest)
        return bool(joined and words(label) and self.after_label(rest[joined.end() :], label))

    def begins(self, text: str, label: str) -> bool:
        """Whether a value stands right at the beginning of what follows a label."""
        after = (c for c in self.candidates(label + text)[:1] if c.end > len(label))
        return any(not words(text[: c.start]) for c in self.candidates(text)[:1]) or any(
            not words(label[: c.start]) for c in after
        )

    def _whole_matches(self, text: str) -> list[patterns.Found]:
        matches = self.pattern.finditer(text) if self.pattern else ()
        whole = list(matches)
        spans = [(match.start(), match.end()) for match in whole]
        return [
            match
            for match, span in zip(whole, spans, strict=True)
            if not pieces.is_piece(text, span, spans)
            and not pieces.of_something_else(text, span[0], self._label_words)
        ]

    def _matched(self, match: patterns.Found) -> Candidate:
        groups = 1 if self.pattern and self.pattern.groups and match.group(1) else 0
        value = (match.group(groups) or "").strip()
        return Candidate(value if groups else self._bare(value), match.start(), match.end())

    def _bare(self, value: str) -> str:
        """«placa No. 12345» is 12345, where that alone fits too; «ext 45» stays."""
        rest = value
        for word in WORD.finditer(value):
            if fold(word.group()) not in self._label_words:
                break
            rest = value[word.end() :]
        rest = trimmed(rest).lstrip(". ")
        return rest if self.pattern and self.pattern.fullmatch(rest) else trimmed(value)

    def _listed(self, text: str, at: int = 0) -> list[Candidate]:
        """The entries of the closed list that stand in the text, as the admin spells them; longest first."""
        said = [(fold(word.group()), word.start(), word.end()) for word in WORD.finditer(text)]
        found: list[Candidate] = []
        for entry, spelling in sorted(self._values.items(), key=lambda item: -len(item[0])):
            for n in range(len(said) - len(entry) + 1):
                here = said[n : n + len(entry)]
                start, end = at + here[0][1], at + here[-1][2]
                if tuple(word for word, _, _ in here) == entry and not _within(start, found):
                    found.append(Candidate(spelling, start, end))
        return sorted(found, key=lambda candidate: candidate.start)


def _is_name(value: str) -> bool:
    """Of numbers by which somebody is reached one will do; of names all are meant."""
    return not re.search(r"\d", value)


def _names_one(before: str) -> bool:
    """«Word; Orfeo»"""
    return bool(words(before)) and AFTER_ONE.search(before) is not None and not courteous(before)


def _names_more(rest: str) -> bool:
    """What follows a name may add another, which no list needs to know, or be the rest of it: «SECOP 2»."""
    if NUMBERED.match(rest):
        return True
    if not (more := AND_MORE.match(rest)):
        return False
    said = words(more["any"] if more["one"] is None else more["one"])
    few = more["one"] is None or (len(said) == 1 and said[0].isalpha())
    return bool(said) and few and not courteous(" ".join(said))


def key(value: str) -> str:
    """By what two values are the same: letters and digits, folded."""
    return "".join(words(fold(value)))


def trimmed(text: str) -> str:
    """Without blanks, marks of emphasis and separators at its ends; the point of «D.C.» stays."""
    text = text.strip(" \t*_,;|/•·:=\"'«»-–—>")
    return text[:-1] if re.search(r"[^\W_]{2}\.$", text) else text


def whole(text: str) -> str | None:
    """What an open field takes: all of a short text that is no question, no denial, no promise and no row of cells."""
    value = trimmed(text)
    denial = re.match(r"no\b(?!\W*\d)", fold(value))
    taken = words(value) and len(value) <= LONGEST and not denial and not put_off(value)
    return value if taken and "?" not in value and "\t" not in value else None


def _within(place: int, candidates: Iterable[Candidate]) -> bool:
    return any(c.start <= place < c.end for c in candidates)
