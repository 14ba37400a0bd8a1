"""The subjects that suggestions are drawn from: one line for equal mails of one sender, judged by today's rules."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from mailbot.mail.subjects import says_answered, says_away
from mailbot.rules.fold import fold, fold_subject, words
from mailbot.rules.match import Rulebook
from mailbot.rules.people import person_name
from mailbot.rules.settings import TreatAs
from mailbot.rules.suggest.words import JOINING, looks_like_request


class Became(Enum):
    """What is known of a mail: by the rules, or, which counts more, by a person."""

    UNMATCHED = "unmatched"
    #: a person made a case of it, under a rule
    PROMOTED = "promoted"
    CASE = "case"
    #: a rule opened a case that came to nothing, or a person filed it as informativo
    NO_CASE = "no_case"
    INFORMATIVO = "informativo"


#: no rule has a word for these
OPEN = (Became.UNMATCHED, Became.PROMOTED)
#: names that are kept at hand: desks hear from the same people
SENDERS = 2**13


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail that a person wrote.

    `sender`: the address, or whatever else tells one writer from another; `name`: as From shows it.
    """

    subject: str
    sender: str
    became: Became = Became.UNMATCHED
    rule: str = ""
    name: str = ""
    mailbox: str = ""


@dataclass(slots=True)
class Line:
    """Equal mails of one sender. `request`: a person said so, or it looks like one."""

    subject: str
    folded: str
    sender: str
    became: Became
    rule: str
    request: bool
    private: frozenset[str]
    mails: int = 0


class Lines(list[Line]):
    """`mails`: how many were read; `people`: words of the names of all senders, which are nobody's keyword."""

    def __init__(self) -> None:
        super().__init__()
        self.mails = 0
        self.people: frozenset[str] = frozenset()
        self._by_rule: defaultdict[str, list[Line]] = defaultdict(list)

    def add(self, line: Line) -> None:
        self.append(line)
        self._by_rule[line.rule].append(line)

    def of_rule(self, name: str) -> list[Line]:
        return self._by_rule.get(name, [])


def read(mail: Iterable[Seen], book: Rulebook) -> Lines:
    """Answers and out-of-office notices are left out; what today's rules match is no longer without a rule."""
    lines, found = Lines(), dict[tuple[str, str, Became, str], Line]()
    people: set[str] = set()
    for seen in mail:
        lines.mails += 1
        people |= _of_person(seen.name)
        if says_answered(seen.subject) or says_away(seen.subject, answers=False):
            continue
        became, rule = _today(seen, book)
        folded = fold_subject(seen.subject)
        key = folded, seen.sender, became, rule
        if key not in found:
            found[key] = _line(seen, folded, became, rule)
            lines.add(found[key])
        found[key].mails += 1
    lines.people = frozenset(people)
    return lines


def _line(seen: Seen, folded: str, became: Became, rule: str) -> Line:
    request = became is Became.PROMOTED or looks_like_request(folded)
    local = seen.sender.partition("@")[0] if "@" in seen.sender else ""
    private = (_names(seen.name) | _names(local)).intersection(words(folded))
    return Line(seen.subject, folded, seen.sender, became, rule, request, private)


@lru_cache(maxsize=SENDERS)
def _of_person(display_name: str) -> frozenset[str]:
    return _names(person_name(display_name))


@lru_cache(maxsize=SENDERS)
def _names(name: str) -> frozenset[str]:
    return frozenset(word for word in words(fold(name)) if len(word) > 1) - JOINING


def _today(seen: Seen, book: Rulebook) -> tuple[Became, str]:
    """What a rule that was written since says of it, or one that was mended."""
    if seen.became in (Became.CASE, Became.INFORMATIVO):
        return seen.became, seen.rule
    match = book.match(seen.subject, seen.sender, seen.mailbox)
    news = match is not None and match.rule.treat_as is TreatAs.INFORMATIVO
    if seen.became is Became.NO_CASE:
        same = match is not None and match.rule.name == seen.rule and not news
        return (Became.NO_CASE if same else Became.INFORMATIVO), seen.rule
    if match is None:
        return seen.became, seen.rule
    return (Became.INFORMATIVO if news else Became.CASE), match.rule.name
