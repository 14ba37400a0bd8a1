"""Bytes → text, whatever charset they claim to be in; never an exception (hazards 40–42, lesson 20)."""

import codecs
import re
from functools import lru_cache
from unicodedata import normalize

NAME = re.compile(r"[a-z0-9][a-z0-9_.:+-]{0,39}")

#: what senders write → the codec that holds what they mean
ALIASES = {
    "iso-8859-1": "cp1252",  # Windows writes cp1252 under this name: so do the browsers (WHATWG)
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "l1": "cp1252",
    "cp-1252": "cp1252",
    "win-1252": "cp1252",
    "x-ansi": "cp1252",
    "utf8mb4": "utf-8",
    "x-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "iso-8859-8-i": "iso-8859-8",
    "gb2312": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
}
#: Python calls them text encodings, mail does not; some are quadratic
NOT_FOR_MAIL = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
#: a label that promises nothing: whoever writes it may send anything
VAGUE = {"ascii", "utf-8", "cp1252"}

#: C0 and DEL go, save tab and newline; C1 is cp1252 that somebody called Latin-1
CONTROLS = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
#: of these, what nobody means to send: not the line ends, a form feed or a byte order mark
STRANGE = re.compile("[\0-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
MENDED: dict[int, str | None] = dict.fromkeys(
    (*range(9), *range(11, 32), 0x7F, 0xFEFF, *range(0xD800, 0xE000))
)
MENDED |= {n: bytes([n]).decode("cp1252", "ignore") or None for n in range(0x80, 0xA0)}


@lru_cache(maxsize=256)
def codec(declared: str) -> str:
    """Python's name of the declared charset, "" where there is none or nobody knows it."""
    found = NAME.match(declared.strip(" '\"").lower())
    if not found:
        return ""
    try:
        info = codecs.lookup(ALIASES.get(found[0], found[0]))
    except (LookupError, ValueError):
        return ""
    is_text = getattr(info, "_is_text_encoding", True)
    return "" if not is_text or info.name.replace("-", "_") in NOT_FOR_MAIL else info.name


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """The text without NUL, lone surrogates and control characters, and the charset that was guessed.

    The guess is "" where the declared charset was right, or nothing had to be guessed.
    """
    text, guess = untidy(data, declared)
    return tidy(text), guess


def untidy(data: bytes, declared: str = "") -> tuple[str, str]:
    """As `decode`, with whatever characters there are."""
    name = codec(declared)
    if not name and data.isascii():
        return data.decode("ascii"), ""
    try:
        if name:
            return data.decode(name), ""
    except (UnicodeError, ValueError, OverflowError):
        pass
    return _guess(data, "" if name in VAGUE else name)


def _guess(data: bytes, declared: str) -> tuple[str, str]:
    """UTF-8 if it is; else what was declared, with gaps; else cp1252, or UTF-8 that lost a few bytes."""
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    if declared:
        return data.decode(declared, "replace"), declared
    text = data.decode("utf-8", "replace")
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    if foreign > 2 * text.count("\ufffd"):
        return text, "utf-8"
    return data.decode("cp1252", "replace"), "cp1252"


def tidy(text: str) -> str:
    """Text as a database, a terminal and a reply can bear it: NFC, LF as newline, no control characters."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable() and CONTROLS.search(text):
        text = text.translate(MENDED)
    return text if text.isascii() else normalize("NFC", text)
