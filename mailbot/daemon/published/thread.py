"""`/healthz` and `/metrics` where `[service] http` asks for them; that they cannot be had stops no mail."""

import errno
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from mailbot.daemon.common import Common
from mailbot.daemon.health import Health
from mailbot.transport.errors import TransportError

if TYPE_CHECKING:
    from mailbot.daemon.published.server import Server

log = structlog.get_logger("mailbot")

#: seconds between two attempts to have the port
AGAIN = 10.0
ONE_EACH = (
    "Escriba otro puerto en [service] http, uno para cada mailbot de la máquina; quién lo tiene: ss -ltnp"
)
SYSTEM = "Escriba en [service] http un puerto mayor que 1023"
HERE = 'Escriba en [service] http = "127.0.0.1:9103"'
#: what the kernel says, in words for an admin, and the cure
SAID = {
    errno.EADDRINUSE: ("otro programa usa ese puerto", ONE_EACH),
    errno.EACCES: ("no hay permiso para abrir ese puerto", SYSTEM),
    errno.EADDRNOTAVAIL: ("esta máquina no tiene esa dirección", HERE),
    errno.EAFNOSUPPORT: ("esta máquina no tiene esa clase de direcciones", HERE),
}


class Published(threading.Thread):
    """At one address, from `start` until `stop`; at "" nothing is. `before` did it until now, and ends first."""

    def __init__(
        self,
        address: str,
        common: Common,
        health: Health,
        loaded_at: Callable[[], datetime],
        before: threading.Thread | None = None,
    ) -> None:
        super().__init__(name="http", daemon=True)
        self.address, self.common, self.health, self.loaded_at = address, common, health, loaded_at
        self.before, self.trouble = before, common.vitals.http
        self.stopping = threading.Event()
        self.server: Server | None = None

    def run(self) -> None:
        if self.before:
            self.before.join()
            self.before = None
        if not self.address:
            self.trouble.over()
        while self.address and not self.stopping.is_set():
            try:
                self._serve()
            except OSError as refused:
                self.trouble.tell(not_opened(self.address, refused))
            except Exception as broken:
                self.trouble.tell(broken)
            self.stopping.wait(AGAIN)

    def stop(self) -> None:
        self.stopping.set()
        if self.server:
            self.server.end()

    def _serve(self) -> None:
        # What it imports takes time and memory, and nobody else needs it.
        from mailbot.daemon.published.pages import opened  # noqa: PLC0415

        self.server = opened(self.address, self.common, self.health, self.loaded_at)
        if self.stopping.is_set():
            self.server.end()
        self.trouble.over()
        log.info("http.listening", at=self.address)
        self.server.serve()


def not_opened(address: str, why: OSError) -> TransportError:
    said, cure = SAID.get(why.errno or 0, (why.strerror or str(why), "Revise [service] http"))
    return TransportError(f"No se pudo abrir {address} para /healthz y /metrics", said, cure)
