"""What `/metrics` says, in Prometheus' words: base units, `_total` for what only grows, no label from a mail.

It is imported only where `[service] http` asks for it. Which metrics there are: docs/metricas.md.
"""

import platform
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

import mailbot
from mailbot.config.model import Config
from mailbot.daemon.asking import Asking
from mailbot.daemon.common import Common
from mailbot.daemon.health import Health
from mailbot.daemon.meters import BUCKETS, Durations, Meters
from mailbot.desk.decision import Outcome
from mailbot.health import Box, Counted, Kind, Seen
from mailbot.store.errors import StoreError
from mailbot.store.metered import Metered, metered

T = TypeVar("T")
#: by the values of its labels, a tuple
Labelled = Mapping[Any, float]
#: seconds: what the database said counts as new for so long; so long it is waited for; then it is not told any more
FRESH, PATIENCE, FORGOTTEN = 10.0, 2.0, 120.0
#: of which a mailbox is ill, and not the service
OF_MAILBOX = (Kind.UNREAD, Kind.LOGIN, Kind.REPLIES)
STATUSES = ("queued", "sending", "uncertain")
BOUNDS = [*(f"{float(bound)}" for bound in BUCKETS), "+Inf"]


def registry(common: Common, health: Health, loaded_at: Callable[[], datetime]) -> CollectorRegistry:
    """One of our own: what a library registers by itself is not ours to publish."""
    made = CollectorRegistry()
    made.register(Ours(common, health, loaded_at))
    Process(registry=made)
    GCCollector(registry=made)
    return made


class Process(ProcessCollector):
    """CPU, memory and descriptors; the unit's ProcSubset=pid hides the /proc/stat that tells when we booted."""

    def _boot_time(self) -> float:
        return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


