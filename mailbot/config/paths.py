"""Where things are kept: the database, the state folder, the admin's templates."""

import os
import re
import tomllib
from contextlib import suppress
from pathlib import Path

from mailbot.config.load import absolute, content_of
from mailbot.config.model import Config

#: what systemd (`StateDirectory=`) sets
STATE = "STATE_DIRECTORY"
FILE = "mailbot.sqlite3"
DATABASE_LINE = re.compile(r"""^\s*(?:service\s*\.\s*)?database\s*=\s*["']([^"'\n]+)["']""", re.MULTILINE)


def database_url(config: Config) -> str:
    """A URL as it stands, or the absolute path of the SQLite file."""
    return _database(config.service.database, config.home)


def state_folder(config: Config) -> Path:
    """The folder of the SQLite file; of another database, $STATE_DIRECTORY or `var/` beside config.toml."""
    return _folder_of(database_url(config), config.home)


def state_folders(broken: Path) -> list[Path]:
    """Where the state of a config that cannot be read may be, the likeliest first."""
    home = Path(os.path.dirname(absolute(broken)))
    guesses = [_folder_of(_database(_database_of(broken), home), home), _default_folder(home), home / "var"]
    return list(dict.fromkeys(guesses))


def give(path: Path) -> None:
    """What root makes in the service's folder is the service's, as SQLite does it with what it puts beside a file."""
    if os.geteuid() == 0:
        folder = path.parent.stat()
        with suppress(OSError):
            os.chown(path, folder.st_uid, folder.st_gid)


def templates_folder(config: Config) -> Path | None:
    """The folder whose templates win over the packaged ones."""
    return config.home / config.replies.templates if config.replies.templates else None


def _database(written: str, home: Path) -> str:
    path = written.removeprefix("sqlite:///") or str(_default_folder(home) / FILE)
    return path if "://" in path else str(home / path)


def _default_folder(home: Path) -> Path:
    """systemd separates several folders by colons; the first is ours."""
    state = os.environ.get(STATE, "").split(":")[0]
    return Path(state) if state else home / "var"


def _folder_of(url: str, home: Path) -> Path:
    return _default_folder(home) if "://" in url else Path(url).parent


def _database_of(broken: Path) -> str:
    """What `service.database` says in a file that does not load, as far as it can be told."""
    try:
        text = content_of(broken).decode("utf-8", errors="replace")
    except OSError:
        return ""
    try:
        service = tomllib.loads(text).get("service")
        database = service.get("database") if isinstance(service, dict) else ""
        return database if isinstance(database, str) else ""
    except (ValueError, RecursionError):
        match = DATABASE_LINE.search(text)
        return match[1] if match else ""
