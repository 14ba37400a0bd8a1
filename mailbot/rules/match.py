"""Rules against a subject: the first in the file that matches wins, the others are recorded.

Only the subject is looked at, never the body, an attached mail or another header (hazard 47); the text serves
only to tell which fault a machine's mail is about, once its rule has won.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailbot.rules import addresses, patterns
from mailbot.rules.fault import Fault, Told, fault
from mailbot.rules.fold import WORD, fold_subject, places, without_marks, words
from mailbot.rules.keywords import Hit, Index, Part, Use
from mailbot.rules.settings import Rule, TreatAs

#: A subject as rules compare it; it is stored beside the subject as written.
folded = fold_subject


@dataclass(frozen=True, slots=True)
class Match:
    """The rule that won, by which words of the subject (as written), and who else would have."""

    rule: Rule
    words: tuple[str, ...]
    also_matched: tuple[str, ...] = ()
    #: which fault it is, as it is compared (monitoreo)
    correlation: str | None = None
    #: where that stands (monitoreo)
    told: Told | None = None
    #: a word of `recover` stands in the subject, outside the fault's name: the fault is over (monitoreo)
    recovered: bool = False
    #: so does a keyword: it may be a fault all the same
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """What one rule says of a subject, and why, in Spanish, for `mailbot rules test`."""

    rule: str
    matched: bool
    why: str
    #: the words of the subject that speak for the rule, as written
    words: tuple[str, ...] = ()


class _Subject:
    """A subject being matched: its folded form, and every keyword that stands in it, by rule."""

    def __init__(self, written: str, indexes: Iterable[Index]) -> None:
        self.written = written
        self._folded = {index.strict: fold_subject(written, index.strict) for index in indexes}
        self.hits: defaultdict[int, list[Hit]] = defaultdict(list)
        for index in indexes:
            said = words(self._folded[index.strict])
            self._count = len(said)
            for hit in index.find(said):
                self.hits[hit.use.rule].append(hit)

    def folded(self, strict: bool) -> str:
        return self._folded[strict]

    def of(self, rule: int, *parts: Part) -> list[Hit]:
        return [hit for hit in self.hits.get(rule, ()) if hit.use.part in parts]

    def as_written(self, spans: Iterable[tuple[int, int]]) -> tuple[str, ...]:
        """The words between these numbers, as the sender wrote them; what lies within another is left out."""
        outer: list[tuple[int, int]] = []
        for first, end in sorted(set(spans), key=lambda span: (span[0], -span[1])):
            if not outer or end > outer[-1][1]:
                outer.append((first, end))
        return tuple(self.written[start:end] for start, end in self.seats(outer))

    def seats(self, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Where the words between these numbers stand in the subject as written."""
        if not spans:
            return []
        seats = places(self.written)
        prefixes = len(seats) - self._count
        return [(seats[a + prefixes][0], seats[b - 1 + prefixes][1]) for a, b in spans]

    def outside(self, hits: Iterable[Hit], within: tuple[int, int]) -> set[tuple[int, int]]:
        """Where these hits stand, but for those that touch what stands between two places."""
        start, end = within
        seats = self.seats([(hit.first, hit.end) for hit in hits])
        return {seat for seat in seats if seat[1] <= start or seat[0] >= end}


