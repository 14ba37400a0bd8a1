"""A header as fields in wire order: raw values, decoded when asked for (RFC 5322 §2.2, RFC 2047)."""

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mailbot.mail import charset, transfer

#: a header block and a single field may be this long, in octets; what is beyond is left out
BLOCK, FIELD = 256 * 1024, 64 * 1024
#: RFC 5322 §2.1.1 bounds a line, and so a name: what goes on longer without a colon is no field
NAME = 998

_FIELD = re.compile(rb"([!-9;-~]*)[ \t]*:([^\n]*+(?:\n[ \t][^\n]*+)*+)(?:\n|\Z)")
_BLANK = re.compile(rb"\r?\n")
END = re.compile(rb"\n\r?\n")
#: a line end that is not CRLF; said in this order the search leaps from one LF to the next
NOT_CRLF = re.compile(rb"\n(?<!\r\n)")
#: before the first field: a byte order mark, empty lines, the line of an mbox
_BEGIN = re.compile(rb"(?:\xef\xbb\xbf)?(?:\r?\n)*(?:>?From [^\n]*\n)?")
_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]*)\?=")
_UNWANTED = re.compile("[\0-\x08\n-\x1f\x7f\ud800-\udfff]")
_NO_WORD = re.compile(r"=\?[\w.-]{2,40}\?[bBqQ]\?")
#: characters that turn the direction of what stands around them: a name or subject needs none
_BIDI = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
#: every octet that a header may hold
_ALLOWED = bytes((9, 10, 12, 13, *range(32, 127), *range(128, 256)))
#: fields that people write and read: what is wrong in others is nobody's concern
_FOR_PEOPLE = ("from", "to", "cc", "reply-to", "subject")

LONG = "cabeceras demasiado largas: se leyó solo su comienzo"
NO_FIELD = "una línea que no es cabecera entre las cabeceras: el texto empieza con ella"
NAMELESS = "una cabecera sin nombre: se dejó fuera"
CONTROLS = "caracteres de control en las cabeceras: se quitaron"
ENDS = "finales de línea mezclados"
ONLY_CR = "líneas terminadas solo en CR"
BEFORE = "algo delante de la primera cabecera: se saltó"
WORDS = "palabras codificadas dañadas o cortadas en las cabeceras"
GUESSED = "cabeceras con letras sin codificar, leídas como cp1252"


@dataclass(frozen=True)
class Headers:
    """Fields as (name in lower case, raw value) in wire order."""

    fields: tuple[tuple[str, bytes], ...]

    @cached_property
    def by_name(self) -> Mapping[str, tuple[bytes, ...]]:
        found: dict[str, list[bytes]] = {}
        for name, value in self.fields:
            found.setdefault(name, []).append(value)
        return {name: tuple(values) for name, values in found.items()}

    def all(self, name: str) -> tuple[bytes, ...]:
        return self.by_name.get(name, ())

    def first(self, name: str) -> bytes:
        """The raw value of the topmost field of this name, b"" if there is none (hazard 39)."""
        return self.by_name.get(name, (b"",))[0]

    def text(self, name: str) -> str:
        return text(self.first(name))

    def decoded(self, notes: list[str] | None = None) -> "Decoded":
        """Every field as people read it; what was wrong in those that people write goes to `notes`."""
        names = (name for name in self.by_name if name in _FOR_PEOPLE)
        read = {name: tuple(text(value, notes) for value in self.by_name[name]) for name in names}
        return Decoded(self.by_name, read)


