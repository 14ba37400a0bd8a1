"""Keywords and rules that never decide, because a rule above takes their mail first; and which one it is.

It is decided for words and phrases, whoever writes, to any mailbox. Where `unless`, `from`, `all` or a pattern
has a say, it cannot be: that is told only of a rule all of whose words stand in rules above, and calmly.
"""

from collections.abc import Iterable, Iterator

from mailbot.config.advice.above import Above, Taker, Word, speaking
from mailbot.config.model import Config
from mailbot.config.problem import Finding, listed
from mailbot.rules import patterns
from mailbot.rules.fold import without_marks
from mailbot.rules.keywords import phrase
from mailbot.rules.settings import Rule

#: what only a pattern that accepts every subject accepts
PROBES = ("", "0", "zxq", "☃ ☃", "".join(map(chr, range(32, 127))), "zxq " * 200)


def findings(config: Config, above: Above) -> Iterator[Finding]:
    everything: Rule | None = None
    for n, rule in enumerate(config.rule):
        if everything:
            yield _dead(n, rule, [everything.name])
            continue
        yield from _shadowed(n, rule, above)
        if takes_everything(rule) and above.is_free(n):
            everything = rule


def takes_everything(rule: Rule) -> bool:
    """Every subject matches it, as far as words and pattern decide."""
    if rule.any_subject or not rule.pattern:
        return rule.any_subject
    pattern = patterns.compile(without_marks(rule.pattern, rule.strict))
    return all(pattern.search(probe) for probe in PROBES)


def _shadowed(n: int, rule: Rule, above: Above) -> Iterator[Finding]:
    words = speaking(rule)
    takers = [above.taker(n, word.text) for word in words]
    needed = [[above.taker(n, word) for word in entry.split("|")] for entry in rule.all]
    for lists in (*needed, takers if not (rule.pattern or rule.any_subject) else []):
        if lists and all(taker and taker.sure for taker in lists):
            yield _dead(n, rule, [taker.rule.name for taker in lists if taker])
            return
    if rule.any_subject:
        return
    if takers and all(takers):
        yield _undecided(n, rule, [taker for taker in takers if taker], above)
        return
    for word, taker in zip(words, takers, strict=True):
        if taker and taker.sure:
            yield _idle(n, word, taker)


def _dead(n: int, rule: Rule, names: Iterable[str]) -> Finding:
    return Finding(
        ("rule", n),
        f'la regla "{rule.name}" nunca se usará: todos sus asuntos coinciden antes con {listed(names)}',
        "suba esta regla, o quite palabras de la de arriba",
        level="warning",
    )


def _undecided(n: int, rule: Rule, takers: list[Taker], above: Above) -> Finding:
    doubts = [(one.rule.name, key) for one in takers for key in above.conditions(one.rule, rule)]
    if doubts:
        names = dict.fromkeys(name for name, _ in doubts)
        keys = dict.fromkeys(key for _, key in doubts)
        when = f"decide solo lo que deja pasar {listed(names)} por su {' o su '.join(keys)}"
    else:
        when = "solo decide por su pattern"
    return Finding(
        ("rule", n),
        f'todas las palabras de la regla "{rule.name}" están ya en {listed(t.rule.name for t in takers)}: {when}',
        "si así lo quiere, no cambie nada; si no, suba esta regla",
        level="info",
    )


def _idle(n: int, word: Word, taker: Taker) -> Finding:
    theirs = f'la regla "{taker.rule.name}", que va antes'
    if word.text == taker.text:
        said = f'"{word.text}" ya está en {theirs}: aquí nunca decide'
    elif phrase(word.text) == phrase(taker.text):
        said = f'"{word.text}" es igual, sin tildes ni mayúsculas, a "{taker.text}" de {theirs}: aquí nunca decide'
    else:
        said = f'"{word.text}" nunca decide aquí: {theirs}, ya tiene "{taker.text}"'
    return Finding(("rule", n, word.key, word.n), said, "quítela de una de las dos reglas", level="warning")
