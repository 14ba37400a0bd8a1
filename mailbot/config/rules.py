"""Stage two for `[field.…]` and `[[rule]]`: patterns that compile, names that exist, rules that can match."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta

from mailbot.config.addresses import patterns_findings
from mailbot.config.hours import calendar_findings
from mailbot.config.meant import did_you_mean
from mailbot.config.model import Config
from mailbot.config.overlaps import reads_folder_of
from mailbot.config.problem import Finding, Loc
from mailbot.rules import patterns
from mailbot.rules.keywords import phrase
from mailbot.rules.settings import Rule, TreatAs

#: a keyword with one of these has a word, however it is folded
SURELY_A_WORD = re.compile(r"[A-Za-z0-9]")


def fields_findings(config: Config) -> Iterator[Finding]:
    for name, field in config.field.items():
        at = ("field", name)
        yield from pattern_findings((*at, "pattern"), field.pattern)
        if not field.label.strip():
            yield Finding((*at, "label"), "no puede estar vacío", 'label = "Teléfono de contacto"')
        if field.anywhere and not (field.pattern or field.values):
            yield Finding(
                (*at, "anywhere"),
                "sin pattern ni values no hay con qué buscarlo en el texto",
                "agregue pattern o values, o quite anywhere",
                level="warning",
            )


def rules_findings(config: Config) -> Iterator[Finding]:
    names = Counter(rule.name for rule in config.rule)
    for n, rule in enumerate(config.rule):
        at = ("rule", n)
        if not rule.name.strip():
            yield Finding((*at, "name"), "no puede estar vacío", 'name = "acceso"')
        elif names[rule.name] > 1 and rule.name in [earlier.name for earlier in config.rule[:n]]:
            yield Finding(
                (*at, "name"), f'ya hay otra regla "{rule.name}"', "cada regla lleva un nombre distinto"
            )
        yield from _words_findings(at, rule)
        yield from _names_findings(at, rule, config)
        yield from _treatment_findings(at, rule)
        yield from patterns_findings((*at, "from"), rule.from_)
        if rule.answer_within is not None and rule.answer_within <= timedelta():
            yield Finding((*at, "answer_within"), "debe ser más que cero", 'answer_within = "24h"')


def pattern_findings(at: Loc, pattern: str) -> Iterator[Finding]:
    try:
        patterns.compile(pattern)
    except patterns.Refused as refused:
        cure = refused.cure
        if "look-" in str(refused) and at[0] == "rule" and at[-1] == "pattern":
            cure = 'quite (?…) del patrón y use unless = ["…"], lo que no debe estar, o all = ["…"], lo que también'
        yield Finding(at, f"el patrón no sirve: {refused}", cure)


def _words_findings(at: Loc, rule: Rule) -> Iterator[Finding]:
    if not (rule.keywords or rule.all or rule.pattern or rule.any_subject):
        hint = 'agregue keywords = ["…"], o any_subject = true si es para todos los asuntos'
        yield Finding(at, f'la regla "{rule.name}" no puede coincidir con ningún asunto', hint)
    if rule.pattern:
        yield from pattern_findings((*at, "pattern"), rule.pattern)
    for key, words in (("keywords", rule.keywords), ("unless", rule.unless), ("recover", rule.recover)):
        for n, word in enumerate(words):
            if not SURELY_A_WORD.search(word):
                yield from _keyword_findings((*at, key, n), word)
            if "|" in word:
                pieces = ", ".join(f'"{piece.strip()}"' for piece in word.split("|"))
                yield Finding((*at, key, n), 'aquí el signo "|" no separa palabras', f"escriba {pieces}")
    for n, words_ in enumerate(rule.all):
        for word in words_.split("|"):
            yield from _keyword_findings((*at, "all", n), word)


def _keyword_findings(at: Loc, word: str) -> Iterator[Finding]:
    try:
        phrase(word)
    except ValueError as error:
        yield Finding(at, str(error), "quítela o escriba una palabra")


def _names_findings(at: Loc, rule: Rule, config: Config) -> Iterator[Finding]:
    """What the rule names must be somewhere in the file."""
    for n, name in enumerate(rule.requires):
        if name in rule.requires[:n]:
            yield Finding((*at, "requires", n), f'"{name}" ya está en la lista', "quítelo")
        yield from unknown((*at, "requires", n), "el dato", name, config.field, "[field.{}]")
    for n, name in enumerate(rule.mailboxes):
        yield from unknown((*at, "mailboxes", n), "el buzón", name, config.mailbox, "[mailbox.{}]")
    yield from calendar_findings((*at, "calendar"), rule.calendar, config)
    if mailbox := reads_folder_of(rule, config):
        message = f'es la carpeta de la que lee el buzón "{mailbox.name}"'
        yield Finding((*at, "folder"), message, 'escriba otra; "" es la de los correos procesados')


def unknown(at: Loc, what: str, name: str, known: Mapping[str, object], section: str) -> Iterator[Finding]:
    if name not in known:
        near = did_you_mean(name, [*known])
        cure = f"escriba la sección {section.format(name)}"
        yield Finding(at, f'{what} "{name}" no existe', f"{near}; o {cure}" if near else cure)


def _treatment_findings(at: Loc, rule: Rule) -> Iterator[Finding]:
    if rule.correlate:
        failed = list(pattern_findings((*at, "correlate"), rule.correlate))
        yield from failed
        if not failed and (groups := patterns.compile(rule.correlate).groups) != 1:
            message = f"debe tener exactamente un grupo entre paréntesis, y tiene {groups}"
            yield Finding((*at, "correlate"), message, "los demás paréntesis se escriben (?:…)")
    asking, watching = ("requires", "open_at_once", "answer_within"), ("correlate", "recover")
    useless: dict[str, str] = {}
    if rule.treat_as is not TreatAs.PRECASO:
        useless |= dict.fromkeys(asking, f'una regla con treat_as = "{rule.treat_as}" no pide datos')
    if rule.treat_as is not TreatAs.MONITOREO:
        useless |= dict.fromkeys(watching, 'solo sirve en reglas con treat_as = "monitoreo"')
    elif not rule.from_:
        said = "sin from, también toma el correo de una persona, a quien nadie respondería"
        cure = 'diga qué direcciones avisan: from = ["zabbix@mesa.example"]'
        yield Finding((*at, "treat_as"), said, cure, level="warning")
    for key, why in useless.items():
        if getattr(rule, key):
            yield Finding((*at, key), f"no tiene efecto: {why}", "quite esta línea", level="warning")
