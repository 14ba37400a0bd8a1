"""A mail that breaks a promise, made as small as it can be in the time given."""

import time
from collections.abc import Callable

from fuzz.path import Broken, through

#: seconds; small enough is good enough
PATIENCE = 20.0


def promise_broken(raw: bytes) -> str:
    """Which promise this mail breaks, "" where it breaks none."""
    try:
        through(raw)
    except Broken as broken:
        return broken.promise
    return ""


def minimised(raw: bytes, promise: str, broken: Callable[[bytes], str] = promise_broken) -> bytes:
    """Lines are taken away as long as the same promise breaks, then bytes; halves first, then smaller pieces."""
    end = time.monotonic() + PATIENCE
    for pieces in (raw.splitlines(keepends=True), None):
        units = pieces if pieces is not None else [bytes([byte]) for byte in raw]
        raw = b"".join(_reduced(units, lambda kept: broken(b"".join(kept)) == promise, end))
    return raw


def _reduced(units: list[bytes], still: Callable[[list[bytes]], bool], end: float) -> list[bytes]:
    size = max(1, len(units) // 2)
    while True:
        at = 0
        while at < len(units) and time.monotonic() < end:
            fewer = units[:at] + units[at + size :]
            if still(fewer):
                units = fewer
            else:
                at += size
        if size == 1 or time.monotonic() >= end:
            return units
        size //= 2
