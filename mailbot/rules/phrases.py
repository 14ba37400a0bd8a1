"""What an answer says in its own words of what was asked: a name, a place, a login that no colon marks.

«Soy Ana Ruiz», «estamos en la sede Norte, piso 4» and «mi usuario es aruiz» say it by themselves. «Sede Norte piso 4»,
«usuario aruiz» and «Neiva, piso 2» do where nothing else is said: every word of the answer then belongs to something
that was asked, or to courtesy. Of two readings none is taken.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from mailbot.rules import where
from mailbot.rules.bare import AROUND, GREETINGS, SENTENCE
from mailbot.rules.courtesy import courteous
from mailbot.rules.fold import WORD, fold, places, words
from mailbot.rules.formline import Labelled
from mailbot.rules.people import person_name
from mailbot.rules.wanted import Wanted, key, trimmed

Said = tuple[Wanted, str, str]

#: What a word behind «usuario» says of a person or of their account, and is no login.
NO_LOGIN = re.compile(
    r"(?:.*(?:(?:ad|id|ic|iv|os|ri)[oa]s?|al|ar|ente|ante|ble|ora?)|error|remot[oa]|windows|correo|nuev[oa]|extern[oa]|intern[oa]|antigu[oa]|actual|anterior|temporal|contratista|funcionari[oa]"
    r"|final|principal|administrador[a]?|correct[oa]|incorrect[oa]|mism[oa]|inactiv[oa]|activ[oa]|de|del|el|la|los|las"
    r"|un|una|para|con|que|mi|red|dominio|usuario|clave|contrasena|no|si|ni|ya|sin)"
)
LOGIN = re.compile(r"[\w.@\\+-]{3,64}")
CAPITAL = r"(?:[A-ZÁÉÍÓÚÑÜ][\w'’-]+)"
NAMES = rf"{CAPITAL}(?:\s+(?:(?:de|del|la|las|los|y)\s+){{0,2}}{CAPITAL}){{1,5}}"
NAME = re.compile(
    r"\b(?:[Mm]i nombre(?: completo)? es|[Mm]e llamo|[Ss]oy) ?:?\s+"
    rf"(?P<name>{NAMES})(?=\s*(?:[.,;]|$|y\b))"
)
#: The service may be for somebody else.
FOR_ANOTHER = re.compile(
    r"\b(?:usuari|funcionari|contratista|persona\b|companer|colaborador|practicante|pasante)"
)
ROLES = frozenset(
    words(
        """ingeniero ingeniera doctor doctora profesional coordinador coordinadora director directora jefe jefa
        asesor asesora auxiliar tecnico tecnica abogado abogada contador contadora lider subdirector subdirectora"""
    )
)
AT = re.compile(
    r"\b(?:estoy|estamos|(?:me|nos) enc(?:uentro|ontramos)|trabajo|trabajamos)(?: ubicad[oa]s?)? en"
    r"(?: (?:la|el|las|los))?\s+(?=(?P<place>.+))",
    re.IGNORECASE,
)
#: Where a clause ends.
ENDS = re.compile(
    r"[.;!](?:\s|$)|[,\s]+(?:muchas )?gracias\b|,?\s+(?:y|e)\s+(?:mi|mis|el|la|nuestr[oa]|estoy|estamos)\b"
    r"|,\s*(?:mi|mis|el|y)\b",
    re.IGNORECASE,
)
#: Of one line: more than one is no reading already.
MOST_READINGS = 3
#: What two parts of one place, or its name, may be joined by.
LINKS = frozenset(words("y o es un una mesa servicios su mi sin a"))
SALUTES = GREETINGS | frozenset(words("senores senor senora doctor doctora apreciados respetados atn"))
#: More lines, or clauses in one, are a letter.
MOST_LINES = 12
CONNECTING = AROUND | frozenset(words("y e con por mi mis el la es un una del de al estamos estoy en"))


def said(
    asked: Sequence[Wanted], every: Sequence[Wanted], lines: Sequence[str], entries: Sequence[Labelled]
) -> Iterator[Said]:
    """The open fields among `asked` with value and line; `every`: the rule's fields; `entries`: what labels told."""
    if not asked:
        return
    polite = {line for line in lines if line and courteous(line)}
    content = [line for line in lines if line not in polite and WORD.search(line)]
    if not any("?" in line for line in content):
        by_itself = [one for wanted in asked if wanted.open for one in _only(_by_itself(wanted, content))]
        yield from by_itself
        left = [one for one in asked if one not in {wanted for wanted, _, _ in by_itself}]
        above = [line for line in _above_thanks(lines, polite) if line not in polite and WORD.search(line)]
        yield from _nothing_else(left, every, above, entries)


def _above_thanks(lines: Sequence[str], polite: set[str]) -> Sequence[str]:
    """What follows the thanks is a signature, whoever is named in it and wherever their office is."""
    thanks = (n for n, line in enumerate(lines) if line in polite and GREETINGS.isdisjoint(words(fold(line))))
    return lines[: next(thanks, len(lines))]


def _only(found: Iterable[Said]) -> list[Said]:
    """The one reading, if there is one, and it is sure."""
    distinct = {key(value): (wanted, value, line) for wanted, value, line in found}
    return list(distinct.values()) if len(distinct) == 1 and "" not in distinct else []


# -- by itself ---------------------------------------------------------------------------------------------


def _by_itself(wanted: Wanted, content: Sequence[str]) -> Iterator[Said]:
    for line in content:
        if wanted.about_name and not wanted.field.from_sender:
            return  # «Soy Ana Ruiz» is whoever writes
        if wanted.about_name:
            names = (_name(match["name"]) for match in islice(NAME.finditer(line), MOST_READINGS))
            yield from (
                (wanted, "" if FOR_ANOTHER.search(fold(line)) else name, line) for name in names if name
            )
        elif where.is_place(wanted):
            for match in islice(AT.finditer(line), MOST_READINGS):
                place = _clause(match["place"])
                yield wanted, place if where.tells(wanted, place) else "", line
        else:
            yield from ((wanted, login, line) for login in islice(_told(wanted, line), MOST_READINGS))


