"""winmail.dat opened: Outlook's own envelope around a mail's text and files ([MS-OXTNEF]; hazard 46, lesson 32).

Nothing is copied, and no count or length that the envelope states is believed beyond the bytes that are there.
What it holds besides text and files (recipients, forms, fonts) is not read, nor is an envelope in an envelope.
"""

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from mailbot.mail import charset, headers

TYPE, SIGNATURE = "application/ms-tnef", b"\x78\x9f\x3e\x22"
#: attributes of an envelope, properties of an attribute, and files: no program writes as many
STEPS, FILES = 10_000, 100
#: in octets
TEXT, NAME = 1024 * 1024, 1024

#: [MS-OXTNEF] §2.1.3.2: attributes of the mail, and of each file behind NEW_FILE
CODEPAGE, BODY, MAIL = 0x9007, 0x800C, 0x9003
NEW_FILE, TITLE, DATA, FILE = 0x9002, 0x8010, 0x800F, 0x9005
#: [MS-OXPROPS]: PidTagBody, PidTagBodyHtml, PidTagRtfCompressed, PidTagInternetCodepage
P_BODY, P_HTML, P_RTF, P_CODEPAGE = 0x1000, 0x1013, 0x1009, 0x3FDE
#: PidTagAttachLongFilename, PidTagAttachFilename, PidTagAttachMimeTag, PidTagAttachDataBinary or …Object
P_LONG_NAME, P_NAME, P_TYPE, P_DATA = 0x3707, 0x3704, 0x370E, 0x3701

#: [MS-OXCDATA] §2.11.1: octets of a value, by its type
SIZES = {0x02: 2, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 2, 0x14: 8, 0x40: 8, 0x48: 16}
OBJECT, STRING, UNICODE, BINARY = 0x0D, 0x1E, 0x1F, 0x102
#: a flag of the type: several values; ids from here on have a name
MANY, NAMED = 0x1000, 0x8000
#: what stands before an object: which program it is for
CLASS_ID = 16

NOTHING = memoryview(b"")

_ATTRIBUTE, _PROPERTY, _NUMBER = struct.Struct("<BHHI"), struct.Struct("<HH"), struct.Struct("<I")
_TYPE = re.compile(r"[a-z]{1,40}/[a-z0-9.+-]{1,100}")

Attributes = Mapping[int, memoryview]
#: by id: type and value
Properties = Mapping[int, tuple[int, memoryview]]


@dataclass(frozen=True, slots=True)
class File:
    """A file in the envelope; `name` as its sender wrote it; `type` "" where it is not told."""

    name: str
    type: str
    data: bytes | memoryview


@dataclass(frozen=True, slots=True)
class Envelope:
    """`rtf`: the text, compressed, if it is (also) there so. `whole`: no end is missing."""

    text: str
    html: str
    rtf: memoryview
    files: tuple[File, ...]
    whole: bool


def read(data: bytes) -> Envelope | None:
    """What the envelope holds, as far as it can be read; None where this is none."""
    if not data.startswith(SIGNATURE):
        return None
    mail, files, whole = _attributes(memoryview(data))
    codepage = _codepage(mail.get(CODEPAGE, NOTHING))
    known = _properties(mail.get(MAIL, NOTHING))
    _, internet = known.get(P_CODEPAGE, (0, NOTHING))
    return Envelope(
        text=_decode(mail.get(BODY, NOTHING)[:TEXT], codepage) or _string(known, P_BODY, codepage, TEXT),
        html=_string(known, P_HTML, _codepage(internet) if internet else codepage, TEXT),
        rtf=known.get(P_RTF, (0, NOTHING))[1],
        files=tuple(found for file in files if (found := _file(file, codepage))),
        whole=whole,
    )


