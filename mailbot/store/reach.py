"""Why a SQLite file cannot be used, as far as the file system tells: which one, whose, and what cures it."""

import os
import pwd
from pathlib import Path

from mailbot.store.errors import NotPermitted

#: what SQLite and the lock keep beside the file
BESIDE = ("", "-wal", "-shm", ".lock")
BOTH = os.R_OK | os.W_OK


def obstacle(path: Path, *, serves: bool = True) -> NotPermitted | None:
    """What keeps us from reading and writing this database; None: nothing that could be seen here.

    `serves`: we are the service, so what stands there should be ours; who only asks must not take it from the service.
    """
    folder = path.parent
    while not os.path.lexists(folder):
        folder = folder.parent
    if not folder.is_dir():
        return NotPermitted(
            f"No se puede usar {path}: {folder} no es una carpeta. Quítelo de ahí, o escriba otra ruta en database."
        )
    if wrong := _forbidden(folder, BOTH | os.X_OK, serves):
        return wrong
    if os.path.isdir(path):
        return NotPermitted(
            f"{path} es una carpeta, y la base de datos es un archivo. Escriba en [service] database otra ruta."
        )
    files = (path.with_name(path.name + beside) for beside in BESIDE)
    return next(
        (wrong for file in files if os.path.lexists(file) and (wrong := _forbidden(file, BOTH, serves))), None
    )


def _forbidden(path: Path, mode: int, serves: bool) -> NotPermitted | None:
    if os.access(path, mode, effective_ids=True):
        return None
    try:
        found, only_read = path.stat(), os.statvfs(path).f_flag & os.ST_RDONLY
    except OSError:  # a link to nowhere, or a folder above it that may not be entered
        return NotPermitted(f"No hay permiso para llegar hasta {path}. {_cure(path)}")
    if only_read:
        return NotPermitted(
            f"{path} está en un disco de solo lectura. Vuelva a montarlo para escribir; si systemd se lo prohíbe al "
            f"servicio: systemctl edit mailbot, [Service], ReadWritePaths={path if path.is_dir() else path.parent}"
        )
    owner, we = _name(found.st_uid), _name(os.geteuid())
    said = f"No hay permiso para leer y escribir {path}: es de {owner} y mailbot corre como {we}."
    if owner == we:
        return NotPermitted(f"{said} Remedio: sudo chmod u+rwX {path}")
    return NotPermitted(
        f"{said} {_cure(path) if serves else 'Ejecute la orden como el servicio: sudo mailbot …'}"
    )


def _cure(path: Path) -> str:
    return f"Remedio: sudo chown -R {_name(os.geteuid())}: {path if path.is_dir() else path.parent}"


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"el usuario {uid}"
