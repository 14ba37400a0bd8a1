"""What comes before the first message: a database that is upgraded, or a copy that is brought up to date."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import structlog

from mailbot.cli.common import fail
from mailbot.config.live import Live
from mailbot.config.model import Config
from mailbot.daemon.notify import Systemd
from mailbot.daemon.service import utc_now
from mailbot.store import origin
from mailbot.store.engine import Store
from mailbot.transport.errors import TransportError

log = structlog.get_logger("mailbot")

#: seconds between two words to systemd, which waits much longer
EVERY = 5.0


@contextmanager
def upgrading(systemd: Systemd, found: int, head: int) -> Iterator[None]:
    """While one statement takes minutes nobody else could say that it goes on."""
    if not found:  # it is made in a moment
        yield
        return
    said, ended = f"Actualiza la base de datos del esquema {found} al {head}", Event()

    def speak() -> None:
        systemd.waits(said)
        while not ended.wait(EVERY):
            systemd.waits(said)

    speaker = Thread(target=speak, name="upgrading", daemon=True)
    log.info("database.upgrading", schema=found, to=head)
    speaker.start()
    try:
        yield
    finally:
        ended.set()
        speaker.join()
    log.info("database.upgraded", schema=head)


def mend_copy(config: Config, store: Store, systemd: Systemd) -> None:
    """Restored from a backup: people would be answered twice and numbers given again, unless this comes first."""
    with store.reading() as s:
        is_copy, is_known = origin.is_copy(s), origin.is_known(s)
    if is_copy:
        with alone(config, store):
            _mend(config, store, systemd)
    elif not is_known:
        store.run(lambda s: origin.settled(s, utc_now()))


def _mend(config: Config, store: Store, systemd: Systemd) -> None:
    from mailbot.repair import repair_all  # noqa: PLC0415 - once after a restore

    log.warning("database.is_a_copy", what="se recoge lo que se procesó después de la copia, sin responder")
    try:
        done = repair_all(Live.of(config), store, utc_now(), systemd.waits)
    except TransportError as trouble:
        fail(
            f"La base de datos es una copia, y antes de atender hay que ponerla al día con el correo. {trouble}"
        )
    log.warning("database.repaired", messages=len(done.taken), held=len(done.held), next=done.next_number)


@contextmanager
def alone(config: Config, store: Store) -> Iterator[None]:
    """No other daemon reads one of these mailboxes meanwhile; several may run on PostgreSQL."""
    presence = store.presence(f"repair:{socket.gethostname()}:{os.getpid()}")
    presence.start()
    try:
        for name in config.mailbox:
            if presence.hold(name) is None:
                fail(f"Otro mailbot atiende el buzón «{name}». Deténgalo primero.")
        yield
    finally:
        presence.stop()
