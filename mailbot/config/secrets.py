"""Passwords, read at the moment of use from where config.toml says; never logged, printed or kept."""

import os
import stat
from pathlib import Path

from mailbot.config import faults
from mailbot.config.load import content_of
from mailbot.config.model import Secret

#: where systemd (`LoadCredential=`) puts them, and what stands before their names if a folder is loaded whole
DIRECTORY, PREFIX = "CREDENTIALS_DIRECTORY", "mailbot_"


class SecretError(Exception):
    """A secret is not there or not safe; says where it was looked for and what to do (`cure`), in Spanish."""

    def __init__(self, said: str, cure: str) -> None:
        super().__init__(f"{said}; {cure}")
        self.said = said
        self.cure = cure


class FromSystemd(SecretError):
    """A credential is not there, where no systemd gives any: to the service it may."""


def read(secret: Secret, home: Path) -> str:
    """The secret without its one trailing newline. Raises SecretError.

    A credential is looked up in $CREDENTIALS_DIRECTORY, then in `credentials/` in `home`, the folder of
    config.toml.
    """
    if secret.env:
        value = _from_env(secret.env)
    elif secret.file:
        value = _from_file(home / secret.file)
    else:
        value = _from_credential(secret.credential, home)
    value = value.removesuffix("\n").removesuffix("\r")
    if not value:
        raise SecretError(f"la contraseña está vacía: {_where(secret)}", "escríbala allí")
    return value


def _where(secret: Secret) -> str:
    return f"variable {secret.env}" if secret.env else secret.file or f"credencial {secret.credential}"


def _from_env(name: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        raise SecretError(
            f"no existe la variable de entorno {name}", "defínala antes de iniciar mailbot"
        ) from None


def _from_credential(name: str, home: Path) -> str:
    if systemd := os.environ.get(DIRECTORY):
        for given in (Path(systemd) / name, Path(systemd) / f"{PREFIX}{name}"):
            if os.path.isfile(given):
                return _from_file(given)
    path = home / "credentials" / name
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        places = f"${DIRECTORY} ni en {path}" if systemd else str(path)
        raise (SecretError if systemd else FromSystemd)(
            f"no está la credencial {name} en {places}",
            f"guárdela así: {kept_by(path)}, y termine con Ctrl-D",
        ) from None
    except OSError as error:
        raise _unreadable(path, error) from None
    if stat.S_ISREG(mode) and mode & 0o077:
        raise SecretError(
            f"otros usuarios pueden leer {path}, y así no se usa", f"protéjala: chmod 600 {path}"
        )
    return _from_file(path)


def kept_by(path: Path) -> str:
    """The command that keeps what is typed as this credential: what is root's, the service may not read."""
    service = path.is_relative_to("/etc")
    return f"{'sudo install -o mailbot -g mailbot' if service else 'install'} -D -m 600 /dev/stdin {path}"


def _from_file(path: Path) -> str:
    try:
        return content_of(path).decode("utf-8")
    except OSError as error:
        raise _unreadable(path, error) from None
    except UnicodeDecodeError:
        raise SecretError(f"{path} no está en UTF-8", "guárdela de nuevo con esa codificación") from None


def _unreadable(path: Path, error: OSError) -> SecretError:
    owner = (
        f"; si es de otro usuario: sudo chown mailbot: {path}" if isinstance(error, PermissionError) else ""
    )
    return SecretError(f"no se pudo leer {path} ({faults.said(error)})", f"revise ruta y permisos{owner}")
