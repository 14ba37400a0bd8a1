"""`mailbot run`: the daemon, or one round of its work."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import click
import structlog

from mailbot.cli.base import Command
from mailbot.cli.common import DONE, NO, NO_CONFIG, config_file, fail
from mailbot.cli.mending import mend_copy, upgrading
from mailbot.cli.starting import LOOK, Signals, code_of, patiently
from mailbot.config import last_good, problem
from mailbot.config.last_good import Started
from mailbot.config.load import ConfigError
from mailbot.config.paths import database_url, state_folder
from mailbot.daemon import logs
from mailbot.daemon.notify import Systemd
from mailbot.daemon.reloading import LAST_GOOD, Reloading, keep, tell_refused
from mailbot.daemon.service import Service, run_once
from mailbot.store import StoreError
from mailbot.store.engine import Store

log = structlog.get_logger("mailbot")


@click.command(cls=Command)
@click.option("--once", is_flag=True, help="Lee todo, decide lo que vence, envía, y termina.")
@click.option("--verbose", "-v", is_flag=True, help="Cuenta más en el registro.")
@config_file
def run(once: bool, verbose: bool, config: Path | None) -> None:
    """Atiende los buzones: lee, registra, responde y vigila los plazos.

    Termina con Ctrl-C o SIGTERM; SIGHUP (systemctl reload mailbot) vuelve a leer config.toml y las plantillas, y con
    [service] watch = true basta guardarlos. Si lo guardado no sirve, sigue lo de antes y «mailbot status» dice por qué.
    El registro sale por la salida de errores. A una base de datos que no responde la espera.

    Termina con 78 si la configuración no sirve, 77 si no hay permiso donde está la base de datos, 65 si esa base no
    sirve o es de un mailbot más nuevo, y 2 si algo lo impide por ahora.

    Con --once termina con 1 si no se pudo leer un buzón o un mensaje, o si queda una respuesta por enviar.
    """
    logs.configure("debug" if verbose else "info")
    try:
        last = _round(config) if once else _service(config, Signals(), Systemd())
    except StoreError as error:
        fail(str(error), code_of(error))
    raise click.exceptions.Exit(last)


def _round(wanted: Path | None) -> int:
    _, started = _config(wanted)
    systemd = Systemd()
    opened = Store.open(database_url(started.config), meanwhile=partial(upgrading, systemd))
    with _alone_on(opened, started, systemd) as store:
        return DONE if run_once(started.config, store) else NO


def _service(wanted: Path | None, signals: Signals, systemd: Systemd) -> int:
    """SIGHUP while the database is waited for: it may be another one."""
    while not signals.ended:
        signals.reload = False
        path, started = _config(wanted)
        if store := patiently(database_url(started.config), signals, systemd):
            with _alone_on(store, started, systemd):
                return _serve(path, started, store, signals, systemd)
    return DONE


@contextmanager
def _alone_on(store: Store, started: Started, systemd: Systemd) -> Iterator[Store]:
    """No other daemon works on it meanwhile; it is fit for work, and what it works by is kept beside it."""
    try:
        with store.hold():
            if not started.problems:
                keep(started.config)
            mend_copy(started.config, store, systemd)
            yield store
    finally:
        store.dispose()


def _config(wanted: Path | None) -> tuple[Path, Started]:
    """The config, or the last good copy of it, loudly (invariant 7); without either, exit 78."""
    try:
        path = last_good.locate(wanted)
        started = last_good.load_or_last_good(path)
    except ConfigError as error:
        fail(problem.lines(error.problems), NO_CONFIG)
    if started.problems:
        tell_refused(started.problems, LAST_GOOD)
    else:
        with suppress(OSError):  # whether it could be is told when the database is open, which says it better
            last_good.keep(started.config, state_folder(started.config))
    return path, started


def _serve(path: Path, started: Started, store: Store, signals: Signals, systemd: Systemd) -> int:
    service = Service(started.config, store)
    reloading = Reloading(path, started, service, systemd)
    try:
        service.start()
        reloading.start()
        systemd.ready(service.in_words())
        missed: list[str] = []
        while not signals.ended:
            if signals.reload:
                signals.reload = False
                systemd.reloading()
                reloading.reload()
            if broken := service.promises.broken():
                if broken != missed:  # systemd ends us in a while, with a look at every thread
                    log.error("service.hangs", parts=broken)
            else:
                systemd.feed()
            missed = broken
            systemd.status(service.in_words())
            time.sleep(LOOK)
    finally:  # also after a mistake of ours: what is being sent is noted
        systemd.stopping()
        reloading.stop()
        service.stop()
    return DONE
