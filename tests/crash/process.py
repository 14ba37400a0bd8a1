"""`mailbot …` as a process of its own: forked from one that has imported it all, so that hundreds take seconds.

Only a process without threads may use this.
"""

import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import jinja2

from mailbot import cli
from mailbot.cli import running
from mailbot.cli.app import COMMANDS
from mailbot.daemon import service
from mailbot.replies.templates import NAMES, Templates
from mailbot.store import drivers

#: an exit code that mailbot does not have: an exception went through
BROKEN = 99


def prepare() -> None:
    """What costs time and is the same for every child is done once: imports and the compilation of templates.

    What is there now is shared with the children, not copied by their garbage collectors.
    """
    for where, _ in COMMANDS.values():
        import_module(f"mailbot.cli.{where.partition(':')[0]}")
    _compile_once()
    for name in NAMES:
        Templates().render(name, {})
    gc.collect()
    gc.freeze()


def forget_fsync() -> None:
    """A killed process leaves the page cache behind: what is tested here is not a power cut."""
    vars(drivers).update(PRAGMAS=tuple(p.replace("= FULL", "= OFF") for p in drivers.PRAGMAS))


def _compile_once() -> None:
    compiled: dict[Any, Any] = {}
    really = jinja2.Environment.compile

    def compile_(self: jinja2.Environment, source: str, *named: Any, **more: Any) -> Any:
        if (source, named) not in compiled:
            compiled[source, named] = really(self, source, *named, **more)
        return compiled[source, named]

    jinja2.Environment.compile = compile_  # type: ignore[method-assign,assignment]


def start(
    *arguments: str, log: Path, later: timedelta = timedelta(), before: Callable[[], None] | None = None
) -> int:
    """Its pid. `later`: its clock is ahead by that much; `before` runs in the child, before `main()`."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = BROKEN
    try:
        _redirect(log)
        _set_clock(later)
        if before:
            before()
        sys.argv = ["mailbot", *arguments]
        cli.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def end_of(pid: int) -> int:
    """Its exit code, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _redirect(log: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    file = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(file, 1)
    os.dup2(file, 2)


def _set_clock(later: timedelta) -> None:
    def now() -> datetime:
        return service.utc_now() + later

    if later:
        vars(running).update(
            run_once=partial(service.run_once, now=now), Service=partial(service.Service, now=now)
        )
