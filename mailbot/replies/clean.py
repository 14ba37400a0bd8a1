"""What strangers wrote, made fit to stand in our own mail: one line, short, no links, no header tricks."""

import re
import unicodedata
from collections.abc import Iterable

from mailbot.mail.subjects import PREFIX
from mailbot.rules.people import NAME_WORD

PREFIXES = re.compile(rf"^(?:\s*{PREFIX})+", re.I)
SUBJECT, CITED, VALUE, NAME, MESSAGE = 120, 60, 120, 40, 4_000
#: Cc controls, Cf invisible and direction marks, Cs surrogates, Co private, Cn unassigned, Zl Zp separators
UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

#: a dot before letters, in any script's form: what makes a mail program take a word for a domain
DOT = re.compile(r"(?<![\s.])[.。．｡](?=[^\W\d_][\w-])")
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
ADDRESS = re.compile(rf"(?=.{{1,64}}@){ATOM}(?:\.{ATOM})*@[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.I)
#: stay small in «María de los Ángeles»
SMALL_WORDS = {"De": "de", "Del": "del", "La": "la", "Las": "las", "Los": "los", "Y": "y"}


def printable(text: str) -> str:
    """Without controls, invisible marks and lone surrogates; a line break is kept as `\\n`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # what Python calls printable is fit, and nearly every text is: so its signs are not looked up one by one
    return text if text.replace("\n", "").isprintable() else text.translate(_FIT)


class _Fit(dict[int, int | None]):
    """For str.translate, learned as common signs come; bounded, whatever comes."""

    def __missing__(self, code: int) -> int | None:
        fit = None if unicodedata.category(chr(code)) in UNPRINTABLE else code
        if code < 0x3000:
            self[code] = fit
        return fit


_FIT = _Fit({9: 32, 10: 10})


def cut(text: str, limit: int) -> str:
    """At most `limit` characters; what was cut off shows as «…»."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def line(text: str, limit: int) -> str:
    """One line of at most `limit` characters. Control characters part words, as line breaks do."""
    if not text.isprintable():
        text = printable("".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text))
    return cut(" ".join(text.split()), limit)


def header(text: str, limit: int) -> str:
    """Fit for a header: besides, `=?` is broken up, which Python 3.11 would decode again (hazard 25)."""
    return cut(line(text, limit).replace("=?", "= ?"), limit)


def subject(text: str, prefix: str) -> str:
    """The conversation's subject: without Re:, RV: … and our own `[MS-000123]`, or «(sin asunto)»."""
    text = re.sub(rf"\[\s*{re.escape(prefix)}-\d{{1,12}}\s*\]", " ", line(text, 10 * SUBJECT), flags=re.I)
    return header(PREFIXES.sub("", text), SUBJECT) or "(sin asunto)"


def defang(text: str) -> str:
    r"""Words that no mail program turns into a link: `https[:]//`, `portal[.]gov[.]co`, `[\\]server`."""
    text = text.replace("://", "[:]//").replace("@", "[@]").replace("\\\\", "[\\\\]")
    return DOT.sub("[.]", text)


def cite(text: str, limit: int) -> str:
    """A stranger's words on one line, short and without links."""
    return cut(defang(line(text, limit)), limit + limit // 4)


def message(text: str) -> str:
    """What a person wrote, for the desk to read: its lines, without links, at most `MESSAGE` characters."""
    lines = [" ".join(each.split()) for each in printable(text).split("\n")]
    return cut(defang(re.sub(r"\n{3,}", "\n\n", "\n".join(lines))).strip(), MESSAGE)


def person(name: str) -> str:
    """A display name, if it looks like a person's, else "": letters only, one to six words, ≤ 40.

    «PÉREZ, MARTA» is turned round; one case only is made «Marta Pérez».
    """
    surname, comma, first = line(name, 200).strip("\"' ").partition(",")
    words = (f"{first} {surname}" if comma else surname).split()
    said = " ".join(words)
    if not 2 <= len(said) <= NAME or len(words) > 6 or not all(NAME_WORD.fullmatch(w) for w in words):
        return ""
    if DOT.search(said):
        return ""
    if said.isupper() or said.islower():
        said = " ".join(SMALL_WORDS.get(w, w) for w in said.title().split())
    return said


def message_ids(ids: Iterable[str]) -> list[str]:
    """Those that may stand in our headers, each once; none that a parser could take for an encoded word."""
    return [i for i in dict.fromkeys(ids) if MESSAGE_ID.fullmatch(i) and "=?" not in i]


def is_address(text: str) -> bool:
    """A plain addr-spec: dot-atom, ASCII, one @, nothing that a parser could take for an encoded word."""
    return len(text) <= 254 and "=?" not in text and ADDRESS.fullmatch(text) is not None
