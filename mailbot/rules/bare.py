"""Values without a label: in free text, where a field allows it, and as the whole of a short answer."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from mailbot.rules.courtesy import COURTESIES, FILLERS, courteous, declined
from mailbot.rules.fold import fold, words
from mailbot.rules.wanted import Candidate, Wanted, key

#: An answer of one line that is longer tells a story.
LONGEST = 100
MOST_WORDS = 6
GREETINGS = frozenset(words("hola buenos buenas buen cordial estimado estimada estimados"))
#: Words of sentences: a bare line that has one is no datum.
SENTENCE = frozenset(
    words(
        """no ya se me lo les te que por porque pero cuando como donde favor ayuda ayudar urgente necesito quiero
        quisiera puedo pueden puede podria estoy esta estan sigue siguen funciona sirve envie envio enviado adjunto
        anexo espero entiendo hice tengo tiene soy fue hay llamar llamen llamenme gracias solicitud caso correo
        mensaje contrasena si claro listo cancelar nuevo jefe"""
    )
)
#: Somebody else is named to turn to, «con Pedro», «llamar a Pedro»; what is «mi celular» after that is one's own again.
NAMED = re.compile(
    r"\b(?:[Cc]on|(?:[Ll]l[aá]m|[Cc]ont[aá]ct|[Bb][uú]s[cq]|[Pp]reg[uú]nt)[a-zé]{1,8}\s+(?:a|por))\s+(?:[a-zñ.]{1,12}\s+){0,3}[A-ZÁÉÍÓÚÑ][a-záéíóúñ]+"
)
OWN = re.compile(r"\bmi\b", re.IGNORECASE)
#: What makes a clause be taken back by another.
SECOND = frozenset(words("no pero o antes creo tal vez quiza quizas supongo parece"))
#: «es aruiz»
IS = re.compile(r"^\W*es\s+(?:el |la )?", re.IGNORECASE)
#: What may stand around a bare value: «es el 300…».
AROUND = COURTESIES | FILLERS | frozenset(words("mis es n no nro numero"))


def in_text(wanted: Wanted, others: Sequence[Wanted], texts: Sequence[str]) -> tuple[str, str] | None:
    """The one value, and the text it stands in, that no other field claims; None if there is none or a choice."""
    found: dict[str, tuple[str, str]] = {}
    for text in texts:
        for one in wanted.candidates(text):
            if not _claimed(one, others, text) and not _of_another(wanted, text[: one.start]):
                found.setdefault(key(one.value), (one.value, text))
    return next(iter(found.values())) if len(found) == 1 else None


def _claimed(one: Candidate, others: Sequence[Wanted], text: str) -> bool:
    return any(a.start < one.end and one.start < a.end for other in others for a in other.candidates(text))


def _of_another(wanted: Wanted, before: str) -> bool:
    """Whether what stands before makes it somebody else's: «teléfono del jefe», «y su cel», «con Pedro Gil, cel»."""
    if (named := NAMED.search(before)) and not OWN.search(before, named.end()):
        return True
    said = f" {' '.join(words(fold(before)))} "
    for label in sorted(wanted.labels, key=len, reverse=True):
        said = said.replace(f" {' '.join(label)} ", " * ")
    return " * de " in said or " * del " in said or " su * " in said[1:]


def answered(
    asked: Sequence[Wanted], lines: Sequence[str], names: frozenset[str]
) -> Iterator[tuple[Wanted, str, str]]:
    """The asked fields that bare lines answer, with value and line. `names`: the sender's own, folded.

    A line answers where nothing but fitting values stands in it. An open field is answered only where it alone
    was asked for, by one short line that is no sentence.
    """
    if not asked:
        return
    content = [line for line in lines if words(line) and not courteous(line)]
    if len(asked) == 1 and asked[0].open:
        alone = len(content) == 1 and _opens(content[0], lines) and _is_datum(content[0], asked[0], names)
        if alone and (value := asked[0].after_label(IS.sub("", content[0]), "")):
            yield asked[0], value, content[0]
        return
    if len(asked) == 1 and len(content) == 1:
        content = _clause(asked[0], content[0])
    if in_order := _in_order(asked, content, names):
        yield from in_order
        return
    claims = [(line, wanted, value) for line in content for wanted, value in _values(line, asked)]
    for wanted in asked:
        mine = [(value, line) for line, claimant, value in claims if claimant is wanted]
        if len(mine) == 1 and len(_said(wanted, content)) == 1:
            yield wanted, *mine[0]


