"""What can be read as text: of alternatives the plain one, HTML where there is nothing else."""

import re
from collections.abc import Iterator

from mailbot.mail import charset
from mailbot.mail.html import to_text
from mailbot.mail.structure import Part

#: of one part, so many octets are read as text
LENGTH = 1024 * 1024

_QUOTE = re.compile(r">*")


def read(part: Part, notes: list[str]) -> str:
    """The text of this part and those in it; attached messages and files give none. Guesses go to `notes`."""
    if not part.parts:
        return _leaf(part, notes) if part.is_text else ""
    if part.type == "multipart/alternative":
        return next((text for text in _alternatives(part, notes) if text.strip()), "")
    texts = (read(inner, notes) for inner in part.parts)
    return "\n".join(text for text in texts if text.strip())


def _alternatives(part: Part, notes: list[str]) -> Iterator[str]:
    """The plain ones in their order, then the others, best last (RFC 2046 §5.1.4)."""
    rich = [any(leaf.type == "text/html" for leaf in inner.leaves) for inner in part.parts]
    plain = [inner for inner, is_rich in zip(part.parts, rich, strict=True) if not is_rich]
    others = [inner for inner, is_rich in zip(part.parts, rich, strict=True) if is_rich]
    return (read(inner, notes) for inner in (*plain, *reversed(others)))


def _leaf(part: Part, notes: list[str]) -> str:
    data = part.content
    if len(data) > LENGTH:
        data = data[:LENGTH]
        notes.append("texto muy largo: se leyó su comienzo")
    declared = part.params.get("charset", "")
    text, guess = charset.decode(data, declared)
    if guess:
        notes.append(f"texto declarado como {declared or 'nada'!r}, leído como {guess}")
    if part.type == "text/html":
        return to_text(text)
    if part.params.get("format", "").lower() == "flowed":
        return _unflowed(text, joined=part.params.get("delsp", "").lower() == "yes")
    return text


def _unflowed(text: str, *, joined: bool) -> str:
    """Lines that end in a blank go on in the next line of the same quote depth (RFC 3676 §4)."""
    lines: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(_QUOTE.match(line)[0])  # type: ignore[index]
        written = line[depth:].removeprefix(" ")
        if depth == open_depth and written != "-- ":
            lines[-1] += written
        else:
            lines.append(">" * depth + (" " if depth else "") + written)
        open_depth = depth if written.endswith(" ") and written != "-- " else -1
        if open_depth >= 0 and joined:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)
