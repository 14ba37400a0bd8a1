"""What the daemon can write into its journal: the names of all events, read off the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from mailbot.desk.decision import Outcome
from mailbot.desk.delivery import Status

ROOM = Path(__file__).parents[2] / "mailbot"
LEVELS = {"debug", "info", "warning", "error", "exception"}
#: what a Trouble says, and what stands in an event that is put together
STATES = ("unavailable", "broken", "available")
EVENT = re.compile(r"[a-z]+\.[a-z_]+")
PLACES = {"outcome": Outcome, "became.outcome": Outcome, "fate.status": Status}
#: told by the desk's functions, or to a person who tries something out
NOT_OURS = ("sandbox", "demo.py")


def events() -> set[str]:
    """All of them; `library.said` is whatever a library says."""
    found: set[str] = set()
    for path in ROOM.rglob("*.py"):
        if not set(path.relative_to(ROOM).parts) & set(NOT_OURS):
            found |= set(_of(ast.parse(path.read_text("utf-8"))))
    return found


def _of(module: ast.Module) -> Iterator[str]:
    for call in (node for node in ast.walk(module) if isinstance(node, ast.Call) and node.args):
        first = call.args[0]
        if isinstance(call.func, ast.Name) and call.func.id == "Trouble":
            yield from (f"{ast.literal_eval(first)}.{state}" for state in STATES)
        elif _logs(call.func):
            for given in call.args[:2]:  # log.log(level, event)
                yield from _names(given, module)


def _logs(function: ast.expr) -> bool:
    """`log.info`, `(log.info if … else log.error)`, and `tell`, which is one of them."""
    if isinstance(function, ast.IfExp):
        return _logs(function.body)
    if isinstance(function, ast.Name):
        return function.id == "tell"
    return (
        isinstance(function, ast.Attribute)
        and function.attr in {*LEVELS, "log"}
        and isinstance(function.value, ast.Name)
        and function.value.id == "log"
    )


def _names(written: ast.expr, module: ast.Module) -> Iterator[str]:
    match written:
        case ast.Constant(value=str(name)) if EVENT.fullmatch(name):
            yield name
        case ast.IfExp(body=one, orelse=other):
            yield from (*_names(one, module), *_names(other, module))
        case ast.JoinedStr(values=[ast.Constant(value=str(room)), ast.FormattedValue(value=what)]) if (
            room.endswith(".") and room[:-1].isalpha()
        ):
            yield from (f"{room}{each}" for each in PLACES[ast.unparse(what)])
        case ast.Name(id=name):
            for node in ast.walk(module):
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
                    yield from _names(node.value, module)
