"""A guide that is run: its config, piece by piece, and its commands with what they print.

Read from top to bottom: the first ```toml block is a whole config, each later one is added to it, and a rule,
field or section that it has again takes the place of the old one; one after `<!-- aparte -->` is added for the next
block of commands only. ```console blocks are typed, after `<!-- en marcha -->` while the service runs: what is added
`aparte` is saved and loaded then. `<!-- historia: a b c -->` lets these samples of
`tests/fixtures/` come to the desk, under the config as it then stands.
"""

import json
import os
import pty
import re
import shlex
import shutil
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailbot.config.load import load
from mailbot.sandbox import samples
from mailbot.sandbox.servers import Sandbox
from mailbot.sandbox.stage import Stage

BLOCK = re.compile(r"(?ms)^<!-- (?P<told>.+?) -->$|^```(?P<kind>toml|console)\n(?P<text>.*?)^```$")
SECTION = re.compile(r"(?m)^(?=\[)")
NAME = re.compile(r'(?m)^name\s*=\s*"([^"]*)"')
#: colours, and a progress bar from where it hides the cursor to where it shows it again
STYLE = re.compile(r"\x1b\[\?25l.*?\x1b\[\?25h\s*|\x1b\[[0-9;]*m", re.DOTALL)
#: columns of the terminal that the guide is typed at
WIDTH = 110
SHOWN_FOLDER = "/etc/mailbot"
#: a process, as it is named in the database
WORKER = re.compile(r"\b[\w.-]+:\d+:[0-9a-f]{8}\b")
#: what differs from day to day
PASSING = re.compile(
    r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?|\b[ \d]?\d (?:ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic)\b"
    r"(?: \d{4}| \d\d:\d\d)?|\b[0-9a-f]{12}\b|hace (?:un|\d+) segundos?|[\d,]+ [KMGT]?B libres de [\d,]+ [KMGT]?B"
)


@dataclass(frozen=True)
class Typed:
    """A command of the guide, what the guide says that it prints, and the config at that point."""

    command: str
    said: str
    config: str
    #: the config under which the service runs meanwhile, "" if it does not
    served: str
    #: samples that have come before, each with the config under which they came
    history: tuple[tuple[str, tuple[str, ...]], ...]


def commands(guide: str) -> Iterator[Typed]:
    """Every command of the guide, in its order."""
    config, aside, apart, runs = "", "", False, False
    history: list[tuple[str, tuple[str, ...]]] = []
    for block in BLOCK.finditer(guide):
        if block["told"]:
            apart, runs = apart or block["told"] == "aparte", runs or block["told"] == "en marcha"
            if block["told"].startswith("historia:"):
                history.append((config, tuple(block["told"].split()[1:])))
        elif block["kind"] == "toml":
            added = with_piece(config, block["text"])
            aside, config = (added, config) if apart else ("", added)
            apart = False
        else:
            for line in re.split(r"(?m)^\$ ", block["text"])[1:]:
                command, _, said = line.partition("\n")
                yield Typed(command, said, aside or config, config if runs else "", tuple(history))
            aside, runs = "", False


def with_piece(config: str, piece: str) -> str:
    """Sections of `piece` take the place of those of the same name, or are added; bare keys are an error."""
    sections = {title(s): s for s in SECTION.split(config) if s.strip()}
    for section in SECTION.split(piece):
        if section.strip():
            sections[title(section)] = section.rstrip() + "\n\n"
    return "".join(sections.values())


def title(section: str) -> str:
    head = section.splitlines()[0].partition("#")[0].strip()
    name = NAME.search(section) if head == "[[rule]]" else None
    return f"{head} {name[1]}" if name else head


def passing(text: str) -> str:
    """Without what differs from day to day, nor spaces and lines around it."""
    lines = PASSING.sub("«fecha»", text).strip().splitlines()
    return "\n".join(re.sub(r"\s+", " ", line).strip() for line in lines)


