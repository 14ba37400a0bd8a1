"""Addresses out of header fields: mail-parser reads the structure, nothing but a valid addr-spec leaves here.

An address is never taken from decoded text, a comment or a quoted name (hazards 18–20, CVE-2023-27043).
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import normalize

from mailparser.utils import get_addresses  # type: ignore[import-untyped]

from mailbot.mail import headers
from mailbot.mail.message import Address

#: RFC 5321 §4.5.3.1: an address is at most this long; a name is ours to cut
LENGTH, NAME = 254, 200
#: people write again, and all of them to the same desk: fields that are remembered, and the octets of one at most
REMEMBERED, SHORT = 1024, 256

# By what they leave out: to name what they hold, all of Unicode, takes thirty times as long to compile.
_ATOM = r"[^\0- \"(),.:;<>@\[\\\]\x7f-\xa0]+"
_EDGE = r"[^\0-/:-@\[-`{-\xa0]"
_LABEL = rf"{_EDGE}(?:[^\0-,./:-@\[-^`{{-\xa0]{{0,61}}{_EDGE})?"
#: dot-atom @ domain or address literal (RFC 5322 §3.4.1, RFC 6531): quoted local parts are nobody's address
_SPEC = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f.:IPv]{{2,50}}\])")
_FOLD = re.compile(r"\r?\n(?=[ \t])")


def valid(email: str) -> bool:
    """Whether this is one addr-spec that mail can be sent to, without anything around it or hidden in it."""
    local = email.rpartition("@")[0]
    if not email.isprintable() or len(email) > LENGTH or len(local) > 64:
        return False
    return bool(_SPEC.fullmatch(email) and (email.isascii() or _SPEC.fullmatch(normalize("NFKC", email))))


def read(values: Iterable[bytes], notes: list[str]) -> tuple[Address, ...]:
    """Every valid address of the fields, once each, in order; groups are opened, the rest is left out."""
    found: dict[str, Address] = {}
    for value in values:
        listed, is_whole = (_known_list if len(value) <= SHORT else _list)(value)
        for one in listed:
            found.setdefault(one.email, one)
        if not is_whole:
            notes.append("direcciones no válidas entre los destinatarios o en Reply-To: se dejaron fuera")
    return tuple(found.values())


def _list(value: bytes) -> tuple[tuple[Address, ...], bool]:
    """The valid addresses of one field, and whether they are all that it means to hold."""
    written = _written(value)
    listed = tuple(_address(name, email) for name, email in _listed(written) if valid(email))
    return listed, written.count("@") <= len(listed) or _wanted(written) <= len(listed)


def _wanted(written: str) -> int:
    """How many addresses the field means to hold, valid or not: those in names and comments are none."""
    pieces = re.split("[,;:]", _bare(written))
    return sum(piece.rpartition("<")[2].count("@") for piece in pieces)


def sender(values: tuple[bytes, ...]) -> tuple[Address | None, str]:
    """Who wrote it, if From says so beyond doubt, and what is wrong with it otherwise (RFC 5322 §3.6.2)."""
    if len(values) != 1:
        return None, "varias cabeceras From: no se sabe quién escribe" if values else "sin cabecera From"
    return (_known_sender if len(values[0]) <= SHORT else _sender)(values[0])


def _sender(value: bytes) -> tuple[Address | None, str]:
    written = _written(value)
    found = [(name, email) for name, email in _listed(written) if email]
    bare = _bare(written)
    if len(found) != 1 or not valid(found[0][1]) or found[0][1] not in written:  # put together over a gap
        return None, "From no contiene una única dirección válida"
    if bare.count("<") > 1 or set(bare.partition("<")[0]) & set(":;") or "<@" in bare:
        return None, "From es un grupo o una ruta, no una dirección"
    return _single(written, bare, *found[0])


_known_list, _known_sender = lru_cache(REMEMBERED)(_list), lru_cache(REMEMBERED)(_sender)


def _listed(written: str) -> list[tuple[str, str]]:
    """Names and addresses; nothing where the reader of the standard library gives up on comments in comments."""
    try:
        found: list[tuple[str, str]] = get_addresses(written)
    except RecursionError:
        return []
    return found


def _single(written: str, bare: str, name: str, email: str) -> tuple[Address | None, str]:
    """One valid address was found: is it also the only one that a less careful reader would see?"""
    before, angle, after = bare.partition("<")
    before = before.strip(" \t\r\n\"'")
    if angle and "@" in before and before.lower() != email.lower():
        return None, "From nombra dos direcciones"
    if "," in bare:  # García, Ana <ana@…>
        name = headers.words(written.rpartition("<")[0])
        if not angle or "," in after or "@" in name:
            return None, "From no contiene una única dirección válida"
        return _address(name, email), "From: nombre con una coma sin comillas"
    return _address(name, email), ""


def path(value: bytes | None) -> str | None:
    """The envelope's sender out of Return-Path: "" for `<>`, None where there is none (RFC 5321 §4.4)."""
    if value is None:
        return None
    written = headers.text(value)
    inside = re.search(r"<([^<>]*)>", written)
    return (inside[1] if inside else written).strip().lower()[:LENGTH]


def _address(name: str, email: str) -> Address:
    name = headers.line(headers.words(name).replace('"', ""))
    if name[:1] == name[-1:] == "'":
        name = name[1:-1]
    return Address(email.lower(), "" if name.lower() == email.lower() else name[:NAME])


def _written(value: bytes) -> str:
    """The field's value, unfolded; no character is dropped, for the rest might then look like an address."""
    try:
        written = value.decode("utf-8")
    except UnicodeDecodeError:
        written = value.decode("cp1252", "replace")
    return _FOLD.sub("", written).strip(" \t\r\n")


def _bare(written: str) -> str:
    """The value without comments and the inside of quoted strings: what is left is structure."""
    if '"' not in written and "(" not in written and ")" not in written:
        return written
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for character in written:
        if escaped or (character == "\\" and (quoted or depth)):
            escaped = not escaped
        elif quoted or (character == '"' and not depth):
            quoted = quoted != (character == '"')
        elif character in "()":
            depth = max(0, depth + (1 if character == "(" else -1))
        elif not depth:
            kept.append(character)
    return "".join(kept)
