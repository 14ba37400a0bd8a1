"""How good suggestions are: rules of config.toml are hidden, and their words must come back from a year of subjects.

python -m tests.rules.hidden        a line for each pair of hidden rules, and what a desk would refuse
"""

import sys
from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from mailbot.config.load import load
from mailbot.mail.message import Message
from mailbot.mail.parse import Unreadable, parse
from mailbot.rules.match import Rulebook
from mailbot.rules.settings import Rule, TreatAs
from mailbot.rules.suggest.lines import Became, Seen
from mailbot.rules.suggest.suggestions import Suggested, Word, suggest
from tests.rules.asuntos import NEWS, NOTHING, Asunto, asuntos, from_keywords

RULES = load(Path(__file__).parents[2] / "config.toml").rule
FIXTURES = Path(__file__).parents[1] / "fixtures"
#: how `asuntos` calls the matters of these rules
MATTER = {"correo_y_teams": "correo", "ingreso": "acceso", "informativo": NEWS}
HIDEABLE = (
    "impresion",
    "conectividad",
    "acceso",
    "usuarios",
    "software",
    "equipo",
    "aplicativos",
    "correo_y_teams",
)
FIRST = 20
#: a desk takes a word of which so many mails are about one matter of its own
ONE_MATTER = 0.8


@dataclass
class Judged:
    hidden: tuple[str, ...]
    suggested: Suggested
    #: of the first twenty words
    accepted: list[Word]
    refused: list[Word]
    #: mails that only a hidden rule matched, and those of them that the suggested words would match
    lost: int
    back: int


def judge(*hidden: str, seed: int = 7, by_keywords: bool = False) -> Judged:
    mail = _by_keywords(hidden, seed) if by_keywords else asuntos(seed) + from_fixtures()
    rules = [rule for rule in RULES if rule.name not in hidden]
    book, whole = Rulebook(rules), Rulebook(RULES)
    suggested = suggest([became(a, book) for a in mail], rules)
    words = [word for s in suggested.suggestions for word in s.words][:FIRST]
    without = [a for a in mail if book.match(a.subject, a.sender, "") is None]
    accepted = [word for word in words if _accepts(word, without)]
    lost = [a for a in without if whole.match(a.subject, a.sender, "")]
    every = Rulebook([Rule(name="x", keywords=tuple(w.keyword for w in words) or ("zxq",))])
    back = [a for a in lost if every.match(a.subject, None, "")]
    refused = [word for word in words if word not in accepted]
    return Judged(hidden, suggested, accepted, refused, len(lost), len(back))


def _by_keywords(hidden: tuple[str, ...], seed: int) -> list[Asunto]:
    return from_keywords([(r.name, r.keywords) for r in RULES if r.name in hidden], seed)


def from_fixtures() -> list[Asunto]:
    """The subjects of the sample mails of persons, of the matter that the whole of config.toml sees in them."""
    whole = Rulebook(RULES)
    raws = (path.read_bytes() for path in sorted(FIXTURES.glob("*.eml")))
    mails = [message for raw in raws if b"@SUBJECT@" not in raw for message in _parsed(raw)]
    found = []
    for mail in mails:
        if mail.from_ and not mail.automatic and mail.subject:
            match = whole.match(mail.subject, mail.from_.email, "")
            matter = MATTER.get(match.rule.name, match.rule.name) if match else NOTHING
            found.append(Asunto(mail.subject, mail.from_.email, mail.from_.name, matter))
    return found


def _parsed(raw: bytes) -> list[Message]:
    try:
        return [parse(raw)]
    except Unreadable:
        return []


def became(asunto: Asunto, book: Rulebook) -> Seen:
    """As it would have been stored with these rules."""
    match = book.match(asunto.subject, asunto.sender, "")
    treated = match and (Became.INFORMATIVO if match.rule.treat_as is TreatAs.INFORMATIVO else Became.CASE)
    return Seen(
        asunto.subject,
        asunto.sender,
        treated or Became.UNMATCHED,
        match.rule.name if match else "",
        asunto.name,
    )


def _accepts(word: Word, mail: list[Asunto]) -> bool:
    book = Rulebook([Rule(name="x", keywords=(word.keyword,))])
    about = Counter(a.matter for a in mail if book.match(a.subject, None, ""))
    matter, n = about.most_common(1)[0]
    return matter not in (NOTHING, NEWS) and n >= ONE_MATTER * about.total()


def main() -> None:
    for by_keywords in (False, True):
        sys.stdout.write("from keywords\n" if by_keywords else "from templates\n")
        table(by_keywords=by_keywords)


def table(*, by_keywords: bool) -> None:
    out = sys.stdout.write
    totals = Counter[str]()
    for pair in combinations(HIDEABLE, 2):
        judged = judge(*pair, by_keywords=by_keywords)
        refused = ", ".join(word.keyword for word in judged.refused)
        good, words = len(judged.accepted), len(judged.accepted) + len(judged.refused)
        out(f"{' + '.join(pair):<30} {good:>2}/{words:<2}  {judged.back:>3}/{judged.lost:<3} {refused}\n")
        totals.update(accepted=good, words=words, back=judged.back, lost=judged.lost)
    out(
        f"accepted {totals['accepted']}/{totals['words']} ({totals['accepted'] / totals['words']:.0%}), "
        f"back {totals['back']}/{totals['lost']} ({totals['back'] / totals['lost']:.0%})\n"
    )


if __name__ == "__main__":
    main()
