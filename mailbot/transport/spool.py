"""A large message in a file without a name, which ends with the object or with the process."""

import weakref
from contextlib import suppress
from io import BytesIO, FileIO
from tempfile import TemporaryFile


class Spool:
    """Octets, read a piece at a time (`mail.octets`). In the folder that TMPDIR names; nobody else may read it.

    In memory where no file can be written: that must stop no mail.
    """

    def __init__(self) -> None:
        self._size = 0
        self._file: FileIO | BytesIO = BytesIO()
        with suppress(OSError):
            self._file = TemporaryFile(prefix="mailbot-", buffering=0)  # noqa: SIM115 - it outlives this function
        self._close = weakref.finalize(self, self._file.close)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, piece: slice, /) -> bytes:
        start, stop, _ = piece.indices(self._size)
        self._file.seek(start)
        return self._file.read(max(0, stop - start))

    def write(self, octets: bytes) -> None:
        """To its end."""
        try:
            self._append(octets)
        except OSError:
            held = BytesIO(self[:])
            self._close()
            self._file = held
            self._append(octets)
        self._size += len(octets)

    def _append(self, octets: bytes) -> None:
        self._file.seek(self._size)
        rest = memoryview(octets)
        while rest:
            rest = rest[self._file.write(rest) :]
