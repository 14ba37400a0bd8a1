"""How many, in Spanish: figures with their points, one or more of something, days."""


def number(n: int) -> str:
    """`100.000`"""
    return f"{n:,}".replace(",", ".")


def counted(n: int, one: str, more: str) -> str:
    """`1 regla`, `1.200 reglas`"""
    return f"{number(n)} {one if n == 1 else more}"


def of_days(n: int) -> str:
    return "del último día" if n == 1 else f"de los últimos {number(n)} días"


def size(octets: int) -> str:
    """`12 kB`, `6,3 GB`"""
    for unit, of in (("GB", 1e9), ("MB", 1e6)):
        if octets >= of:
            return f"{octets / of:.1f} {unit}".replace(".", ",")
    return f"{-(-octets // 1000)} kB"
