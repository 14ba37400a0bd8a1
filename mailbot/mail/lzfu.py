"""Compressed RTF as Outlook packs it into a winmail.dat ([MS-OXRTFCP])."""

import struct
import zlib

#: octets that are unpacked; what is behind is not read
LENGTH = 1024 * 1024

_HEADER = struct.Struct("<II4sI")
_REFERENCE = struct.Struct(">H")
#: the octets behind the first field are counted by it
_UNCOUNTED = 4
_WINDOW = 4096
#: §2.1.2.1: what the window holds at first; the rest of it is nothing that a writer may refer to
_KNOWN = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor "
    rb"MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def unpack(packed: bytes | memoryview) -> bytes | None:
    """The RTF, as far as `LENGTH`; None where it is damaged: a sum that is wrong, an end that lacks."""
    if len(packed) < _HEADER.size:
        return None
    counted, size, kind, total = _HEADER.unpack_from(packed)
    data = bytes(packed[_HEADER.size : counted + _UNCOUNTED])
    if len(data) != counted + _UNCOUNTED - _HEADER.size:
        return None
    if kind == b"MELA":
        return data[: min(size, LENGTH)]
    # §2.1.3.2: the sum of everybody else, begun and ended with zeros instead of ones
    if kind != b"LZFu" or zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF != total:
        return None
    return _unpacked(data, min(size, LENGTH))


def _unpacked(data: bytes, size: int) -> bytes:
    """§2.2.2: eight tokens behind each octet of flags, a literal or a place in the window and a length."""
    found = bytearray(_WINDOW) + _KNOWN
    first, at = len(found), 0
    while at < len(data) and len(found) - first < size:
        flags, at = data[at], at + 1
        for bit in range(8):
            if not flags >> bit & 1:
                found += data[at : at + 1]
                at += 1
            elif at + _REFERENCE.size > len(data) or not _repeat(found, _REFERENCE.unpack_from(data, at)[0]):
                return bytes(found[first : first + size])
            else:
                at += _REFERENCE.size
    return bytes(found[first : first + size])


def _repeat(found: bytearray, reference: int) -> bool:
    """Twelve bits name the place, four the length less two; the place of the next octet says: the end."""
    back = (len(found) - (reference >> 4)) % _WINDOW
    length = (reference & 15) + 2
    if back:
        piece = found[-back:][:length] if back > length else found[-back:]
        found += (piece * length)[:length]
    return back > 0
