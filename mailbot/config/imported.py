"""Rows of a list of categories as rules that fit this config; whatever does not is told with its line and its cure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count

from mailbot.config.categories import Listed, Row, entries
from mailbot.config.meant import nearest
from mailbot.config.model import Config
from mailbot.rules.fold import fold, words
from mailbot.rules.keywords import Index, Part, Use, phrase
from mailbot.rules.settings import RequestKind, Rule
from mailbot.values import Problem

#: how desks say a severity; 1 is the worst here
SEVERITIES = {
    1: "1|critica|critico|muy alta|muy alto|s1|p1|1 critica",
    2: "2|alta|alto|s2|p2|2 alta",
    3: "3|media|medio|normal|moderada|s3|p3|3 media",
    4: "4|baja|bajo|s4|p4|4 baja",
    5: "5|solicitud|sin afectacion|s5|p5|5 solicitud",
}
KINDS = {
    RequestKind.INCIDENTE: "incidente|incidentes|incidencia|falla|inc|incident",
    RequestKind.REQUERIMIENTO: "requerimiento|requerimientos|solicitud|solicitudes|peticion|req|request",
}
SEVERITY = {word: severity for severity, words_ in SEVERITIES.items() for word in words_.split("|")}
KIND = {word: kind for kind, words_ in KINDS.items() for word in words_.split("|")}
#: of a row that says none
USUAL = {RequestKind.INCIDENTE: 3, RequestKind.REQUERIMIENTO: 5}
NAME = re.compile(r"[^a-z0-9]+")
LONGEST_NAME = 40
#: a group or a datum all but the same as one that is known must be a slip
NEAR = 0.85


@dataclass(frozen=True, slots=True)
class Imported:
    rules: tuple[Rule, ...]
    #: errors are rows that were not used, warnings what to look at in those that were
    problems: tuple[Problem, ...]


def rules_of(listed: Listed, config: Config, file: str) -> Imported:
    """Rules with names that nobody has, in the order of the rows; equal rows but for their keywords are one rule."""
    importer = _Importer(config, file)
    for heading in listed.unknown:
        importer.warn(0, f"la columna «{heading}» no se usa")
    for row in listed.rows:
        importer.add(row)
    return Imported(tuple(importer.rules), tuple(importer.problems))


class Skipped(ValueError):
    """Why a row cannot be used, and its cure."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


