"""Commands and groups of commands with a Spanish usage line; a group imports a command when it is typed."""

import gc
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from mailbot.cli.common import DONE, INTERRUPTED


class Command(click.Command):
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"options_metavar": "[OPCIONES]", **more})

    def get_short_help_str(self, limit: int = 45) -> str:
        """Its first paragraph, whole: click would cut it with dots."""
        return self.short_help or " ".join((self.help or "").partition("\n\n")[0].split())


class Group(click.Group):
    command_class = Command

    def __init__(self, *args: Any, **more: Any) -> None:
        words = {"options_metavar": "[OPCIONES]", "subcommand_metavar": "ORDEN [ARGUMENTOS]..."}
        super().__init__(*args, **{**words, **more})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they were written."""
        return list(self.commands)


class Unloaded(Command):
    """A command known by its name and one line of help; `where`: `module:attribute`."""

    def __init__(self, name: str, where: str, line: str) -> None:
        super().__init__(name, short_help=line)
        self.where = where

    def load(self) -> click.Command:
        module, _, attribute = self.where.partition(":")
        found = getattr(import_module(module), attribute)
        if not isinstance(found, click.Command):
            raise TypeError(f"{self.where} is no command")
        if not gc.isenabled():
            gc.freeze()  # nor is it looked through for as long as the service runs
            gc.enable()
        return found


class App(Group):
    """The whole: `mailbot --help` imports no command, and each command only what it needs."""

    def declare(self, commands: Mapping[str, tuple[str, str]]) -> None:
        """By name: where the command is, and its one line of help."""
        for name, (where, line) in commands.items():
            self.add_command(Unloaded(name, where, line))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, found, rest = super().resolve_command(ctx, args)
        return name, found.load() if isinstance(found, Unloaded) else found, rest

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # `mailbot cases | head`: whoever read has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(DONE) from None
        except KeyboardInterrupt:
            click.echo("\nInterrumpido.", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None
