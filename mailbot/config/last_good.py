"""A bad config never stops the service (invariant 7): the last good one is kept with the database.

Its name carries a hash of the path of the file that it is a copy of, so that two configs may share one state
folder, and its last line that path: another file with a mistake must not start somebody else's service.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from mailbot.config.load import USUAL, ConfigError, absolute, digest_of, find, load
from mailbot.config.model import Config
from mailbot.config.paths import give, state_folders
from mailbot.values import Problem

NAME = "last-good-{}.toml"
#: as it was called before, of whichever config was kept last
OLD_NAME = "last-good.toml"
COPY_OF = "# copia de "


@dataclass(frozen=True, slots=True)
class Started:
    """The config to run with. With `problems` it is the last good copy, and they say why: say so loudly."""

    config: Config
    problems: tuple[Problem, ...] = ()


def keep(config: Config, state: Path) -> None:
    """Copy a config that was found good, as it was read then; the copy is whole, or stays the old one.

    One that says the same already is not written again: cron may start a round each minute. Raises OSError if it
    cannot be written.
    """
    kept, content = state / name_of(config.source), config.content + _tail(config.source)
    if not _holds(kept, content):
        _write(kept, content)
    if _is_copy(state / OLD_NAME, config.source):
        (state / OLD_NAME).unlink(missing_ok=True)


def _holds(kept: Path, content: bytes) -> bool:
    """And is ours alone."""
    try:
        return not kept.stat().st_mode & 0o077 and kept.read_bytes() == content
    except OSError:
        return False


def _write(kept: Path, content: bytes) -> None:
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=kept.parent, prefix="last-good-", delete=False) as copy:  # mode 0600
        try:
            copy.write(content)
            copy.flush()
            os.fsync(copy.fileno())
            give(Path(copy.name))
            Path(copy.name).replace(kept)
        finally:
            Path(copy.name).unlink(missing_ok=True)


def name_of(source: Path) -> str:
    return NAME.format(hashlib.sha256(os.fsencode(absolute(source))).hexdigest()[:12])


def locate(cli: Path | None) -> Path:
    """As `find`; where nothing is, one of the usual places for which a copy is kept: it was deleted there.

    Raises ConfigError.
    """
    try:
        return find(cli)
    except ConfigError:
        for path in USUAL:
            if any(_copies(path)):
                return path
        raise


def load_or_last_good(path: Path) -> Started:
    """The config at `path`; if that is broken or gone, the last good copy of it, with paths as from `path`.

    Raises ConfigError, of the file at `path`, where there is no copy of this very file that still loads.
    """
    try:
        return Started(load(path))
    except ConfigError as broken:
        for copy in _copies(path):
            try:
                return Started(_as_of(path, load(copy, home=path.parent)), broken.problems)
            except ConfigError:
                continue
        raise


def _copies(path: Path) -> Iterator[Path]:
    """Those of this very file, the likeliest first."""
    copies = (state / name for state in state_folders(path) for name in (name_of(path), OLD_NAME))
    return (copy for copy in copies if _is_copy(copy, path))


def _as_of(source: Path, copied: Config) -> Config:
    """Under the hash that its content had in the file that it is a copy of."""
    content = copied.content.removesuffix(_tail(source))
    return copied.model_copy(update={"content": content, "digest": digest_of(content)})


def _tail(source: Path) -> bytes:
    return f"\n{_mark(source)}\n".encode()


def _mark(source: Path) -> str:
    """By its name, not by what a link leads to: that changes with each release of the config."""
    return COPY_OF + absolute(source)


def _is_copy(copy: Path, source: Path) -> bool:
    try:
        *_, last = copy.read_text("utf-8").splitlines() or [""]
    except (OSError, ValueError):
        return False
    return last == _mark(source)
