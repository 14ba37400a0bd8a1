"""`mailbot run` and `mailbot demo`."""

import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated

import structlog
import typer

from mailbot.cli.common import COULD_NOT, DONE, NO, NO_CONFIG, ConfigFile, fail
from mailbot.config import last_good, problem
from mailbot.config.load import ConfigError, find, load
from mailbot.config.model import Config
from mailbot.config.paths import database_url, state_folder
from mailbot.daemon import logs
from mailbot.daemon.service import Service, run_once
from mailbot.store import StoreError
from mailbot.store.engine import Store
from mailbot.values import Problem

log = structlog.get_logger("mailbot")


def run(
    config: ConfigFile = None,
    once: Annotated[
        bool, typer.Option("--once", help="Lee todo, decide lo que vence, envía, y termina.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Cuenta más en el registro.")] = False,
) -> None:
    """Atiende los buzones: lee, registra, responde y vigila los plazos.

    Termina con Ctrl-C o SIGTERM. SIGHUP vuelve a leer config.toml.
    """
    logs.configure("debug" if verbose else "info")
    path, usable = _config(config)
    try:
        store = Store.open(database_url(usable))
    except StoreError as error:
        fail(str(error))
    try:
        with store.hold():
            last = _once(usable, store) if once else _serve(path, usable, store)
    except StoreError as error:
        fail(str(error))
    finally:
        store.dispose()
    raise typer.Exit(last)


def _config(wanted: Path | None) -> tuple[Path, Config]:
    """The config, or the last good copy of it, loudly (invariant 7); without either, exit 78."""
    try:
        path = find(wanted)
        started = last_good.load_or_last_good(path)
    except ConfigError as error:
        fail(problem.lines(error.problems), NO_CONFIG)
    if started.problems:
        _refused(started.problems, "se usa la última configuración buena")
    else:
        _keep(path, started.config)
    return path, started.config


def _keep(path: Path, config: Config) -> None:
    try:
        last_good.keep(path, state_folder(config))
    except OSError as error:
        log.warning("config.not_kept", said=str(error))


def _refused(problems: tuple[Problem, ...], what: str) -> None:
    for found in problems:
        log.error("config.refused", said=problem.line(found), what=what)


def _once(config: Config, store: Store) -> int:
    return DONE if run_once(config, store) else NO


def _serve(path: Path, config: Config, store: Store) -> int:
    service = Service(config, store)
    ended, again = threading.Event(), threading.Event()

    def on_signal(number: int, _: FrameType | None) -> None:
        (again if number == signal.SIGHUP else ended).set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, on_signal)
    service.start()
    while not ended.wait(0.2):
        if again.is_set():
            again.clear()
            _reload(path, service)
    service.stop()
    return DONE


def _reload(path: Path, service: Service) -> None:
    try:
        config = load(path)
    except ConfigError as error:
        _refused(error.problems, "sigue la configuración de antes")
        return
    service.reload(config)
    _keep(path, config)


def demo(
    leave: Annotated[bool, typer.Option("--exit", help="Termina después de la función.")] = False,
    imap_port: Annotated[int, typer.Option("--imap-port", help="0: el que esté libre.")] = 0,
    smtp_port: Annotated[int, typer.Option("--smtp-port", help="0: el que esté libre.")] = 0,
) -> None:
    """Muestra el trabajo completo con servidores de correo incluidos y correos de ejemplo."""
    try:
        from mailbot.sandbox import demo as show  # noqa: PLC0415 - not part of the service
    except ImportError as error:
        fail(
            f"La demostración necesita pymap y aiosmtpd: pip install 'mailbot[demo]' ({error.name})",
            COULD_NOT,
        )
    raise typer.Exit(show.run(leave=leave, imap_port=imap_port, smtp_port=smtp_port))
