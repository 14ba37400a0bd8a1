"""What the operating system says of a file, in Spanish: `strerror` speaks the language of the C library."""

import errno

SAID = {
    errno.ENOENT: "no existe",
    errno.EACCES: "no hay permiso",
    errno.EPERM: "no está permitido",
    errno.EISDIR: "es una carpeta",
    errno.ENOTDIR: "una parte de la ruta no es una carpeta",
    errno.EROFS: "el disco es de solo lectura",
    errno.ENOSPC: "el disco está lleno",
    errno.EDQUOT: "se agotó la cuota de disco",
    errno.EFBIG: "es demasiado grande",
    errno.ENODEV: "no es un archivo corriente",
    errno.EIO: "el disco falla",
    errno.ENAMETOOLONG: "el nombre es demasiado largo",
    errno.ELOOP: "los enlaces dan vueltas",
    errno.EEXIST: "ya existe, y es otra cosa",
    errno.EMFILE: "hay demasiados archivos abiertos",
    errno.ENFILE: "hay demasiados archivos abiertos",
}


def said(error: OSError) -> str:
    """Why a file cannot be used; what is too rare for a sentence has its number (errno)."""
    return SAID.get(error.errno or 0, f"error {error.errno} del sistema")
