"""Lists of addresses as admins write them: `ana@mesa.example`, `*@mesa.example`."""

from collections.abc import Iterable
from functools import lru_cache

import re2  # type: ignore[import-untyped]

from mailbot.rules import patterns


def matches(wanted: Iterable[str], email: str) -> bool:
    """Whether one of `wanted` is this addr-spec, in any case; `*` stands for any characters, also none."""
    return _matches(tuple(wanted), email)


@lru_cache(maxsize=2**14)
def _matches(wanted: tuple[str, ...], email: str) -> bool:
    """The same people write every day."""
    return any(_compiled(address.strip()).fullmatch(email.strip()) for address in wanted)


@lru_cache(maxsize=4096)
def _compiled(wanted: str) -> patterns.Pattern:
    return patterns.compile(".*".join(re2.escape(piece) for piece in wanted.split("*")))
