"""Mutated mails: of the same seed and number, always the same bytes."""

import base64
import quopri
import re
from collections.abc import Callable, Sequence
from random import Random

from fuzz import nasty

#: octets; a few are larger, most much smaller
LONGEST = 256 * 1024

Mutation = Callable[[bytes, Random], bytes]


def mutant(seeds: Sequence[bytes], seed: int, number: int) -> bytes:
    """One to six mutations of a seed, mostly few: what is hardly hurt comes furthest."""
    dice = Random(f"{seed}:{number}")  # noqa: S311 - no secret
    raw = dice.choice(seeds)
    for _ in range(dice.choice((1, 1, 1, 2, 2, 3, 4, 6))):
        raw = _other(raw, seeds, dice) if dice.random() < 0.1 else dice.choice(MUTATIONS)(raw, dice)
        raw = raw[:LONGEST]
    return raw


def _other(raw: bytes, seeds: Sequence[bytes], dice: Random) -> bytes:
    """Two mails made one: cut and joined anywhere, or the header of one and the body of another."""
    other = dice.choice(seeds)
    match dice.randrange(3):
        case 0:
            return raw[: _place(raw, dice)] + other[_place(other, dice) :]
        case 1:
            return _parts(raw)[0] + _parts(other)[1]
    at = _place(raw, dice)
    begin, end = sorted((_place(other, dice), _place(other, dice)))
    return raw[:at] + other[begin:end] + raw[at:]


# -- bytes -----------------------------------------------------------------------------------------------


def _flip(raw: bytes, dice: Random) -> bytes:
    data = bytearray(raw)
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        if data:
            data[dice.randrange(len(data))] = dice.choice((dice.randrange(256), 0, 10, 13, 32, 58, 61, 255))
    return bytes(data)


def _delete(raw: bytes, dice: Random) -> bytes:
    begin, end = _chunk(raw, dice)
    return raw[:begin] + raw[end:]


def _repeat(raw: bytes, dice: Random) -> bytes:
    begin, end = _chunk(raw, dice)
    times = dice.choice((1, 1, 2, 10, 300))
    return raw[:end] + raw[begin:end][:2000] * times + raw[end:]


def _truncate(raw: bytes, dice: Random) -> bytes:
    return raw[: _place(raw, dice)]


def _insert(raw: bytes, dice: Random) -> bytes:
    at = _place(raw, dice)
    return raw[:at] + _bytes(dice.choice(nasty.VALUES), dice) + raw[at:]


def _long(raw: bytes, dice: Random) -> bytes:
    at = _place(raw, dice)
    unit = dice.choice(
        (
            b"a",
            b" ",
            b"\t",
            b"=",
            b"<",
            b">",
            b"(",
            b"\xc3\xa1",
            b"\xff",
            b"a ",
            b"a:",
            b"&lt;",
            b"=?",
            b"\n>",
            b"<b>",
        )
    )
    return raw[:at] + unit * dice.choice((80, 1000, 1000, 30_000)) + raw[at:]


def _newlines(raw: bytes, dice: Random) -> bytes:
    unix = raw.replace(b"\r\n", b"\n")
    match dice.randrange(4):
        case 0:
            return unix
        case 1:
            return unix.replace(b"\n", b"\r")
        case 2:
            return unix.replace(b"\n", b"\r\r\n")
    at = _place(raw, dice)
    return (
        raw[:at]
        + dice.choice((b"\n", b"\r", b"\r\n\r\n", b"\n\n", b"\0", b"\x0b", b"\x0c", b"\x1a"))
        + raw[at:]
    )


# -- the header ------------------------------------------------------------------------------------------


def _field(raw: bytes, dice: Random) -> bytes:
    """A nasty field, at the top or somewhere among the others."""
    fields = _fields(raw)
    fields.insert(dice.randrange(len(fields) + 1), _nasty_field(dice))
    return _whole(fields, raw)


def _replace_field(raw: bytes, dice: Random) -> bytes:
    """Another value under a name that is there."""
    fields = _fields(raw)
    wanted = dice.choice(list(nasty.FIELDS))
    value = _bytes(dice.choice(nasty.FIELDS[wanted]), dice)
    name = wanted.encode()
    kept = [one for one in fields if not one.lower().startswith(name.lower() + b":")]
    kept.insert(dice.randrange(len(kept) + 1), name + b": " + value + b"\r\n")
    return _whole(kept, raw)


