"""`[service] watch = true`: that files were saved, by looking at them; however an editor writes them."""

import os
from collections.abc import Iterable
from pathlib import Path

#: what tells one state of a file from another: a save changes at least one of them
Signature = tuple[tuple[str, int, int, int, int], ...]


class Watch:
    """Renamed over (vim), truncated and written (nano), a link turned to another folder: all look the same here."""

    def __init__(self) -> None:
        self._seen: Signature | None = None
        self._told: Signature | None = None

    def saved(self, files: Iterable[Path]) -> bool:
        """Once for each state in which all of them were found at two looks running: nobody is still writing."""
        found = tuple(signature(path) for path in files)
        still, self._seen = found == self._seen, found
        if not still or found == self._told:
            return False
        self._told = found
        return True


def signature(path: Path) -> tuple[str, int, int, int, int]:
    """Of what a link leads to; zeros where nothing is, or nothing can be seen."""
    try:
        of = path.stat()
    except OSError:
        return str(path), 0, 0, 0, 0
    return str(path), of.st_ino, of.st_size, of.st_mtime_ns, of.st_ctime_ns


def files_of(config: Path, templates: Path | None) -> list[Path]:
    """config.toml and the admin's templates, those that are there now."""
    folders = (templates, templates / "es") if templates else ()
    own = (Path(entry) for folder in folders for entry in _listed(folder) if entry.endswith(".j2"))
    return [config, *own]


def _listed(folder: Path) -> list[str]:
    try:
        return sorted(entry.path for entry in os.scandir(folder))
    except OSError:
        return []