def _attributes(data: memoryview) -> tuple[Attributes, list[dict[int, memoryview]], bool]:
    """Those of the mail, those of each file, and whether the envelope is whole; of two alike the first counts."""
    mail: dict[int, memoryview] = {}
    files: list[dict[int, memoryview]] = []
    at = len(SIGNATURE) + 2
    for _ in range(STEPS):
        if at + _ATTRIBUTE.size > len(data):
            return mail, files, at == len(data)
        _, name, _, length = _ATTRIBUTE.unpack_from(data, at)
        at += _ATTRIBUTE.size
        if name == NEW_FILE:
            if len(files) == FILES:
                break
            files.append({})
        of = files[-1] if files and name in (TITLE, DATA, FILE) else mail
        of.setdefault(name, data[at : at + length])
        at += length + 2  # a checksum, which mends nothing
    return mail, files, False


def _properties(data: memoryview) -> Properties:
    """[MS-OXTNEF] §2.1.3.4: properties until their end, or until one that cannot be read."""
    found: dict[int, tuple[int, memoryview]] = {}
    try:
        at = _NUMBER.size
        for _ in range(min(_number(data, 0), STEPS)):
            kind, name = _PROPERTY.unpack_from(data, at)
            at = _after_name(data, at + _PROPERTY.size, name)
            at, value = _value(data, at, kind)
            found.setdefault(name, (kind, value))
    except (struct.error, KeyError):
        pass
    return found


def _after_name(data: memoryview, at: int, name: int) -> int:
    """Behind the name of a named property: an id of its owner, and a number or a padded string."""
    if name < NAMED:
        return at
    at += 16 + 2 * _NUMBER.size
    is_string = _number(data, at - 2 * _NUMBER.size)
    return at + _padded(_number(data, at - _NUMBER.size)) if is_string else at


def _value(data: memoryview, at: int, kind: int) -> tuple[int, memoryview]:
    """Where the next property begins, and the first value of this one. Raises KeyError for an unknown type."""
    several, kind = kind & MANY, kind & ~MANY
    if kind not in (OBJECT, STRING, UNICODE, BINARY):
        size = SIZES[kind]
        first = at + (_NUMBER.size if several else 0)
        length = size * _number(data, at) if several else size
        return first + _padded(length), data[first : first + size]
    count, at = _number(data, at), at + _NUMBER.size
    value = data[:0]
    for n in range(min(count, STEPS)):
        length, at = _number(data, at), at + _NUMBER.size
        value = data[at : at + length] if n == 0 else value
        at += _padded(length)
    return at, value


def _file(attributes: Attributes, codepage: str) -> File | None:
    """None for a mere reference to a file."""
    known = _properties(attributes.get(FILE, NOTHING))
    kind, value = known.get(P_DATA, (0, NOTHING))
    if kind == OBJECT:  # another mail, a drawing: DATA is then a sentence that says so
        data = value[CLASS_ID:]
    elif DATA in attributes or kind:
        data = attributes.get(DATA, value)
    else:
        return None
    title = _decode(attributes.get(TITLE, NOTHING)[:NAME], codepage)
    name = _string(known, P_LONG_NAME, codepage) or title or _string(known, P_NAME, codepage)
    said = TYPE if data[: len(SIGNATURE)] == SIGNATURE else _string(known, P_TYPE, codepage).lower()
    return File(headers.line(name), said if _TYPE.fullmatch(said) else "", data)


def _string(known: Properties, name: int, codepage: str, limit: int = NAME) -> str:
    kind, value = known.get(name, (0, NOTHING))
    return _decode(value[:limit], "utf-16-le" if kind == UNICODE else codepage)


def _decode(value: memoryview, codepage: str) -> str:
    """Strings end in a zero, which `charset` leaves out as any other control character."""
    return charset.decode(bytes(value), codepage)[0]


def _codepage(value: memoryview) -> str:
    """Windows numbers: 1252, 65001 for UTF-8, 20127 for ASCII, 28591 … 28605 for ISO 8859."""
    number = _NUMBER.unpack_from(value)[0] if len(value) >= _NUMBER.size else 1252
    if 28591 <= number <= 28605:
        return f"iso-8859-{number - 28590}"
    return {20127: "ascii", 65001: "utf-8"}.get(number, f"cp{number}")


def _number(data: memoryview, at: int) -> int:
    number: int = _NUMBER.unpack_from(data, at)[0]
    return number


def _padded(length: int) -> int:
    return length + -length % 4
