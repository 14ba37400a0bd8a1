"""A mail that is not in memory, for the tests: it gives what it is asked for, and remembers how much that was."""


class Elsewhere:
    """`most`: octets that were asked for at once, at most."""

    def __init__(self, raw: bytes) -> None:
        self._raw, self.most = raw, 0

    def __len__(self) -> int:
        return len(self._raw)

    def __getitem__(self, piece: slice, /) -> bytes:
        found = self._raw[piece]
        self.most = max(self.most, len(found))
        return found
