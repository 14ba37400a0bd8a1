"""A point in a process: what happens there, once. Only a process that will end may be armed."""

import functools
import inspect
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import psycopg.errors
from sqlalchemy.exc import OperationalError

from mailbot import reading
from tests.crash.points import AFTER, BEFORE, COMMIT, Point

Fire = Callable[[], None]


def kill(point: Point) -> None:
    """As `kill -9`, the OOM killer or a power cut of the machine that runs us."""
    _at(point, lambda: os.kill(os.getpid(), signal.SIGKILL))


def fail(point: Point, kind: str, mark: Path) -> None:
    """The error that may come from there, once; `mark` is made when it does."""
    error = error_at(point, kind)
    done = False

    def fire() -> None:
        nonlocal done
        if not done:
            done = True
            mark.touch()
            _throw(error)

    _at(point, fire)


def note(points: Iterable[Point], mark: Path) -> None:
    """Write down which points are reached, in their order."""
    for point in points:
        _at(point, functools.partial(_write, point.name, mark))


def _write(name: str, mark: Path) -> None:
    with mark.open("a", encoding="utf-8") as file:
        file.write(f"{name}\n")


def _throw(error: Exception) -> NoReturn:
    raise error


def error_at(point: Point, kind: str) -> Exception:
    """Of the network, of the database, or a mistake of ours."""
    module = point.where.partition(":")[0]
    if point.where == COMMIT:
        return _broken(kind)
    if module.startswith("mailbot.store"):
        return OperationalError("", None, _broken(kind))
    if module in ("imaplib", "smtplib") or module.startswith(("imapclient", "mailbot.transport")):
        return ConnectionResetError("Connection reset by peer")
    return RuntimeError("a mistake")


def _broken(kind: str) -> Exception:
    if kind != "sqlite":
        return psycopg.errors.AdminShutdown("terminating connection due to administrator command")
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    return error


def _at(point: Point, fire: Fire) -> None:
    count = 0

    def reached(arguments: Any) -> None:
        nonlocal count
        if (point.says and point.says not in repr(arguments)) or not _is_within(point.within):
            return
        count += 1
        if count == point.nth:
            fire()

    if point.together:
        reading.TOGETHER = point.together
    _wrap(point, reached)


def _wrap(point: Point, reached: Callable[[Any], None]) -> None:
    owner, name = find(point.where)
    found = inspect.getattr_static(owner, name)
    is_class_method = isinstance(found, classmethod)
    function = found.__func__ if is_class_method else found

    @functools.wraps(function)
    def wrapped(*args: Any, **more: Any) -> Any:
        if point.side == BEFORE:
            reached((args[1:] or args, more))
        result = function(*args, **more)
        if point.side == AFTER:
            reached((args[1:] or args, more))
        return result

    setattr(owner, name, classmethod(wrapped) if is_class_method else wrapped)


def find(where: str) -> tuple[Any, str]:
    """Raises `AttributeError` where there is no such function."""
    module, _, path = where.partition(":")
    *owners, name = path.split(".")
    owner: Any = import_module(module)
    for step in owners:
        owner = getattr(owner, step)
    inspect.getattr_static(owner, name)
    return owner, name


def _is_within(where: str) -> bool:
    if not where:
        return True
    module, _, function = where.partition(":")
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_qualname == function and frame.f_globals.get("__name__") == module:
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False
