"""Octets of a mail: in memory, or somewhere else, read a piece at a time."""

from typing import Protocol


class Octets(Protocol):
    """What `bytes` are one kind of; the others are too many to be held (hazard 43). The same at each reading."""

    def __len__(self) -> int: ...

    def __getitem__(self, piece: slice, /) -> bytes:
        """From `start` to `stop`, without a step."""
        ...
