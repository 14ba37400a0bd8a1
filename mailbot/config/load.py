"""Find config.toml and read it: the whole of it is right, or everything that is wrong is said at once."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from mailbot.config import faults, references, shape
from mailbot.config.model import Config
from mailbot.config.problem import Finding, Loc, lines, written
from mailbot.config.syntax import parse
from mailbot.values import Problem

VARIABLE = "MAILBOT_CONFIG"
USUAL = (Path("config.toml"), Path("/etc/mailbot/config.toml"))

#: octets; fifty thousand keywords are a tenth of it
MOST = 16_000_000


class ConfigError(Exception):
    """config.toml cannot be used as it is; `problems` has them all, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(lines(self.problems))


def find(cli: Path | None = None) -> Path:
    """`--config`, `MAILBOT_CONFIG`, ./config.toml, /etc/mailbot/config.toml; the first two need not exist.

    Raises ConfigError that lists where it looked.
    """
    if cli is not None:
        return cli
    if named := os.environ.get(VARIABLE):
        return Path(named)
    for path in USUAL:
        if os.path.isfile(path):  # also where a folder may not be entered
            return path
    looked = ", ".join(["--config", VARIABLE, *(absolute(path) for path in USUAL)])
    hint = "use --config ARCHIVO, o ejecute mailbot en la carpeta de config.toml"
    raise ConfigError([Problem(f"no se encontró config.toml; se buscó en: {looked}", hint)])


def absolute(path: Path) -> str:
    """As it is written, if the folder in which we are was deleted."""
    try:
        return os.path.abspath(path)
    except FileNotFoundError:
        return str(path)


def content_of(path: Path) -> bytes:
    """Raises OSError, also for what has no end, such as a pipe, and for what is too large to be meant."""
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with closing(os.fdopen(file, "rb")) as opened:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(errno.ENODEV, "", str(path))
        content = opened.read(MOST + 1)
    if len(content) > MOST:
        raise OSError(errno.EFBIG, "", str(path))
    return content


def load(path: Path, *, home: Path | None = None) -> Config:
    """The config, whole and valid. Relative paths start from `home`, by default the folder of the file.

    Raises ConfigError with every error; warnings are for `check`.
    """
    config, problems = examine(path, home=home)
    if errors := [problem for problem in problems if problem.level == "error"]:
        raise ConfigError(errors)
    assert config is not None  # noqa: S101 - no config comes with at least one error
    return config


def examine(path: Path, *, home: Path | None = None) -> tuple[Config | None, tuple[Problem, ...]]:
    """The config and all errors and warnings of both stages, in the order of the file.

    With errors the config is good for nothing but further examination.
    """
    try:
        content = content_of(path)
    except OSError as error:
        return None, (_unreadable(path, error),)
    tables, text, problems = parse(content, str(path))
    if problems:
        return None, tuple(problems)
    home = (home or path.parent).absolute()
    config, findings = shape.read(tables, home)
    if config:
        read = {"source": path, "content": content, "digest": digest_of(content)}
        config = config.model_copy(update=read)
        findings += _undoubted(references.findings(config), findings)
    return config, located(findings, text, path)


def digest_of(content: bytes) -> str:
    """What a config is told by: the first 12 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(content).hexdigest()[:12]


def located(findings: Iterable[Finding], text: str, path: Path) -> tuple[Problem, ...]:
    """Each finding with its line, in the order of the file."""
    findings = list(findings)
    if not findings:
        return ()
    from mailbot.config.positions import Positions  # noqa: PLC0415 - only where there is something to explain

    positions = Positions(text)
    problems = []
    for found in findings:
        line, column = positions.of(found.at, key=found.at_key)
        problems.append(
            Problem(found.message, found.hint, written(found.at), str(path), line, column, found.level)
        )
    return tuple(sorted(problems, key=lambda problem: (problem.line, problem.column)))


def _undoubted(found: Iterable[Finding], shaped: Iterable[Finding]) -> Iterator[Finding]:
    """Leave out what may only seem wrong because a key beside it could not be read."""
    doubtful: set[Loc] = set()
    for finding in shaped:
        doubtful |= {finding.at[:n] for n in range(1, len(finding.at) + 1)}
    return (finding for finding in found if finding.at not in doubtful)


def _unreadable(path: Path, error: OSError) -> Problem:
    match error:
        case FileNotFoundError():
            message, hint = (
                "no existe el archivo",
                "revise la ruta, o use --config ARCHIVO; el primero lo escribe «mailbot init»",
            )
        case PermissionError():
            message, hint = (
                "no hay permiso para leer el archivo",
                f"sudo chmod 644 {path}; las contraseñas no van en él",
            )
        case IsADirectoryError():
            message, hint = "es una carpeta, no un archivo", f"--config {path / 'config.toml'}"
        case OSError(errno=errno.ENODEV | errno.EFBIG):
            message, hint = faults.said(error), "config.toml es un archivo de texto: use --config ARCHIVO"
        case _:
            message, hint = f"no se pudo leer el archivo ({faults.said(error)})", "revise el disco"
    return Problem(message, hint, file=str(path))
