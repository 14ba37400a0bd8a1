"""The tree of a message's parts, found by its boundaries in the raw bytes (RFC 2046).

Nothing is copied but headers, and nothing is read line by line: an attachment costs one search. An attached
message is one part; what is inside it belongs to another mail (hazards 36, 41).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from itertools import islice

from mailbot.mail import charset, headers, transfer, uuencode
from mailbot.mail.headers import Headers
from mailbot.mail.octets import Octets
from mailbot.mail.shortened import Shortened, find, to_parse

DEPTH, PARTS = 100, 1000
#: of a Content-Type or Content-Disposition, so much is read
PARAMETERS = 8 * 1024
#: most name no more than one of a few charsets: fields that are remembered, and the octets of one at most
REMEMBERED, SHORT = 256, 128

_TYPE = re.compile(r"\s*([^\s/;]+/[^\s/;,]+)")
_PARAMETER = re.compile(r""";\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*(?:"|\Z)|[^;]*)""", re.DOTALL)
_EXTENDED = re.compile(r"([^*]+)\*(?:(\d{1,3})(\*)?)?")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
#: the line that parts, where the body begins with it and nothing names it
_UNNAMED = re.compile(rb"\s{0,20}--([^\s-][^\r\n]{0,69})\r?\n")
_MARK_ENDS = re.compile(rb"(--)?[ \t]{0,200}(?:\r?\n|\Z)")
#: what people write; any other kind of text is a file
TEXT = ("text/plain", "text/html", "text/markdown")


#: what was mended of the parts
NO_TYPE = "Content-Type que no se entiende: se tomó por texto"
NO_END = "falta el último límite entre las partes"
FOLDERS = "nombre de archivo con carpetas o demasiado largo: se acortó"
BAD_NAME = "nombre de archivo mal codificado: se leyó lo que se pudo"


class Unreadable(ValueError):
    """This mail cannot be read at all; the reason is for an admin, in Spanish."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its header, and where its body stands in the raw message."""

    raw: bytes = field(repr=False)
    headers: Headers
    type: str
    params: Mapping[str, str]
    start: int
    end: int
    parts: tuple["Part", ...] = ()
    #: the whole message is this part
    alone: bool = False
    #: where what is mended while the part is read is told
    notes: list[str] = field(default_factory=list, repr=False, compare=False)
    #: files written into the content of this text
    uuencoded: tuple[uuencode.File, ...] = ()
    #: `raw` is not all of the mail: what is missing in this part is read anew each time
    short: Shortened | None = field(default=None, repr=False, compare=False)

    @property
    def place(self) -> tuple[Octets, int, int]:
        """Where the body stands: in `raw`, or, if some of it is missing there, in the mail itself."""
        span = self.short.span(self.start, self.end) if self.short else None
        return (self.short.mail, *span) if self.short and span else (self.raw, self.start, self.end)

    @property
    def octets(self) -> bytes:
        """The body as it was sent."""
        mail, start, end = self.place
        return mail[start:end]

    @property
    def content(self) -> bytes:
        """The body with its transfer encoding undone."""
        mail, start, end = self.place
        if isinstance(mail, bytes):
            return self._decoded(mail, start, end)
        found = BytesIO()
        self._unpacked(found.write)
        return found.getvalue()

    @property
    def digest(self) -> tuple[int, str]:
        """Octets of the content, and its sha256 in hex."""
        sizes, digest = [0], sha256()

        def take(piece: bytes) -> None:
            sizes.append(len(piece))
            digest.update(piece)

        if isinstance(self.place[0], bytes):
            take(self.content)
        else:
            self._unpacked(take)
        return sum(sizes), digest.hexdigest()

    @property
    def outline(self) -> bytes:
        """The content for who reads no more of it than a header at its beginning."""
        is_as_it_is = self.encoding in transfer.AS_IT_IS
        return self.raw[self.start : self.end] if is_as_it_is else self.content

    def beginning(self, size: int) -> bytes:
        """The first `size` octets of the content, and perhaps more: quoted-printable writes three for one."""
        mail, start, end = self.place
        stop = min(end, start + 4 * size)
        if not isinstance(mail, bytes):
            mail, start, end, stop = mail[start:stop], 0, end - start, stop - start
        return self._decoded(mail, start, stop, is_whole=stop == end)

    @property
    def encoding(self) -> str:
        return headers.text(self.headers.first("content-transfer-encoding")).strip().lower()

    def _decoded(self, raw: bytes, start: int, end: int, *, is_whole: bool = True) -> bytes:
        content, wrong = transfer.decode(raw, start, end, self.encoding)
        self.notes.extend([wrong] * bool(wrong and is_whole))
        return content

    def _unpacked(self, take: Callable[[bytes], object]) -> None:
        wrong = transfer.unpack(*self.place, self.encoding, take)
        self.notes.extend([wrong] * bool(wrong))

    @property
    def disposition(self) -> str:
        return headers.text(self.headers.first("content-disposition")).partition(";")[0].strip().lower()

    @property
    def name(self) -> str:
        """The file name as its sender wrote it, without folders; "" where there is none (hazard 32)."""
        said = parameters(self.headers.first("content-disposition"), self.notes)
        own = said.get("filename") or self.params.get("name", "")
        name = file_name(own)
        if name != own.strip():
            self.notes.append(FOLDERS)
        return name

    @property
    def is_text(self) -> bool:
        """Part of what the person wrote, not a file that hangs on it."""
        return self.type in TEXT and self.disposition != "attachment" and (self.alone or not self.name)

    @property
    def may_hold_files(self) -> bool:
        """A look that costs nothing: whether uuencode may be in this text, and is not hidden in base64."""
        mail, start, end = self.place
        word = uuencode.BEGIN
        at = mail.find(word, start, end) if isinstance(mail, bytes) else find(mail, word, start, end)
        return at >= 0 and self.encoding != "base64"

    @property
    def text_octets(self) -> tuple[bytes, int, int]:
        """The content and where it stands in it: the raw message itself where nothing was encoded."""
        mail, start, end = self.place
        if isinstance(mail, bytes) and self.encoding in transfer.AS_IT_IS:
            return mail, start, end
        content = self.content
        return content, 0, len(content)

    @property
    def leaves(self) -> Iterator["Part"]:
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves


