"""HTML mail → text, in one pass over its tags and without a tree.

A tree is what hostile HTML attacks: 1 MB of `<div>`, or some thousand open `<b id=…>`, keep html5ever (nh3)
and lexbor busy for minutes and fill the memory. Here each character is looked at once, whatever is nested in
what. The text goes to people and to the search for data, never back into HTML.
"""

import html
import re
from dataclasses import dataclass, field

#: characters; what stands behind is not read
LIMIT = 1024 * 1024
#: quotes deeper than this are marked like this one
DEEPEST = 5

# Every alternative ends at the end of the text too, and none gives back what it took: the time is linear.
TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<unread>script|style|title|template|iframe|xml)\b.*?(?:</(?P=unread)\s*>|\Z)"
    r"|<(?P<end>/?)(?P<name>[a-z][^\s/>]*+)"
    r"(?P<attributes>(?:[^>=]++|=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))?+)*+)(?:>|\Z)"
    r"|<[!?/][^>]*+(?:>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
BLANK = " \t\r\n\f"
BLANKS = re.compile(f"[{BLANK}]+")
BLANKS_IN_LINE = re.compile(r" *+\t[ \t]*+|  ++")
HIDDEN = re.compile(r"display\s*+:\s*+none|visibility\s*+:\s*+hidden", re.IGNORECASE)
# Outlook: what follows is the message answered or forwarded. Thunderbird: "El …, X escribió:".
REST_IS_QUOTED = re.compile(r"\bid\s*+=\s*+[\"']?(?:divRplyFwdMsg|appendonsend)\b", re.IGNORECASE)
CITES = re.compile(r"\bclass\s*+=\s*+[\"']?(?:moz-cite-prefix|yahoo_quoted)\b", re.IGNORECASE)
#: one of these stands in what any of the three finds
MARKS = ("display", "visibility", "divrplyfwdmsg", "appendonsend", "moz-cite-prefix", "yahoo_quoted")

VOID = frozenset(("br", "hr", "img", "input", "link", "meta", "wbr"))
# fmt: off
BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot",
    "thead", "tr", "ul",
))
# fmt: on
CELLS = frozenset(("td", "th"))


def to_text(source: str) -> str:
    """The text a reader sees, a line per block, the cells of a row apart by tabs, quotes marked with `> `.

    Quotes are marked, not cut, so that the whole text keeps them and `reply_text` can leave them out.
    Hidden elements, scripts, styles and images are left out. Styles are read from the element only.
    """
    page = _Page()
    at = 0
    source = source[:LIMIT]
    for token in TOKEN.finditer(source):
        start, end = token.span()
        if at < start:
            page.text(source[at:start])
        at = end
        name, attributes, slash = token.group("name", "attributes", "end")
        if name:
            page.tag(name.lower(), attributes, closing=bool(slash))
    page.text(source[at:])
    return page.written()


@dataclass(slots=True)
class _Within:
    """An element we are in, told from those inside it by counting its name: 0 open means outside."""

    name: str = ""
    open: int = 0

    def enter(self, name: str) -> None:
        self.name, self.open = name, 1

    def see(self, name: str, *, closing: bool) -> None:
        if self.name == "p" and name in BLOCKS:
            self.open = 0  # HTML lets a paragraph end without saying so
        elif name == self.name:
            self.open += -1 if closing else 1


