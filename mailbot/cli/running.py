"""`mailbot run`: the daemon, or one round of its work."""

import signal
import time
from pathlib import Path
from types import FrameType

import click
import structlog

from mailbot.cli.base import Command
from mailbot.cli.common import DONE, NO, NO_CONFIG, config_file, fail
from mailbot.config import last_good, problem
from mailbot.config.last_good import Started
from mailbot.config.live import Live
from mailbot.config.load import ConfigError, find
from mailbot.config.model import Config
from mailbot.config.paths import database_url
from mailbot.daemon import logs
from mailbot.daemon.notify import Systemd
from mailbot.daemon.reloading import LAST_GOOD, Reloading, keep, tell_refused
from mailbot.daemon.service import Service, run_once, utc_now
from mailbot.store import StoreError, settings
from mailbot.store.engine import Store
from mailbot.transport.errors import TransportError

log = structlog.get_logger("mailbot")

#: seconds between two looks at what signals asked for
LOOK = 0.1


@click.command(cls=Command)
@click.option("--once", is_flag=True, help="Lee todo, decide lo que vence, envía, y termina.")
@click.option("--verbose", "-v", is_flag=True, help="Cuenta más en el registro.")
@config_file
def run(once: bool, verbose: bool, config: Path | None) -> None:
    """Atiende los buzones: lee, registra, responde y vigila los plazos.

    Termina con Ctrl-C o SIGTERM; SIGHUP (systemctl reload mailbot) vuelve a leer config.toml y las plantillas, y con
    [service] watch = true basta guardarlos. Si lo guardado no sirve, sigue lo de antes y «mailbot status» dice por qué.
    El registro sale por la salida de errores.

    Con --once termina con 1 si no se pudo leer un buzón o un mensaje, o si queda una respuesta por enviar.
    """
    logs.configure("debug" if verbose else "info")
    signals = Signals() if not once else None
    path, started = _config(config)
    try:
        store = Store.open(database_url(started.config))
        try:
            with store.hold():
                _mend_copy(started.config, store)
                last = _serve(path, started, store, signals) if signals else _once(started.config, store)
        finally:
            store.dispose()
    except StoreError as error:
        fail(str(error))
    raise click.exceptions.Exit(last)


class Signals:
    """What SIGTERM, SIGINT and SIGHUP asked for, from the first moment on.

    Noted and no more: a handler may come in the middle of anything, also of what holds a lock.
    """

    def __init__(self) -> None:
        self.ended = self.reload = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._received)

    def _received(self, number: int, _: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self.reload = True
        else:
            self.ended = True


def _config(wanted: Path | None) -> tuple[Path, Started]:
    """The config, or the last good copy of it, loudly (invariant 7); without either, exit 78."""
    try:
        path = find(wanted)
        started = last_good.load_or_last_good(path)
    except ConfigError as error:
        fail(problem.lines(error.problems), NO_CONFIG)
    if started.problems:
        tell_refused(started.problems, LAST_GOOD)
    else:
        keep(started.config)
    return path, started


def _mend_copy(config: Config, store: Store) -> None:
    """Restored from a backup: people would be answered twice and numbers given again, unless this comes first."""
    with store.reading() as s:
        if not settings.get(s, settings.IS_COPY):
            return
    from mailbot.repair import repair_all  # noqa: PLC0415 - once after a restore

    log.warning("database.is_a_copy", what="se recoge lo que se procesó después de la copia, sin responder")
    try:
        done = repair_all(Live.of(config), store, utc_now())
    except TransportError as trouble:
        fail(
            f"La base de datos es una copia, y antes de atender hay que ponerla al día con el correo. {trouble}"
        )
    log.warning("database.repaired", messages=len(done.taken), held=len(done.held), next=done.next_number)


def _once(config: Config, store: Store) -> int:
    return DONE if run_once(config, store) else NO


def _serve(path: Path, started: Started, store: Store, signals: Signals) -> int:
    systemd = Systemd()
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
