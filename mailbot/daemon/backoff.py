"""How long to wait after a failure: longer each time, never the same for two (so that they do not march in step)."""

import random
from collections.abc import Iterator


def delays(first: float = 1.0, most: float = 40.0) -> Iterator[float]:
    """Seconds: doubled each time up to `most`, each spread by a quarter either way.

    So short that, together with the longest wait for one answer (60 s), everything works again within two
    minutes after a fault has ended.
    """
    delay = first
    while True:
        yield min(delay, most) * random.uniform(0.75, 1.25)  # noqa: S311 - no secret
        delay = min(delay * 2, most)