def _clause(text: str) -> str:
    end = ENDS.search(text)
    return trimmed(text[: end.start()] if end else text)


def _name(said: str) -> str:
    name = person_name(" ".join(said.split()))
    return "" if (ROLES | SENTENCE | where.PLACES) & set(words(fold(name))) else name


def _told(wanted: Wanted, line: str) -> Iterator[str]:
    """«mi usuario es aruiz», «el usuario de red es: aruiz»."""
    folded, spans = words(fold(line)), places(line)
    for label in wanted.labels:
        for n in range(len(folded) - len(label)):
            begins = n == 0 or folded[n - 1] in ("mi", "el", "la")
            if begins and tuple(folded[n : n + len(label)]) == label and folded[n + len(label)] == "es":
                value = _clause(line[spans[n + len(label)][1] :])
                if _login(value):
                    yield value


# -- where nothing else is said ------------------------------------------------------------------------------


def _nothing_else(
    asked: Sequence[Wanted], every: Sequence[Wanted], content: Sequence[str], entries: Sequence[Labelled]
) -> list[Said]:
    """Every clause is of one field, and no field has two."""
    found: list[Said] = []
    if len(content) > MOST_LINES or any(_addresses_us(line) for line in content):
        return []
    for line in content:
        for segment in _segments(line, every, [entry for entry in entries if entry.line == line]):
            whole = _reading(segment, asked, every, first=not found)
            parts = [segment] if whole else segment.split(",", MOST_LINES)
            for part in parts:
                clause = _bared(part, every)
                if not words(clause) or courteous(clause) or NAME.fullmatch(clause):
                    continue
                one = whole or _reading(part, asked, every, first=not found)
                if not one:
                    return []
                found.append((*one, line))
    named = [wanted for wanted, _, _ in found]
    return found if len(set(named)) == len(named) else []


def _addresses_us(line: str) -> bool:
    """«Señores Oficina de Sistemas»: whose place that is."""
    said = words(fold(line))
    return not SALUTES.isdisjoint(said[:2]) and not where.PLACES.isdisjoint(said)


def sensible(wanted: Wanted, value: str) -> bool:
    """Whether a bare answer could be one: of a place no story, behind the field's own label a login."""
    said = words(fold(value))
    if where.is_place(wanted):
        return not said or (where.STORY - SENTENCE - LINKS).isdisjoint(said)
    first = next((n for n, word in enumerate(said) if word not in ("el", "la", "mi")), 0)
    said, value = said[first:], value[places(value)[first][0] :] if said else value
    label = next((one for one in wanted.labels if tuple(said[: len(one)]) == one), ())
    return wanted.about_name or not label or _login(trimmed(value[places(value)[len(label) - 1][1] :]))


def _segments(line: str, every: Sequence[Wanted], entries: Sequence[Labelled]) -> list[str]:
    """The line without the values that are told by their label or their form."""
    for entry in entries:
        at = line.find(entry.label)
        value = next(iter(entry.wanted.candidates(entry.text)), None) if not entry.wanted.open else None
        end = at + len(entry.label) + (value.end if value else len(entry.text))
        line = line[:at] + "\0" + line[end:] if at >= 0 else line
    for one in every:
        for found in reversed(one.candidates(line)):
            line = line[: found.start] + "\0" + line[found.end :]
    return line.split("\0")


def _bared(text: str, every: Sequence[Wanted]) -> str:
    """Without connecting words and labels of what is told by its form, at both ends."""
    idle = _idle(tuple(every))
    spans, folded = places(text), words(fold(text))
    begin = next((n for n, word in enumerate(folded) if word not in idle), len(folded))
    end = next((n for n in range(len(folded), begin, -1) if folded[n - 1] not in idle), begin)
    return text[spans[begin][0] : spans[end - 1][1]] if begin < end else ""


@lru_cache(maxsize=256)
def _idle(every: tuple[Wanted, ...]) -> frozenset[str]:
    return CONNECTING.union(*(label for one in every if not one.open for label in one.labels))


def _reading(
    text: str, asked: Sequence[Wanted], every: Sequence[Wanted], *, first: bool
) -> tuple[Wanted, str] | None:
    """The one open field that the clause answers."""
    clause = _bared(text, every)
    read = [
        (one, value)
        for one in asked
        if one.open and (value := _answers(one, clause, first=first)) is not None
    ]
    return read[0] if len(read) == 1 else None


def _answers(wanted: Wanted, clause: str, *, first: bool) -> str | None:
    folded = words(fold(clause))
    if tuple(folded) in wanted.labels:
        return ""
    if ":" in clause:
        return None
    if wanted.about_name:
        return (_name(clause) or None) if first and re.fullmatch(NAMES, clause) else None
    label = max((one for one in wanted.labels if tuple(folded[: len(one)]) == one), key=len, default=())
    rest = trimmed(clause[places(clause)[len(label) - 1][1] :]) if label else ""
    if where.is_place(wanted):
        value = rest if len(label) > 1 else clause
        told = where.begins(value) and where.tells(wanted, value)
        return value if told else None
    return rest if label and _login(rest) else None


# -- values ------------------------------------------------------------------------------------------------


def _login(text: str) -> bool:
    """One word as accounts are called; not a name («Luisa») nor what may describe one («bloqueado»)."""
    return bool(LOGIN.fullmatch(text)) and not text.istitle() and not NO_LOGIN.fullmatch(fold(text))
