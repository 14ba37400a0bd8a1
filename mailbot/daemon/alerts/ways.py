"""The ways out of an alert, one after the other: beside the outbox, which may be what is ill.

`[service.smtp]` first, then the mailboxes' own servers, those that can be entered before the others. A server that
said yes is not asked again. Of one whose yes was cut off nobody knows, and the next way is tried with the same
Message-ID: an alert that comes twice is better than none.
"""

from collections.abc import Container, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice

from mailbot.config.model import Config
from mailbot.daemon.alerts.letter import Letter
from mailbot.login import Logins
from mailbot.replies.mime import NotWritable
from mailbot.transport.connect import Timeouts
from mailbot.transport.errors import Refused, TransportError, Uncertain
from mailbot.transport.smtp import Sender, Smtp

#: servers that are tried at once, and seconds of patience with each: what is ill must not be told late
MOST, PATIENCE = 4, Timeouts(connect=10, read=30, accept=60)


@dataclass
class Sent:
    """What came of it. `servers`: who took it for whom; `said`: why others did not."""

    left: list[str]
    servers: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    uncertain: bool = False


def ways(config: Config, ill: Container[str] = (), turn: int = 0) -> Iterator[Sender]:
    """`ill`: mailboxes that something is wrong with; `turn`: another begins each time that none took it."""
    if config.service.smtp:
        yield config.service.smtp
    boxes = [*config.mailbox.values()]
    at = turn * MOST % len(boxes)
    yield from sorted((*boxes[at:], *boxes[:at]), key=lambda box: box.name in ill)


def send(
    letter: Letter, to: Iterable[str], senders: Iterable[Sender], logins: Logins, timeouts: Timeouts
) -> Sent:
    """To each of `to` by the first that takes it."""
    sent = Sent([*to])
    away: set[tuple[str, int]] = set()
    for sender in islice(senders, MOST):
        server = sender.smtp.host, sender.smtp.port
        if not sent.left:
            break
        if server not in away:
            with closing(logins.smtp(sender, _at_most(timeouts))) as smtp:
                if not _by(smtp, sender, letter, sent):
                    away.add(server)
    return sent


def _by(smtp: Smtp, sender: Sender, letter: Letter, sent: Sent) -> bool:
    """False: that server is not there for anybody."""
    host = f"{sender.smtp.host}:{sender.smtp.port}"
    try:
        data = letter.by(sender.address)
        for address in [*sent.left]:
            try:
                smtp.send(sender.address, address, data)
            except Refused as refused:
                sent.said[host] = refused.said
                continue
            sent.left.remove(address)
            sent.servers[address] = host
    except (TransportError, NotWritable) as trouble:
        sent.said[host] = str(trouble)
        sent.uncertain |= isinstance(trouble, Uncertain)
        return isinstance(trouble, NotWritable) or trouble.permanent
    return True


def _at_most(timeouts: Timeouts) -> Timeouts:
    return replace(
        timeouts,
        connect=min(timeouts.connect, PATIENCE.connect),
        read=min(timeouts.read, PATIENCE.read),
        accept=min(timeouts.accept, PATIENCE.accept),
    )
