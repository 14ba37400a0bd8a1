"""What commands share: their options, the config and the database opened, troubles told in one sentence."""

import getpass
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:  # a command imports what it needs: `mailbot --help` needs neither
    from mailbot.config.model import Config
    from mailbot.store.engine import Store

#: exit codes: done; the answer is no; it could not run; no usable config at all (sysexits.h EX_CONFIG); ^C
DONE, NO, COULD_NOT, NO_CONFIG, INTERRUPTED = 0, 1, 2, 78, 130


class Count(click.ParamType[int]):
    name = "número"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if not str(value).isdecimal() or not int(value):
            self.fail(f"«{value}» no es un número mayor que cero.", param, ctx)
        return int(value)


def _config(**more: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--config`, also before the command: the context keeps it for the commands within."""

    def kept(ctx: click.Context, _: click.Parameter, path: Path | None) -> Path | None:
        ctx.obj = path or ctx.obj
        found: Path | None = ctx.obj
        return found

    return click.option(
        "--config",
        type=click.Path(path_type=Path, readable=False),  # one that may not be read has a last good copy
        metavar="ARCHIVO",
        callback=kept,
        help="El config.toml que se usa.",
        **more,
    )


config_before = _config(expose_value=False)
config_file = _config()
as_json = click.option(
    "--json", "as_json", is_flag=True, help="Un solo documento JSON en la salida, y nada más."
)
limit = click.option("--limit", type=Count(), metavar="N", help="Solo los primeros N.")


def days(usual: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """How far a command looks back: see `since`."""
    said = "De cuántos días."
    return click.option("--days", type=Count(), default=usual, show_default=True, metavar="N", help=said)


@contextmanager
def told(*also: type[Exception]) -> Iterator[None]:
    """What keeps a command from doing its work is told in one sentence, with exit code 2.

    `also`: errors of the command's own whose text is for the user.
    """
    from mailbot.config import problem  # noqa: PLC0415
    from mailbot.config.load import ConfigError  # noqa: PLC0415
    from mailbot.store import Conflict, StoreError  # noqa: PLC0415

    troubles: tuple[type[Exception], ...] = (StoreError, *also)
    try:
        yield
    except ConfigError as error:
        fail(problem.lines(error.problems))
    except Conflict:
        fail("Otro proceso cambió lo mismo en ese instante. Repita la orden.")
    except troubles as error:
        fail(str(error))


def read_config(path: Path | None) -> "Config":
    """The config, or the last good copy of it with a word about it: the service goes on with that too."""
    from mailbot.config.last_good import load_or_last_good, locate  # noqa: PLC0415

    file = locate(path)
    started = load_or_last_good(file)
    if n := len(started.problems):
        what = "un problema" if n == 1 else f"{n} problemas"
        said = f"Aviso: {file} tiene {what}, que «mailbot check» muestra; se usa su última copia buena."
        click.echo(said, err=True)
    return started.config


@contextmanager
def opened(path: Path | None, *also: type[Exception]) -> Iterator[tuple["Config", "Store"]]:
    """The config and its database, which is neither created nor upgraded, for one command."""
    with told(*also):
        config = read_config(path)
        with database(config) as store:
            yield config, store


@contextmanager
def as_it_stands(path: Path | None) -> Iterator[tuple["Config", "Store"]]:
    """The same, of the file as it stands: what is being edited is what is tried."""
    from mailbot.config.load import find, load  # noqa: PLC0415

    with told():
        config = load(find(path))
        with database(config) as store:
            yield config, store


@contextmanager
def database(config: "Config") -> Iterator["Store"]:
    from mailbot.config.paths import database_url  # noqa: PLC0415
    from mailbot.store.engine import Store  # noqa: PLC0415

    url = database_url(config)
    if missing(url):
        fail(f"Todavía no hay base de datos en {url}: la crea «mailbot run», o «mailbot db upgrade».")
    store = Store.open(url, upgrade=False)
    try:
        yield store
    finally:
        store.dispose()


def missing(url: str) -> bool:
    """Whether the file of a SQLite database is not there; to open it would create it."""
    return "://" not in url and not os.path.exists(url)


def fail(text: str, code: int = COULD_NOT) -> NoReturn:
    click.echo(text, err=True)
    raise click.exceptions.Exit(code)


def show_json(document: Any) -> None:
    readable = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    encoder = json.JSONEncoder(ensure_ascii=not readable, indent=2, default=str)
    sys.stdout.writelines(encoder.iterencode(document))  # piece by piece: a list may have 100,000 entries
    click.echo()


def who() -> str:
    """As the history names whoever typed the command."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # a container's user without a name
        return f"cli:{os.getuid()}"


def now() -> datetime:
    return datetime.now(UTC)


def since(days: int) -> datetime:
    """So many days ago; a hundred years, if it is more: there is no older mail."""
    return now() - timedelta(days=min(days, 36_500))


def warn_of_removed(config: "Config", days: int) -> None:
    """Whoever looks further back than `[retention]` keeps sees less than there was."""
    kept = [k for k in (config.retention.decisions, config.retention.cases) if k is not None]
    if kept and min(kept) < timedelta(days=days):
        said = "lo que [retention] ya retiró no cuenta aquí, o solo como número"
        click.echo(f"Aviso: se conservan {min(kept).days} días, y se miran {days}; {said}.", err=True)
