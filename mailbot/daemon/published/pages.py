"""The two pages: whether all is well, for a person or a monitor; and what is counted, for Prometheus."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from prometheus_client.exposition import choose_encoder

from mailbot.config.hosts import host_and_port
from mailbot.daemon.common import Common
from mailbot.daemon.health import Health
from mailbot.daemon.published.metrics import registry
from mailbot.daemon.published.server import Reply, Server, text
from mailbot.health import Illness, Kind, in_words


def opened(address: str, common: Common, health: Health, loaded_at: Callable[[], datetime]) -> Server:
    """Listening at `address`, as config.toml writes it. Raises OSError."""
    ours = registry(common, health, loaded_at)

    def healthz(_: str) -> Reply:
        late = {health.name} if health.is_late else set()
        ill = told(health.ill, sorted({*common.promises.broken(), *late}))
        return text(HTTPStatus.SERVICE_UNAVAILABLE, "\n".join(ill)) if ill else text(HTTPStatus.OK, "ok")

    def metrics(accept: str) -> Reply:
        encode, kind = choose_encoder(accept)
        return Reply(HTTPStatus.OK, kind, encode(ours))

    host, port = host_and_port(address) or (address, 0)
    return Server(host, port, {"/healthz": healthz, "/metrics": metrics})


def told(ill: tuple[Illness, ...], broken: list[str]) -> list[str]:
    """A line an illness. Who does not keep a promise is named at once: who judges that may hang, too."""
    lines = [f"{' '.join(each.key).strip()}: {each.said} → {each.cure}" for each in ill]
    if broken and not any(each.kind is Kind.HANGS for each in ill):
        lines.append(f"{Kind.HANGS}: No da señales de vida {', '.join(map(in_words, broken))}")
    return lines