@dataclass(slots=True)
class _Page:
    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    #: line breaks owed before the next word
    breaks: int = 0
    quotes: int = 0
    rest_is_quoted: bool = False
    preformatted: int = 0
    hidden: _Within = field(default_factory=_Within)
    cited: _Within = field(default_factory=_Within)
    #: per open list: the last number given, None for bullets
    lists: list[int | None] = field(default_factory=list)
    #: the row's words still stand on one line, so that its next cell may join them
    one_line_row: bool = False
    #: a cell or a list item has begun: its words stand on this line, whatever blocks they are wrapped in
    waits_for_words: bool = False

    def text(self, raw: str) -> None:
        if not raw or self.hidden.open:
            return
        if self.preformatted:
            first, *others = html.unescape(raw).replace("\r\n", "\n").split("\n")
            self._words(first)
            for other in others:
                self.breaks += 1
                self._words(other)
        else:
            self._words(
                BLANKS.sub(" ", html.unescape(raw) if "&" in raw else raw) if raw.strip(BLANK) else " "
            )

    def tag(self, name: str, attributes: str, *, closing: bool) -> None:
        if self.hidden.open:
            self.hidden.see(name, closing=closing)
            if self.hidden.open:
                return
        if self.cited.open:
            self.cited.see(name, closing=closing)
        if not closing and attributes:
            self._marks(name, attributes)
        if name == "br":
            self.breaks += 1
        elif name in CELLS:
            self._cell(closing=closing)
        elif name in BLOCKS:
            self.waits_for_words = self.waits_for_words and name not in ("li", "tr", "table")
            self._break()
            self._block(name, closing=closing)

    def written(self) -> str:
        self._flush()
        return "\n".join(self.lines).strip("\n")

    def _marks(self, name: str, attributes: str) -> None:
        said = attributes.lower()
        if attributes.isascii() and not any(mark in said for mark in MARKS):
            return
        if name not in VOID and HIDDEN.search(attributes):
            self.hidden.enter(name)
        elif not self.cited.open and CITES.search(attributes):
            self.cited.enter(name)
        elif not self.quotes and REST_IS_QUOTED.search(attributes):
            self.rest_is_quoted = True

    def _block(self, name: str, *, closing: bool) -> None:
        step = -1 if closing else 1
        if name == "blockquote":
            self.quotes = max(0, self.quotes + step)
        elif name == "pre":
            self.preformatted = max(0, self.preformatted + step)
        elif name == "tr":
            self._flush()
            self.one_line_row = not closing
        elif name in ("ul", "ol"):
            self._list(name, closing=closing)
        elif name == "li" and not closing:
            self._item()

    def _list(self, name: str, *, closing: bool) -> None:
        if not closing:
            self.lists.append(0 if name == "ol" else None)
        elif self.lists:
            self.lists.pop()

    def _item(self) -> None:
        number = self.lists[-1] if self.lists else None
        if number is not None:
            self.lists[-1] = number + 1
        self._words("- " if number is None else f"{number + 1}. ")
        self.waits_for_words = True

    def _cell(self, *, closing: bool) -> None:
        """`Teléfono:` and `300…` of one row belong on one line, also where each is a paragraph of its own."""
        if not closing and self.one_line_row and self.line:
            self.line.append("\t")
            self.breaks = 0
            self.waits_for_words = True
        else:
            self._break()

    def _break(self) -> None:
        if not self.waits_for_words:
            self.breaks = max(self.breaks, 1)

    def _words(self, words: str) -> None:
        if not words.strip(" "):
            if words and self.line and not self.breaks and not self.waits_for_words:
                self.line.append(" ")
            return
        if self.breaks and not self.waits_for_words:
            self._flush()
        self.breaks = 0
        self.waits_for_words = False
        if not self.line:
            depth = self.quotes + bool(self.cited.open) + self.rest_is_quoted
            self.line.append("> " * min(depth, DEEPEST))
        self.line.append(words)

    def _flush(self) -> None:
        if self.line:
            self._add(BLANKS_IN_LINE.sub(_one, "".join(self.line).replace("\xa0", " ")).rstrip())
            self.line = []
            self.one_line_row = False
        if self.breaks > 1:
            self._add("")

    def _add(self, line: str) -> None:
        if line or (self.lines and self.lines[-1]):
            self.lines.append(line)


def _one(blanks: re.Match[str]) -> str:
    return "\t" if "\t" in blanks[0] else " "