class _Importer:
    def __init__(self, config: Config, file: str) -> None:
        self.config, self.file = config, file
        self.rules: list[Rule] = []
        self.problems: list[Problem] = []
        self._fields = dict(_names_of_fields(config))
        #: keywords of rules that go before: the first that matches wins
        self._index = Index()
        self._owners: list[str] = []
        for rule in config.rule:
            if not (rule.from_ or rule.mailboxes or rule.all):
                self._know(rule)
        self._names = {rule.name for rule in config.rule}
        self._told: set[str] = set()

    def warn(self, line: int, message: str, hint: str = "") -> None:
        self.problems.append(Problem(message, hint, file=self.file, line=line, column=1, level="warning"))

    def add(self, row: Row) -> None:
        try:
            rule = self._rule(row)
        except Skipped as why:
            self.problems.append(Problem(why.message, why.hint, file=self.file, line=row.line, column=1))
            return
        same = next((n for n, r in enumerate(self.rules) if _equal(r, rule)), None)
        if same is None:
            rule = rule.model_copy(update={"name": self._unused(row, rule)})
            self._names.add(rule.name)
            self.rules.append(rule)
        else:
            first = self.rules[same]
            rule = first.model_copy(update={"keywords": (*first.keywords, *rule.keywords)})
            self.rules[same] = rule
        self._know(rule)

    def _know(self, rule: Rule) -> None:
        for keyword in rule.keywords:
            self._index.add(keyword, Use(len(self._owners), Part.KEYWORD))
        self._owners.append(rule.name)

    def _before(self, said: Sequence[str]) -> tuple[str, bool]:
        """The rule above that takes subjects with these words, and whether it has the very same keyword."""
        hits = self._index.find([word.rstrip("*") for word in said])
        if not hits:
            return "", False
        widest = max(hits, key=lambda hit: hit.end - hit.first)
        return self._owners[widest.use.rule], widest.end - widest.first == len(said)

    def _rule(self, row: Row) -> Rule:
        title = row["subcategory"] or row["category"] or row["name"]
        if not title:
            raise Skipped("la fila no tiene categoría ni subcategoría", "escriba al menos una")
        kind = _kind(row)
        return Rule(
            name=_plain(row["name"] or title),
            title=title,
            keywords=self._keywords(row),
            kind=kind,
            severity=_severity(row, kind),
            group=self._group(row),
            category=row["category"],
            requires=self._requires(row),
        )

    def _unused(self, row: Row, rule: Rule) -> str:
        """`clave`, else `cuentas_clave`, else `clave_2`."""
        both = _plain(f"{row['category']} {rule.name}")
        wished = chain((rule.name, both), (f"{rule.name}_{n}" for n in count(2)))
        return next(name for name in wished if name not in self._names)

    def _keywords(self, row: Row) -> tuple[str, ...]:
        """Those that no rule above has; a row of which none is left could never match."""
        found: dict[tuple[str, ...], str] = {}
        taken: dict[str, list[str]] = {}
        for word in entries(row["keywords"]):
            try:
                said = phrase(word)
            except ValueError as error:
                self.warn(row.line, str(error), "se dejó fuera")
                continue
            owner, same = self._before(said)
            if same:
                taken.setdefault(owner, []).append(word)
                continue
            found.setdefault(said, word)
            if owner:
                self.warn(
                    row.line,
                    f'"{word}" coincide antes con la regla "{owner}"',
                    "suba esta regla sobre aquella",
                )
        for rule, its in taken.items():
            self._tell_taken(row, rule, its, left=bool(found))
        if not found:
            raise self._without_keywords(taken)
        return tuple(found.values())

    def _tell_taken(self, row: Row, rule: str, its: Sequence[str], *, left: bool) -> None:
        if left:
            listed = ", ".join(f'"{word}"' for word in its)
            self.warn(row.line, f'{listed} ya es de la regla "{rule}", que va antes', "se dejó fuera")

    def _without_keywords(self, taken: dict[str, list[str]]) -> Skipped:
        if not taken:
            return Skipped("la fila no tiene palabras clave", "escríbalas separadas por comas")
        rules = ", ".join(f'"{rule}"' for rule in taken)
        return Skipped(
            f"todas sus palabras clave son ya de {rules}, que va antes: nunca se usaría",
            "deje una de las dos",
        )

    def _group(self, row: Row) -> str:
        """A group need not be declared; without a declaration nobody of it is told."""
        usual = str(Rule.model_fields["group"].default)
        name = row["group"] or usual
        known = [*self.config.group, usual, *(rule.group for rule in self.config.rule)]
        same = next((group for group in known if fold(group) == fold(name)), None)
        if same is None and name not in self._told:
            self._told.add(name)
            near = nearest(name, known, cutoff=NEAR)
            hint = f'¿quiso decir "{near}"? Si es otro, ' if near else ""
            self.warn(
                row.line,
                f'el grupo "{name}" es nuevo',
                f'{hint}declare [group."{name}"] con notify = ["…"] si debe recibir avisos',
            )
        return same or name

    def _requires(self, row: Row) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for datum in entries(row["requires"]):
            name = self._fields.get(" ".join(words(fold(datum))))
            if name:
                found[name] = None
            else:
                self.warn(row.line, *_unknown_datum(datum, self._fields))
        return tuple(found)


def _names_of_fields(config: Config) -> Iterator[tuple[str, str]]:
    """How a datum may be called: its key, its label, its aliases; what two have is the first's."""
    for name, known in reversed(config.field.items()):
        for called in (*known.aliases, known.label, name):
            yield " ".join(words(fold(called))), name


def _unknown_datum(datum: str, known: dict[str, str]) -> tuple[str, str]:
    near = nearest(fold(datum), known, cutoff=NEAR)
    meant = f'¿quiso decir "{known[near]}"? Si es otro, ' if near else ""
    declare = f'declare [field.{_plain(datum)}] con label = "{datum}" y agréguelo a requires'
    return f'el dato "{datum}" no está en config.toml: la regla no lo pide', meant + declare


def _kind(row: Row) -> RequestKind:
    said = " ".join(words(fold(row["kind"])))
    if not said:
        return RequestKind.REQUERIMIENTO
    if said not in KIND:
        raise Skipped(f'el tipo "{row["kind"]}" no se conoce', "escriba incidente o requerimiento")
    return KIND[said]


def _severity(row: Row, kind: RequestKind) -> int:
    said = " ".join(words(fold(row["severity"])))
    if not said:
        return USUAL[kind]
    if said not in SEVERITY:
        cure = "escriba 1 crítica, 2 alta, 3 media, 4 baja o 5 solicitud"
        raise Skipped(f'la severidad "{row["severity"]}" no se conoce', cure)
    return SEVERITY[said]


def _plain(text: str) -> str:
    """A name of small letters, figures and _; `regla` where nothing is left of it."""
    return NAME.sub("_", fold(text)).strip("_")[:LONGEST_NAME].strip("_") or "regla"


def _equal(a: Rule, b: Rule) -> bool:
    """But for their keywords; the name is not compared, since it was made unique."""
    same = ("title", "kind", "severity", "group", "category", "requires")
    return all(getattr(a, key) == getattr(b, key) for key in same)