class _Compiled:
    """A rule with its patterns ready to run."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        # The subject has no accents when the pattern runs on it: neither may what is written in the pattern.
        written = without_marks(rule.pattern, rule.strict)
        self.pattern = patterns.compile(written) if rule.pattern else None
        self.correlate = patterns.compile(rule.correlate) if rule.correlate else None
        #: keywords that speak for the rule: a mail that says the fault is over must find its rule too
        self.monitoreo = rule.treat_as is TreatAs.MONITOREO
        self.speaking = (Part.KEYWORD, Part.RECOVER) if self.monitoreo else (Part.KEYWORD,)
        #: `all` alone is enough where nothing else could speak for the rule
        self.only_all = bool(rule.all) and not (rule.keywords or rule.pattern or rule.any_subject)
        #: it may match a subject in which none of its words stands
        self.wordless = bool(rule.pattern) or rule.any_subject

    def keywords(self) -> Iterable[tuple[str, Part, int]]:
        rule = self.rule
        yield from ((word, Part.KEYWORD, 0) for word in rule.keywords)
        yield from ((word, Part.UNLESS, 0) for word in rule.unless)
        yield from ((word, Part.ALL, n) for n, entry in enumerate(rule.all) for word in entry.split("|"))
        if self.monitoreo:
            yield from ((word, Part.RECOVER, 0) for word in rule.recover)

    def pattern_span(self, subject: _Subject) -> tuple[int, int] | None:
        """The numbers of the words that the pattern matched, perhaps none; None where it does not match."""
        if not self.pattern:
            return None
        text = subject.folded(self.rule.strict)
        if not (found := self.pattern.search(text)):
            return None
        spans = [word.span() for word in WORD.finditer(text)]
        touched = [n for n, (start, end) in enumerate(spans) if start < found.end() and end > found.start()]
        return (touched[0], touched[-1] + 1) if touched else (0, 0)


class Rulebook:
    """All rules, compiled once. Raises ValueError for a pattern or keyword that cannot be used."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(_Compiled(rule) for rule in rules)
        indexes = {False: Index()} | ({True: Index(strict=True)} if any(r.strict for r in rules) else {})
        for number, compiled in enumerate(self._rules):
            for keyword, part, entry in compiled.keywords():
                indexes[compiled.rule.strict].add(keyword, Use(number, part, entry))
        self._indexes = tuple(indexes.values())
        self._wordless = {number for number, compiled in enumerate(self._rules) if compiled.wordless}

    def match(self, subject: str, sender: str | None, mailbox: str, text: str = "") -> Match | None:
        """The first rule that matches; `sender` is the address of From, None where there is no single one.

        `text` is asked only which fault it is, where the subject does not tell (monitoreo).
        """
        seen = _Subject(subject, self._indexes)
        candidates = sorted(self._wordless | seen.hits.keys())
        numbers = [n for n in candidates if not self._refusal(n, seen, sender, mailbox)]
        if not numbers:
            return None
        compiled, others = self._rules[numbers[0]], tuple(self._rules[n].rule.name for n in numbers[1:])
        said = self._words(numbers[0], seen)
        if not compiled.monitoreo:
            return Match(compiled.rule, said, others)
        found = fault(compiled.correlate, subject, text)
        over, doubtful = self._over(numbers[0], seen, found)
        return Match(compiled.rule, said, others, found.value, found.told, over, doubtful)

    def _over(self, number: int, seen: _Subject, found: Fault) -> tuple[bool, bool]:
        """Whether the fault is over, and whether that is doubtful. Its own name says neither: «Recovery log full»."""
        over = seen.outside(seen.of(number, Part.RECOVER), found.span)
        begun = seen.outside(seen.of(number, Part.KEYWORD), found.span)
        parted = (b for b in begun if not any(o[0] <= b[0] and b[1] <= o[1] for o in over))
        return bool(over), bool(over) and any(parted)

    def trials(self, subject: str, sender: str | None, mailbox: str) -> tuple[Trial, ...]:
        """What every rule, in the file's order, says of this subject."""
        seen = _Subject(subject, self._indexes)
        return tuple(self._trial(number, seen, sender, mailbox) for number in range(len(self._rules)))

    def _trial(self, number: int, seen: _Subject, sender: str | None, mailbox: str) -> Trial:
        rule = self._rules[number].rule
        said = self._words(number, seen)
        if refusal := self._refusal(number, seen, sender, mailbox):
            return Trial(rule.name, False, refusal, said)
        if said:
            return Trial(rule.name, True, f"coincide con {_listed(said)}", said)
        return Trial(
            rule.name, True, "acepta cualquier asunto" if rule.any_subject else "coincide su pattern"
        )

    def _refusal(self, number: int, seen: _Subject, sender: str | None, mailbox: str) -> str:
        """Why the rule does not match, in Spanish; "" where it does."""
        compiled = self._rules[number]
        rule = compiled.rule
        if rule.mailboxes and mailbox not in rule.mailboxes:
            return f"no atiende el buzón {mailbox}"
        if rule.from_ and not (sender and addresses.matches(rule.from_, sender)):
            return "el remitente no está en from"
        if not self._speaks(number, seen):
            return _silence(compiled)
        present = {hit.use.entry for hit in seen.of(number, Part.ALL)}
        if absent := [entry for n, entry in enumerate(rule.all) if n not in present]:
            return f"falta en el asunto {_listed(absent)}, que su all exige"
        if excluded := seen.of(number, Part.UNLESS):
            return f"la excluye {_listed(seen.as_written((h.first, h.end) for h in excluded))}"
        return ""

    def _speaks(self, number: int, seen: _Subject) -> bool:
        compiled = self._rules[number]
        if compiled.rule.any_subject or seen.of(number, *compiled.speaking):
            return True
        if compiled.only_all:
            return bool(seen.of(number, Part.ALL))
        return compiled.pattern_span(seen) is not None

    def _words(self, number: int, seen: _Subject) -> tuple[str, ...]:
        compiled = self._rules[number]
        spans = [(hit.first, hit.end) for hit in seen.of(number, *compiled.speaking, Part.ALL)]
        by_pattern = compiled.pattern_span(seen)
        if by_pattern and by_pattern[0] < by_pattern[1]:
            spans.append(by_pattern)
        return seen.as_written(spans)


def _silence(compiled: _Compiled) -> str:
    rule = compiled.rule
    if rule.keywords or rule.recover:
        also = ", ni coincide su pattern" if rule.pattern else ""
        return f"ninguna de sus palabras está en el asunto{also}"
    if rule.pattern:
        return "su pattern no coincide con el asunto"
    return "ninguna de sus palabras está en el asunto" if rule.all else "no tiene palabras ni pattern"


def _listed(said: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in said)