def _said(wanted: Wanted, content: Iterable[str]) -> set[str]:
    return {key(one.value) for line in content for one in wanted.candidates(line)}


def _clause(wanted: Wanted, line: str) -> list[str]:
    """«indefinido, es de planta»: the clause that is a value by itself, where none of the others holds a figure."""
    clauses = line.split(",")
    fitting = [clause for clause in clauses if _values(clause, [wanted])]
    told = sum(bool(re.search(r"\d", clause)) for clause in clauses if clause not in fitting)
    return (
        fitting if len(fitting) == 1 and not told and not SECOND.intersection(words(fold(line))) else [line]
    )


def _in_order(
    asked: Sequence[Wanted], content: Sequence[str], names: frozenset[str]
) -> list[tuple[Wanted, str, str]]:
    """A line for each of at least three fields, in the order of our request; the last one tells its own value.

    What is left without a pattern between two that fit theirs is no signature.
    """
    if len(asked) < 3 or len(content) != len(asked) or asked[-1].open or asked[0].open:
        return []
    found = []
    for wanted, line in zip(asked, content, strict=True):
        if wanted.open:
            named = set(words(fold(line))) & {
                word for one in asked for label in one.labels for word in label if one is not wanted
            }
            value = wanted.after_label(line, "") if not named and _is_datum(line, wanted, names) else None
        else:
            values = _values(line, [wanted])
            value = values[0][1] if len(values) == 1 else None
        if not value:
            return []
        found.append((wanted, value, line))
    return found


def _values(line: str, asked: Sequence[Wanted]) -> list[tuple[Wanted, str]]:
    """The values of which a line consists; none if it says anything else, or two fields want the same."""
    found = [(wanted, one) for wanted in asked for one in wanted.candidates(line)]
    if not found or len(line) > LONGEST or "?" in line:
        return []
    spans = sorted((one.start, one.end) for _, one in found)
    apart = all(a[1] <= b[0] for a, b in pairwise(spans))
    rest = line
    for start, end in reversed(spans):
        rest = rest[:start] + " " + rest[end:]
    allowed = AROUND.union(*(label for wanted in asked for label in wanted.labels))
    if not apart or not allowed.issuperset(words(fold(rest))):
        return []
    return [(wanted, one.value) for wanted, one in found]


def _opens(line: str, lines: Sequence[str]) -> bool:
    """Whether only a greeting comes before the line: what follows the thanks is a signature."""
    before = [one for one in lines[: lines.index(line)] if words(one)]
    return all(set(words(fold(one))) & GREETINGS for one in before)


def is_own(said: Sequence[str], names: frozenset[str]) -> bool:
    """The words are the sender's name, or most of it."""
    return names.issuperset(said) or len(names.intersection(said)) > 1


def _is_datum(line: str, wanted: Wanted, names: frozenset[str]) -> bool:
    said = words(re.sub(r"\bno\b(?=\W{0,2}\d)", "", fold(line)))
    another = wanted.about_name and not wanted.field.from_sender
    own_name = is_own(said, names) if another else set(said) <= names and not wanted.about_name
    sentence = len(said) > MOST_WORDS or not SENTENCE.isdisjoint(said) or ":" in line
    return len(line) <= LONGEST and not (own_name or sentence or declined(line) or "?" in line)
