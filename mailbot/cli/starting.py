"""How `mailbot run` begins: signals noted, a database that is away waited for, and its end where that cures nothing."""

import signal
import time
from functools import partial
from types import FrameType

from mailbot.cli.common import COULD_NOT, NO_CONFIG
from mailbot.cli.mending import upgrading
from mailbot.daemon.backoff import delays
from mailbot.daemon.notify import Systemd
from mailbot.daemon.trouble import Trouble
from mailbot.store import StoreError, StoreUnavailable
from mailbot.store.engine import Store
from mailbot.store.errors import BadAddress, Damaged, LoginRefused, NotOurs, NotPermitted, SchemaTooNew

#: as sysexits.h has them; systemd starts none of these again (RestartPreventExitStatus=)
BAD_DATA, NO_PERMISSION = 65, 77
CODES: dict[type[StoreError], int] = {
    BadAddress: NO_CONFIG,
    LoginRefused: NO_CONFIG,
    NotPermitted: NO_PERMISSION,
    Damaged: BAD_DATA,
    NotOurs: BAD_DATA,
    SchemaTooNew: BAD_DATA,
}
#: seconds between two looks at what signals asked for
LOOK = 0.1


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

    def wait(self, seconds: float) -> bool:
        """False: not to its end, since something was asked for."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not (self.ended or self.reload):
            time.sleep(LOOK)
        return not (self.ended or self.reload)


def patiently(url: str, signals: Signals, systemd: Systemd) -> Store | None:
    """The database, as soon as it is there; None: a signal came first.

    Servers may start in any order, and a full disk may be emptied. Raises StoreError for what waiting does not cure.
    """
    trouble, pauses = Trouble("database"), delays()
    while True:
        try:
            store = Store.open(url, meanwhile=partial(upgrading, systemd))
        except StoreUnavailable as away:
            if type(away) in CODES:
                raise
            trouble.tell(away)
            systemd.waits(f"Espera a la base de datos. {away}")
        else:
            trouble.over()
            return store
        if not signals.wait(next(pauses)):
            return None


def code_of(error: StoreError) -> int:
    """With which `mailbot run` ends."""
    return CODES.get(type(error), COULD_NOT)
