"""Rules added at the end of config.toml: all or nothing, only if the whole is then right, with a copy of what was."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from mailbot.config.check import check
from mailbot.config.load import ConfigError
from mailbot.values import Problem


class ChangedMeanwhile(RuntimeError):
    """Somebody saved the file while it was being examined; in Spanish."""


def append(path: Path, text: str) -> tuple[Path, tuple[Problem, ...]]:
    """Write `text` at the end of the file; what was there stays byte for byte, and also in `config.toml.bak`.

    The copy's path and the warnings about what was added. Raises ConfigError with what would be wrong then, or
    is now: the file is as it was. Raises OSError, ChangedMeanwhile.
    """
    path = path.resolve()  # a link stays one
    before = path.read_bytes()
    after = _joined(before, text)
    with _beside(path, after) as new:
        problems = [replace(p, file=str(path)) if p.file == str(new) else p for p in check(new)]
        if errors := [p for p in problems if p.level == "error"]:
            raise ConfigError(errors)
        if path.read_bytes() != before:
            raise ChangedMeanwhile(f"{path} cambió mientras se revisaba: repita la orden")
        copy = path.with_name(f"{path.name}.bak")
        with _beside(path, before) as old:
            os.replace(old, copy)
        os.replace(new, path)
    first = before.count(b"\n") + 1
    return copy, tuple(p for p in problems if p.line >= first)


def _joined(before: bytes, text: str) -> bytes:
    """With the line ends that the file has, and a blank line between."""
    end = b"\r\n" if b"\r\n" in before else b"\n"
    gap = b"" if not before else end if before.endswith(b"\n") else end * 2
    return before + gap + text.encode().replace(b"\n", end)


@contextmanager
def _beside(path: Path, content: bytes) -> Iterator[Path]:
    """A whole file in the same folder, with the same owner and mode; gone at the end unless it was renamed."""
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".toml", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, new)
        with suppress(PermissionError):
            os.chown(new, path.stat().st_uid, path.stat().st_gid)
        yield new
    finally:
        new.unlink(missing_ok=True)