def printed(guide: str, folder: Path) -> list[str]:
    """What each command of the guide prints, one after the other, in `folder`."""
    secret = folder / "credentials" / "soporte-password"
    secret.parent.mkdir(mode=0o700)
    secret.touch(mode=0o600)
    secret.write_text("secreto")
    (folder / "var").mkdir()
    shutil.copy(samples.FIXTURES / "categorias_excel.csv", folder / "categorias.csv")
    config, come, told = folder / "config.toml", 0, []
    for typed in commands(guide):
        for under, names in typed.history[come:]:
            config.write_text(under, "utf-8")
            _let_come(config, names)
        come = len(typed.history)
        config.write_text(typed.served or typed.config, "utf-8")
        with _serving(config, typed.config) if typed.served else nullcontext():
            told.append(_execute(typed.command, folder))
    return told


def _let_come(config: Path, names: tuple[str, ...]) -> None:
    """These samples come to a desk that works with this config."""
    with Stage(load(config), config.parent / "var") as stage:
        for name in names:
            stage.play(samples.load(name))


@contextmanager
def _serving(config: Path, saved: str) -> Iterator[None]:
    """The service runs; then `saved` takes the place of its config, and is loaded or refused."""
    with Sandbox(load(config).own_addresses) as servers:
        config.write_text(_on(servers, config.read_text("utf-8")), "utf-8")
        command = [sys.executable, "-m", "mailbot", "run"]
        with subprocess.Popen(command, cwd=config.parent, stderr=subprocess.DEVNULL) as service:
            try:
                _until(config.parent, lambda found: found["running"] and found["mailboxes"][0]["read_up_to"])
                if (saved := _on(servers, saved)) != config.read_text("utf-8"):
                    config.write_text(saved, "utf-8")
                    service.send_signal(signal.SIGHUP)
                    _until(
                        config.parent, lambda found: found["config"]["refused"] or found["file"]["is_live"]
                    )
                yield
            finally:
                service.terminate()


def _on(servers: Sandbox, config: str) -> str:
    for kind, port in (("imap", servers.imap_port), ("smtp", servers.smtp_port)):
        there = f'{kind} = {{ host = "127.0.0.1", port = {port}, security = "none" }}'
        config = re.sub(rf"(?m)^{kind} +=.*$", there, config)
    return config


def _until(folder: Path, reached: Callable[[Any], Any]) -> None:
    """Waits until `mailbot status` says so."""
    for _ in range(150):
        command = [sys.executable, "-m", "mailbot", "status", "--json"]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        if done.stdout and reached(json.loads(done.stdout)):
            return
        time.sleep(0.2)
    raise TimeoutError(done.stdout.decode())


def _execute(command: str, folder: Path) -> str:
    program, *words = shlex.split(command)
    if program != "mailbot":
        raise ValueError(f"the guide types {program}")
    screen, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, WIDTH))
    typed = [sys.executable, "-m", "mailbot", *words]
    env = os.environ | {"LOGNAME": "ana", "COLUMNS": str(WIDTH)}
    with subprocess.Popen(
        typed, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=terminal, stderr=terminal
    ) as process:
        os.close(terminal)
        shown = b"".join(iter(lambda: _read(screen), b"")).decode()
        process.wait(timeout=60)
    os.close(screen)
    return WORKER.sub("mesa:812:5f0c1a9e", STYLE.sub("", shown).replace("\r\n", "\n")).replace(
        str(folder), SHOWN_FOLDER
    )


def _read(screen: int) -> bytes:
    """b"" at the end, which a terminal tells by an error."""
    try:
        return os.read(screen, 65536)
    except OSError:
        return b""


def rewritten(guide: str, told: Iterable[str]) -> str:
    """The guide with what its commands really print."""
    each = iter(told)

    def block(found: re.Match[str]) -> str:
        if found["kind"] != "console":
            return found[0]
        lines = [line.partition("\n")[0] for line in re.split(r"(?m)^\$ ", found["text"])[1:]]
        body = "\n".join(f"$ {line}\n{next(each).rstrip()}\n" for line in lines)
        return f"```console\n{body}```"

    return BLOCK.sub(block, guide)
