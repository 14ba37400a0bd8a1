"""The border of the database: PostgreSQL takes neither NUL nor lone surrogates, SQLite would (hazard 42)."""

import hashlib
import json
from typing import Any

#: octets; an entry of PostgreSQL's indexes holds about 2,700
MOST = 1000
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)


def cleaned(value: Any) -> Any:
    """`value` with every text in it such as both databases take: without NUL, valid UTF-8."""
    match value:
        case str():
            return clean(value)
        case dict():
            return {cleaned(k): cleaned(v) for k, v in value.items()}
        case list() | tuple():
            return type(value)(map(cleaned, value))
    return value


def clean(value: Any) -> Any:
    """A text without what the databases do not take; anything else as it is."""
    if not isinstance(value, str):
        return value
    if value.isascii():
        return value.replace("\0", "") if "\0" in value else value
    return value.replace("\0", "").encode("utf-8", "ignore").decode()


def dumps(value: Any) -> str:
    """JSON; dates and paths in it become text. What needs no cleaning, nearly everything, is not taken apart."""
    written = _ENCODER.encode(value)
    is_clean = r"\u0000" not in written and clean(written) == written
    return written if is_clean else _ENCODER.encode(cleaned(value))


def key(text: str) -> str:
    """A stranger's identifier, short enough for an index: itself, or else its digest."""
    short: str = clean(text)
    return short if len(short.encode()) <= MOST else f"sha256:{hashlib.sha256(short.encode()).hexdigest()}"