def read(mail: Octets, notes: list[str]) -> Part:
    """The message as a tree. What was cut or mended is told in `notes`; raises `Unreadable`."""
    raw, short = to_parse(mail)
    lines = headers.unix(raw)
    at = headers.begin(lines)
    top, body, mended = headers.read(lines, at, len(lines))
    notes += [*[headers.ONLY_CR] * (lines != raw), *[headers.BEFORE] * (at > 0), *mended]
    return _Reader(lines, notes, short).part(top, body, len(lines), depth=0, default="text/plain")


@dataclass(slots=True)
class _Reader:
    raw: bytes
    notes: list[str]
    short: Shortened | None
    count: int = 0

    def part(self, own: Headers, start: int, end: int, *, depth: int, default: str) -> Part:
        if depth > DEPTH:
            raise Unreadable(f"más de {DEPTH} partes una dentro de otra")
        self.count += 1
        kind, params = content_type(own.first("content-type"), default, self.notes)
        if depth == 0 and not own.first("content-type") and _unnamed(self.raw, start, end):
            kind = "multipart/mixed"
        if kind.startswith("multipart/"):
            named = params.get("boundary", "").rstrip().encode()
            inside = self.inside(kind, named, start, end, depth)
            if not inside and (
                inside := self.inside(kind, _unnamed(self.raw, start, end), start, end, depth)
            ):
                self.notes.append("partes sin un límite declarado: se separaron por el que se ve")
            if inside:
                return Part(
                    self.raw, own, kind, params, start, end, inside, False, self.notes, (), self.short
                )
            self.notes.append(f"{kind} sin partes que se puedan separar: se leyó como texto")
            kind = "text/plain"
        leaf = Part(self.raw, own, kind, params, start, end, (), depth == 0, self.notes, (), self.short)
        files = self.files(leaf) if kind == "text/plain" else ()
        return replace(leaf, uuencoded=files) if files else leaf

    def files(self, leaf: Part) -> tuple[uuencode.File, ...]:
        """Each counts as a part."""
        if not leaf.may_hold_files or not leaf.is_text:
            return ()
        found = tuple(islice(uuencode.files(*leaf.text_octets), max(0, PARTS - self.count)))
        self.count += len(found)
        if found:
            self.notes.append("archivos escritos en el texto con uuencode: se sacaron de él")
        return found

    def inside(self, kind: str, boundary: bytes, start: int, end: int, depth: int) -> tuple[Part, ...]:
        default = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        found, last = [], 0
        for at, to in sections(self.raw, start, end, boundary) if boundary else ():
            if self.count >= PARTS:
                self.notes.append(f"más de {PARTS} partes: se leyeron las primeras")
                break
            own, body, mended = headers.read(self.raw, at, to)
            self.notes += mended
            found.append(self.part(own, body, to, depth=depth + 1, default=default))
            last = to
        if last == end:
            self.notes.append(NO_END)
        return tuple(found)


