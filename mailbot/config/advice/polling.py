"""How often a server is asked for new mail: one nearby does not notice it, a provider limits it."""

from collections.abc import Iterator
from datetime import timedelta

from mailbot.config.hosts import is_loopback
from mailbot.config.model import Config
from mailbot.config.problem import Finding


def findings(config: Config) -> Iterator[Finding]:
    for name, mailbox in config.mailbox.items():
        if mailbox.asks_always and not is_loopback(mailbox.imap.host):
            times = round(timedelta(seconds=1) / mailbox.poll)
            said = (
                f"se preguntará a {mailbox.imap.host} {times} veces por segundo, en lugar de esperar sus avisos "
                "(IDLE): un servidor propio y cercano no lo nota, un proveedor lo limita"
            )
            yield Finding(("mailbox", name, "poll"), said, 'con un proveedor: poll = "60s"', level="info")
