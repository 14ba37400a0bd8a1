"""Rich text → plain text, also where it only wraps HTML ([MS-OXRTFEX]): for a winmail.dat without another text.

One pass over the tokens, nothing is looked up outside: fonts, colours, pictures and unknown groups are left out.
"""

import re
from dataclasses import dataclass, field, replace
from io import StringIO

from mailbot.mail import charset, html

#: characters; what stands behind is not read. Groups deeper than this hold no text of a person.
LIMIT, DEPTH = 1_000_000, 500

_TOKEN = re.compile(
    rb"\\(?:'([0-9A-Fa-f]{2})|([A-Za-z]{1,32})(-?[0-9]{1,9})? ?|([^A-Za-z']))|([{}])|([^\\{}\r\n\0]+)",
    re.DOTALL,
)
#: groups that hold no text of the mail
_UNREAD = frozenset(
    b"fonttbl colortbl stylesheet info pict object header footer headerl headerr footerl footerr".split()
)
_WRITTEN = {
    b"par": "\n", b"line": "\n", b"row": "\n", b"sect": "\n", b"page": "\n", b"tab": "\t", b"cell": "\t",
    b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•",
    b"endash": "–", b"emdash": "—", b"enspace": " ", b"emspace": " ",
}  # fmt: skip
_SYMBOLS = {b"~": "\xa0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n"}


def to_text(source: bytes) -> str:
    """The text a reader sees; of wrapped HTML as `html.to_text` gives it."""
    page = _Page()
    at = 0
    while page.goes_on and (found := _TOKEN.search(source, at)):
        at = found.end() + page.token(*found.groups())
    written = page.written()
    return html.to_text(written) if page.is_html else written


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds until the group ends. `skips`: characters behind a `\\u` for readers that do not know it."""

    unread: bool = False
    only_rtf: bool = False
    skips: int = 1


@dataclass(slots=True)
class _Page:
    is_html: bool = False
    goes_on: bool = True
    codepage: str = "cp1252"
    group: _Group = _Group()
    outer: list[_Group] = field(default_factory=list)
    #: the next word names a group that may be left out
    starred: bool = False
    skip: int = 0
    held: bytearray = field(default_factory=bytearray)
    pieces: StringIO = field(default_factory=StringIO)

    def token(
        self, octet: bytes, word: bytes, number: bytes, symbol: bytes, brace: bytes, plain: bytes
    ) -> int:
        """One token; how many octets behind it are none of ours."""
        if plain:
            self.octets(plain[self.skip :])
            self.skip = max(0, self.skip - len(plain))
        elif octet:
            self.octets(b"" if self.skip else bytes.fromhex(octet.decode()))
            self.skip = max(0, self.skip - 1)
        elif brace:
            self.brace(opens=brace == b"{")
        elif word:
            return self.word(word, number)
        elif symbol == b"*":
            self.starred = True
        else:
            self.text(_SYMBOLS.get(symbol, ""))
        return 0

    def word(self, word: bytes, number: bytes) -> int:
        value = int(number or b"0")
        if self.starred or word in _UNREAD:
            self.starred = False
            self.group = replace(self.group, unread=self.group.unread or word != b"htmltag")
        match word:
            case b"u":
                self.text(chr(value & 0xFFFF))
                self.skip = self.group.skips
            case b"uc":
                self.group = replace(self.group, skips=min(max(value, 0), 8))
            case b"htmlrtf":
                self.group = replace(self.group, only_rtf=number != b"0")
            case b"fromhtml":
                self.is_html = True
            case b"ansicpg":
                self.codepage = f"cp{value}" if value != 65001 else "utf-8"
            case b"bin":
                return max(0, value)
            case _:
                self.text(_WRITTEN.get(word, ""))
        return 0

    def brace(self, *, opens: bool) -> None:
        self.starred, self.skip = False, 0
        if opens:
            self.outer.append(self.group)
        else:
            self.group = self.outer.pop() if self.outer else _Group()
        self.goes_on = 0 < len(self.outer) <= DEPTH and self.pieces.tell() <= LIMIT

    def octets(self, octets: bytes) -> None:
        """Held until a character of another kind comes: one of Asia is two of them."""
        if not (self.group.unread or (self.is_html and self.group.only_rtf)):
            self.held += octets

    def text(self, text: str) -> None:
        if text and not (self.group.unread or (self.is_html and self.group.only_rtf)):
            self.flush()
            self.pieces.write(text)

    def flush(self) -> None:
        if self.held:
            self.pieces.write(charset.decode(bytes(self.held), self.codepage)[0])
            self.held.clear()

    def written(self) -> str:
        """Characters beyond 16 bits came in halves."""
        self.flush()
        text = self.pieces.getvalue()[:LIMIT]
        return charset.tidy(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