def _spoil_field(raw: bytes, dice: Random) -> bytes:
    """Something nasty within a value."""
    fields = _fields(raw)
    if not fields:
        return raw
    n = dice.randrange(len(fields))
    at = max(fields[n].find(b":") + 1, _place(fields[n], dice))
    fields[n] = fields[n][:at] + _bytes(dice.choice(nasty.VALUES), dice) + fields[n][at:]
    return _whole(fields, raw)


def _shuffle_fields(raw: bytes, dice: Random) -> bytes:
    fields = _fields(raw)
    if not fields:
        return raw
    match dice.randrange(3):
        case 0:
            dice.shuffle(fields)
        case 1:
            del fields[dice.randrange(len(fields))]
        case _:
            fields *= dice.choice((2, 2, 3, 40))
    return _whole(fields, raw)


def _encode_subject(raw: bytes, dice: Random) -> bytes:
    """The subject as encoded words, rightly or not."""
    text = dice.choice(("La impresora no imprime", "Olvidé mi contraseña", *nasty.VALUES))
    charset = dice.choice(nasty.CHARSETS)
    data = text.encode("utf-8", "surrogatepass")
    pieces = [data[n : n + 20] for n in range(0, len(data), 20)]
    if dice.random() < 0.5:
        words = [b"=?%b?B?%b?=" % (_bytes(charset, dice), base64.b64encode(piece)) for piece in pieces]
    else:
        words = [
            b"=?%b?q?%b?=" % (_bytes(charset, dice), quopri.encodestring(piece, header=True))
            for piece in pieces
        ]
    line = b"Subject: " + dice.choice((b" ", b"", b"\r\n ", b"\r\n\t", b" x ")).join(words) + b"\r\n"
    return _whole([line, *(f for f in _fields(raw) if not f.lower().startswith(b"subject:"))], raw)


# -- the structure ---------------------------------------------------------------------------------------


def _wrap(raw: bytes, dice: Random) -> bytes:
    """The mail within a multipart, or many, one in another."""
    header, body = _parts(raw)
    inner = b"".join(f for f in _fields(raw) if f.lower().startswith(b"content-"))
    rest = b"".join(f for f in _fields(raw) if not f.lower().startswith(b"content-"))
    part = inner + b"\r\n" + body
    for n in range(dice.choice((1, 1, 2, 5, 60, 110))):
        mark = dice.choice((b"b%d" % n, b"b", b"b" * 71, b"="))
        kind = dice.choice((b"mixed", b"alternative", b"related", b"report", b"signed", b"digest", b"x"))
        parts = [part, *(_part(dice) for _ in range(dice.choice((0, 0, 1, 1, 2))))]
        dice.shuffle(parts)
        end = dice.choice((b"--", b"--", b"--", b""))
        inside = (
            b"".join(b"--" + mark + b"\r\n" + one + b"\r\n" for one in parts) + b"--" + mark + end + b"\r\n"
        )
        part = b'Content-Type: multipart/%b; boundary="%b"\r\n\r\n' % (kind, mark) + inside
    return rest + part if header else part


def _part(dice: Random) -> bytes:
    head = b"".join(
        b"%b: %b\r\n" % (name.encode(), _bytes(dice.choice(nasty.FIELDS[name]), dice))
        for name in ("Content-Type", "Content-Transfer-Encoding", "Content-Disposition")
        if dice.random() < 0.6
    )
    return head + b"\r\n" + _prose(dice)


def _attach(raw: bytes, dice: Random) -> bytes:
    """Another mail as message/rfc822 beside what the person wrote."""
    rest = b"".join(f for f in _fields(raw) if not f.lower().startswith(b"content-"))
    return (
        rest
        + b"Content-Type: multipart/mixed; boundary=adj\r\n\r\n--adj\r\n\r\n"
        + _prose(dice)
        + b"\r\n--adj\r\nContent-Type: message/rfc822\r\n\r\n"
        + raw
        + b"\r\n--adj--\r\n"
    )