def _unnamed(raw: bytes, start: int, end: int) -> bytes:
    """The boundary that the body begins with, one of whose parts has a header; b"" if there is none.

    Where the header that names it is lost, an attached mail is still nobody's own words (hazards 23, 41).
    """
    first = _UNNAMED.match(raw, start, end)
    boundary = first[1].rstrip() if first else b""
    part = re.compile(rb"^--" + re.escape(boundary) + rb"[ \t]{0,200}\r?\nContent-", re.M | re.I)
    return boundary if boundary and part.search(raw, start, end) else b""


def sections(raw: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int]]:
    """Where each part between the boundary lines begins and ends; the last end may lack (RFC 2046 §5.1.1)."""
    mark, opened = b"--" + boundary, -1
    at = raw.find(mark, start, end)
    while at >= 0:
        ends = _MARK_ENDS.match(raw, at + len(mark), end)
        if ends and (at == start or raw[at - 1] == 0x0A):
            if opened >= 0:
                yield opened, _before(raw, opened, at)
            if ends[1]:
                return
            opened = ends.end()
        at = raw.find(mark, at + len(mark), end)
    if opened >= 0:
        yield opened, end


def _before(raw: bytes, start: int, at: int) -> int:
    """The line break before a boundary belongs to the boundary."""
    if at > start and raw[at - 1] == 0x0A:
        at -= 1
    return at - 1 if at > start and raw[at - 1] == 0x0D else at


def content_type(
    value: bytes, default: str = "text/plain", notes: list[str] | None = None
) -> tuple[str, Mapping[str, str]]:
    """The type in lower case and its parameters; what is malformed is text/plain (RFC 2045 §5.2)."""
    if not value:
        return default, {}
    kind = declared(value)
    if not kind and notes is not None:
        notes.append(NO_TYPE)
    return kind or "text/plain", parameters(value, notes)


def declared(value: bytes) -> str:
    """The type in lower case that a Content-Type names, "" where it names none."""
    found = _TYPE.match(headers.octets(value[:PARAMETERS]))
    return found[1].lower() if found else ""


def parameters(value: bytes, notes: list[str] | None = None) -> Mapping[str, str]:
    """Parameters by lower-case name, unquoted and decoded (RFC 2045 §5.1, RFC 2231; RFC 2047 as Outlook does)."""
    if not value:
        return {}
    read = _known_parameters if len(value) <= SHORT else _parameters
    whole, is_damaged = read(value)
    if is_damaged and notes is not None:
        notes.append(BAD_NAME)
    return whole


def _parameters(value: bytes) -> tuple[Mapping[str, str], bool]:
    told: list[str] = []
    plain: dict[str, str] = {}
    cut: dict[str, list[tuple[int, bool, str]]] = {}
    for name, quoted in _PARAMETER.findall(headers.octets(value[:PARAMETERS], told)):
        written = _unquoted(quoted[1:].removesuffix('"')) if quoted[:1] == '"' else quoted
        if extended := "*" in name and _EXTENDED.fullmatch(name):
            piece = (int(extended[2] or 0), not extended[2] or bool(extended[3]), written.strip())
            cut.setdefault(extended[1].lower(), []).append(piece)
        else:
            plain.setdefault(name.lower(), headers.line(headers.words(written, told)))
    return plain | {name: _joined(pieces, told) for name, pieces in cut.items()}, bool(told)


_known_parameters = lru_cache(REMEMBERED)(_parameters)


def _unquoted(written: str) -> str:
    return re.sub(r"\\(.)", r"\1", written) if "\\" in written else written


def _joined(pieces: list[tuple[int, bool, str]], told: list[str]) -> str:
    """A parameter that was sent in pieces, the encoded ones as `charset'language'%41%42` (RFC 2231)."""
    pieces.sort(key=lambda piece: piece[0])
    name, data = "", b""
    if pieces[0][1] and pieces[0][2].count("'") >= 2:
        name, _, rest = pieces[0][2].split("'", 2)
        pieces[0] = (0, True, rest)
    for _, encoded, written in pieces:
        octets = written.encode()
        data += _PERCENT.sub(lambda hexa: bytes([int(hexa[1], 16)]), octets) if encoded else octets
    written, guess = charset.decode(data, name)
    if guess or [piece[0] for piece in pieces] != list(range(len(pieces))):
        told.append(BAD_NAME)
    return headers.line(written)


def file_name(written: str) -> str:
    """Without folders and short; "" for what names no file (hazard 32)."""
    name = written.replace("\\", "/").rpartition("/")[2].strip()
    if name in ("", ".", ".."):
        return ""
    stem, dot, extension = name.rpartition(".")
    return name if len(name) <= 200 else f"{(stem or name)[:180]}{dot}{extension[:19]}"
