"""What this process has done since it began, counted for `/metrics`; a microsecond a message, asked for or not."""

from bisect import bisect_left
from collections import Counter
from datetime import UTC, datetime

from mailbot.desk.decision import Outcome, Role
from mailbot.desk.delivery import Status
from mailbot.sending import Attempt

#: upper bounds in seconds: what a person feels, what an outage takes, what a weekend is
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400)
#: it was not new when it was decided on
OLD = (Outcome.BACKLOG, Outcome.DUPLICATE)
ALWAYS = datetime.min.replace(tzinfo=UTC)


class Durations:
    """A histogram: `counts` by bucket, the last for what took longer than all of them, and their `sum`."""

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.sum = 0.0

    def observe(self, seconds: float) -> None:
        """INTERNALDATE has whole seconds and is the server's clock: less than nothing is nothing."""
        took = max(seconds, 0.0)
        self.counts[bisect_left(BUCKETS, took)] += 1
        self.sum += took


class Meters:
    """Each key is written by the one thread that has the mailbox, and read by whoever asks.

    `messages` by (mailbox, outcome), `by_hand` so for those that people moved; `replies`: attempts by (mailbox,
    template, status); `decided` and `answered`: seconds since arrival, by mailbox. What lay there before the first
    connection is in no histogram.
    """

    def __init__(self) -> None:
        self.messages: Counter[tuple[str, str]] = Counter()
        self.by_hand: Counter[tuple[str, str]] = Counter()
        self.replies: Counter[tuple[str, str, str]] = Counter()
        self.decided: dict[str, Durations] = {}
        self.answered: dict[str, Durations] = {}
        self._began: dict[str, datetime] = {}

    def took(
        self, mailbox: str, outcome: Outcome, received_at: datetime, began: datetime, now: datetime
    ) -> None:
        """A message was decided on `now`; `began`: when its mailbox was first connected to."""
        self.messages[mailbox, outcome] += 1
        self._began[mailbox] = began = began.replace(microsecond=0)  # as INTERNALDATE
        if outcome not in OLD and received_at >= began:
            _of(self.decided, mailbox).observe((now - received_at).total_seconds())

    def sorted(self, mailbox: str, outcomes: list[Outcome]) -> None:
        """A person decided on them by moving them."""
        self.by_hand.update((mailbox, outcome) for outcome in outcomes)

    def attempted(self, attempt: Attempt) -> None:
        """What is held back until the desk opens was not tried."""
        reply, status = attempt.claimed, attempt.fate.status
        if attempt.fate.until:
            return
        self.replies[reply.mailbox, reply.template, status] += 1
        came = reply.arrived_at
        first = self._began.get(reply.mailbox, ALWAYS)
        if status is Status.SENT and came and came >= first and reply.role is not Role.DESK:
            _of(self.answered, reply.mailbox).observe((attempt.at - came).total_seconds())


def _of(histograms: dict[str, Durations], mailbox: str) -> Durations:
    found = histograms.get(mailbox)
    if found is None:
        found = histograms[mailbox] = Durations()
    return found
