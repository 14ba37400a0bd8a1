"""What can be read as text: of alternatives the plain one, HTML where there is nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from mailbot.mail import charset, headers, html, lzfu, rtf, uuencode
from mailbot.mail.attachments import ENVELOPE, opened
from mailbot.mail.structure import Part

#: of one mail, so many octets are read as text
LENGTH = 1024 * 1024

_QUOTE = re.compile(r">*")


def read(root: Part, notes: list[str]) -> str:
    """The text of the message; attached messages and files give none. What was guessed or cut goes to `notes`.

    Outlook may put it into a winmail.dat alone.
    """
    written = _Reader(notes).text(root)
    return written if written.strip() else _in_envelope(root, notes) or written


def _in_envelope(root: Part, notes: list[str]) -> str:
    envelope = next((found for leaf in root.leaves if (found := opened(leaf))), None)
    if envelope is None:
        return ""
    written = envelope.text or html.to_text(envelope.html)
    if not written and envelope.rtf:
        unpacked = lzfu.unpack(envelope.rtf)
        if unpacked is None:
            notes.append(f"{ENVELOPE}: su texto (RTF comprimido) está dañado y no se leyó")
        written = rtf.to_text(unpacked or b"")
    if written.strip():
        notes.append(f"texto leído de {ENVELOPE}")
    return written


@dataclass(slots=True)
class _Reader:
    notes: list[str]
    left: int = LENGTH

    def text(self, part: Part) -> str:
        if not part.parts:
            return self.leaf(part) if part.is_text else ""
        if part.type == "multipart/alternative":
            return next((text for text in map(self.text, _alternatives(part)) if text.strip()), "")
        return "\n".join(text for text in map(self.text, part.parts) if text.strip())

    def leaf(self, part: Part) -> str:
        data = self.octets(part)
        if len(data) > self.left:
            data = data[: self.left]
            self.notes.append("texto muy largo: se leyó su comienzo")
        self.left -= len(data)
        declared = part.params.get("charset", "")
        text, guess = charset.untidy(data, declared)
        if guess:
            self.notes.append(f"texto declarado como {declared or 'nada'!r}, leído como {guess}")
        text = self.tidy(text)
        if part.type == "text/html":
            return html.to_text(text)
        if part.params.get("format", "").lower() == "flowed":
            return _unflowed(text, joined=part.params.get("delsp", "").lower() == "yes")
        return text

    def octets(self, part: Part) -> bytes:
        """As many as may still be read, and at least one more if there are more."""
        if not part.uuencoded:
            return part.beginning(self.left + 1)
        return uuencode.without(*part.text_octets, part.uuencoded, self.left + 1)

    def tidy(self, text: str) -> str:
        tidy, pairs = charset.tidy(text), text.count("\r\n")
        if "\r" in text and not text.count("\r") == pairs == text.count("\n"):
            self.notes.append(headers.ENDS)
        is_same = len(tidy) == len(text) - pairs and tidy.isascii()
        if not is_same and charset.STRANGE.search(text):
            self.notes.append("caracteres de control en el texto: se quitaron")
        return tidy


def _alternatives(part: Part) -> list[Part]:
    """The plain ones in their order, then the others, best last (RFC 2046 §5.1.4)."""
    plain = [inner for inner in part.parts if not _is_rich(inner)]
    return plain + [inner for inner in reversed(part.parts) if _is_rich(inner)]


def _is_rich(part: Part) -> bool:
    return any(leaf.type == "text/html" for leaf in part.leaves)


def _unflowed(text: str, *, joined: bool) -> str:
    """Lines that end in a blank go on in the next line of the same quote depth (RFC 3676 §4)."""
    whole = StringIO()
    begins, open_depth = "", -1
    for line in _lines(text):
        depth = len(_QUOTE.match(line)[0])  # type: ignore[index]
        written = line[depth:].removeprefix(" ")
        if depth != open_depth or written == "-- ":
            whole.write(begins + ">" * depth + " " * (depth > 0))
        begins = "\n"
        open_depth = depth if written.endswith(" ") and written != "-- " else -1
        whole.write(written[:-1] if open_depth >= 0 and joined else written)
    return whole.getvalue()


def _lines(text: str) -> Iterator[str]:
    """One after the other: a million short ones at once are sixty times the text."""
    at = 0
    while at <= len(text):
        end = text.find("\n", at)
        end = end if end >= 0 else len(text)
        yield text[at:end]
        at = end + 1
