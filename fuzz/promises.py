"""A promise of the design that a mail broke."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

#: seconds of this thread's own work that one stage may take
LIMIT = 2.0


class Broken(AssertionError):
    """`promise`: which one, the same for all mails that break it alike. `detail`: what was seen."""

    def __init__(self, promise: str, detail: str = "") -> None:
        super().__init__(f"{promise}: {detail}" if detail else promise)
        self.promise = promise
        self.detail = detail


def keep(promise: str, held: object, *seen: object) -> None:
    if not held:
        raise Broken(promise, ", ".join(ascii(one)[:600] for one in seen))


@contextmanager
def stage(name: str, *may_raise: type[Exception]) -> Iterator[None]:
    """Nothing is raised but `may_raise`, and the time is bounded."""
    began = time.thread_time()
    try:
        yield
    except Broken:
        raise
    except Exception as error:
        if isinstance(error, may_raise):
            raise
        raise Broken(f"{name} raises {type(error).__name__} in {_place(error)}", str(error)) from error
    took = time.thread_time() - began
    keep(f"{name} is fast", took < LIMIT, f"{took:.1f} s")


def _place(error: Exception) -> str:
    """The function of ours that raised it."""
    place, trace = "?", error.__traceback__
    while trace:
        code = trace.tb_frame.f_code
        if "/mailbot/" in code.co_filename:
            place = f"{code.co_filename.rpartition('/')[2]}:{code.co_name}"
        trace = trace.tb_next
    return place
