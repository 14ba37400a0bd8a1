"""Parts of the daemon, ages and sizes as people read them, in Spanish."""

from datetime import timedelta

JOURNAL = "Vea el registro: journalctl -u mailbot"
PARTS = {"reader": "la lectura del buzón «{}»", "sender": "el envío del buzón «{}»"}
OTHERS = {
    "clock": "el reloj de los plazos",
    "config": "la vigilancia de config.toml",
    "renewer": "la renovación de permisos",
    "health": "la vigilancia del servicio",
}


def in_words(part: str) -> str:
    """`reader-soporte`, the name of a thread, for people."""
    what, _, name = part.partition("-")
    return PARTS[what].format(name) if name and what in PARTS else OTHERS.get(part, part)


def age(length: timedelta) -> str:
    """`17 minutos`"""
    seconds = max(0, int(length.total_seconds()))
    for unit, size in (("días", 86400), ("horas", 3600), ("minutos", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} segundo{'s' * (seconds != 1)}"


def octets(n: int) -> str:
    """`1,5 GB`"""
    for unit, size in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6)):
        if n >= size:
            return f"{n / size:.1f}".replace(".", ",").removesuffix(",0") + f" {unit}"
    return f"{n // 1000} KB"