class Decoded(Mapping[str, tuple[str, ...]]):
    """Fields by name, as people read them; what nobody asks for is not decoded: most of what servers add."""

    def __init__(self, raw: Mapping[str, tuple[bytes, ...]], read: dict[str, tuple[str, ...]]) -> None:
        self._raw, self._read = raw, read

    def __getitem__(self, name: str) -> tuple[str, ...]:
        if name not in self._read:
            self._read[name] = tuple(map(text, self._raw[name]))
        return self._read[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self._raw else default

    def __contains__(self, name: object) -> bool:
        return name in self._raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


def unix(raw: bytes) -> bytes:
    """A mail of the last century ends its lines with CR alone; any other is left as it is."""
    return raw if b"\n" in raw else raw.replace(b"\r", b"\n")


def begin(raw: bytes) -> int:
    """Where the first field stands."""
    found = _BEGIN.match(raw)
    return found.end() if found else 0


def read(raw: bytes, at: int, end: int) -> tuple[Headers, int, list[str]]:
    """The fields from `at` on, where the body begins, and what was wrong or too long and left out.

    A line that is no field ends the header, as for Python's own parser: the body begins with it.
    """
    written: list[tuple[bytes, bytes]] = []
    start, limit = at, min(end, at + BLOCK)
    while found := _FIELD.match(raw, at, limit):
        written.append((found[1], found[2]))
        at = found.end()
    # a field without a name is none, and ends nothing: what follows may say Auto-Submitted
    fields = [(name.decode("ascii").lower(), value[:FIELD]) for name, value in written if name]
    cut = at - start > FIELD and any(len(value) > FIELD for _, value in written)
    notes = [*_mended(raw[start:at]), *[NAMELESS] * (len(fields) < len(written))]
    if blank := _BLANK.match(raw, at, end):
        at = blank.end()
    elif limit < end and limit - at < NAME and raw.find(b"\n", at, limit) < 0:  # the block goes on
        rest = END.search(raw, limit - 1, end)
        at, cut = rest.end() if rest else end, True
    elif at < end:
        notes.append(NO_FIELD)
    return Headers(tuple(fields)), at, [*notes, *[LONG] * cut]


def _mended(block: bytes) -> Iterator[str]:
    if block.translate(None, _ALLOWED):
        yield CONTROLS
    if b"\r" in block and (block.count(b"\r") != block.count(b"\n") or NOT_CRLF.search(block)):
        yield ENDS


def of(raw: bytes) -> Headers:
    """The header of a whole mail."""
    raw = unix(raw)
    return read(raw, begin(raw), len(raw))[0]


def text(value: bytes, notes: list[str] | None = None) -> str:
    """A raw value as people read it: decoded, unfolded, one line, no control characters (hazards 24, 26)."""
    if value.isascii() and b"=?" not in value:
        return line(value.decode("ascii"))
    return line(words(octets(value, notes), notes))


def octets(value: bytes, notes: list[str] | None = None) -> str:
    """A raw value as text with its encoded words untouched; 8-bit senders mean UTF-8, else cp1252."""
    written, guess = charset.decode(value)
    if notes is not None and guess == "cp1252":
        notes.append(GUESSED)
    return written


def line(written: str) -> str:
    """One line: white space is one blank, and no character in it can end a header or a line of the log."""
    written = " ".join(written.split())
    if written.isprintable():  # composing its letters, `tidy` could bring in no other sign
        return charset.tidy(written)
    return " ".join(charset.tidy(written).translate(_BIDI).split())


def words(written: str, notes: list[str] | None = None) -> str:
    """Encoded words decoded once. Neighbours are joined before decoding: a character may be cut in two."""
    if "=?" not in written:
        return written
    notes = [] if notes is None else notes
    pieces: list[str] = []
    held: list[bytes] = []
    name, at = "", 0
    for found in _WORD.finditer(written):
        between = written[at : found.start()]
        if between.strip() or not held or found[1].lower() != name:
            pieces.append(_joined(held, name, notes))
            held.clear()
        if between.strip() or not at:
            pieces.append(between)
        name, at = found[1].lower(), found.end()
        held.append(_word(found[2], found[3], notes))
    pieces += [_joined(held, name, notes), written[at:]]
    if _NO_WORD.search(written[at:]):
        notes.append(WORDS)
    return "".join(pieces)


def _joined(held: list[bytes], name: str, notes: list[str]) -> str:
    written, guess = charset.untidy(b"".join(held), name)
    if guess or (len(held) > 1 and any(charset.untidy(piece, name)[1] for piece in held)):
        notes.append(WORDS)
    if not written.isprintable() and _UNWANTED.search(written):
        notes.append(CONTROLS)
    return charset.tidy(written)


def _word(encoding: str, written: str, notes: list[str]) -> bytes:
    data = written.encode("utf-8", "ignore")
    if encoding in "qQ":
        return binascii.a2b_qp(data, header=True)
    found, wrong = transfer.base64(data)
    notes += [WORDS] * bool(wrong)
    return found
