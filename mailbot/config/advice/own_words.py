"""What our own replies would tell us, if they came back as an answer: nothing, or something is amiss.

They are written as they would be, with the admin's own templates, and read as an answer is, where a mail
program has left no sign that it quotes them.
"""

from collections.abc import Iterable, Iterator

from jinja2 import TemplateError

from mailbot.config.advice.above import Above
from mailbot.config.model import Config
from mailbot.config.problem import Finding
from mailbot.mail.message import Message
from mailbot.replies import words
from mailbot.replies.templates import Rendered, Templates
from mailbot.replies.variables import EMPTY
from mailbot.rules import patterns, required
from mailbot.rules.fold import fold_subject, without_marks
from mailbot.rules.settings import Field, TreatAs
from mailbot.rules.wanted import Wanted

#: what goes to people
TO_PEOPLE = ("pedir_datos", "pedir_faltantes", "recordatorio", "no_gestionado", "caso_abierto")
#: a subject that matches no rule by itself
NOTHING = "zxq"
#: sets of required data that are tried: no desk has more
MOST = 100


def findings(config: Config, above: Above, templates: Templates) -> Iterator[Finding]:
    told: set[str] = set()
    for name, field in config.field.items():
        for finding in _hint(name, field):
            told.add(name)
            yield finding
    for fields in _asked_together(config):
        for name, template, value in _read_back(config, templates, fields):
            if name not in told:
                told.add(name)
                yield _fills_itself(config.field[name], template, value)
    yield from _subjects(config, above, templates)


def _hint(name: str, field: Field) -> Iterator[Finding]:
    wanted = Wanted(field)
    given = wanted.candidates(field.hint)
    if len(given) == 1 or (given and field.pattern):
        said = f"la pista trae un dato, «{given[0].value}»: viaja en nuestro correo, y al volver se tomaría por suyo"
        yield Finding(("field", name, "hint"), said, "describa el dato sin dar un ejemplo", level="warning")


def _asked_together(config: Config) -> list[tuple[Field, ...]]:
    """The data that a rule asks for, each different set once."""
    rules = (rule for rule in config.rule if rule.treat_as is TreatAs.PRECASO and rule.requires)
    sets = dict.fromkeys(tuple(dict.fromkeys(rule.requires)) for rule in rules)
    return [tuple(config.field[name] for name in names) for names in list(sets)[:MOST]]


def _read_back(
    config: Config, templates: Templates, fields: tuple[Field, ...]
) -> Iterator[tuple[str, str, str]]:
    """Field, template and value, where a reply of ours gives one."""
    for name in TO_PEOPLE:
        if rendered := _written(config, templates, name, fields):
            text = rendered.text.replace(str(EMPTY["marca"]), "")
            answer = Message("", "", "", None, text=text, reply_text=text)
            for field, found in required.find(fields, answer, [one.name for one in fields]).values.items():
                yield field, name, found.value


def _fills_itself(field: Field, template: str, value: str) -> Finding:
    key, cure = "label", "cambie la etiqueta"
    if field.pattern or field.values:
        key = "pattern" if field.pattern else "values"
        cure = "haga el patrón más estrecho" if field.pattern else "quite ese valor"
        cure += ", o quite anywhere" if field.anywhere else ""
    said = f"de nuestro propio correo «{template}», si vuelve citado sin marcas, tomaría el valor «{value}»"
    return Finding(("field", field.name, key), said, cure, level="warning")


def _subjects(config: Config, above: Above, templates: Templates) -> Iterator[Finding]:
    """Rules that match by what our replies add to every subject: «[MS-000123]»."""
    rendered = (_written(config, templates, name, ()) for name in TO_PEOPLE)
    told: set[int] = set()
    for subject in dict.fromkeys(one.subject for one in rendered if one):
        said = f"coincide con el asunto de nuestras propias respuestas, «{subject.replace(NOTHING, '…')}»"
        for n, key, entry in above.standing_in(subject):
            if n not in told:
                told.add(n)
                word = getattr(config.rule[n], key)[entry]
                yield Finding(("rule", n, key, entry), f'"{word}" {said}', "quítela", level="warning")
        for n in _by_pattern(config, subject):
            if n not in told:
                told.add(n)
                yield Finding(
                    ("rule", n, "pattern"), f"el patrón {said}", "hágalo más estrecho", level="warning"
                )


def _by_pattern(config: Config, subject: str) -> Iterator[int]:
    for n, rule in enumerate(config.rule):
        if rule.pattern:
            pattern = patterns.compile(without_marks(rule.pattern, rule.strict))
            if pattern.search(fold_subject(subject, rule.strict)) and not pattern.search(NOTHING):
                yield n


def _written(config: Config, templates: Templates, name: str, fields: Iterable[Field]) -> Rendered | None:
    """A reply that asks for these data; None where an override fails, which is told with the templates."""
    asked = tuple(
        {"etiqueta": one.label, "pista": one.hint.rstrip(". "), "ilegible": n == 0}
        for n, one in enumerate(fields)
    )
    facts = {
        "numero": f"{config.service.prefix}-000123",
        "asunto": NOTHING,
        "saludo": "Cordial saludo:",
        "estado": "precaso",
        "faltantes": asked,
        "horas": words.duration(config.precaso.answer_within, config.precaso.calendar),
        "mesa": config.service.name,
        "direccion": next(iter(config.mailbox.values())).address,
    }
    try:
        return templates.render(name, facts)
    except TemplateError:
        return None
