"""Keywords that do nothing, or something else than was meant; each alone, and beside those of its own rule."""

import re
from collections.abc import Iterator

from mailbot.config.advice.above import index_of, speaking, spellings
from mailbot.config.problem import Finding, Loc
from mailbot.rules.fold import PREFIXES, fold
from mailbot.rules.keywords import phrase
from mailbot.rules.settings import Rule

#: an apostrophe within a word is one
CURLY = "“”„«»"
SEPARATORS = re.compile(rf"[,;{CURLY}]+")
#: the only `*` that means something ends a word
IDLE_STAR = re.compile(r"(?<![^\W_])\*|\*(?=[^\W_])")


def findings(n: int, rule: Rule) -> Iterator[Finding]:
    for words in _lists(n, rule):
        for word_at, word in words:
            yield from _not_as_meant(word_at, word)
        yield from _repeated(words, rule.strict)
    yield from _excluded(n, rule)


def _lists(n: int, rule: Rule) -> Iterator[list[tuple[Loc, str]]]:
    """Every list of keywords of the rule, with where each of them stands."""
    for key in ("keywords", "unless", "recover"):
        yield [(("rule", n, key, m), word) for m, word in enumerate(getattr(rule, key))]
    for m, entry in enumerate(rule.all):
        yield [(("rule", n, "all", m), word) for word in entry.split("|")]


def _not_as_meant(at: Loc, word: str) -> Iterator[Finding]:
    parts = [part.strip() for part in SEPARATORS.split(word) if part.strip()]
    cure = ", ".join(f'"{part}"' for part in parts)
    if len(parts) > 1:
        said = (
            f'"{word}" es una sola frase, con todas sus palabras seguidas: dentro de las comillas nada separa'
        )
        yield Finding(at, said, f"si son varias, escriba {cure}", level="warning")
    elif SEPARATORS.search(word):
        yield Finding(at, f'los signos de "{word}" no cuentan', f"escriba {cure}", level="warning")
    if IDLE_STAR.search(word):
        said = f'en "{word}" hay un * que no hace nada: solo sirve al final de una raíz'
        yield Finding(at, said, 'escriba "desbloque*": desbloqueo, desbloquear…', level="warning")
    if prefixes := PREFIXES.match(" ".join(fold(word).split())):
        said = f'"{word}" empieza con "{prefixes[0].strip()}", que se quita del asunto antes de comparar'
        yield Finding(at, said, "escriba solo lo que sigue", level="warning")


def _repeated(words: list[tuple[Loc, str]], strict: bool) -> Iterator[Finding]:
    """The same word twice in a list."""
    first: dict[tuple[str, ...], str] = {}
    for at, word in words:
        folded = phrase(word, strict)
        if (before := first.get(folded)) is not None:
            said = f'"{word}" ya está en la lista'
            if before != word:
                said += f': sin tildes ni mayúsculas es igual a "{before}"'
            yield Finding(at, said, "quítela", level="warning")
        first.setdefault(folded, word)


def _excluded(n: int, rule: Rule) -> Iterator[Finding]:
    """What the rule's own `unless` takes back."""
    if not rule.unless:
        return
    unless = index_of(rule.unless, rule.strict)

    def excluding(word: str) -> str:
        found = []
        for group in spellings(word, rule.strict):
            hits = [hit for words in group for hit in unless.find(words)]
            if not hits:
                return ""
            found += hits
        return rule.unless[found[0].use.entry]

    words = [(("rule", n, word.key, word.n), word.text) for word in speaking(rule)]
    for at, word in words:
        if by := excluding(word):
            said = f'"{word}" nunca cuenta: "{by}" está en unless de la misma regla'
            yield Finding(at, said, "quítela de una de las dos listas", level="warning")
    needed = [entry.split("|") for entry in rule.all]
    wordless = rule.pattern or rule.any_subject
    for lists in (*needed, [word for _, word in words] if not wordless else []):
        if lists and all(map(excluding, lists)):
            said = f'la regla "{rule.name}" no puede coincidir: su unless excluye todas sus palabras'
            yield Finding(("rule", n), said, "quite de unless lo que la regla busca", level="warning")
