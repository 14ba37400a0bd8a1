"""How many, in Spanish: figures with their points, one or more of something, days."""


def number(n: int) -> str:
    """`100.000`"""
    return f"{n:,}".replace(",", ".")


def counted(n: int, one: str, more: str) -> str:
    """`1 regla`, `1.200 reglas`"""
    return f"{number(n)} {one if n == 1 else more}"


def of_days(n: int) -> str:
    return "del último día" if n == 1 else f"de los últimos {number(n)} días"
