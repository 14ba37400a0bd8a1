"""Data that no answer can give, or not as was meant: told by reading what a person would write."""

import re
from collections.abc import Iterator
from itertools import combinations

from mailbot.config.advice import impossible
from mailbot.config.model import Config
from mailbot.config.problem import Finding, Loc, listed
from mailbot.rules import patterns
from mailbot.rules.fold import fold, without_marks, words
from mailbot.rules.formline import labelled, labels_of
from mailbot.rules.settings import Field, Rule
from mailbot.rules.wanted import Wanted

#: `'\\d{7}'`: between single quotes, one is meant
DOUBLED = re.compile(r"(?<!\\)\\\\(?:[dDwWsSpP](?![a-z])|[bB.+*?()\[\]{}])")
#: RE2's \b knows ASCII only: "\bñ" asks for a letter before the ñ
BOUNDARY = re.compile(r"\\b[^\x00-\x7f]|[^\x00-\x7f]\\b")
ANSWER = "12345678"


def findings(config: Config) -> Iterator[Finding]:
    for name, field in config.field.items():
        at: Loc = ("field", name)
        yield from _labels(at, field)
        yield from _values(at, field)
        if field.pattern:
            yield from pattern_findings((*at, "pattern"), field.pattern, impossible.in_line(field.pattern))
            yield from _groups((*at, "pattern"), field.pattern)
    yield from _shared_labels(config)


def rule_findings(n: int, rule: Rule) -> Iterator[Finding]:
    """The same of a rule's patterns."""
    if rule.pattern:
        written = without_marks(rule.pattern, rule.strict)
        needed = impossible.in_subject(written, rule.strict)
        yield from pattern_findings(("rule", n, "pattern"), rule.pattern, needed)


def pattern_findings(at: Loc, pattern: str, needed: str) -> Iterator[Finding]:
    """`needed`: what no text has."""
    if doubled := DOUBLED.search(pattern):
        once = doubled[0][1:]
        said = f"el patrón busca una barra escrita, por el «{doubled[0]}»"
        yield Finding(at, said, f"entre comillas simples la barra va una sola vez: «{once}»", level="warning")
    elif needed:
        where = "el asunto, al compararse," if at[0] == "rule" else "un renglón"
        said = f"el patrón nunca coincide: exige {needed}, y {where} no tiene eso"
        yield Finding(at, said, _cure(needed), level="warning")
    elif curly := impossible.curly_quote(pattern):
        said = f"el patrón exige la comilla {curly}, que viene de un procesador de texto"
        yield Finding(
            at, said, "quite esas comillas: solo cuentan las que encierran el patrón", level="warning"
        )
    elif at[0] == "field" and (boundary := BOUNDARY.search(pattern)):
        said = rf"en «{boundary[0]}», \b no reconoce la ñ ni las tildes como letras, y no coincide donde se espera"
        yield Finding(
            at, said, r"quite ese \b, o escriba (?:^|\PL) antes y (?:\PL|$) después", level="warning"
        )


def _cure(needed: str) -> str:
    if "control" in needed:
        return r"escriba el patrón entre comillas simples: '\bclave\b'"
    if "línea" in needed:
        return "cada dato se busca en un solo renglón: quite del patrón el salto de línea"
    if needed.startswith('"'):
        return "escriba esa letra sin tilde"
    return "quite eso del patrón"


def _groups(at: Loc, pattern: str) -> Iterator[Finding]:
    """Group 1 is the value: a second one is lost, and one that is optional hides the rest."""
    groups = patterns.compile(pattern).groups
    if impossible.first_group_is_optional(pattern):
        said = "si lo del primer paréntesis está escrito, el dato es solo eso, sin lo demás"
        yield Finding(at, said, "escriba (?:…) en vez de (…)", level="warning")
    elif groups > 1:
        said = f"el patrón tiene {groups} paréntesis, y el dato es solo lo del primero"
        yield Finding(
            at, said, "los demás se escriben (?:…); si quiere el dato entero, todos", level="warning"
        )


