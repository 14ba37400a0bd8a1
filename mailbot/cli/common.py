"""What commands share: their options, the config and the database opened, troubles told in one sentence."""

import getpass
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from mailbot.again import NotPossible
from mailbot.config import problem
from mailbot.config.load import ConfigError, find, load
from mailbot.config.model import Config
from mailbot.config.paths import database_url
from mailbot.config.secrets import SecretError
from mailbot.desk.by_hand import NotAllowed
from mailbot.store import Conflict, StoreError
from mailbot.store.engine import Store
from mailbot.transport.errors import TransportError

#: exit codes: done; the answer is no; it could not run; no usable config at all (sysexits.h EX_CONFIG)
DONE, NO, COULD_NOT, NO_CONFIG = 0, 1, 2, 78

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="ARCHIVO", help="config.toml que se usa.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Un solo documento JSON en la salida, y nada más.")]
Limit = Annotated[
    int | None, typer.Option("--limit", min=1, metavar="N", help="Solo los primeros N.", show_default=False)
]


def read_config(path: Path | None) -> Config:
    return load(find(path))


@contextmanager
def told() -> Iterator[None]:
    """What keeps a command from doing its work is told in one sentence, with exit code 2."""
    try:
        yield
    except ConfigError as error:
        fail(problem.lines(error.problems))
    except Conflict:
        fail("Otro proceso cambió lo mismo en ese instante. Repita la orden.")
    except (StoreError, SecretError, TransportError, NotPossible, NotAllowed) as error:
        fail(str(error))
    except BrokenPipeError:  # `mailbot cases | head`
        sys.stderr.close()
        raise typer.Exit(DONE) from None


@contextmanager
def opened(path: Path | None) -> Iterator[tuple[Config, Store]]:
    """The config and its database, for one command."""
    with told():
        config = read_config(path)
        store = Store.open(database_url(config))
        try:
            yield config, store
        finally:
            store.dispose()


def fail(text: str, code: int = COULD_NOT) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(code)


def show_json(document: Any) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def who() -> str:
    """As the history names whoever typed the command."""
    return f"cli:{getpass.getuser()}"
