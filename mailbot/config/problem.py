"""A problem of config.toml: what is wrong where, before and after its line is known, and as plain text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailbot.values import Problem

#: the keys and indexes that lead to a value: `("rule", 2, "keywords")`
Loc = tuple[str | int, ...]

#: what is said before a message, by level
LEVELS = {"error": "", "warning": "aviso: ", "info": "nota: "}
BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem whose line has not been looked up yet. `at_key`: the key is wrong, not its value."""

    at: Loc
    message: str
    hint: str = ""
    level: str = "error"
    at_key: bool = False


def written(at: Loc) -> str:
    """`rule[2].keywords`, `group."Mesa de servicios".notify`."""
    path = ""
    for step in at:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{step}" if BARE.fullmatch(step) else f'."{step}"'
    return path.removeprefix(".")


def listed(names: Iterable[str]) -> str:
    """`"a", "b"`, each once; of many the first."""
    distinct = list(dict.fromkeys(names))
    shown = ", ".join(f'"{name}"' for name in distinct[:3])
    return f"{shown} y {len(distinct) - 3} más" if len(distinct) > 3 else shown


def lines(problems: Iterable[Problem]) -> str:
    """One problem a line: `config.toml:9:1: rule[0].keyword: clave desconocida → ¿quiso decir "keywords"?`"""
    return "\n".join(line(problem) for problem in problems)


def line(problem: Problem) -> str:
    text = ": ".join(part for part in (where(problem), LEVELS[problem.level] + problem.message) if part)
    return f"{text} → {problem.hint}" if problem.hint else text


def where(problem: Problem) -> str:
    """`config.toml:9:1: rule[0].keyword`"""
    place = problem.file
    if problem.line:
        place += f":{problem.line}" + (f":{problem.column}" if problem.column else "")
    return ": ".join(part for part in (place, problem.path) if part)