def _labels(at: Loc, field: Field) -> Iterator[Finding]:
    """A label is read as it would come back in our own form."""
    if not words(fold(field.label)):
        said = f'la etiqueta "{field.label}" no tiene ninguna palabra: no se reconocería el renglón'
        yield Finding((*at, "label"), said, 'label = "Teléfono de contacto"', level="warning")
    elif not _is_read(field):
        said = f"el renglón «{field.label}: …» de nuestro formulario no se reconocería al volver lleno"
        cure = "una etiqueta corta, sin dos puntos: lo demás va en hint"
        yield Finding((*at, "label"), said, cure, level="warning")
    for n, alias in enumerate(field.aliases):
        if not words(fold(alias)):
            said = f'"{alias}" no tiene ninguna palabra: no se reconocería en un renglón'
            yield Finding((*at, "aliases", n), said, "quítela o escriba una palabra", level="warning")


def _is_read(field: Field) -> bool:
    anything = Wanted(field.model_copy(update={"pattern": "", "values": ()}))
    line = f"{field.label}: {ANSWER}"
    return any(one.text == ANSWER for one in labelled([line], labels_of([anything])))


def _values(at: Loc, field: Field) -> Iterator[Finding]:
    first: dict[tuple[str, ...], str] = {}
    for n, value in enumerate(field.values):
        folded = tuple(words(fold(value)))
        if not folded:
            said, cure = (
                f'"{value}" no tiene ninguna palabra: nunca se hallaría',
                "quítelo o escriba una palabra",
            )
            yield Finding((*at, "values", n), said, cure, level="warning")
        elif folded in first:
            said = f'"{value}" ya está en la lista: al compararlo es igual a "{first[folded]}"'
            yield Finding((*at, "values", n), said, "quítelo", level="warning")
        first.setdefault(folded, value)
    yield from _unfitting(at, field, list(first.values()))


def _unfitting(at: Loc, field: Field, values: list[str]) -> Iterator[Finding]:
    """A value must be what its own pattern finds, by itself or behind a label of the field."""
    if not (field.pattern and values):
        return
    wanted = Wanted(field)
    labels = ("", *(f"{label}{sign} " for label in (field.label, *field.aliases) for sign in (":", "")))
    lost = [v for v in values if words(fold(v)) and not any(_gives(wanted, label, v) for label in labels)]
    if lost:
        said = f"el patrón no coincide con {listed(lost)} de values, ni solo ni tras su etiqueta: nunca se hallaría"
        cure = "quite pattern: la lista basta; o corríjalo"
        yield Finding((*at, "pattern"), said, cure, level="warning")


def _gives(wanted: Wanted, label: str, value: str) -> bool:
    return any(one.value == value for one in wanted.candidates(label + value))


def _shared_labels(config: Config) -> Iterator[Finding]:
    """What two data of one request claim tells of neither."""
    told: set[tuple[str, str, str]] = set()
    for rule in config.rule:
        fields = [config.field[name] for name in dict.fromkeys(rule.requires)]
        for one, other in combinations(fields, 2):
            theirs = _by_words(other)
            for label, (key, n) in _by_words(one).items():
                if label in theirs and (one.name, other.name, " ".join(label)) not in told:
                    told.add((one.name, other.name, " ".join(label)))
                    written = getattr(one, key) if n is None else getattr(one, key)[n]
                    said = f'"{written}" es también de "{other.name}", y la regla "{rule.name}" pide los dos'
                    said += ": un renglón con esa etiqueta no se lee"
                    at: Loc = ("field", one.name, key) if n is None else ("field", one.name, key, n)
                    yield Finding(at, said, "déjela en uno solo", level="warning")


def _by_words(field: Field) -> dict[tuple[str, ...], tuple[str, int | None]]:
    """Label and aliases, folded, with where they stand."""
    places: list[tuple[str, str, int | None]] = [(field.label, "label", None)]
    places += [(alias, "aliases", n) for n, alias in enumerate(field.aliases)]
    by_words: dict[tuple[str, ...], tuple[str, int | None]] = {}
    for written, key, n in places:
        by_words.setdefault(tuple(words(fold(written))), (key, n))
    return by_words