class Lately(Generic[T]):
    """The answer as it is now, or was a moment ago, to a question that may take long."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self.ask = ask
        self.asking = Asking("metrics", self._ask)

    def __call__(self) -> T | None:
        """None: it cannot be had."""
        self.asking.begin(FRESH)
        self.asking.wait(PATIENCE)
        return self.asking.answer if time.monotonic() - self.asking.at < FORGOTTEN else None

    def _ask(self) -> T | None:
        try:
            return self.ask()
        except StoreError:  # it is told by those whose work it stops
            return None


class Ours(Collector):
    """Made anew at each scrape, of what the parts of the daemon hold."""

    def __init__(self, common: Common, health: Health, loaded_at: Callable[[], datetime]) -> None:
        self.common, self.health, self.loaded_at = common, health, loaded_at
        self.stored = Lately(self._count)

    def _count(self) -> Metered:
        with self.common.store.reading() as s:
            return metered(s, self.common.now())

    def collect(self) -> Iterator[Metric]:
        common, now = self.common, self.common.now()
        config, seen = common.live().config, common.vitals.seen(now)
        stored = self.stored()
        yield from _build(config, self.loaded_at(), seen)
        yield from _done(common.meters, config.mailbox)
        yield from _mailboxes(seen.boxes)
        yield from _judged(self.health, config, len(common.promises.broken()))
        yield gauge("mailbot_database_up", "1: la base de datos contesta.", int(stored is not None))
        if stored:
            yield from _stored(stored, config, now)
        if self.health.counted:
            yield from _counted(self.health.counted)
        if common.store.is_sqlite:
            said = "El archivo de SQLite y su registro."
            yield gauge("mailbot_database_size_bytes", said, common.store.size())


# -- the families ------------------------------------------------------------------------------------------


def gauge(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(name, said, value=value)


def gauges(name: str, said: str, labels: str, values: Labelled) -> Metric:
    family = GaugeMetricFamily(name, said, labels=labels.split())
    for key, value in sorted(values.items()):
        family.add_metric(key, value)
    return family


def counters(name: str, said: str, labels: str, values: Labelled) -> Metric:
    family = CounterMetricFamily(name, said, labels=labels.split())
    for key, value in sorted(values.items()):
        family.add_metric(key, value)
    return family


def histograms(name: str, said: str, values: Mapping[str, Durations]) -> Metric:
    family = HistogramMetricFamily(name, said, labels=["mailbox"])
    for mailbox, durations in sorted(values.items()):
        below, buckets = 0, []
        for bound, n in zip(BOUNDS, durations.counts.copy(), strict=True):
            below += n
            buckets.append((bound, float(below)))
        family.add_metric([mailbox], buckets, durations.sum)
    return family


def _build(config: Config, loaded_at: datetime, seen: Seen) -> Iterator[Metric]:
    version = {(mailbot.__version__, platform.python_version()): 1}
    yield gauges("mailbot_build_info", "La versión en marcha; siempre 1.", "version python", version)
    digest = {(config.digest,): 1}
    yield gauges("mailbot_config_info", "La configuración en uso, por su huella; siempre 1.", "hash", digest)
    said = "Cuándo se cargó la configuración en uso."
    yield gauge("mailbot_config_loaded_timestamp_seconds", said, loaded_at.timestamp())
    said = "1: config.toml o una plantilla no sirve, y sigue lo último que servía."
    yield gauge("mailbot_config_refused", said, int(seen.config is not None))


def _done(meters: Meters, boxes: Iterable[str]) -> Iterator[Metric]:
    """From 0 on: of a series that begins with 1 nobody knows that it grew."""
    none = {box: Durations() for box in boxes}
    yield counters(
        "mailbot_messages_total",
        "Correos leídos, por lo que se hizo con cada uno.",
        "mailbox outcome",
        {(box, str(outcome)): 0 for box in none for outcome in Outcome} | meters.messages.copy(),
    )
    yield counters(
        "mailbot_messages_by_hand_total",
        "Correos que una persona movió a «Crear caso» o «Informativo», por lo que se hizo con cada uno.",
        "mailbox outcome",
        meters.by_hand.copy(),
    )
    yield counters(
        "mailbot_reply_attempts_total",
        "Intentos de enviar una respuesta, por su resultado; queued: se intenta otra vez.",
        "mailbox template status",
        meters.replies.copy(),
    )
    yield histograms(
        "mailbot_message_decision_seconds",
        "De la llegada al servidor, que la da en segundos enteros, a la decisión guardada.",
        none | meters.decided.copy(),
    )
    yield histograms(
        "mailbot_message_reply_seconds",
        "De la llegada al servidor, que la da en segundos enteros, a la respuesta aceptada por el SMTP.",
        none | meters.answered.copy(),
    )


def _mailboxes(boxes: tuple[Box, ...]) -> Iterator[Metric]:
    yield gauges(
        "mailbot_mailbox_connected",
        "1: conectado; 0: no, o lo lee otro mailbot de la misma base de datos.",
        "mailbox",
        {(box.name,): int(box.connected is not None) for box in boxes},
    )
    yield gauges(
        "mailbot_mailbox_last_read_timestamp_seconds",
        "Cuándo se leyó entero por última vez.",
        "mailbox",
        {(box.name,): box.read.timestamp() for box in boxes if box.read},
    )
    yield gauges(
        "mailbot_mailbox_waiting_messages",
        "Correos que faltan por leer.",
        "mailbox",
        {(box.name,): box.left for box in boxes if box.left is not None},
    )


def _judged(health: Health, config: Config, broken: int) -> Iterator[Metric]:
    """As `mailbot status`, /healthz, the journal and the alert mails."""
    ill = {(str(kind), box): 0 for kind in OF_MAILBOX for box in config.mailbox}
    ill |= {(str(kind), ""): 0 for kind in Kind if kind not in OF_MAILBOX}
    ill |= dict.fromkeys((illness.key for illness in health.ill), 1)
    yield gauges(
        "mailbot_ill",
        "1: algo anda mal, por clase y buzón, como lo dice mailbot status.",
        "kind mailbox",
        ill,
    )
    said = "Partes del servicio que debían haber dado señales de vida."
    yield gauge("mailbot_parts_overdue", said, broken)
    if disk := health.seen.disk:
        yield gauge("mailbot_disk_free_bytes", "Libre en el disco de la carpeta de estado.", disk.free)
        yield gauge("mailbot_disk_size_bytes", "Tamaño del disco de la carpeta de estado.", disk.total)


def _stored(stored: Metered, config: Config, now: datetime) -> Iterator[Metric]:
    replies = {(box, status): 0 for box in config.mailbox for status in STATUSES} | {**stored.outbox}
    yield gauges("mailbot_outbox_replies", "Respuestas por salir.", "mailbox status", replies)
    ages = {(box,): 0.0 for box in config.mailbox}
    ages |= {(box,): max((now - since).total_seconds(), 0.0) for box, since in stored.oldest.items()}
    said = "Espera de la más antigua por salir; sin los recordatorios, que esperan las horas de atención."
    yield gauges("mailbot_outbox_oldest_seconds", said, "mailbox", ages)
    cases = {(state,): n for state, n in stored.cases.items()}
    yield gauges("mailbot_cases", "Casos sin terminar, por estado.", "state", cases)
    yield gauge("mailbot_cases_attention", "Casos que esperan a una persona.", stored.attention)
    said = "Plazos vencidos sin cerrar, también los que esperan a que se lea su buzón."
    yield gauge("mailbot_deadlines_overdue", said, stored.overdue)
    since = stored.overdue_since
    late = max((now - since).total_seconds(), 0.0) if since else 0.0
    said = "Retraso del más antiguo de esos plazos."
    yield gauge("mailbot_deadlines_oldest_overdue_seconds", said, late)


def _counted(counted: Counted) -> Iterator[Metric]:
    said = "Correos de los últimos siete días que no se pudieron leer y esperan a una persona."
    yield gauge("mailbot_messages_failed", said, counted.failed)
    yield gauge("mailbot_replies_last_hour", "Respuestas de la última hora.", counted.sent)
    said = "Cuántas puede haber: [replies] per_hour."
    yield gauge("mailbot_replies_last_hour_limit", said, counted.per_hour)