def _body(raw: bytes, dice: Random) -> bytes:
    """Another text, in a charset and an encoding that may lie."""
    text = _prose(dice)
    charset, encoding = dice.choice(nasty.CHARSETS), dice.choice(nasty.ENCODINGS)
    match dice.randrange(4):
        case 0:
            text = base64.encodebytes(text)[dice.choice((0, 0, 1)) :]
        case 1:
            text = quopri.encodestring(text)
        case 2:
            text = text.decode("utf-8", "replace").encode(
                dice.choice(("utf-16", "cp1252", "utf-7", "utf-8")), "ignore"
            )
    kind = dice.choice((b"plain", b"plain", b"html"))
    fields = [f for f in _fields(raw) if not f.lower().startswith(b"content-")]
    fields.append(b"Content-Type: text/" + kind + b"; charset=" + _bytes(charset, dice) + b"\r\n")
    fields.append(b"Content-Transfer-Encoding: " + _bytes(encoding, dice) + b"\r\n")
    return b"".join(fields) + b"\r\n" + text


def _line(raw: bytes, dice: Random) -> bytes:
    """Lines that people write, in the body."""
    header, body = _parts(raw)
    breaks = [match.end() for match in re.finditer(rb"\n", body)][:400]
    at = dice.choice((0, *breaks[:1], *breaks))
    return header + body[:at] + _prose(dice) + b"\r\n" + body[at:]


MUTATIONS: tuple[Mutation, ...] = (
    _flip,
    _flip,
    _delete,
    _repeat,
    _truncate,
    _insert,
    _insert,
    _long,
    _newlines,
    _field,
    _field,
    _replace_field,
    _replace_field,
    _spoil_field,
    _spoil_field,
    _shuffle_fields,
    _encode_subject,
    _wrap,
    _attach,
    _body,
    _line,
    _line,
)


# -- in common -------------------------------------------------------------------------------------------


def _place(raw: bytes, dice: Random) -> int:
    return dice.randrange(len(raw) + 1)


def _chunk(raw: bytes, dice: Random) -> tuple[int, int]:
    """A piece of the mail: some bytes, or whole lines."""
    at = _place(raw, dice)
    if dice.random() < 0.5:
        return at, min(len(raw), at + dice.choice((1, 2, 8, 50, 400)))
    begin = raw.rfind(b"\n", 0, at) + 1
    end = begin
    for _ in range(dice.choice((1, 1, 2, 5))):
        end = raw.find(b"\n", end) + 1 or len(raw)
    return begin, end


def _parts(raw: bytes) -> tuple[bytes, bytes]:
    found = re.search(rb"\r?\n\r?\n", raw)
    return (raw[: found.end()], raw[found.end() :]) if found else (raw, b"")


def _fields(raw: bytes) -> list[bytes]:
    """Whole fields, folded lines together, the blank line left out."""
    lines = _parts(raw)[0].rstrip(b"\r\n").splitlines(keepends=True)
    fields: list[bytes] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] += line
        else:
            fields.append(line)
    return [one if one.endswith((b"\n", b"\r")) else one + b"\r\n" for one in fields]


def _whole(fields: list[bytes], raw: bytes) -> bytes:
    return b"".join(fields) + b"\r\n" + _parts(raw)[1]


def _nasty_field(dice: Random) -> bytes:
    name = dice.choice(list(nasty.FIELDS))
    return b"%b: %b\r\n" % (name.encode(), _bytes(dice.choice(nasty.FIELDS[name]), dice))


def _prose(dice: Random) -> bytes:
    chosen = [dice.choice(nasty.LINES + nasty.VALUES) for _ in range(dice.choice((1, 2, 4, 8)))]
    return b"\r\n".join(_bytes(line, dice) for line in chosen)


def _bytes(text: str, dice: Random) -> bytes:
    """UTF-8 mostly; else as somebody's old program writes it."""
    charset = dice.choice(("utf-8", "utf-8", "utf-8", "cp1252", "utf-16le"))
    return text.encode(
        "utf-8" if text.isascii() else charset, "surrogatepass" if charset == "utf-8" else "ignore"
    )
