"""The thread that tells ops by mail what is ill, and when it is well: `rhythm` decides, `ways` sends.

It hears of illnesses from `Health` and never keeps that waiting, nor mail, nor the end of the service.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import structlog

from mailbot.config.model import Config
from mailbot.config.paths import database_url, state_folder
from mailbot.daemon.alerts import rhythm
from mailbot.daemon.alerts.letter import Letter, command, letter
from mailbot.daemon.alerts.memory import Memory
from mailbot.daemon.alerts.rhythm import Mail, State, Tells
from mailbot.daemon.alerts.ways import Sent, send, ways
from mailbot.daemon.backoff import delays
from mailbot.daemon.common import Common
from mailbot.daemon.health import guarded
from mailbot.daemon.trouble import Trouble
from mailbot.health import Illness
from mailbot.login import Logins
from mailbot.store import outbox, status
from mailbot.store.errors import StoreError
from mailbot.transport.connect import Timeouts

log = structlog.get_logger("mailbot")

#: seconds after which it is tried again where no server takes a mail, at first and at most
FIRST, MOST = 15.0, 600.0
#: how often one is tried for those who did not get what others got
TRIES = 6


@dataclass
class Rest:
    """A mail that some of its readers got; `at`: when the others are tried again, by the monotonic clock."""

    letter: Letter
    to: list[str]
    at: float
    tries: int = 1


class Alerts(threading.Thread):
    """A listener of `Health`. What is remembered, and so who else on this database tells it, is in `memory`."""

    def __init__(self, common: Common, worker: str, logins: Callable[[], Logins], timeouts: Timeouts) -> None:
        super().__init__(name="alerts", daemon=True)
        self.common, self.worker, self.logins, self.timeouts = common, worker, logins, timeouts
        config = common.live().config
        folder = state_folder(config)
        self.memory = Memory(common.store, database_url(config), folder, common.now, self._is_away)
        self.ill: tuple[Illness, ...] | None = None
        self.bell, self.stopping = threading.Event(), threading.Event()
        self.trouble = Trouble("alerts")
        self.pauses, self.not_before, self.turn = delays(FIRST, MOST), 0.0, 0
        #: a mail whose yes was cut off once; a second time it counts as told
        self.doubtful = ""
        self.rest: Rest | None = None

    def __call__(self, ill: tuple[Illness, ...]) -> None:
        """What is ill now."""
        self.ill = ill
        self.bell.set()

    def run(self) -> None:
        while not self.stopping.is_set():
            self.bell.wait()
            self.bell.clear()
            if not self.stopping.is_set():
                guarded(self.trouble, self.look)

    def stop(self, patience: float = 0.0) -> None:
        """A mail that is not sent by then, in seconds, is sent after the next start, perhaps once more."""
        self.stopping.set()
        self.bell.set()
        if self.is_alive():
            self.join(patience)

    def look(self) -> None:
        """Remember what is ill; tell what is to be told."""
        ill = self.ill
        if ill is None:
            return
        if not self.common.live().config.service.alert_to:
            self._withdraw()
            return
        now = time.monotonic()
        if self.rest and now >= self.rest.at:
            self._send_rest(self.rest)
        mail = self.memory.change(partial(self._plan, ill, self._gone(), now >= self.not_before))
        if mail:
            self._tell(rhythm.as_seen(mail, ill), {illness.about for illness in ill})

    def _withdraw(self) -> None:
        """Who tells nobody keeps no illness alive for others on this database who do."""
        if any(self.worker in course.seen_by for course in self.memory.state.courses):
            self.memory.change(partial(self._plan, (), self._gone(), False))

    def _plan(
        self, ill: tuple[Illness, ...], gone: Callable[[str], bool], may_send: bool, state: State
    ) -> tuple[State, Mail | None]:
        now = self.common.now()
        state = rhythm.observe(state, ill, self.worker, gone, now)
        mail = rhythm.due(state, now) if may_send else None
        return (rhythm.claimed(state, self.worker, now) if mail else state), mail

    def _is_away(self) -> bool:
        return self.common.vitals.away is not None

    def _gone(self) -> Callable[[str], bool]:
        """Of the others that are known so far. On a SQLite file we work alone."""
        state, store = self.memory.state, self.common.store
        others = {name for course in state.courses for name in course.seen_by}
        others |= {state.claim.by} if state.claim else set()
        if store.is_sqlite:
            return lambda _: True
        if self._is_away():
            return set().__contains__
        try:
            return (
                (others - store.working(others)).__contains__
                if others - {self.worker}
                else set().__contains__
            )
        except StoreError:
            return set().__contains__

    # -- sending -------------------------------------------------------------------------------------------

    def _tell(self, mail: Mail, ill: set[str]) -> None:
        live, now = self.common.live(), self.common.now()
        left = [*self._left(live.config)] if mail.tells is Tells.WELL else []
        written = letter(mail, self.memory.state, left, live, now)
        sent = self._send(written, [*written.to], ill)
        what = {"tells": str(mail.tells), "what": [*_names(mail)]}
        doubtful = sent.uncertain and self.doubtful == written.reference
        self.doubtful = written.reference if sent.uncertain else ""
        if sent.servers or doubtful:
            self.memory.change(partial(self._told, mail))
            log.info("alert.sent", **what, servers=sorted({*sent.servers.values()}), uncertain=doubtful)
            self.pauses = delays(FIRST, MOST)
            self.rest = Rest(written, sent.left, self._later()) if sent.left else None
        else:
            self.memory.change(lambda state: (rhythm.released(state, self.worker), None))
            self.turn, self.not_before = self.turn + 1, self._later()
        if sent.left and not doubtful:
            self._not_sent(sent, **what)

    def _told(self, mail: Mail, state: State) -> tuple[State, None]:
        return rhythm.told(state, mail, self.worker, self.common.now()), None

    def _send(self, letter: Letter, to: list[str], ill: set[str]) -> Sent:
        logins = self.logins()
        return send(letter, to, ways(logins.config, ill, self.turn), logins, self.timeouts)

    def _send_rest(self, rest: Rest) -> None:
        """Those who got it do not get it again; a mail that is sent later tells the others as well."""
        sent = self._send(rest.letter, rest.to, set())
        rest.to, rest.tries, rest.at = sent.left, rest.tries + 1, self._later()
        if sent.servers:
            log.info("alert.sent", tells="rest", servers=sorted({*sent.servers.values()}))
        if sent.left:
            self._not_sent(sent, tells="rest")
        if not sent.left or rest.tries >= TRIES:
            self.rest = None

    def _later(self) -> float:
        return time.monotonic() + next(self.pauses)

    @staticmethod
    def _not_sent(sent: Sent, **what: object) -> None:
        log.error("alert.not_sent", **what, to=len(sent.left), said=sent.said)

    def _left(self, config: Config) -> Iterator[str]:
        """What there still is to do."""
        try:
            with self.common.store.reading() as s:
                waiting, failed = sum(outbox.pending(s).values()), status.failed(s)
                attention = status.cases(s, self.common.now())["attention"]
        except StoreError:
            yield "No se pudo preguntar a la base de datos: véalo con la orden de abajo"
            return
        if waiting:
            yield f"{_many(waiting, 'respuesta está', 'respuestas están')} por salir: no hay que hacer nada"
        if failed:
            many = _many(failed, "correo no se pudo", "correos no se pudieron")
            yield f"{many} leer: {command(config, 'messages --outcome failed')}"
        if attention:
            many = _many(attention, "caso espera", "casos esperan")
            yield f"{many} a una persona: {command(config, 'cases --attention')}"


def _many(n: int, one: str, many: str) -> str:
    return f"1 {one}" if n == 1 else f"{n} {many}"


def _names(mail: Mail) -> Iterator[str]:
    """`login soporte`: what it is about, most of it in the mail's own words."""
    courses = mail.over if mail.tells is Tells.WELL else (*mail.new, *mail.known)
    for course in courses:
        yield " ".join(part for part in course.illness.key if part)
